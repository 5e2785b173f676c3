/** One wish carried out: what is sent, and what becomes of an answer that is lost or means two things. */
import { describe, expect, test } from 'vitest';
import type { LiveAccount } from '../../scripts/core/directory/live.ts';
import type { Action } from '../../scripts/core/plan/action.ts';
import { Failure } from '../../scripts/core/values/failure.ts';
import { performAction, type Performed, performUpdates } from '../../scripts/flow/perform.ts';
import { AnswerLost, type DirectoryReader, type DirectoryWriter } from '../../scripts/ports.ts';
import { anAction } from '../world.ts';

const ACCOUNT = 'a'.repeat(24);
const BOSS = 'b'.repeat(24);
const AT = '2026-11-27T07:00:00Z';

const ada: LiveAccount = {
  id: ACCOUNT,
  username: 'ada',
  email: 'ada@example.com',
  state: 'ACTIVATED',
  anchor: '1',
  manager: BOSS,
  attributes: { jobTitle: 'Engineer', department: 'R&D' },
  admin: false,
  restricted: [],
};

const action = (kind: Action['kind'], parts: Partial<Action> = {}): Action =>
  anAction(kind, { account: ACCOUNT, ...parts });

const create = action('create', {
  account: null,
  after: { username: 'ada', email: 'ada@example.com', state: 'STAGED', anchor: '1', attributes: {} },
});

/** A JumpCloud that loses the answer of the first `lose` writes, and shows what `reader` says afterwards. */
function play({ lose = 0, reader = {} }: { lose?: number; reader?: Partial<DirectoryReader> }) {
  const writes: string[] = [];
  const pauses: number[] = [];
  const writer = new Proxy({} as DirectoryWriter, {
    get:
      (_, name: string) =>
      (...given: unknown[]) => {
        writes.push(`${name} ${JSON.stringify(given)}`);
        if (writes.length <= lose) return Promise.reject(new AnswerLost('JumpCloud: the connection was cut'));
        if (name === 'armState') return Promise.resolve({ job: 'job1' });
        return Promise.resolve(name === 'createAccount' || name === 'changeAccount' ? ada : 'done');
      },
  });
  const hands = {
    reader: reader as DirectoryReader,
    writer,
    pause: (ms: number) => Promise.resolve(void pauses.push(ms)),
  };
  return { hands, writes, pauses };
}

const managerOf = (person: string): string | null => (person === '9' ? BOSS : null);
const perform = (
  wanted: Action,
  played: ReturnType<typeof play>,
  account: string | null = ACCOUNT,
): Promise<Performed> => performAction(wanted, account, played.hands, managerOf);

test('a reinstatement that is answered with the suspended account is looked up and sent again, and never done unseen', async () => {
  const suspended: LiveAccount = { ...ada, state: 'SUSPENDED' };
  let sent = 0;
  const answering = (live: LiveAccount): ReturnType<typeof play> => {
    const played = play({ reader: { readAccount: () => Promise.resolve(live) } });
    played.hands.writer = {
      changeAccount: () => Promise.resolve((sent += 1) === 1 ? suspended : live),
    } as unknown as DirectoryWriter;
    return played;
  };
  expect(await perform(action('reinstate'), answering(ada))).toMatchObject({ outcome: 'done', attempts: 1 });
  sent = 0;
  await expect(perform(action('reinstate'), answering(suspended))).rejects.toBeInstanceOf(AnswerLost);
  expect(sent).toBe(3);
});

describe('a create whose answer was lost', () => {
  test('is the account of this anchor and address, and is not made again', async () => {
    const played = play({ lose: 1, reader: { findAccounts: () => Promise.resolve([ada]) } });
    expect(await perform(create, played, null)).toEqual({ outcome: 'done', attempts: 1, account: ada });
    expect(played.writes).toHaveLength(1);
  });

  test('somebody else under this anchor is not taken for it', async () => {
    const played = play({
      lose: 1,
      reader: { findAccounts: () => Promise.resolve([{ ...ada, email: 'bo@example.com' }]) },
    });
    expect(await perform(create, played, null)).toMatchObject({ attempts: 2 });
    expect(played.writes).toHaveLength(2);
  });

  test('is looked for five times before it is sent again, and given up after three', async () => {
    let looks = 0;
    const played = play({
      lose: 99,
      reader: {
        findAccounts: (by, value) => {
          looks += 1;
          expect([by, value]).toEqual(['employeeIdentifier', '1']);
          return Promise.resolve([]);
        },
      },
    });
    await expect(perform(create, played, null)).rejects.toThrow(AnswerLost);
    expect(played.writes).toHaveLength(3);
    expect(looks).toBe(15);
    expect(played.pauses.slice(0, 4)).toEqual([200, 500, 1_000, 2_000]);
  });

  test('a refusal is no lost answer: it is sent once', async () => {
    const played = play({});
    let sent = 0;
    played.hands.writer = {
      createAccount: () => {
        sent += 1;
        return Promise.reject(new Failure(1, 'jumpcloud-refused', 'JumpCloud: answered 400', 'look'));
      },
    } as unknown as DirectoryWriter;
    await expect(perform(create, played, null)).rejects.toThrow('answered 400');
    expect(sent).toBe(1);
  });
});

