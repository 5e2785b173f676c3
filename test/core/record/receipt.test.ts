/** Receipts and approvals, read back: evidence that was touched is refused, and the refusal names what is wrong. */
import { describe, expect, test } from 'vitest';
import { approvalsText, parseApprovals } from '../../../scripts/core/record/approvals-file.ts';
import {
  countByOutcome,
  parseReceipt,
  type Receipt,
  receiptText,
  sealReceipt,
} from '../../../scripts/core/record/receipt.ts';

const AT = '2026-03-02T12:00:00Z';
const RECEIPT: Receipt = sealReceipt({
  previous: null,
  plan: 'a'.repeat(64),
  startedAt: AT,
  finishedAt: AT,
  outcome: 'partial',
  results: [{ action: 'x', outcome: 'failed', reason: 'busy', at: AT, attempts: 3 }],
  approvedBy: ['ann'],
});
const refused = (message: string): unknown => ({ ok: false, message });

describe('a receipt', () => {
  test('is read back as it was sealed', () => {
    expect(parseReceipt(receiptText(RECEIPT))).toEqual({ ok: true, receipt: RECEIPT });
    expect(RECEIPT.version).toBe(1);
  });

  test('that is not JSON', () => {
    expect(parseReceipt('{')).toEqual(refused('it is not JSON'));
  });

  test('names the place that does not read', () => {
    const results = [{ ...RECEIPT.results[0], attempts: -1 }];
    const read = parseReceipt(JSON.stringify({ ...RECEIPT, results }));
    expect(read).toMatchObject({ ok: false });
    expect(read.ok ? '' : read.message).toMatch(/^it does not read as a receipt at results\.0\.attempts: .+/);
    const list = parseReceipt('[]');
    expect(list.ok ? '' : list.message).toMatch(/^it does not read as a receipt at the top: .+/);
  });

  test.each<[string, Partial<Receipt>]>([
    ['who approved', { approvedBy: ['bob'] }],
    ['what came of it', { outcome: 'complete' }],
    ['the chain', { previous: 'b'.repeat(64) }],
    ['the plan', { plan: 'c'.repeat(64) }],
    ['the results', { results: [] }],
  ])('with %s changed does not match its digest', (_, change) => {
    expect(parseReceipt(receiptText({ ...RECEIPT, ...change }))).toEqual(
      refused('its digest does not match its content'),
    );
  });

  test('in other bytes is not the one that was written', () => {
    const bytes = refused('its bytes are not the ones that were written');
    expect(parseReceipt(`${receiptText(RECEIPT)}\n`)).toEqual(bytes);
    expect(parseReceipt(JSON.stringify(RECEIPT, null, 7))).toEqual(bytes);
  });

  test('counts each outcome, and none as none', () => {
    const outcomes = ['done', 'done', 'already', 'skipped', 'failed', 'not-attempted'] as const;
    expect(countByOutcome(outcomes.map((outcome) => ({ outcome })))).toEqual({
      done: 2,
      already: 1,
      skipped: 1,
      failed: 1,
      'not-attempted': 1,
    });
    expect(countByOutcome([])).toEqual({ done: 0, already: 0, skipped: 0, failed: 0, 'not-attempted': 0 });
  });
});

describe('approvals', () => {
  const approval = { login: 'ann', at: AT, ageHours: 2, permission: 'write' as const };
  const entry = { pullRequest: 7, mergedBy: 'ann', mergedAt: AT, approvals: [approval] };
  const file = { version: 1 as const, plans: { ['a'.repeat(64)]: entry } };

  test('are read back as they were written', () => {
    expect(parseApprovals(approvalsText(file))).toEqual({ ok: true, file });
  });

  test('that are not JSON', () => {
    expect(parseApprovals('{')).toEqual(refused('it is not JSON'));
  });

  test.each([
    ['an age before the approval', { ...approval, ageHours: -1 }, 'approvals.0.ageHours'],
    ['a permission that there is not', { ...approval, permission: 'owner' }, 'approvals.0.permission'],
    ['nobody', { ...approval, login: '' }, 'approvals.0.login'],
    ['a time that is none', { ...approval, at: 'yesterday' }, 'approvals.0.at'],
  ])('of %s name the place', (_, wrong, place) => {
    const plans = { ['a'.repeat(64)]: { ...entry, approvals: [wrong] } };
    const read = parseApprovals(JSON.stringify({ version: 1, plans }));
    const at = `it does not read as approvals at plans.${'a'.repeat(64)}.${place}: `;
    expect(read.ok ? '' : read.message.slice(0, at.length)).toBe(at);
    expect(read.ok ? 0 : read.message.length).toBeGreaterThan(at.length);
  });

  test('that are a list do not read at the top', () => {
    const read = parseApprovals('[]');
    expect(read.ok ? '' : read.message).toMatch(/^it does not read as approvals at the top: .+/);
  });
});
