/** A leave that JumpCloud begins by itself, at the hour we armed: it counts as ours, on the way out and on the way back. */
import { describe, expect, test } from 'vitest';
import { passArmed, settle } from '../../simulate.ts';
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

const LEAVE = { start: '2026-11-25', end: '2027-01-31' };

function company(): World {
  const world = worldOf([employee('1'), employee('2')], {
    asOf: '2026-11-23',
    lifecycle: `${LIFECYCLE}leave: { timeOff: { types: ['83'] } }\n`,
  });
  giveByHand(world, 'VPN', '2');
  return world;
}

function goTo(world: World, day: string, time = '12:00:00'): void {
  world.asOf = day;
  passArmed(world, `${day}T${time}Z`);
  world.people = exportPeople(world);
}

const stateOf = (world: World): string | undefined =>
  world.live.accounts.find(({ anchor }) => anchor === '2')?.state;
const groupsOf = (world: World): string[] =>
  [...world.live.groups.values()]
    .filter(({ members }) => members.has(accountId('person 2')))
    .map(({ name }) => name)
    .sort();

/** Armed on the 23rd, fired by JumpCloud at midnight of the 25th in Denver, nothing run since. */
function onLeave(world: World): void {
  world.timeOff.set('2', [LEAVE]);
  world.people = exportPeople(world);
  expect(summaryOf(planWorld(world))).toEqual(['schedule 2 SUSPENDED auto']);
  settle(world);
  expect(world.live.armed).toMatchObject([{ state: 'SUSPENDED', at: '2026-11-25T07:00:00Z' }]);
  passArmed(world, '2026-11-25T06:59:59Z');
  expect(stateOf(world)).toBe('ACTIVATED');
  goTo(world, '2026-11-25');
  expect(stateOf(world)).toBe('SUSPENDED');
}

describe('leave by time off', () => {
  test('is no longer armed over a suspension of others: what it fires over would pass for ours, and come back unseen', () => {
    const world = company();
    world.timeOff.set('2', [LEAVE]);
    world.people = exportPeople(world);
    settle(world);
    world.live.accounts.find(({ anchor }) => anchor === '2')!.state = 'SUSPENDED';
    expect(planWorld(world).actions.map(({ kind }) => kind)).toEqual(['reinstate', 'unschedule']);
  });

  test('ends access on its first day with no run at all, is stripped by the next, and comes back whole without review', () => {
    const world = company();
    const before = groupsOf(world);
    onLeave(world);
    const stripping = planWorld(world);
    expect(new Set(stripping.actions.map(({ kind }) => kind))).toEqual(new Set(['leave-group']));
    expect(new Set(stripping.laneOf.values())).toEqual(new Set(['auto']));
    settle(world);
    expect(groupsOf(world)).toEqual([]);

    goTo(world, '2027-01-31');
    expect(planWorld(world).actions).toEqual([]);
    goTo(world, '2027-02-01');
    const back = planWorld(world);
    expect(back.actions.find(({ kind }) => kind === 'reinstate')).toMatchObject({
      because: 'back from leave',
      cause: 'hr',
    });
    expect(new Set(back.laneOf.values())).toEqual(new Set(['auto']));
    settle(world);
    expect(stateOf(world)).toBe('ACTIVATED');
    expect(groupsOf(world)).toEqual(before);
  });

  test('withdrawn after it was armed is disarmed; withdrawn after it began brings back what was there', () => {
    const world = company();
    world.timeOff.set('2', [LEAVE]);
    settle(world);
    world.timeOff.clear();
    world.people = exportPeople(world);
    expect(summaryOf(planWorld(world))).toEqual([expect.stringMatching(/^unschedule 2 job\d+ auto$/)]);
    settle(world);
    expect(world.live.armed).toEqual([]);

    const late = company();
    const before = groupsOf(late);
    onLeave(late);
    late.timeOff.clear();
    late.people = exportPeople(late);
    expect(summaryOf(planWorld(late))).toEqual(['reinstate 2 auto']);
    settle(late);
    expect(groupsOf(late)).toEqual(before);
  });

  test('that moves arms the new day before the old one is cancelled', () => {
    const world = company();
    world.timeOff.set('2', [LEAVE]);
    settle(world);
    world.timeOff.set('2', [{ ...LEAVE, start: '2026-11-24' }]);
    world.people = exportPeople(world);
    expect(planWorld(world).actions.map(({ kind }) => kind)).toEqual(['schedule', 'unschedule']);
  });

  test('that began cannot be ended twice: somebody else suspending the account later is told from it', () => {
    const world = company();
    onLeave(world);
    settle(world);
    goTo(world, '2027-02-01');
    settle(world);
    world.live.accounts.find(({ anchor }) => anchor === '2')!.state = 'SUSPENDED';
    const planned = planWorld(world);
    expect(summaryOf(planned)).toEqual(['reinstate 2 review']);
    expect(planned.actions[0]).toMatchObject({ cause: 'drift', before: { by: 'others' } });
  });
});

describe('leave by a status that HR has entered ahead', () => {
  test('is armed, and stripped once the status has come', () => {
    const world = company();
    world.scheduled.set('2', { employmentStatus: 'Furloughed', employmentStatusDate: '2026-11-25' });
    world.people = exportPeople(world);
    expect(summaryOf(planWorld(world))).toEqual(['schedule 2 SUSPENDED auto']);
    expect(world.people[1]).toMatchObject({ stage: 'active', leave: { from: '2026-11-25' } });
    expect(JSON.stringify(world.people)).not.toContain('Furloughed');
    settle(world);
    goTo(world, '2026-11-25');
    expect(stateOf(world)).toBe('SUSPENDED');
    change(world, '2', { employmentStatus: 'Furloughed' });
    expect(new Set(planWorld(world).laneOf.values())).toEqual(new Set(['auto']));
    settle(world);
    expect(groupsOf(world)).toEqual([]);
    change(world, '2', { employmentStatus: 'Full-Time' });
    expect(new Set(planWorld(world).laneOf.values())).toEqual(new Set(['auto']));
  });
});

describe('an exit that JumpCloud made at the hour we armed', () => {
  test('and that HR takes back restores, for review, and says whose it was', () => {
    const world = company();
    change(world, '2', { terminationDate: '2026-11-23' });
    settle(world);
    goTo(world, '2026-11-24');
    expect(stateOf(world)).toBe('SUSPENDED');
    change(world, '2', { terminationDate: undefined });
    const planned = planWorld(world);
    expect(summaryOf(planned)).toEqual(['reinstate 2 review']);
    expect(planned.actions[0]?.because).toBe('the exit was rescinded: active again with the same hire date');
  });
});
