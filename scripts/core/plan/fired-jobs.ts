/**
 * A change of state that JumpCloud made at the time that we had armed is ours, although no receipt says so: a return from
 * that leave needs no review, an exit that HR took back is told from one that somebody else made, and a rehire who came
 * back by a job is not suspended by us any more. Whose account works again since such a day was brought back by somebody
 * else: the record must hear of it (diff-account.ts), or the next suspension by others would pass for that job's.
 */
import type { LiveDirectory, LiveState } from '../directory/live.ts';
import type { Ledger, PersonLedger } from '../record/ledger.ts';
import { compareText } from '../values/finding.ts';

const DAY_MS = 86_400_000;

/**
 * The ledger with the jobs counted that were due before `until` (ISO instant) and that JumpCloud has no longer.
 *
 * @param stateOf the state of the account that is linked to an HR id; undefined without one
 */
export function withFiredJobs(
  ledger: Ledger,
  stateOf: (person: string) => LiveState | undefined,
  live: Pick<LiveDirectory, 'armed'>,
  until: string,
): Ledger {
  const waiting = new Set(live.armed.map(({ job }) => job));
  const people = new Map<string, PersonLedger>();
  for (const [id, record] of ledger.people) {
    const state = stateOf(id);
    people.set(id, state === undefined ? record : afterJobs(record, state, waiting, until));
  }
  return { ...ledger, people };
}

/** What the newest job that has fired made of the record. */
function afterJobs(
  record: PersonLedger,
  state: LiveState,
  waiting: ReadonlySet<string>,
  until: string,
): PersonLedger {
  const fired = [...record.armed]
    .filter(([job, { at }]) => at < until && !waiting.has(job))
    .map(([, job]) => job)
    .sort((a, b) => compareText(a.at, b.at))
    .at(-1);
  if (fired === undefined) return record;
  if (fired.state === 'ACTIVATED')
    return state === 'ACTIVATED' ? { ...record, suspended: undefined } : record;
  // A job of the last day may be gone before its hour, cancelled by hand: only an earlier one must have been undone.
  const isUndone = state === 'ACTIVATED' && Date.parse(fired.at) <= Date.parse(until) - DAY_MS;
  if (record.suspended !== undefined || (state !== 'SUSPENDED' && !isUndone)) return record;
  return { ...record, suspended: { at: fired.at, why: fired.why, hireDate: fired.hireDate } };
}
