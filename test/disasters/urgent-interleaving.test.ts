/**
 * An urgent exit and a bulk apply at once, interleaved at every request, either one inside the other and both together:
 * whoever is let go stays out, whoever was just being given something. And an exit that HR takes back while the urgent
 * lane is at work with the older facts. Each place is a world of its own; a sample in every run, all with ROLLCALL_LONG=1.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../scripts/core/values/calendar.ts';
import { COMPANY, employee, EMPTY_DIRECTORY } from '../line/company.ts';
import { type Line, NOW, type Ran, startLine } from '../line/line-world.ts';
import { look, round, settle, succeeded } from '../line/settle.ts';
import { coinOf, runBetween, runTogether, type When } from './two-actors.ts';

const LONG = process.env['ROLLCALL_LONG'] === '1';
/** Every place of a sweep, on a machine that has something else to do as well. */
const HALF_AN_HOUR = 1_800_000;
const TODAY = NOW.slice(0, 10);
const TOMORROW = addDays(TODAY, 1);
/** The eve's receipts are older than those of the day. */
const LATER = `${TODAY}T18:30:00Z`;
const APPROVED = ['--approved-by', 'ann,ben'];
const VICTIM = '111';
const NAME = 'jon.wu';
const EXIT = { status: 'Inactive', employmentHistoryStatus: 'Terminated', terminationDate: TODAY };
const WORKING = { status: 'Active', employmentHistoryStatus: 'Full-Time', terminationDate: undefined };

/** What the apply is giving at that moment. */
const DAYS: Record<string, (line: Line) => Promise<unknown>> = {
  'a joiner gets an account, groups and a manager': async (line) => {
    await settle(line);
    await line.hire(employee(VICTIM, 'Jon', 'Wu', { hireDate: TODAY, supervisorEId: '101' }));
  },
  'a mover gets other groups': async (line) => {
    await line.hire(employee(VICTIM, 'Jon', 'Wu'));
    await settle(line);
    await line.hr(VICTIM, { department: 'Sales', location: 'Sydney, AU' });
  },
  'somebody who came back gets everything again': async (line) => {
    await line.hire(employee(VICTIM, 'Jon', 'Wu'));
    await settle(line);
    await line.hr(VICTIM, EXIT);
    await settle(line);
    await line.hr(VICTIM, WORKING);
  },
  ...(LONG
    ? {
        'a joiner of tomorrow gets an account and an armed start': async (line: Line) => {
          await settle(line);
          await line.hire(employee(VICTIM, 'Jon', 'Wu', { hireDate: TOMORROW }));
        },
        'a joiner of tomorrow, whose start is armed, gets other groups': async (line: Line) => {
          await line.hire(employee(VICTIM, 'Jon', 'Wu', { hireDate: TOMORROW }));
          await settle(line);
          await line.hr(VICTIM, { department: 'Sales', location: 'Sydney, AU' });
        },
      }
    : {}),
};

interface Eve {
  bamboohr: object;
  jumpcloud: object;
  files: Record<string, string>;
  /** The jobs that were armed on that eve, and are on its receipts. */
  armed: string[];
  /** Requests to JumpCloud of an apply, and of an urgent lane, that nobody disturbs. */
  bulk: number;
  urgent: number;
}

const eves = new Map<string, Eve>();
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** Another runner's checkout. */
async function copyOf(root: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-second-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await cp(root, folder, { recursive: true });
  return folder;
}

/** The environment is taken when a door opens, so each run can have an address of its own. */
function runThrough(line: Line, url: string, verb: 'plan' | 'apply', ...args: string[]): Promise<Ran> {
  const own = line.environment['JUMPCLOUD_BASE_URL'];
  line.environment['JUMPCLOUD_BASE_URL'] = url;
  const ran = line.run(verb, ...args);
  line.environment['JUMPCLOUD_BASE_URL'] = own ?? '';
  return ran;
}

/**
 * As urgent.yml has it: export, plan, apply, record, the second look, and a last one where that had something to do.
 * `main` is where everybody's receipts are.
 */
