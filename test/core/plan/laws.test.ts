/** Laws that hold for every company, history and drift. Seeds are fixed; ROLLCALL_LONG=1 runs thousands, ROLLCALL_LAWS=5 so many. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../scripts/core/values/calendar.ts';
import { applyPlans, passArmed, settle } from '../../simulate.ts';
import {
  accountId,
  employee,
  exportPeople,
  planWorld,
  policyOf,
  type Row,
  type World,
  worldOf,
} from '../../world.ts';

const RUNS = Number(
  process.env['ROLLCALL_LAWS'] ?? (process.env['ROLLCALL_LONG'] === undefined ? 40 : 2_000),
);
const START = '2026-03-02';

const NAMES = ['Ada', 'Łukasz', "O'Brien", '山田', 'Nguyễn', 'Ana-María', 'X', 'José', 'Jose'];
const facts = fc.record({
  firstName: fc.constantFrom(...NAMES),
  lastName: fc.constantFrom(...NAMES),
  department: fc.constantFrom('Engineering', 'Sales', 'Legal', undefined),
  location: fc.constantFrom('London, UK', 'Berlin, DE', undefined),
  jobTitle: fc.constantFrom('Engineer', 'Rep', undefined),
  status: fc.constantFrom('Active', 'Active', 'Active', 'Inactive'),
  employmentStatus: fc.constantFrom(
    'Full-Time',
    'Full-Time',
    'Contractor',
    'Furloughed',
    'Terminated',
    'Sabbatical',
    undefined,
  ),
  hireDate: fc.constantFrom('2020-01-06', START, '2026-03-05', '2026-03-09', '2026-06-01', undefined),
  terminationDate: fc.constantFrom(undefined, undefined, undefined, '2026-02-27', START, '2026-03-06'),
  hasEmail: fc.constantFrom(true, true, true, false),
  manager: fc.nat(12),
});

type Facts = typeof facts extends fc.Arbitrary<infer T> ? T : never;

function rowOf(index: number, { hasEmail, manager, ...rest }: Facts): Row {
  return employee(String(index + 1), {
    ...rest,
    managerId: String(manager + 1),
    workEmail: hasEmail ? `p${index + 1}@example.com` : undefined,
  });
}

const companies = fc
  .array(facts, { minLength: 1, maxLength: 12 })
  .map((list) => list.map((item, index) => rowOf(index, item)));

/** Things that people do to JumpCloud behind our back. */
const drift = fc.array(
  fc.record({
    what: fc.constantFrom('suspend', 'activate', 'retitle', 'leave', 'join', 'other'),
    who: fc.nat(15),
    group: fc.nat(3),
  }),
  { maxLength: 6 },
);
type Drift = typeof drift extends fc.Arbitrary<infer T> ? T : never;

function driftApart(world: World, changes: Drift): void {
  const groups = [...world.live.groups.values()];
  for (const { what, who, group } of changes) {
    const account = world.live.accounts[who % Math.max(1, world.live.accounts.length)];
    const target = groups[group % groups.length];
    if (account === undefined || target === undefined) continue;
    if (what === 'suspend') account.state = 'SUSPENDED';
    if (what === 'activate' && account.state === 'SUSPENDED') account.state = 'ACTIVATED';
    if (what === 'retitle') account.attributes['jobTitle'] = 'King';
    if (what === 'leave') target.members.delete(account.id);
    if (what === 'join') target.members.add(account.id);
  }
}

/** Accounts that belong to nobody in HR, and one that waits to be adopted. */
function addStrangers(world: World): void {
  for (const name of ['svc-backup', 'breakglass'])
    world.live.accounts.push({
      id: accountId(name),
      username: name,
      email: `${name}@example.com`,
      state: 'ACTIVATED',
      anchor: '',
      manager: null,
      attributes: {},
      admin: name === 'breakglass',
      restricted: [],
    });
}

function check(property: fc.IProperty<never> | unknown): void {
  fc.assert(property as fc.IProperty<unknown>, { numRuns: RUNS, seed: 20261123 });
}

