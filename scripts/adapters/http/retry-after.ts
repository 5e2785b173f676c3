/** `Retry-After`: seconds or an HTTP date (RFC 9110, 10.2.3); BambooHR's clients have met both. */

/** Milliseconds from `now`; undefined when there is none or it cannot be read. A date that has passed is 0. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) || !/[a-z]/i.test(text) ? undefined : Math.max(0, date - now);
}
