import { describe, expect, it } from 'vitest';
import {
  checkWebhook,
  chooseMonitorFields,
  defineWebhook,
  isDelivered,
  type MonitorField,
  type RegisteredWebhook,
} from '../../../scripts/core/relay/webhook-definition.ts';
import type { Finding } from '../../../scripts/core/values/finding.ts';

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

function found(webhook: RegisteredWebhook, log?: [string, string][]): Finding[] {
  const entries = log?.map(([lastAttempted, statusCode]) => ({ lastAttempted, statusCode, lastSuccess: '' }));
  return checkWebhook(webhook, URL, OFFERED, entries);
}

function codes(webhook: RegisteredWebhook, log: [string, string][] = []): string[] {
  return found(webhook, log).map(({ code }) => code);
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

describe('the preference among fields', () => {
  const offer = (...aliases: string[]): MonitorField[] =>
    aliases.map((alias, index) => ({ id: String(index), name: `field ${index}`, alias }));

  it('takes the alias of today before the old one, whatever their order, and the old one where it is alone', () => {
    expect(
      chooseMonitorFields(offer('employmentStatus', 'employmentHistoryStatus', 'status')).fields,
    ).toEqual(['status', 'employmentHistoryStatus']);
    expect(chooseMonitorFields(offer('employmentStatus', 'status')).fields).toEqual([
      'status',
      'employmentStatus',
    ]);
  });

  it('names what cannot be done without, and misses no date that a tenant does not offer', () => {
    expect(chooseMonitorFields([])).toEqual({ fields: [], missing: ['Status', 'Employment Status'] });
    expect(chooseMonitorFields(offer('status', 'employmentStatus')).missing).toEqual([]);
    expect(chooseMonitorFields(offer('firstName', 'jobTitle')).fields).toEqual([]);
  });

  it('monitors every date that is offered, by its exact name where it has no alias', () => {
    const named = ['Hire Date', 'Termination Date', 'Employment Status: Date', 'Employment Status - FTE'];
    expect(
      chooseMonitorFields(named.map((name, index) => ({ id: `4${index}`, name, alias: null }))).fields,
    ).toEqual(['42', '40', '41']);
  });
});

describe('the webhook that is wanted', () => {
  it('sends ids as JSON for all that happens to employees, with the company named', () => {
    expect(defineWebhook('Rollcall relay', URL, ['status'])).toEqual({
      name: 'Rollcall relay',
      url: URL,
      format: 'json',
      // The family without fields: names and addresses of people do not travel.
      events: ['employee.created', 'employee.updated', 'employee.deleted'],
      monitorFields: ['status'],
      includeCompanyDomain: true,
    });
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

  it.each([
    ['another name', { name: 'made by hand' }],
    ['a form, which the relay reads as well', { format: 'form-encoded' }],
    ['no name of the company, which is not signed anyway', { includeCompanyDomain: false }],
    ['updates only, which follow every creation', { events: ['employee.updated'] }],
    ['events of the company too', { events: ['company.updated', 'employee.updated'] }],
    ['a field more', { monitorFields: [...registered().monitorFields, 'firstName'] }],
  ])('may have %s', (_, change) => {
    expect(found(registered(change))).toEqual([]);
  });

  it.each([
    ['no events', []],
    ['updates of something else', ['former_employee.updated', 'employee.updated_later', 'company.updated']],
  ])('with %s tells of nobody who leaves', (_, events) => {
    expect(found(registered({ events }))).toEqual([
      {
        severity: 'critical',
        code: 'webhook-events',
        subject: 'webhook 21',
        message: 'does not tell of updated employees: rotate it, terminations are updates',
      },
    ]);
  });

  it('that sends values does hear of updates; one such event among others is enough to be told', () => {
    const events = ['employee_with_fields.updated', 'company.updated'];
    expect(found(registered({ events }))).toEqual([
      {
        severity: 'info',
        code: 'webhook-with-fields',
        subject: 'webhook 21',
        message: 'sends field values along; event-based ones send ids only: rotate it',
      },
    ]);
  });

  it('with everything wrong is told everything, and what to do about each', () => {
    const wrong = registered({
      id: '7',
      url: 'http://old.example.com',
      events: ['employee_with_fields.created'],
      monitorFields: ['hireDate'],
      lastSent: null,
    });
    expect(
      found(wrong).map(({ severity, subject, message }) => `${severity} ${subject}: ${message}`),
    ).toEqual([
      'critical webhook 7: delivers to another address than the relay’s: rotate it to the right one',
      'critical webhook 7: does not tell of updated employees: rotate it, terminations are updates',
      'info webhook 7: sends field values along; event-based ones send ids only: rotate it',
      'warning webhook 7: does not monitor status, employmentHistoryStatus, employeeStatusDate: rotate it',
      'info webhook 7: has never fired; change a test employee to see it work',
    ]);
  });

  it('monitors a field without an alias by its id, and no other field instead', () => {
    const offered = OFFERED.map((field) => ({ ...field, alias: null }));
    const check = (monitorFields: string[]): string[] =>
      checkWebhook(registered({ monitorFields }), URL, offered, undefined).map(({ message }) => message);
    expect(check(['387', '16', '1936', '3'])).toEqual([]);
    expect(check(['387', '16', '1936', '1'])).toEqual(['does not monitor 3: rotate it']);
  });
});

describe('the log of deliveries', () => {
  it('is nothing to worry about when it is empty, could not be read, or all arrived', () => {
    expect(found(registered(), [])).toEqual([]);
    expect(found(registered())).toEqual([]);
    expect(found(registered(), [['2026-06-01 09:00:00', '204']])).toEqual([]);
  });

  it('is judged by its newest delivery, in whatever order it came', () => {
    const log: [string, string][] = [
      ['2026-06-01 09:00:00', '200'],
      ['2026-06-03 09:00:00', '502'],
      ['2026-06-02 09:00:00', '200'],
    ];
    const turns = log.map((_, turn) => [...log.slice(turn), ...log.slice(0, turn)]);
    for (const order of [...turns, ...turns.map((turn) => turn.toReversed())]) {
      expect(codes(registered(), order)).toEqual(['webhook-failing']);
      const later: [string, string] = ['2026-06-04 09:00:00', '200'];
      expect(codes(registered(), [...order, later])).toEqual([]);
    }
  });

  it('is judged alike in every order where several were attempted in the newest second', () => {
    const log: [string, string][] = [
      ['2026-06-03 09:00:00', '200'],
      ['2026-06-03 09:00:00', '503'],
      ['2026-06-02 09:00:00', '200'],
    ];
    for (const order of [log, log.toReversed()])
      expect(codes(registered(), order)).toEqual(['webhook-failing']);
  });

  it('has no word such as `Webhook Not Found` for the newest instant', () => {
    const undated: [string, string] = ['Webhook Not Found', '503'];
    const arrived: [string, string] = ['2026-06-02 09:00:00', '200'];
    for (const order of [
      [undated, arrived],
      [arrived, undated],
    ] as [string, string][][])
      expect(found(registered(), order)).toEqual([
        {
          severity: 'warning',
          code: 'webhook-unreachable',
          subject: 'webhook 21',
          message:
            '1 of the last 2 deliveries failed at an instant that BambooHR does not tell; change a test employee to see one arrive',
        },
      ]);
    expect(codes(registered(), [['Webhook Not Found', '200'], arrived])).toEqual([]);
    // A word that says it arrived hides no failure whose instant is known.
    expect(
      codes(registered(), [
        ['Webhook Not Found', '200'],
        ['2026-06-02 09:00:00', '503'],
      ]),
    ).toEqual(['webhook-failing']);
    expect(codes(registered(), [['Not Found since 2026-06-03 09:00:00', '503'], arrived])).toEqual([
      'webhook-unreachable',
    ]);
    // Where there is no instant at all, any failure may be the last.
    expect(codes(registered(), [['Webhook Not Found', '200'], undated])).toEqual(['webhook-failing']);
  });

  it('says with which status it failed, how many were lost, and what that means', () => {
    const log: [string, string][] = [
      ['2026-06-03 09:00:00', '401'],
      ['2026-06-02 09:00:00', '404'],
      ['2026-06-01 09:00:00', '503'],
      ['2026-05-31 09:00:00', '200'],
    ];
    expect(found(registered(), log)).toEqual([
      {
        severity: 'critical',
        code: 'webhook-failing',
        subject: 'webhook 21',
        message:
          'the last delivery failed with status 401: see the relay’s log; 401 means it has another key',
      },
      {
        severity: 'warning',
        code: 'webhook-lost',
        subject: 'webhook 21',
        message:
          '2 of the last 4 deliveries were refused and not sent again; the sync has caught up with them',
      },
    ]);
  });

  it.each(['', 'Webhook Not Found', '2000', '1200', '20x', '4010', '1404', '4xx', '40x', '200 Ada Lovelace'])(
    'takes the status %j neither for delivered nor for lost, and repeats none of its words',
    (statusCode) => {
      const log: [string, string][] = [['2026-06-01 09:00:00', statusCode]];
      expect(codes(registered(), log)).toEqual(['webhook-failing']);
      expect(found(registered(), log)[0]?.message).toContain('failed with status unknown:');
    },
  );

  it.each([
    ['200', true],
    ['202', true],
    ['299', true],
    ['199', false],
    ['301', false],
    ['401', false],
    ['503', false],
    ['20', false],
  ])('takes status %s for delivered: %s', (statusCode, expected) => {
    expect(isDelivered({ lastAttempted: '2026-06-01 09:00:00', lastSuccess: '', statusCode })).toBe(expected);
  });
});
