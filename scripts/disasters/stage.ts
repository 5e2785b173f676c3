/** Where a disaster is played: both vendors, a settled company, its checkout, the clock, and the score. */
import type { EmulatedVendors } from '../demo/emulated-vendors.ts';
import { employeeOf, type Employee } from './company.ts';
import { type Desk, openDesk, type Ran } from './desk.ts';
import {
  changesBetween,
  type DirectoryState,
  type Facts,
  factsOf,
  type LoggedRequest,
  namesOf,
} from './facts.ts';
import { judge, type Score } from './score.ts';
import { makeWishes, type Wishes } from './wishes.ts';

export interface Fault {
  method?: string;
  path: string;
  status?: number;
  retryAfter?: number;
  delayMs?: number;
  body?: unknown;
  cut?: 'before' | 'after';
  tornPage?: boolean | string;
  times?: number;
}

export interface BambooHrState {
  employees: Employee[];
  apiKeys?: object[];
  [key: string]: unknown;
}

/** A company that is settled: nothing is left to do. */
export interface Settled {
  /** A checkout to begin from. */
  folder: string;
  now: string;
  bamboohr: BambooHrState;
  jumpcloud: DirectoryState;
}

export interface Stage {
  desk: Desk;
  urls: EmulatedVendors['urls'];
  /** Another checkout, as it is now. */
  copyDesk(): Promise<Desk>;
  /** The night's run: export, plan, and what needs no review; each is run whatever became of the one before. */
  sync(): Promise<void>;
  /** Somebody approves everything that waits, and it is applied. */
  approve(logins?: string): Promise<Ran>;
  run(verb: 'export' | 'plan' | 'apply', ...args: string[]): Promise<Ran>;
  /** Keeps what another desk or process said. */
  heard(ran: Ran): Ran;
  /** HR types. */
  edit(id: string, facts: Record<string, unknown>): Promise<void>;
  hire(id: string, facts?: Record<string, unknown>): Promise<void>;
  hr(change: (state: BambooHrState) => BambooHrState): Promise<void>;
  /** Somebody at JumpCloud's console; nobody counts that as ours. */
  console(change: (state: DirectoryState) => DirectoryState): Promise<void>;
  directory(): Promise<DirectoryState>;
  faults(vendor: 'bamboohr' | 'jumpcloud', faults: Fault[]): Promise<void>;
  /** Every clock; what JumpCloud does by itself meanwhile is not ours. */
  goTo(instant: string): Promise<void>;
  /** The clock of our machine alone. */
  setOurClock(instant: string): void;
  /** From here on our clock is the real one: what runs as a process of its own has no other. */
  useRealTime(): Promise<void>;
  /** repository_dispatch events that GitHub was sent. */
  countDispatches(): Promise<number>;
  /** What was done outside JumpCloud and ought not to have been. */
  wrong(what: string): void;
  /** What ought to have come by itself and did not. */
  miss(what: string): void;
  /** Counts what became of JumpCloud since the last time against what ought to have; the next stretch begins here. */
  expect(what: (wishes: Wishes) => void): Promise<void>;
}

export interface Played extends Score {
  ran: Ran[];
}

/** What a leaver's facts become in HR. */
export function leaverFacts(day: string): Record<string, unknown> {
  return { status: 'Inactive', employmentHistoryStatus: 'Terminated', terminationDate: day };
}

