/** An instant as people read it: `2026-11-23 14:05` in the company's time zone. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** '' for what is no instant. */
export function instantText(instant: string, timeZone: string): string {
  const at = Date.parse(instant);
  if (!Number.isFinite(at)) return '';
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts['year'] ?? ''}-${parts['month'] ?? ''}-${parts['day'] ?? ''} ${parts['hour'] ?? ''}:${parts['minute'] ?? ''}`;
}
