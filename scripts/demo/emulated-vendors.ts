/** BambooHR, JumpCloud and GitHub as a process of their own, and what people do to them: HR, reviewers, the clock. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { serviceFailure } from '../core/values/failure.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const READY_SECONDS = 60;

export type Vendor = 'bamboohr' | 'jumpcloud' | 'github';

export interface EmulatedVendors {
  urls: Record<Vendor, string>;
  control<T = unknown>(vendor: Vendor, method: string, path: string, body?: unknown): Promise<T>;
  /** One call of a vendor's API with somebody's credentials; throws unless it succeeds. */
  call<T = unknown>(
    vendor: Vendor,
    authorization: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T>;
  setClocks(now: string): Promise<void>;
  countRequests(): Promise<number>;
  /** May be called at any time and again. */
  stop(): Promise<void>;
}

/** @param onStart hears how to stop the process as soon as there is one, also when it never gets ready */
export async function startVendors(
  seedFile: string,
  onStart: (stop: () => Promise<void>) => void,
): Promise<EmulatedVendors> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/emulators.ts', '--seed', seedFile], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').catch(() => undefined);
  const stop = async (): Promise<void> => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const last = setTimeout(() => child.kill('SIGKILL'), 3_000);
    await ended;
    clearTimeout(last);
  };
  onStart(stop);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2_000)));
  const lines = createInterface({ input: child.stdout });
  const late = setTimeout(() => child.kill('SIGKILL'), READY_SECONDS * 1_000);
  const [line] = (await Promise.race([once(lines, 'line'), ended.then(() => [])])) as string[];
  clearTimeout(late);
  if (line === undefined)
    throw serviceFailure(
      'emulators',
      `the emulators did not start: ${complaint.trim() || 'without a word'}`,
      'run  npm run emulators  by itself to see why',
    );
  const urls = JSON.parse(line) as Record<Vendor, string>;
  const vendors = Object.keys(urls) as Vendor[];

  async function send<T>(url: string, init: RequestInit): Promise<T> {
    const answer = await fetch(url, init);
    const text = await answer.text();
    if (!answer.ok)
      throw serviceFailure(
        'emulator-refused',
        `${init.method ?? 'GET'} ${new URL(url).pathname}: ${answer.status} ${text.slice(0, 300)}`,
        'the story of the demo does not fit the emulators: this is a mistake of ours',
      );
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  const control: EmulatedVendors['control'] = (vendor, method, path, body) =>
    send(`${urls[vendor]}/_emulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  return {
    urls,
    control,
    call: (vendor, authorization, method, path, body) =>
      send(`${urls[vendor]}${path}`, {
        method,
        headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async setClocks(now) {
      await Promise.all(vendors.map((vendor) => control(vendor, 'PUT', '/clock', { now })));
    },
    async countRequests() {
      const logs = await Promise.all(vendors.map((vendor) => control<unknown[]>(vendor, 'GET', '/requests')));
      return logs.reduce((sum, log) => sum + log.length, 0);
    },
    stop,
  };
}
