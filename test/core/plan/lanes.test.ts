/** What may happen without review: each condition and each grant of the table, alone. */
import { describe, expect, test } from 'vitest';
import type { PlanInput } from '../../../scripts/core/plan/planner.ts';
import { settle } from '../../simulate.ts';
import {
  change,
  employee,
  exportPeople,
  giveByHand,
  LIFECYCLE,
  liveOf,
  planWorld,
  policyOf,
  type World,
  worldOf,
} from '../../world.ts';

const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
const URGENT: Partial<PlanInput> = { lane: 'urgent', only: new Set(['1', '2', '3', '4', '5', '6', '7']) };
const many = (count: number) => Array.from({ length: count }, (_, index) => employee(String(index + 1)));
const lanesOf = (world: World, input: Partial<PlanInput> = {}): string[] => [
  ...new Set(planWorld(world, input).plans.map(({ lane }) => lane)),
];
/** `kind lane`, without doubles. */
const pairs = (world: World): string[] =>
  [
    ...new Set(
      planWorld(world).actions.map(({ id, kind }) => `${kind} ${planWorld(world).laneOf.get(id) ?? ''}`),
    ),
  ].sort();

describe('the urgent lane', () => {
  test('takes whoever has unmistakably left, within budget', () => {
    const world = worldOf(many(7));
    change(world, '1', GONE);
    const [plan] = planWorld(world, URGENT).plans;
    expect(plan?.lane).toBe('urgent');
    expect(plan?.actions.map(({ kind }) => kind)).toEqual([
      'suspend',
      'leave-group',
      'leave-group',
      'leave-group',
    ]);
  });

  test('takes nothing from somebody who only moves', () => {
    const world = worldOf(many(7));
    settle(world);
    change(world, '1', { department: 'Sales' });
    expect(planWorld(world).actions.map(({ kind }) => kind)).toContain('leave-group');
    expect(lanesOf(world, URGENT)).toEqual([]);
  });

  test('leaves to review what is over budget', () => {
    const world = worldOf(many(7));
    world.rows = world.rows.map((row) => ({ ...row, ...GONE }));
    world.people = exportPeople(world);
    expect(lanesOf(world, URGENT)).toEqual([]);
    expect(lanesOf(world)).toEqual(['review']);
  });

  test('reckons its budget by the company, although it sees a few accounts and the record knows none', () => {
    const world = worldOf(many(70));
    for (const id of ['1', '2', '3', '4', '5', '6']) change(world, id, GONE);
    const only = new Set(['1', '2', '3', '4', '5', '6']);
    const lanesAmong = (total: number | undefined): string[] => {
      const live = liveOf(world);
      const accounts = live.accounts.filter(({ anchor }) => only.has(anchor));
      return lanesOf(world, { lane: 'urgent', only, live: { ...live, accounts, total } });
    };
    expect(lanesAmong(70)).toEqual(['urgent']);
    expect(lanesAmong(2_000)).toEqual(['urgent']);
    // JumpCloud does not say, or the company is only beginning there: HR's head count is no budget.
    expect(lanesAmong(undefined)).toEqual([]);
    expect(lanesAmong(50)).toEqual([]);
    change(world, '7', GONE);
    only.add('7');
    world.policy = policyOf({ guardrails: 'budgets: { slice: { field: department, percent: 10 } }' });
    expect(lanesAmong(70)).toEqual(['urgent']);
    for (const id of ['8', '9', '10', '11', '12', '13']) change(world, id, { department: 'Sales' });
    expect(lanesAmong(70)).toEqual([]);
  });

  test('counts neither leavers of long ago nor who is to come into that company', () => {
    const world = worldOf([
      ...many(57),
      ...many(20).map(({ id }) => employee(`9${id}`, { ...GONE, hireDate: '2010-01-04' })),
      employee('58', { hireDate: '2027-06-01' }),
    ]);
    for (const id of ['1', '2', '3', '4', '5', '6']) change(world, id, GONE);
    const only = new Set(['1', '2', '3', '4', '5', '6']);
    const live = liveOf(world);
    const accounts = live.accounts.filter(({ anchor }) => only.has(anchor));
    const planned = planWorld(world, { lane: 'urgent', only, live: { ...live, accounts, total: 900 } });
    expect(planned.findings.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('6 of 57 linked accounts'),
    );
  });

  test('cancels the armed start of whoever goes, or is put on hold, before the first day', () => {
    const joiner = (): World => {
      const world = worldOf([...many(7), employee('8', { hireDate: '2026-11-24' })]);
      settle(world);
      expect(world.live.armed).toMatchObject([{ state: 'ACTIVATED' }]);
      return world;
    };
    const urgent = (world: World): string[] =>
      planWorld(world, { lane: 'urgent', only: new Set(['8']) }).plans.flatMap(({ lane, actions }) =>
        actions.map(({ kind }) => `${lane} ${kind}`),
      );
    const rescinded = joiner();
    change(rescinded, '8', { ...GONE, terminationDate: '2026-11-23' });
    expect(urgent(rescinded).slice(0, 2)).toEqual(['urgent unschedule', 'urgent suspend']);

    const halfTyped = joiner();
    change(halfTyped, '8', { employmentStatus: 'Terminated' });
    expect(halfTyped.people.find(({ employee: { id } }) => id === '8')?.stage).toBe('hold');
    expect(urgent(halfTyped)).toEqual(['urgent unschedule']);

    // A start that moves is armed anew as well: that is the sync's.
    const later = joiner();
    change(later, '8', { hireDate: '2026-11-26' });
    expect(urgent(later)).toEqual([]);
    expect(planWorld(later).actions.map(({ kind }) => kind)).toEqual(['unschedule', 'schedule']);
  });

  test('leaves to review whose facts are doubtful, and whom nobody has linked', () => {
    const doubtful = worldOf(many(7));
    change(doubtful, '1', { ...GONE, employmentStatus: 'Contractor' });
    expect(lanesOf(doubtful, URGENT)).toEqual([]);
    expect(lanesOf(doubtful)).toEqual(['review']);

    const unlinked = worldOf(many(7));
    unlinked.live.accounts[0]!.anchor = '';
    change(unlinked, '1', GONE);
    expect(planWorld(unlinked).actions.map(({ kind }) => kind)).toContain('suspend');
    expect(lanesOf(unlinked, URGENT)).toEqual([]);
    expect(lanesOf(unlinked)).toEqual(['review']);
  });

  test('leaves to review what an edit of the mappings caused', () => {
    const world = worldOf(many(7));
    settle(world);
    world.policy = policyOf({
      lifecycle: LIFECYCLE.replace('Full-Time: working', 'Full-Time: leave'),
    });
    world.rows = world.rows.slice(0, 3);
    world.people = exportPeople({ ...world, people: world.people.slice(0, 3) });
    expect(planWorld(world).actions.map(({ kind }) => kind)).toContain('suspend');
    expect(lanesOf(world, URGENT)).toEqual([]);
    expect(lanesOf(world)).toEqual(['review']);
  });
});

