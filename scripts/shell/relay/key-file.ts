/** Webhook keys in a file, so that rotating needs no restart: `webhook rotate` adds a line, the relay takes it up. */
import { readFileSync, statSync } from 'node:fs';
import { parseKeys } from './relay-settings.ts';
import type { RelayLog } from './relay-log.ts';

const LOOK_EVERY_MS = 5_000;

/**
 * The keys as they stand in the file, looked at when a delivery comes and five seconds have passed. When the file is
 * gone or empty the last keys stay: a slip while editing must not shut out a leaver's event for good (401 is never sent again).
 */
export function followKeyFile(path: string, now: () => number, log: RelayLog): () => readonly string[] {
  let keys = parseKeys(readFileSync(path, 'utf8'));
  let stamp = stampOf(path);
  let lookedAt = now();
  return () => {
    if (now() - lookedAt < LOOK_EVERY_MS) return keys;
    lookedAt = now();
    try {
      const current = stampOf(path);
      if (current === stamp) return keys;
      const found = parseKeys(readFileSync(path, 'utf8'));
      stamp = current;
      if (found.length === 0)
        log({ level: 'error', event: 'keys', reason: 'no-key-in-file', keys: keys.length });
      else {
        keys = found;
        log({ level: 'info', event: 'keys', keys: keys.length });
      }
    } catch {
      log({ level: 'error', event: 'keys', reason: 'key-file-unreadable', keys: keys.length });
    }
    return keys;
  };
}

function stampOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
}
