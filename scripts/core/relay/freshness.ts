/** When BambooHR says it sent a delivery, and whether that is still believable. */

/**
 * How far the header may lie from our clock, in milliseconds. BambooHR tries again at 5, 10, 20, 40 and 80 minutes
 * (OpenAPI document), the last time 155 minutes after the first; nobody has shown whether a retry keeps the first
 * timestamp, so the window covers the oldest of them. The future is only clock skew.
 */
export const FRESHNESS = { pastMs: 3 * 3_600_000, futureMs: 5 * 60_000 };

/**
 * Milliseconds since the epoch, or undefined for anything else than unix seconds (seen live) or an ISO instant (third-party examples).
 *
 * The forms are exact on purpose. The signature covers body and timestamp without a separator, so moving digits from
 * one to the other keeps it valid: `…id]=1042` + `1658248023` and `…id]=10` + `421658248023` sign alike. Ten digits
 * without a leading zero, or a four-digit year of this century, leave exactly one place where the timestamp can start.
 */
export function parseSentAt(header: string): number | undefined {
  if (/^[1-9]\d{9}$/.test(header)) return Number(header) * 1000;
  const iso = /^(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:?\d\d)$/.exec(header);
  if (iso === null) return undefined;
  const [, instant = '', zone = ''] = iso;
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const parsed = Date.parse(instant + offset);
  return Number.isNaN(parsed) ? undefined : parsed;
}

export function judgeFreshness(sentAt: number, now: number): 'fresh' | 'stale' | 'future' {
  if (sentAt < now - FRESHNESS.pastMs) return 'stale';
  if (sentAt > now + FRESHNESS.futureMs) return 'future';
  return 'fresh';
}

/** Until when a delivery must be remembered: one millisecond past the moment from which it is refused as stale anyway. */
export function rememberUntil(sentAt: number): number {
  return sentAt + FRESHNESS.pastMs + 1;
}
