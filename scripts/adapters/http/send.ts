/** One request to one vendor, until it is answered, refused or given up. */
import { serviceFailure, type Failure } from '../../core/values/failure.ts';
import { AnswerLost } from '../../ports.ts';
import { describeBreak, exchange, type Outcome } from './exchange.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { addressOf, methodOf, repeatOf, type Answer, type WireRequest } from './request.ts';
import { attemptsAfter, judge, LIMITS, pauseBefore, type Limits } from './retry-policy.ts';
import { countAttempt } from './traffic.ts';
import { CONNECTIONS, type Wire } from './wire.ts';

export interface Client {
  /** As people know it: in messages only. */
  service: string;
  /** Origin and path prefix, without a slash at the end. */
  baseUrl: string;
  /** The variable that sets `baseUrl`: what to look at when nobody answers. */
  baseUrlVariable: string;
  wire: Wire;
  limits: Limits;
  /** Headers that prove who we are; `renew` asks for fresh ones after a 401. */
  authorize(renew: boolean): Promise<Record<string, string>>;
  /** True when a 401 may only mean that a token has aged. */
  renews: boolean;
  /** The vendor's statuses in our words. */
  explain(request: WireRequest, answer: Answer): Failure;
  lanes: Lanes;
  /** Shared by all requests of this client: nobody knocks while the vendor asks us to wait. */
  pausedUntil: number;
}

export function createClient(
  parts: Omit<Client, 'limits' | 'lanes' | 'pausedUntil' | 'renews'> & {
    limits?: Partial<Limits> | undefined;
    renews?: boolean;
  },
): Client {
  return {
    renews: false,
    ...parts,
    limits: { ...LIMITS, ...parts.limits },
    lanes: createLanes(CONNECTIONS),
    pausedUntil: 0,
  };
}

/**
 * The answer: 2xx, or a status that the request accepts. Everything else is thrown: a Failure when it is certain what
 * happened, AnswerLost when a write may have landed and nobody said so.
 */
export async function send(client: Client, request: WireRequest): Promise<Answer> {
  const leave = await client.lanes.enter();
  try {
    return await sendUntilAnswered(client, request);
  } finally {
    leave();
  }
}

async function sendUntilAnswered(client: Client, request: WireRequest): Promise<Answer> {
  const { wire, limits } = client;
  const repeat = repeatOf(request);
  const deadline = wire.now() + limits.budgetMs;
  let doubtful = false;
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    await waitForPause(client);
    const headers = await client.authorize(false);
    countAttempt(wire.traffic, request.route, attempt);
    let outcome = await attemptOnce(client, request, headers);
    if (outcome.kind === 'answer' && outcome.answer.status === 401 && client.renews && !renewed) {
      renewed = true;
      const fresh = await client.authorize(true);
      countAttempt(wire.traffic, request.route, attempt + 1);
      outcome = await attemptOnce(client, request, fresh);
    }
    if (outcome.kind === 'answer' && isAnswered(request, outcome.answer)) return outcome.answer;

    const judgement = judge(repeat, outcome);
    doubtful ||= judgement.doubtful;
    if (judgement.verdict === 'again' && attempt < attemptsAfter(outcome, limits)) {
      const now = wire.now();
      const pause = pauseBefore(attempt + 1, outcome, wire.random(), now);
      if (now + pause.milliseconds <= deadline) {
        await waitAndTell(client, outcome, pause);
        continue;
      }
    }
    const decided = outcome.kind === 'answer' && judgement.verdict === 'stop';
    if (doubtful && repeat !== 'read' && !decided) throw lost(client, request, outcome, attempt);
    throw failureOf(client, request, outcome, attempt);
  }
}

function isAnswered(request: WireRequest, answer: Answer): boolean {
  return (answer.status >= 200 && answer.status < 300) || (request.accept?.includes(answer.status) ?? false);
}

async function attemptOnce(
  client: Client,
  request: WireRequest,
  authorization: Record<string, string>,
): Promise<Outcome> {
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  return exchange({
    dispatcher: client.wire.dispatcher,
    url: client.baseUrl + addressOf(request),
    method: methodOf(request),
    headers: {
      // Without it BambooHR answers XML, and its reports 404.
      accept: 'application/json',
      // Exactly this: with a charset BambooHR reads the body as XML.
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      'user-agent': 'rollcall',
      ...request.headers,
      ...authorization,
    },
    body,
    timeoutMs: request.timeoutMs ?? client.limits.timeoutMs,
    maxBytes: client.limits.maxBytes,
  });
}

async function waitForPause(client: Client): Promise<void> {
  const rest = client.pausedUntil - client.wire.now();
  if (rest > 0) await client.wire.sleep(rest);
}

async function waitAndTell(
  client: Client,
  outcome: Outcome,
  pause: { milliseconds: number; asked: boolean },
): Promise<void> {
  const { wire, service } = client;
  const seconds = Math.max(1, Math.round(pause.milliseconds / 1000));
  const why = pause.asked ? `${service} asks for it` : `${service}: ${describe(outcome)}`;
  wire.progress(`waiting ${seconds} s: ${why}`);
  if (pause.asked) client.pausedUntil = Math.max(client.pausedUntil, wire.now() + pause.milliseconds);
  wire.traffic.waitedMs += pause.milliseconds;
  await wire.sleep(pause.milliseconds);
}

function describe(outcome: Outcome): string {
  return outcome.kind === 'answer' ? `answered ${outcome.answer.status}` : describeBreak(outcome);
}

function lost(client: Client, request: WireRequest, outcome: Outcome, attempts: number): AnswerLost {
  return new AnswerLost(
    `${client.service}, ${request.route}: ${describe(outcome)}${after(attempts)}; it may have been carried out, only a read can tell`,
  );
}

function failureOf(client: Client, request: WireRequest, outcome: Outcome, attempts: number): Failure {
  const { service } = client;
  const what = `${service}, ${request.route}: ${describe(outcome)}${after(attempts)}`;
  if (outcome.kind === 'answer') {
    const { status, headers } = outcome.answer;
    if (status === 429 || (status === 503 && headers['retry-after'] !== undefined))
      return serviceFailure(
        'throttled',
        `${what}${headers['retry-after'] === undefined ? '' : ', and asks for more time than we have'}`,
        `wait and run again; nothing is lost. Fewer programs on one ${service} key help`,
      );
    if (status >= 500 || status === 408)
      return serviceFailure('service-down', what, `look at ${service}'s status page and run again later`);
    return client.explain(request, outcome.answer);
  }
  if (outcome.kind === 'too-large')
    return serviceFailure('answer-too-large', what, `check ${client.baseUrlVariable}`);
  return serviceFailure(
    'unreachable',
    what,
    `check the network, DNS, the proxy and ${client.baseUrlVariable}, then run again`,
  );
}

function after(attempts: number): string {
  return attempts === 1 ? '' : ` after ${attempts} attempts`;
}
