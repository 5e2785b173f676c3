/** Each guardrail against the accident that it prevents, and once with its guard taken away. */
import { describe, expect, test } from 'vitest';
import { applyPlans, failAll, settle } from '../../simulate.ts';
import {
  accountId,
  change,
  employee,
  exportPeople,
  LIFECYCLE,
  planWorld,
  policyOf,
  type Row,
  type World,
  worldOf,
} from '../../world.ts';

const TERMINATED = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
const many = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => employee(String(index + 1)));
const codes = (world: World): string[] => planWorld(world).findings.map(({ code }) => code);

function terminate(world: World, count: number, from = 0): void {
  world.rows = world.rows.map((row, index) =>
    index >= from && index < from + count ? { ...row, ...TERMINATED } : row,
  );
  world.people = exportPeople(world);
}

describe('budgets', () => {
  test('ten times a little is as much as once a lot: the window is the record, not the run', () => {
    const world = worldOf(many(100));
    for (let run = 0; run < 2; run += 1) {
      terminate(world, 5, run * 5);
      const planned = planWorld(world);
      expect(planned.plans.map(({ lane }) => lane)).toEqual(['auto']);
      applyPlans(world, planned.plans);
    }
    terminate(world, 1, 10);
    const planned = planWorld(world);
    expect(planned.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['budget-leave-group', 'budget-suspend']),
    );
    expect(planned.plans.map(({ lane }) => lane)).toEqual(['review']);
    world.asOf = '2026-12-02';
    world.people = exportPeople(world);
    expect(codes(world)).not.toContain('budget-suspend');
  });

  test('a pending plan spends in full, and a class over budget is reviewed while the rest goes on', () => {
    const world = worldOf(many(100));
    terminate(world, 10);
    const pending = planWorld(world).plans;
    world.recorded.push(...pending.map((plan) => ({ plan, receipt: undefined })));
    terminate(world, 1, 20);
    change(world, '50', { jobTitle: 'Director' });
    const planned = planWorld(world);
    expect(
      [...planned.laneOf]
        .filter(([, lane]) => lane === 'auto')
        .map(([id]) => planned.actions.find((action) => action.id === id)?.kind),
    ).toEqual(['update']);
  });

  test('what a killed run had done, and the next run found already done, has spent the budget', () => {
    const world = worldOf(many(100));
    terminate(world, 10);
    applyPlans(world, planWorld(world).plans);
    world.recorded = world.recorded.map(({ plan, receipt }) => ({
      plan,
      receipt: receipt && {
        ...receipt,
        results: receipt.results.map((result) => ({ ...result, outcome: 'already' as const, attempts: 0 })),
      },
    }));
    terminate(world, 1, 20);
    expect(codes(world)).toContain('budget-suspend');
  });

  test('five people are always within budget, in the smallest company', () => {
    const world = worldOf(many(9));
    terminate(world, 5);
    expect(codes(world)).toEqual([]);
    terminate(world, 6);
    expect(codes(world)).toContain('budget-suspend');
  });

  test('last days entered for today by mistake are not armed unseen: an armed suspension is one', () => {
    const world = worldOf(many(60));
    world.rows = world.rows.map((row, index) => (index < 30 ? { ...row, terminationDate: world.asOf } : row));
    world.people = exportPeople(world);
    const planned = planWorld(world);
    expect(new Set(planned.actions.map(({ kind }) => kind))).toEqual(new Set(['schedule']));
    expect(planned.findings.map(({ code }) => code)).toContain('budget-suspend');
    expect(planned.plans.map(({ lane }) => lane)).toEqual(['review']);
  });

  test('a value that we had set is not overwritten for half of the company without review; the first time it is free', () => {
    const world = worldOf(many(40));
    for (const account of world.live.accounts) delete account.attributes['jobTitle'];
    const first = planWorld(world);
    expect(first.plans.map(({ lane }) => lane)).toEqual(['auto']);
    applyPlans(world, first.plans);
    world.rows = world.rows.map((row, index) => (index < 20 ? { ...row, jobTitle: '#REF!' } : row));
    world.people = exportPeople(world);
    const planned = planWorld(world);
    expect(planned.findings.map(({ code }) => code)).toContain('budget-update');
    expect(planned.plans.map(({ lane }) => lane)).toEqual(['review']);
    const few = {
      ...world,
      rows: many(40).map((row, index) => (index < 4 ? { ...row, jobTitle: 'Lead' } : row)),
    };
    few.people = exportPeople(few);
    expect(planWorld(few).plans.map(({ lane }) => lane)).toEqual(['auto']);
  });

  test.each([
    ['Auckland', 'Pacific/Auckland', '2026-11-15T11:00:00Z', '2026-11-15T10:59:59Z'],
    ['Denver', 'America/Denver', '2026-11-16T00:00:00Z', '2026-11-15T23:59:59Z'],
    ['Honolulu', 'Pacific/Honolulu', '2026-11-16T00:00:00Z', '2026-11-15T23:59:59Z'],
  ])('the window in %s ends by the second', (_, zone, inside, outside) => {
    const world = worldOf(many(60), { lifecycle: LIFECYCLE.replace('America/Denver', zone) });
    terminate(world, 6);
    applyPlans(world, planWorld(world).plans);
    const at = (instant: string): void => {
      world.recorded = world.recorded.map(({ plan, receipt }) => ({
        plan,
        receipt: receipt && {
          ...receipt,
          results: receipt.results.map((result) => ({ ...result, at: instant })),
        },
      }));
    };
    terminate(world, 1, 20);
    at(inside);
    expect(codes(world)).toContain('budget-suspend');
    at(outside);
    expect(codes(world)).not.toContain('budget-suspend');
  });

  test('a slip that brings everybody on leave back waits with all that leave had taken; a few come back by themselves', () => {
    const world = worldOf(many(60));
    const back = (count: number, employmentStatus: string): void => {
      world.rows = world.rows.map((row, index) => (index < count ? { ...row, employmentStatus } : row));
      world.people = exportPeople(world);
    };
    back(60, 'Furloughed');
    settle(world);
    back(6, 'Full-Time');
    const few = planWorld(world);
    expect(few.plans.map(({ lane }) => lane)).toEqual(['auto']);
    back(7, 'Full-Time');
    const all = planWorld(world);
    expect(all.plans.map(({ lane }) => lane)).toEqual(['review']);
    expect(new Set(all.actions.map(({ kind }) => kind))).toEqual(new Set(['reinstate', 'join-group']));
    expect(all.actions.every(({ id }) => all.overBudget.has(id))).toBe(true);
    // Six came back already: the seventh is one too many on the next day, too.
    back(60, 'Furloughed');
    back(6, 'Full-Time');
    applyPlans(world, planWorld(world).plans);
    back(7, 'Full-Time');
    expect(codes(world)).toContain('budget-return');
    // Where returns are reviewed anyhow, they have no budget.
    world.policy = policyOf({ guardrails: 'auto: { returns: false }' });
    expect(codes(world)).not.toContain('budget-return');
  });

  test('an override lets one class pass, or one value of the slice, until its last day', () => {
    const world = worldOf(many(60));
    terminate(world, 7);
    const lanesWith = (override: string, rest = ''): string[] => {
      world.policy = policyOf({
        guardrails: `${rest}overrides: [{ ${override}, owner: ann, reason: layoff }]`,
      });
      const planned = planWorld(world);
      return [...new Set(planned.actions.map(({ id, kind }) => `${kind} ${planned.laneOf.get(id) ?? ''}`))];
    };
    const today = 'expires: 2026-11-23';
    expect(lanesWith(`code: budget-suspend, ${today}`)).toEqual(['suspend auto', 'leave-group review']);
    expect(lanesWith('code: budget-suspend, expires: 2026-11-22')).toEqual([
      'suspend review',
      'leave-group review',
    ]);
    expect(lanesWith(`code: budget-leave-group, ${today}`)).toEqual(['suspend review', 'leave-group review']);
    const slice =
      'budgets: { percent: { suspend: 100, leave-group: 100 }, slice: { field: department, percent: 10 } }\n';
    expect(lanesWith(`code: budget-suspend, scope: Sales, ${today}`, slice)).toContain('suspend review');
    expect(lanesWith(`code: budget-suspend, scope: Engineering, ${today}`, slice)).toContain('suspend auto');
  });

  test('a slice has a budget of its own', () => {
    const world = worldOf(
      [
        ...many(200),
        ...Array.from({ length: 10 }, (_, index) =>
          employee(String(1000 + index), { department: 'Finance' }),
        ),
      ],
      { guardrails: 'budgets: { slice: { field: department, percent: 30 } }' },
    );
    world.rows = world.rows.map((row) =>
      row['department'] === 'Finance' && Number(row.id) < 1006 ? { ...row, ...TERMINATED } : row,
    );
    world.people = exportPeople(world);
    expect(planWorld(world).findings.filter(({ code }) => code === 'budget-suspend')).toMatchObject([
      { subject: 'Finance' },
    ]);
  });
});

