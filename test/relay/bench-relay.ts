/**
 * Figures of the relay, by hand: `node --import tsx test/relay/bench-relay.ts [--json]`. The relay runs as its own
 * process, GitHub and BambooHR's part in this one.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Pool } from 'undici';
import { createRelayLog } from '../../scripts/shell/relay/relay-log.ts';
import { readRelaySettings } from '../../scripts/shell/relay/relay-settings.ts';
import { startRelay } from '../../scripts/shell/relay/start-relay.ts';
import { startPlayGithub } from './play-github.ts';
import { eventBody, KEY, signedDelivery, type SignedDelivery } from './signed-delivery.ts';

export interface RelayFigures {
  /** Startup of the process until it listens, in milliseconds. */
  startMs: number;
  /** Forged deliveries, 64 connections: reading, verifying and answering alone. */
  refused: Rate;
  /** Genuine ones, all sent before: verification, ledger, answer. */
  duplicates: Rate;
  /** 500 terminations at once, GitHub answering in 150 ms: each answered after its dispatch landed. */
  wave: Rate & { dispatches: number; lost: number; duplicated: number };
  /** One termination alone: what the relay adds before GitHub is asked, and until the answer. */
  single: { answerMs: number };
  /** GitHub answers 500 for a (scaled) minute while terminations keep coming; senders retry as BambooHR does, scaled. */
  outage: {
    deliveries: number;
    attempts: number;
    dispatches: number;
    lost: number;
    duplicated: number;
    scale: number;
  };
}

interface Rate {
  deliveries: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export async function benchRelay(): Promise<RelayFigures> {
  const github = await startPlayGithub();
  github.latency = 150;
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'scripts/relay.ts', '--port', '0', '--json', '--ledger', folder],
    {
      env: {
        PATH: process.env['PATH'],
        BAMBOOHR_WEBHOOK_KEY: KEY,
        GITHUB_TOKEN: 'token',
        GITHUB_REPOSITORY: 'acme/identity',
        GITHUB_API_URL: github.url,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the relay did not start')));
      child.stdout.once('data', (chunk: Buffer) =>
        resolve((JSON.parse(chunk.toString('utf8')) as { relay: string }).relay),
      );
    });
    const startMs = performance.now() - startedAt;
    const pool = new Pool(url, { connections: 64, pipelining: 1 });
    const forged = signedDelivery(eventBody('1'), Date.now(), 'not our key at all');
    await run(
      pool,
      64,
      Array.from({ length: 500 }, () => forged),
    );
    const refused = await run(
      pool,
      64,
      Array.from({ length: 10_000 }, () => forged),
    );

    const single = await run(pool, 1, [signedDelivery(eventBody('0'), Date.now())]);
    await pause(2000);
    github.landed.length = 0;
    const wide = new Pool(url, { connections: 500, pipelining: 1 });
    const leavers = Array.from({ length: 500 }, (_, index) =>
      signedDelivery(eventBody(String(index + 1)), Date.now()),
    );
    const wave = await run(wide, 500, leavers);
    const told = tally(github.landed.flat(), 500);
    const dispatches = github.landed.length;
    await wide.close();

    const duplicates = await run(pool, 64, Array.from({ length: 20 }, () => leavers).flat());
    await pool.close();
    return {
      startMs: Math.round(startMs),
      refused,
      duplicates,
      single: { answerMs: single.p50Ms },
      wave: { ...wave, dispatches, ...told },
      outage: await benchOutage(),
    };
  } finally {
    child.kill('SIGTERM');
    await github.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A minute in six seconds: every wait of sender, queue and outage is a tenth. Two relays, one ledger. */
async function benchOutage(): Promise<RelayFigures['outage']> {
  const scale = 10;
  const github = await startPlayGithub();
  github.latency = 15;
  const upAt = Date.now() + 60_000 / scale;
  github.mood = () => ({ status: Date.now() >= upAt ? 204 : 500 });
  const ledgerFolder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  const settings = readRelaySettings({
    BAMBOOHR_WEBHOOK_KEY: KEY,
    GITHUB_TOKEN: 'token',
    GITHUB_REPOSITORY: 'acme/identity',
    GITHUB_API_URL: github.url,
  });
  const pace = {
    gatherMs: 100 / scale,
    mostGatherMs: 1000 / scale,
    patienceMs: 6000 / scale,
    backoffMs: 250 / scale,
    mostBackoffMs: 2000 / scale,
    perSecond: 0.8 * scale,
  };
  const log = createRelayLog(() => undefined, Date.now);
  const start = () => startRelay({ settings, port: 0, host: '127.0.0.1', ledgerFolder, log, pace });
  const relays = [await start(), await start()];
  const pools = relays.map(({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: 64 }));
  const count = 500;
  let attempts = 0;
  async function deliver(delivery: SignedDelivery, first: number): Promise<void> {
    // BambooHR's 5, 10, 20, 40, 80 minutes, as seconds over the scale: long past the outage.
    for (const waitMs of [5, 10, 20, 40, 80, 0].map((minutes) => (minutes * 1000 * 6) / scale)) {
      attempts += 1;
      if ((await post(pools[(first + attempts) % 2] ?? pools[0], delivery)) === 200) return;
      await pause(waitMs);
    }
  }
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await pause((index * 60_000) / scale / count);
      await deliver(signedDelivery(eventBody(String(index + 1)), Date.now()), index);
    }),
  );
  for (const pool of pools) await pool.close();
  for (const relay of relays) await relay.close();
  await github.close();
  await rm(ledgerFolder, { recursive: true, force: true });
  return {
    deliveries: count,
    attempts,
    dispatches: github.landed.length,
    ...tally(github.landed.flat(), count),
    scale,
  };
}

function tally(told: string[], count: number): { lost: number; duplicated: number } {
  const ids = new Set(told);
  return { lost: count - ids.size, duplicated: told.length - ids.size };
}

/** `connections` at a time; a time counts from the moment a connection is free. */
async function run(pool: Pool, connections: number, deliveries: SignedDelivery[]): Promise<Rate> {
  const times: number[] = [];
  const left = [...deliveries];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(connections, deliveries.length) }, async () => {
      for (let delivery = left.pop(); delivery !== undefined; delivery = left.pop()) {
        const sentAt = performance.now();
        await post(pool, delivery);
        times.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 10) / 10;
  return {
    deliveries: deliveries.length,
    perSecond: Math.round(deliveries.length / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

async function post(pool: Pool | undefined, { body, headers }: SignedDelivery): Promise<number> {
  if (pool === undefined) return 0;
  const response = await pool.request({ path: '/webhook', method: 'POST', headers, body });
  await response.body.dump();
  return response.statusCode;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(`${JSON.stringify(await benchRelay(), undefined, 2)}\n`);
