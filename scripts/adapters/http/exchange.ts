/** One attempt: a request goes out, and either an answer comes back or the way in which none did. */
import { request as sendOnce, type Dispatcher } from 'undici';
import type { Answer } from './request.ts';

export type Outcome =
  | { kind: 'answer'; answer: Answer }
  /** Nothing left this machine: the name is unknown, nobody listens, the certificate is wrong. */
  | { kind: 'no-such-host' | 'unreachable' | 'bad-certificate'; detail: string }
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
    return classify(error);
  }
}

const UNREACHABLE = new Set(
  'ECONNREFUSED EHOSTUNREACH ENETUNREACH EHOSTDOWN ENETDOWN EADDRNOTAVAIL UND_ERR_CONNECT_TIMEOUT EAI_AGAIN'.split(
    ' ',
  ),
);
/** Mistakes in the call itself, and mocks that do not know it: never an answer of the network. */
const OURS = /^UND_ERR_(INVALID|NOT_SUPPORTED|CLOSED|DESTROYED)|^UND_MOCK|^ERR_INVALID/;
const CERTIFICATE = /CERT|^UNABLE_TO_|SELF_SIGNED|^ERR_SSL|^ERR_TLS|^EPROTO$/;

function classify(error: unknown): Outcome {
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError' || name === 'AbortError')
    return { kind: 'silent', detail: 'no answer in time' };
  const code = codeOf(error);
  if (code === undefined || OURS.test(code)) throw error;
  if (code === 'ENOTFOUND') return { kind: 'no-such-host', detail: code };
  if (UNREACHABLE.has(code)) return { kind: 'unreachable', detail: code };
  if (CERTIFICATE.test(code)) return { kind: 'bad-certificate', detail: code };
  return { kind: 'cut', detail: code };
}

/** undici wraps; a name with several addresses fails with an AggregateError that carries the code of its parts. */
function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
  }
  return undefined;
}
