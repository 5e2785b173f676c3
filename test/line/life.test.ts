/** What dates do to people, through the real doors: days begin and end in the company's time zone, and JumpCloud acts by itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY } from './company.ts';
import { type Line, PROJECT, startLine } from './line-world.ts';
import { deedsOf, look, round, settle, succeeded } from './settle.ts';

const lines: Line[] = [];
afterAll(async () => {
  for (const line of lines) await line.close();
});

interface Opening {
  zone?: string;
  now: string;
  people: ReturnType<typeof employee>[];
  /** Replacements in the shipped lifecycle.yaml: each must be found. */
  lifecycle?: [from: string, to: string][];
  timeOff?: object[];
  tables?: object;
}

/** A company in agreement on the day before anything happens. */
async function begin({
  zone = 'America/Denver',
  now,
  people,
  lifecycle = [],
  ...hr
}: Opening): Promise<Line> {
  let text = await readFile(join(PROJECT, 'mappings/lifecycle.yaml'), 'utf8');
  for (const [from, to] of [
    ['timeZone: America/Denver', `timeZone: ${zone}`] as [string, string],
    ...lifecycle,
  ]) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  const line = await startLine({
    bamboohr: {
      ...COMPANY,
      timezone: zone,
      employees: people,
      tables: hr.tables ?? {},
      timeOffRequests: hr.timeOff ?? [],
    },
    jumpcloud: EMPTY_DIRECTORY,
    files: { 'mappings/lifecycle.yaml': text },
    now,
  });
  lines.push(line);
  await settle(line);
  return line;
}

async function statesOf(line: Line): Promise<Record<string, unknown>> {
  const { users } = await line.directory();
  return Object.fromEntries(Object.values(users).map((user) => [user['employeeIdentifier'], user['state']]));
}

/** The last day is 31 March 2027 and the first day 1 April; both instants written down by hand, none computed by us. */
describe.each([
  { zone: 'America/Denver', lastMinute: '2027-04-01T05:59:00Z', midnight: '2027-04-01T06:00:00Z' },
  { zone: 'Asia/Kolkata', lastMinute: '2027-03-31T18:29:00Z', midnight: '2027-03-31T18:30:00Z' },
  { zone: 'Pacific/Auckland', lastMinute: '2027-03-31T10:59:00Z', midnight: '2027-03-31T11:00:00Z' },
  { zone: 'Pacific/Honolulu', lastMinute: '2027-04-01T09:59:00Z', midnight: '2027-04-01T10:00:00Z' },
])('the end of March in $zone', ({ zone, lastMinute, midnight }) => {
  const at = (instant: string, minutes: number): string =>
    new Date(Date.parse(instant) + minutes * 60_000).toISOString();

  test('access ends and begins at the minute, with no run in between, and the next run agrees', async () => {
    const line = await begin({
      zone,
      now: at(midnight, -5 * 24 * 60),
      people: [
        EMPLOYEES[0]!,
        employee('110', 'Lea', 'Ende', { terminationDate: '2027-03-31' }),
        employee('111', 'Stu', 'Start', { hireDate: '2027-04-01' }),
        employee('112', 'Lev', 'Pause'),
      ],
      lifecycle: [
        [
          "  # timeOff:\n  #   types: ['84']\n  #   minimumDays: 20 # calendar days; adjacent requests count as one",
          "  timeOff:\n    types: ['84']\n    minimumDays: 20",
        ],
      ],
      timeOff: [
        {
          id: '1',
          employeeId: '112',
          start: '2027-04-01',
          end: '2027-06-30',
          status: 'approved',
          type: '84',
        },
      ],
    });
    // One minute into the last day there, whatever day the runner thinks it is.
    await line.goTo(at(midnight, -24 * 60 + 1));
    await settle(line);
    expect((await line.directory()).scheduled).toEqual(
      [
        `lea.ende SUSPENDED ${lastMinute}`,
        `lev.pause SUSPENDED ${midnight}`,
        `stu.start ACTIVATED ${midnight}`,
      ].map((text) => expect.stringContaining(text.replace('Z', ''))),
    );
    await line.goTo(at(lastMinute, -1));
    expect(await statesOf(line)).toEqual({
      101: 'ACTIVATED',
      110: 'ACTIVATED',
      111: 'STAGED',
      112: 'ACTIVATED',
    });
    expect((await look(line)).plans).toEqual([]);
    await line.goTo(lastMinute);
    expect(await statesOf(line)).toMatchObject({ 110: 'SUSPENDED', 111: 'STAGED', 112: 'ACTIVATED' });
    await line.goTo(midnight);
    expect(await statesOf(line)).toEqual({
      101: 'ACTIVATED',
      110: 'SUSPENDED',
      111: 'ACTIVATED',
      112: 'SUSPENDED',
    });
    // What follows needs nobody: the groups go, nobody is suspended or brought back a second time.
    await line.goTo(at(midnight, 1));
    const { plans } = await round(line);
    expect(new Set(deedsOf(plans).map((deed) => deed.split(' ').slice(0, 3).join(' ')))).toEqual(
      new Set(['auto: leave-group 110', 'auto: leave-group 112']),
    );
    expect((await look(line)).plans).toEqual([]);
  });
});

