/** bench: what the line costs for a company of a given size in which nothing has changed. Figures, not a test. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCompany } from './bench/company.ts';
import { type Floors, floorsOf } from './bench/floor.ts';
import { alignColumns } from './bench/align-columns.ts';
import { measureRelay, relayRows } from './bench/relay.ts';
import { measureRecord, recordRows } from './bench/record.ts';
import { runVerb, verbEnvironment } from './bench/run-verb.ts';
import { measureUrgent, type UrgentBench, urgentRows } from './bench/urgent.ts';
import { badUsage, serviceFailure } from './core/values/failure.ts';
import { type EmulatedVendors, startVendors } from './demo/emulated-vendors.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
/** A day on which nobody of the company starts, leaves or returns. */
const TODAY = '2026-11-23';
const ENDLESS = 1_000_000_000;

export interface Measure {
  requests: number;
  /** The fewest that the paging limits allow; bench/floor.ts says why. */
  floor: number;
  /** Requests that could change something. */
  writes: number;
  seconds: number;
  /** Of them computing. */
  cpuSeconds: number;
  peakMB: number;
}

export interface Bench {
  people: number;
  groups: number;
  latencyMs: number;
  verbs: Record<'export' | 'plan' | 'apply', Measure>;
  /** The first export, which writes every file, and apply of one changed profile. */
  further: Record<'firstExport' | 'applyOneChange', Measure>;
}

export interface BenchOptions {
  people: number;
  groups: number;
  latencyMs: number;
  progress(text: string): void;
  /** Hears how to stop the emulators. */
  onStart(stop: () => Promise<void>): void;
}

