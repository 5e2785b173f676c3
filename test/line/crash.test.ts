/**
 * apply and record, killed in the middle of their work, and run again. One day holds every kind of action; a process
 * dies at a request, before the service heard of it or after it did it, or between two steps of writing a file.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, instantOf } from '../../scripts/core/values/calendar.ts';
import { doorCommand } from '../compiled-doors.ts';
import {
  applyOf,
  expectHistory,
  expectRepaired,
  expectRepairedOnRecord,
  playUndisturbed,
  RECOVERIES,
  type Undisturbed,
} from './after-crash.ts';
import { AS_OF, type Eve, type Morning, prepareEve } from './eve.ts';
import { TODAY, ZONE } from './full-day.ts';
import { killAt, killAtFileStep, type Place, placesOf, type Start } from './killed-process.ts';
import { type Directory, isWrite } from './line-world.ts';
import { type ApplyDocument, deedsOf, settle, succeeded } from './settle.ts';
import { type Exchange, startProxy } from './tapped-proxy.ts';

const LONG = process.env['ROLLCALL_LONG'] === '1';
/** In the order of its requests, so that a place is the same one in every run. */
const IN_ORDER = ['--concurrency', '1'];
const BY_HAND = ['--approved-by', 'ann,ben'];
const RECOVERY_NAMES = Object.keys(RECOVERIES);

let eve: Eve;
let undisturbed: Undisturbed;
/** Once the rounds after the day have nothing left to do. */
let settled: Directory;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  eve = await prepareEve({ copies: 1 });
  undisturbed = await playUndisturbed(eve, ...IN_ORDER);
  const morning = await startMorning();
  await settle(morning);
  settled = await morning.directory();
}, 600_000);
afterAll(async () => {
  for (const close of closing) await close();
  await eve.close();
});

async function startMorning(): Promise<Morning> {
  const morning = await eve.startMorning();
  closing.push(() => morning.close());
  return morning;
}

function recoveryOf(index: number) {
  return RECOVERIES[RECOVERY_NAMES[index % RECOVERY_NAMES.length]!]!;
}

/** apply dies there, is taken up again, and nothing is wrong. @returns where it died */
async function sweep(place: Place, recovery: number, onRecord: boolean): Promise<Exchange> {
  const morning = await startMorning();
  const { victim, err } = await killAt(applyOf(morning, ...IN_ORDER), place, morning.moveOrigin);
  expect(victim, err).toBeDefined();
  const check = onRecord ? expectRepairedOnRecord : expectRepaired;
  await check(eve, morning, recoveryOf(recovery), undisturbed);
  await morning.close();
  return victim!;
}

test('the day holds every kind of action, and apply asks for everything that it may ask for', () => {
  const kinds = new Set(deedsOf(eve.plans).map((deed) => deed.split(' ')[1]));
  expect([...kinds].sort()).toEqual(
    [
      'activate',
      'adopt',
      'bind',
      'create',
      'create-group',
      'delete',
      'join-group',
      'leave-group',
      'reinstate',
      'rename',
      'schedule',
      'set-manager',
      'suspend',
      'unbind',
      'unschedule',
      'update',
    ].sort(),
  );
  const { directory, heard } = undisturbed;
  expect(directory.scheduled).toEqual([
    `ivy.lund ACTIVATED ${new Date(instantOf(ZONE, addDays(TODAY, 3), '00:00')).toISOString()}`,
    `mia.moe ACTIVATED ${new Date(instantOf(ZONE, addDays(TODAY, 4), '00:00')).toISOString()}`,
  ]);
  expect(directory.groups['Book Club']).toEqual(['ada.byron']);
  expect(heard.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/oauth2/token', expect.stringContaining('.git/info/refs')]),
  );
  expect(heard.filter(isWrite).length).toBeGreaterThan(20);
});

interface Sample extends Place {
  name: string;
  /** Which of the recoveries. */
  recovery: number;
  /** main and its history are looked at as well. */
  onRecord: boolean;
}

/** Where apply dies in every run of the tests; ROLLCALL_LONG=1 takes every place there is, all of them on record. */
const SAMPLE: Sample[] = [
  {
    name: 'a question for a token',
    when: 'before',
    isIt: ({ path }) => path === '/oauth2/token',
    recovery: 0,
    onRecord: false,
  },
  {
    name: 'the suspension of a leaver without any receipt',
    when: 'after',
    isIt: ({ method, body }) => method === 'PUT' && body.includes('SUSPENDED'),
    recovery: 0,
    onRecord: false,
  },
  {
    name: 'a create',
    when: 'after',
    isIt: ({ method, path }) => method === 'POST' && path === '/api/systemusers',
    recovery: 2,
    onRecord: false,
  },
  {
    name: 'a schedule',
    when: 'after',
    isIt: ({ path, body }) => path === '/api/v2/bulk/userstates' && body.includes('ACTIVATED'),
    recovery: 1,
    onRecord: true,
  },
];

