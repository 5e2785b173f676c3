/**
 * Whose approval a plan has.
 *
 * | review                                              | counts                                              |
 * |-----------------------------------------------------|-----------------------------------------------------|
 * | COMMENTED, PENDING                                  | as no opinion: what was said before stands          |
 * | submitted after the merge                           | not at all                                          |
 * | each person's latest of the others is APPROVED      | when the plan's bytes at its commit are these bytes |
 * | … is CHANGES_REQUESTED                              | no                                                  |
 * | … is DISMISSED                                      | no; an older approval does not come back to life    |
 * | by a bot, the pull request's author, a gone account | never                                               |
 *
 * Whether such a login is permitted, and no subject of the plan, is judged by core/plan/standing.ts. Sources: GitHub
 * REST "List reviews for a pull request" (a dismissal changes the state of the review itself); "Update branch" moves
 * the head and leaves the plan as it was, so bytes are compared, never the position of the head.
 */
import { secondsBetween } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import type { ForgeReview, Permission } from './shapes.ts';

export interface EffectiveApproval {
  login: string;
  at: string;
  /** The commit that was looked at when it was given. */
  commit: string;
  /** How the forge calls the author's relation to the repository. */
  association: string;
}

export interface ReviewContext {
  /** Login of the pull request's author. */
  author: string | undefined;
  mergedAt: string;
}

/** Each person's latest opinion, given no later than the merge, where it is an approval; oldest first. */
export function effectiveApprovals(
  reviews: ForgeReview[],
  { author, mergedAt }: ReviewContext,
): EffectiveApproval[] {
  const latest = new Map<string, ForgeReview & { submittedAt: string; login: string }>();
  for (const review of reviews) {
    const { state, submittedAt } = review;
    if (review.author === null || review.author.bot || submittedAt === null) continue;
    const login = review.author.login;
    if (login.toLowerCase() === author?.toLowerCase()) continue;
    if (state === 'COMMENTED' || state === 'PENDING') continue;
    if (secondsBetween(submittedAt, mergedAt) < 0) continue;
    const before = latest.get(login.toLowerCase());
    // The list is oldest first; of two in one second the later in the list is the later one.
    if (before === undefined || secondsBetween(before.submittedAt, submittedAt) >= 0)
      latest.set(login.toLowerCase(), { ...review, submittedAt, login });
  }
  return [...latest.values()]
    .filter(({ state }) => state === 'APPROVED')
    .flatMap(({ login, submittedAt, commit, association }) =>
      commit === null ? [] : [{ login, at: submittedAt, commit, association }],
    )
    .sort((a, b) => compareText(a.at, b.at) || compareText(a.login, b.login));
}

/** Hours between two instants, to a thousandth, never negative: the forge's clock may be read in the same second. */
export function hoursBetween(from: string, to: string): number {
  return Math.max(0, Math.round((secondsBetween(from, to) / 3600) * 1000) / 1000);
}

/**
 * What somebody may do, when the forge cannot tell their permission. GitHub tells it of everybody who exists, so this
 * decides only on forges that lack the question.
 */
export function permissionOfAssociation(association: string): Permission {
  if (association === 'OWNER') return 'admin';
  return association === 'MEMBER' || association === 'COLLABORATOR' ? 'write' : 'none';
}
