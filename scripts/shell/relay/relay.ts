/**
 * The relay: one fetch-style function from request to answer, the same on Node and on worker platforms. It exists because a
 * BambooHR webhook can carry no authorization header and no body of our choosing, which GitHub's dispatch route demands.
 *
 * | answer | when                                                    | BambooHR            |
 * |--------|---------------------------------------------------------|---------------------|
 * | 200    | the dispatch landed, now or earlier; nothing to dispatch | is done             |
 * | 401    | not signed by our key, too old, too new                  | never tries again   |
 * | 413    | more than the body limit: it could not be verified, and would be as large the next time | never tries again; the sync finds the change |
 * | 503    | our failure or GitHub's; an incomplete body              | tries again, 5 times in 155 minutes |
 */
import { createHash } from 'node:crypto';
import { type ReplayLedger, withFallback } from '../../adapters/relay/replay-ledger.ts';
import { type Authentic, judgeDelivery } from '../../core/relay/delivery.ts';
import { rememberUntil } from '../../core/relay/freshness.ts';
import type { Landing } from './dispatch-queue.ts';
import { readBody } from './read-body.ts';
import type { RelayLog } from './relay-log.ts';
import type { RelayMetrics } from './relay-metrics.ts';

export interface RelayParts {
  /** BambooHR's private keys; several while rotating. Asked anew for each delivery, so that a key file may change. */
  keys: () => readonly string[];
  /** Subdomain that `Company-Domain` must name, when it is sent. */
  company?: string | undefined;
  /** May fail: then this process remembers alone. */
  replay: ReplayLedger;
  /** `createDispatchQueue(…).submit` */
  dispatch: (employees: string[], receivedAt: number) => Promise<Landing>;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  log: RelayLog;
  metrics: RelayMetrics;
  /** Bytes; default 256 KB, more than a thousand people in one field-based delivery. */
  bodyLimit?: number;
  /** True while shutting down: `/health` then tells a balancer to send no more. */
  draining?: () => boolean;
}

export const BODY_LIMIT = 256 * 1024;
/** How long a delivery waits for its twin in another process before it is answered 503. */
const TWIN_PATIENCE_MS = 8000;
const TWIN_LOOK_MS = 100;

/** What is told of one delivery; `fields` go to the log. */
interface Told {
  outcome: 'accepted' | 'duplicate' | 'ignored' | 'refused' | 'too-large' | 'incomplete' | 'failed';
  reason?: string;
  status: 200 | 401 | 413 | 503;
  employees?: number;
  authentic?: Authentic;
  retryAfterMs?: number;
}

