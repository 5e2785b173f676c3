/**
 * Two runs at once, interleaved at every request of a small day: two applies of the same plans, and an apply with an
 * urgent exit of somebody whom it is just giving everything. Nothing is lost, nothing is there twice, and nobody is
 * given back. Each place is a world of its own; a sample in every run, every place with ROLLCALL_LONG=1.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY } from '../line/company.ts';
import { type Directory, isWrite, type Line, type Ran, startLine } from '../line/line-world.ts';
import { settle, succeeded } from '../line/settle.ts';
import { coinOf, runBetween, runTogether, type When } from './two-actors.ts';

const LONG = process.env['ROLLCALL_LONG'] === '1';
const TODAY = '2026-11-23';
const APPROVED = ['--approved-by', 'ann,ben'];
/** A start today, one in three days that is armed, a move, an exit. */
const VICTIM = '111';
const NEW = [
  employee(VICTIM, 'Jon', 'Wu', { hireDate: TODAY, supervisorEId: '101' }),
  employee('110', 'Ivy', 'Lund', { hireDate: '2026-11-26' }),
];
const EXIT = { status: 'Inactive', employmentHistoryStatus: 'Terminated', terminationDate: TODAY };

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

let eve: { bamboohr: object; jumpcloud: object; files: Record<string, string> };
let undisturbed: { directory: Directory; withoutVictim: Directory; requests: number; urgent: number };

async function startEve(): Promise<Line> {
  const line = await startLine({ ...eve });
  closing.push(() => line.close());
  return line;
}

/** Another runner's checkout. */
async function copyOf(root: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-second-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await cp(root, folder, { recursive: true });
  return folder;
}

/** The environment is taken when a door opens, so each run can have an address of its own. */
function applyThrough(line: Line, url: string, root: string, ...args: string[]): Promise<Ran> {
  const own = line.environment['JUMPCLOUD_BASE_URL'];
  line.environment['JUMPCLOUD_BASE_URL'] = url;
  const ran = line.run('apply', '--root', root, ...args);
  line.environment['JUMPCLOUD_BASE_URL'] = own ?? '';
  return ran;
}

/** HR ends somebody, and the urgent lane does it: its receipt is on main when it is over, as the workflow commits it. */
async function endUrgently(line: Line, root: string, main: string, url?: string): Promise<void> {
  const only = ['--root', root, '--only', VICTIM];
  succeeded(await line.run('export', ...only));
  succeeded(await line.run('plan', ...only, '--lane', 'urgent'));
  succeeded(
    await applyThrough(
      line,
      url ?? line.environment['JUMPCLOUD_BASE_URL'] ?? '',
      root,
      '--only',
      VICTIM,
      '--lane',
      'urgent',
    ),
  );
  for (const folder of ['plans', 'receipts'])
    await cp(join(root, 'state', folder), join(main, 'state', folder), { recursive: true, force: false });
}

beforeAll(async () => {
  const line = await startLine({ bamboohr: COMPANY, jumpcloud: EMPTY_DIRECTORY });
  closing.push(() => line.close());
  await settle(line);
  for (const joiner of NEW) await line.hire(joiner);
  await line.hr('103', { department: 'Marketing' });
  await line.hr('105', EXIT);
  succeeded(await line.run('export'));
  succeeded(await line.run('plan'));
  const files: Record<string, string> = {};
  for (const path of await line.list('state')) files[`state/${path}`] = await line.read(`state/${path}`);
  eve = {
    bamboohr: await line.control('bamboohr', 'GET', '/state'),
    jumpcloud: await line.control('jumpcloud', 'GET', '/state'),
    files,
  };
  await line.forget();
  succeeded(await line.run('apply', ...APPROVED));
  const requests = (await line.requests('jumpcloud')).length;
  await settle(line);
  const directory = await line.directory();
  await line.hr(VICTIM, EXIT);
  const main = await copyOf(line.root);
  const urgent = await runBetween(
    line.url('jumpcloud'),
    { nth: Infinity, when: 'before' },
    (url) => endUrgently(line, line.root, main, url),
    () => Promise.resolve(),
  );
  await settle(line);
  undisturbed = { directory, withoutVictim: await line.directory(), requests, urgent };
}, 120_000);

/** Every place, or a fixed sample of them: first, last and some between. */
function placesOf(count: number, sample: number): [number, When][] {
  const step = Math.max(1, Math.floor(count / sample));
  return Array.from({ length: count }, (_, index) => index + 1)
    .filter((nth) => LONG || nth % step === 1 % step)
    .flatMap((nth): [number, When][] =>
      LONG
        ? [
            [nth, 'before'],
            [nth, 'after'],
          ]
        : [[nth, nth % 2 === 0 ? 'before' : 'after']],
    );
}

