/** Which edit of the mappings caused a plan, as far as the history of main tells. */
import type { Plan } from '../core/plan/plan-file.ts';
import { secondsBetween } from '../core/values/calendar.ts';
import type { Forge } from '../ports.ts';

/** Edits of mappings/ that are looked at; an older one was dealt with by an earlier plan or by nobody. */
const NEWEST = 5;

/**
 * Number of the merged pull request that edited mappings/ last, since a reviewed plan was applied for the last time;
 * undefined when no action has that cause, or nothing is known.
 */
export async function findMappingPullRequest(
  { forge, main, lastReviewed }: { forge: Forge; main: string; lastReviewed: () => string | undefined },
  plan: Pick<Plan, 'actions'>,
): Promise<number | undefined> {
  if (!plan.actions.some(({ cause }) => cause === 'mapping')) return undefined;
  const dealtWith = lastReviewed();
  for (const { sha, committedAt } of await forge.listCommits(main, 'mappings', NEWEST)) {
    if (dealtWith !== undefined && committedAt !== '' && secondsBetween(committedAt, dealtWith) > 0)
      return undefined;
    const merged = (await forge.findPullRequestsOf(sha)).find(
      ({ mergedAt, baseBranch }) => mergedAt !== null && baseBranch === main,
    );
    if (merged !== undefined) return merged.number;
  }
  return undefined;
}
