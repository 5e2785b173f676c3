/** The comparison over a checkout and live JumpCloud. Reads and compares; it is handed nothing that could write. */
import { matchPeople } from '../core/directory/match.ts';
import { createAttribution } from '../core/reconcile/attribute-drift.ts';
import type { Drift } from '../core/reconcile/drift.ts';
import { ownWritesOf } from '../core/reconcile/own-writes.ts';
import { compareAll, type LogState, type Report, reportOf } from '../core/reconcile/report.ts';
import { sceneOf } from '../core/reconcile/scene.ts';
import type { RecordedPlan } from '../core/record/ledger.ts';
import { Failure } from '../core/values/failure.ts';
import type { DirectoryLog, DirectoryReader } from '../ports.ts';
import { type Desk, planDesk } from './plan-desk.ts';
import { readSuspended } from './read-suspended.ts';

/** How far back JumpCloud's log reaches. */
const LOG_DAYS = 90;

export interface ReconcileOptions {
  /** ISO instant, real time. */
  now: () => string;
  progress: (text: string) => void;
}

export async function reconcileDesk(
  desk: Desk,
  recorded: RecordedPlan[],
  { reader, log }: { reader: DirectoryReader; log: DirectoryLog },
  { now, progress }: ReconcileOptions,
): Promise<Report> {
  const { planned, live } = await planDesk(desk, reader, { only: undefined, lane: undefined, progress });
  const matches = matchPeople({ ...desk, people: planned.people, accounts: live.accounts });
  const suspended = await readSuspended(reader, { policy: desk.policy, live, matches, progress });
  progress('comparing');
  const scene = sceneOf({ ...desk, live, planned, suspended });
  const at = now();
  const { drift, state } = await findAuthors(compareAll(scene), recorded, log, at, progress);
  return reportOf({
    asOf: desk.asOf,
    at,
    compared: {
      people: planned.people.length,
      accounts: live.accounts.length,
      groups: scene.groups.open.size,
    },
    drift,
    log: state,
    names: scene.names,
  });
}

/** A log that cannot be read costs the names, never the comparison. */
async function findAuthors(
  drift: Drift[],
  recorded: RecordedPlan[],
  log: DirectoryLog,
  at: string,
  progress: (text: string) => void,
): Promise<{ drift: Drift[]; state: LogState }> {
  if (!drift.some(({ watch }) => watch !== undefined)) return { drift, state: { state: 'not-needed' } };
  const since = new Date(Date.parse(at) - LOG_DAYS * 86_400_000).toISOString();
  const attribution = createAttribution(drift, ownWritesOf(recorded, since));
  let count = 0;
  try {
    const outcome = await log.readChanges(since, (events) => {
      progress(`reading who changed what: ${(count += events.length)} events`);
      return attribution.take(events);
    });
    if (outcome === 'not-enabled')
      return { drift, state: { state: 'unavailable', why: 'Directory Insights is not enabled' } };
    const { drift: attributed, own } = attribution.finish();
    return { drift: attributed, state: { state: 'read', since, own, complete: outcome === 'read' } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { drift, state: { state: 'unavailable', why: error.message } };
  }
}
