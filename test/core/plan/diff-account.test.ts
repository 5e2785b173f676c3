/** State and names of one account: what is written, to whom the mail goes, and what is left alone. */
import { describe, expect, test } from 'vitest';
import { settle } from '../../simulate.ts';
import {
  change,
  employee,
  exportPeople,
  LIFECYCLE,
  planWorld,
  type Row,
  type World,
  worldOf,
} from '../../world.ts';

const TODAY = '2026-11-23';
const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-10-20' };
const kindsOf = (world: World, input: Parameters<typeof planWorld>[1] = {}): string[] =>
  planWorld(world, input).actions.map(({ kind }) => kind);

/** A company, and somebody whose first day is today and who has no account yet. */
function joining(
  lifecycle: string,
  facts: Record<string, string> = {},
  others: Row[] = [employee('1')],
): World {
  const world = worldOf(others, { lifecycle: LIFECYCLE + lifecycle });
  world.rows = [...others, employee('9', { hireDate: TODAY, managerId: '1', ...facts })];
  world.people = exportPeople(world);
  return world;
}

describe('the activation mail goes', () => {
  const sent = (to: string, facts?: Record<string, string>): unknown[] =>
    planWorld(joining(`start: { activationMail: ${to} }\n`, facts)).actions.flatMap(({ kind, after }) =>
      kind === 'activate' ? [(after as { mail: unknown }).mail] : kind === 'create' ? [kind] : [],
    );

  test.each([
    ['to the account itself, with the create', 'work', ['create']],
    ['nowhere', 'none', ['create', false]],
    ['to an address', 'desk@example.com', ['create', 'desk@example.com']],
    ['to the manager', 'manager', ['create', 'p1@example.com']],
  ])('%s', (_name, to, mails) => {
    expect(sent(to)).toEqual(mails);
  });

  test('to the account itself where the manager has none', () => {
    expect(sent('manager', { managerId: '7' })).toEqual(['create']);
  });
});

test('an address that differs in case only is the same address', () => {
  const world = worldOf([employee('1')]);
  settle(world);
  world.live.accounts[0]!.email = 'P1@Example.com';
  expect(kindsOf(world)).toEqual([]);
  world.live.accounts[0]!.email = 'other@example.com';
  expect(kindsOf(world)).toEqual(['rename']);
});

test('a new account never takes an address or a user name that somebody has', () => {
  const world = joining('', { workEmail: 'shared@example.com' });
  const taken = {
    ...world.live.accounts[0]!,
    id: 'e'.repeat(24),
    anchor: 'somebody',
    username: 'first9.last9',
  };
  world.live.accounts.push(taken);
  const create = planWorld(world).actions.find(({ kind }) => kind === 'create');
  expect(create?.after).not.toMatchObject({ username: 'first9.last9' });
  world.live.accounts[1] = { ...taken, email: 'shared@example.com' };
  expect(kindsOf(world)).toEqual([]);
  expect(planWorld(world).held).toMatchObject([{ person: '9' }]);
});

test('two joiners of one name and address get no name of each other', () => {
  const world = joining('', { firstName: 'Sam', lastName: 'Lee' });
  world.rows = [...world.rows, employee('10', { hireDate: TODAY, firstName: 'Sam', lastName: 'Lee' })];
  world.people = exportPeople(world).map((person) => ({
    ...person,
    account: { ...person.account!, username: undefined },
  }));
  const names = planWorld(world).actions.flatMap(({ kind, after }) =>
    kind === 'create' ? [(after as { username: string }).username] : [],
  );
  expect(names).toHaveLength(2);
  expect(new Set(names).size).toBe(2);
});

describe('deletion', () => {
  const leaver = (state: 'ACTIVATED' | 'SUSPENDED'): World => {
    const world = worldOf([employee('1'), employee('2')], {
      lifecycle: `${LIFECYCLE}leaving: { deleteAfterDays: 30 }\n`,
    });
    settle(world);
    world.live.accounts[0]!.state = state;
    for (const group of world.live.groups.values()) group.members.delete(world.live.accounts[0]!.id);
    change(world, '1', GONE);
    return world;
  };

  test('waits until the account is suspended', () => {
    expect(kindsOf(leaver('ACTIVATED'))).toEqual(['suspend']);
    expect(kindsOf(leaver('SUSPENDED'))).toEqual(['delete']);
  });

  test('is nothing for the urgent lane', () => {
    expect(kindsOf(leaver('SUSPENDED'), { lane: 'urgent', only: new Set(['1']) })).toEqual([]);
  });
});
