/** Days and instants in the company's own time zone: BambooHR turns its dates there, not in UTC. */
import { Temporal } from 'temporal-polyfill';

export interface Calendar {
  timezone: string;
  /** The company's calendar day (`YYYY-MM-DD`) at an instant. */
  dayOf(instant: Date): string;
  /** Epoch milliseconds at which that day begins. */
  startOf(day: string): number;
  /** Epoch milliseconds of 11:59 pm on that day: when a future-dated end of employment takes effect (help centre). */
  endOf(day: string): number;
}

/** @throws RangeError when `timezone` is no IANA zone. */
export function createCalendar(timezone: string): Calendar {
  const instants = new Map<string, number>();
  let newest: { minute: number; day: string } | undefined;
  Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone);

  function instantOf(day: string, time: string): number {
    const key = `${day}T${time}`;
    const known = instants.get(key);
    if (known !== undefined) return known;
    const instant = Temporal.PlainDateTime.from(key).toZonedDateTime(timezone).epochMilliseconds;
    instants.set(key, instant);
    return instant;
  }

  return {
    timezone,
    dayOf: (instant) => {
      const minute = Math.floor(instant.getTime() / 60_000);
      if (newest?.minute !== minute) {
        const zoned = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timezone);
        newest = { minute, day: zoned.toPlainDate().toString() };
      }
      return newest.day;
    },
    startOf: (day) => instantOf(day, '00:00'),
    endOf: (day) => instantOf(day, '23:59'),
  };
}

/** A real calendar day as `YYYY-MM-DD`, or undefined for `null`, `""`, `0000-00-00` and anything else. */
export function dayFrom(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  const day = value.slice(0, 10);
  try {
    return Temporal.PlainDate.from(day, { overflow: 'reject' }).toString();
  } catch {
    return undefined;
  }
}

/** `2026-05-29T14:22:45+00:00`, as datasets and the changed list write instants (recorded 2026-05). */
export function offsetInstant(iso: string): string {
  return `${iso.slice(0, 19)}+00:00`;
}

/** `2026-05-29T14:22:45Z`, as changed/tables writes them (recorded 2026-05). */
export function zuluInstant(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}

/** `2026-05-29 14:21:14`, as webhooks write them, in UTC (recorded 2026-05). */
export function plainInstant(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}
