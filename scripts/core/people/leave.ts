/**
 * Leave: from which day and until when. Two signals tell of it ahead: approved time off of a mapped type, and a status
 * that HR has entered for a day to come. What type of leave it is never comes here: it may be medical.
 *
 * | signal                                             | today                          | tomorrow or later            |
 * |----------------------------------------------------|--------------------------------|------------------------------|
 * | approved time off, long enough, adjacent ones as one | leave, from its first day      | armed inside the window      |
 * | status that means leave                            | leave (stage.ts), no days kept | armed inside the window      |
 *
 * Its end is never armed: nobody on leave keeps an armed activation, so the run of the first day back gives back.
 */
import type { LifecycleFile } from '../mappings/lifecycle-file.ts';
import { addDays, type Day, daysBetween } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';

/** `until` is known of time off only; a status lasts until HR enters the next one. */
export interface Leave {
  from: Day;
  until?: Day | undefined;
}

/** One approved request; both days are off. */
export interface TimeOff {
  start: Day;
  end: Day;
}

export interface LeaveSignals {
  timeOff: readonly TimeOff[];
  /** What the employment status means now, and what the newest one that HR has entered will mean, from which day. */
  status: { now: string | undefined; later: string | undefined; from: Day | undefined };
}

/** The leave that `asOf` lies in, or else the next one to begin inside the arming window. */
export function deriveLeave(
  { timeOff, status }: LeaveSignals,
  lifecycle: LifecycleFile,
  asOf: Day,
): Leave | undefined {
  const { armDays, timeOff: rule } = lifecycle.leave;
  const long = mergeAdjacent(timeOff).filter(
    ({ start, end }) => rule !== undefined && daysBetween(start, end) + 1 >= rule.minimumDays,
  );
  const now = long.find(({ start, end }) => start <= asOf && asOf <= end);
  if (now !== undefined) return { from: now.start, until: now.end };
  const isNear = (day: Day): boolean => day > asOf && day <= addDays(asOf, armDays);
  const next = long.find(({ start }) => isNear(start));
  const turns =
    status.now === 'working' &&
    status.later === 'leave' &&
    status.from !== undefined &&
    isNear(status.from) &&
    (next === undefined || status.from < next.start);
  if (turns) return { from: status.from! };
  return next === undefined ? undefined : { from: next.start, until: next.end };
}

/** How far back and ahead requests must be read, so that the ones that together are long enough are all seen. */
export function timeOffWindow(lifecycle: LifecycleFile, asOf: Day): { from: Day; to: Day } {
  const days = lifecycle.leave.timeOff?.minimumDays ?? 0;
  return { from: addDays(asOf, -days - 1), to: addDays(asOf, days + lifecycle.leave.armDays + 1) };
}

/** HR books a long leave in several requests; the day between two of them brings nobody back. */
function mergeAdjacent(spans: readonly TimeOff[]): TimeOff[] {
  const merged: TimeOff[] = [];
  for (const span of [...spans].sort((a, b) => compareText(a.start, b.start) || compareText(a.end, b.end))) {
    const last = merged.at(-1);
    if (last === undefined || span.start > addDays(last.end, 1)) merged.push({ ...span });
    else if (span.end > last.end) last.end = span.end;
  }
  return merged;
}

/** True when `leave` covers the day by itself; one by status does not: there the status decides. */
export function isTimeOff(leave: Leave | undefined, day: Day): boolean {
  return leave?.until !== undefined && leave.from <= day && day <= leave.until;
}
