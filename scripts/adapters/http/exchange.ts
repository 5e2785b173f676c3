/** One attempt: a request goes out, and either an answer comes back or the way in which none did. */
import { request as sendOnce, type Dispatcher } from 'undici';
import type { Answer } from './request.ts';

export type Outcome =
  | { kind: 'answer'; answer: Answer }
  /** It cannot have arrived: the name is unknown, nobody listens, the certificate is wrong, the company's proxy says no. */
  | { kind: 'no-such-host' | 'unreachable' | 'bad-certificate' | 'barred'; detail: string }
  /** It may have arrived: the connection broke, or nothing came within the time. */
  | { kind: 'cut' | 'silent'; detail: string }
  | { kind: 'too-large'; detail: string };

export interface Attempt {
  dispatcher: Dispatcher;
  url: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  headers: Record<string, string>;
  body: string | null;
  timeoutMs: number;
  maxBytes: number;
}

/** Sends once, never follows a redirect (undici.request does not). Throws only what is a mistake of this program. */
export async function exchange(attempt: Attempt): Promise<Outcome> {
  const { dispatcher, method, headers, body } = attempt;
  try {
    const signal = AbortSignal.timeout(attempt.timeoutMs);
    const response = await sendOnce(attempt.url, {
      dispatcher,
      method,
      headers,
      body,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > attempt.maxBytes) {
        response.body.destroy();
        return { kind: 'too-large', detail: `more than ${Math.round(attempt.maxBytes / 1_048_576)} MB` };
      }
    }
    const answer: Answer = {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      text: Buffer.concat(chunks).toString('utf8'),
    };
    return { kind: 'answer', answer };
  } catch (error) {
    const outcome = breakOf(error);
    if (outcome === undefined) throw error;
    return outcome;
  }
}

const UNREACHABLE = new Set(
  'ECONNREFUSED EHOSTUNREACH ENETUNREACH EHOSTDOWN ENETDOWN EADDRNOTAVAIL UND_ERR_CONNECT_TIMEOUT EAI_AGAIN'.split(
    ' ',
  ),
);
/** Mistakes in the call itself, and mocks that do not know it: never an answer of the network. */
const OURS = /^UND_ERR_(INVALID|NOT_SUPPORTED|CLOSED|DESTROYED)|^UND_MOCK|^ERR_INVALID/;
const CERTIFICATE = /CERT|^UNABLE_TO_|SELF_SIGNED|^ERR_SSL|^ERR_TLS|^EPROTO$|^UND_ERR_PRX_TLS$/;
/** How undici says that a proxy did not open the tunnel. */
const BARRED = /^Proxy response \((\d+)\)/;

/** The way in which no answer came, for a message. */
export function describeBreak(outcome: Exclude<Outcome, { kind: 'answer' }>): string {
  switch (outcome.kind) {
    case 'no-such-host':
      return 'no such host';
    case 'unreachable':
      return `nobody listens (${outcome.detail})`;
    case 'bad-certificate':
      return `the certificate is not to be trusted (${outcome.detail})`;
    case 'barred':
      return `the proxy does not let us through (${outcome.detail})`;
    case 'cut':
      return `the connection was cut (${outcome.detail})`;
    case 'silent':
      return 'no answer in time';
    case 'too-large':
      return `an answer of ${outcome.detail}`;
  }
}

/** What became of a request of which an error came; undefined for what is no matter of the network. */
export function breakOf(error: unknown): Outcome | undefined {
  const barred = Number(BARRED.exec(deepest(error)?.message ?? '')?.[1] ?? Number.NaN);
  // 407 and 403 are its decision, a 5xx means that it did not get there itself.
  if (barred >= 500) return { kind: 'unreachable', detail: `the proxy answered ${barred}` };
  if (!Number.isNaN(barred)) return { kind: 'barred', detail: String(barred) };
  const name = deepest(error)?.name;
  if (name === 'TimeoutError' || name === 'AbortError')
    return { kind: 'silent', detail: 'no answer in time' };
  const code = codeOf(error);
  if (code === undefined || OURS.test(code)) return undefined;
  if (code === 'ENOTFOUND') return { kind: 'no-such-host', detail: code };
  if (UNREACHABLE.has(code)) return { kind: 'unreachable', detail: code };
  if (CERTIFICATE.test(code)) return { kind: 'bad-certificate', detail: code };
  return { kind: 'cut', detail: code };
}

/** undici and octokit wrap what happened below them. */
function deepest(error: unknown): Error | undefined {
  let at = error instanceof Error ? error : undefined;
  for (let depth = 0; at?.cause instanceof Error && depth < 4; depth += 1) at = at.cause;
  return at;
}

/** A name with several addresses fails with an AggregateError that carries the code of its parts. */
function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
  }
  return undefined;
}
