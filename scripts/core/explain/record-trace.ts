/** What plans and receipts say of one person: what waits, and what was done, from the newest back. */
import type { Action } from '../plan/action.ts';
import { planName } from '../plan/plan-file.ts';
import type { RecordedPlan } from '../record/ledger.ts';
import { describeAction } from '../render/describe-action.ts';
import type { PeopleNames } from '../render/plan-view.ts';
import { compareText } from '../values/finding.ts';

export interface ActionTrace {
  id: string;
  kind: string;
  target: string | null;
  /** What happens, and because of what, in one line. */
  line: string;
  cause: string;
  lane?: string;
}

export interface WaitingTrace {
  /** `state/plans/…json` */
  plan: string;
  lane: string;
  asOf: string;
  /** Of the pull request in which it waits for approval; absent: it lies in the checkout, and waits to be applied. */
  branch?: string;
  actions: ActionTrace[];
}

export interface DeedTrace extends ActionTrace {
  at: string;
  outcome: string;
  reason?: string;
  /** `state/receipts/…json` */
  receipt: string;
  approvedBy: string[];
  mergedBy?: string;
  run?: string;
}

export function traceAction(action: Action, names: PeopleNames, lane?: string): ActionTrace {
  const { id, kind, target, cause } = action;
  const { line } = describeAction(action, names);
  return { id, kind, target, line, cause, ...(lane === undefined ? {} : { lane }) };
}

/** A plan, and the branch on which it waits where it is not on main yet. */
export type TracedPlan = RecordedPlan & { branch?: string };

export function traceRecord(
  recorded: TracedPlan[],
  names: PeopleNames,
  isMeant: (action: Action) => boolean,
): { waiting: WaitingTrace[]; done: DeedTrace[] } {
  const waiting: WaitingTrace[] = [];
  const done: DeedTrace[] = [];
  for (const { plan, receipt, branch } of recorded) {
    const actions = plan.actions.filter(isMeant);
    if (actions.length === 0) continue;
    if (receipt === undefined) {
      waiting.push({
        plan: `state/plans/${planName(plan)}`,
        lane: plan.lane,
        asOf: plan.asOf,
        ...(branch === undefined ? {} : { branch }),
        actions: actions.map((action) => traceAction(action, names)),
      });
      continue;
    }
    const results = new Map(receipt.results.map((result) => [result.action, result]));
    for (const action of actions) {
      const result = results.get(action.id);
      done.push({
        ...traceAction(action, names, plan.lane),
        at: result?.at ?? receipt.finishedAt,
        outcome: result?.outcome ?? receipt.outcome,
        ...(result?.reason === undefined ? {} : { reason: result.reason }),
        receipt: `state/receipts/${planName(plan)}`,
        approvedBy: receipt.approvedBy,
        ...(receipt.mergedBy === undefined ? {} : { mergedBy: receipt.mergedBy }),
        ...(receipt.run === undefined ? {} : { run: receipt.run }),
      });
    }
  }
  return {
    waiting: waiting.sort((a, b) => compareText(a.plan, b.plan)),
    done: done.sort((a, b) => compareText(b.at, a.at) || compareText(a.line, b.line)),
  };
}
