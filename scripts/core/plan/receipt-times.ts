/**
 * The instants on a receipt by which it is judged whether access ended, or was given, in time.
 *
 * | instant     | of                  | taken from                                                                |
 * |-------------|---------------------|---------------------------------------------------------------------------|
 * | hrEffective | urgent, one person  | the end of the last day in HR, company time                               |
 * | received    | urgent, by webhook  | the relay's clock when BambooHR delivered                                 |
 * | dispatched  | urgent, on GitHub   | GitHub's clock when it accepted the event that became this run            |
 * | suspended   | urgent              | when the last of them was out: by this run, an earlier one, or an armed job |
 * | approved    | reviewed, on GitHub | the newest approval that counted                                          |
 * | merged      | reviewed, on GitHub | the merge                                                                 |
 */
import type { LiveDirectory, LiveState } from '../directory/live.ts';
import type { Policy } from '../mappings/policy.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { Ledger } from '../record/ledger.ts';
import type { ActionResult } from '../record/receipt.ts';
import { instantOf } from '../values/calendar.ts';
import { withFiredJobs } from './fired-jobs.ts';
import { peopleOf, type Plan } from './plan-file.ts';
import type { Standing } from './standing.ts';

export interface TimesInput {
  plan: Plan;
  results: ActionResult[];
  standing: Pick<Standing, 'authorisation' | 'mergedAt'>;
  policy: Policy;
  people: PersonFile[];
  ledger: Ledger;
  live: LiveDirectory;
  /** HR id -> account id. */
  linked: ReadonlyMap<string, string>;
  /** ISO instants; undefined where nobody knows. */
  receivedAt: string | undefined;
  dispatchedAt: string | undefined;
  now: string;
}

/** What is known of them, in the order of the table; undefined when nothing is. */
export function receiptTimes(input: TimesInput): Record<string, string> | undefined {
  const times = Object.entries(
    input.plan.lane === 'urgent' ? urgentTimes(input) : reviewTimes(input),
  ).flatMap(([name, at]): [string, string][] =>
    at === undefined ? [] : [[name, new Date(at).toISOString()]],
  );
  return times.length === 0 ? undefined : Object.fromEntries(times);
}

function urgentTimes(input: TimesInput): Record<string, string | undefined> {
  const { receivedAt, dispatchedAt } = input;
  return {
    hrEffective: effectiveOf(input),
    received: receivedAt,
    dispatched: dispatchedAt,
    suspended: suspendedOf(input),
  };
}

function reviewTimes({ plan, standing }: TimesInput): Record<string, string | undefined> {
  if (plan.lane !== 'review') return {};
  const given = standing.authorisation.approvals.flatMap(({ at }) => at ?? []);
  return { approved: given.sort().at(-1), merged: standing.mergedAt };
}

function effectiveOf({ plan, people, policy }: TimesInput): string | undefined {
  const subjects = new Set(peopleOf(plan));
  const lastDays = people
    .filter(({ employee }) => subjects.has(employee.id))
    .map(({ employee }) => employee['terminationDate'] as string | undefined);
  const { timeZone, lastDay } = policy.lifecycle;
  return lastDays.length === 1 && lastDays[0] !== undefined
    ? instantOf(timeZone, lastDays[0], lastDay.time)
    : undefined;
}

/** Undefined while one of them is not out. */
function suspendedOf({ plan, results, ledger, live, linked, now }: TimesInput): string | undefined {
  const accounts = new Map(live.accounts.map((account) => [account.id, account]));
  const stateOf = (person: string): LiveState | undefined => accounts.get(linked.get(person) ?? '')?.state;
  const before = withFiredJobs(ledger, stateOf, live, now).people;
  const done = new Map(
    results.filter(({ outcome }) => outcome === 'done').map(({ action, at }) => [action, at]),
  );
  const ends = peopleOf(plan).map((person) => {
    const suspend = plan.actions.find((action) => action.person === person && action.kind === 'suspend');
    return (suspend === undefined ? undefined : done.get(suspend.id)) ?? before.get(person)?.suspended?.at;
  });
  return ends.includes(undefined) ? undefined : ends.sort().at(-1);
}
