/** Who is who: the table at the head of match.ts, row by row. Nothing is ever guessed. */
import { describe, expect, test } from 'vitest';
import type { LiveAccount } from '../../../scripts/core/directory/live.ts';
import { settle } from '../../simulate.ts';
import {
  accountId,
  employee,
  exportPeople,
  planWorld,
  policyOf,
  summaryOf,
  type World,
  worldOf,
} from '../../world.ts';

const ADA = { firstName: 'Ada', lastName: 'Lovelace', workEmail: 'ada@example.com' };

function account(facts: Partial<LiveAccount> = {}): LiveAccount {
  return {
    id: accountId('found'),
    username: 'alovelace',
    email: 'Ada@Example.com',
    state: 'ACTIVATED',
    anchor: '',
    manager: null,
    attributes: { firstname: 'ada', lastname: 'LOVELACE' },
    admin: false,
    restricted: [],
    ...facts,
  };
}

function meet(
  found: LiveAccount[],
  people = [employee('1', ADA)],
  options: Parameters<typeof worldOf>[1] = {},
): World {
  const world = worldOf(people, options);
  world.live.accounts = found;
  for (const group of world.live.groups.values()) group.members.clear();
  return world;
}

const verdict = (world: World): string => {
  const planned = planWorld(world);
  return planned.held.find(({ person }) => person === '1')?.code ?? planned.actions[0]?.kind ?? 'linked';
};

describe('matching', () => {
  const cases: [string, LiveAccount[], string][] = [
    ['address and name agree, whatever their case', [account()], 'adopt'],
    [
      'the name does not',
      [account({ attributes: { firstname: 'Grace', lastname: 'Hopper' } })],
      'adopt-name-disagrees',
    ],
    ['the account has no name at all', [account({ attributes: {} })], 'adopt-name-disagrees'],
    ['an administrator', [account({ admin: true })], 'adopt-privileged'],
    ['another anchor', [account({ anchor: '4711' })], 'address-of-another'],
    [
      'the anchor is this person’s, and the address agrees',
      [account({ anchor: '1', attributes: {} })],
      'update',
    ],
    [
      'the anchor is this person’s, and only the name agrees',
      [account({ anchor: '1', email: 'old@example.com' })],
      'rename',
    ],
    [
      'the anchor is this person’s, but nothing else: employee numbers',
      [
        account({
          anchor: '1',
          email: 'x@example.com',
          attributes: { firstname: 'Grace', lastname: 'Hopper' },
        }),
      ],
      'anchor-disagrees',
    ],
    [
      'two accounts with the anchor',
      [
        account({ anchor: '1' }),
        account({ id: accountId('b'), username: 'b', email: 'b@example.com', anchor: '1' }),
      ],
      'anchor-doubled',
    ],
    [
      'same name and user name under another address',
      [account({ email: 'old@example.com', username: 'ada' })],
      'adopt-address-disagrees',
    ],
    [
      'a namesake with another user name',
      [account({ email: 'other@example.com', username: 'ada.l' })],
      'create',
    ],
    ['nobody', [], 'create'],
  ];
  test.each(cases)('%s', (_name, found, expected) => {
    expect(verdict(meet(found))).toBe(expected);
  });

  test('two employees with one address hold each other, and swapped addresses are never adopted', () => {
    const both = meet([account()], [employee('1', ADA), employee('2', ADA)]);
    expect(planWorld(both).held.map(({ code }) => code)).toEqual(['adopt-ambiguous', 'adopt-ambiguous']);
    const people = [
      employee('1', ADA),
      employee('2', { firstName: 'Grace', lastName: 'Hopper', workEmail: 'grace@example.com' }),
    ];
    const swapped = meet(
      [
        account({ email: 'grace@example.com' }),
        account({
          id: accountId('g'),
          username: 'g',
          attributes: { firstname: 'Grace', lastname: 'Hopper' },
        }),
      ],
      people,
    );
    expect(planWorld(swapped).actions).toEqual([]);
    expect(planWorld(swapped).held.map(({ code }) => code)).toEqual([
      'adopt-name-disagrees',
      'adopt-name-disagrees',
    ]);
  });

  test('a protected account is held, and a hand-written line decides', () => {
    const world = meet([account()], undefined, { guardrails: 'protected: { accounts: [alovelace] }' });
    expect(verdict(world)).toBe('adopt-privileged');
    world.live.accounts = [account({ attributes: { firstname: 'Ada', lastname: 'King' } })];
    world.policy = policyOf({
      exceptions:
        'exceptions:\n  - { kind: adopt, person: "1", account: alovelace, owner: ann, reason: married, expires: 2026-12-31 }',
    });
    expect(summaryOf(planWorld(world))).toEqual([`adopt 1 ${accountId('found')} review`]);
  });

  test('adopt, then update and join, then nothing; memberships that the rules want are taken over', () => {
    const world = meet([
      account({ attributes: { firstname: 'Ada', lastname: 'Lovelace', jobTitle: 'Countess' } }),
    ]);
    world.live.groups.get(accountId('group Engineering'))!.members.add(accountId('found'));
    expect(planWorld(world).actions.map(({ kind }) => kind)).toEqual(['adopt']);
    expect(settle(world)).toBe(2);
    expect(world.live.accounts[0]).toMatchObject({ anchor: '1', username: 'alovelace' });
    world.people = exportPeople(world);
    expect(Object.values(world.people[0]?.given?.groups ?? {}).sort()).toEqual([
      'All Staff',
      'Engineering',
      'London Office',
    ]);
  });

  test('an account whose anchor somebody cleared is held, not made anew', () => {
    const world = worldOf([employee('1', ADA)]);
    world.live.accounts = [];
    settle(world);
    world.live.accounts[0]!.anchor = '';
    expect(planWorld(world).held).toMatchObject([{ code: 'anchor-lost' }]);
    expect(planWorld(world).actions).toEqual([]);
  });

  test('a leaver never adopted loses access at once, for review', () => {
    const world = meet(
      [account()],
      [
        employee('1', {
          ...ADA,
          status: 'Inactive',
          employmentStatus: 'Terminated',
          terminationDate: '2026-11-01',
        }),
      ],
    );
    world.live.groups.get(accountId('group Engineering'))!.members.add(accountId('found'));
    expect(summaryOf(planWorld(world))).toEqual([
      'suspend 1 review',
      'leave-group 1 Engineering review',
      `adopt 1 ${accountId('found')} review`,
    ]);
  });
});
