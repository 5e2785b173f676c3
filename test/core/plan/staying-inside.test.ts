/** Whom the urgent lane leaves inside, and why: over budget, protected, unlinked, doubtful. Whoever is out is not named. */
import { expect, test } from 'vitest';
import { leaversInside } from '../../../scripts/core/plan/staying-inside.ts';
import { change, employee, liveOf, planWorld, type World, worldOf } from '../../world.ts';

const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
const ALL = new Set(['1', '2', '3', '4', '5', '6', '7']);
const company = (guardrails = '{}'): World =>
  worldOf(
    [...ALL].map((id) => employee(id)),
    { guardrails },
  );
const inside = (world: World): string[] =>
  leaversInside(planWorld(world, { lane: 'urgent', only: ALL }), liveOf(world)).map(
    ({ person, codes }) => `${person} ${codes.join(' ')}`,
  );

test('nobody, when everybody who left goes or is out already; whoever works is no matter', () => {
  const world = company();
  change(world, '1', GONE);
  change(world, '2', GONE);
  world.live.accounts[1]!.state = 'SUSPENDED';
  expect(inside(world)).toEqual([]);
});

test('everybody of a mass that is over budget', () => {
  const world = company();
  for (const id of [...ALL].slice(0, 6)) change(world, id, GONE);
  expect(inside(world)).toEqual([...ALL].slice(0, 6).map((id) => `${id} budget-suspend`));
});

test('one who is protected, one whose facts are doubtful, one whom nobody has linked, one whose account is in doubt', () => {
  const world = company('protected: { accounts: [p1@example.com] }');
  for (const id of ['1', '3', '4', '5']) change(world, id, GONE);
  change(world, '2', { ...GONE, employmentStatus: 'Contractor' });
  world.live.accounts[2]!.anchor = '';
  Object.assign(world.live.accounts[3]!, { email: 'else@example.com', attributes: { firstname: 'Some' } });
  expect(inside(world)).toEqual([
    '1 protected-account',
    '2 needs-review',
    '3 needs-review',
    '4 anchor-disagrees',
  ]);
});

test('a leaver who never had an account is not inside', () => {
  const world = company();
  world.live.accounts.shift();
  change(world, '1', GONE);
  expect(inside(world)).toEqual([]);
});

test('somebody on leave, too; an account that is suspended or a stranger’s puts nobody inside', () => {
  const world = company('{ protected: { accounts: [p1@example.com] } }');
  change(world, '1', { employmentStatus: 'Furloughed' });
  expect(inside(world)).toEqual(['1 protected-account']);
  world.live.accounts[0]!.state = 'SUSPENDED';
  expect(inside(world)).toEqual([]);
  world.live.accounts = world.live.accounts.filter(({ anchor }) => anchor !== '1');
  expect(inside(world)).toEqual([]);
});
