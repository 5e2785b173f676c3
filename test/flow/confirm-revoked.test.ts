/** What was taken is read back, each kind by itself: an answer of 204 is no proof that anything is gone. */
import { expect, test } from 'vitest';
import type { Action } from '../../scripts/core/plan/action.ts';
import type { ActionResult } from '../../scripts/core/record/receipt.ts';
import { Failure } from '../../scripts/core/values/failure.ts';
import { confirmRevoked } from '../../scripts/flow/confirm-revoked.ts';
import type { DirectoryReader } from '../../scripts/ports.ts';
import { anAction, employee, worldOf } from '../world.ts';

const ACCOUNT = worldOf([employee('1')]).live.accounts[0]!;
const taking = (kind: Action['kind'], target: string | null = null): Action =>
  anAction(kind, { account: ACCOUNT.id, target });
const EXIT = [
  taking('suspend'),
  taking('leave-group', 'g1'),
  taking('unbind', 'system:s1'),
  taking('unbind', 'policy:p1'),
  taking('unbind', 'ssh_key:k1'),
];

/** Nothing is left, unless a test says otherwise. */
const CLEAN: Partial<DirectoryReader> = {
  readAccount: () => Promise.resolve({ ...ACCOUNT, state: 'SUSPENDED' }),
  readMemberships: () => Promise.resolve([]),
  readBindings: () => Promise.resolve([]),
  readSshKeys: () => Promise.resolve([]),
  readArmed: () => Promise.resolve([]),
};

/** Target (or kind) -> why, of whatever JumpCloud said was done and a read does not confirm. */
async function failuresOf(
  reads: Partial<DirectoryReader>,
  actions = EXIT,
  outcome: ActionResult['outcome'] = 'done',
): Promise<Record<string, string>> {
  const results = new Map(
    actions.map(({ id }): [string, ActionResult] => [id, { action: id, outcome, at: 'then', attempts: 1 }]),
  );
  await confirmRevoked(actions, results, {
    hands: {
      reader: { ...CLEAN, ...reads } as DirectoryReader,
      writer: {} as never,
      pause: () => Promise.resolve(),
    },
    now: () => 'now',
    isStopping: () => false,
  });
  return Object.fromEntries(
    actions.flatMap(({ id, kind, target }) => {
      const { outcome: now, reason = '' } = results.get(id)!;
      return now === 'failed' ? [[target ?? kind, reason]] : [];
    }),
  );
}

test('what is gone stays done', async () => {
  expect(await failuresOf({})).toEqual({});
});

test('a binding or a key that a read still shows is a failure, and only that one', async () => {
  const bound = (type: string, id: string) => ({ type, id, name: id });
  expect(
    Object.keys(
      await failuresOf({
        readBindings: (_account, types) =>
          Promise.resolve(
            [bound('system', 's1'), bound('system', 's9')].filter(({ type }) => types.includes(type)),
          ),
      }),
    ),
  ).toEqual(['system:s1']);
  expect(await failuresOf({ readSshKeys: () => Promise.resolve(['k1', 'k9']) })).toEqual({
    'ssh_key:k1': expect.stringContaining('still shows the binding') as string,
  });
});

test('so is a job that was cancelled and still stands: at its hour it would open the account', async () => {
  const job = (id: string) => ({
    job: id,
    account: ACCOUNT.id,
    state: 'ACTIVATED' as const,
    at: '2026-12-01T07:00:00Z',
  });
  const cancelled = [taking('unschedule', 'j1'), taking('unschedule', 'j2')];
  const readArmed = (): ReturnType<DirectoryReader['readArmed']> => Promise.resolve([job('j2'), job('j3')]);
  expect(Object.keys(await failuresOf({ readArmed }, cancelled))).toEqual(['j2']);
});

test('a read that fails leaves what it was to confirm unconfirmed, and the rest as it is', async () => {
  const down = (): Promise<never> =>
    Promise.reject(new Failure(1, 'service-down', 'JumpCloud: answered 503', 'wait'));
  expect(Object.keys(await failuresOf({ readMemberships: down }))).toEqual(['g1']);
  expect(Object.keys(await failuresOf({ readBindings: down }))).toEqual([
    'system:s1',
    'policy:p1',
    'ssh_key:k1',
  ]);
});

test('asks for nothing that was not taken', async () => {
  const asked: string[] = [];
  const noting: Partial<DirectoryReader> = {
    readBindings: (_account, types) => {
      asked.push(types.join());
      return Promise.resolve([]);
    },
    readSshKeys: () => {
      asked.push('ssh_key');
      return Promise.resolve([]);
    },
  };
  await failuresOf(noting, EXIT.slice(0, 2));
  await failuresOf(noting, EXIT, 'already');
  expect(asked).toEqual([]);
  await failuresOf(noting, EXIT.slice(2, 4));
  expect(asked).toEqual(['policy,system']);
});
