/**
 * apply, killed in the middle of its work, and run again. One scenario holds every kind of write that the plans of a
 * day bring; the process is killed at its n-th write, before JumpCloud heard of it or after it was carried out.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, dayIn, instantOf } from '../../scripts/core/values/calendar.ts';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY, unlinked } from './company.ts';
import { type Directory, isWrite, type Line, PROJECT, startLine } from './line-world.ts';
import { type ApplyDocument, deedsOf, settle, succeeded } from './settle.ts';
import { type Exchange, startProxy } from './tapped-proxy.ts';

const LONG = process.env['ROLLCALL_LONG'] === '1';
const APPROVED = ['--approved-by', 'ann,ben'];
// Killed processes have the wall's clock, and JumpCloud arms nothing in the past: the story happens today.
const ZONE = 'America/Denver';
const TODAY = dayIn(ZONE, new Date().toISOString());
const STARTS = addDays(TODAY, 3);
const AS_OF = ['--as-of', TODAY];

const lines: Line[] = [];
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  for (const line of lines) await line.close();
});

/** The state of a line on the eve of a day on which everything happens, as a seed for others. */
let eve: { bamboohr: object; jumpcloud: object; files: Record<string, string> };
/** What JumpCloud is when nobody interrupts. */
let undisturbed: { directory: Directory; settled: Directory; writes: string[]; deeds: string[] };

const JOINER = employee('110', 'Ivy', 'Lund', { hireDate: STARTS, supervisorEId: '102' });
const STARTER = employee('111', 'Jon', 'Wu', { hireDate: TODAY, supervisorEId: '101' });
const VETERAN = employee('112', 'Kim', 'Sato', { department: 'IT' });
const LEFT = employee('113', 'Lou', 'Park', {
  status: 'Inactive',
  employmentHistoryStatus: 'Terminated',
  terminationDate: addDays(TODAY, -3),
});
const LEAVER_ID = '5f0000000000000000000113';
/** Staged and armed already, and HR moves the first day. */
const LATER = employee('114', 'Mia', 'Moe', { hireDate: addDays(TODAY, 5), supervisorEId: '101' });
/** Left long enough ago to be deleted, once a mapping says after how long. */
const LONG_GONE = employee('115', 'Ned', 'Ode', { department: 'Finance' });
const LAPTOPS = 'Engineering Laptops';

const AWAY = employee('109', 'Hal', 'Ives', { employmentHistoryStatus: 'Furloughed', department: 'Product' });

beforeAll(async () => {
  const lifecycle = await readFile(join(PROJECT, 'mappings/lifecycle.yaml'), 'utf8');
  const mailToNobody = lifecycle.replace(/activationMail: work/, 'activationMail: none');
  const mappings = {
    'mappings/lifecycle.yaml': mailToNobody,
    'mappings/devices.yaml': `bindings:\n  - { bind: system_group, name: ${LAPTOPS}, when: department == 'Engineering', because: engineers }\n`,
  };
  const line = await startLine({
    bamboohr: {
      ...COMPANY,
      employees: [...EMPLOYEES, { ...AWAY, employmentHistoryStatus: 'Full-Time' }, LATER, LONG_GONE],
    },
    jumpcloud: { ...EMPTY_DIRECTORY, systemGroups: [{ name: LAPTOPS }] },
    files: mappings,
    clock: 'wall',
  });
  lines.push(line);
  await settle(line);
  await line.hr('109', { employmentHistoryStatus: 'Furloughed' });
  await line.hr('115', {
    status: 'Inactive',
    employmentHistoryStatus: 'Terminated',
    terminationDate: addDays(TODAY, -10),
  });
  await settle(line);
  // Two edits of the mappings: a group that is to be made, and an end to what is kept of leavers.
  const edited = {
    'mappings/groups/nights.yaml':
      "groups:\n  - { group: Night Shift, create: true, when: department == 'Nights', because: works at night }\n",
    'mappings/lifecycle.yaml': mailToNobody.replace('# deleteAfterDays: 90', 'deleteAfterDays: 5'),
  };
  for (const [path, text] of Object.entries(edited)) await line.write(path, text);
  await line.hr('114', { hireDate: addDays(TODAY, 4) });
  await line.hr('104', { department: 'Product' });
  // The day: a joiner armed ahead, one who starts now, one with an account of before, a mover who also marries, a
  // return, and a leaver in a group that no mapping knows.
  await line.hire(JOINER);
  await line.hire(STARTER);
  await line.hire(VETERAN);
  await line.hire(LEFT);
  await line.hr('109', { employmentHistoryStatus: 'Full-Time' });
  await line.hr('103', {
    department: 'Marketing',
    jobTitle: 'Buyer',
    supervisorEId: '101',
    lastName: 'Moss',
    workEmail: 'cas.moss@example.com',
  });
  await line.hr('105', { status: 'Inactive', employmentHistoryStatus: 'Terminated', terminationDate: TODAY });
  const state = await line.control<{ users: object[]; userGroups: object[] }>('jumpcloud', 'GET', '/state');
  await line.control('jumpcloud', 'PUT', '/state', {
    ...state,
    users: [...state.users, unlinked(VETERAN), unlinked(LEFT, { _id: LEAVER_ID })],
    userGroups: [
      ...state.userGroups,
      { name: 'Book Club', members: ['eve.okafor', 'ada.byron', 'lou.park'] },
    ],
  });
  succeeded(await line.run('export', ...AS_OF));
  succeeded(await line.run('plan', ...AS_OF));
  const files: Record<string, string> = { ...mappings, ...edited };
  for (const path of await line.list('state')) files[`state/${path}`] = await line.read(`state/${path}`);
  eve = {
    bamboohr: await line.control('bamboohr', 'GET', '/state'),
    jumpcloud: await line.control('jumpcloud', 'GET', '/state'),
    files,
  };
  await line.forget();
  const pending = await pendingDeeds(line);
  succeeded(await line.run('apply', ...AS_OF, ...APPROVED));
  const directory = await line.directory();
  const writes = (await line.writes()).map(({ method, path }) => `${method} ${path}`);
  await settle(line);
  undisturbed = { directory, settled: await line.directory(), writes, deeds: pending };
}, 60_000);

