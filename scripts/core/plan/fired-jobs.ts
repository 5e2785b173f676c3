/**
 * A suspension that JumpCloud made at the time that we had armed is ours, although no receipt says "suspended": a return
 * from that leave needs no review, and an exit that HR took back is told from one that somebody else made.
 */
import type { LiveDirectory } from '../directory/live.ts';
import type { Match } from '../directory/match.ts';
import type { Ledger, PersonLedger } from '../record/ledger.ts';
import { compareText } from '../values/finding.ts';

/** The ledger with the jobs counted that were due before `until` (ISO instant) and that JumpCloud has no longer. */
export function withFiredJobs(
  ledger: Ledger,
  matches: ReadonlyMap<string, Match>,
  live: Pick<LiveDirectory, 'armed'>,
  until: string,
): Ledger {
  const waiting = new Set(live.armed.map(({ job }) => job));
  const people = new Map<string, PersonLedger>();
  for (const [id, record] of ledger.people) {
    const match = matches.get(id);
    const isOut = match?.kind === 'linked' && match.account.state === 'SUSPENDED';
    const fired =
      isOut && record.suspended === undefined
        ? [...record.armed]
            .filter(([job, { state, at }]) => state === 'SUSPENDED' && at < until && !waiting.has(job))
            .map(([, job]) => job)
            .sort((a, b) => compareText(a.at, b.at))
            .at(-1)
        : undefined;
    people.set(
      id,
      fired === undefined
        ? record
        : { ...record, suspended: { at: fired.at, why: fired.why, hireDate: fired.hireDate } },
    );
  }
  return { ...ledger, people };
}
