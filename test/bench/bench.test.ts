import { describe, expect, test } from 'vitest';
import { floorsOf } from '../../scripts/bench/floor.ts';
import { measureRecord } from '../../scripts/bench/record.ts';
import { measureUrgent } from '../../scripts/bench/urgent.ts';
import { measure } from '../../scripts/bench.ts';

const LONG = process.env['ROLLCALL_LONG'] === '1';

describe('the fewest requests', () => {
  test('pages of 2,500 people, of 100 accounts, groups and members; each group is read once by id', () => {
    const groups = new Map([
      ['All Staff', 1_000],
      ...Array.from({ length: 49 }, (_, index): [string, number] => [`Department ${index + 1}`, 21]),
    ]);
    expect(floorsOf({ people: 1_000, accounts: 1_000, groups })).toEqual({
      export: 2,
      // 10 pages of accounts, 1 of groups, 10 + 49 of members, 50 for how members are decided.
      plan: 120,
      apply: 0,
      applyOneChange: 122,
    });
  });

  test('one row more is one page more, and nobody at all is still asked for', () => {
    expect(floorsOf({ people: 2_501, accounts: 101, groups: new Map([['A', 101]]) })).toMatchObject({
      export: 3,
      plan: 2 + 1 + 2 + 1,
    });
    expect(floorsOf({ people: 0, accounts: 0, groups: new Map() })).toMatchObject({ export: 2, plan: 2 });
  });
});

test.skipIf(!LONG)(
  'no verb makes a request more than that, and none writes where nothing changed',
  async () => {
    const stops: (() => Promise<void>)[] = [];
    const { verbs, further } = await measure({
      people: 230,
      groups: 4,
      latencyMs: 1,
      progress: () => undefined,
      onStart: (stop) => stops.push(stop),
    });
    for (const { requests, floor, writes, peakMB } of Object.values(verbs)) {
      expect({ requests, writes }).toEqual({ requests: floor, writes: 0 });
      expect(peakMB).toBeGreaterThan(10);
    }
    expect(further.applyOneChange).toMatchObject({ requests: further.applyOneChange.floor, writes: 1 });
  },
  120_000,
);

test.skipIf(!LONG)(
  'an exit needs at most twice the fewest requests, and no more when the APIs are slow',
  async () => {
    const stops: (() => Promise<void>)[] = [];
    const { exits } = await measureUrgent({
      people: 60,
      latencies: [0, 20],
      progress: () => undefined,
      onStart: (stop) => stops.push(stop),
    });
    expect(new Set(exits.map(({ suspended }) => suspended.requests)).size).toBe(1);
    for (const { suspended, stripped } of exits) {
      expect(suspended.requests).toBeLessThanOrEqual(20);
      expect(stripped.requests).toBeLessThanOrEqual(2 * stripped.leastRequests);
    }
    expect(exits[1]?.suspended.inARow).toBeLessThanOrEqual(10);
  },
  120_000,
);

test.skipIf(!LONG)(
  'a record of a year is read by every verb, and holds',
  async () => {
    const { commits, measures } = await measureRecord({ people: 60, years: 1, progress: () => undefined });
    expect(commits).toBeGreaterThan(300);
    expect(measures.map(({ command }) => command.split(' ')[0])).toEqual([
      'audit',
      'audit',
      'audit',
      'audit',
      'explain',
      'explain',
      'picture',
    ]);
    for (const { seconds, peakMB } of measures) expect(Math.min(seconds, peakMB)).toBeGreaterThan(0);
  },
  180_000,
);
