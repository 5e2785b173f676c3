/**
 * What becomes of the one rolling pull request.
 *
 * | plan to review | pull request                                              | does                                        |
 * |----------------|-----------------------------------------------------------|---------------------------------------------|
 * | none           | none open                                                 | nothing                                     |
 * | none           | open                                                      | close: nothing is left to do                |
 * | yes            | open, a person has changed its branch                     | replace: close it, open another from a fresh branch |
 * | yes            | open, the same actions, its people untouched on main      | keep: a new day alone voids no approval     |
 * | yes            | open, the same actions, main has changed its people since | rebuild on main, its plan kept byte for byte |
 * | yes            | open, other actions                                       | rebuild with the new plan                   |
 * | yes            | none open, the last one closed by a person, the same actions | respect: say so, until the actions change |
 * | yes            | none open                                                 | open                                        |
 */
import type { Plan } from '../plan/plan-file.ts';

/** The one branch that the app rebuilds; the others take over where a person has made it theirs. */
export const SYNC_BRANCHES = ['rollcall/sync', ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `rollcall/sync-${n}`)];

export interface OpenProposal {
  number: number;
  /** The plan on its branch; undefined when there is none that reads, or more than one. */
  plan: Plan | undefined;
  /** Login of who changed the branch besides the app. */
  editedBy: string | undefined;
  /** main has changed person files that the branch changes too. */
  overtaken: boolean;
}

export interface ClosedProposal {
  number: number;
  plan: Plan | undefined;
  /** Who closed it, when a person did. */
  closedBy: string;
}

export type Decision =
  | { kind: 'nothing' }
  | { kind: 'close'; number: number; editedBy: string | undefined }
  | { kind: 'replace'; number: number; plan: Plan; editedBy: string }
  | { kind: 'keep'; number: number; plan: Plan }
  | { kind: 'rebuild'; number: number; plan: Plan; kept: boolean }
  | { kind: 'respect'; number: number; closedBy: string }
  | { kind: 'open'; plan: Plan };

export function decideRefresh(
  plan: Plan | undefined,
  open: OpenProposal | undefined,
  closed: ClosedProposal | undefined,
): Decision {
  if (plan === undefined)
    return open === undefined
      ? { kind: 'nothing' }
      : { kind: 'close', number: open.number, editedBy: open.editedBy };
  if (open !== undefined) {
    const { number, editedBy } = open;
    if (editedBy !== undefined) return { kind: 'replace', number, plan, editedBy };
    if (open.plan === undefined || !haveSameActions(plan, open.plan))
      return { kind: 'rebuild', number, plan, kept: false };
    return open.overtaken
      ? { kind: 'rebuild', number, plan: open.plan, kept: true }
      : { kind: 'keep', number, plan: open.plan };
  }
  if (closed?.plan !== undefined && haveSameActions(plan, closed.plan))
    return { kind: 'respect', number: closed.number, closedBy: closed.closedBy };
  return { kind: 'open', plan };
}

/** The same needs, whatever day it is and whatever the findings say. */
export function haveSameActions(a: Pick<Plan, 'actions'>, b: Pick<Plan, 'actions'>): boolean {
  const ids = new Set(a.actions.map(({ id }) => id));
  return ids.size === new Set(b.actions.map(({ id }) => id)).size && b.actions.every(({ id }) => ids.has(id));
}
