/** Both vendors on loopback, a checkout in a temporary folder, and the real doors over them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createBambooHr } from '../../scripts/emulators/bamboohr/index.ts';
import { createJumpCloud } from '../../scripts/emulators/jumpcloud/index.ts';
import type { Fault } from '../../scripts/emulators/kit/faults.ts';
import {
  type LoggedRequest,
  type RunningEmulator,
  startEmulator,
} from '../../scripts/emulators/kit/server.ts';
import { door as applyDoor } from '../../scripts/apply.ts';
import { door as approvalsDoor } from '../../scripts/approvals.ts';
import { door as auditDoor } from '../../scripts/audit.ts';
import { door as exportDoor } from '../../scripts/export.ts';
import { door as planDoor } from '../../scripts/plan.ts';
import { door as proposeDoor } from '../../scripts/propose.ts';
import { door as recordDoor } from '../../scripts/record.ts';
import { openDoor, type Outside } from '../../scripts/shell/door.ts';
import type { StopSignal } from '../../scripts/shell/stopping.ts';
import type { Plan } from '../../scripts/core/plan/plan-file.ts';
import type { Receipt } from '../../scripts/core/record/receipt.ts';

export type Verb = 'export' | 'plan' | 'propose' | 'approvals' | 'apply' | 'record' | 'audit';
export type Vendor = 'bamboohr' | 'jumpcloud';

const OPEN: Record<Verb, (outside: Outside) => Promise<number>> = {
  export: (outside) => openDoor(exportDoor, outside),
  plan: (outside) => openDoor(planDoor, outside),
  propose: (outside) => openDoor(proposeDoor, outside),
  approvals: (outside) => openDoor(approvalsDoor, outside),
  apply: (outside) => openDoor(applyDoor, outside),
  record: (outside) => openDoor(recordDoor, outside),
  audit: (outside) => openDoor(auditDoor, outside),
};

export const PROJECT = resolve(import.meta.dirname, '../..');
/** Noon in Denver is still this day, and so is the day that the plans are named after. */
export const NOW = '2026-11-23T18:00:00Z';

export interface LineOptions {
  bamboohr?: object;
  jumpcloud?: object;
  /** Path below the checkout -> text; null removes the file. Laid over the shipped mappings. */
  files?: Record<string, string | null>;
  /** A checkout that is there already, in place of a folder of its own; it goes with the line. */
  root?: string;
  /** `story`: the clocks stand at NOW and move by hand. `wall`: everybody has the real time (child processes). */
  clock?: 'story' | 'wall';
  /** Where the story begins; default NOW. */
  now?: string;
}

export interface Ran {
  exit: number;
  out: string;
  err: string;
  /** stdout as the JSON document of --json; throws when it is not exactly one. */
  json<T = Record<string, unknown>>(): T;
}

export interface Line {
  root: string;
  /** What the doors are given; tests change it. */
  environment: Record<string, string>;
  url(vendor: Vendor): string;
  run(verb: Verb, ...args: string[]): Promise<Ran>;
  /** The same, to be sent signals; `done` comes when the door has. */
  open(verb: Verb, ...args: string[]): { signal(name: StopSignal): void; done: Promise<Ran> };
  /** A process of its own, as `npm run <verb>` starts it, or by what `doorCommand` says. */
  spawn(
    verb: Verb,
    args?: string[],
    environment?: Record<string, string>,
    command?: string[],
  ): { child: ChildProcess; done: Promise<Ran & { killed: boolean }> };
  control<T = unknown>(vendor: Vendor, method: string, path: string, body?: unknown): Promise<T>;
  requests(vendor: Vendor): Promise<LoggedRequest[]>;
  forget(): Promise<void>;
  /** What was sent to JumpCloud that could change something. */
  writes(): Promise<LoggedRequest[]>;
  faults(vendor: Vendor, faults: Fault[]): Promise<void>;
  /** HR changes facts of one employee; undefined removes the key. */
  hr(id: string, facts: Record<string, unknown>): Promise<void>;
  hire(facts: Record<string, unknown> & { id: string }): Promise<void>;
  /** Moves every clock. */
  goTo(now: string): Promise<void>;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  list(folder: string): Promise<string[]>;
  plans(): Promise<Plan[]>;
  receipts(): Promise<Receipt[]>;
  /** sha256 by path of every file of the checkout. */
  hashes(): Promise<Record<string, string>>;
  directory(): Promise<Directory>;
  close(): Promise<void>;
}