describe('laws', () => {
  test('an empty JumpCloud reaches the empty plan in at most three rounds', () => {
    check(
      fc.property(companies, (rows) => {
        const world = worldOf(rows, { asOf: START });
        world.live.accounts = [];
        for (const group of world.live.groups.values()) group.members.clear();
        expect(settle(world, 4)).toBeLessThanOrEqual(3);
      }),
    );
  });

  test('so does one that drifted, and nobody outside the employees is ever written', () => {
    check(
      fc.property(companies, drift, (rows, changes) => {
        const world = worldOf(rows, { asOf: START });
        settle(world, 4);
        addStrangers(world);
        const strangers = JSON.stringify(world.live.accounts.slice(-2));
        driftApart(
          { ...world, live: { ...world.live, accounts: world.live.accounts.slice(0, -2) } },
          changes,
        );
        const employees = new Set(world.rows.map(({ id }) => id));
        for (let round = 0; round < 3; round += 1) {
          world.people = exportPeople(world);
          const planned = planWorld(world);
          for (const action of planned.actions)
            expect(action.person !== null && employees.has(action.person)).toBe(true);
          applyPlans(world, planned.plans);
        }
        expect(planWorld(world).actions).toEqual([]);
        expect(JSON.stringify(world.live.accounts.slice(-2))).toBe(strangers);
      }),
    );
  });

  test('planning twice gives the same bytes, whatever the order of people, accounts and groups', () => {
    check(
      fc.property(companies, drift, fc.integer(), (rows, changes, seed) => {
        const world = worldOf(rows, { asOf: START });
        driftApart(world, changes);
        const first = planWorld(world).plans;
        const shuffle = <T>(list: T[]): T[] =>
          [...list].sort(
            (a, b) =>
              ((JSON.stringify(a).length * 31 + seed) % 7) - ((JSON.stringify(b).length * 31 + seed) % 7),
          );
        world.people = shuffle(world.people);
        world.live.accounts = shuffle(world.live.accounts);
        world.live.groups = new Map(shuffle([...world.live.groups]));
        expect(planWorld(world).plans).toEqual(first);
      }),
    );
  });

  test('deriving from a file changes nothing, and exporting the same facts again writes the same', () => {
    check(
      fc.property(companies, (rows) => {
        const world = worldOf(rows, { asOf: START });
        expect(exportPeople(world)).toEqual(world.people);
        expect(planWorld(world).people).toEqual(world.people);
      }),
    );
  });

  test('no stage but left and leave loses the account, and hold changes nothing but an armed activation of ours', () => {
    check(
      fc.property(companies, fc.array(facts, { minLength: 12, maxLength: 12 }), (rows, next) => {
        const world = worldOf(rows, { asOf: START });
        settle(world, 4);
        world.rows = rows.map((_, index) => rowOf(index, next[index]!));
        world.people = exportPeople(world);
        const stages = new Map(world.people.map((person) => [person.employee.id, person.stage]));
        for (const action of planWorld(world).actions) {
          const stage = stages.get(action.person ?? '');
          if (action.kind === 'suspend') expect(['left', 'leave']).toContain(stage);
          if (stage === 'hold')
            expect(action).toMatchObject({ kind: 'unschedule', before: { state: 'ACTIVATED' } });
        }
      }),
    );
  });

  test('nobody on hold, on leave, left or to come keeps an armed activation of ours, whatever HR changed', () => {
    check(
      fc.property(companies, fc.array(facts, { minLength: 12, maxLength: 12 }), (rows, next) => {
        const world = worldOf(rows, { asOf: START });
        settle(world, 4);
        world.rows = rows.map((_, index) => rowOf(index, next[index]!));
        settle(world, 4);
        for (const { account, state } of world.live.armed) {
          if (state !== 'ACTIVATED') continue;
          const anchor = world.live.accounts.find(({ id }) => id === account)?.anchor;
          const person = world.people.find(({ employee: { id } }) => id === anchor);
          expect(person?.stage).toBe('prehire');
        }
      }),
    );
  });

  test('leave and return give back exactly what was there, whoever had given it', () => {
    check(
      fc.property(companies, drift, fc.nat(11), (rows, changes, who) => {
        const world = worldOf(
          rows
            .map((row) => ({
              ...row,
              status: 'Active',
              employmentStatus: 'Full-Time',
              hireDate: '2020-01-06',
              workEmail: `p${row.id}@example.com`,
            }))
            .map(
              (row) =>
                Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'terminationDate')) as Row,
            ),
          { asOf: START },
        );
        driftApart(
          world,
          changes.filter(({ what }) => what === 'join'),
        );
        settle(world, 4);
        const id = world.rows[who % world.rows.length]!.id;
        const account = world.live.accounts.find(({ anchor }) => anchor === id)!;
        const snapshot = (): string =>
          JSON.stringify([
            account.state,
            account.manager,
            account.attributes,
            [...world.live.groups.values()]
              .filter(({ members }) => members.has(account.id))
              .map(({ name }) => name)
              .sort(),
          ]);
        const before = snapshot();
        world.rows = world.rows.map((row) =>
          row.id === id ? { ...row, employmentStatus: 'Furloughed' } : row,
        );
        settle(world, 4);
        expect(account.state).toBe('SUSPENDED');
        expect([...world.live.groups.values()].some(({ members }) => members.has(account.id))).toBe(false);
        world.rows = world.rows.map((row) =>
          row.id === id ? { ...row, employmentStatus: 'Full-Time' } : row,
        );
        settle(world, 4);
        expect(snapshot()).toBe(before);
      }),
    );
  });

  test('renaming a department in HR and in the mappings together moves nobody', () => {
    const renamed = policyOf({
      groups:
        'groups:\n  - { group: All Staff, when: "true" }\n  - { group: Engineering, when: "department == \'Product Engineering\'" }\n  - { group: Sales, when: "department == \'Sales\'" }\n  - { group: London Office, when: "location.startsWith(\'London\')" }\n',
    });
    check(
      fc.property(companies, (rows) => {
        const world = worldOf(rows, { asOf: START });
        settle(world, 4);
        world.policy = renamed;
        world.rows = world.rows.map((row) =>
          row['department'] === 'Engineering' ? { ...row, department: 'Product Engineering' } : row,
        );
        world.people = exportPeople(world);
        const kinds = new Set(planWorld(world).actions.map(({ kind }) => kind));
        expect([...kinds].filter((kind) => kind !== 'update')).toEqual([]);
      }),
    );
  });

  // Without the guard against flapping, which freezes whoever moves to and fro within a week.
  test('a history replayed day by day ends where a single jump ends', { timeout: 300_000 }, () => {
    const turns: Record<string, Record<string, string | undefined>> = {
      'to Sales': { department: 'Sales' },
      'to Engineering': { department: 'Engineering' },
      away: { employmentStatus: 'Furloughed' },
      contractor: { employmentStatus: 'Contractor' },
      back: { status: 'Active', employmentStatus: 'Full-Time', terminationDate: undefined },
      exit: { status: 'Inactive', employmentStatus: 'Terminated' },
      renamed: { lastName: 'Married' },
    };
    const event = fc.record({
      day: fc.integer({ min: 0, max: 9 }),
      who: fc.nat(5),
      turn: fc.constantFrom(...Object.keys(turns)),
    });
    check(
      fc.property(fc.array(event, { maxLength: 16 }), (events) => {
        const rows = Array.from({ length: 6 }, (_, index) =>
          employee(String(index + 1), { hireDate: index < 4 ? '2020-01-06' : addDays(START, index) }),
        );
        const truth = (until: number): Row[] =>
          rows.map(
            (row, index) =>
              Object.fromEntries(
                Object.entries(
                  events
                    .filter(({ day, who }) => day <= until && who === index)
                    .sort((a, b) => a.day - b.day)
                    .reduce<Record<string, string | undefined>>(
                      (now, { day, turn }) => ({
                        ...now,
                        ...turns[turn],
                        ...(turn === 'exit' ? { terminationDate: addDays(START, day) } : {}),
                      }),
                      row,
                    ),
                ).filter(([, value]) => value !== undefined),
              ) as Row,
          );
        const run = (days: number[]): string => {
          const world = worldOf(rows, { asOf: START, guardrails: 'flapping: { times: 100 }' });
          for (const day of days) {
            world.asOf = addDays(START, day);
            passArmed(world, `${world.asOf}T12:00:00Z`);
            world.rows = truth(day);
            settle(world, 4);
          }
          const groupsOf = (id: string): string[] =>
            [...world.live.groups.values()]
              .filter(({ members }) => members.has(id))
              .map(({ name }) => name)
              .sort();
          return JSON.stringify(
            world.live.accounts
              .map(({ id, anchor, state, attributes }) => [
                anchor,
                state,
                state === 'SUSPENDED' ? '' : attributes['department'],
                groupsOf(id),
              ])
              .sort(),
          );
        };
        expect(run([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe(run([0, 9]));
      }),
    );
  });
});
