/**
 * Whoever must go at once is out before anything else is asked of JumpCloud: the suspensions of an urgent plan, judged
 * over the accounts alone. What people have is read afterwards, and then everything is judged that is still open.
 */
import pMap from 'p-map';
import type { Verdict } from '../core/plan/execution.ts';
import type { Plan } from '../core/plan/plan-file.ts';
import type { ActionResult } from '../core/record/receipt.ts';
import type { Action } from '../core/plan/action.ts';
import { reasonOf } from './failure-reason.ts';
import { type Hands, performAction } from './perform.ts';

export interface FirstInput {
  judge: (action: Action) => Verdict;
  hands: Hands;
  /** ISO instant. */
  now: () => string;
  isStopping: () => boolean;
  concurrency: number;
}

/**
 * Results by action id of those that were tried; any other is judged again with the rest of the plan. Whose armed activation is to be cancelled is not taken here: it must not fire behind the suspension.
 */
export async function suspendFirst(
  { actions }: Plan,
  { judge, hands, now, isStopping, concurrency }: FirstInput,
): Promise<Map<string, ActionResult>> {
  const armed = new Set(actions.filter(({ kind }) => kind === 'unschedule').map(({ person }) => person));
  const suspensions = actions.filter(({ kind, person }) => kind === 'suspend' && !armed.has(person));
  const results = new Map<string, ActionResult>();
  await pMap(
    suspensions,
    async (action) => {
      if (isStopping() || judge(action).kind !== 'run') return;
      try {
        const { outcome, attempts } = await performAction(action, action.account, hands, () => null);
        results.set(action.id, { action: action.id, outcome, attempts, at: now() });
      } catch (error) {
        const reason = reasonOf(error);
        results.set(action.id, { action: action.id, outcome: 'failed', reason, attempts: 1, at: now() });
      }
    },
    { concurrency },
  );
  return results;
}
