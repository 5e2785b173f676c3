/** What was told, by key, so that a second run does not tell it again. A file of this checkout, never committed. */
import { z } from 'zod';
import { compareText } from '../values/finding.ts';

const Key = z.string().regex(/^[0-9a-f]{32}$/);

export const SentFile = z.strictObject({
  version: z.literal(1),
  sent: z.record(Key, z.iso.datetime()).meta({ description: 'Key of a notice at a place: when it was told' }),
});
export type SentFile = z.infer<typeof SentFile>;

/** A ledger that is kept for years stays readable; the oldest entries go first. */
const MOST = 50_000;

export function emptySent(): SentFile {
  return { version: 1, sent: {} };
}

export function withSent(file: SentFile, keys: string[], at: string): SentFile {
  const entries = Object.entries({ ...file.sent, ...Object.fromEntries(keys.map((key) => [key, at])) });
  const newest = entries
    .sort(([a, atA], [b, atB]) => compareText(atB, atA) || compareText(a, b))
    .slice(0, MOST);
  return { version: 1, sent: Object.fromEntries(newest.sort(([a], [b]) => compareText(a, b))) };
}

export function sentText(file: SentFile): string {
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

export function parseSent(text: string): { ok: true; file: SentFile } | { ok: false } {
  try {
    const parsed = SentFile.safeParse(JSON.parse(text));
    return parsed.success ? { ok: true, file: parsed.data } : { ok: false };
  } catch {
    return { ok: false };
  }
}