describe('protections', () => {
  test('a protected account gets no action at all, and a protected leaver is critical', () => {
    const world = worldOf(many(3), { guardrails: 'protected: { accounts: [p1@example.com] }' });
    change(world, '1', TERMINATED);
    const planned = planWorld(world);
    expect(planned.actions).toEqual([]);
    expect(planned.findings).toMatchObject([
      { code: 'protected-account', severity: 'critical', person: '1' },
    ]);
  });

  test('the last administrator is not suspended, and a leaver who is administrator is named', () => {
    const world = worldOf(many(3));
    world.live.accounts[0]!.admin = true;
    change(world, '1', TERMINATED);
    expect(codes(world)).toEqual(expect.arrayContaining(['admins-minimum', 'leaver-is-admin']));
    expect(planWorld(world).actions).toEqual([]);
    world.live.accounts[1]!.admin = true;
    expect(codes(world)).toEqual(['leaver-is-admin']);
    expect(planWorld(world).actions.some(({ kind }) => kind === 'suspend')).toBe(true);
  });

  test('a leaver who is administrator is named until the login is removed, however long ago they left', () => {
    const world = worldOf(many(3));
    for (const account of world.live.accounts.slice(0, 2)) account.admin = true;
    change(world, '1', TERMINATED);
    settle(world);
    expect(planWorld(world).actions).toEqual([]);
    expect(codes(world)).toEqual(['leaver-is-admin']);
    world.live.accounts[0]!.admin = false;
    expect(codes(world)).toEqual([]);
  });

  test('administrators whose exit is armed are gone already when the next one is judged', () => {
    const world = worldOf(many(4));
    for (const account of world.live.accounts.slice(0, 2)) account.admin = true;
    change(world, '1', { terminationDate: world.asOf });
    const first = planWorld(world);
    expect(first.actions.map(({ kind }) => kind)).toEqual(['schedule']);
    expect(first.findings.map(({ code }) => code)).toEqual(['leaver-is-admin']);
    // Both armed for the same evening.
    const both = worldOf(many(4));
    for (const account of both.live.accounts.slice(0, 2)) account.admin = true;
    change(both, '1', { terminationDate: both.asOf });
    change(both, '2', { terminationDate: both.asOf });
    expect(codes(both)).toContain('admins-minimum');
    expect(planWorld(both).actions).toEqual([]);
    // One is armed in JumpCloud, the other is entered afterwards.
    applyPlans(world, first.plans);
    change(world, '2', TERMINATED);
    expect(world.live.armed).toHaveLength(1);
    expect(codes(world)).toContain('admins-minimum');
    expect(planWorld(world).actions.some(({ kind, person }) => kind === 'suspend' && person === '2')).toBe(
      false,
    );
  });

  test('a leaver in a protected or dynamic group is said, and every other group is taken', () => {
    const world = worldOf(many(2), { guardrails: 'protected: { groups: [Engineering] }' });
    world.live.groups.get(accountId('group London Office'))!.membershipMethod = 'DYNAMIC_AUTOMATED';
    change(world, '1', TERMINATED);
    const planned = planWorld(world);
    expect(
      planned.actions.map(({ kind, before }) => `${kind} ${(before as { group?: string }).group ?? ''}`),
    ).toEqual(['suspend ', 'leave-group All Staff']);
    expect(
      planned.findings
        .filter(({ code }) => code === 'group-kept')
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(['Engineering', 'London Office']);
  });
});

describe('repetition', () => {
  test('the same join three times in a week is frozen, until the count falls', () => {
    const world = worldOf(many(2));
    for (let round = 0; round < 3; round += 1) {
      world.live.groups.get(accountId('group Engineering'))!.members.delete(accountId('person 1'));
      applyPlans(world, planWorld(world).plans);
    }
    world.live.groups.get(accountId('group Engineering'))!.members.delete(accountId('person 1'));
    expect(codes(world)).toEqual(['flapping']);
    expect(planWorld(world).actions).toEqual([]);
    world.policy = policyOf({ guardrails: 'flapping: { times: 10 }' });
    expect(planWorld(world).actions).toHaveLength(1);
  });

  test('a last day that moves every day is armed every time: suspensions are never frozen', () => {
    const world = worldOf(many(2));
    for (let round = 0; round < 4; round += 1) {
      change(world, '1', { terminationDate: world.asOf });
      const planned = planWorld(world);
      expect(planned.actions.map(({ kind, target }) => `${kind} ${target}`)).toContain('schedule SUSPENDED');
      applyPlans(world, planned.plans);
      world.live.armed = [];
    }
    expect(codes(world)).not.toContain('flapping');
  });

  test('what failed three times waits a day, then two, and is named all the while', () => {
    const world = worldOf(many(2));
    change(world, '1', { jobTitle: 'Director' });
    const fail = (at: string): void => failAll(world, at);
    fail('2026-11-23T08:00:00Z');
    fail('2026-11-23T09:00:00Z');
    expect(planWorld(world).actions).toHaveLength(1);
    fail('2026-11-23T10:00:00Z');
    expect(planWorld(world).actions).toEqual([]);
    expect(codes(world)).toEqual(['quarantine']);
    world.asOf = '2026-11-24';
    expect(planWorld(world).actions).toHaveLength(1);
    fail('2026-11-24T10:00:00Z');
    world.asOf = '2026-11-25';
    expect(planWorld(world).actions).toEqual([]);
  });
});

describe('poison', () => {
  test('an attribute that empties for many is refused as a whole; for a few it is cleared', () => {
    const world = worldOf(many(40));
    change(world, '1', { jobTitle: 'A' });
    for (let index = 0; index < 40; index += 1)
      world.rows[index] = { ...world.rows[index]!, jobTitle: `Title ${index}` };
    world.people = exportPeople(world);
    applyPlans(world, planWorld(world).plans);
    const empty = (count: number): void => {
      world.rows = world.rows.map((row, index) =>
        index < count
          ? (Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'jobTitle')) as Row)
          : row,
      );
      world.people = exportPeople(world);
    };
    empty(5);
    expect(
      planWorld(world).actions.filter(({ kind, after }) => kind === 'update' && after === null),
    ).toHaveLength(5);
    empty(6);
    expect(codes(world)).toContain('poison');
    expect(planWorld(world).actions).toEqual([]);
  });
});

describe('manual exit', () => {
  test('suspends and strips at once, is not undone at the next sync, and comes back only by a reviewed line', () => {
    const world = worldOf(many(3));
    const planned = planWorld(world, {
      lane: 'urgent',
      only: new Set(['1']),
      manual: { reason: 'security-incident', requestedBy: 'ann' },
    });
    expect(planned.plans.map(({ lane }) => lane)).toEqual(['urgent']);
    expect(planned.actions.map(({ kind }) => kind)).toEqual([
      'suspend',
      'leave-group',
      'leave-group',
      'leave-group',
    ]);
    applyPlans(world, planned.plans);
    world.people = exportPeople(world);
    expect(planWorld(world).actions).toEqual([]);
    expect(planWorld(world).held).toMatchObject([{ person: '1', code: 'manual-exit' }]);
    world.policy = policyOf({
      exceptions:
        'exceptions:\n  - { kind: reinstate, person: "1", owner: ann, reason: mistake, expires: 2026-12-31 }',
    });
    world.people = exportPeople(world);
    const back = planWorld(world);
    expect(new Set(back.laneOf.values())).toEqual(new Set(['review']));
    applyPlans(world, back.plans);
    expect(planWorld(world).actions).toEqual([]);
  });
});
