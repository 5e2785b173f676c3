/** Who is who: the table at the head of match.ts, row by row. Nothing is ever guessed. */
import { describe, expect, test } from 'vitest';
import type { LiveAccount } from '../../../scripts/core/directory/live.ts';
import { settle } from '../../simulate.ts';
import {
  accountId,
  change,
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
    [
      'only the last name agrees',
      [account({ attributes: { lastname: 'Lovelace' } })],
      'adopt-name-disagrees',
    ],
    ['the name stands in one field', [account({ attributes: { displayname: 'Ada  Lovelace' } })], 'adopt'],
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

  describe('an HR id that is given to another person', () => {
    const nova = { firstName: 'Nova', lastName: 'Newman', workEmail: 'nova@example.com' };
    const given = (facts: Record<string, string>): World => {
      const world = worldOf([employee('1', ADA)]);
      world.live.accounts = [];
      settle(world);
      change(world, '1', facts);
      return world;
    };

    test('does not get the account of the first one', () => {
      const planned = planWorld(given({ ...nova, department: 'Sales' }));
      expect(planned.held).toMatchObject([{ code: 'another-person' }]);
      expect(planned.actions).toEqual([]);
    });

    test.each([
      ['a part of the name stays', { ...nova, firstName: 'Ada' }],
      ['the address stays', { ...nova, workEmail: ADA.workEmail }],
      ['HR has no name', { ...nova, firstName: '', lastName: '' }],
    ])('is no such thing while %s', (_name, facts) => {
      expect(planWorld(given(facts)).held).toEqual([]);
    });

    const leavers = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };

    test('ends the first one no further than a review, when the other one has left', () => {
      const planned = planWorld(given({ ...nova, ...leavers }));
      expect(planned.plans.map(({ lane }) => lane)).toEqual(['review']);
      expect(planned.actions.map(({ kind }) => kind)).toContain('suspend');
      expect(planned.findings).toMatchObject([{ code: 'another-person', severity: 'critical', person: '1' }]);
    });

    test('is no such thing where HR takes name and address of somebody who left', () => {
      const planned = planWorld(
        given({ ...leavers, workEmail: '', firstName: 'Former', lastName: 'Employee' }),
      );
      expect(planned.plans.map(({ lane }) => lane)).toEqual(['auto']);
      expect(planned.findings).toEqual([]);
    });

    test('says nothing any more once that account is out', () => {
      const world = given({ ...nova, ...leavers });
      settle(world);
      expect(world.live.accounts).toMatchObject([{ state: 'SUSPENDED' }]);
      expect(planWorld(world)).toMatchObject({ plans: [], findings: [] });
    });

    // The addresses are all taken: each would keep their own, which proves nothing.
    test.each([
      ['HR provides addresses', '{}', 'p1@example.com'],
      [
        'the rules make them',
        "email: { candidates: [\"slug(firstName) + '.' + slug(lastName) + '@example.com'\"] }",
        '',
      ],
    ])('holds both when two swap their ids, where %s', (_name, naming, workEmail) => {
      const [one, two] = [
        { firstName: 'Ada', lastName: 'Lovelace', workEmail },
        { firstName: 'Grace', lastName: 'Hopper', workEmail: workEmail.replace('1', '2') },
      ];
      const world = worldOf([employee('1', one), employee('2', two)], { naming });
      world.live.accounts = [];
      settle(world);
      expect(world.live.accounts).toHaveLength(2);
      world.rows = [employee('1', two), employee('2', { ...one, department: 'Sales' })];
      world.people = exportPeople(world);
      const planned = planWorld(world);
      expect(planned.held.map(({ person, code }) => `${person} ${code}`)).toEqual([
        '1 another-person',
        '2 another-person',
      ]);
      expect(planned.actions).toEqual([]);
    });

    test('is decided by an adopt line', () => {
      const world = given(nova);
      world.policy = policyOf({
        exceptions:
          'exceptions:\n  - { kind: adopt, person: "1", account: ada@example.com, owner: ann, reason: new name, expires: 2026-12-31 }',
      });
      expect(planWorld(world).held).toEqual([]);
      expect(planWorld(world).actions.map(({ kind }) => kind)).toContain('rename');
    });

    test('keeps nobody inside who has left', () => {
      const world = given({ ...nova, status: 'Inactive', employmentStatus: 'Terminated' });
      expect(planWorld(world).actions.map(({ kind }) => kind)).toContain('suspend');
    });
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

describe('names', () => {
  const GRACE = {
    firstName: 'Grace Brewster',
    preferredName: 'Grace',
    lastName: 'Hopper',
    workEmail: ADA.workEmail,
  };
  test.each([
    ['the preferred name', GRACE, { firstname: 'Grace', lastname: 'Hopper' }, 'adopt'],
    ['the legal name', GRACE, { firstname: 'Grace Brewster', lastname: 'Hopper' }, 'adopt'],
    ['more blanks than HR has', GRACE, { firstname: ' Grace   Brewster', lastname: 'Hopper ' }, 'adopt'],
    ['the shown name alone', GRACE, { displayname: 'Grace Hopper' }, 'adopt'],
    ['a shown name of somebody else', GRACE, { displayname: 'Ada Hopper' }, 'adopt-name-disagrees'],
    ['the last name alone', GRACE, { lastname: 'Hopper' }, 'adopt-name-disagrees'],
    ['the two run together', GRACE, { firstname: 'GraceHopper' }, 'adopt-name-disagrees'],
    [
      'a mononym',
      { firstName: 'Teller', lastName: undefined, workEmail: ADA.workEmail },
      { firstname: 'Teller' },
      'adopt',
    ],
  ] as const)('agree with %s', (_name, facts, attributes, expected) => {
    expect(verdict(meet([account({ attributes: { ...attributes } })], [employee('1', { ...facts })]))).toBe(
      expected,
    );
  });

  test('of somebody whom HR has under no name agree with nothing', () => {
    const nameless = { firstName: undefined, lastName: undefined, workEmail: ADA.workEmail };
    expect(verdict(meet([account({ attributes: {} })], [employee('1', nameless)]))).toBe(
      'adopt-name-disagrees',
    );
    expect(
      verdict(
        meet([account({ anchor: '1', email: 'x@example.com', attributes: {} })], [employee('1', nameless)]),
      ),
    ).toBe('anchor-disagrees');
  });

  test('a namesake whose user name ends in another number is somebody else', () => {
    const found = account({ email: 'other@example.com', username: 'ada77' });
    expect(verdict(meet([found]))).toBe('create');
  });
});

describe('one address, several claims', () => {
  test('two accounts with the address: neither is taken', () => {
    expect(verdict(meet([account(), account({ id: accountId('b'), username: 'b' })]))).toBe(
      'adopt-ambiguous',
    );
  });

  test('the account of another employee is named as theirs, one of nobody is not', () => {
    const people = [
      employee('1', ADA),
      employee('2', { firstName: 'Grace', lastName: 'Hopper', workEmail: 'grace@example.com' }),
    ];
    const told = (anchor: string): string =>
      planWorld(
        meet([account({ anchor, attributes: { firstname: 'Grace', lastname: 'Hopper' } })], people),
      ).held.find(({ person }) => person === '1')?.message ?? '';
    expect(told('2')).toContain('the account of employee 2');
    expect(told('4711')).toContain('carries another employeeIdentifier');
  });

  test('people without address claim nothing, and no account without one is theirs', () => {
    const people = [
      employee('1', { ...ADA, workEmail: undefined }),
      employee('2', { ...ADA, workEmail: undefined }),
    ];
    expect(planWorld(meet([account({ email: '' })], people)).actions).toEqual([]);
    expect(planWorld(meet([account({ email: '' })], people)).held.map(({ code }) => code)).toEqual([
      'no-address',
      'no-address',
    ]);
  });
});

describe('lines of exceptions.yaml', () => {
  const line = (text: string): Parameters<typeof policyOf>[0] => ({
    exceptions: `exceptions:\n  - { ${text}, owner: ann, reason: known, expires: 2026-11-23 }\n`,
  });
  function decided(found: LiveAccount[], text: string, asOf = '2026-11-23'): World {
    const world = meet(
      found,
      [employee('1', ADA), employee('2', { workEmail: 'two@example.com' })],
      line(text),
    );
    world.asOf = asOf;
    return world;
  }

  test.each(['alovelace', 'ada@EXAMPLE.com'])(
    'ignore by %s: never matched, until the line ends; its address stays its own',
    (name) => {
      expect(verdict(decided([account()], `kind: ignore, account: ${name}`))).toBe('address-taken');
      expect(verdict(decided([account()], `kind: ignore, account: ${name}`, '2026-11-24'))).toBe('adopt');
    },
  );

  test.each(['alovelace', 'ada@example.com'])(
    'adopt by %s decides what matching cannot tell, until the line ends',
    (name) => {
      const other = account({ attributes: { firstname: 'Ada', lastname: 'King' } });
      const world = decided([other], `kind: adopt, person: "1", account: ${name}`);
      expect(verdict(world)).toBe('adopt');
      expect(planWorld(world).actions[0]?.because).toMatch(/named by hand in mappings\/exceptions\.yaml/);
      expect(verdict(decided([other], `kind: adopt, person: "1", account: ${name}`, '2026-11-24'))).toBe(
        'adopt-name-disagrees',
      );
    },
  );

  test('adopt of an account that is not there, or that is another employee’s, is held and names the line', () => {
    for (const [found, code] of [
      [account({ username: 'other', email: 'other@example.com' }), 'adopt-line-unknown'],
      [account({ anchor: '2', email: 'two@example.com' }), 'address-of-another'],
    ] as const) {
      const world = decided([found], 'kind: adopt, person: "1", account: alovelace');
      expect(verdict(world)).toBe(code);
      expect(planWorld(world).held[0]?.message).toContain('mappings/exceptions.yaml:');
    }
  });

  test('adopt takes an account whose anchor is nobody’s: an employee number of before', () => {
    expect(
      verdict(decided([account({ anchor: 'E-77' })], 'kind: adopt, person: "1", account: alovelace')),
    ).toBe('adopt');
  });
});

test('every hold of matching says what is the matter and what to do', () => {
  const said = (found: LiveAccount[]): string => planWorld(meet(found)).held[0]?.message ?? '';
  expect(
    said([account({ anchor: '1' }), account({ id: accountId('b'), username: 'b', anchor: '1' })]),
  ).toMatch(/2 accounts carry this HR id: clear employeeIdentifier/);
  expect(said([account({ attributes: {} })])).toMatch(/bears another name: an adopt line/);
  expect(said([account({ admin: true })])).toMatch(/protected or a console administrator: an adopt line/);
  expect(said([account(), account({ id: accountId('b'), username: 'b' })])).toMatch(
    /more than one .*: HR corrects it/,
  );
  expect(said([account({ email: 'old@example.com', username: 'ada' })])).toMatch(
    /under another address: an adopt line/,
  );
  expect(said([account({ anchor: '1', email: 'x@example.com', attributes: {} })])).toMatch(
    /perhaps employee numbers/,
  );
});
