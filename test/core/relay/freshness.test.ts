import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFreshness, parseSentAt, rememberUntil } from '../../../scripts/core/relay/freshness.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the timestamp of a delivery', () => {
  const cases: [text: string, expected: number | undefined][] = [
    ['1658248023', 1_658_248_023_000],
    ['2026-01-31T18:42:00+0000', Date.UTC(2026, 0, 31, 18, 42)],
    ['2026-01-31T18:42:00Z', Date.UTC(2026, 0, 31, 18, 42)],
    ['2026-01-31T18:42:00.250+02:00', Date.UTC(2026, 0, 31, 16, 42, 0, 250)],
    ['2026-01-31T18:42:00-0700', Date.UTC(2026, 1, 1, 1, 42)],
    ['2026-01-31T18:42:00.123456789Z', Date.UTC(2026, 0, 31, 18, 42, 0, 123)],
    ['2026-01-31T18:42:00-07:30', Date.UTC(2026, 1, 1, 2, 12)],
    ['2026-01-31T18:42:00.1234567890Z', undefined],
    ['2026-01-31T18:42:00.Z', undefined],
    ['2026-13-31T18:42:00Z', undefined],
    ['2026-01-31T25:00:00Z', undefined],
    ['2026-01-31T18:42:00+02', undefined],
    ['2026-01-31T18:42:00+020', undefined],
    ['2026-01-31T18:42:00z', undefined],
    ['2026-01-31 18:42:00Z', undefined],
    ['2026-01-31T18:42Z', undefined],
    ['2026-01-31T18:42:00Z ', undefined],
    [' 2026-01-31T18:42:00Z', undefined],
    ['1926-01-31T18:42:00Z', undefined],
    ['', undefined],
    ['0658248023', undefined],
    ['165824802', undefined],
    ['16582480231', undefined],
    ['1658248023123', undefined],
    ['-1658248023', undefined],
    ['1e9', undefined],
    ['1658248023.5', undefined],
    ['2026-01-31T18:42:00', undefined],
    ['2026-02-31', undefined],
    ['12026-01-31T18:42:00Z', undefined],
    ['1658248023, 1658248023', undefined],
    ['now', undefined],
  ];
  it.each(cases)('reads %s', (text, expected) => {
    expect(parseSentAt(text)).toBe(expected);
  });

  it('starts at one place only, wherever the body before it ends', () => {
    // The signature covers both without a separator: a second readable start would be a second delivery, signed alike.
    const instants = fc.integer({ min: Date.UTC(2002), max: Date.UTC(2100) - 1 });
    const stamp = fc.oneof(
      instants.map((instant) => String(Math.floor(instant / 1000))),
      instants.map((instant) => new Date(instant).toISOString()),
      instants.map((instant) => new Date(instant).toISOString().replace(/\.\d+Z$/, '+0000')),
    );
    fc.assert(
      fc.property(stamp, fc.stringMatching(/^[0-9T:.-]{1,10}$/), (text, before) => {
        expect(parseSentAt(text)).toBeTypeOf('number');
        expect(parseSentAt(before + text)).toBeUndefined();
        for (let cut = 1; cut < text.length; cut += 1) expect(parseSentAt(text.slice(cut))).toBeUndefined();
      }),
    );
  });
});

describe('freshness', () => {
  it.each([
    ['now', NOW, 'fresh'],
    ['the last retry, 155 minutes after the first try', NOW - 155 * MINUTE, 'fresh'],
    ['three hours ago', NOW - 3 * HOUR, 'fresh'],
    ['a millisecond more', NOW - 3 * HOUR - 1, 'stale'],
    ['years ago', 0, 'stale'],
    ['in five minutes', NOW + 5 * MINUTE, 'fresh'],
    ['a millisecond later', NOW + 5 * MINUTE + 1, 'future'],
    ['next year', NOW + 365 * 24 * HOUR, 'future'],
  ])('judges %s', (_, sentAt, expected) => {
    expect(judgeFreshness(sentAt, NOW)).toBe(expected);
  });

  it('has a delivery remembered until it is stale, and not a millisecond less', () => {
    for (const sentAt of [NOW, NOW - HOUR, NOW + 5 * MINUTE]) {
      expect(judgeFreshness(sentAt, rememberUntil(sentAt) - 1)).toBe('fresh');
      expect(judgeFreshness(sentAt, rememberUntil(sentAt))).toBe('stale');
    }
  });
});
