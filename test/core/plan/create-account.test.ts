/** A new account: what is asked for, complete, or why nothing is. */
import { describe, expect, test } from 'vitest';
import {
  accountId,
  employee,
  exportPeople,
  LIFECYCLE,
  planWorld,
  type World,
  type WorldOptions,
  worldOf,
} from '../../world.ts';

/** Two at work, the first a manager, and somebody who is new. */
function joined(facts: Record<string, string | undefined>, options: WorldOptions = {}): World {
  const world = worldOf([employee('1'), employee('2')], options);
  world.rows.push(employee('9', { hireDate: '2026-11-23', ...facts }));
  world.people = exportPeople(world);
  return world;
}
const deedsOf = (world: World) =>
  planWorld(world)
    .actions.filter(({ kind, person }) => person === '9' && (kind === 'create' || kind === 'activate'))
    .map(({ kind, before, after, because }) => ({ kind, before, after, because }));
const heldOf = (world: World): string[] =>
  planWorld(world).held.map(({ person, code }) => `${person} ${code}`);
const mailTo = (to: string): WorldOptions => ({
  lifecycle: `${LIFECYCLE}start: { activationMail: ${to} }\n`,
});

const NEW = { username: 'p9', email: 'p9@example.com', anchor: '9' };

describe('on the first day', () => {
  test('is active at once where the mail goes to the new address', () => {
    expect(deedsOf(joined({}, mailTo('work')))).toMatchObject([
      { kind: 'create', before: null, after: { ...NEW, state: 'ACTIVATED' }, because: 'hired 2026-11-23' },
    ]);
  });

  test.each([
    ['none', {}, false],
    ['it@example.com', {}, 'it@example.com'],
    ['manager', { managerId: '1' }, 'p1@example.com'],
  ] as const)('is staged and then activated where it goes to %s', (to, facts, mail) => {
    expect(deedsOf(joined(facts, mailTo(to)))).toMatchObject([
      { kind: 'create', after: { ...NEW, state: 'STAGED' } },
      {
        kind: 'activate',
        before: { state: 'STAGED' },
        after: { state: 'ACTIVATED', mail },
        because: 'hired 2026-11-23',
      },
    ]);
  });

  test('a manager without an account gets no mail: the person does', () => {
    expect(deedsOf(joined({}, mailTo('manager')))).toMatchObject([{ after: { state: 'ACTIVATED' } }]);
  });
});

test('ahead of it, the account is staged and nothing more', () => {
  expect(deedsOf(joined({ hireDate: '2026-11-26' }))).toMatchObject([
    { kind: 'create', after: { state: 'STAGED' }, because: 'starts 2026-11-26: staged ahead' },
  ]);
});

describe('names', () => {
  test('one that a stranger has meanwhile is not taken again', () => {
    const world = joined({ firstName: 'Ada', lastName: 'Lovelace' });
    const [stranger] = world.live.accounts;
    world.live.accounts.push({
      ...stranger!,
      id: accountId('stranger'),
      anchor: '',
      username: 'P9',
      email: 'stranger@example.com',
    });
    const [create] = deedsOf(world);
    expect(create).toMatchObject({ after: { email: 'p9@example.com' } });
    expect((create?.after as { username: string }).username).not.toBe('p9');
  });

  test.each([
    ['no address', { workEmail: undefined }, 'no-address'],
    ['an address that is none', { workEmail: 'ada at example.com' }, 'no-address'],
    ['neither first nor last name', { firstName: undefined, lastName: undefined }, 'no-name'],
  ])('%s: nothing is made', (_, facts, code) => {
    const world = joined(facts);
    expect(deedsOf(world)).toEqual([]);
    expect(heldOf(world)).toEqual([`9 ${code}`]);
  });

  test.each([{ firstName: undefined }, { lastName: undefined }])(
    'one of the two is enough: without %j',
    (facts) => {
      expect(deedsOf(joined(facts))).toMatchObject([{ kind: 'create' }]);
    },
  );
});
