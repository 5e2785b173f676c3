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
 * Then, by guardrails.yaml of main: a listed approver, or anyone with write access where none are listed; never one
 * of the people the plan is about. Sources: GitHub REST "List reviews for a pull request" (a dismissal changes the
 * state of the review itself); "Update branch" moves the head and leaves the plan as it was, so bytes are compared,
 * never the position of the head.
 */
import type { GuardrailsFile } from '../mappings/guardrails-file.ts';
import { peopleOf, type Plan } from '../plan/plan-file.ts';
import type { PlanApproval, PlanApprovals } from '../record/approvals-file.ts';
import { secondsBetween } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import type { ForgeReview } from './shapes.ts';

export interface EffectiveApproval {
  login: string;
  at: string;
  /** The commit that was looked at when it was given. */
  commit: string;
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
    .flatMap(({ login, submittedAt, commit }) =>
      commit === null ? [] : [{ login, at: submittedAt, commit }],
    )
    .sort((a, b) => compareText(a.at, b.at) || compareText(a.login, b.login));
}

/** Hours between two instants, to a thousandth, never negative: the forge's clock may be read in the same second. */
export function hoursBetween(from: string, to: string): number {
  return Math.max(0, Math.round((secondsBetween(from, to) / 3600) * 1000) / 1000);
}

export interface CountedApprovals {
  /** Logins whose approval counts, oldest approval first. */
  approvedBy: string[];
  /** Hours since the oldest of the youngest `required` approvals; Infinity when there are fewer. */
  ageHours: number;
  /** Why an approval does not count, and approvers that nobody mapped to an employee. */
  notes: string[];
}

/** Which approvals count for this plan, by guardrails.yaml of main. */
export function countApprovals(
  plan: Pick<Plan, 'actions'>,
  approvals: PlanApprovals['approvals'],
  rules: GuardrailsFile['approvals'],
  required: number = rules.required,
): CountedApprovals {
  const subjects = new Set(peopleOf(plan));
  const notes: string[] = [];
  const counted: PlanApproval[] = [];
  for (const approval of approvals) {
    const { login, permission } = approval;
    const listed = rules.approvers.find((each) => each.login.toLowerCase() === login.toLowerCase());
    if (rules.approvers.length > 0 && listed === undefined)
      notes.push(`${login} approved and is not among the approvers of guardrails.yaml`);
    else if (permission !== 'write' && permission !== 'admin')
      notes.push(`${login} approved and has no write access to the repository`);
    else if (listed?.employee !== undefined && subjects.has(listed.employee))
      notes.push(`${login} approved and is one of the people the plan is about`);
    else {
      counted.push(approval);
      if (listed?.employee === undefined)
        notes.push(
          `${login} approved and is not mapped to an employee: guardrails.yaml could not tell a subject`,
        );
    }
  }
  const ages = counted.map(({ ageHours }) => ageHours).sort((a, b) => a - b);
  return {
    approvedBy: counted.map(({ login }) => login),
    ageHours: ages[required - 1] ?? Number.POSITIVE_INFINITY,
    notes,
  };
}
