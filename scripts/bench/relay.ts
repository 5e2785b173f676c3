/**
 * The relay between BambooHR and GitHub: how fast it answers, and what is lost or told twice while GitHub fails. Relays and
 * GitHub are processes of their own; what landed is read from the request log of GitHub's emulator.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { signDelivery } from '../core/relay/signature.ts';
import { serviceFailure } from '../core/values/failure.ts';
import { type EmulatedVendors, startVendors } from '../demo/emulated-vendors.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const KEY = '37387786e9cb3827cccabcaf8baca227';
const REPOSITORY = 'acme/identity';
const ENDLESS = 1_000_000_000;
const FORGERIES = 10_000;
const WAVE = 500;
const OUTAGE_SECONDS = 60;
const DURING_OUTAGE = 300;
/** BambooHR tries again after 5, 10, 20, 40 and 80 minutes; here in a twentieth of that, so that it fits into a few minutes. */
const RETRIES_SECONDS = [15, 30, 60, 120, 240];

interface Rate {
  deliveries: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

interface Told {
  dispatches: number;
  lost: number;
  duplicated: number;
}

export interface RelayBench {
  startSeconds: number;
  /** Forged deliveries on 64 connections: reading, verifying, refusing. */
  forged: Rate;
  /** Terminations at once, each answered after its dispatch has landed. */
  wave: Rate & Told;
  /** The same deliveries again: verified, found in the ledger. */
  replayed: Rate & Told;
  /** GitHub answers 500 for a minute while terminations come to two relays. */
  outage: { seconds: number; deliveries: number; attempts: number } & Told;
}

interface Delivery {
  body: string;
  headers: Record<string, string>;
}

export async function measureRelay(options: {
  progress(text: string): void;
  onStart(stop: () => Promise<void>): void;
}): Promise<RelayBench> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  options.onStart(stopAll);
  try {
    const seedFile = join(folder, 'seed.json');
    const tokens = { 'token-app': { login: 'rollcall[bot]', type: 'Bot' } };
    await writeFile(seedFile, JSON.stringify({ github: { repository: REPOSITORY, rules: 'open', tokens } }));
    options.progress('starting GitHub and two relays');
    const vendors = await startVendors(seedFile, (stop) => stops.push(stop));
    const startedAt = performance.now();
    const first = await startRelay(vendors.urls.github, join(folder, 'ledger'), stops);
    const startSeconds = Math.round(performance.now() - startedAt) / 1_000;
    const second = await startRelay(vendors.urls.github, join(folder, 'ledger'), stops);

    const forgery = deliveryOf('1', 'not our key at all');
    await sendAll([first], 64, Array<Delivery>(500).fill(forgery));
    options.progress(`${FORGERIES} forged deliveries`);
    const forged = await sendAll([first], 64, Array<Delivery>(FORGERIES).fill(forgery));

    options.progress(`${WAVE} terminations at once`);
    const leavers = idsOf(WAVE, 10_000);
    const deliveries = leavers.map((id) => deliveryOf(id));
    await vendors.control('github', 'DELETE', '/requests');
    const wave = await sendAll([first, second], WAVE, deliveries);
    const told = await readTold(vendors, leavers);
    const replayed = await sendAll([first, second], 64, Array<Delivery[]>(10).fill(deliveries).flat());
    const toldAgain = await readTold(vendors, leavers);

    options.progress(`GitHub answers 500 for ${OUTAGE_SECONDS} s`);
    const outage = await playOutage(vendors, [first, second]);
    return {
      startSeconds,
      forged,
      wave: { ...wave, ...told },
      replayed: { ...replayed, ...toldAgain },
      outage,
    };
  } finally {
    await stopAll();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startRelay(github: string, ledger: string, stops: (() => Promise<void>)[]): Promise<Pool> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'scripts/relay.ts', '--port', '0', '--json', '--ledger', ledger],
    {
      cwd: PROJECT,
      env: {
        PATH: process.env['PATH'],
        BAMBOOHR_WEBHOOK_KEY: KEY,
        GITHUB_TOKEN: 'token-app',
        GITHUB_REPOSITORY: REPOSITORY,
        GITHUB_API_URL: github,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const ended = once(child, 'close');
  stops.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const line = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)]);
  if (line === undefined)
    throw serviceFailure(
      'bench-relay',
      'the relay did not start',
      'run  npm run relay  by itself to see why',
    );
  const { relay } = JSON.parse(String(line[0])) as { relay: string };
  const pool = new Pool(relay, { connections: WAVE, pipelining: 1 });
  stops.push(() => pool.close());
  return pool;
}