describe('kill -9 of apply', () => {
  test.each(SAMPLE)(
    'at $name, $when it was done: run again, it ends as if nothing had happened',
    async ({ when, isIt, recovery, onRecord }) => {
      const victim = await sweep({ when, isIt }, recovery, onRecord);
      if (when === 'after') expect(victim.status).toBeLessThan(300);
    },
    240_000,
  );

  test.skipIf(!LONG)(
    'at every request, before each and after each write',
    async () => {
      for (const [index, { nth, when }] of placesOf(undisturbed.heard).entries())
        await sweep({ when, isIt: (_, at) => at === nth }, index, true).catch((error: unknown) => {
          throw new Error(`${when} request ${nth}, then ${RECOVERY_NAMES[index % RECOVERY_NAMES.length]}`, {
            cause: error,
          });
        });
    },
    3_600_000,
  );

  /** Half of the first receipt is written; ROLLCALL_LONG=1 takes every step of writing both. */
  test.each(LONG ? Array.from({ length: 12 }, (_, index) => index + 1) : [3])(
    'at step %i of writing receipts: no half of one is ever taken for a receipt',
    async (step) => {
      const morning = await startMorning();
      expect(await killAtFileStep(applyOf(morning), step)).toBe(true);
      const check = LONG ? expectRepairedOnRecord : expectRepaired;
      await check(eve, morning, recoveryOf(LONG ? step : 0), undisturbed);
    },
    240_000,
  );
});

describe('kill -9 of record', () => {
  let morning: Morning;
  let heard: Exchange[];
  const start = (): Start => ({
    verb: 'record',
    root: morning.root,
    args: [],
    environment: morning.environment,
  });

  beforeAll(async () => {
    morning = await startMorning();
    succeeded(await morning.apply());
    const undisturbed = await killAt(start(), { isIt: () => false, when: 'before' });
    expect(undisturbed.exit, undisturbed.err).toBe(0);
    heard = undisturbed.heard;
    await expectHistory(eve, morning);
  }, 240_000);

  async function sweepRecord(place: Place): Promise<void> {
    await eve.rewind();
    const { victim, err } = await killAt(start(), place);
    expect(victim, err).toBeDefined();
    succeeded(await morning.record());
    await expectHistory(eve, morning);
    expect(succeeded(await morning.record()).json()).toMatchObject({ changed: false });
  }

  test(
    'once main has the receipts and nobody was told: told by the next run, committed once',
    () => sweepRecord({ when: 'after', isIt: ({ method }) => method === 'PATCH' }),
    240_000,
  );

  test.skipIf(!LONG)(
    'at every request, before each and after each write',
    async () => {
      for (const { nth, when } of placesOf(heard))
        await sweepRecord({ when, isIt: (_, at) => at === nth }).catch((error: unknown) => {
          throw new Error(`${when} request ${nth}`, { cause: error });
        });
    },
    600_000,
  );
});

describe('SIGTERM', () => {
  test('what has begun is finished, the rest is not attempted, and the receipt says so', async () => {
    const line = await startMorning();
    let seen = 0;
    const proxy = await startProxy(line.url('jumpcloud'), {
      before(exchange) {
        if (isWrite(exchange) && (seen += 1) === 3) running.child.kill('SIGTERM');
        return 'pass';
      },
    });
    closing.push(() => proxy.close());
    const through = { JUMPCLOUD_BASE_URL: proxy.url };
    const command = await doorCommand('apply');
    const running = line.spawn('apply', ['--json', ...AS_OF, ...BY_HAND], through, command);
    const ran = await running.done;
    expect(ran.exit).toBe(1);
    expect(ran.err).toContain('SIGTERM');
    const newest = (await line.receipts()).filter(({ outcome }) => outcome === 'partial');
    expect(newest).toHaveLength(1);
    const outcomes = newest[0]!.results.map(({ outcome }) => outcome);
    expect(outcomes).toContain('not-attempted');
    expect(newest[0]!.results.find(({ outcome }) => outcome === 'not-attempted')?.reason).toContain('stop');
    // The day's rest comes with the next rounds.
    const { rest } = await settle(line);
    expect(rest.plans).toEqual([]);
    expect(await line.directory()).toEqual(settled);
  }, 240_000);
});

describe('a lost answer', () => {
  const KINDS: [string, { method: string; path: string }][] = [
    ['create', { method: 'POST', path: '/api/systemusers' }],
    ['suspend, adopt, rename, update, set-manager', { method: 'PUT', path: '/api/systemusers/' }],
    ['join and leave', { method: 'POST', path: '/api/v2/usergroups/' }],
    ['schedule', { method: 'POST', path: '/api/v2/bulk/userstates' }],
  ];
  // Waiting for what never shows is most of it, so they wait together. A write that never arrived is the easier case.
  const cases = KINDS.flatMap(([name, fault], index) =>
    (LONG ? (['before', 'after'] as const) : index % 3 === 0 ? (['after'] as const) : []).map(
      (cut) => [name, cut, fault] as const,
    ),
  );
  test.concurrent.each(cases)(
    'of %s, cut %s JumpCloud did it: looked up, never doubled',
    async (_, cut, fault) => {
      const line = await startMorning();
      await line.faults('jumpcloud', [{ ...fault, cut, times: 1 }]);
      const applied = succeeded(
        await line.run('apply', '--json', ...AS_OF, ...BY_HAND),
      ).json<ApplyDocument>();
      expect(applied.receipts.map(({ outcome }) => outcome)).toEqual(['complete', 'complete']);
      expect(await line.directory()).toEqual(undisturbed.directory);
    },
    240_000,
  );
});