async function endUrgently(line: Line, main: string, url = line.url('jumpcloud')): Promise<void> {
  const root = await copyOf(main);
  succeeded(await line.run('export', '--root', root, '--only', VICTIM));
  let planned = 0;
  for (let turn = 0; turn < 2 || (turn === 2 && planned > 0); turn += 1) {
    const { out } = succeeded(
      await runThrough(line, url, 'plan', '--json', '--root', root, '--lane', 'urgent'),
    );
    planned = (JSON.parse(out) as { plans: unknown[] }).plans.length;
    await runThrough(line, url, 'apply', '--root', root, '--lane', 'urgent');
    // The first commit brings all three to main: whoever begins from there knows the receipt and the exit alike.
    for (const folder of turn === 0 ? ['people', 'plans', 'receipts'] : ['plans', 'receipts'])
      await cp(join(root, 'state', folder), join(main, 'state', folder), {
        recursive: true,
        force: folder === 'people',
      });
  }
}

function applyBulk(line: Line, url = line.url('jumpcloud')): Promise<Ran> {
  return runThrough(line, url, 'apply', ...APPROVED, '--lane', 'review', '--concurrency', '1');
}

async function startOn({ bamboohr, jumpcloud, files }: Eve): Promise<Line> {
  const line = await startLine({ bamboohr, jumpcloud, files, now: LATER });
  closing.push(() => line.close());
  return line;
}

const nobody = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  for (const [name, prepare] of Object.entries(DAYS)) {
    const line = await startLine({ bamboohr: COMPANY, jumpcloud: EMPTY_DIRECTORY });
    closing.push(() => line.close());
    await prepare(line);
    await look(line);
    const files: Record<string, string> = {};
    for (const path of await line.list('state')) files[`state/${path}`] = await line.read(`state/${path}`);
    const eve: Eve = {
      bamboohr: await line.control('bamboohr', 'GET', '/state'),
      jumpcloud: await line.control('jumpcloud', 'GET', '/state'),
      files,
      armed: (await line.directory()).scheduled,
      bulk: 0,
      urgent: 0,
    };
    const never = { nth: Infinity, when: 'before' as const };
    eve.bulk = await runBetween(line.url('jumpcloud'), never, (url) => applyBulk(line, url), nobody);
    await line.hr(VICTIM, EXIT);
    eve.urgent = await runBetween(
      line.url('jumpcloud'),
      never,
      (url) => endUrgently(line, line.root, url),
      nobody,
    );
    eves.set(name, eve);
  }
}, 120_000);

/** The places of one test: all, or of each day a few that a seed has chosen. */
function placesOf(count: (eve: Eve) => number, sample: number, days: string[]): [string, number, When][] {
  return days.flatMap((day, index): [string, number, When][] => {
    const most = eves.get(day) === undefined ? 0 : count(eves.get(day)!);
    const all = Array.from({ length: most }, (_, place) => place + 1).flatMap(
      (nth): [string, number, When][] => [
        [day, nth, 'before'],
        [day, nth, 'after'],
      ],
    );
    const step = LONG ? 1 : Math.max(1, Math.floor(all.length / sample));
    return all.filter((_, place) => place % step === (step - 1 - index) % step);
  });
}

async function expectOut(line: Line, known: (job: string) => boolean = () => true): Promise<void> {
  const { users, groups, scheduled } = await line.directory();
  expect(users[NAME]?.['state']).toBe('SUSPENDED');
  expect(Object.entries(groups).filter(([, members]) => members.includes(NAME))).toEqual([]);
  expect(scheduled.filter((job) => job.startsWith(NAME) && known(job))).toEqual([]);
}

/**
 * Out at once whom the lane has suspended. For whom it found nothing to do, the sync that it starts; and that one cancels
 * what the other apply has armed meanwhile, as only jobs on a receipt are cancelled and the lane has not seen that receipt.
 */