async function playOutage(vendors: EmulatedVendors, pools: Pool[]): Promise<RelayBench['outage']> {
  await vendors.control('github', 'DELETE', '/requests');
  const path = `/repos/${REPOSITORY}/dispatches`;
  await vendors.control('github', 'PUT', '/faults', [{ method: 'POST', path, status: 500, times: ENDLESS }]);
  const ids = idsOf(DURING_OUTAGE, 50_000);
  let attempts = 0;
  const deliver = async (id: string, index: number): Promise<void> => {
    await pause((index * OUTAGE_SECONDS * 1_000) / DURING_OUTAGE);
    const delivery = deliveryOf(id);
    for (const [turn, seconds] of [...RETRIES_SECONDS, 0].entries()) {
      attempts += 1;
      if ((await post(pools[(index + turn) % pools.length], delivery)) === 200) return;
      await pause(seconds * 1_000);
    }
  };
  const mended = pause(OUTAGE_SECONDS * 1_000).then(() => vendors.control('github', 'PUT', '/faults', []));
  await Promise.all([mended, ...ids.map(deliver)]);
  return {
    seconds: OUTAGE_SECONDS,
    deliveries: DURING_OUTAGE,
    attempts,
    ...(await readTold(vendors, ids)),
  };
}

/** Whom GitHub was told of by dispatches that it took. */
async function readTold(vendors: EmulatedVendors, ids: string[]): Promise<Told> {
  const log = await vendors.control<{ path: string; status: number; body: unknown }[]>(
    'github',
    'GET',
    '/requests',
  );
  const landed = log.filter(({ path, status }) => path.endsWith('/dispatches') && status === 204);
  const told = landed.flatMap(
    ({ body }) => (body as { client_payload: { employees: string[] } }).client_payload.employees,
  );
  const distinct = new Set(told);
  return {
    dispatches: landed.length,
    lost: ids.filter((id) => !distinct.has(id)).length,
    duplicated: told.length - distinct.size,
  };
}

function idsOf(count: number, from: number): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index));
}

function deliveryOf(id: string, key = KEY): Delivery {
  const body = JSON.stringify({ type: 'employee.updated', data: { companyId: '1', employeeId: id } });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-bamboohr-timestamp': timestamp,
      'x-bamboohr-signature': signDelivery(key, new TextEncoder().encode(body), timestamp),
    },
  };
}

/** So many at a time, to the relays in turn; a time counts from the moment a sender is free. */
async function sendAll(pools: Pool[], atOnce: number, deliveries: Delivery[]): Promise<Rate> {
  const times: number[] = [];
  const left = [...deliveries];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(atOnce, deliveries.length) }, async (_, index) => {
      for (let delivery = left.pop(); delivery !== undefined; delivery = left.pop()) {
        const sentAt = performance.now();
        await post(pools[index % pools.length], delivery);
        times.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? 0) * 10) / 10;
  return {
    deliveries: deliveries.length,
    perSecond: Math.round(deliveries.length / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

async function post(pool: Pool | undefined, { body, headers }: Delivery): Promise<number> {
  const response = await pool?.request({ path: '/webhook', method: 'POST', headers, body });
  await response?.body.dump();
  return response?.statusCode ?? 0;
}

/** A table for people. */
export function relayRows({ forged, wave, replayed, outage }: RelayBench): string[][] {
  const rate = ({ deliveries, perSecond, p50Ms, p99Ms }: Rate): string[] =>
    [deliveries, perSecond, p50Ms, p99Ms].map(String);
  const told = ({ dispatches, lost, duplicated }: Told): string[] =>
    [dispatches, lost, duplicated].map(String);
  return [
    ['deliveries', 'count', 'a second', 'p50 ms', 'p99 ms', 'dispatches', 'lost', 'told twice'],
    ['forged', ...rate(forged), '0', '', ''],
    ['terminations at once', ...rate(wave), ...told(wave)],
    ['the same again', ...rate(replayed), ...told(replayed)],
    [`GitHub down ${outage.seconds} s`, String(outage.deliveries), '', '', '', ...told(outage)],
  ];
}
