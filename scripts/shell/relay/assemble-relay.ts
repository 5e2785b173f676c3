/** Puts the relay together from its settings; a Node server and a worker platform differ in the ledger and in who calls it. */
import { createSendDispatch, type SendResult } from '../../adapters/relay/send-dispatch.ts';
import type { ReplayLedger } from '../../adapters/relay/replay-ledger.ts';
import { heartbeatDispatch } from '../../core/relay/dispatch.ts';
import { createDispatchQueue, type QueuePace } from './dispatch-queue.ts';
import { createRelay } from './relay.ts';
import type { RelayLog } from './relay-log.ts';
import { createRelayMetrics, type RelayMetrics } from './relay-metrics.ts';
import type { RelaySettings } from './relay-settings.ts';

export interface Surroundings {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  fetch: typeof fetch;
  log: RelayLog;
}

export interface AssembledRelay {
  answer: (request: Request) => Promise<Response>;
  /** One heartbeat, not repeated: the next one comes by itself. */
  beat: () => Promise<void>;
  metrics: RelayMetrics;
}

export function assembleRelay(
  settings: RelaySettings,
  replay: ReplayLedger,
  surroundings: Surroundings,
  options: {
    keys?: () => readonly string[];
    pace?: Partial<QueuePace>;
    draining?: () => boolean;
    bodyLimit?: number;
  } = {},
): AssembledRelay {
  const { now, sleep, log } = surroundings;
  const metrics = createRelayMetrics();
  const send = createSendDispatch(settings.github, surroundings.fetch, now);
  const queue = createDispatchQueue({
    send,
    now,
    sleep,
    sent(result, employees) {
      metrics.attempt(result.result, reasonOf(result), employees, now());
      log({ event: 'dispatch', employees, ...told(result) });
    },
    ...(options.pace === undefined ? {} : { pace: options.pace }),
  });
  const answer = createRelay({
    keys: options.keys ?? (() => settings.keys),
    company: settings.company,
    replay,
    dispatch: queue.submit,
    now,
    sleep,
    log,
    metrics,
    ...(options.draining === undefined ? {} : { draining: options.draining }),
    ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
  });

  async function beat(): Promise<void> {
    log({ event: 'heartbeat', ...told(await send(heartbeatDispatch(now()))) });
  }

  return { answer, beat, metrics };
}

const REMEDIES: Record<string, string> = {
  'status-401': 'GITHUB_TOKEN is wrong or has expired',
  'status-403': 'GITHUB_TOKEN lacks contents: write',
  'status-404': 'GITHUB_REPOSITORY is wrong, or GITHUB_TOKEN does not reach it',
  'redirected-elsewhere': 'GITHUB_API_URL answers from another host',
};

function told(result: SendResult): {
  level: 'info' | 'warn' | 'error';
  outcome: string;
  reason?: string;
  remedy?: string;
} {
  const reason = reasonOf(result);
  const remedy = reason === undefined ? undefined : REMEDIES[reason];
  return {
    level: result.result === 'landed' ? 'info' : result.result === 'retry' ? 'warn' : 'error',
    outcome: result.result,
    ...(reason === undefined ? {} : { reason }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function reasonOf(result: SendResult): string | undefined {
  return result.result === 'landed' ? undefined : result.reason;
}
