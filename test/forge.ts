/**
 * Emulated GitHub beside the tests, in one small process for each of their workers. It starts git for nearly every
 * request, and to start a process copies the page tables of the one that starts it: 13 ms of processor time where that is
 * a worker of 600 MB, a quarter of all that a test run took.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { RunningEmulator } from '../scripts/emulators/kit/server.ts';

export interface Wish {
  wish: number;
  forge: number;
  /** Without it the forge is closed. */
  start?: { seed: unknown; now: string | undefined };
}

export interface Answer {
  wish: number;
  url?: string;
  error?: string;
}

let host: ChildProcess | undefined;
let wishes = 0;
const waiting = new Map<number, (answer: Answer) => void>();

/** @param now where its clock stands; without it, the wall's time. @throws Error when the seed is refused */
export async function startForge(seed: unknown, now?: string): Promise<RunningEmulator> {
  const forge = wishes + 1;
  const url = await ask({ forge, start: { seed, now } });
  return { url, close: async () => void (await ask({ forge })) };
}

async function ask(wish: Omit<Wish, 'wish'>): Promise<string> {
  host ??= startHost();
  const { url = '', error } = await new Promise<Answer>((done) => {
    wishes += 1;
    waiting.set(wishes, done);
    host?.send({ wish: wishes, ...wish });
  });
  if (error !== undefined) throw new Error(error);
  return url;
}

function startHost(): ChildProcess {
  const child = fork(join(import.meta.dirname, 'forge-host.ts'), [], { execArgv: ['--import', 'tsx'] });
  child.on('message', (answer: Answer) => {
    waiting.get(answer.wish)?.(answer);
    waiting.delete(answer.wish);
  });
  child.on('exit', (code) => {
    for (const [wish, done] of waiting) done({ wish, error: `the emulated GitHub ended with ${code}` });
    waiting.clear();
    host = undefined;
  });
  // The worker ends when its tests have; the host ends with it.
  child.unref();
  child.channel?.unref();
  return child;
}