describe('lane auto', () => {
  test('each switch of guardrails.yaml frees its own row and no other', () => {
    const story = (guardrails: string): string[] => {
      const world = worldOf([...many(7), employee('8', { hireDate: '2026-11-25' })], { guardrails });
      settle(world);
      change(world, '1', GONE);
      change(world, '2', { terminationDate: world.asOf });
      change(world, '3', { jobTitle: 'Lead' });
      return pairs(world);
    };
    const freed = ['leave-group auto', 'schedule auto', 'suspend auto', 'update auto'];
    expect(story('{}')).toEqual(freed);
    expect(story('auto: { leavers: false }')).toEqual(
      freed.map((pair) => pair.replace(/^(leave-group|suspend) auto/, '$1 review')),
    );
    expect(story('auto: { schedules: false }')).toEqual(
      freed.map((pair) => pair.replace('schedule auto', 'schedule review')),
    );
    expect(story('auto: { updates: [] }')).toEqual(
      freed.map((pair) => pair.replace('update auto', 'update review')),
    );
  });

  test('a return from leave is free, a privileged group and whatever leave did not take are not', () => {
    const world = worldOf(many(7), { guardrails: 'protected: { privilegedGroups: [Vault] }' });
    for (const name of ['VPN', 'Vault']) giveByHand(world, name, '1');
    change(world, '1', { employmentStatus: 'Furloughed' });
    settle(world);
    change(world, '1', { employmentStatus: 'Full-Time', department: 'Sales' });
    const planned = planWorld(world);
    const lanes = Object.fromEntries(
      planned.actions.map(({ id, kind, after }) => [
        `${kind} ${(after as { group?: string } | null)?.group ?? ''}`.trim(),
        planned.laneOf.get(id),
      ]),
    );
    expect(lanes).toMatchObject({
      reinstate: 'auto',
      'join-group All Staff': 'auto',
      'join-group London Office': 'auto',
      'join-group VPN': 'auto',
      'join-group Vault': 'review',
      'join-group Sales': 'review',
    });
    const off = worldOf(many(7), { guardrails: 'auto: { returns: false }' });
    change(off, '1', { employmentStatus: 'Furloughed' });
    settle(off);
    change(off, '1', { employmentStatus: 'Full-Time' });
    expect(lanesOf(off)).toEqual(['review']);
  });

  test('grants, renames and deletions never are', () => {
    const world = worldOf([...many(6), employee('8', { hireDate: '2026-11-25', managerId: '1' })]);
    world.live.accounts = world.live.accounts.filter(({ anchor }) => anchor !== '8');
    change(world, '1', { department: 'Sales', workEmail: 'new@example.com' });
    expect(pairs(world).filter((pair) => pair.endsWith('auto'))).toEqual([]);
    expect(pairs(world)).toEqual(
      expect.arrayContaining(['create review', 'join-group review', 'rename review', 'set-manager review']),
    );
  });
});
