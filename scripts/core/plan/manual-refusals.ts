/**
 * Whom an exit by hand would leave inside. Somebody asked for it by name and looks away: "nothing to do" must never be the
 * answer while the person can still sign in, and HR knows nothing yet that a sync could act on.
 */
import type { LiveDirectory } from '../directory/live.ts';
import type { Planned } from './planner.ts';

/** HR id and the codes of what stands against it, of each who is neither suspended nor about to be. */
export function manualRefusals(
  named: readonly string[],
  { plans, findings, held, linked }: Planned,
  live: LiveDirectory,
): { person: string; codes: string[] }[] {
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
          .map(({ code }) => code),
      ];
      return { person, codes: codes.length > 0 ? [...new Set(codes)] : ['no-linked-account'] };
    });
}
