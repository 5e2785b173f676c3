/** What became of a plan: the comment on the merged pull request, and the summary of the apply job. */
import { type Plan, planName } from '../plan/plan-file.ts';
import { type ActionOutcome, hasLanded, type Receipt } from '../record/receipt.ts';
import { alert, code, details, escapeMarkdown, fence, link } from './escape-markdown.ts';
import { BODY_BUDGET, fixedSection, layOut, type Section, sectionOfLines } from './lay-out.ts';
import { findingSections } from './markdown-findings.ts';
import { diffLine } from './markdown-risk.ts';
import type { PeopleNames } from './plan-view.ts';
import { byReason, type ReceiptView, receiptViewOf } from './receipt-view.ts';

export interface ReceiptMarkdownOptions {
  /** Where the receipt file can be looked at; undefined: its path alone is named. */
  receiptUrl?: string;
  budget?: number;
}

const TITLES: [ActionOutcome, string][] = [
  ['failed', 'Failed'],
  ['not-attempted', 'Not attempted'],
  ['skipped', 'Skipped'],
];

export function renderReceiptMarkdown(
  plan: Plan,
  receipt: Receipt,
  people: PeopleNames,
  options: ReceiptMarkdownOptions = {},
): string {
  const view = receiptViewOf(plan, receipt, people);
  const path = `state/receipts/${planName(plan)}`;
  const file = options.receiptUrl === undefined ? code(path) : link('the receipt', options.receiptUrl);
  const findings = findingSections(receipt.findings ?? [], people, file);
  return layOut(
    [
      fixedSection(headline(view, receipt)),
      findings.critical,
      findings.warning,
      ...TITLES.map(([outcome, title], index) => outcomeSection(view, outcome, title, index + 1, file)),
      doneSection(view, file),
      findings.info,
      fixedSection(footer(view, receipt, file)),
    ],
    options.budget ?? BODY_BUDGET,
  );
}

/** Zero, failure and refusal are loud: "0 of N applied" must never pass for success. */
function headline(view: ReceiptView, receipt: Receipt): string {
  const { counts } = view;
  const said = `**${view.headline}.**`;
  const parts = (['failed', 'skipped', 'not-attempted'] as const)
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${counts[outcome]} ${outcome === 'not-attempted' ? 'not attempted' : outcome}`);
  const rest = parts.length === 0 ? '' : ` ${parts.join(', ')}.`;
  switch (receipt.outcome) {
    case 'refused':
      return alert('CAUTION', [`${said} The plan was **refused**.${rest}`]);
    case 'expired':
      return alert('CAUTION', [
        `${said} The approval had **expired**. What is still wanted comes back with the next plan.`,
      ]);
    case 'partial':
      return alert(view.nothing || counts.failed > 0 ? 'CAUTION' : 'WARNING', [`${said}${rest}`]);
    case 'complete':
      if (view.nothing) return alert('WARNING', [`${said}${rest}`]);
      return counts.skipped > 0 ? alert('NOTE', [`${said}${rest}`]) : said;
  }
}

function outcomeSection(
  view: ReceiptView,
  outcome: ActionOutcome,
  title: string,
  priority: number,
  file: string,
): Section {
  const count = view.counts[outcome];
  const lines = byReason(view, outcome).flatMap(({ reason, lines: same }) =>
    same.map(({ text }) => `- ${escapeMarkdown(text)}${reason === '' ? '' : ` (${escapeMarkdown(reason)})`}`),
  );
  return sectionOfLines(priority, 0.5, lines, {
    wrap: (shown, over) =>
      [`### ${title}: ${count}`, '', ...shown, ...(over === '' ? [] : [over])].join('\n'),
    over: (left) => `- ${left} more: ${file} has every one with its reason.`,
  });
}

function doneSection(view: ReceiptView, file: string): Section {
  const done = view.lines.filter(({ outcome }) => hasLanded(outcome));
  const lines = done.map(({ sign, text, outcome }) =>
    diffLine(sign, outcome === 'already' ? `${text} (already so)` : text),
  );
  return sectionOfLines(4, 0.3, lines, {
    wrap: (shown, over) =>
      details(
        `${done.length} applied`,
        [...(shown.length === 0 ? [] : [fence('diff', shown)]), ...(over === '' ? [] : [over])].join('\n\n'),
      ),
    over: (left) => `${left} more: ${file} has them all.`,
  });
}

function footer(view: ReceiptView, receipt: Receipt, file: string): string {
  const by = receipt.approvedBy.map((login) => escapeMarkdown(login)).join(', ');
  const facts = [
    ...(by === '' ? [] : [`approved by ${by}`]),
    ...(receipt.mergedBy === undefined ? [] : [`merged by ${escapeMarkdown(receipt.mergedBy)}`]),
    `finished ${receipt.finishedAt}`,
    ...(receipt.run === undefined ? [] : [link('the run', receipt.run)]),
    file,
  ];
  const next =
    view.counts.failed + view.counts['not-attempted'] > 0
      ? 'What is still wanted of these comes back with the next plan; nothing is tried again by itself.\n\n'
      : '';
  return `${next}${facts.join(' · ')}`;
}
