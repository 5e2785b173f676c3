/** State and names of one account: what is written, to whom the mail goes, and what is left alone. */
import { describe, expect, test } from 'vitest';
import { settle } from '../../simulate.ts';
import {
  accountId,
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

test('joiners of one name get names of their own, and none that an account of nobody has', () => {
  const world = worldOf([employee('1')], {
    naming: `username: { candidates: ["slug(firstName) + '.' + slug(lastName)"] }`,
  });
  const sam = { hireDate: TODAY, firstName: 'Sam', lastName: 'Lee' };
  world.rows = [...world.rows, employee('9', sam), employee('10', sam)];
  world.people = exportPeople(world);
  const promised = world.people.map(({ account }) => account?.username);
  for (const username of ['sam.lee', 'sam.lee2'])
    world.live.accounts.push({
      ...world.live.accounts[0]!,
      id: accountId(username),
      anchor: '',
      username,
      email: `${username}@example.org`,
    });
  const names = planWorld(world).actions.flatMap(({ kind, after }) =>
    kind === 'create' ? [(after as { username: string }).username] : [],
  );
  expect(promised).toEqual(expect.arrayContaining(['sam.lee', 'sam.lee2']));
  expect(names).toEqual(['sam.lee3', 'sam.lee4']);
});

test('whoever has no name at all in BambooHR waits for one', () => {
  const unnamed = joining('', { firstName: '', lastName: '' });
  expect(kindsOf(unnamed)).toEqual([]);
  expect(planWorld(unnamed).held).toMatchObject([{ person: '9', code: 'no-name' }]);
  expect(kindsOf(joining('', { firstName: '' }))).toContain('create');
});

test('nothing is armed for an account that is suspended: bringing it back comes first', () => {
  const world = worldOf([employee('1')]);
  settle(world);
  change(world, '1', { terminationDate: TODAY });
  expect(kindsOf(world)).toEqual(['schedule']);
  world.live.accounts[0]!.state = 'SUSPENDED';
  expect(kindsOf(world)).toEqual(['reinstate']);
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
