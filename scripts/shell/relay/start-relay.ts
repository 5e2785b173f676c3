/** The relay as a Node process: server, ledger, heartbeat, and an end in which nothing in flight is lost. */
import { setTimeout as pause } from 'node:timers/promises';
import { openReplayDirectory } from '../../adapters/relay/replay-directory.ts';
import { createMemoryLedger } from '../../adapters/relay/replay-ledger.ts';
import { assembleRelay } from './assemble-relay.ts';
import type { QueuePace } from './dispatch-queue.ts';
import { startHeartbeat } from './heartbeat.ts';
import { followKeyFile } from './key-file.ts';
import type { RelayLog } from './relay-log.ts';
import type { RelaySettings } from './relay-settings.ts';
import { serveNode } from './serve-node.ts';

export interface StartOptions {
  settings: RelaySettings;
  port: number;
  host?: string | undefined;
  /** Folder shared by several processes; without it each remembers alone. */
  ledgerFolder?: string | undefined;
  keyFile?: string | undefined;
  log: RelayLog;
  /** The way to GitHub, through the company's proxy; the global fetch unless given. */
  fetch?: typeof fetch | undefined;
  /** Milliseconds since the epoch; the real time unless a test brings its own. */
  now?: () => number;
  pace?: Partial<QueuePace>;
}

export interface RunningRelay {
  port: number;
  /** Answers what is in flight, takes no more. */
  close(): Promise<void>;
}

/** Longer than any answer takes (10 s). */
const DRAIN_MS = 15_000;

export async function startRelay(options: StartOptions): Promise<RunningRelay> {
  const { settings, log, now = Date.now } = options;
  let isDraining = false;
  const relay = assembleRelay(
    settings,
    options.ledgerFolder === undefined
      ? createMemoryLedger()
      : await openReplayDirectory(options.ledgerFolder),
    { now, sleep: (ms) => pause(ms), fetch: options.fetch ?? fetch, log },
    {
      draining: () => isDraining,
      ...(options.keyFile === undefined ? {} : { keys: followKeyFile(options.keyFile, now, log) }),
      ...(options.pace === undefined ? {} : { pace: options.pace }),
    },
  );
  const server = await serveNode(relay.answer, { port: options.port, host: options.host });
  const stopBeating = startHeartbeat(settings.heartbeatHours, relay.beat, now);
  log({ level: 'info', event: 'listening', port: server.port, keys: settings.keys.length });
  return {
    port: server.port,
    async close() {
      isDraining = true;
      stopBeating();
      log({ level: 'info', event: 'draining' });
      await server.drain(DRAIN_MS);
      log({ level: 'info', event: 'stopped' });
    },
  };
}
