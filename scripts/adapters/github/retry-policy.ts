/**
 * Whether a request to GitHub is sent again, and when.
 *
 * | what came                                              | reads, repeatable writes  | writes that would count twice |
 * |--------------------------------------------------------|---------------------------|-------------------------------|
 * | 429, or 403 with retry-after                           | again, when it says       | the same: it was not processed |
 * | 403 or 429, x-ratelimit-remaining 0                    | again after x-ratelimit-reset | the same                  |
 * | 403 or 429 that speaks of a secondary limit            | again after a minute, growing | the same                  |
 * | 500, 502, 503, 504, 408                                | again, growing            | lost: it may have landed      |
 * | connection cut, no answer in time, a body cut short    | again, growing            | lost                          |
 * | never left: nobody listens, the proxy is down          | again, growing            | again: it cannot have arrived |
 * | no such host, bad certificate, the proxy says no       | stop                      | stop                          |
 * | any other status                                       | stop: GitHub has decided  | stop                          |
 *
 * Sources: GitHub Docs "Rate limits for the REST API" and "Best practices for using the REST API".
 */
import type { Outcome } from '../http/exchange.ts';
import { parseRetryAfter } from '../http/retry-after.ts';

/** What one attempt came to; `status` 0: no answer, or one that was cut short. */
export interface AttemptResult {
  status: number;
  headers: Record<string, string | number | undefined>;
  message: string;
  /** How the connection failed, where it did. */
  broken?: Outcome;
}

export type Verdict = { kind: 'again'; waitMs: number; why: string } | { kind: 'lost' } | { kind: 'stop' };

export const MAX_ATTEMPTS = 6;
/** Longer than this in one request we do not wait: the job's own time is limited and the next run is cheap. */
export const MAX_WAIT_MS = 15 * 60_000;

/**
 * Writes whose repetition changes nothing more: trees, blobs and commits are named by their content, labels and
 * reviewers are sets, a second sync finds nothing to do. Everything else that GitHub creates would be created twice.
 */
const REPEATABLE_POSTS = [
  '/git/trees',
  '/git/blobs',
  '/git/commits',
  '/labels',
  '/requested_reviewers',
  '/check-runs',
  '/dispatches',
];

export function isRepeatable(method: string, route: string): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'PUT' || method === 'DELETE') return true;
  // A branch is moved by comparing and swapping: only a read tells whether the swap was ours.
  if (method === 'PATCH') return !route.includes('/git/refs');
  return REPEATABLE_POSTS.some((suffix) => route.endsWith(suffix));
}

/** `attempt` starts at 1; `now` and the answer are milliseconds since the epoch and from now. */
export function judgeAttempt(
  result: AttemptResult,
  { attempt, repeatable, now, random }: { attempt: number; repeatable: boolean; now: number; random: number },
): Verdict {
  const { status } = result;
  const limit = limitWait(result, attempt, now);
  if (limit !== undefined)
    return attempt < MAX_ATTEMPTS && limit <= MAX_WAIT_MS
      ? { kind: 'again', waitMs: limit, why: 'GitHub limits how fast it may be asked' }
      : { kind: 'stop' };
  if (status !== 0 && status < 500 && status !== 408) return { kind: 'stop' };
  const reach = reachOf(result.broken);
  if (reach === 'none') return { kind: 'stop' };
  if (!repeatable && reach === 'perhaps') return { kind: 'lost' };
  if (attempt >= MAX_ATTEMPTS) return { kind: 'stop' };
  const asked = parseRetryAfter(textOf(result.headers['retry-after']), now);
  return {
    kind: 'again',
    waitMs: Math.min(asked ?? Math.round(500 * 2 ** (attempt - 1) * (0.5 + random)), MAX_WAIT_MS),
    why: status === 0 ? 'no answer came' : `GitHub answered ${status}`,
  };
}

/** Milliseconds that GitHub wants us to stay away; undefined when the answer is no limit. */
export function limitWait(result: AttemptResult, attempt: number, now: number): number | undefined {
  const { status, headers, message } = result;
  if (status !== 403 && status !== 429) return undefined;
  const asked = parseRetryAfter(textOf(headers['retry-after']), now);
  if (asked !== undefined) return asked;
  if (textOf(headers['x-ratelimit-remaining']) === '0') {
    const reset = Number(textOf(headers['x-ratelimit-reset']) ?? Number.NaN) * 1000;
    if (Number.isFinite(reset)) return Math.max(1_000, reset - now + 1_000);
  }
  if (status === 429 || /secondary rate limit|abuse detection|rate limit exceeded/i.test(message))
    return 60_000 * 2 ** (attempt - 1);
  return undefined;
}

/** Whether the request can have reached GitHub: `not yet` may help to try again, `none` not. */
function reachOf(broken: Outcome | undefined): 'perhaps' | 'not yet' | 'none' {
  if (broken?.kind === 'unreachable') return 'not yet';
  const isSetting = broken?.kind === 'no-such-host' || broken?.kind === 'bad-certificate';
  return isSetting || broken?.kind === 'barred' ? 'none' : 'perhaps';
}

function textOf(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
