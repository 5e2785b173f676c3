/** What a return gives back, what it does not, and what it never is: somebody's return months later. */
import { describe, expect, test } from 'vitest';
import { applyPlans, settle } from '../../simulate.ts';
import {
  accountId,
  change,
  employee,
  exportPeople,
  giveByHand,
  planWorld,
  policyOf,
  summaryOf,
  type World,
  worldOf,
  type WorldOptions,
} from '../../world.ts';

const AWAY = { employmentStatus: 'Furloughed' };
const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-23' };
const BACK = { status: 'Active', employmentStatus: 'Full-Time', terminationDate: undefined };
const BY_HAND = { reason: 'security-incident', requestedBy: 'ann' };

/** Person 2 is in a group that somebody gave by hand. */
function company(options: WorldOptions = {}): World {
  const world = worldOf([employee('1'), employee('2'), employee('3')], { asOf: '2026-11-23', ...options });
  giveByHand(world, 'VPN', '2');
  return world;
}

function become(world: World, ...turns: Parameters<typeof change>[2][]): void {
  for (const facts of turns) {
    change(world, '2', facts);
    settle(world);
  }
}

function nextYear(world: World): void {
  world.asOf = '2027-11-23';
  world.people = exportPeople(world);
}

const accountOf = (world: World) => world.live.accounts.find(({ anchor }) => anchor === '2')!;
const vpnOf = (world: World) => world.live.groups.get(accountId('group VPN'))!.members;
const lanesOf = (world: World): string[] => [...new Set(planWorld(world).laneOf.values())];

describe('whom IT brings back from leave before Rollcall does', () => {
  function broughtBack(world = company()): World {
    become(world, AWAY);
    accountOf(world).state = 'ACTIVATED';
    change(world, '2', BACK);
    return world;
  }

  test('is back on record too, without a write, and has everything', () => {
    const world = broughtBack();
    expect(summaryOf(planWorld(world))[0]).toBe('reinstate 2 auto');
    expect(planWorld(world).actions[0]).toMatchObject({ before: { state: 'ACTIVATED', by: 'leave' } });
    settle(world);
    expect(vpnOf(world).has(accountId('person 2'))).toBe(true);
    expect(planWorld(world).actions).toEqual([]);
  });

  test('does not return from that leave a second time, when security suspends them a year later', () => {
    const world = broughtBack();
    settle(world);
    nextYear(world);
    accountOf(world).state = 'SUSPENDED';
    const planned = planWorld(world);
    expect(summaryOf(planned)).toEqual(['reinstate 2 review']);
    expect(planned.actions[0]).toMatchObject({ before: { by: 'others' }, cause: 'drift' });
  });

  test('nor one that a job of ours had begun', () => {
    const world = company();
    world.timeOff.set('2', [{ start: '2026-11-24', end: '2027-01-31' }]);
    world.policy.lifecycle.leave.timeOff = { types: ['78'], minimumDays: 20 };
    settle(world);
    expect(world.live.armed).toHaveLength(1);
    world.live.armed = [];
    world.timeOff.clear();
    world.asOf = '2026-11-24';
    world.people = exportPeople(world);
    expect(summaryOf(planWorld(world))).toEqual(['reinstate 2 auto']);
    settle(world);
    nextYear(world);
    accountOf(world).state = 'SUSPENDED';
    expect(summaryOf(planWorld(world))).toEqual(['reinstate 2 review']);
  });

  test('is noted without review also after an exit that HR took back: there is nothing to write', () => {
    const world = company();
    become(world, GONE);
    accountOf(world).state = 'ACTIVATED';
    change(world, '2', BACK);
    expect(summaryOf(planWorld(world)).slice(0, 2)).toEqual([
      'reinstate 2 auto',
      'join-group 2 Engineering review',
    ]);
    // Suspended again before apply: the same action would write now, and waits.
    accountOf(world).state = 'SUSPENDED';
    expect(lanesOf(world)).toEqual(['review']);
  });
});

