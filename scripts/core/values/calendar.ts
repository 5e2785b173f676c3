/** Days and instants in the company's time zone; the clock is always an argument. */
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

/** A calendar day, `YYYY-MM-DD`; days compare as text. */
export const Day = z
  .string()
  .refine(isDay, 'a day is written YYYY-MM-DD and must exist')
  .meta({ description: 'Calendar day, YYYY-MM-DD', examples: ['2026-09-01'] });
export type Day = string;

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

export function isTimeZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** The day it is in `zone` at `instant` (ISO, UTC). */
export function dayIn(zone: string, instant: string): Day {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
}

export function addDays(day: Day, days: number): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** Days from `a` to `b`; negative when `b` is earlier. */
export function daysBetween(a: Day, b: Day): number {
  return Temporal.PlainDate.from(a).until(Temporal.PlainDate.from(b), { largestUnit: 'days' }).days;
}

/** The instant (ISO, UTC, seconds) at which the clock in `zone` shows `time` (`HH:MM`) on `day`. */
export function instantOf(zone: string, day: Day, time: string): string {
  const local = Temporal.PlainDate.from(day).toZonedDateTime({
    timeZone: zone,
    plainTime: Temporal.PlainTime.from(time),
  });
  return local.toInstant().toString({ smallestUnit: 'second' });
}

/** Seconds from `a` to `b`, both ISO instants. */
export function secondsBetween(a: string, b: string): number {
  return (Temporal.Instant.from(b).epochMilliseconds - Temporal.Instant.from(a).epochMilliseconds) / 1000;
}
