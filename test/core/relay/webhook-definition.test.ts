import { describe, expect, it } from 'vitest';
import {
  checkWebhook,
  chooseMonitorFields,
  defineWebhook,
  type MonitorField,
  type RegisteredWebhook,
} from '../../../scripts/core/relay/webhook-definition.ts';

const OFFERED: MonitorField[] = [
  { id: '387', name: 'Status', alias: 'status' },
  { id: '16', name: 'Employment Status', alias: 'employmentHistoryStatus' },
  { id: '16.1', name: 'Employment Status - FTE', alias: 'employmentHistoryStatus' },
  { id: '1936', name: 'Employment Status: Date', alias: 'employeeStatusDate' },
  { id: '3', name: 'Hire Date', alias: 'hireDate' },
  { id: '1', name: 'First Name', alias: 'firstName' },
];
const URL = 'https://relay.example.com/webhook';

function registered(change: Partial<RegisteredWebhook> = {}): RegisteredWebhook {
  const { fields } = chooseMonitorFields(OFFERED);
  return {
    ...defineWebhook('Rollcall relay', URL, fields),
    id: '21',
    created: '2026-05-29 14:21:14',
    lastSent: '2026-06-01 09:00:00',
    ...change,
  };
}

function codes(webhook: RegisteredWebhook, log: [string, string][] = []): string[] {
  const entries = log.map(([lastAttempted, statusCode]) => ({ lastAttempted, statusCode, lastSuccess: '' }));
  return checkWebhook(webhook, URL, OFFERED, entries).map(({ code }) => code);
}

describe('monitored fields', () => {
  it('are chosen by alias, by id where a tenant has none, and missing ones are named', () => {
    expect(chooseMonitorFields(OFFERED)).toEqual({
      fields: ['status', 'employmentHistoryStatus', 'employeeStatusDate', 'hireDate'],
      missing: [],
    });
    expect(
      chooseMonitorFields([
        { id: '387', name: 'Status', alias: null },
        { id: '-38', name: 'Termination Date', alias: 'terminationDate' },
      ]),
    ).toEqual({ fields: ['387', 'terminationDate'], missing: ['Employment Status'] });
  });
});

describe('a registered webhook', () => {
  it('is as it should be', () => {
    expect(codes(registered(), [['2026-06-01 09:00:00', '200']])).toEqual([]);
    expect(codes(registered({ monitorFields: ['387', '16', '1936', '3', '1'] }))).toEqual([]);
  });

  it.each([
    ['another address', { url: 'https://old.example.com/webhook' }, 'webhook-url'],
    ['no updates', { events: ['employee.created'] }, 'webhook-events'],
    ['field values', { events: ['employee_with_fields.updated'] }, 'webhook-with-fields'],
    ['a field too few', { monitorFields: ['status', 'hireDate'] }, 'webhook-fields'],
    ['never fired', { lastSent: null }, 'webhook-never-sent'],
  ] as const)('%s', (_, change, code) => {
    expect(codes(registered(change as Partial<RegisteredWebhook>))).toEqual([code]);
  });

  it('tells by its log what failed and what was lost', () => {
    const old: [string, string] = ['2026-06-01 09:00:00', '401'];
    expect(codes(registered(), [old, ['2026-06-02 09:00:00', '200']])).toEqual(['webhook-lost']);
    expect(codes(registered(), [['2026-05-31 09:00:00', '200'], old])).toEqual([
      'webhook-failing',
      'webhook-lost',
    ]);
    expect(codes(registered(), [['2026-06-02 09:00:00', '503']])).toEqual(['webhook-failing']);
  });
});
