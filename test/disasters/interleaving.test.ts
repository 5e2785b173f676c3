/**
 * Two runs at once, interleaved at every request of a small day: two applies of the same plans, an apply while another
 * runner's receipts are recorded, and a sync while an edit of the mappings is merged and carried out. Nothing is lost,
 * nothing is there twice. Each place is a world of its own; a sample in every run, every place with ROLLCALL_LONG=1.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPANY, employee, EMPTY_DIRECTORY } from '../line/company.ts';
import { type Directory, isWrite, type Line, NOW, type Ran, startLine } from '../line/line-world.ts';
import { settle, succeeded } from '../line/settle.ts';
import { coinOf, runBetween, runTogether, type When } from './two-actors.ts';

const LONG = process.env['ROLLCALL_LONG'] === '1';
const TODAY = NOW.slice(0, 10);
/** The eve's receipts are older than those of the day. */
const LATER = `${TODAY}T18:30:00Z`;
const APPROVED = ['--approved-by', 'ann,ben'];
/** A start today, one in three days that is armed, a move, an exit. */
const NEW = [
  employee('111', 'Jon', 'Wu', { hireDate: TODAY, supervisorEId: '101' }),
  employee('110', 'Ivy', 'Lund', { hireDate: '2026-11-26' }),
];
const EXIT = { status: 'Inactive', employmentHistoryStatus: 'Terminated', terminationDate: TODAY };
/** The edit that is merged: "Marketing" is no longer for whom the sync is just moving there, but for engineers. */
const EDITED = 'mappings/groups/departments.yaml';
const editOf = (text: string): string => text.replace("'Marketing'", "'Engineering'");

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

let eve: { bamboohr: object; jumpcloud: object; files: Record<string, string> };
let undisturbed: { directory: Directory; edited: Directory; requests: number };

async function startEve(): Promise<Line> {
  const line = await startLine({ ...eve, now: LATER });
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
  const ran = line.run('apply', '--root', root, ...APPROVED, ...args);
  line.environment['JUMPCLOUD_BASE_URL'] = own ?? '';
  return ran;
}

/** What another runner did comes to main; a receipt that is there already stays. */
async function recordOn(main: string, root: string): Promise<void> {
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
  const requests = await runBetween(
    line.url('jumpcloud'),
    { nth: Infinity, when: 'before' },
    async (url) => succeeded(await applyThrough(line, url, line.root)),
    () => Promise.resolve(),
  );
  await settle(line);
  const directory = await line.directory();
  await line.write(EDITED, editOf(await line.read(EDITED)));
  await settle(line);
  undisturbed = { directory, edited: await line.directory(), requests };
  expect(directory.groups['Marketing']).toEqual(['cas.meyer']);
  expect(undisturbed.edited.groups['Marketing']).not.toContain('cas.meyer');
}, 120_000);

/** Every place, or a fixed sample of them. */
function placesOf(sample: number): [number, When][] {
  const all = Array.from({ length: undisturbed.requests }, (_, index) => index + 1).flatMap(
    (nth): [number, When][] => [
      [nth, 'before'],
      [nth, 'after'],
    ],
  );
  const step = LONG ? 1 : Math.max(1, Math.floor(all.length / sample));
  return all.filter((_, place) => place % step === step - 1);
}

async function atEach(sample: number, play: (line: Line, nth: number, when: When) => Promise<void>) {
  const places = placesOf(sample);
  expect(places.length).toBeGreaterThanOrEqual(sample);
  for (const [nth, when] of places)
    await play(await startEve(), nth, when).catch((error: unknown) => {
      throw new Error(`${when} request ${nth}`, { cause: error });
    });
}

/** An apply of `line` held at one place until another runner is through. @returns that runner's checkout */
async function applyAround(
  line: Line,
  nth: number,
  when: When,
  another: (second: string) => Promise<unknown>,
): Promise<string> {
  const second = await copyOf(line.root);
  await runBetween(
    line.url('jumpcloud'),
    { nth, when },
    (url) => applyThrough(line, url, line.root, '--concurrency', '1'),
    () => another(second),
  );
  return second;
}

/** Two accounts or two jobs for one need are never right; what JumpCloud accepted twice is in its log. */
async function expectNothingTwice(line: Line): Promise<void> {
  const state = await line.control<{
    users: { employeeIdentifier?: string }[];
    scheduled: { user: string; state: string; scheduledDate: string }[];
  }>('jumpcloud', 'GET', '/state');
  const anchors = state.users.map((user) => user.employeeIdentifier);
  expect(anchors).toEqual([...new Set(anchors)]);
  const jobs = state.scheduled.map((job) => [job.user, job.state, job.scheduledDate].join(' '));
  expect(jobs).toEqual([...new Set(jobs)]);
  const landed = (await line.requests('jumpcloud'))
    .filter((request) => isWrite(request) && request.status >= 200 && request.status < 300)
    .filter(({ path }) => path.endsWith('/members') || path === '/api/systemusers')
    .map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body)}`);
  expect(landed.filter((each, index) => landed.indexOf(each) !== index)).toEqual([]);
}

describe('two applies of the same plans', () => {
  test(
    'the second within the first, at every request',
    () =>
      atEach(3, async (line, nth, when) => {
        await applyAround(line, nth, when, (second) => line.run('apply', '--root', second, ...APPROVED));
        await expectNothingTwice(line);
        await settle(line);
        await expectNothingTwice(line);
        expect(await line.directory()).toEqual(undisturbed.directory);
      }),
    1_200_000,
  );

  test.each(Array.from({ length: LONG ? 40 : 2 }, (_, index) => index + 1))(
    'request by request, as the coin of seed %i falls',
    async (seed) => {
      const line = await startEve();
      const second = await copyOf(line.root);
      await runTogether(line.url('jumpcloud'), coinOf(seed), [
        (url) => applyThrough(line, url, line.root),
        (url) => applyThrough(line, url, second),
      ]);
      await settle(line);
      await expectNothingTwice(line);
      expect(await line.directory()).toEqual(undisturbed.directory);
    },
    60_000,
  );
});

test(
  'an apply while the receipts of another runner come to main: each plan has one receipt, and no deed is told twice',
  () =>
    atEach(3, async (line, nth, when) => {
      const second = await applyAround(line, nth, when, async (second) => {
        await line.run('apply', '--root', second, ...APPROVED);
        await recordOn(line.root, second);
      });
      await recordOn(second, line.root);
      const receipts = (await line.receipts()).map(({ plan }) => plan);
      expect([...receipts].sort()).toEqual((await line.plans()).map(({ digest }) => digest).sort());
      await settle(line);
      await expectNothingTwice(line);
      expect(await line.directory()).toEqual(undisturbed.directory);
    }),
  1_200_000,
);

test(
  'a sync while an edit of the mappings is merged and carried out: the edit stands, whatever the older rules had begun',
  () =>
    atEach(3, async (line, nth, when) => {
      const second = await applyAround(line, nth, when, async (second) => {
        await line.write(EDITED, editOf(await line.read(EDITED)));
        await cp(join(line.root, EDITED), join(second, EDITED));
        for (const verb of ['export', 'plan'] as const) succeeded(await line.run(verb, '--root', second));
        await line.run('apply', '--root', second, ...APPROVED);
      });
      await recordOn(line.root, second);
      await settle(line);
      await expectNothingTwice(line);
      expect(await line.directory()).toEqual(undisturbed.edited);
    }),
  1_200_000,
);