async function pendingDeeds(line: Line): Promise<string[]> {
  const receipts = new Set((await line.receipts()).map(({ plan }) => plan));
  return deedsOf((await line.plans()).filter(({ digest }) => !receipts.has(digest)));
}

async function startEve(): Promise<Line> {
  const line = await startLine({ ...eve, clock: 'wall' });
  lines.push(line);
  return line;
}

/** More places than there are writes; the last ones are skipped. */
const EVERY = 80;

type When = 'before' | 'after';

/** Runs apply as a process of its own and kills it at the first write that `isIt`. @returns that write. */
async function killAt(line: Line, when: When, isIt: (exchange: Exchange) => boolean): Promise<Exchange> {
  let victim: Exchange | undefined;
  // Once dead, always dead: what others had begun at the same moment is not passed on either.
  let dead = false;
  const kill = (): 'drop' => {
    dead = true;
    running.child.kill('SIGKILL');
    return 'drop';
  };
  const proxy = await startProxy(line.url('jumpcloud'), {
    before(exchange) {
      if (dead) return 'drop';
      if (victim !== undefined || !isWrite(exchange) || !isIt(exchange)) return 'pass';
      victim = exchange;
      return when === 'before' ? kill() : 'pass';
    },
    after: (exchange) => (exchange === victim ? kill() : 'pass'),
  });
  closing.push(() => proxy.close());
  const running = line.spawn('apply', [...AS_OF, ...APPROVED], { JUMPCLOUD_BASE_URL: proxy.url });
  const ran = await running.done;
  expect(ran.killed, ran.err).toBe(true);
  return victim!;
}

/** One more run repairs everything: the same end, nothing twice, and receipts that tell it all. */
async function expectRepaired(line: Line): Promise<void> {
  const plans = await line.plans();
  succeeded(await line.run('apply', ...AS_OF, ...APPROVED));
  expect(await line.directory()).toEqual(undisturbed.directory);
  const receipts = await line.receipts();
  expect(receipts.map(({ plan }) => plan).sort()).toEqual(plans.map(({ digest }) => digest).sort());
  for (const { outcome, results } of receipts) {
    expect(outcome).toBe('complete');
    expect(results.filter((result) => result.outcome !== 'done' && result.outcome !== 'already')).toEqual([]);
  }
  expect(await line.run('apply', ...AS_OF, ...APPROVED)).toMatchObject({ exit: 0 });
}

test('the scenario holds every kind of write that a day brings', () => {
  const kinds = new Set(undisturbed.deeds.map((deed) => deed.split(' ')[1]));
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
  expect(undisturbed.directory.scheduled).toEqual([
    `ivy.lund ACTIVATED ${new Date(instantOf(ZONE, STARTS, '00:00')).toISOString()}`,
    `mia.moe ACTIVATED ${new Date(instantOf(ZONE, addDays(TODAY, 4), '00:00')).toISOString()}`,
  ]);
  expect(undisturbed.directory.groups['Book Club']).toEqual(['ada.byron']);
  expect(undisturbed.writes.length).toBeGreaterThan(20);
  expect(undisturbed.writes.length).toBeLessThanOrEqual(EVERY);
});

