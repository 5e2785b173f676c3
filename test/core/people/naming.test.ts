/** Names: given once, kept, never taken over from anybody. */
import { describe, expect, test } from 'vitest';
import { settle } from '../../simulate.ts';
import { followsFrom } from '../../../scripts/core/people/naming.ts';
import { change, employee, exportPeople, planWorld, summaryOf, type World, worldOf } from '../../world.ts';

const joiner = (id: string, facts: Record<string, string | undefined>): ReturnType<typeof employee> =>
  employee(id, { hireDate: '2026-11-23', workEmail: undefined, ...facts });
const NAMING = `
username:
  candidates: ["slug(coalesce(preferredName, firstName)) + '.' + slug(lastName)", "slug(lastName)", "slug(firstName)"]
email:
  candidates: ["workEmail", "slug(coalesce(preferredName, firstName)) + '.' + slug(lastName) + '@example.com'"]
`;

function usernames(world: World): Record<string, string | undefined> {
  return Object.fromEntries(world.people.map((person) => [person.employee.id, person.account?.username]));
}

describe('user names', () => {
  test('come out of any script, without what JumpCloud refuses', () => {
    const world = worldOf(
      [
        joiner('1', { firstName: 'Łukasz', lastName: 'Żółć' }),
        joiner('2', { firstName: 'Thị Minh', lastName: 'Nguyễn' }),
        joiner('3', { firstName: 'Sinéad', lastName: "O'Brien-Ó Súilleabháin" }),
        joiner('4', { firstName: '太郎', lastName: '山田' }),
        joiner('5', { firstName: 'Teller', lastName: undefined }),
        joiner('6', { firstName: '3rd', lastName: undefined }),
      ],
      { naming: NAMING },
    );
    expect(usernames(world)).toEqual({
      '1': 'lukasz.zolc',
      '2': 'thiminh.nguyen',
      '3': 'sinead.obrien-osuilleabhain',
      '4': 'tailang.shantian',
      '5': 'teller',
      '6': undefined,
    });
  });

  test('two people of one name get two names, by the order of their ids whatever the order of the rows', () => {
    const rows = [
      joiner('20', { firstName: 'José', lastName: 'Silva' }),
      joiner('3', { firstName: 'Jose', lastName: 'Silva' }),
      joiner('100', { firstName: 'JOSÉ', lastName: 'SILVA' }),
      joiner('101', { firstName: 'Jose', lastName: 'Silva' }),
    ];
    const expected = { '3': 'jose.silva', '20': 'silva', '100': 'jose', '101': 'jose2' };
    expect(usernames(worldOf(rows, { naming: NAMING }))).toEqual(expected);
    expect(usernames(worldOf([...rows].reverse(), { naming: NAMING }))).toEqual(expected);
  });

  test('are at most as long as the policy says, numbers included', () => {
    const facts = { firstName: 'Wolfeschlegelsteinhausenbergerdorff', lastName: 'Senior' };
    const world = worldOf([joiner('1', facts), joiner('2', facts)], {
      naming: 'username: { candidates: ["slug(firstName)"], maxLength: 10 }',
    });
    expect(usernames(world)).toEqual({ '1': 'wolfeschle', '2': 'wolfeschl2' });
  });

  test('of leavers and of accounts that belong to nobody are never taken', () => {
    const world = worldOf(
      [joiner('1', { firstName: 'Ann', lastName: 'Lee', workEmail: 'ann@example.com' })],
      { naming: NAMING },
    );
    world.live.accounts = [];
    settle(world);
    change(world, '1', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-23' });
    settle(world);
    world.live.accounts.push({
      ...world.live.accounts[0]!,
      id: 'f'.repeat(24),
      username: 'lee',
      email: 'lee@other.example',
      anchor: '',
      attributes: {},
    });
    world.rows.push(joiner('2', { firstName: 'Ann', lastName: 'Lee', workEmail: 'ann2@example.com' }));
    world.people = exportPeople(world);
    expect(planWorld(world).actions.find(({ kind }) => kind === 'create')?.after).toMatchObject({
      username: 'ann',
    });
  });

  test('an address never passes from a leaver to a joiner', () => {
    const world = worldOf([joiner('1', { workEmail: 'ann@example.com' })]);
    settle(world);
    change(world, '1', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-23' });
    settle(world);
    world.rows.push(joiner('2', { workEmail: 'ann@example.com' }));
    world.people = exportPeople(world);
    expect(planWorld(world).actions).toEqual([]);
    expect(planWorld(world).held.map(({ person }) => person)).toEqual(['2']);
  });
});

describe('renames', () => {
  test('a changed name proposes a rename for review; a changed address too; otherwise names are kept', () => {
    const world = worldOf(
      [joiner('1', { firstName: 'Ann', lastName: 'Lee', workEmail: 'ann.lee@example.com' })],
      { naming: NAMING },
    );
    world.live.accounts = [];
    settle(world);
    change(world, '1', { jobTitle: 'Director' });
    expect(summaryOf(planWorld(world))).toEqual(['update 1 jobTitle auto']);
    settle(world);
    change(world, '1', { lastName: 'Miller', workEmail: 'ann.miller@example.com' });
    expect(summaryOf(planWorld(world)).filter((line) => line.startsWith('rename'))).toEqual([
      'rename 1 email review',
      'rename 1 username review',
    ]);
    settle(world);
    expect(world.live.accounts[0]).toMatchObject({ username: 'ann.miller', email: 'ann.miller@example.com' });
    world.people = exportPeople(world);
    expect(planWorld(world).actions).toEqual([]);
  });

  test.each([
    ['ann.lee', true],
    ['Ann.Lee', true],
    ['ann.lee2', true],
    ['ann.lee20', true],
    ['lee', true],
    ['lee7', true],
    ['ann.leeds', false],
    ['2ann.lee', false],
    ['ann.lee2x', false],
    ['ann.le', false],
    ['', false],
  ])('%s follows from ann.lee or lee: %s', (username, follows) => {
    expect(followsFrom(username, ['ann.lee', 'lee'])).toBe(follows);
  });

  test.each([
    ['ann.lee2', 'which we would not have given, is kept', []],
    ['ann.lee', 'which we would have given, follows the person', ['rename']],
  ])('an adopted name: %s, %s', (username, _, renames) => {
    const world = worldOf([employee('1', { firstName: 'Ann', lastName: 'Lee' }), employee('2')], {
      naming: NAMING,
    });
    Object.assign(world.live.accounts[0]!, { anchor: '', username });
    settle(world);
    change(world, '1', { lastName: 'Miller' });
    expect(planWorld(world).actions.map(({ kind }) => kind)).toEqual([...renames, 'update', 'update']);
  });

  test('two whom HR takes for each other get no names anew', () => {
    const two = {
      '1': { firstName: 'Ann', lastName: 'Lee', workEmail: 'ann.lee@example.com' },
      '2': { firstName: 'Bob', lastName: 'Ray', workEmail: 'bob.ray@example.com' },
    };
    const world = worldOf([joiner('1', two['1']), joiner('2', two['2'])], { naming: NAMING });
    world.live.accounts = [];
    settle(world);
    world.rows = [joiner('1', two['2']), joiner('2', two['1'])];
    world.people = exportPeople(world);
    expect(usernames(world)).toEqual({ '1': 'ann.lee', '2': 'bob.ray' });
    expect(planWorld(world).actions.filter(({ kind }) => kind === 'rename')).toEqual([]);
  });

  test('where policy keeps names, a changed name updates the names shown and nothing else', () => {
    const world = worldOf(
      [joiner('1', { firstName: 'Ann', lastName: 'Lee', workEmail: 'ann.lee@example.com' })],
      { naming: `${NAMING.trim().replace('username:', 'username:\n  onNameChange: keep')}\n` },
    );
    world.live.accounts = [];
    settle(world);
    change(world, '1', { lastName: 'Miller' });
    expect(planWorld(world).actions.map(({ kind }) => kind)).toEqual(['update', 'update']);
  });

  test('a new address that belongs to another account is a finding, and waits', () => {
    const world = worldOf([employee('1'), employee('2')]);
    change(world, '1', { workEmail: 'svc@example.com' });
    world.live.accounts.push({
      ...world.live.accounts[0]!,
      id: 'e'.repeat(24),
      username: 'svc',
      email: 'svc@example.com',
      anchor: '',
      attributes: {},
    });
    const planned = planWorld(world);
    expect(planned.actions).toEqual([]);
    expect(planned.findings.map(({ code }) => code)).toContain('email-taken');
  });
});

describe('waiting', () => {
  test('a joiner without address is held with the reason and made when it arrives', () => {
    const world = worldOf([joiner('1', {})]);
    world.live.accounts = [];
    expect(planWorld(world).held).toMatchObject([{ person: '1', code: 'no-address' }]);
    expect(planWorld(world).actions).toEqual([]);
    change(world, '1', { workEmail: 'ann@example.com' });
    expect(planWorld(world).actions[0]?.kind).toBe('create');
  });
});