/** Starts the emulators and runs each verb as a process of its own. @throws Failure 1 when one does not end well */
export async function measure(options: BenchOptions): Promise<Bench> {
  const { people, groups, latencyMs, progress, onStart } = options;
  const root = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  let stop = (): Promise<void> => Promise.resolve();
  try {
    const company = makeCompany(people, groups);
    const seedFile = join(root, 'seed.json');
    await writeFile(seedFile, JSON.stringify({ now: `${TODAY}T18:00:00Z`, ...company.seed }));
    await cp(join(PROJECT, 'mappings'), join(root, 'mappings'), { recursive: true });
    await rm(join(root, 'mappings/groups'), { recursive: true });
    for (const [path, text] of Object.entries(company.mappings)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    progress(`starting emulators with ${people} people`);
    const vendors = await startVendors(seedFile, (how) => {
      stop = how;
      onStart(how);
    });
    await delayAll(vendors, latencyMs);
    const floors = floorsOf({ people, accounts: people, groups: company.groups });
    const run = createRunner(root, vendors, floors, progress);
    const firstExport = await run('export');
    const verbs = { export: await run('export'), plan: await run('plan'), apply: await run('apply') };
    await changeOneTitle(vendors);
    await run('export');
    await run('plan');
    const applyOneChange = await run('apply', 'applyOneChange');
    return { people, groups, latencyMs, verbs, further: { firstExport, applyOneChange } };
  } finally {
    await stop();
    await rm(root, { recursive: true, force: true });
  }
}

function createRunner(
  root: string,
  vendors: EmulatedVendors,
  floors: Floors,
  progress: (text: string) => void,
): (verb: 'export' | 'plan' | 'apply', floor?: keyof Floors) => Promise<Measure> {
  const environment = verbEnvironment(vendors.urls);
  return async (verb, floor = verb) => {
    progress(`running ${verb}`);
    for (const vendor of ['bamboohr', 'jumpcloud'] as const)
      await vendors.control(vendor, 'DELETE', '/requests');
    const { seconds, cpuSeconds, peakMB } = await runVerb(
      verb,
      ['--root', root, '--as-of', TODAY],
      environment,
    );
    const sent = await readRequests(vendors);
    return {
      requests: sent.length,
      floor: floors[floor],
      writes: sent.filter(isWrite).length,
      seconds: Math.round(seconds * 100) / 100,
      cpuSeconds: Math.round(cpuSeconds * 100) / 100,
      peakMB: Math.round(peakMB),
    };
  };
}

interface Request {
  vendor: 'bamboohr' | 'jumpcloud';
  method: string;
  path: string;
}

async function readRequests(vendors: EmulatedVendors): Promise<Request[]> {
  const logs = await Promise.all(
    (['bamboohr', 'jumpcloud'] as const).map(async (vendor) => {
      const log = await vendors.control<Omit<Request, 'vendor'>[]>(vendor, 'GET', '/requests');
      return log.map((request) => ({ ...request, vendor }));
    }),
  );
  return logs.flat();
}

/** BambooHR's reports are asked for with POST; nothing there is ever changed by these verbs. */
function isWrite({ vendor, method }: Request): boolean {
  return vendor === 'jumpcloud' && method !== 'GET';
}

async function delayAll(vendors: EmulatedVendors, latencyMs: number): Promise<void> {
  if (latencyMs === 0) return;
  const faults = [{ path: '/api', delayMs: latencyMs, times: ENDLESS }];
  for (const vendor of ['bamboohr', 'jumpcloud'] as const)
    await vendors.control(vendor, 'PUT', '/faults', faults);
}

async function changeOneTitle(vendors: EmulatedVendors): Promise<void> {
  const state = await vendors.control<{ employees: Record<string, unknown>[] }>('bamboohr', 'GET', '/state');
  const [first, ...rest] = state.employees;
  if (first === undefined)
    throw serviceFailure('bench-company', 'BambooHR has nobody', 'this is a mistake of ours');
  const employees = [{ ...first, jobTitle: 'President' }, ...rest];
  await vendors.control('bamboohr', 'PUT', '/state', { ...state, employees });
}

/** A table for people. */
export function benchText({ people, groups, latencyMs, verbs, further }: Bench): string {
  const rows: [string, Measure][] = [
    ['first export', further.firstExport],
    ['export, nothing changed', verbs.export],
    ['plan, nothing to do', verbs.plan],
    ['apply, nothing pending', verbs.apply],
    ['apply, one change', further.applyOneChange],
  ];
  const cells = rows.map(([name, { requests, floor, writes, seconds, cpuSeconds, peakMB }]) => [
    name,
    String(requests),
    String(floor),
    String(writes),
    seconds.toFixed(2),
    cpuSeconds.toFixed(2),
    String(peakMB),
  ]);
  const table = [['verb', 'requests', 'at least', 'writes', 'seconds', 'computing', 'peak MB'], ...cells];
  return [`${people} people, ${groups} groups, ${latencyMs} ms latency`, '', ...alignColumns(table)].join(
    '\n',
  );
}

function urgentText(bench: UrgentBench): string {
  return [
    `One exit among ${bench.people} people, from the start of export; in brackets the fewest that the APIs allow.`,
    `A process needs ${bench.processStartSeconds.toFixed(2)} s to start, and three of them start; the runner and npm ci come before.`,
    '',
    ...alignColumns(urgentRows(bench)),
  ].join('\n');
}

function readNumber(name: string, text: string | undefined, otherwise: number, least: number): number {
  const number = Number(text ?? otherwise);
  if (!Number.isInteger(number) || number < least || number > 1_000_000)
    throw badUsage(
      'bad-number',
      `--${name} ${text ?? ''} is no number from ${least} to 1000000`,
      `leave it out for ${otherwise}`,
    );
  return number;
}

const OPTIONS = {
  people: { type: 'string', value: 'N', description: 'employees, each with an account (default 1000)' },
  groups: { type: 'string', value: 'N', description: 'groups that the mappings name (default 50)' },
  latency: {
    type: 'string',
    value: 'MS[,MS]',
    description: 'milliseconds before every answer (default 0; with --urgent 0,50,200)',
  },
  urgent: { type: 'boolean', description: 'one exit by the urgent lane instead' },
  relay: { type: 'boolean', description: 'the relay instead, also while GitHub is down for a minute' },
  record: { type: 'boolean', description: 'years of record instead: audit, verify, explain, picture' },
  years: { type: 'string', value: 'N', description: 'with --record: years of history (default 3)' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'bench',
  summary: 'Measures what the line costs: requests beside the fewest possible, time and memory of each verb.',
  details:
    'A company of that size and a JumpCloud that agrees with it run as emulators in a process of their own, and so does each verb. Requests are counted by the emulators; the least number follows from the vendors’ paging limits (scripts/bench/floor.ts). Nothing is written to JumpCloud where nothing changed.',
  options: OPTIONS,
  examples: [
    ['npm run bench', '1,000 people and 50 groups'],
    ['npm run bench -- --urgent', 'from the dispatch to the suspended flag, at 0, 50 and 200 ms'],
    ['npm run bench -- --relay', 'deliveries a second, and what is lost while GitHub fails'],
    ['npm run bench -- --record', 'three years of 2,000 people, as an auditor reads them'],
    ['npm run bench -- --people 10000 --groups 200 --latency 50', 'a large company, far away'],
  ],
  async run({ options, progress, onStop }) {
    if (options.urgent) {
      const urgent = await measureUrgent({
        people: readNumber('people', options.people, 1_000, 50),
        latencies: (options.latency ?? '0,50,200')
          .split(',')
          .map((text) => readNumber('latency', text, 0, 0)),
        progress: (text) => progress.update(text),
        onStart: onStop,
      });
      return { json: { urgent }, text: urgentText(urgent) };
    }
    if (options.relay) {
      const relay = await measureRelay({ progress: (text) => progress.update(text), onStart: onStop });
      return { json: { relay }, text: alignColumns(relayRows(relay)).join('\n') };
    }
    if (options.record) {
      const record = await measureRecord({
        people: readNumber('people', options.people, 2_000, 50),
        years: readNumber('years', options.years, 3, 1),
        progress: (text) => progress.update(text),
      });
      return { json: { record }, text: alignColumns(recordRows(record)).join('\n') };
    }
    const bench = await measure({
      people: readNumber('people', options.people, 1_000, 1),
      groups: readNumber('groups', options.groups, 50, 1),
      latencyMs: readNumber('latency', options.latency, 0, 0),
      progress: (text) => progress.update(text),
      onStart: onStop,
    });
    return { json: bench, text: benchText(bench) };
  },
};

if (isMain(import.meta)) await runDoor(door);
