/** `toJSON(needs)` of a GitHub job -> the names of the jobs that failed. Outputs and everything else in it stay unread. */
import { z } from 'zod';

const Needs = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,99}$/),
  z.looseObject({ result: z.string() }),
);

/** Sorted; undefined when the text is something else. A cancelled job is somebody's wish, a skipped one follows from another. */
export function readFailedJobs(text: string): string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = Needs.safeParse(value);
  if (!parsed.success) return undefined;
  return Object.entries(parsed.data)
    .filter(([, { result }]) => result === 'failure')
    .map(([name]) => name)
    .sort();
}