describe('leave by approved time off', () => {
  const REQUEST = {
    id: '7',
    employeeId: '112',
    start: '2026-11-25',
    end: '2026-12-20',
    status: 'approved',
    type: '84',
  };
  const TIME_OFF: [string, string][] = [
    [
      "  # timeOff:\n  #   types: ['84']\n  #   minimumDays: 20 # calendar days; adjacent requests count as one",
      "  timeOff:\n    types: ['84']\n    minimumDays: 20",
    ],
  ];

  test('and the return from it need nobody; neither its type nor a word of it is ever written', async () => {
    const line = await begin({
      now: '2026-11-23T18:00:00Z',
      people: [EMPLOYEES[0]!, employee('112', 'Lev', 'Pause')],
      lifecycle: TIME_OFF,
      timeOff: [{ ...REQUEST, notes: { employee: 'canary-surgery' } }],
    });
    const before = (await line.directory()).groups;
    await line.goTo('2026-11-25T09:00:00Z');
    const away = await settle(line);
    expect(
      deedsOf(away.rounds.flatMap(({ plans }) => plans)).every((deed) =>
        deed.startsWith('auto: leave-group'),
      ),
    ).toBe(true);
    expect(await statesOf(line)).toEqual({ 101: 'ACTIVATED', 112: 'SUSPENDED' });
    expect(Object.values((await line.directory()).groups).flat()).not.toContain('lev.pause');
    await line.goTo('2026-12-21T06:59:00Z');
    expect((await look(line)).plans).toEqual([]);
    await line.goTo('2026-12-21T07:01:00Z');
    const back = await settle(line);
    expect(
      deedsOf(back.rounds.flatMap(({ plans }) => plans)).every((deed) => deed.startsWith('auto: ')),
    ).toBe(true);
    expect(await statesOf(line)).toEqual({ 101: 'ACTIVATED', 112: 'ACTIVATED' });
    expect((await line.directory()).groups).toEqual(before);
    for (const path of await line.list('state')) {
      const text = await line.read(`state/${path}`);
      expect(text).not.toMatch(/canary|surgery|FMLA|parental/i);
    }
  });

  test('denied, cancelled, of another type or too short is no leave', async () => {
    const line = await begin({
      now: '2026-11-26T18:00:00Z',
      people: [EMPLOYEES[0]!, employee('112', 'Lev', 'Pause')],
      lifecycle: TIME_OFF,
      timeOff: [
        { ...REQUEST, status: 'denied' },
        { ...REQUEST, status: 'canceled' },
        { ...REQUEST, status: 'requested' },
        { ...REQUEST, type: '78' },
        { ...REQUEST, end: '2026-12-12' },
      ],
    });
    expect(await statesOf(line)).toEqual({ 101: 'ACTIVATED', 112: 'ACTIVATED' });
  });

  test('that BambooHR will not show is no end of a leave: the export fails and nobody comes back', async () => {
    const line = await begin({
      now: '2026-11-23T18:00:00Z',
      people: [EMPLOYEES[0]!, employee('112', 'Lev', 'Pause')],
      lifecycle: TIME_OFF,
      timeOff: [REQUEST],
    });
    await line.goTo('2026-11-26T18:00:00Z');
    await settle(line);
    expect(await statesOf(line)).toMatchObject({ 112: 'SUSPENDED' });
    await line.faults('bamboohr', [{ path: '/api/v1/time_off', status: 403, times: 99 }]);
    const refused = await line.run('export');
    expect(refused.exit).not.toBe(0);
    expect(refused.err + refused.out).toContain('time_off');
    await line.faults('bamboohr', []);
    expect((await look(line)).plans).toEqual([]);
  });
});

