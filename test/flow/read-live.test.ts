/** Whose belongings a plan looks at: a leaver's until the record shows that everything is gone, and not for ever. */
import { expect, test } from 'vitest';
import type { LiveAccount } from '../../scripts/core/directory/live.ts';
import { emptyLedger, type Ledger, type PersonLedger } from '../../scripts/core/record/ledger.ts';
import { readLive } from '../../scripts/flow/read-live.ts';
import type { DirectoryReader } from '../../scripts/ports.ts';
import { change, employee, ledgerOf, worldOf } from '../world.ts';

/** Accounts whose memberships are asked for when 1 has left, is suspended, and the record says this. */
async function lookedAt(record: Partial<PersonLedger>): Promise<string[]> {
  const world = worldOf([employee('1'), employee('2')]);
  change(world, '1', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' });
  const accounts = world.live.accounts.map((account): LiveAccount => ({
    ...account,
    state: account.anchor === '1' ? 'SUSPENDED' : account.state,
  }));
  const mine = { ...emptyLedger('1'), account: accounts.find(({ anchor }) => anchor === '1')!.id, ...record };
  const ledger: Ledger = { ...ledgerOf(world), people: new Map([['1', mine]]) };
  const asked: string[] = [];
  const reader = {
    readAccounts: () => Promise.resolve(accounts),
    readGroupNames: () => Promise.resolve([]),
    readMemberships: (id: string) => {
      asked.push(accounts.find((account) => account.id === id)!.anchor);
      return Promise.resolve([]);
    },
    readBindings: () => Promise.resolve([]),
    readSshKeys: () => Promise.resolve([]),
    readArmed: () => Promise.resolve([]),
  } as unknown as DirectoryReader;
  const { policy, people, asOf } = world;
  await readLive(reader, { policy, people, asOf, ledger, pins: {}, progress: () => undefined });
  return asked;
}

const SUSPENDED = { at: '2026-11-20T12:00:00Z', why: 'left', hireDate: '2020-01-06' };

test('an exit that the record shows done is not looked at again', async () => {
  expect(await lookedAt({ suspended: SUSPENDED })).toEqual([]);
});

test.each<[string, Partial<PersonLedger>]>([
  ['a removal failed, or was not seen, although nothing of ours is left', { unstripped: true }],
  ['something of ours is left', { groups: new Map([['g', 'VPN']]) }],
  ['a leave suspended, which left devices where they were', { suspended: { ...SUSPENDED, why: 'leave' } }],
  ['JumpCloud suspended by itself and nothing was taken yet', { suspended: undefined }],
])('%s: it is', async (_, record) => {
  expect(await lookedAt({ suspended: SUSPENDED, ...record })).toEqual(['1']);
});