/** JumpCloud as people would tell it: ids replaced by names, so that two runs can be compared. */
export interface Directory {
  users: Record<string, Record<string, unknown>>;
  groups: Record<string, string[]>;
  scheduled: string[];
}

export async function startLine(options: LineOptions = {}): Promise<Line> {
  const isStory = (options.clock ?? 'story') === 'story';
  const beginning = options.now ?? NOW;
  const at = isStory ? { now: beginning } : {};
  const emulators: Record<Vendor, RunningEmulator> = {
    bamboohr: await startEmulator(createBambooHr(options.bamboohr ?? {}), at),
    jumpcloud: await startEmulator(createJumpCloud(options.jumpcloud ?? {}), at),
  };
  const root = options.root ?? (await mkdtemp(join(tmpdir(), 'rollcall-line-')));
  if (options.root === undefined)
    await cp(join(PROJECT, 'mappings'), join(root, 'mappings'), { recursive: true });
  for (const [path, text] of Object.entries(options.files ?? {})) {
    if (text === null) await rm(join(root, path), { recursive: true });
    else await writeIn(root, path, text);
  }
  const environment: Record<string, string> = {
    BAMBOOHR_COMPANY: 'acme',
    BAMBOOHR_API_KEY: 'bhr-0123456789abcdef',
    BAMBOOHR_BASE_URL: emulators.bamboohr.url,
    JUMPCLOUD_API_KEY: 'jca-0123456789abcdef',
    JUMPCLOUD_BASE_URL: emulators.jumpcloud.url,
  };
  // Every look at the story's clock moves it by a second, so that no two receipts end at the same instant.
  let clock = Date.parse(beginning);
  const now = (): Date => (isStory ? new Date((clock += 1_000)) : new Date());
  const children = new Set<ChildProcess>();

  const open: Line['open'] = (verb, ...args) => {
    const written = { out: '', err: '' };
    const signals: ((signal: StopSignal) => void)[] = [];
    const outside = {
      args: args.includes('--root') ? args : ['--root', root, ...args],
      environment: { ...environment },
      folder: root,
      stdout: { write: (text: string) => (written.out += text), isTerminal: false, columns: 100 },
      stderr: { write: (text: string) => (written.err += text), isTerminal: false, columns: 100 },
      now,
      onSignal: (callback: (signal: StopSignal) => void) => signals.push(callback),
      onUncaught: () => undefined,
    };
    return {
      signal: (name) => signals.forEach((callback) => callback(name)),
      done: OPEN[verb](outside).then((exit) => ranOf(exit, written.out, written.err)),
    };
  };

  async function control<T>(vendor: Vendor, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${emulators[vendor].url}/_emulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  const requests = (vendor: Vendor): Promise<LoggedRequest[]> => control(vendor, 'GET', '/requests');

  async function changeHr(change: (employees: Facts[]) => Facts[]): Promise<void> {
    const state = await control<{ employees: Facts[] }>('bamboohr', 'GET', '/state');
    await control('bamboohr', 'PUT', '/state', { ...state, employees: change(state.employees) });
  }

  const readJsons = async <T>(folder: string): Promise<T[]> => {
    const names = await listIn(root, folder);
    return Promise.all(
      names.sort().map(async (name) => JSON.parse(await readFile(join(root, folder, name), 'utf8')) as T),
    );
  };

  return {
    root,
    environment,
    url: (vendor) => emulators[vendor].url,
    open,
    run: (verb, ...args) => open(verb, ...args).done,
    spawn(verb, args = [], more = {}, command = ['--import', 'tsx', join(PROJECT, 'scripts', `${verb}.ts`)]) {
      const child = spawn(process.execPath, [...command, '--root', root, ...args], {
        cwd: PROJECT,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.add(child);
      const written = { out: '', err: '' };
      child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
      const done = new Promise<Ran & { killed: boolean }>((ended) => {
        child.once('close', (code, signal) => {
          children.delete(child);
          ended({ ...ranOf(code ?? -1, written.out, written.err), killed: signal === 'SIGKILL' });
        });
      });
      return { child, done };
    },
    control,
    requests,
    async forget() {
      await control('bamboohr', 'DELETE', '/requests');
      await control('jumpcloud', 'DELETE', '/requests');
    },
    writes: async () => (await requests('jumpcloud')).filter(isWrite),
    faults: (vendor, faults) => control(vendor, 'PUT', '/faults', faults),
    hr: (id, facts) =>
      changeHr((employees) =>
        employees.map((employee) =>
          String(employee['id']) === id
            ? Object.fromEntries(
                Object.entries({ ...employee, ...facts }).filter(([, value]) => value !== undefined),
              )
            : employee,
        ),
      ),
    hire: (facts) => changeHr((employees) => [...employees, facts]),
    async goTo(to) {
      if (!isStory) throw new Error('the wall clock moves by itself');
      clock = Date.parse(to);
      for (const vendor of ['bamboohr', 'jumpcloud'] as const)
        await control(vendor, 'PUT', '/clock', { now: to });
    },
    read: (path) => readFile(join(root, path), 'utf8'),
    write: (path, text) => writeIn(root, path, text),
    remove: (path) => rm(join(root, path)),
    list: (folder) => listIn(root, folder),
    plans: () => readJsons<Plan>('state/plans'),
    receipts: () => readJsons<Receipt>('state/receipts'),
    hashes: () => hashesOf(root),
    directory: async () => directoryOf(await control('jumpcloud', 'GET', '/state')),
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(Object.values(emulators).map((emulator) => emulator.close()));
      await rm(root, { recursive: true, force: true });
    },
  };
}

type Facts = Record<string, unknown>;

/** Searches are reads although they are sent as POST. */
export function isWrite({ method, path }: Pick<LoggedRequest, 'method' | 'path'>): boolean {
  return method !== 'GET' && !path.startsWith('/api/search/') && !path.startsWith('/oauth2/');
}

function ranOf(exit: number, out: string, err: string): Ran {
  return {
    exit,
    out,
    err,
    json<T>() {
      if (!out.endsWith('\n') || out.trimEnd().includes('\n'))
        throw new Error(`stdout is not one line of JSON: ${out}\n${err}`);
      return JSON.parse(out) as T;
    },
  };
}

async function writeIn(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

async function listIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  const base = join(root, folder);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(base.length + 1))
    .sort();
}

async function hashesOf(root: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of await listIn(root, '.'))
    hashes[path] = createHash('sha256')
      .update(await readFile(join(root, path)))
      .digest('hex');
  return hashes;
}

