/** Sends one `repository_dispatch`, once, and says what became of it. Global fetch only, so that it runs on worker platforms too. */
import type { Dispatch } from '../../core/relay/dispatch.ts';
import { parseRetryAfter } from '../http/retry-after.ts';

/** `retry`: the same may land later (`waitMs` when GitHub says how much later). `refused`: it will not until somebody mends the set-up. */
export type SendResult =
  | { result: 'landed' }
  | { result: 'retry'; reason: string; waitMs?: number }
  | { result: 'refused'; reason: string };

export type SendDispatch = (dispatch: Dispatch) => Promise<SendResult>;

export interface GithubTarget {
  /** `https://api.github.com`, or a GitHub Enterprise Server's `/api/v3`. */
  apiUrl: string;
  /** `owner/name`. */
  repository: string;
  token: string;
}

/** GitHub answers in well under a second or is in trouble; what was cut off may have landed, and landing twice is harmless. */
const ATTEMPT_MS = 4000;
/** No wait is believed beyond this: a clock that is off must not silence the relay for hours. */
const LONGEST_WAIT_MS = 15 * 60_000;
/** A renamed repository answers 301 and 307. */
const MOST_REDIRECTS = 3;

export function createSendDispatch(
  target: GithubTarget,
  fetchIt: typeof fetch = fetch,
  now: () => number = Date.now,
): SendDispatch {
  return async (dispatch) => {
    const body = JSON.stringify(dispatch);
    const start = new URL(`${target.apiUrl.replace(/\/+$/, '')}/repos/${target.repository}/dispatches`);
    let url = start;
    try {
      for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
        const response = await fetchIt(url, {
          method: 'POST',
          redirect: 'manual',
          signal: AbortSignal.timeout(ATTEMPT_MS),
          headers: {
            accept: 'application/vnd.github+json',
            authorization: `Bearer ${target.token}`,
            'content-type': 'application/json',
            'user-agent': 'rollcall-relay',
            'x-github-api-version': '2022-11-28',
          },
          body,
        });
        const text = await response.text();
        const next = redirectOf(response, url);
        if (next === undefined) return judgeAnswer(response, text, now());
        // The token stays with the host it was given for.
        if (next.origin !== start.origin) return { result: 'refused', reason: 'redirected-elsewhere' };
        url = next;
      }
      return { result: 'refused', reason: 'too-many-redirects' };
    } catch (error) {
      return { result: 'retry', reason: isTimeout(error) ? 'timeout' : 'unreachable' };
    }
  };
}

function redirectOf(response: Response, from: URL): URL | undefined {
  const location = response.headers.get('location');
  if (![301, 302, 307, 308].includes(response.status) || location === null) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

/**
 * GitHub's REST guide on rate limits: 403 or 429 with `retry-after`, or with `x-ratelimit-remaining: 0` and a reset in unix seconds,
 * or, for the secondary limit, neither; then at least a minute. A plain 403 is a missing permission.
 */
function judgeAnswer(response: Response, text: string, now: number): SendResult {
  const { status } = response;
  const reason = `status-${status}`;
  if (status >= 200 && status < 300) return { result: 'landed' };
  const wait = waitOf(response, now);
  if (status === 429 || (status === 403 && (wait !== undefined || /rate limit/i.test(text))))
    return { result: 'retry', reason: `limited-${status}`, waitMs: wait ?? 60_000 };
  if (status >= 500 || status === 408)
    return { result: 'retry', reason, ...(wait === undefined ? {} : { waitMs: wait }) };
  return { result: 'refused', reason };
}

function waitOf(response: Response, now: number): number | undefined {
  const asked = askedWaitOf(response, now);
  return asked === undefined ? undefined : Math.min(asked, LONGEST_WAIT_MS);
}

function askedWaitOf(response: Response, now: number): number | undefined {
  const after = parseRetryAfter(response.headers.get('retry-after') ?? undefined, now);
  if (after !== undefined) return after;
  const reset = response.headers.get('x-ratelimit-reset');
  if (response.headers.get('x-ratelimit-remaining') !== '0' || reset === null) return undefined;
  return /^\d+$/.test(reset) ? Math.max(0, Number(reset) * 1000 - now) : undefined;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}