test('a leave that HR enters ahead as a status ends access on its day by itself', async () => {
  const line = await begin({
    now: '2026-11-23T18:00:00Z',
    people: [EMPLOYEES[0]!, employee('112', 'Lev', 'Pause')],
    tables: {
      employmentStatus: [
        { employeeId: '112', date: '2020-01-06', employmentStatus: 'Full-Time' },
        { employeeId: '112', date: '2026-11-25', employmentStatus: 'Furloughed' },
      ],
    },
  });
  expect((await line.directory()).scheduled).toEqual([
    expect.stringContaining('lev.pause SUSPENDED 2026-11-25T07:00'),
  ]);
  expect(await line.read('state/people/12/112.yaml')).not.toContain('Furloughed');
  await line.goTo('2026-11-25T07:00:00Z');
  expect(await statesOf(line)).toEqual({ 101: 'ACTIVATED', 112: 'SUSPENDED' });
});

test('a contract that ends is armed on its last day, and what HR does not follow up is a hold, not a return', async () => {
  const line = await begin({
    now: '2026-11-23T18:00:00Z',
    people: [
      EMPLOYEES[0]!,
      employee('113', 'Con', 'Tractor', {
        employmentHistoryStatus: 'Contractor',
        contractEndDate: '2026-11-24',
      }),
    ],
    lifecycle: [['contractEnd: false', 'contractEnd: true']],
  });
  expect(await line.read('state/people/13/113.yaml')).not.toContain('2026-11-24');
  await line.goTo('2026-11-24T18:00:00Z');
  await settle(line);
  await line.goTo('2026-11-25T18:00:00Z');
  expect(await statesOf(line)).toEqual({ 101: 'ACTIVATED', 113: 'SUSPENDED' });
  expect(await look(line)).toMatchObject({ plans: [], held: [{ person: '113', code: 'statuses-disagree' }] });
  // The contract is prolonged after all.
  await line.hr('113', { contractEndDate: '2027-06-30' });
  expect(deedsOf((await round(line)).plans)).toEqual(['review: reinstate 113']);
  expect(await statesOf(line)).toMatchObject({ 113: 'ACTIVATED' });
  // And becomes an employment.
  await line.hr('113', { employmentHistoryStatus: 'Full-Time', contractEndDate: undefined });
  expect(deedsOf((await settle(line)).rounds.flatMap(({ plans }) => plans))).toEqual([
    'review: leave-group 113 Contractors',
  ]);
});

test('a manager is deleted after retention, for review, and the reports go to their own manager', async () => {
  const [ada, bob, cas] = [EMPLOYEES[0]!, EMPLOYEES[1]!, EMPLOYEES[2]!];
  const line = await begin({
    now: '2026-11-23T18:00:00Z',
    people: [ada, bob, cas],
    lifecycle: [
      ['  reports: keep', '  reports: next-manager'],
      ['  # deleteAfterDays: 90', '  deleteAfterDays: 90'],
    ],
  });
  await line.hr('102', {
    status: 'Inactive',
    employmentHistoryStatus: 'Terminated',
    terminationDate: '2026-11-22',
  });
  await settle(line);
  expect((await line.directory()).users['cas.meyer']).toMatchObject({ manager: 'ada.byron' });
  // Somebody whom Rollcall does not know reports to the leaver.
  const state = await line.control<{ users: Record<string, unknown>[] }>('jumpcloud', 'GET', '/state');
  const leaver = state.users.find(({ username }) => username === 'bob.stone');
  await line.control('jumpcloud', 'PUT', '/state', {
    ...state,
    users: [...state.users, { username: 'intern', email: 'intern@example.com', manager: leaver?.['_id'] }],
  });
  await line.goTo('2027-02-20T18:00:00Z');
  expect((await look(line)).plans).toEqual([]);
  await line.goTo('2027-02-21T18:00:00Z');
  await line.forget();
  expect(deedsOf((await round(line)).plans)).toEqual([expect.stringContaining('review: delete 102')]);
  expect((await line.writes()).map(({ method }) => method)).toEqual(['DELETE']);
  const { users } = await line.directory();
  expect(Object.keys(users)).toEqual(['ada.byron', 'cas.meyer', 'intern']);
  expect(users['intern']).toMatchObject({ manager: 'ada.byron' });
  expect((await look(line)).plans).toEqual([]);
  succeeded(await line.run('export'));
});
