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
