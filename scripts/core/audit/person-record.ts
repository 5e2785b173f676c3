/** The record cut by person, so that what was known of somebody on a day is folded without reading everybody's. */
import type { Plan } from '../plan/plan-file.ts';
import { baseOf, peopleOf, planName } from '../plan/plan-file.ts';
import { foldRecord, type Ledger, type RecordedPlan } from '../record/ledger.ts';
import type { Receipt } from '../record/receipt.ts';
import { compareText } from '../values/finding.ts';

export interface PersonRecord {
  /** The ledger of these people as it stood at an instant: receipts finished before it, and nothing of anybody else. */
  ledgerAt(people: Iterable<string>, before: string): Ledger;
  /** Whether a plan's `base` is that of some instant before `before`. */
  knowsBase(plan: Plan, before: string): boolean;
}

/**
 * Receipts that were finished before this instant were known when a plan was made. By hand and in the urgent lane it is
 * committed after it `ran`: what it did itself was not known. git keeps whole seconds of a commit: what was finished
 * within that second came before it.
 */
export function knownUntil(committed: string, ran: string | undefined): string {
  const nextSecond = Math.floor(Date.parse(committed) / 1_000 + 1) * 1_000;
  return ran !== undefined && Date.parse(ran) < nextSecond ? ran : new Date(nextSecond).toISOString();
}

/** Bases are looked for among so many states of the plan's people. */
const STATES_TRIED = 200;

export function cutByPerson(
  plans: ReadonlyMap<string, Plan>,
  receipts: ReadonlyMap<string, Receipt>,
): PersonRecord {
  const slices = new Map<string, (RecordedPlan & { finishedAt: string })[]>();
  for (const [name, receipt] of receipts) {
    const plan = plans.get(name);
    if (plan === undefined) continue;
    const results = new Map(receipt.results.map((result) => [result.action, result]));
    const actions = new Map<string, Plan['actions']>();
    for (const action of plan.actions) {
      if (action.person === null) continue;
      const own = actions.get(action.person);
      if (own === undefined) actions.set(action.person, [action]);
      else own.push(action);
    }
    for (const [person, own] of actions) {
      const slice = {
        plan: { ...plan, actions: own },
        receipt: { ...receipt, results: own.flatMap(({ id }) => results.get(id) ?? []) },
        finishedAt: receipt.finishedAt,
      };
      const known = slices.get(person);
      if (known === undefined) slices.set(person, [slice]);
      else known.push(slice);
    }
  }
  const before = (person: string, instant: string): (RecordedPlan & { finishedAt: string })[] =>
    (slices.get(person) ?? []).filter(({ finishedAt }) => finishedAt < instant);
  return {
    ledgerAt(people, instant) {
      return foldRecord([...people].flatMap((person) => before(person, instant)));
    },
    knowsBase(plan, instant) {
      const people = peopleOf(plan);
      const own = new Map(
        people.map((person) => [
          person,
          before(person, instant).sort(
            (a, b) => compareText(a.finishedAt, b.finishedAt) || compareText(a.plan.digest, b.plan.digest),
          ),
        ]),
      );
      // Newest first: a plan is nearly always made over what the record held when it was committed.
      const instants = [...new Set([...own.values()].flat().map(({ finishedAt }) => finishedAt))]
        .sort()
        .reverse();
      for (const upTo of ['9', ...instants].slice(0, STATES_TRIED)) {
        const newest = new Map<string, string>();
        for (const [person, records] of own) {
          const last = records.filter(({ finishedAt }) => finishedAt < upTo).at(-1);
          if (last !== undefined) newest.set(person, planName(last.plan));
        }
        if (baseOf(people, newest) === plan.base) return true;
      }
      return false;
    },
  };
}