/** Puts the settled company on the stage, plays, and takes it away. */
export async function playOn(
  vendors: EmulatedVendors,
  settled: Settled,
  play: (stage: Stage) => Promise<void>,
): Promise<Played> {
  const { control } = vendors;
  for (const vendor of ['bamboohr', 'jumpcloud'] as const) await control(vendor, 'POST', '/reset');
  await vendors.setClocks(settled.now);
  await control('bamboohr', 'PUT', '/state', settled.bamboohr);
  await control('jumpcloud', 'PUT', '/state', settled.jumpcloud);
  const readDirectory = (): Promise<DirectoryState> => control('jumpcloud', 'GET', '/state');
  const forget = async (): Promise<void> => {
    for (const vendor of ['bamboohr', 'jumpcloud'] as const) await control(vendor, 'DELETE', '/requests');
  };

  let clock: { at: number } | 'real' = { at: Date.parse(settled.now) };
  // Each look moves the clock by a second, so that no two receipts end at the same instant.
  const now = (): Date => (clock === 'real' ? new Date() : new Date((clock.at += 1_000)));
  const environment = environmentOf(vendors);
  const desks: Desk[] = [];
  const openCopy = async (from: string): Promise<Desk> => {
    const desk = await openDesk({ from, environment, now });
    desks.push(desk);
    return desk;
  };
  const desk = await openCopy(settled.folder);
  const ran: Ran[] = [];
  const score: Score = { wrong: [], missed: [] };
  let state = await readDirectory();
  let before: Map<string, string> = new Map(factsOf(state));
  let names: Map<string, string> = new Map(namesOf(state));
  const taken = new Set<string>();
  await forget();

  /** What changes here is the world's doing, not ours. */
  async function asTheWorld(act: () => Promise<void>): Promise<void> {
    const was = factsOf(await readDirectory());
    await act();
    const is = await readDirectory();
    for (const [key, value] of changesBetween(was, factsOf(is)))
      if (value === undefined) before.delete(key);
      else before.set(key, value);
    names = new Map([...names, ...namesOf(is)]);
    state = { ...is, userGroups: is.userGroups };
  }

  const stage: Stage = {
    desk,
    urls: vendors.urls,
    copyDesk: () => openCopy(desk.root),
    heard(each) {
      ran.push(each);
      return each;
    },
    run: async (verb, ...args) => stage.heard(await desk.run(verb, ...args)),
    async sync() {
      await stage.run('export');
      await stage.run('plan');
      await stage.run('apply', '--lane', 'auto');
    },
    approve: (logins = 'ann,ben') => stage.run('apply', '--approved-by', logins),
    edit: (id, facts) =>
      stage.hr((hr) => ({
        ...hr,
        employees: hr.employees.map((each) => (each.id === id ? { ...each, ...facts } : each)),
      })),
    hire: (id, facts) => stage.hr((hr) => ({ ...hr, employees: [...hr.employees, employeeOf(id, facts)] })),
    async hr(change) {
      await control('bamboohr', 'PUT', '/state', change(await control('bamboohr', 'GET', '/state')));
    },
    console: (change) =>
      asTheWorld(async () => {
        await control('jumpcloud', 'PUT', '/state', change(await readDirectory()));
      }),
    directory: readDirectory,
    faults: (vendor, faults) => control(vendor, 'PUT', '/faults', faults),
    async goTo(instant) {
      clock = { at: Date.parse(instant) };
      await asTheWorld(() => vendors.setClocks(instant));
    },
    setOurClock(instant) {
      clock = { at: Date.parse(instant) };
    },
    async useRealTime() {
      clock = 'real';
      await asTheWorld(() => vendors.setClocks(new Date().toISOString()));
    },
    async countDispatches() {
      const requests = await control<LoggedRequest[]>('github', 'GET', '/requests');
      return requests.filter(({ path, status }) => path.endsWith('/dispatches') && status === 204).length;
    },
    wrong: (what) => void score.wrong.push(what),
    miss: (what) => void score.missed.push(what),
    async expect(what) {
      const { wishes, wanted } = makeWishes(before, state, taken);
      what(wishes);
      const is = await readDirectory();
      const after: Facts = factsOf(is);
      const requests = await control<LoggedRequest[]>('jumpcloud', 'GET', '/requests');
      const found = judge(wanted, {
        before,
        after,
        requests,
        names: new Map([...names, ...namesOf(is)]),
      });
      for (const key of before.keys()) if (key.startsWith('bound ') && !after.has(key)) taken.add(key);
      score.wrong.push(...found.wrong);
      score.missed.push(...found.missed);
      state = is;
      before = new Map(after);
      names = new Map([...names, ...namesOf(is)]);
      await forget();
    },
  };
  try {
    await play(stage);
    return { ...score, ran };
  } finally {
    for (const each of desks) await each.close();
  }
}

export function environmentOf({ urls }: Pick<EmulatedVendors, 'urls'>): Record<string, string> {
  return {
    BAMBOOHR_COMPANY: 'acme',
    BAMBOOHR_API_KEY: 'disaster-hr-key',
    BAMBOOHR_BASE_URL: urls.bamboohr,
    JUMPCLOUD_API_KEY: 'disaster-directory-key',
    JUMPCLOUD_BASE_URL: urls.jumpcloud,
  };
}