async function expectOutAfterBoth(line: Line, { armed }: Eve): Promise<void> {
  const [plans, receipts] = [await line.plans(), await line.receipts()];
  const ids = new Set(
    plans
      .filter(({ lane }) => lane === 'urgent')
      .flatMap(({ actions }) => actions.flatMap(({ kind, id }) => (kind === 'suspend' ? [id] : []))),
  );
  const hasEnded = receipts
    .filter(({ plan }) => plans.some(({ digest, lane }) => digest === plan && lane === 'urgent'))
    .some(({ results }) => results.some(({ action, outcome }) => ids.has(action) && outcome === 'done'));
  if (hasEnded) await expectOut(line, (job) => armed.includes(job));
  await settle(line);
  if ((await line.directory()).users[NAME] !== undefined) await expectOut(line);
}

async function together(
  count: (eve: Eve) => number,
  sample: number,
  play: (place: [string, number, When]) => Promise<void>,
  days = Object.keys(DAYS),
) {
  const places = placesOf(count, sample, days);
  expect(places.length).toBeGreaterThan(sample);
  for (const place of places)
    await play(place).catch((error: unknown) => {
      throw new Error(`at ${place.join(', ')}`, { cause: error });
    });
}

describe('an urgent exit and an apply of older approvals', () => {
  test(
    'the whole exit within the apply, at every request',
    () =>
      together(
        ({ bulk }) => bulk,
        2,
        async ([day, nth, when]) => {
          const line = await startOn(eves.get(day)!);
          await runBetween(
            line.url('jumpcloud'),
            { nth, when },
            (url) => applyBulk(line, url),
            async () => {
              await line.hr(VICTIM, EXIT);
              await endUrgently(line, line.root);
            },
          );
          await expectOutAfterBoth(line, eves.get(day)!);
        },
      ),
    HALF_AN_HOUR,
  );

  test(
    'the whole apply within the exit, at every request',
    () =>
      together(
        ({ urgent }) => urgent,
        2,
        async ([day, nth, when]) => {
          const line = await startOn(eves.get(day)!);
          await line.hr(VICTIM, EXIT);
          await runBetween(
            line.url('jumpcloud'),
            { nth, when },
            (url) => endUrgently(line, line.root, url),
            () => applyBulk(line),
          );
          await expectOutAfterBoth(line, eves.get(day)!);
        },
      ),
    HALF_AN_HOUR,
  );

  test.each(Array.from({ length: LONG ? 20 : 1 }, (_, index) => index + 1))(
    'request by request, as the coin of seed %i falls',
    async (seed) => {
      for (const day of Object.keys(DAYS)) {
        const line = await startOn(eves.get(day)!);
        await line.hr(VICTIM, EXIT);
        await runTogether(line.url('jumpcloud'), coinOf(seed), [
          (url) => applyBulk(line, url),
          (url) => endUrgently(line, line.root, url),
        ]);
        await expectOutAfterBoth(line, eves.get(day)!);
      }
    },
    60_000,
  );
});

describe('an exit that HR takes back', () => {
  test(
    'while the urgent lane runs on the older facts: back by review and in full, wherever it was',
    () =>
      together(
        ({ urgent }) => urgent,
        2,
        async ([day, nth, when]) => {
          const line = await startOn(eves.get(day)!);
          succeeded(await applyBulk(line));
          await settle(line);
          const before = await line.directory();
          await line.hr(VICTIM, EXIT);
          await runBetween(
            line.url('jumpcloud'),
            { nth, when },
            (url) => endUrgently(line, line.root, url),
            async () => {
              await line.hr(VICTIM, WORKING);
              await round(line);
            },
          );
          const { users } = await line.directory();
          const planned = await look(line);
          const isBack = (await line.plans())
            .filter(({ digest }) => planned.plans.some((plan) => plan.digest === digest))
            .some(
              ({ lane, actions }) => lane === 'review' && actions.some(({ kind }) => kind === 'reinstate'),
            );
          expect(isBack).toBe(users[NAME]?.['state'] === 'SUSPENDED');
          await settle(line);
          expect(await line.directory()).toEqual(before);
        },
        // Whoever comes back for the third time in a week is frozen as flapping, and paged.
        Object.keys(DAYS).slice(0, 2),
      ),
    HALF_AN_HOUR,
  );
});
