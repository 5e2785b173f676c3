/** A network that answers from a script, with a clock that only sleeping moves: what was sent, waited and told is kept. */
import { type Dispatcher, MockAgent } from 'undici';
import { createTraffic } from '../../scripts/adapters/http/traffic.ts';
import type { Wire } from '../../scripts/adapters/http/wire.ts';

export interface Played {
  status?: number;
  /** Text as it is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** The connection fails with this code instead. */
  error?: string;
}

export interface Sent {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: unknown;
}

export interface PlayedNetwork {
  wire: Wire;
  sent: Sent[];
  waits: number[];
  lines: string[];
  /** Answers that nobody asked for. */
  left(): number;
}

export const START = Date.parse('2026-11-23T12:00:00Z');

export function playNetwork(origin: string, ...answers: Played[]): PlayedNetwork {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const pool = agent.get(origin);
  for (const answer of answers) {
    const intercept = pool.intercept({ path: () => true, method: () => true });
    if (answer.error !== undefined) {
      intercept.replyWithError(Object.assign(new Error('played'), { code: answer.error }));
      continue;
    }
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
    intercept.reply(answer.status ?? 200, answer.body === undefined ? '' : text, {
      headers: { 'content-type': 'application/json', ...answer.headers },
    });
  }
  const waits: number[] = [];
  const lines: string[] = [];
  const sent: Sent[] = [];
  let now = START;
  return {
    sent,
    waits,
    lines,
    left: () => agent.pendingInterceptors().length,
    wire: {
      dispatcher: recording(agent, sent),
      sleep: (milliseconds) => {
        waits.push(milliseconds);
        now += milliseconds;
        return Promise.resolve();
      },
      random: () => 0.5,
      now: () => now,
      progress: (line) => lines.push(line),
      traffic: createTraffic(),
    },
  };
}

/** `dispatcher`, with every request written down before it goes out. */
export function recording(dispatcher: Dispatcher, sent: Sent[]): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const url = new URL(options.path, 'http://any');
    sent.push({
      method: options.method,
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: { ...(options.headers as Record<string, string>) },
      body: readable(options.body),
    });
    return dispatch(options, handler);
  });
}

function readable(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

/** The error that `promise` fails with; fails itself when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('it was expected to fail');
}
