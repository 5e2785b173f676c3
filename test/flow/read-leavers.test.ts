/** What the urgent lane reads: a few people, and everybody only where it must know whether administrators remain. */
import { expect, test } from 'vitest';
import { readLeavers } from '../../scripts/flow/read-leavers.ts';
import type { DirectoryReader } from '../../scripts/ports.ts';
import { change, employee, ledgerOf, planWorld, type World, worldOf } from '../world.ts';

async function urgentExit(world: World): Promise<{ codes: string[]; kinds: string[]; readAll: boolean }> {
  let readAll = false;
  const reader = {
    findAccounts: (_: string, id: string) =>
      Promise.resolve(world.live.accounts.filter(({ anchor }) => anchor === id)),
    readAccounts: () => {
      readAll = true;
      return Promise.resolve(world.live.accounts);
    },
    readMemberships: () => Promise.resolve([]),
    readBindings: () => Promise.resolve([]),
    readGroupNames: () => Promise.resolve([]),
  } as unknown as DirectoryReader;
  const only = new Set(['1']);
  const { policy, people, asOf } = world;
  const scope = { policy, people, asOf, ledger: ledgerOf(world), pins: {}, only, progress: () => undefined };
  const planned = planWorld(world, { live: await readLeavers(reader, scope), lane: 'urgent', only });
  return {
    codes: planned.findings.map(({ code }) => code),
    kinds: planned.plans.flatMap(({ actions }) => actions.map(({ kind }) => kind)),
    readAll,
  };
}

test('an administrator who leaves is suspended at once while another remains, and the last one is not', async () => {
  const world = worldOf([employee('1'), employee('2')]);
  change(world, '1', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' });
  expect(await urgentExit(world)).toEqual({ codes: [], kinds: ['suspend'], readAll: false });
  for (const account of world.live.accounts) account.admin = true;
  expect(await urgentExit(world)).toEqual({ codes: ['leaver-is-admin'], kinds: ['suspend'], readAll: true });
  world.live.accounts[1]!.admin = false;
  expect(await urgentExit(world)).toEqual({
    codes: ['admins-minimum', 'leaver-is-admin'],
    kinds: [],
    readAll: true,
  });
});
