/** The HR id: BambooHR's immutable employee id, always a string, the key of everything here. */
import { z } from 'zod';

/** Ids become file names and commit subjects, so nothing but letters, digits, `_` and `-` may pass (no path, no newline). */
export const HrId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'an HR id is 1 to 64 letters, digits, "_" or "-"')
  .meta({ description: 'BambooHR employee id, as text', examples: ['1042'] });

/** Numeric ids by value, all others after them by code unit. */
export function compareHrIds(a: string, b: string): number {
  const [numericA, numericB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (numericA && numericB) return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
  if (numericA !== numericB) return numericA ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * `state/people/42/1042.yaml`: sharded by the last two characters, because a flat folder of 50,000 files adds
 * 1.2 MB to the repository with every commit and the web view cuts folders at 1,000 entries.
 */
export function personFileOf(id: string): string {
  return `state/people/${id.slice(-2).padStart(2, '0')}/${id}.yaml`;
}
