/** What the guardrails protect: administrators, accounts that are named, and what would be emptied for many. */
import { expect, test } from 'vitest';
import type { LiveAccount } from '../../../scripts/core/directory/live.ts';
import { settle } from '../../simulate.ts';
import { change, employee, planWorld, policyOf, type World, worldOf } from '../../world.ts';

const TERMINATED = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };

/** Person 1 administers and has left; three others work. */
function adminLeaves(guardrails = '{}'): World {
  const world = worldOf(
    ['1', '2', '3', '4'].map((id) => employee(id)),
    { guardrails },
  );
  world.live.accounts[0]!.admin = true;
  change(world, '1', TERMINATED);
  return world;
}

/** An account of nobody in HR, as a second administrator. */
function addSecond(world: World, facts: Partial<LiveAccount>): void {
  world.live.accounts.push({
    ...world.live.accounts[1]!,
    id: 'service',
    username: 'service',
    email: 'service@example.com',
    anchor: '',
    admin: true,
    ...facts,
  });
}

function planned(world: World): { codes: string[]; wanted: string[] } {
  const { findings, actions } = planWorld(world);
  return {
    codes: findings.map(({ code }) => code),
    wanted: [...new Set(actions.map(({ person, kind }) => `${person} ${kind}`))].sort(),
  };
}

test.each([
  ['an active one who is nobody in HR stays', { state: 'ACTIVATED' }, true],
  ['a suspended one keeps nobody’s console', { state: 'SUSPENDED' }, false],
  ['a staged one neither', { state: 'STAGED' }, false],
  ['an active account without the role neither', { state: 'ACTIVATED', admin: false }, false],
] as [string, Partial<LiveAccount>, boolean][])('%s', (_, facts, goes) => {
  const world = adminLeaves();
  addSecond(world, facts);
  const { codes, wanted } = planned(world);
  expect(codes.includes('admins-minimum')).toBe(!goes);
  expect(wanted.includes('1 suspend')).toBe(goes);
});

test('a job that will open an account takes no administrator away, one that will close it does', () => {
  for (const [state, goes] of [
    ['ACTIVATED', true],
    ['SUSPENDED', false],
  ] as const) {
    const world = adminLeaves();
    addSecond(world, { state: 'ACTIVATED' });
    world.live.armed = [{ job: 'j1', account: 'service', state, at: '2026-11-24T00:00:00Z' }];
    expect(planned(world).wanted.includes('1 suspend')).toBe(goes);
  }
});

test('only the exit that may not be waits: the other leaver goes, and the mover moves', () => {
  const world = adminLeaves();
  change(world, '2', TERMINATED);
  change(world, '3', { jobTitle: 'Director' });
  const { codes, wanted } = planned(world);
  expect(codes).toContain('admins-minimum');
  expect(wanted).toEqual(['2 leave-group', '2 suspend', '3 update']);
});

test('an override lets the last one go, and is named', () => {
  const world = adminLeaves();
  expect(planned(world).wanted).toEqual([]);
  world.policy = policyOf({
    guardrails: 'overrides: [{ code: admins-minimum, owner: ann, reason: handed over, expires: 2026-11-23 }]',
  });
  const { codes, wanted } = planned(world);
  expect(codes.sort()).toEqual(['leaver-is-admin', 'override-used']);
  expect(wanted).toEqual(['1 leave-group', '1 suspend']);
});

test('so many as guardrails.yaml says must stay', () => {
  const world = adminLeaves('protected: { minimumActiveAdmins: 2 }');
  addSecond(world, { state: 'ACTIVATED' });
  expect(planned(world).codes).toContain('admins-minimum');
  world.live.accounts[1]!.admin = true;
  expect(planned(world).codes).not.toContain('admins-minimum');
});

test('an administrator who is suspended for leave is named; one who changes the title is not', () => {
  const world = worldOf(['1', '2'].map((id) => employee(id)));
  for (const account of world.live.accounts) account.admin = true;
  change(world, '1', { jobTitle: 'Director' });
  expect(planned(world).codes).toEqual([]);
  change(world, '1', { employmentStatus: 'Furloughed' });
  expect(planWorld(world).findings).toMatchObject([{ code: 'leaver-is-admin', person: '1' }]);
});

test('a protected account whose owner only moves is a warning, its exit is critical', () => {
  const world = worldOf(
    ['1', '2'].map((id) => employee(id)),
    {
      guardrails:
        'protected: { accounts: [p1@example.com], groups: [Nobody Has This], privilegedGroups: [Nor This] }',
    },
  );
  const severities = (): string[] =>
    planWorld(world).findings.map(({ code, subject, severity }) => `${code} ${subject ?? ''} ${severity}`);
  const unknown = ['protected-unknown Nobody Has This warning', 'protected-unknown Nor This warning'];
  expect(severities()).toEqual(unknown);
  change(world, '1', { jobTitle: 'Director' });
  expect(severities()).toEqual(expect.arrayContaining([...unknown, 'protected-account  warning']));
  change(world, '1', TERMINATED);
  expect(severities()).toEqual(expect.arrayContaining([...unknown, 'protected-account  critical']));
});

test('a manager that empties for many is poison like any attribute; an override of it lets that one pass', () => {
  const ids = Array.from({ length: 30 }, (_, index) => String(index + 1));
  const world = worldOf(ids.map((id) => employee(id, id === '1' ? {} : { managerId: '1' })));
  // What Rollcall has set it may clear.
  for (const account of world.live.accounts) account.manager = null;
  settle(world);
  for (const id of ids.slice(1, 29)) change(world, id, { managerId: '', jobTitle: 'Lead' });
  const kinds = (): string[] => [...new Set(planWorld(world).actions.map(({ kind }) => kind))].sort();
  expect(planWorld(world).findings.filter(({ code }) => code === 'poison')).toMatchObject([
    { subject: 'manager', severity: 'critical' },
  ]);
  expect(kinds()).toEqual(['update']);
  const overrides = (scope: string): string =>
    `overrides: [{ code: poison, scope: ${scope}, owner: ann, reason: flat company, expires: 2026-11-23 }]`;
  // 28 of 30 are within what guardrails.yaml may call few.
  world.policy = policyOf({ guardrails: 'poison: { percent: 94 }' });
  expect(kinds()).toEqual(['set-manager', 'update']);
  world.policy = policyOf({ guardrails: 'poison: { percent: 90 }' });
  expect(kinds()).toEqual(['update']);
  world.policy = policyOf({ guardrails: overrides('jobTitle') });
  expect(kinds()).toEqual(['update']);
  world.policy = policyOf({ guardrails: overrides('manager') });
  expect(kinds()).toEqual(['set-manager', 'update']);
});