/** Throws when there is no key: an unsigned webhook would let anybody start runs. */
export function createRelay(parts: RelayParts): (request: Request) => Promise<Response> {
  const { now, log, metrics } = parts;
  if (parts.keys().length === 0) throw new TypeError('the relay needs a webhook key');
  const startedAt = now();
  const replay = withFallback(parts.replay, () => {
    metrics.ledgerFailed();
    log({
      level: 'error',
      event: 'ledger',
      remedy: 'the shared ledger is out of reach; this process remembers alone',
    });
  });
  /** Deliveries on their way in this process, so that a twin shares the answer. */
  const onTheirWay = new Map<string, Promise<Told>>();

  async function relay(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.replace(/(.)\/+$/, '$1');
    const { method } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    switch (path) {
      case '/webhook':
        return method === 'POST' ? answerWebhook(request) : notAllowed('POST');
      case '/health':
        return isRead ? answerHealth() : notAllowed('GET, HEAD');
      case '/metrics':
        return isRead
          ? answer(200, metrics.prometheus(), 'text/plain; version=0.0.4; charset=utf-8')
          : notAllowed('GET, HEAD');
      default:
        return answerJson(404, { message: 'POST /webhook, GET /health or GET /metrics' });
    }
  }

  async function answerWebhook(request: Request): Promise<Response> {
    const receivedAt = now();
    const told = await handle(request, receivedAt).catch((): Told => {
      // A bug of ours. What was thrown may quote the delivery, so only the fact is told.
      log({ level: 'error', event: 'fault', remedy: 'report this as a bug of the relay' });
      return { outcome: 'failed', reason: 'fault', status: 503 };
    });
    const ms = now() - receivedAt;
    metrics.delivery(told.outcome, told.reason, ms);
    log({
      level: told.status === 200 ? 'info' : told.status === 503 ? 'error' : 'warn',
      event: 'delivery',
      ...(told.authentic === undefined
        ? {}
        : { delivery: nameOf(told.authentic.signature), key: told.authentic.key + 1 }),
      outcome: told.outcome,
      ...(told.reason === undefined ? {} : { reason: told.reason }),
      status: told.status,
      ...(told.employees === undefined ? {} : { employees: told.employees }),
      ms: Math.round(ms),
    });
    // The sender learns the outcome, not the reason: whoever probes with forgeries learns nothing from the answer.
    const headers: Record<string, string> =
      told.status === 503
        ? { 'retry-after': String(Math.max(1, Math.ceil((told.retryAfterMs ?? 0) / 1000))) }
        : {};
    return answerJson(told.status, { outcome: told.outcome }, headers);
  }

  async function handle(request: Request, receivedAt: number): Promise<Told> {
    const body = await readBody(request, parts.bodyLimit ?? BODY_LIMIT);
    if (body === 'too-large') return { outcome: 'too-large', reason: 'too-large', status: 413 };
    if (body === 'incomplete') return { outcome: 'incomplete', reason: 'incomplete', status: 503 };
    const verdict = judgeDelivery(
      {
        rawBody: body,
        timestamp: request.headers.get('x-bamboohr-timestamp'),
        signature: request.headers.get('x-bamboohr-signature'),
        companyDomain: request.headers.get('company-domain'),
      },
      parts.keys(),
      receivedAt,
      parts.company,
    );
    if (verdict.outcome === 'refused') return { ...verdict, status: 401 };
    const { signature, key, sentAt } = verdict;
    const authentic = { signature, key, sentAt };
    metrics.keyUsed(key);
    if (verdict.outcome === 'ignored')
      return { outcome: 'ignored', reason: verdict.reason, status: 200, authentic };
    const twin = onTheirWay.get(signature);
    if (twin !== undefined) return asTwin(await twin);
    const told = passOn(authentic, verdict.employees, receivedAt);
    onTheirWay.set(signature, told);
    try {
      return await told;
    } finally {
      onTheirWay.delete(signature);
    }
  }

  async function passOn(authentic: Authentic, employees: string[], receivedAt: number): Promise<Told> {
    const { signature, sentAt } = authentic;
    const about = { authentic, employees: employees.length };
    const claim = await claimOrWait(signature, receivedAt);
    if (claim === 'landed') return { ...about, outcome: 'duplicate', status: 200 };
    if (claim === 'held') return { ...about, outcome: 'failed', reason: 'held-elsewhere', status: 503 };
    const landing = await parts.dispatch(employees, receivedAt).catch((error: unknown) => {
      // The claim must not outlive its delivery, or BambooHR's retry would find it held.
      return replay.settle(signature, false, 0).then(() => Promise.reject(toError(error)));
    });
    await replay.settle(signature, landing.landed, rememberUntil(sentAt));
    if (landing.landed) return { ...about, outcome: 'accepted', status: 200 };
    const { reason, retryAfterMs } = landing;
    return { ...about, outcome: 'failed', reason, retryAfterMs, status: 503 };
  }

  async function claimOrWait(signature: string, since: number): Promise<'claimed' | 'landed' | 'held'> {
    for (;;) {
      const claim = await replay.claim(signature, now());
      if (claim !== 'held' || now() - since >= TWIN_PATIENCE_MS) return claim;
      await parts.sleep(TWIN_LOOK_MS);
    }
  }

  function answerHealth(): Response {
    const counts = metrics.snapshot();
    const { lastFailure, lastLanded } = counts;
    const isDraining = parts.draining?.() === true;
    const isFailing = lastFailure !== null && (lastLanded === null || lastLanded < lastFailure.at);
    // Degraded is still 200: were GitHub's trouble ours, a balancer would take every instance away.
    const status = isDraining ? 'draining' : isFailing ? 'degraded' : 'ok';
    const since = new Date(startedAt).toISOString();
    return answerJson(isDraining ? 503 : 200, { status, since, ...counts });
  }

  return relay;
}

function asTwin(told: Told): Told {
  return told.outcome === 'accepted' ? { ...told, outcome: 'duplicate' } : told;
}

function nameOf(signature: string): string {
  return createHash('sha256').update(signature).digest('hex').slice(0, 12);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function notAllowed(allow: string): Response {
  return answerJson(405, { message: `use ${allow}` }, { allow });
}

function answerJson(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return answer(status, `${JSON.stringify(value)}\n`, 'application/json', headers);
}

function answer(
  status: number,
  body: string,
  contentType: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, {
    status,
    headers: { 'content-type': contentType, 'cache-control': 'no-store', ...headers },
  });
}