describe('any other write whose answer was lost: a read tells whether it landed', () => {
  const live = (change: Partial<LiveAccount> | null): Partial<DirectoryReader> => ({
    readAccount: () => Promise.resolve(change === null ? null : { ...ada, ...change }),
  });
  const member = (isThere: boolean): Partial<DirectoryReader> => ({
    isMember: () => Promise.resolve(isThere),
  });
  const armed = (...jobs: [string, string, string][]): Partial<DirectoryReader> => ({
    readArmed: () =>
      Promise.resolve(
        jobs.map(([job, state, at]) => ({ job, account: ACCOUNT, state: state as 'ACTIVATED', at })),
      ),
  });
  const bound = (...ids: string[]): Partial<DirectoryReader> => ({
    readBindings: (_, [type]) => Promise.resolve(ids.map((id) => ({ type: type ?? '', id, name: id }))),
  });
  const keys = (...ids: string[]): Partial<DirectoryReader> => ({ readSshKeys: () => Promise.resolve(ids) });
  const rename = (target: string, after: string): Action => action('rename', { target, after });
  const update = (after: string | null): Action => action('update', { target: 'jobTitle', after });
  const boss = (after: string | null): Action => action('set-manager', { target: after, after });

  test.each<[string, Action, Partial<DirectoryReader>, Partial<DirectoryReader>]>([
    ['suspend', action('suspend'), live({ state: 'SUSPENDED' }), live({})],
    ['reinstate', action('reinstate'), live({}), live({ state: 'SUSPENDED' })],
    ['activate', action('activate'), live({}), live({ state: 'STAGED' })],
    ['adopt', action('adopt', { after: { anchor: '1' } }), live({}), live({ anchor: '' })],
    ['update', update('Engineer'), live({}), live({ attributes: {} })],
    ['update to nothing', update(null), live({ attributes: {} }), live({})],
    ['rename the user', rename('username', 'ada'), live({}), live({ username: 'Ada' })],
    ['rename the address', rename('email', 'ADA@example.com'), live({}), live({ email: 'a@example.com' })],
    ['set-manager', boss('9'), live({}), live({ manager: null })],
    ['set-manager to nobody', boss(null), live({ manager: null }), live({})],
    ['join-group', action('join-group', { target: 'g' }), member(true), member(false)],
    ['leave-group', action('leave-group', { target: 'g' }), member(false), member(true)],
    ['bind', action('bind', { target: 'system:s1' }), bound('s1'), bound('s2')],
    ['unbind', action('unbind', { target: 'system:s1' }), bound('s2'), bound('s1')],
    ['unbind a key', action('unbind', { target: 'ssh_key:k1' }), keys('k2'), keys('k1')],
    [
      'unschedule',
      action('unschedule', { target: 'job7' }),
      armed(['job8', 'ACTIVATED', AT]),
      armed(['job7', 'ACTIVATED', AT]),
    ],
    ['delete', action('delete'), live(null), live({})],
  ])('%s', async (_name, wanted, landed, not) => {
    const seen = play({ lose: 1, reader: landed });
    expect(await perform(wanted, seen)).toMatchObject({ outcome: 'done', attempts: 1 });
    expect(seen.writes).toHaveLength(1);
    const unseen = play({ lose: 1, reader: not });
    expect(await perform(wanted, unseen)).toMatchObject({ attempts: 2 });
    expect(unseen.writes).toHaveLength(2);
  });

  test('an account that is gone is no sign that it was suspended', async () => {
    const played = play({ lose: 99, reader: live(null) });
    await expect(perform(action('suspend'), played)).rejects.toThrow(AnswerLost);
  });

  test('one PUT of several attributes has landed when all of them show', async () => {
    const updates = [update('Engineer'), action('update', { target: 'department', after: 'R&D' })];
    const seen = play({ lose: 1, reader: live({}) });
    expect(await performUpdates(updates, ACCOUNT, seen.hands)).toEqual({
      outcome: 'done',
      attempts: 1,
      account: ada,
    });
    const half = play({ lose: 1, reader: live({ attributes: { jobTitle: 'Engineer' } }) });
    expect(await performUpdates(updates, ACCOUNT, half.hands)).toMatchObject({ attempts: 2 });
    expect(half.writes).toEqual(
      Array(2).fill(
        `changeAccount ${JSON.stringify([ACCOUNT, { attributes: { jobTitle: 'Engineer', department: 'R&D' } }])}`,
      ),
    );
    const gone = play({ lose: 99, reader: live(null) });
    await expect(performUpdates(updates, ACCOUNT, gone.hands)).rejects.toThrow(AnswerLost);
    expect(gone.writes).toHaveLength(3);
  });

  test('an armed job is looked for by state and instant', async () => {
    const arm = action('schedule', { target: 'SUSPENDED', after: { state: 'SUSPENDED', at: AT } });
    const others = [
      ['job1', 'ACTIVATED', AT],
      ['job2', 'SUSPENDED', '2026-11-28T07:00:00Z'],
    ] as [string, string, string][];
    let looked = 0;
    const played = play({
      lose: 1,
      reader: {
        readArmed: (accounts) => {
          looked += 1;
          // The look before the arming shows neither; the one after it shows what has landed.
          return armed(
            ...others,
            ...(looked > 1 ? [['job3', 'SUSPENDED', AT] as [string, string, string]] : []),
          ).readArmed!(accounts);
        },
      },
    });
    expect(await perform(arm, played)).toEqual({ outcome: 'done', attempts: 1, job: 'job3' });
    expect(played.writes).toHaveLength(1);
  });
});

