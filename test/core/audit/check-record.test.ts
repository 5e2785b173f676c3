/** A plan or a receipt that somebody wrote by hand: each thing that ours never have, alone. */
import { describe, expect, test } from 'vitest';
import { checkPlanForm, checkReceiptForm } from '../../../scripts/core/audit/check-record.ts';
import type { Plan } from '../../../scripts/core/plan/plan-file.ts';
import type { ActionResult, Receipt } from '../../../scripts/core/record/receipt.ts';
import { anAction } from '../../world.ts';

const SUSPEND = anAction('suspend', { account: 'a1', after: { state: 'SUSPENDED' } });
const LEAVE = anAction('leave-group', { account: 'a1', target: 'g1', before: { group: 'Sales' } });
const PLAN = {
  asOf: '2026-11-23',
  actions: [SUSPEND, LEAVE],
  counts: { suspend: 1, 'leave-group': 1 },
} as unknown as Plan;

const AT = '2026-11-23T12:00:30Z';
const result = (id: string, outcome: ActionResult['outcome'] = 'done'): ActionResult => ({
  action: id,
  outcome,
  at: AT,
  attempts: 1,
});
const RECEIPT = {
  startedAt: '2026-11-23T12:00:00Z',
  finishedAt: '2026-11-23T12:01:00Z',
  outcome: 'complete',
  results: [result(SUSPEND.id), result(LEAVE.id)],
} as unknown as Receipt;

const plan = (change: Partial<Plan>): string[] =>
  checkPlanForm('x.json', { ...PLAN, ...change }).map(({ code, message }) => `${code}: ${message}`);
const receipt = (change: Partial<Receipt>): string[] =>
  checkReceiptForm('x.json', { ...RECEIPT, ...change }, PLAN).map(({ code, subject, message }) => {
    expect({ code, subject }).toEqual({ code: 'receipt-form', subject: 'state/receipts/x.json' });
    return message;
  });

describe('a plan', () => {
  test('as we write it is in order', () => expect(plan({})).toEqual([]));

  test.each<[string, Partial<Plan>, string[]]>([
    [
      'an action that does something else than its id says',
      { actions: [{ ...SUSPEND, after: { state: 'ACTIVATED' } }, LEAVE] },
      [`action-id: suspend has the id ${SUSPEND.id.slice(0, 12)}, which is not that of what it does`],
    ],
    [
      'an action twice',
      { actions: [SUSPEND, SUSPEND, LEAVE], counts: { suspend: 2, 'leave-group': 1 } },
      [`plan-form: the action ${SUSPEND.id.slice(0, 12)} stands twice`],
    ],
    [
      'another order',
      { actions: [LEAVE, SUSPEND] },
      ['plan-form: its actions do not stand in the order in which a plan is written'],
    ],
    ['other counts', { counts: { suspend: 1 } }, ['plan-form: its counts are not those of its actions']],
  ])('%s', (_, change, said) => expect(plan(change)).toEqual(said));
});

describe('a receipt', () => {
  test('as we write it is in order', () => expect(receipt({})).toEqual([]));

  test('without its plan', () => {
    expect(checkReceiptForm('x.json', RECEIPT, undefined)).toMatchObject([
      { code: 'receipt-without-plan', subject: 'state/receipts/x.json' },
    ]);
  });

  const [done, left] = RECEIPT.results as [ActionResult, ActionResult];
  const failed = result(LEAVE.id, 'failed');
  const untried = result(SUSPEND.id, 'not-attempted');
  test.each<[string, Partial<Receipt>, string[]]>([
    [
      'a result of nothing that was planned',
      { results: [done, left, result('f'.repeat(32))] },
      ['1 results are of actions that the plan does not have'],
    ],
    ['an action without result', { results: [done] }, ['1 actions of the plan have no result']],
    ['an action with two', { results: [done, left, left] }, ['an action has two results']],
    [
      'complete, and something failed',
      { results: [done, failed] },
      ['it says complete, and 1 actions failed or were not tried'],
    ],
    [
      'complete, and something was not tried and something failed',
      { results: [untried, failed] },
      ['it says complete, and 2 actions failed or were not tried'],
    ],
    [
      'partial, and all is done',
      { outcome: 'partial' },
      ['it says partial, and nothing failed or was left out'],
    ],
    ['partial as it should be', { outcome: 'partial', results: [done, failed] }, []],
    ['refused, and something was done', { outcome: 'refused' }, ['it says refused, and something was done']],
    [
      'expired, and something was done',
      { outcome: 'expired', results: [done, failed] },
      ['it says expired, and something was done'],
    ],
    [
      'expired as it should be',
      { outcome: 'expired', results: [untried, result(LEAVE.id, 'not-attempted')] },
      [],
    ],
    [
      'finished before it was started',
      { startedAt: '2026-11-23T12:02:00Z', results: [] },
      ['2 actions of the plan have no result', 'it was finished before it was started'],
    ],
    [
      'a result of before the run',
      { results: [{ ...done, at: '2026-11-23T11:59:59Z' }, left] },
      ['a result has a time outside of the run'],
    ],
    [
      'a result of after it',
      { results: [done, { ...left, at: '2026-11-23T12:01:01Z' }] },
      ['a result has a time outside of the run'],
    ],
    [
      'results of its first and last moment',
      {
        results: [
          { ...done, at: RECEIPT.startedAt },
          { ...left, at: RECEIPT.finishedAt },
        ],
      },
      [],
    ],
    ['a run within one second', { startedAt: AT, finishedAt: AT }, []],
  ])('%s', (_, change, said) => expect(receipt(change)).toEqual(said));
});
