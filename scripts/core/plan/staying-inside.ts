/**
 * Who must be out and stays inside all the same. Whoever starts the urgent lane looks away: "nothing to do" must never be
 * the answer while somebody can still sign in.
 */
import type { LiveDirectory } from '../directory/live.ts';
import type { Planned } from './planner.ts';

export interface StayingInside {
  /** HR id. */
  person: string;
  /** What stands against the exit. */
  codes: string[];
}

/** Of those who are ended by hand: whoever is neither suspended nor about to be, with an account or without one. */
export function staysInside(
  named: readonly string[],
  planned: Planned,
  live: LiveDirectory,
): StayingInside[] {
  const { plans, linked, held, findings } = planned;
  const ending = new Set(
    plans.flatMap(({ actions }) =>
      actions.flatMap(({ kind, person }) => (kind === 'suspend' ? [person] : [])),
    ),
  );
  const isOut = (person: string): boolean =>
    live.accounts.some(({ id, state }) => id === linked.get(person) && state === 'SUSPENDED');
  return [...new Set(named)]
    .filter((person) => !ending.has(person) && !isOut(person))
    .map((person) => {
      const codes = [
        ...held.filter((each) => each.person === person).map(({ code }) => code),
        ...findings
          .filter((each) => (each.person ?? person) === person && each.severity === 'critical')
          .map(({ code }) => code)
          // Of the budgets only that of suspensions keeps somebody inside.
          .filter((code) => !code.startsWith('budget-') || code === 'budget-suspend'),
      ];
      return { person, codes: codes.length > 0 ? [...new Set(codes)] : [reasonFor(person, planned)] };
    });
}

/** Of those who left or are on leave as HR says: whoever keeps an account that works until somebody reviews it. */
export function leaversInside(planned: Planned, live: LiveDirectory): StayingInside[] {
  const working = new Set(live.accounts.filter(({ state }) => state !== 'SUSPENDED').map(({ id }) => id));
  const withAccount = new Set([
    ...live.accounts.filter(({ id }) => working.has(id)).map(({ anchor }) => anchor),
    ...planned.actions.flatMap(({ person, account }) => (working.has(account ?? '') ? [person ?? ''] : [])),
    ...planned.held.map(({ person }) => person),
  ]);
  const leavers = planned.people
    .filter(({ stage, employee }) => (stage === 'left' || stage === 'leave') && withAccount.has(employee.id))
    .map(({ employee }) => employee.id);
  return staysInside(leavers, planned, live);
}

/** Wanted, and of another lane: its facts are doubtful, a mapping caused it, or nobody has linked the account yet. */
function reasonFor(person: string, { actions }: Planned): string {
  const waits = actions.some(({ kind, person: whose }) => kind === 'suspend' && whose === person);
  return waits ? 'needs-review' : 'no-linked-account';
}
