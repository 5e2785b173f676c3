/** The primary rate limit: counted an hour and token, shown in every answer (GitHub REST, "Rate limits"). */
import { Refusal } from './refusals.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_LIMIT = 5_000;

/** Counts one request and returns the headers that tell of it. @throws Refusal 403 when a limit was seeded and is used up. */
export function countRequest(world: World, token: string, now: Date, free: boolean): Record<string, string> {
  const limit = world.rateLimit ?? DEFAULT_LIMIT;
  const known = world.rates.get(token);
  const rate =
    known === undefined || now.getTime() - known.windowStart >= HOUR_MS
      ? { used: 0, windowStart: now.getTime() }
      : known;
  world.rates.set(token, rate);
  if (!free) rate.used += 1;
  const headers = rateHeaders(limit, rate);
  if (world.rateLimit !== undefined && rate.used > limit) {
    const refusal = new Refusal(403, 'API rate limit exceeded for this token.');
    refusal.answer.headers = headers;
    throw refusal;
  }
  return headers;
}

function rateHeaders(limit: number, { used, windowStart }: { used: number; windowStart: number }) {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(Math.max(limit - used, 0)),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(Math.floor((windowStart + HOUR_MS) / 1000)),
    'x-ratelimit-resource': 'core',
  };
}
