import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openReplayDirectory } from '../../scripts/adapters/relay/replay-directory.ts';
import {
  CLAIM_LEASE_MS,
  createMemoryLedger,
  type ReplayLedger,
  withFallback,
} from '../../scripts/adapters/relay/replay-ledger.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-ledger-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const kinds: [name: string, make: () => Promise<ReplayLedger>][] = [
  ['in memory', () => Promise.resolve(createMemoryLedger())],
  ['in a folder', async () => openReplayDirectory(await newFolder())],
  [
    'in a folder with the memory behind it',
    async () =>
      withFallback(await openReplayDirectory(await newFolder()), (error) =>
        expect.unreachable(String(error)),
      ),
  ],
];

describe.each(kinds)('a ledger %s', (_, make) => {
  it('remembers what landed until it may forget', async () => {
    const ledger = await make();
    expect(await ledger.claim('a', NOW)).toBe('claimed');
    await ledger.settle('a', true, NOW + 1000);
    expect(await ledger.claim('a', NOW + 999)).toBe('landed');
    expect(await ledger.claim('b', NOW + 999)).toBe('claimed');
    expect(await ledger.claim('a', NOW + 1000)).toBe('claimed');
  });

  it('keeps no mark of a failure', async () => {
    const ledger = await make();
    expect(await ledger.claim('a', NOW)).toBe('claimed');
    await ledger.settle('a', false, NOW + 1000);
    expect(await ledger.claim('a', NOW)).toBe('claimed');
  });

  it('holds a claim, until whoever made it must be dead', async () => {
    const ledger = await make();
    expect(await ledger.claim('a', NOW)).toBe('claimed');
    expect(await ledger.claim('a', NOW + CLAIM_LEASE_MS - 1)).toBe('held');
    expect(await ledger.claim('a', NOW + CLAIM_LEASE_MS)).toBe('claimed');
    expect(await ledger.claim('a', NOW + CLAIM_LEASE_MS + 1)).toBe('held');
    await ledger.settle('a', true, NOW + 3 * CLAIM_LEASE_MS);
    expect(await ledger.claim('a', NOW + CLAIM_LEASE_MS + 2)).toBe('landed');
  });

  it('gives one of many at once the claim', async () => {
    const ledger = await make();
    const claims = await Promise.all(Array.from({ length: 20 }, () => ledger.claim('a', NOW)));
    expect(claims.filter((claim) => claim === 'claimed')).toHaveLength(1);
    expect(claims.filter((claim) => claim === 'held')).toHaveLength(19);
  });
});

describe('a folder shared by several', () => {
  it('gives one of them the claim, the dead one’s too, and all see what landed', async () => {
    const folder = await newFolder();
    const ledgers = await Promise.all(Array.from({ length: 8 }, () => openReplayDirectory(folder)));
    const claimAll = async (now: number): Promise<number> => {
      const claims = await Promise.all(ledgers.map((ledger) => ledger.claim('a', now)));
      return claims.filter((claim) => claim === 'claimed').length;
    };
    expect(await claimAll(NOW)).toBe(1);
    expect(await claimAll(NOW + CLAIM_LEASE_MS)).toBe(1);
    expect(await claimAll(NOW + 2 * CLAIM_LEASE_MS)).toBe(1);
    const [first, second] = ledgers;
    await first?.settle('a', true, NOW + 10 * CLAIM_LEASE_MS);
    expect(await second?.claim('a', NOW + 2 * CLAIM_LEASE_MS + 1)).toBe('landed');
  });

  it('is private, holds no draft, and is swept', async () => {
    const folder = join(await newFolder(), 'made', 'by', 'us');
    const ledger = await openReplayDirectory(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const name of ['a', 'b', 'c']) {
      await ledger.claim(name, NOW);
      await ledger.settle(name, true, NOW + 1000);
    }
    await ledger.claim('d', NOW);
    expect((await readdir(folder)).sort()).toEqual(['a.landed', 'b.landed', 'c.landed', 'd.claim-0']);
    await ledger.claim('e', NOW + 86_400_000);
    expect(await readdir(folder)).toEqual(['e.claim-0']);
  });
});

describe('a shared ledger out of reach', () => {
  it('is told, and the process remembers alone', async () => {
    const broken: ReplayLedger = {
      claim: () => Promise.reject(new Error('disk full')),
      settle: () => Promise.reject(new Error('disk full')),
    };
    let told = 0;
    const ledger = withFallback(broken, () => (told += 1));
    expect(await ledger.claim('a', NOW)).toBe('claimed');
    expect(await ledger.claim('a', NOW)).toBe('held');
    await ledger.settle('a', true, NOW + 1000);
    expect(await ledger.claim('a', NOW)).toBe('landed');
    expect(told).toBe(2);
  });

  it('that was in reach a moment ago: a delivery on its way is not claimed again', async () => {
    const shared = createMemoryLedger();
    let reachable = true;
    const ledger = withFallback(
      {
        claim: (...given) => (reachable ? shared.claim(...given) : Promise.reject(new Error('disk full'))),
        settle: (...given) => shared.settle(...given),
      },
      () => undefined,
    );
    expect(await ledger.claim('a', NOW)).toBe('claimed');
    reachable = false;
    expect(await ledger.claim('a', NOW)).toBe('held');
    expect(await ledger.claim('b', NOW)).toBe('claimed');
  });

  it('what another process holds is free again for this one as soon as that has failed', async () => {
    const shared = createMemoryLedger();
    const ledger = withFallback(shared, (error) => expect.unreachable(String(error)));
    await shared.claim('a', NOW);
    expect(await ledger.claim('a', NOW)).toBe('held');
    await shared.settle('a', false, 0);
    expect(await ledger.claim('a', NOW)).toBe('claimed');
  });
});

describe('the memory ledger', () => {
  it('does not grow for ever', async () => {
    const ledger = createMemoryLedger();
    for (let index = 0; index < 1000; index += 1) {
      await ledger.claim(`old-${index}`, NOW);
      await ledger.settle(`old-${index}`, true, NOW + 1000);
    }
    await ledger.claim('new', NOW + 120_000);
    expect(ledger.size()).toBe(1);
  });
});
