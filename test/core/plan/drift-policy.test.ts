/** What was changed by hand in JumpCloud: usual, reported, reviewed or put back, as `drift` of guardrails.yaml chooses. */
import { describe, expect, test } from 'vitest';
import { applyPlans, settle } from '../../simulate.ts';
import { accountId, change, employee, exportPeople, planWorld, type World, worldOf } from '../../world.ts';

const SALES = accountId('group Sales');

/** Everybody moves to Sales with receipts of ours; then somebody undoes it by hand for the first `count` of them. */
function drifted(guardrails: string, count = 1, people = 12): World {
  const rows = Array.from({ length: people }, (_, index) => employee(String(index + 1)));
  const world = worldOf(rows, { guardrails });
  for (const { id } of rows) change(world, id, { department: 'Sales' });
  settle(world);
  for (let id = 1; id <= count; id += 1) undo(world, String(id));
  return world;
}

function undo(world: World, id: string): void {
  const account = world.live.accounts.find(({ anchor }) => anchor === id);
  if (account === undefined) throw new Error(`no account of ${id}`);
  account.attributes['department'] = 'Elsewhere';
  world.live.groups.get(SALES)?.members.delete(account.id);
}

function lanes(world: World): string[] {
  const { actions, laneOf } = planWorld(world);
  return actions.map(({ id, kind, person, cause }) => `${person} ${kind} ${cause} ${laneOf.get(id)}`).sort();
}

describe('each choice', () => {
  test.each([
    ['nothing said', '{}', ['1 join-group drift review', '1 update drift review']],
    [
      'usual, an attribute of low risk',
      'auto: { updates: [department] }',
      ['1 join-group drift review', '1 update drift auto'],
    ],
    [
      'review overrules low risk',
      'auto: { updates: [department] }\ndrift: { attributes: review }',
      ['1 join-group drift review', '1 update drift review'],
    ],
    [
      'auto',
      'drift: { attributes: auto, memberships: auto }',
      ['1 join-group drift auto', '1 update drift auto'],
    ],
    ['report', 'drift: { attributes: report, memberships: auto }', ['1 join-group drift auto']],
    [
      'auto, into a privileged group',
      'drift: { memberships: auto }\nprotected: { privilegedGroups: [Sales] }',
      ['1 join-group drift review', '1 update drift review'],
    ],
  ])('%s', (_name, guardrails, expected) => {
    expect(lanes(drifted(guardrails))).toEqual(expected);
  });

  test('what is only reported is in every plan as a finding, and stays as it is', () => {
    const world = drifted('drift: { attributes: report, memberships: report }');
    change(world, '2', { jobTitle: 'Director' });
    const planned = planWorld(world);
    expect(planned.actions.map(({ person, kind }) => `${person} ${kind}`)).toEqual(['2 update']);
    expect(planned.plans[0]?.findings).toEqual([
      expect.objectContaining({ code: 'drift-attributes', person: '1', subject: 'department' }),
      expect.objectContaining({ code: 'drift-memberships', person: '1', subject: 'Sales' }),
    ]);
    expect(planned.reported.map(({ kind }) => kind).sort()).toEqual(['join-group', 'update']);
  });

  test('a manager that we set and somebody changed is drift of an attribute; one that HR changes is not', () => {
    const managed = (guardrails: string): World => {
      const world = worldOf([employee('1'), employee('2'), employee('3')], { guardrails });
      change(world, '1', { managerId: '2' });
      settle(world);
      return world;
    };
    const moved = managed('{}');
    change(moved, '1', { managerId: '3' });
    expect(lanes(moved)).toEqual(['1 set-manager hr review']);
    const undone = (guardrails: string): World => {
      const world = managed(guardrails);
      const account = world.live.accounts.find(({ anchor }) => anchor === '1');
      if (account !== undefined) account.manager = accountId('person 3');
      return world;
    };
    expect(lanes(undone('{}'))).toEqual(['1 set-manager drift review']);
    expect(lanes(undone('drift: { attributes: auto }'))).toEqual(['1 set-manager drift auto']);
    expect(lanes(undone('drift: { attributes: report }'))).toEqual([]);
  });

  test('what HR changes is never drift, whatever is chosen', () => {
    const world = drifted('drift: { attributes: report, memberships: report, accounts: report }', 0);
    change(world, '1', { department: 'Engineering' });
    expect(lanes(world)).toEqual(['1 join-group hr review', '1 leave-group hr review', '1 update hr review']);
  });

  test('access that comes back to a leaver is taken away again without review, whatever is chosen', () => {
    const world = drifted('drift: { attributes: report, memberships: report, accounts: report }', 0, 3);
    change(world, '1', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' });
    settle(world);
    const account = world.live.accounts.find(({ anchor }) => anchor === '1');
    if (account === undefined) throw new Error('no account');
    account.state = 'ACTIVATED';
    world.live.groups.get(SALES)?.members.add(account.id);
    expect(lanes(world)).toEqual(['1 leave-group hr auto', '1 suspend drift auto']);
  });

  test('somebody who was suspended by hand is reinstated for review, or only reported; then nothing else is given either', () => {
    const suspended = (guardrails: string): World => {
      const world = drifted(guardrails);
      const account = world.live.accounts.find(({ anchor }) => anchor === '1');
      if (account === undefined) throw new Error('no account');
      account.state = 'SUSPENDED';
      return world;
    };
    expect(lanes(suspended('drift: { memberships: auto }'))).toContain('1 reinstate drift review');
    expect(lanes(suspended('drift: { memberships: auto, accounts: report }'))).toEqual([]);
    expect(() => worldOf([employee('1')], { guardrails: 'drift: { accounts: auto }' })).toThrow('accounts');
  });
});

describe('the budget', () => {
  const AUTO = 'drift: { memberships: auto, attributes: auto }';

  test('over it all of the drift waits for review, and the rest goes on', () => {
    const world = drifted(AUTO, 6);
    change(world, '12', { jobTitle: 'Director' });
    const planned = planWorld(world);
    expect(planned.findings.map(({ code }) => code)).toContain('budget-drift');
    const auto = planned.actions.filter(({ id }) => planned.laneOf.get(id) === 'auto');
    expect(auto.map(({ person, target }) => `${person} ${target}`)).toEqual(['12 jobTitle']);
    expect(lanes(drifted(AUTO, 5)).every((line) => line.endsWith('auto'))).toBe(true);
  });

  test('ten times a little is as much as once a lot', () => {
    const world = drifted(AUTO, 3);
    applyPlans(world, planWorld(world).plans);
    world.people = exportPeople(world);
    for (const id of ['4', '5', '6']) undo(world, id);
    expect(planWorld(world).findings.map(({ code }) => code)).toContain('budget-drift');
  });

  test('drift that people review spends nothing of it', () => {
    expect(planWorld(drifted('{}', 12)).findings.map(({ code }) => code)).not.toContain('budget-drift');
  });
});
