/** Who is on hold because of what only JumpCloud tells, and what keeps failing: as the newest plan of a whole run says. */
import type { Plan } from '../plan/plan-file.ts';

export interface HeldInPlan {
  person: string;
  code: string;
  why: string;
  /** The day of the first plan since which every one has said so. */
  since: string;
}

/** @param plans oldest first, without those of the urgent lane: they see few people */
export function heldInPlans(plans: readonly Plan[]): HeldInPlan[] {
  const newest = plans.at(-1);
  if (newest === undefined) return [];
  const entriesOf = (plan: Plan): HeldInPlan[] => [
    ...plan.held.map(({ person, code, message }) => ({ person, code, why: message, since: plan.asOf })),
    ...plan.findings.flatMap(({ code, person, message }) =>
      code === 'quarantine' && person !== undefined ? [{ person, code, why: message, since: plan.asOf }] : [],
    ),
  ];
  return entriesOf(newest).map((entry) => {
    let { since } = entry;
    for (const plan of [...plans].reverse()) {
      if (!entriesOf(plan).some(({ person, code }) => person === entry.person && code === entry.code)) break;
      since = plan.asOf;
    }
    return { ...entry, since };
  });
}