/** The writes that are interrupted in every run of the tests; ROLLCALL_LONG=1 takes every write there is. */
const SAMPLE: [string, When, (exchange: Exchange) => boolean][] = [
  [
    'the suspension of a leaver without any receipt',
    'after',
    ({ method, path, body }) => method === 'PUT' && path.endsWith(LEAVER_ID) && body.includes('SUSPENDED'),
  ],
  ['a create', 'after', ({ method, path }) => method === 'POST' && path === '/api/systemusers'],
  ['a join', 'before', ({ path, body }) => path.endsWith('/members') && body.includes('"add"')],
  ['an update', 'after', ({ method, body }) => method === 'PUT' && body.includes('"jobTitle":"Buyer"')],
  ['a binding', 'before', ({ path, body }) => path.endsWith('/associations') && body.includes('"add"')],
  ['a deletion', 'after', ({ method, path }) => method === 'DELETE' && path.startsWith('/api/systemusers/')],
  ['a schedule', 'after', ({ path }) => path === '/api/v2/bulk/userstates'],
];

describe('kill -9', () => {
  test.each(SAMPLE)(
    'in %s, %s JumpCloud did it: run again, it ends as if nothing had happened',
    async (_, when, isIt) => {
      const line = await startEve();
      const killed = await killAt(line, when, isIt);
      await expectRepaired(line);
      // Carried out once, by one of the two runs: a create that landed is found again, not made again.
      const creates = (await line.writes()).filter(
        ({ method, path }) => method === 'POST' && path === '/api/systemusers',
      );
      expect(creates).toHaveLength(2);
      const found = (await line.receipts()).flatMap(({ results }) =>
        results.filter(({ outcome, attempts }) => outcome === 'already' && attempts === 0),
      );
      if (when === 'after') expect(found.length).toBeGreaterThan(0);
      if (when === 'after') expect(killed.status).toBeLessThan(300);
    },
    60_000,
  );

  const every = Array.from({ length: EVERY }, (_, index) => index + 1).flatMap((nth) =>
    (['before', 'after'] as const).map((when) => [nth, when] as const),
  );
  describe.skipIf(!LONG)('every write there is', () => {
    test.for(every)('at write %i, %s JumpCloud did it', { timeout: 60_000 }, async ([nth, when], context) => {
      context.skip(nth > undisturbed.writes.length, 'there are fewer writes');
      const line = await startEve();
      let seen = 0;
      await killAt(line, when, () => (seen += 1) === nth);
      await expectRepaired(line);
    });
  });
});

describe('SIGTERM', () => {
  test('what has begun is finished, the rest is not attempted, and the receipt says so', async () => {
    const line = await startEve();
    let seen = 0;
    const proxy = await startProxy(line.url('jumpcloud'), {
      before(exchange) {
        if (isWrite(exchange) && (seen += 1) === 3) running.child.kill('SIGTERM');
        return 'pass';
      },
    });
    closing.push(() => proxy.close());
    const running = line.spawn('apply', ['--json', ...AS_OF, ...APPROVED], { JUMPCLOUD_BASE_URL: proxy.url });
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
    expect(await line.directory()).toEqual(undisturbed.settled);
  }, 60_000);
});

describe('a lost answer', () => {
  const KINDS: [string, { method: string; path: string }][] = [
    ['create', { method: 'POST', path: '/api/systemusers' }],
    ['suspend, adopt, rename, update, set-manager', { method: 'PUT', path: '/api/systemusers/' }],
    ['join and leave', { method: 'POST', path: '/api/v2/usergroups/' }],
    ['schedule', { method: 'POST', path: '/api/v2/bulk/userstates' }],
  ];
  // Waiting for what never shows is most of it, so they wait together.
  const cases = KINDS.flatMap(([name, fault]) =>
    (['before', 'after'] as const).map((cut) => [name, cut, fault] as const),
  );
  test.concurrent.each(cases)(
    'of %s, cut %s JumpCloud did it: looked up, never doubled',
    async (_, cut, fault) => {
      const line = await startEve();
      await line.faults('jumpcloud', [{ ...fault, cut, times: 1 }]);
      const applied = succeeded(
        await line.run('apply', '--json', ...AS_OF, ...APPROVED),
      ).json<ApplyDocument>();
      expect(applied.receipts.map(({ outcome }) => outcome)).toEqual(['complete', 'complete']);
      expect(await line.directory()).toEqual(undisturbed.directory);
    },
    60_000,
  );
});
