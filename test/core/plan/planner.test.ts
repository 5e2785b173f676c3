import { describe, expect, test } from 'vitest';
import type { Planned } from '../../../scripts/core/plan/planner.ts';
import {
  accountId,
  change,
  employee,
  exportPeople,
  GROUPS,
  planWorld,
  summaryOf,
  type World,
  worldOf,
} from '../../world.ts';

const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };

const company = (): ReturnType<typeof worldOf> =>
  worldOf([
    employee('1', { department: 'Sales', managerId: '2' }),
    employee('2'),
    employee('3', { managerId: '2' }),
    employee('10', { location: 'Berlin, DE', managerId: '2' }),
  ]);

describe('a world in agreement', () => {
  test('needs nothing, and says so by having no plan', () => {
    const planned = planWorld(company());
    expect(planned.findings).toEqual([]);
    expect(planned.held).toEqual([]);
    expect(planned.plans).toEqual([]);
  });

  test('deriving a person from their own file changes nothing', () => {
    const world = company();
    expect(planWorld(world).people).toEqual(world.people);
    expect(exportPeople(world)).toEqual(world.people);
  });

  test('a transfer leaves the old group, joins the new one and updates the attribute', () => {
    const world = company();
    change(world, '3', { department: 'Sales' });
    expect(summaryOf(planWorld(world))).toEqual([
      'leave-group 3 Engineering review',
      'update 3 department review',
      'join-group 3 Sales review',
    ]);
  });

  test('a termination suspends and takes every group, without review', () => {
    const world = company();
    world.live.memberships.set(accountId('person 3'), [{ id: accountId('group VPN'), name: 'VPN' }]);
    change(world, '3', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' });
    const summary = summaryOf(planWorld(world));
    expect(summary[0]).toBe('suspend 3 auto');
    expect(summary.slice(1).sort()).toEqual([
      'leave-group 3 All Staff auto',
      'leave-group 3 Engineering auto',
      'leave-group 3 London Office auto',
      'leave-group 3 VPN auto',
    ]);
  });

  test('a new hire is created and given manager and groups', () => {
    const world = company();
    world.rows.push(
      employee('11', {
        firstName: 'Ada',
        lastName: 'Lovelace',
        workEmail: 'ada.lovelace@example.com',
        managerId: '2',
        hireDate: '2026-11-23',
      }),
    );
    world.people = exportPeople(world);
    const planned = planWorld(world);
    expect(summaryOf(planned)).toEqual([
      'create 11 review',
      'set-manager 11 2 review',
      expect.stringMatching(/^join-group 11/),
      expect.stringMatching(/^join-group 11/),
      expect.stringMatching(/^join-group 11/),
    ]);
    expect(planned.actions[0]?.after).toMatchObject({
      username: 'ada.lovelace',
      email: 'ada.lovelace@example.com',
      state: 'ACTIVATED',
      anchor: '11',
    });
  });

  test('links everybody to their account, and whoever has none to nobody', () => {
    const world = company();
    world.live.accounts = world.live.accounts.filter(({ anchor }) => anchor !== '3');
    expect(Object.fromEntries(planWorld(world).linked)).toEqual(
      Object.fromEntries(['1', '2', '10'].map((id) => [id, accountId(`person ${id}`)])),
    );
  });

  test('planning twice gives the same bytes, whatever the order of people', () => {
    const world = company();
    change(world, '3', { department: 'Sales' });
    const first = planWorld(world).plans;
    world.people.reverse();
    world.live.accounts.reverse();
    expect(planWorld(world).plans).toEqual(first);
  });
});

describe('people who are named', () => {
  /** 1 and 3 are on hold, 2 leaves, an exception and overrides have ended, and an account is nobody's. */
  const uneven = (): World => {
    const world = worldOf(
      [...'1234567'].map((id) => employee(id)),
      {
        guardrails:
          'overrides: [{ code: export-drop, owner: it-lead, reason: tried, expires: 2026-11-20 }, { code: budget-update, owner: it-lead, reason: tried, expires: 2026-11-20 }]',
        exceptions:
          'exceptions: [{ kind: group, person: "1", group: Sales, owner: it-lead, reason: helps, expires: 2026-11-20 }]',
      },
    );
    for (const id of ['3', '1']) change(world, id, { employmentStatus: 'Sabbatical', department: 'Sales' });
    change(world, '2', GONE);
    world.live.accounts.push({
      ...world.live.accounts[6]!,
      id: 'stranger',
      anchor: '',
      email: 'x@example.com',
      username: 'x',
    });
    return world;
  };
  const codes = (planned: Planned): string[] =>
    planned.findings.map(({ code, person }) => [code, person].filter(Boolean).join(' '));
  const held = (planned: Planned): string[] => planned.held.map(({ person, code }) => `${person} ${code}`);

  test('nobody is: everything of everybody is told, by id', () => {
    const planned = planWorld(uneven());
    expect(held(planned)).toEqual(['1 unmapped-status', '3 unmapped-status']);
    expect(codes(planned)).toEqual(
      expect.arrayContaining(['exception-expired', 'override-expired', 'accounts-without-employee']),
    );
    expect(new Set(planned.actions.map(({ person }) => person))).toEqual(new Set(['2']));
  });

  test('only what is about them, and what is about the company; overrides are of a whole plan', () => {
    const planned = planWorld(uneven(), { only: new Set(['3']) });
    expect(held(planned)).toEqual(['3 unmapped-status']);
    expect(planned.actions).toEqual([]);
    expect(codes(planned)).toContain('exception-expired');
    expect(codes(planned)).not.toContain('override-expired');
    expect(planWorld(uneven(), { only: new Set(['2']) }).held).toEqual([]);
  });

  test('in the urgent lane the company is no matter', () => {
    const planned = planWorld(uneven(), { lane: 'urgent', only: new Set(['1', '2']) });
    expect(held(planned)).toEqual(['1 unmapped-status']);
    expect(codes(planned)).toEqual([]);
    expect(planned.plans.map(({ lane }) => lane)).toEqual(['urgent']);
  });
});

test('a group to be made is named in its wish', () => {
  const world = worldOf([employee('1')], {
    groups: `${GROUPS}  - { group: Anglers, create: true, when: "true" }\n`,
  });
  for (const [id, { name }] of world.live.groups) if (name === 'Anglers') world.live.groups.delete(id);
  expect(planWorld(world).actions.filter(({ kind }) => kind === 'create-group')).toMatchObject([
    {
      person: null,
      account: null,
      target: 'Anglers',
      before: null,
      after: { name: 'Anglers' },
      cause: 'mapping',
    },
  ]);
});
