/**
 * Whether a request is sent again. A create is never repeated blindly: a duplicate account is worse than a late one.
 *
 * | what came                        | read   | idempotent | once               |
 * |----------------------------------|--------|------------|--------------------|
 * | 429                              | again  | again      | again: it was refused before it was processed |
 * | 408, 502, 503, 504               | again  | again      | lost: it may have landed |
 * | 500 and other 5xx                | again  | lost       | lost               |
 * | never left (refused, no route)   | again  | again      | again              |
 * | connection cut, no answer in time| again  | again      | lost               |
 * | unknown host, bad certificate,   |        |            |                    |
 * | the company's proxy says no      | stop   | stop       | stop               |
 * | any other status                 | stop   | stop       | stop: the vendor has decided |
 * | answer too large                 | stop   | lost       | lost               |
 *
 * A 429 is tried more often than the rest: seven pauses of our own are at least half a minute, and an exit must not be
 * lost to thirty seconds of throttling.
 *
 * Sources: the JumpCloud Terraform provider of Loadsmart (429 always, 502/503/504 only for GET, PUT, DELETE), JumpCloud's
 * own jc-cli (500 too), BambooHR's planned changes (503 until 2026-09-15, 429 from then on, both with Retry-After).
 */
import type { Outcome } from './exchange.ts';
import type { Repeat } from './request.ts';
import { parseRetryAfter } from './retry-after.ts';

export type Verdict = 'again' | 'stop' | 'lost';

export interface Limits {
  attempts: number;
  /** While the answer is 429. */
  throttledAttempts: number;
  /** One attempt. */
  timeoutMs: number;
  /** All attempts and waits of one request together. */
  budgetMs: number;
  maxBytes: number;
}

export const LIMITS: Limits = {
  attempts: 5,
  throttledAttempts: 8,
  timeoutMs: 60_000,
  budgetMs: 300_000,
  maxBytes: 128 * 1_048_576,
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const TEMPORARY: ReadonlySet<number> = new Set([408, 502, 503, 504]);

type Case =
  | 'throttled'
  | 'temporary'
  | 'broken'
  | 'never-left'
  | 'doubtful'
  | 'misconfigured'
  | 'decided'
  | 'too-large';

const TABLE: Record<Case, Record<Repeat, Verdict>> = {
  throttled: { read: 'again', idempotent: 'again', once: 'again' },
  temporary: { read: 'again', idempotent: 'again', once: 'lost' },
  broken: { read: 'again', idempotent: 'lost', once: 'lost' },
  'never-left': { read: 'again', idempotent: 'again', once: 'again' },
  doubtful: { read: 'again', idempotent: 'again', once: 'lost' },
  misconfigured: { read: 'stop', idempotent: 'stop', once: 'stop' },
  decided: { read: 'stop', idempotent: 'stop', once: 'stop' },
  'too-large': { read: 'stop', idempotent: 'lost', once: 'lost' },
};

/** After these the request may have been carried out although nobody said so. */
const DOUBTFUL: ReadonlySet<Case> = new Set(['temporary', 'broken', 'doubtful', 'too-large']);

export function judge(repeat: Repeat, outcome: Outcome): { verdict: Verdict; doubtful: boolean } {
  const what = caseOf(outcome);
  return { verdict: TABLE[what][repeat], doubtful: DOUBTFUL.has(what) };
}

function caseOf(outcome: Outcome): Case {
  switch (outcome.kind) {
    case 'answer': {
      const { status } = outcome.answer;
      if (status === 429) return 'throttled';
      if (TEMPORARY.has(status)) return 'temporary';
      return status >= 500 ? 'broken' : 'decided';
    }
    case 'unreachable':
      return 'never-left';
    case 'cut':
    case 'silent':
      return 'doubtful';
    case 'no-such-host':
    case 'bad-certificate':
    case 'barred':
      return 'misconfigured';
    case 'too-large':
      return 'too-large';
  }
}

/** How often a request may be sent whose last attempt came to `outcome`. */
export function attemptsAfter(outcome: Outcome, limits: Limits): number {
  return outcome.kind === 'answer' && outcome.answer.status === 429
    ? limits.throttledAttempts
    : limits.attempts;
}

/**
 * Milliseconds until the next attempt: what the vendor asks for, else 0.5 s doubled per attempt up to 30 s, of which
 * half is left to chance so that many clients do not come back together. Whoever asks for less each time than our own
 * pause gets our own: "in a second" eight times running would be over in eight.
 */
export function pauseBefore(
  next: number,
  outcome: Outcome,
  chance: number,
  now: number,
): { milliseconds: number; asked: boolean } {
  const asked =
    outcome.kind === 'answer' ? parseRetryAfter(outcome.answer.headers['retry-after'], now) : undefined;
  const whole = Math.min(FIRST_PAUSE_MS * 2 ** (next - 2), LONGEST_PAUSE_MS);
  const own = Math.round(whole * (0.5 + chance / 2));
  return asked === undefined
    ? { milliseconds: own, asked: false }
    : { milliseconds: Math.max(asked, own), asked: true };
}