interface State {
  users: Facts[];
  userGroups: (Facts & { name: string; members: string[] })[];
  scheduled: Facts[];
}

const OF_THIS_RUN = new Set([
  '_id',
  'id',
  'created',
  'creationSource',
  'password_date',
  'activated',
  'external_source_type',
]);

function directoryOf({ users, userGroups, scheduled }: State): Directory {
  const names = new Map(users.map((user) => [String(user['_id']), String(user['username'])]));
  const nameOf = (id: unknown): unknown => names.get(String(id)) ?? id;
  return {
    users: Object.fromEntries(
      users
        .map((user): [string, Facts] => {
          const kept = Object.entries(user).filter(([key]) => !OF_THIS_RUN.has(key));
          return [
            String(user['username']),
            Object.fromEntries(
              kept.map(([key, value]) => [key, key === 'manager' ? nameOf(value) : withoutIds(value)]),
            ),
          ];
        })
        .sort((a, b) => (a[0] < b[0] ? -1 : 1)),
    ),
    groups: Object.fromEntries(
      userGroups
        .map(({ name, members }): [string, string[]] => [name, [...members].sort()])
        .sort((a, b) => (a[0] < b[0] ? -1 : 1)),
    ),
    scheduled: scheduled
      .map((job) => `${String(nameOf(job['user']))} ${String(job['state'])} ${String(job['scheduledDate'])}`)
      .sort(),
  };
}

/** Rows of array attributes get ids of their own. */
function withoutIds(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((row: unknown) =>
    typeof row === 'object' && row !== null
      ? Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'id' && key !== '_id'))
      : row,
  );
}
