import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../scripts/core/plan/plan-file.ts';
import { type ActionOutcome, type Receipt, sealReceipt } from '../../../scripts/core/record/receipt.ts';
import { renderReceiptMarkdown } from '../../../scripts/core/render/receipt-markdown.ts';
import { renderReceiptTerminal } from '../../../scripts/core/render/receipt-terminal.ts';
import { FILTERS, filteredText, htmlOf, tagsOf } from './github-reading.ts';
import { expectGolden } from './golden.ts';
import { bigPlan, HOSTILE, NAMES, nineActions, planOf } from './plan-world.ts';

const AT = '2026-11-23T12:00:05Z';

function receiptOf(plan: Plan, outcomes: [ActionOutcome, string?][], part: Partial<Receipt> = {}): Receipt {
  return sealReceipt({
    previous: null,
    plan: plan.digest,
    startedAt: '2026-11-23T12:00:00Z',
    finishedAt: '2026-11-23T12:00:09Z',
    outcome: 'partial',
    results: plan.actions.flatMap((action, index) => {
      const given = outcomes[index] ?? outcomes.at(-1);
      if (given === undefined) return [];
      const [outcome, reason] = given;
      return [
        {
          action: action.id,
          outcome,
          at: AT,
          attempts: outcome === 'done' ? 1 : 0,
          ...(reason === undefined ? {} : { reason }),
        },
      ];
    }),
    approvedBy: ['ann'],
    mergedBy: 'bob',
    run: 'https://github.com/acme/identity/actions/runs/123',
    ...part,
  });
}

const PLAN = planOf(nineActions());
const MIXED: [ActionOutcome, string?][] = [
  ['done'],
  ['done'],
  ['already'],
  ['failed', 'JumpCloud answered 400: Invalid email @everyone'],
  ['skipped', 'no longer wanted: HR withdrew it'],
  ['not-attempted', 'the account was not created'],
  ['done'],
];

test('a mixed outcome, as a reviewer sees it', () => {
  const receipt = receiptOf(PLAN, MIXED);
  expectGolden(
    'receipt-partial.md',
    renderReceiptMarkdown(PLAN, receipt, NAMES, {
      receiptUrl: 'https://github.com/acme/identity/blob/main/state/receipts/x.json',
    }),
  );
  expectGolden('receipt-partial.txt', renderReceiptTerminal(PLAN, receipt, NAMES));
});

describe('the headline', () => {
  test.each<[string, [ActionOutcome, string?][], Receipt['outcome'], RegExp]>([
    ['all done', [['done']], 'complete', /^\*\*9 of 9 applied\.\*\*\n/],
    [
      'eight of nine',
      [['failed', 'x'], ['done']],
      'partial',
      /^> \[!CAUTION\]\n> \*\*8 of 9 applied\.\*\* 1 failed\.\n/,
    ],
    ['already so', [['already'], ['done']], 'complete', /^\*\*9 of 9 applied \(1 was already so\)\.\*\*/],
    [
      'all skipped',
      [['skipped', 'x']],
      'complete',
      /^> \[!WARNING\]\n> \*\*0 of 9 applied\.\*\* 9 skipped\.\n/,
    ],
    [
      'nothing but failures',
      [['failed', 'x']],
      'partial',
      /^> \[!CAUTION\]\n> \*\*0 of 9 applied\.\*\* 9 failed\.\n/,
    ],
    [
      'refused',
      [],
      'refused',
      /^> \[!CAUTION\]\n> \*\*0 of 9 applied\.\*\* The plan was \*\*refused\*\*\. 9 not attempted\.\n/,
    ],
    [
      'expired',
      [],
      'expired',
      /^> \[!CAUTION\]\n> \*\*0 of 9 applied\.\*\* The approval had \*\*expired\*\*/,
    ],
  ])('%s', (_name, outcomes, outcome, headline) => {
    expect(renderReceiptMarkdown(PLAN, receiptOf(PLAN, outcomes, { outcome }), NAMES)).toMatch(headline);
  });

  test('zero is loud on a terminal', () => {
    expect(
      renderReceiptTerminal(PLAN, receiptOf(PLAN, [['skipped', 'x']], { outcome: 'complete' }), NAMES),
    ).toMatch(/^!! 0 of 9 applied: review plan /);
    expect(renderReceiptTerminal(PLAN, receiptOf(PLAN, [['done']], { outcome: 'complete' }), NAMES)).toMatch(
      /^9 of 9 applied: review plan /,
    );
  });
});

test('why a plan was refused stands at the top', () => {
  const receipt = receiptOf(PLAN, [], {
    outcome: 'refused',
    findings: [
      { code: 'approver-is-subject', severity: 'critical', message: 'ann is a subject of this plan' },
    ],
  });
  const text = renderReceiptMarkdown(PLAN, receipt, NAMES);
  expect(text).toMatch(
    /> \[!CAUTION\]\n> - <strong>approver-is-subject<\/strong>: ann is a subject of this plan/,
  );
  expect(renderReceiptTerminal(PLAN, receipt, NAMES)).toContain(
    'critical approver-is-subject: ann is a subject',
  );
});

test('ten thousand failures fit, and the ones not shown are counted', () => {
  const { actions, names } = bigPlan(10_000);
  const plan = planOf(actions);
  const text = renderReceiptMarkdown(
    plan,
    receiptOf(plan, [['failed', 'JumpCloud answered 500'], ['done'], ['failed', 'x']]),
    names,
  );
  expect(text.length).toBeLessThanOrEqual(60_000);
  expect(text).toContain('**1 of 10000 applied.** 9999 failed.');
  expect(text).toMatch(/- \d+ more: `state\/receipts\/[^`]*` has every one with its reason\./);
});

test.each(HOSTILE.map((text, index) => [index, text] as const))(
  'reason number %i is shown, not obeyed',
  (_index, text) => {
    const reasoned = (reason: string): string =>
      htmlOf(
        renderReceiptMarkdown(
          PLAN,
          receiptOf(PLAN, [['failed', reason], ['skipped', reason], ['done']]),
          NAMES,
        ),
      );
    const html = reasoned(`r${text}`);
    expect(tagsOf(html).filter((tag) => !/span$/.test(tag))).toEqual(tagsOf(reasoned('plain')));
    for (const [name, pattern] of FILTERS)
      expect(filteredText(html).replace(/2026-11-23T12:00:09Z/g, ''), name).not.toMatch(pattern);
    const printed = renderReceiptTerminal(PLAN, receiptOf(PLAN, [['failed', text]]), NAMES);
    expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b]/);
  },
);