/** How often each thing was made: two accounts or two jobs for one need are never right. */
async function expectNothingTwice(line: Line): Promise<void> {
  const state = await line.control<{
    users: { employeeIdentifier?: string }[];
    scheduled: { user: string; state: string; scheduledDate: string }[];
  }>('jumpcloud', 'GET', '/state');
  const anchors = state.users.map((user) => user.employeeIdentifier);
  expect(anchors.length).toBe(new Set(anchors).size);
  const jobs = state.scheduled.map((job) => [job.user, job.state, job.scheduledDate].join(' '));
  expect(jobs).toEqual([...new Set(jobs)]);
}

/** A group is given to a person at most once: what JumpCloud accepted, from its own log. */
async function expectGivenOnce(line: Line): Promise<void> {
  const landed = (await line.requests('jumpcloud'))
    .filter((request) => isWrite(request) && request.status >= 200 && request.status < 300)
    .filter(({ path }) => path.endsWith('/members') || path === '/api/systemusers')
    .map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body)}`);
  expect(landed.filter((each, index) => landed.indexOf(each) !== index)).toEqual([]);
}

describe('two applies of the same plans', () => {
  const places = Array.from({ length: LONG ? 80 : 8 }, (_, index) => index);
  test.each(places)(
    'at place %i',
    async (place) => {
      const all = placesOf(undisturbed.requests, places.length);
      const at = all[place];
      if (at === undefined) return;
      const line = await startEve();
      const second = await copyOf(line.root);
      await runBetween(
        line.url('jumpcloud'),
        { nth: at[0], when: at[1] },
        (url) => applyThrough(line, url, line.root, ...APPROVED, '--concurrency', '1'),
        () => line.run('apply', '--root', second, ...APPROVED),
      );
      await expectGivenOnce(line);
      await settle(line);
      await expectNothingTwice(line);
      expect(await line.directory()).toEqual(undisturbed.directory);
    },
    60_000,
  );

  const seeds = Array.from({ length: LONG ? 40 : 2 }, (_, index) => index + 1);
  test.each(seeds)(
    'request by request, as the coin of seed %i falls',
    async (seed) => {
      const line = await startEve();
      const second = await copyOf(line.root);
      await runTogether(line.url('jumpcloud'), coinOf(seed), [
        (url) => applyThrough(line, url, line.root, ...APPROVED),
        (url) => applyThrough(line, url, second, ...APPROVED),
      ]);
      await settle(line);
      expect(await line.directory()).toEqual(undisturbed.directory);
    },
    60_000,
  );
});

describe('an urgent exit of somebody whom apply is giving everything', () => {
  async function expectOut(line: Line): Promise<void> {
    const now = await line.directory();
    expect(now.users['jon.wu']?.['state']).toBe('SUSPENDED');
    expect(Object.entries(now.groups).filter(([, members]) => members.includes('jon.wu'))).toEqual([]);
    expect(now.scheduled.filter((job) => job.startsWith('jon.wu'))).toEqual([]);
  }

  const places = Array.from({ length: LONG ? 80 : 8 }, (_, index) => index);
  test.each(places)(
    'between, at place %i',
    async (place) => {
      const all = placesOf(undisturbed.requests, places.length);
      const at = all[place];
      if (at === undefined) return;
      const line = await startEve();
      const urgent = await copyOf(line.root);
      await runBetween(
        line.url('jumpcloud'),
        { nth: at[0], when: at[1] },
        (url) => applyThrough(line, url, line.root, ...APPROVED, '--concurrency', '1'),
        async () => {
          await line.hr(VICTIM, EXIT);
          await endUrgently(line, urgent, line.root);
        },
      );
      const { users } = await line.directory();
      // The exit found an account, or the joiner's was made after it had looked: then the next sync ends it.
      if (users['jon.wu'] !== undefined && (await line.receipts()).some(({ times }) => times !== undefined))
        await expectOut(line);
      await settle(line);
      if ((await line.directory()).users['jon.wu'] !== undefined) await expectOut(line);
      await expectNothingTwice(line);
    },
    60_000,
  );

  const ends = Array.from({ length: LONG ? 40 : 4 }, (_, index) => index);
  test.each(ends)(
    'around: the whole apply within the exit, at place %i',
    async (place) => {
      const line = await startEve();
      // The account is there already: the day before made it, and today gives it another department.
      await settle(line);
      await line.hr(VICTIM, { department: 'Sales' });
      succeeded(await line.run('export'));
      succeeded(await line.run('plan'));
      const urgent = await copyOf(line.root);
      await line.hr(VICTIM, EXIT);
      const at = placesOf(undisturbed.urgent, ends.length)[place];
      if (at === undefined) return;
      await runBetween(
        line.url('jumpcloud'),
        { nth: at[0], when: at[1] },
        (url) => endUrgently(line, urgent, line.root, url),
        () => line.run('apply', ...APPROVED),
      );
      await settle(line);
      await expectOut(line);
      await expectNothingTwice(line);
    },
    60_000,
  );
});
