/** Faults that the disasters showed, as small as they get. */
import { describe, expect, test } from 'vitest';
import { judgeAction } from '../../../scripts/core/plan/execution.ts';
import {
  accountId,
  change,
  employee,
  exportPeople,
  ledgerOf,
  liveOf,
  planWorld,
  summaryOf,
  type World,
  worldOf,
} from '../../world.ts';

const TERMINATED = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };

function companyOf(count: number, options: Parameters<typeof worldOf>[1] = {}): World {
  return worldOf(
    Array.from({ length: count }, (_, index) => employee(String(index + 1))),
    options,
  );
}

describe('an exit that waits', () => {
  const LAPTOPS = new Map(
    ['1', '2'].map((id) => [
      accountId(`person ${id}`),
      [{ type: 'system' as const, id: accountId(`laptop ${id}`), name: `laptop ${id}` }],
    ]),
  );
  const unbinds = (world: World): (string | undefined)[] => {
    const planned = planWorld(world, { live: { ...liveOf(world), bindings: LAPTOPS } });
    return planned.actions.filter(({ kind }) => kind === 'unbind').map(({ id }) => planned.laneOf.get(id));
  };

  test('keeps its laptops waiting too, few as they are', () => {
    const world = companyOf(60);
    world.rows = world.rows.map((row) => ({ ...row, ...TERMINATED }));
    world.people = exportPeople(world);
    expect(unbinds(world)).toEqual(['review', 'review']);
  });

  test('is no reason to let the laptops of others wait', () => {
    const world = companyOf(60);
    change(world, '1', TERMINATED);
    change(world, '2', TERMINATED);
    expect(unbinds(world)).toEqual(['auto', 'auto']);
  });
});

describe('addresses that HR swapped', () => {
  test('stay where they are, rename nobody, and are told for both', () => {
    const world = worldOf([
      employee('1', { workEmail: 'ceo@example.com' }),
      employee('2', { workEmail: 'coo@example.com' }),
    ]);
    world.rows = world.rows.map((row) => ({
      ...row,
      workEmail: row.id === '1' ? 'coo@example.com' : 'ceo@example.com',
    }));
    world.people = exportPeople(world);
    const planned = planWorld(world);
    expect(summaryOf(planned)).toEqual([]);
    expect(planned.findings.filter(({ code }) => code === 'email-taken').map(({ person }) => person)).toEqual(
      ['1', '2'],
    );
  });

  test('are an ordinary rename once nobody else has them', () => {
    const world = worldOf([employee('1', { workEmail: 'ceo@example.com' }), employee('2')]);
    change(world, '1', { workEmail: 'chief@example.com' });
    const planned = planWorld(world);
    expect(summaryOf(planned)).toContain('rename 1 email review');
    expect(planned.findings.map(({ code }) => code)).not.toContain('email-taken');
  });
});

describe('an account that somebody suspended after the approval', () => {
  const judged = (suspended: boolean): Record<string, string> => {
    const world = worldOf([employee('1'), employee('2')]);
    change(world, '1', { department: 'Sales' });
    const plan = planWorld(world).plans.find(({ lane }) => lane === 'review')!;
    if (suspended)
      world.live.accounts = world.live.accounts.map((account) =>
        account.anchor === '1' ? { ...account, state: 'SUSPENDED' } : account,
      );
    const fresh = planWorld(world);
    const context = {
      fresh,
      live: liveOf(world),
      people: ledgerOf(world).people,
      authorisation: { approvals: [], planAgeHours: 0, freshHr: true },
      approvals: { required: 1, requiredOverBudget: 2, expireHours: 72 },
    };
    return Object.fromEntries(
      plan.actions.map((action) => [action.kind, judgeAction(action, plan, context).kind]),
    );
  };

  test('loses what it should, and is given nothing while nobody approved bringing it back', () => {
    expect(judged(true)).toEqual({ 'leave-group': 'run', update: 'skipped', 'join-group': 'skipped' });
  });

  test('and without the suspension all of it runs', () => {
    expect(judged(false)).toEqual({ 'leave-group': 'run', update: 'run', 'join-group': 'run' });
  });
});
