/** The days that an audit is about, in the company's time zone. */
import { addDays, type Day, dayIn, instantOf } from '../values/calendar.ts';

export interface Period {
  from: Day;
  /** Last day, included. */
  to: Day;
  timeZone: string;
}

/** So many days back when nobody says how far. */
export const DEFAULT_DAYS = 90;

export interface Span {
  /** Instants, milliseconds: from is in it, until is not. */
  from: number;
  until: number;
}

export function spanOf({ from, to, timeZone }: Period): Span {
  return {
    from: Date.parse(instantOf(timeZone, from, '00:00')),
    until: Date.parse(instantOf(timeZone, addDays(to, 1), '00:00')),
  };
}

export function isWithin(span: Span, instant: string): boolean {
  const at = Date.parse(instant);
  return at >= span.from && at < span.until;
}

/** The Monday of the week of an instant, in the company's time zone. */
export function weekOf(timeZone: string, instant: string): Day {
  const day = dayIn(timeZone, instant);
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}
