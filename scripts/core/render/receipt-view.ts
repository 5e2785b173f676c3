/** What became of a plan, in the terms in which people ask: applied of all, failed and why, skipped and why. */
import type { Action } from '../plan/action.ts';
import type { Plan } from '../plan/plan-file.ts';
import { type ActionOutcome, type ActionResult, countByOutcome, type Receipt } from '../record/receipt.ts';
import { describeAction, type Description } from './describe-action.ts';
import { labelOf, type PeopleNames } from './plan-view.ts';
import { clampText } from './visible-text.ts';

export interface ReceiptLine {
  outcome: ActionOutcome;
  /** "1042 Ada Lovelace: joins Engineering"; visible text, not escaped. */
  text: string;
  sign: Description['sign'];
  reason: string;
}

export interface ReceiptView {
  /** "8 of 9 applied", with what was already so. */
  headline: string;
  /** Nothing at all was applied although there was something to do. */
  nothing: boolean;
  applied: number;
  all: number;
  counts: Record<ActionOutcome, number>;
  /** In the order of the plan. */
  lines: ReceiptLine[];
}

/** An action without a result counts as not attempted: a receipt of a refused plan has none. */
export function receiptViewOf(plan: Plan, receipt: Receipt, people: PeopleNames): ReceiptView {
  const results = new Map(receipt.results.map((result) => [result.action, result]));
  const lines = plan.actions.map((action) => lineOf(action, results.get(action.id), people));
  const counts = countByOutcome(lines);
  const applied = counts.done + counts.already;
  const all = plan.actions.length;
  const already =
    counts.already === 0 ? '' : ` (${counts.already} ${counts.already === 1 ? 'was' : 'were'} already so)`;
  return {
    headline: `${applied} of ${all} applied${already}`,
    nothing: applied === 0,
    applied,
    all,
    counts,
    lines,
  };
}

function lineOf(action: Action, result: ActionResult | undefined, people: PeopleNames): ReceiptLine {
  const { sign, what } = describeAction(action, people);
  return {
    outcome: result?.outcome ?? 'not-attempted',
    text: action.person === null ? what : `${labelOf(action.person, people)}: ${what}`,
    sign,
    reason: clampText(result?.reason ?? '', 300),
  };
}

/** Lines of one outcome by reason, the most frequent reason first. */
export function byReason(
  view: ReceiptView,
  outcome: ActionOutcome,
): { reason: string; lines: ReceiptLine[] }[] {
  const groups = new Map<string, ReceiptLine[]>();
  for (const line of view.lines) {
    if (line.outcome !== outcome) continue;
    const same = groups.get(line.reason);
    if (same === undefined) groups.set(line.reason, [line]);
    else same.push(line);
  }
  return [...groups]
    .map(([reason, lines]) => ({ reason, lines }))
    .sort((a, b) => b.lines.length - a.lines.length || (a.reason < b.reason ? -1 : 1));
}
