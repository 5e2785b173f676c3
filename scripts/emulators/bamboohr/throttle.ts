/** Rate limiting by the seed: 503 until 2026-09-15, 429 since, with or without a hint when to come back. */
import type { Answer } from '../kit/service.ts';
import { legacyError } from './answers.ts';
import type { Company } from './company.ts';

/** Counts requests in windows of real time (a client waits in real time); answers the refusal, or undefined. */
export function createThrottle(): (company: Company) => Answer | undefined {
  let windowEnds = 0;
  let count = 0;
  return ({ rateLimit }) => {
    if (rateLimit === undefined) return undefined;
    const now = Date.now();
    if (now >= windowEnds) {
      windowEnds = now + rateLimit.perSeconds * 1000;
      count = 0;
    }
    count += 1;
    if (count <= rateLimit.requests) return undefined;
    const answer = legacyError(rateLimit.status, 'Limit Exceeded');
    const seconds = Math.max(1, Math.ceil((windowEnds - now) / 1000));
    const retryAfter = {
      seconds: { 'retry-after': String(seconds) },
      date: { 'retry-after': new Date(windowEnds).toUTCString() },
      none: {},
    }[rateLimit.retryAfter];
    return { ...answer, headers: { ...answer.headers, ...retryAfter } };
  };
}
