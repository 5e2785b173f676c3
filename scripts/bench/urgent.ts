/**
 * One exit by the urgent lane, as urgent.yml runs it: export, plan, apply, each a process of its own. Times and requests
 * are those of the emulators' own logs.
 *
 * | until           | must be asked or told                                                     | fewest requests | in a row |
 * |-----------------|---------------------------------------------------------------------------|-----------------|----------|
 * | suspended       | HR's word on the person, the account, the suspension                      | 3               | 3        |
 * | everything gone | and the groups, one request for each type of association, one a removal   | + 1 + types + removals | 4  |
 *
 * JumpCloud has no call that suspends and strips at once, and none that lists several types of association. Beyond these
 * the lane asks BambooHR about the future and who else has changed, beside the first question; it reads the account and
 * what goes with it to plan, the account again to suspend, the rest again to strip, and at the end what it took.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmulatedVendors, startVendors } from '../demo/emulated-vendors.ts';
import { serviceFailure } from '../core/values/failure.ts';
import { makeCompany } from './company.ts';
import { runVerb, verbEnvironment } from './run-verb.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const TODAY = '2026-11-23';
const LEAVER = '1042';
const ENDLESS = 1_000_000_000;
/** Of mappings/lifecycle.yaml, leaving. */
const BINDING_TYPES = ['system', 'system_group', 'policy', 'policy_group', 'application'];

export interface Passage {
  requests: number;
  leastRequests: number;
  /** Requests that had to wait for the answer of another: the longest such row. */
  inARow: number;
  leastInARow: number;
  seconds: number;
}

export interface UrgentMeasure {
  latencyMs: number;
  /** From the start of export, which the dispatch leads to once the runner is there. */
  suspended: Passage;
  stripped: Passage;
  /** All three verbs, their last reads included. */
  requests: number;
  seconds: number;
}

export interface UrgentBench {
  people: number;
  /** A verb that only says what it is: what each of the three costs before it has done anything. */
  processStartSeconds: number;
  exits: UrgentMeasure[];
}

interface Logged {
  method: string;
  path: string;
  body: unknown;
  arrivedMs: number;
  answeredMs: number | null;
}

export async function measureUrgent(options: {
  people: number;
  latencies: number[];
  progress(text: string): void;
  onStart(stop: () => Promise<void>): void;
}): Promise<UrgentBench> {
  const starts: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    options.progress('starting a verb that does nothing');
    starts.push((await runVerb('apply', ['--help'], {}, false)).seconds);
  }
  const exits: UrgentMeasure[] = [];
  for (const latencyMs of options.latencies) {
    options.progress(`an exit at ${latencyMs} ms`);
    exits.push(await measureExit(latencyMs, options));
  }
  return { people: options.people, processStartSeconds: round(starts.sort((a, b) => a - b)[1] ?? 0), exits };
}

async function measureExit(
  latencyMs: number,
  { people, onStart }: { people: number; onStart(stop: () => Promise<void>): void },
): Promise<UrgentMeasure> {
  const root = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  let stop = (): Promise<void> => Promise.resolve();
  try {
    const company = makeCompany(people, 10);
    const seedFile = join(root, 'seed.json');
    await writeFile(seedFile, JSON.stringify({ now: '2026-11-20T18:00:00Z', ...company.seed }));
    await cp(join(PROJECT, 'mappings'), join(root, 'mappings'), { recursive: true });
    await rm(join(root, 'mappings/groups'), { recursive: true });
    for (const [path, text] of Object.entries(company.mappings)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const vendors = await startVendors(seedFile, (how) => {
      stop = how;
      onStart(how);
    });
    const environment = verbEnvironment(vendors.urls);
    const run = async (verb: string, ...args: string[]): Promise<unknown> =>
      runVerb(verb, ['--root', root, '--as-of', TODAY, ...args], environment);
    await run('export');
    await vendors.setClocks(`${TODAY}T18:00:00Z`);
    await endInHr(vendors);
    for (const vendor of ['bamboohr', 'jumpcloud'] as const) {
      await vendors.control(vendor, 'DELETE', '/requests');
      if (latencyMs > 0)
        await vendors.control(vendor, 'PUT', '/faults', [
          { path: '/api', delayMs: latencyMs, times: ENDLESS },
        ]);
    }
    const startedMs = Date.now();
    await run('export', '--changed', '--only', LEAVER);
    await run('plan', '--lane', 'urgent');
    await run('apply', '--lane', 'urgent', '--trigger', 'bamboohr-webhook');
    const seconds = round((Date.now() - startedMs) / 1_000);
    const log = [
      ...(await vendors.control<Logged[]>('bamboohr', 'GET', '/requests')),
      ...(await vendors.control<Logged[]>('jumpcloud', 'GET', '/requests')),
    ];
    return { latencyMs, ...passagesOf(log, startedMs), requests: log.length, seconds };
  } finally {
    await stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function endInHr(vendors: EmulatedVendors): Promise<void> {
  const state = await vendors.control<{ employees: { id: string }[] }>('bamboohr', 'GET', '/state');
  const exit = { status: 'Inactive', employmentHistoryStatus: 'Terminated', terminationDate: '2026-11-22' };
  const employees = state.employees.map((each) => (each.id === LEAVER ? { ...each, ...exit } : each));
  await vendors.control('bamboohr', 'PUT', '/state', { ...state, employees });
}

function passagesOf(log: Logged[], startedMs: number): Pick<UrgentMeasure, 'suspended' | 'stripped'> {
  const writes = log.filter(
    ({ method, path }) => method !== 'GET' && !path.startsWith('/api/search/') && !path.includes('/v1/'),
  );
  const suspension = writes.find(
    ({ method, path }) => method === 'PUT' && path.startsWith('/api/systemusers/'),
  );
  const removals = writes.filter((each) => each !== suspension);
  const last = Math.max(...writes.map(endOf));
  if (suspension === undefined || removals.length === 0)
    throw serviceFailure('bench-exit', 'nobody was suspended and stripped', 'this is a mistake of ours');
  const passage = (until: number, leastRequests: number, leastInARow: number): Passage => {
    const seen = log.filter((each) => endOf(each) <= until);
    return {
      requests: seen.length,
      leastRequests,
      inARow: rowOf(seen),
      leastInARow,
      seconds: round((until - startedMs) / 1_000),
    };
  };
  return {
    suspended: passage(endOf(suspension), 3, 3),
    stripped: passage(last, 3 + 1 + BINDING_TYPES.length + removals.length, 4),
  };
}

function endOf({ answeredMs }: Logged): number {
  return answeredMs ?? Infinity;
}

/** The longest row of requests of which each began after the one before was answered. */
function rowOf(log: Logged[]): number {
  let row = 0;
  let free = -Infinity;
  for (const each of [...log].sort((a, b) => endOf(a) - endOf(b))) {
    if (each.arrivedMs < free) continue;
    row += 1;
    free = endOf(each);
  }
  return row;
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

/** A table for people. */
export function urgentRows({ exits }: UrgentBench): string[][] {
  const cells = ({ requests, leastRequests, inARow, leastInARow, seconds }: Passage): string[] => [
    `${requests} (${leastRequests})`,
    `${inARow} (${leastInARow})`,
    seconds.toFixed(2),
  ];
  return [
    ['latency', 'suspended: requests', 'in a row', 'seconds', 'stripped: requests', 'in a row', 'seconds'],
    ...exits.map(({ latencyMs, suspended, stripped }) => [
      `${latencyMs} ms`,
      ...cells(suspended),
      ...cells(stripped),
    ]),
  ];
}