describe('what is sent', () => {
  test.each<[Action, string, unknown[]]>([
    [action('suspend'), 'changeAccount', [ACCOUNT, { state: 'SUSPENDED' }]],
    [action('reinstate'), 'changeAccount', [ACCOUNT, { state: 'ACTIVATED' }]],
    [action('adopt', { after: { anchor: '1' } }), 'changeAccount', [ACCOUNT, { anchor: '1' }]],
    [
      action('rename', { target: 'username', after: 'ada.l' }),
      'changeAccount',
      [ACCOUNT, { username: 'ada.l' }],
    ],
    [action('rename', { target: 'email', after: 'a@b.c' }), 'changeAccount', [ACCOUNT, { email: 'a@b.c' }]],
    [action('set-manager', { target: '9', after: '9' }), 'changeAccount', [ACCOUNT, { manager: BOSS }]],
    [action('set-manager', { after: null }), 'changeAccount', [ACCOUNT, { manager: null }]],
    [
      action('activate', { after: { mail: 'boss@example.com' } }),
      'activateAccount',
      [ACCOUNT, 'boss@example.com'],
    ],
    [action('activate', { after: { mail: true } }), 'activateAccount', [ACCOUNT, true]],
    [action('activate'), 'activateAccount', [ACCOUNT, false]],
    [action('join-group', { target: 'g' }), 'changeMembership', ['add', 'g', ACCOUNT]],
    [action('leave-group', { target: 'g' }), 'changeMembership', ['remove', 'g', ACCOUNT]],
    [
      action('bind', { target: 'system:s1' }),
      'changeBinding',
      ['add', ACCOUNT, { type: 'system', id: 's1' }],
    ],
    [
      action('unbind', { target: 'policy:p1' }),
      'changeBinding',
      ['remove', ACCOUNT, { type: 'policy', id: 'p1' }],
    ],
    [action('unbind', { target: 'ssh_key:k1' }), 'deleteSshKey', [ACCOUNT, 'k1']],
    [action('unschedule', { target: 'job7' }), 'cancelArmed', ['job7']],
    [action('delete', { before: { reportsTo: '9' } }), 'deleteAccount', [ACCOUNT, BOSS]],
    [action('delete', { before: {} }), 'deleteAccount', [ACCOUNT, null]],
    [action('create-group', { account: null, target: 'Sales' }), 'createGroup', ['Sales']],
  ])('$kind', async (wanted, name, given) => {
    const played = play({});
    expect(await perform(wanted, played)).toMatchObject({ outcome: 'done', attempts: 1 });
    expect(played.writes).toEqual([`${name} ${JSON.stringify(given)}`]);
  });

  test('nothing without an account, and no manager who has none', async () => {
    const played = play({});
    await expect(perform(action('suspend'), played, null)).rejects.toMatchObject({ code: 'no-account' });
    await expect(perform(action('set-manager', { after: '8' }), played)).rejects.toMatchObject({
      code: 'manager-without-account',
    });
    expect(played.writes).toEqual([]);
  });
});

test.each([
  ['join-group', true],
  ['leave-group', false],
] as const)(
  '%s: an answer that it is done already is believed when a read shows it',
  async (kind, isThere) => {
    const answers = (shown: boolean) => {
      const played = play({ reader: { isMember: () => Promise.resolve(shown) } });
      played.hands.writer = {
        changeMembership: () => Promise.resolve('already'),
      } as unknown as DirectoryWriter;
      return played;
    };
    const wanted = action(kind, { target: 'g' });
    expect(await perform(wanted, answers(isThere))).toEqual({ outcome: 'already', attempts: 1 });
    await expect(perform(wanted, answers(!isThere))).rejects.toMatchObject({ code: 'membership-unclear' });
  },
);
