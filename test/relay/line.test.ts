/** The relay as it runs: processes, sockets, a sender that tries again, a GitHub that is down for a while. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { QueuePace } from '../../scripts/shell/relay/dispatch-queue.ts';
import { createRelayLog } from '../../scripts/shell/relay/relay-log.ts';
import { readRelaySettings } from '../../scripts/shell/relay/relay-settings.ts';
import { type RunningRelay, startRelay } from '../../scripts/shell/relay/start-relay.ts';
import { startForge } from '../forge.ts';
import { startPlayGithub, type PlayGithub } from './play-github.ts';
import { eventBody, KEY, signedDelivery, type SignedDelivery } from './signed-delivery.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** Everything 20 times faster than in life. */
const FAST: Partial<QueuePace> = {
  gatherMs: 10,
  patienceMs: 300,
  backoffMs: 12,
  mostBackoffMs: 100,
  burst: 30,
  perSecond: 16,
};

async function playGithub(): Promise<PlayGithub> {
  const github = await startPlayGithub();
  ends.push(() => github.close());
  return github;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-relay-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(
  url: string,
  options: { ledgerFolder?: string; keyFile?: string; pace?: Partial<QueuePace>; token?: string } = {},
): Promise<{ relay: RunningRelay; lines: string[]; url: string }> {
  const { token = 'canary-token', ...rest } = options;
  const lines: string[] = [];
  const relay = await startRelay({
    settings: readRelaySettings({
      BAMBOOHR_WEBHOOK_KEY: KEY,
      GITHUB_TOKEN: token,
      GITHUB_REPOSITORY: 'acme/identity',
      GITHUB_API_URL: url,
    }),
    port: 0,
    host: '127.0.0.1',
    log: createRelayLog((line) => lines.push(line), Date.now),
    ...rest,
  });
  let isOpen = true;
  const close = relay.close.bind(relay);
  relay.close = async () => {
    if (isOpen) await close();
    isOpen = false;
  };
  ends.push(() => relay.close());
  return { relay, lines, url: `http://127.0.0.1:${relay.port}` };
}

async function post(url: string, { body, headers }: SignedDelivery): Promise<number> {
  try {
    const response = await fetch(`${url}/webhook`, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

/** As BambooHR does, faster: 5xx and broken connections come again, with the same signature; the relays take turns. */
async function deliver(urls: string[], delivery: SignedDelivery, everyMs: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const status = await post(urls[attempt % urls.length] ?? '', delivery);
    statuses.push(status);
    if (status !== 0 && status < 500) return statuses;
    await pause(everyMs);
  }
  return statuses;
}

function leavers(count: number, from = 1): { ids: string[]; deliveries: SignedDelivery[] } {
  const ids = Array.from({ length: count }, (_, index) => String(from + index));
  return { ids, deliveries: ids.map((id) => signedDelivery(eventBody(id), Date.now())) };
}

describe('the relay before the GitHub emulator', () => {
  it('tells of five hundred terminations at once in a handful of dispatches, each once', async () => {
    const github = await startForge({
      repository: 'acme/identity',
      tokens: { 'token-relay': { login: 'relay[bot]', type: 'Bot' } },
    });
    ends.push(() => github.close());
    const { url } = await start(github.url, { token: 'token-relay' });
    const { ids, deliveries } = leavers(500);
    const statuses = await Promise.all(deliveries.map((delivery) => post(url, delivery)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    const requests = (await (await fetch(`${github.url}/_emulator/requests`)).json()) as {
      path: string;
      status: number;
      body: { event_type: string; client_payload: { employees: string[]; receivedAt: string } };
    }[];
    expect(requests.length).toBeLessThanOrEqual(12);
    for (const request of requests)
      expect(request).toMatchObject({
        path: '/repos/acme/identity/dispatches',
        status: 204,
        body: {
          event_type: 'bamboohr',
          client_payload: { receivedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
        },
      });
    const told = requests.flatMap(({ body }) => body.client_payload.employees);
    expect(told.sort()).toEqual(ids.sort());
    // Sent once more, all of them: nothing happens.
    await Promise.all(deliveries.map((delivery) => post(url, delivery)));
    expect(await (await fetch(`${github.url}/_emulator/requests`)).json()).toHaveLength(requests.length);
  }, 30_000);
});

describe('an outage of GitHub', () => {
  it('loses nobody and tells of nobody twice, over two relays with one ledger', async () => {
    const github = await playGithub();
    github.latency = 5;
    const upAt = Date.now() + 1500;
    github.mood = (attempt) =>
      Date.now() >= upAt ? { status: 204 } : { status: [500, 502, 503][attempt % 3] ?? 500 };
    const ledgerFolder = await newFolder();
    const relays = [
      await start(github.url, { ledgerFolder, pace: FAST }),
      await start(github.url, { ledgerFolder, pace: FAST }),
    ];
    const urls = relays.map(({ url }) => url);
    const { ids, deliveries } = leavers(200);
    const statuses = await Promise.all(
      deliveries.map(async (delivery, index) => {
        await pause(index * 8);
        return deliver(index % 2 === 0 ? urls : urls.toReversed(), delivery, 150);
      }),
    );
    expect(statuses.every((list) => list.at(-1) === 200)).toBe(true);
    expect(statuses.some((list) => list.includes(503))).toBe(true);
    expect(statuses.flat().every((status) => status === 200 || status === 503)).toBe(true);
    expect(github.landed.flat().sort()).toEqual(ids.sort());
    expect([...github.tokens]).toEqual(['Bearer canary-token']);
    const told = relays.flatMap(({ lines }) => lines).join('');
    expect(told).not.toContain('canary');
    expect(told).not.toContain(KEY);
  }, 30_000);

  it('answers within its time, and says when to come again, when GitHub asks for a minute', async () => {
    const github = await playGithub();
    github.mood = () => ({ status: 403, headers: { 'retry-after': '60' } });
    const { url } = await start(github.url, { pace: FAST });
    const { deliveries } = leavers(3);
    const first = deliveries[0];
    if (first === undefined) throw new Error('no delivery');
    expect(await post(url, first)).toBe(503);
    const { body, headers } = first;
    const again = await fetch(`${url}/webhook`, { method: 'POST', headers, body });
    expect(again.status).toBe(503);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(github.attempts).toBe(1);
  });
});

describe('two relays with one ledger', () => {
  it('tell once of one delivery that reaches both at the same moment', async () => {
    const github = await playGithub();
    github.latency = 100;
    const ledgerFolder = await newFolder();
    const urls = [
      (await start(github.url, { ledgerFolder })).url,
      (await start(github.url, { ledgerFolder })).url,
    ];
    const { deliveries } = leavers(20);
    const statuses = await Promise.all(
      deliveries.flatMap((delivery) => urls.flatMap((url) => [post(url, delivery), post(url, delivery)])),
    );
    expect(statuses.every((status) => status === 200)).toBe(true);
    expect(github.landed.flat()).toHaveLength(20);
  }, 30_000);
});

describe('the door', () => {
  const running = new Set<ChildProcess>();
  ends.push(() => {
    for (const child of running) child.kill('SIGKILL');
    return Promise.resolve();
  });

  function run(args: string[], environment: Record<string, string>) {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/relay.ts', ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    const exited = new Promise<number | null>((resolve) =>
      child.once('exit', (code) => {
        running.delete(child);
        resolve(code);
      }),
    );
    async function listening(): Promise<string> {
      while (!out.includes('\n')) {
        if (child.exitCode !== null) throw new Error(err);
        await pause(20);
      }
      return (JSON.parse(out) as { relay: string }).relay;
    }
    return { child, exited, listening, told: () => out + err };
  }

  const environment = {
    BAMBOOHR_WEBHOOK_KEY: `an-old-key, ${KEY}`,
    GITHUB_TOKEN: 'canary-token',
    GITHUB_REPOSITORY: 'acme/identity',
  };

  it('refuses to start without key, token or repository: exit 2, all of them named', async () => {
    const { exited, told } = run(['--port', '0'], {});
    expect(await exited).toBe(2);
    for (const name of ['BAMBOOHR_WEBHOOK_KEY', 'GITHUB_TOKEN', 'GITHUB_REPOSITORY'])
      expect(told()).toContain(name);
    const blank = run(['--port', '0'], { ...environment, BAMBOOHR_WEBHOOK_KEY: ' , ,' });
    expect(await blank.exited).toBe(2);
  }, 30_000);

  it('is killed in the middle and restarted: nobody is lost; asked to stop, it answers what is in flight', async () => {
    const github = await playGithub();
    github.latency = 60;
    const ledger = await newFolder();
    const args = ['--port', '0', '--json', '--ledger', ledger];
    const variables = { ...environment, GITHUB_API_URL: github.url };
    const [first, second] = [run(args, variables), run(args, variables)];
    const urls = await Promise.all([first.listening(), second.listening()]);
    const { ids, deliveries } = leavers(60);
    const delivered = Promise.all(
      deliveries.map(async (delivery, index) => {
        await pause(index * 25);
        return deliver(index % 2 === 0 ? urls : urls.toReversed(), delivery, 200);
      }),
    );
    await pause(500);
    first.child.kill('SIGKILL');
    await first.exited;
    // A new one takes the dead one's place under its address.
    const third = run(['--port', new URL(urls[0] ?? '').port, '--json', '--ledger', ledger], variables);
    await third.listening();
    const statuses = await delivered;
    expect(statuses.every((list) => list.at(-1) === 200)).toBe(true);
    // What died between its dispatch and its mark is told of again: harmless, and only what was in flight.
    const told = github.landed.flat();
    expect([...new Set(told)].sort()).toEqual(ids.sort());
    expect(told.length - ids.length).toBeLessThanOrEqual(20);

    // Graceful: what is in flight is answered 200 and told of once.
    const late = leavers(10, 1001);
    github.latency = 400;
    const inFlight = Promise.all(late.deliveries.map((delivery) => post(urls[1] ?? '', delivery)));
    await pause(250);
    second.child.kill('SIGTERM');
    expect(await inFlight).toEqual(Array.from({ length: 10 }, () => 200));
    expect(await second.exited).toBe(0);
    expect(
      github.landed
        .flat()
        .filter((id) => Number(id) > 1000)
        .sort(),
    ).toEqual(late.ids.sort());
    third.child.kill('SIGTERM');
    expect(await third.exited).toBe(0);
    for (const { told: text } of [first, second, third]) {
      expect(text()).not.toContain(KEY);
      expect(text()).not.toContain('canary');
    }
  }, 60_000);
});
