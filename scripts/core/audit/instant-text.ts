/** An instant as people read it: `2026-11-23 14:05` in the company's time zone. */
import { Temporal } from 'temporal-polyfill';

/** '' for what is no instant. */
export function instantText(instant: string, timeZone: string): string {
  const at = Date.parse(instant);
  if (!Number.isFinite(at)) return '';
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return local.toString({ smallestUnit: 'minute' }).replace('T', ' ');
}
