/** Whose names a text about a plan needs: its people, those on hold, those with a finding, and new managers. */
import { peopleOf, type Plan } from '../plan/plan-file.ts';

export function peopleShown(plan: Plan): Set<string> {
  const managers = plan.actions.flatMap(({ kind, target }) =>
    kind === 'set-manager' && target !== null ? [target] : [],
  );
  return new Set([
    ...peopleOf(plan),
    ...managers,
    ...plan.held.map(({ person }) => person),
    ...plan.findings.flatMap(({ person }) => (person === undefined ? [] : [person])),
  ]);
}