describe('what was owed to a return is owed to that return only', () => {
  test('whoever comes back elsewhere moves back to the old team like anybody: for review', () => {
    const world = company();
    become(world, AWAY, { ...BACK, department: 'Sales' });
    nextYear(world);
    change(world, '2', { department: 'Engineering' });
    expect(summaryOf(planWorld(world))).toContain('join-group 2 Engineering review');
  });

  test('what IT had given back by hand already, and takes away for good, stays away', () => {
    const world = company();
    become(world, AWAY);
    vpnOf(world).add(accountId('person 2'));
    become(world, BACK);
    nextYear(world);
    vpnOf(world).delete(accountId('person 2'));
    expect(planWorld(world).actions).toEqual([]);
  });

  test('but what cannot be given back that day is owed on', () => {
    const world = company();
    become(world, AWAY);
    const vpn = world.live.groups.get(accountId('group VPN'))!;
    world.live.groups.delete(vpn.id);
    become(world, BACK);
    world.live.groups.set(vpn.id, vpn);
    expect(summaryOf(planWorld(world))).toEqual(['join-group 2 VPN auto']);
  });
});

test('whom others had suspended before a leave, and who then leaves, is hired again without what leave took', () => {
  const world = company();
  accountOf(world).state = 'SUSPENDED';
  become(world, AWAY, GONE);
  world.asOf = '2027-05-03';
  change(world, '2', { ...BACK, hireDate: '2027-05-03' });
  expect(lanesOf(world)).toEqual(['review']);
  expect(planWorld(world).actions[0]?.because).toBe('hired again');
  settle(world);
  expect(vpnOf(world).size).toBe(0);
});

test('whom others had suspended before a leave is given nothing while the way back waits for review', () => {
  const world = company();
  accountOf(world).state = 'SUSPENDED';
  become(world, AWAY);
  change(world, '2', BACK);
  expect(lanesOf(world)).toEqual(['review']);
});

describe('a manual exit of somebody whose account is suspended already', () => {
  test.each([
    ['on leave', (world: World): void => become(world, AWAY)],
    ['by others', (world: World): void => void (accountOf(world).state = 'SUSPENDED')],
  ])('%s: is on record, and HR alone brings nobody back', (_, before) => {
    const world = company();
    before(world);
    const { plans } = planWorld(world, { only: new Set(['2']), lane: 'urgent', manual: BY_HAND });
    expect(plans.flatMap(({ actions }) => actions.map(({ kind }) => kind))).toContain('suspend');
    applyPlans(world, plans);
    change(world, '2', BACK);
    const planned = planWorld(world);
    expect(planned.actions).toEqual([]);
    expect(planned.held).toMatchObject([{ person: '2', code: 'manual-exit' }]);
    const expires = '2027-01-31';
    world.policy = policyOf({
      exceptions: `exceptions: [{ kind: reinstate, person: "2", owner: it, reason: a mistake, expires: ${expires} }]`,
    });
    world.people = exportPeople(world);
    expect(lanesOf(world)).toEqual(['review']);
    settle(world);
    expect(vpnOf(world).has(accountId('person 2'))).toBe(true);
  });
});

describe('a device rule that is gone when its person returns', () => {
  const devices = (...names: string[]): string =>
    `bindings: [${names.map((name) => `{ bind: policy, name: ${name}, when: "true", because: everyone }`).join(', ')}]`;

  test('gives nothing back; what somebody had bound by hand comes back', () => {
    const world = company({ devices: devices('Disk', 'Firewall') });
    const mine = world.live.bindings.get(accountId('person 2'))!;
    mine.push({ type: 'policy', id: 'a'.repeat(24), name: 'Lab' });
    become(world, AWAY);
    expect(world.live.bindings.get(accountId('person 2'))).toEqual([]);
    world.policy = policyOf({ devices: devices('Disk') });
    world.people = exportPeople(world);
    become(world, BACK);
    const names = world.live.bindings.get(accountId('person 2'))!.map(({ name }) => name);
    expect(names.sort()).toEqual(['Disk', 'Lab']);
  });
});
