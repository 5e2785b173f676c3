/**
 * One message posted until it is taken or given up. Telling twice is a nuisance and not telling is worse, so whatever
 * may not have arrived is sent again; receivers that can, tell a repetition by its Idempotency-Key.
 *
 * | what came                                        | then                                    |
 * |--------------------------------------------------|-----------------------------------------|
 * | 2xx                                              | sent                                    |
 * | 408, 425, 429, 5xx; cut, silent, nobody listens  | again, up to LIMITS, Retry-After obeyed |
 * | Retry-After beyond the budget                    | failed                                  |
 * | 3xx                                              | failed: a message goes nowhere else     |
 * | any other status; no such host; bad certificate  | failed                                  |
 * | the company's proxy says no                      | failed                                  |
 */
import type { Sent } from '../../ports.ts';
import { describeBreak, exchange, type Outcome } from '../http/exchange.ts';
import { pauseBefore } from '../http/retry-policy.ts';
import { countAttempt } from '../http/traffic.ts';
import type { Wire } from '../http/wire.ts';

export interface PostLimits {
  attempts: number;
  /** One attempt. */
  timeoutMs: number;
  /** All attempts and waits of one message together. */
  budgetMs: number;
}

export const LIMITS: PostLimits = { attempts: 5, timeoutMs: 10_000, budgetMs: 120_000 };

/** Answers are "ok" or a short reason, and are never shown. */
const MAX_BYTES = 1_048_576;
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

export interface Post {
  /** As people know the receiver: "Slack". Its address is a secret. */
  service: string;
  url: string;
  body: string;
  /** Made anew for every attempt: a signature holds the time. */
  headers(): Record<string, string>;
}

export async function postMessage(wire: Wire, post: Post, limits: PostLimits = LIMITS): Promise<Sent> {
  const deadline = wire.now() + limits.budgetMs;
  for (let attempt = 1; ; attempt += 1) {
    countAttempt(wire.traffic, `POST ${post.service}`, attempt);
    const outcome = await exchange({
      dispatcher: wire.dispatcher,
      url: post.url,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'rollcall', ...post.headers() },
      body: post.body,
      timeoutMs: limits.timeoutMs,
      maxBytes: MAX_BYTES,
    });
    if (isTaken(outcome)) return { outcome: 'sent', attempts: attempt };
    const pause = pauseBefore(attempt + 1, outcome, wire.random(), wire.now());
    const isWorthIt = isAgain(outcome) && attempt < limits.attempts;
    if (!isWorthIt || wire.now() + pause.milliseconds > deadline)
      return {
        outcome: 'failed',
        attempts: attempt,
        reason: `${post.service}: ${describe(outcome, isWorthIt)}`,
      };
    wire.traffic.waitedMs += pause.milliseconds;
    await wire.sleep(pause.milliseconds);
  }
}

function isTaken(outcome: Outcome): boolean {
  // Whoever answers with more than an answer may be, has taken the message all the same.
  if (outcome.kind === 'too-large') return true;
  return outcome.kind === 'answer' && outcome.answer.status >= 200 && outcome.answer.status < 300;
}

function isAgain(outcome: Outcome): boolean {
  if (outcome.kind === 'answer') return AGAIN.has(outcome.answer.status) || outcome.answer.status >= 500;
  return outcome.kind === 'cut' || outcome.kind === 'silent' || outcome.kind === 'unreachable';
}

function describe(outcome: Outcome, asksForMore: boolean): string {
  if (outcome.kind !== 'answer') return describeBreak(outcome);
  const { status } = outcome.answer;
  if (asksForMore) return `answered ${status} and asks for more time than we have`;
  if (status >= 300 && status < 400) return `answered ${status}: a message is sent nowhere else`;
  if (status === 404 || status === 410)
    return `answered ${status}: the webhook is gone, or its address is wrong`;
  if (status === 401 || status === 403) return `answered ${status}: it does not let us`;
  return `answered ${status}`;
}
