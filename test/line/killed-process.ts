/** A door in a process of its own, killed (SIGKILL: no handler, no finally) at one of its requests or file steps. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { compileDoors } from '../compiled-doors.ts';
import { isWrite, PROJECT, type Verb } from './line-world.ts';
import { type Exchange, startProxy, type TappedProxy } from './tapped-proxy.ts';

export interface Start {
  verb: Verb;
  root: string;
  args: string[];
  environment: Record<string, string>;
}

export type When = 'before' | 'after';

export interface Place {
  /** Which request: asked at each, in the order in which they are heard, until it says yes. */
  isIt(exchange: Exchange, nth: number): boolean;
  when: When;
}

export interface Killed {
  /** Where it died; undefined when it came to its end first. */
  victim: Exchange | undefined;
  /** Every request that was heard, of all services. */
  heard: Exchange[];
  exit: number | null;
  err: string;
}

/** The variables that hold a service's address; git's `origin` follows GITHUB_API_URL. */
const SERVICES = ['JUMPCLOUD_BASE_URL', 'GITHUB_API_URL'];

/** @param moveOrigin points the checkout's `origin` at another address, until it is called again */
export async function killAt(
  start: Start,
  { isIt, when }: Place,
  moveOrigin?: (url: string) => Promise<unknown>,
): Promise<Killed> {
  let victim: Exchange | undefined;
  // Once dead, always dead: what had begun at the same moment is not passed on either.
  let dead = false;
  const heard: Exchange[] = [];
  const proxies: TappedProxy[] = [];
  const environment = { ...start.environment };
  const kill = (): 'drop' => {
    dead = true;
    running.child.kill('SIGKILL');
    return 'drop';
  };
  for (const variable of SERVICES) {
    const url = environment[variable];
    if (url === undefined) continue;
    const proxy = await startProxy(url, {
      before(exchange) {
        if (dead) return 'drop';
        heard.push(exchange);
        if (victim !== undefined || !isIt(exchange, heard.length)) return 'pass';
        victim = exchange;
        return when === 'before' ? kill() : 'pass';
      },
      after: (exchange) => (exchange === victim ? kill() : 'pass'),
    });
    proxies.push(proxy);
    environment[variable] = proxy.url;
    if (variable === 'GITHUB_API_URL') await moveOrigin?.(proxy.url);
  }
  const running = run(await compileDoors(), { ...start, environment });
  const { exit, err } = await running.done;
  for (const proxy of proxies) await proxy.close();
  await moveOrigin?.(start.environment['GITHUB_API_URL'] ?? '');
  return { victim, heard, exit, err };
}

const FILE_STEPS = ['--import', 'tsx', '--import', join(PROJECT, 'test/line/die-at-file-step.ts')];

/** @returns whether it died there; false when it came to its end in fewer steps */
export async function killAtFileStep(start: Start, step: number): Promise<boolean> {
  const environment = { ...start.environment, DIE_AT_FILE_STEP: String(step) };
  const { exit, err } = await run(await compileDoors(), { ...start, environment }, FILE_STEPS).done;
  if (exit !== null && exit !== 0) throw new Error(err);
  return exit === null;
}

/** Compiled in the long run as well: there it dies hundreds of times. */
function run(folder: string, { verb, root, args, environment }: Start, before: string[] = []) {
  const door = join(folder, `${verb}.mjs`);
  const child = spawn(process.execPath, [...before, door, '--root', root, ...args], {
    cwd: PROJECT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const done = new Promise<{ exit: number | null; err: string }>((ended) => {
    child.once('exit', (exit) => ended({ exit, err }));
  });
  return { child, done };
}

/**
 * Every place at which a run may die: before each request, and after each write. After a read is before the next
 * request: nothing has changed in between.
 */
export function placesOf(heard: Exchange[]): { nth: number; when: When }[] {
  return heard.flatMap((exchange, index) => {
    const nth = index + 1;
    return [
      { nth, when: 'before' as const },
      ...(isWrite(exchange) && !exchange.path.endsWith('/git-upload-pack')
        ? [{ nth, when: 'after' as const }]
        : []),
    ];
  });
}
