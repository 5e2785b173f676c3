/** What `apply` prints when a plan is through. */
import type { Plan } from '../plan/plan-file.ts';
import type { ActionOutcome, Receipt } from '../record/receipt.ts';
import { escapeTerminal, paintWith, wrapText } from './escape-terminal.ts';
import type { PeopleNames } from './plan-view.ts';
import { byReason, receiptViewOf } from './receipt-view.ts';

const SHOWN: [ActionOutcome, string, 'red' | 'yellow'][] = [
  ['failed', 'failed', 'red'],
  ['not-attempted', 'not attempted', 'red'],
  ['skipped', 'skipped', 'yellow'],
];

export interface ReceiptTerminalOptions {
  colour?: boolean;
  width?: number;
  /** Lines for each reason. */
  lines?: number;
}

/** Text for a terminal, with a final line break: the headline first, then everything that was not done and why. */
export function renderReceiptTerminal(
  plan: Plan,
  receipt: Receipt,
  people: PeopleNames,
  options: ReceiptTerminalOptions = {},
): string {
  const paint = paintWith(options.colour ?? false);
  const width = options.width ?? 100;
  const limit = options.lines ?? 20;
  const view = receiptViewOf(plan, receipt, people);
  const ended = receipt.outcome === 'complete' ? '' : `, ${receipt.outcome}`;
  const loud = view.nothing || receipt.outcome !== 'complete';
  const out = [
    paint(
      loud ? 'red' : 'green',
      `${view.nothing ? '!! ' : ''}${view.headline}${ended}: ${plan.lane} plan ${plan.digest.slice(0, 7)} of ${plan.asOf}`,
    ),
  ];
  for (const [outcome, words, style] of SHOWN)
    for (const { reason, lines } of byReason(view, outcome)) {
      const why = reason === '' ? '' : `: ${reason}`;
      out.push(...wrapText(`  ${lines.length} ${words}${why}`, width, 6).map((line) => paint(style, line)));
      for (const { text } of lines.slice(0, limit))
        out.push(...wrapText(`    ${escapeTerminal(text)}`, width, 8));
      if (lines.length > limit) out.push(`    … and ${lines.length - limit} more: the receipt has them all`);
    }
  for (const { severity, code, message } of receipt.findings ?? [])
    out.push(...wrapText(`  ${severity} ${escapeTerminal(code)}: ${escapeTerminal(message)}`, width, 6));
  return `${out.join('\n')}\n`;
}
