/** Who comes back, as what, and who decides: every way out and every way back in, and the slips of HR between them. */
import { describe, expect, test } from 'vitest';
import { applyPlans, passArmed, settle } from '../../simulate.ts';
import {
  accountId,
  change,
  employee,
  exportPeople,
  giveByHand,
  LIFECYCLE,
  planWorld,
  summaryOf,
  type World,
  worldOf,
} from '../../world.ts';

const TODAY = '2026-11-23';
const AWAY = { employmentStatus: 'Furloughed' };
const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: TODAY };
const BACK = { status: 'Active', employmentStatus: 'Full-Time', terminationDate: undefined };

/** Person 2 is in a group that somebody gave by hand. */
function company(lifecycle = ''): World {
  const world = worldOf([employee('1'), employee('2')], {
    asOf: TODAY,
    lifecycle: `${LIFECYCLE}${lifecycle}`,
  });
  giveByHand(world, 'VPN', '2');
  return world;
}

function become(world: World, ...turns: Parameters<typeof change>[2][]): void {
  for (const facts of turns) {
    change(world, '2', facts);
    settle(world);
  }
}

const accountOf = (world: World) => world.live.accounts.find(({ anchor }) => anchor === '2')!;
const hasVpn = (world: World): boolean =>
  world.live.groups.get(accountId('group VPN'))!.members.has(accountId('person 2'));
const lanesOf = (world: World): Set<string> => new Set(planWorld(world).laneOf.values());

describe('who leaves from leave', () => {
  test('is on record as having left, without a write, and does not return from leave', () => {
    const world = company();
    become(world, AWAY);
    change(world, '2', GONE);
    const planned = planWorld(world);
    expect(summaryOf(planned)).toEqual(['suspend 2 auto']);
    expect(planned.actions[0]?.before).toMatchObject({ state: 'SUSPENDED', stage: 'left' });
    settle(world);
    expect(planWorld(world).actions).toEqual([]);

    change(world, '2', BACK);
    expect(lanesOf(world)).toEqual(new Set(['review']));
    expect(planWorld(world).actions[0]).toMatchObject({
      kind: 'reinstate',
      because: 'the exit was rescinded: active again with the same hire date',
    });
    settle(world);
    expect(hasVpn(world)).toBe(true);
  });

  test('and is hired again gets what the rules give, and nothing that leave had taken', () => {
    const world = company();
    become(world, AWAY, GONE);
    world.asOf = '2027-05-03';
    change(world, '2', { ...BACK, hireDate: '2027-05-03' });
    expect(lanesOf(world)).toEqual(new Set(['review']));
    expect(planWorld(world).actions[0]?.because).toBe('hired again');
    settle(world);
    expect(accountOf(world).state).toBe('ACTIVATED');
    expect(hasVpn(world)).toBe(false);
  });
});

test('a hire date that HR corrects during a leave takes nothing from the one who returns', () => {
  const world = company();
  become(world, AWAY, { hireDate: '2020-01-07' });
  change(world, '2', BACK);
  expect(lanesOf(world)).toEqual(new Set(['auto']));
  settle(world);
  expect(hasVpn(world)).toBe(true);
});

test('a manual exit that HR records afterwards is an exit like any other: a rehire years later is not held for it', () => {
  const world = company();
  const manual = { reason: 'security-incident', requestedBy: 'ann' };
  const urgent = planWorld(world, { only: new Set(['2']), lane: 'urgent', manual });
  expect(urgent.plans.map(({ lane }) => lane)).toEqual(['urgent']);
  const { plans } = urgent;
  // Applied by hand here: settle() would plan again without `manual`.
  applyPlans(world, plans);
  expect(planWorld(world).held).toMatchObject([{ person: '2', code: 'manual-exit' }]);
  change(world, '2', GONE);
  expect(summaryOf(planWorld(world))).toContain('suspend 2 auto');
  settle(world);
  world.asOf = '2028-01-10';
  change(world, '2', { ...BACK, hireDate: '2028-01-10' });
  expect(planWorld(world).held).toEqual([]);
  expect(lanesOf(world)).toEqual(new Set(['review']));
});

describe('a rehire that is entered ahead', () => {
  function rehiredAhead(): World {
    const world = company();
    become(world, GONE);
    world.asOf = '2027-05-01';
    change(world, '2', { ...BACK, hireDate: '2027-05-03' });
    return world;
  }

  test('is armed only after review: the job would bring back somebody who left', () => {
    const world = rehiredAhead();
    expect(world.people[1]?.stage).toBe('prehire');
    expect(summaryOf(planWorld(world))).toContain('schedule 2 ACTIVATED review');
    expect(lanesOf(world)).toEqual(new Set(['review']));
  });

  test('and who came back by that job is suspended by us no more', () => {
    const world = rehiredAhead();
    settle(world);
    world.asOf = '2027-05-03';
    passArmed(world, '2027-05-03T12:00:00Z');
    expect(accountOf(world).state).toBe('ACTIVATED');
    world.people = exportPeople(world);
    settle(world);
    change(world, '2', { ...GONE, terminationDate: '2027-05-03' });
    expect(planWorld(world).actions.find(({ kind }) => kind === 'suspend')).toMatchObject({ cause: 'hr' });
  });
});

test('a joiner whose account is in doubt keeps no armed activation', () => {
  const world = company();
  world.rows.push(employee('4', { hireDate: '2026-11-27' }));
  settle(world);
  expect(world.live.armed).toHaveLength(1);
  const account = world.live.accounts.find(({ anchor }) => anchor === '4')!;
  account.anchor = '';
  const planned = planWorld(world);
  expect(planned.held).toMatchObject([{ person: '4', code: 'anchor-lost' }]);
  expect(planned.actions).toMatchObject([
    { kind: 'unschedule', account: account.id, before: { state: 'ACTIVATED' } },
  ]);
  // It would fire before anybody has reviewed it.
  expect(planned.plans.map(({ lane }) => lane)).toEqual(['auto']);
});

test('retention counts from the end of the contract where policy reads that', () => {
  const world = company('contractEnd: true\nleaving: { deleteAfterDays: 90 }\n');
  become(world, {
    status: 'Inactive',
    employmentStatus: 'Terminated',
    contractEndDate: '2026-11-20',
  });
  for (const [day, wanted] of [
    ['2027-02-18', []],
    ['2027-02-19', ['delete']],
  ] as const) {
    world.asOf = day;
    world.people = exportPeople(world);
    expect(planWorld(world).actions.map(({ kind }) => kind)).toEqual(wanted);
  }
});
