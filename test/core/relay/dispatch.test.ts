import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countFitting,
  DISPATCH_LIMITS,
  employeesDispatch,
  heartbeatDispatch,
  splitIds,
} from '../../../scripts/core/relay/dispatch.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('dispatches', () => {
  it('carry ids and the time, nothing else', () => {
    expect(employeesDispatch(['1', '2'], NOW)).toEqual({
      event_type: 'bamboohr',
      client_payload: { employees: ['1', '2'], receivedAt: '2026-11-23T12:00:00.000Z' },
    });
    expect(heartbeatDispatch(NOW)).toEqual({
      event_type: 'rollcall-heartbeat',
      client_payload: { sentAt: '2026-11-23T12:00:00.000Z' },
    });
  });

  it('lose nobody when there are too many for one, and stay below 64 KB', () => {
    const id = fc.string({ unit: fc.constantFrom('a', '1', '_'), minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 3000, size: 'max' }), (ids) => {
        const lists = splitIds(ids);
        expect(lists.flat()).toEqual(ids);
        for (const list of lists) {
          expect(list.length).toBeLessThanOrEqual(DISPATCH_LIMITS.ids);
          const { client_payload: payload } = employeesDispatch(list, NOW);
          expect(JSON.stringify(payload).length).toBeLessThan(65_535);
        }
      }),
      { numRuns: 30 },
    );
    expect(splitIds(Array.from({ length: 1001 }, (_, index) => `${index}`.padStart(64, 'a')))).toHaveLength(
      2,
    );
  });

  it('take as many deliveries as fit, whole', () => {
    const of = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));
    expect(countFitting([])).toBe(1);
    expect(countFitting(Array.from({ length: 5000 }, () => ['7']))).toBe(5000);
    expect(countFitting(of(2000).map((id) => [id]))).toBe(1000);
    expect(countFitting([of(999), ['999'], ['x'], ['y']])).toBe(2);
    expect(countFitting([of(999), ['998'], ['999'], ['x']])).toBe(3);
  });

  // 57 characters, two quotes and a comma: a thousand of them are 60,000 bytes, both limits at once.
  const longIds = Array.from({ length: 1000 }, (_, index) => String(index).padStart(57, 'a'));

  it('are filled up to the limits and not a byte or a person beyond', () => {
    expect(DISPATCH_LIMITS).toEqual({ idBytes: 60_000, ids: 1000 });
    expect(splitIds(longIds)).toEqual([longIds]);
    const [first = '', ...rest] = longIds;
    const aByteMore = [`a${first}`, ...rest];
    expect(splitIds(aByteMore)).toEqual([aByteMore.slice(0, 999), aByteMore.slice(999)]);
    const short = Array.from({ length: 1001 }, (_, index) => String(index));
    expect(splitIds(short)).toEqual([short.slice(0, 1000), ['1000']]);
    expect(splitIds([])).toEqual([]);
  });

  it('are filled with deliveries by the bytes of their ids too, each id once', () => {
    const halves = [longIds.slice(0, 500), longIds.slice(500)];
    expect(countFitting([...halves, longIds.slice(200, 700)])).toBe(3);
    expect(countFitting([...halves, ['7']])).toBe(2);
    // Fewer than a thousand people, at 67 bytes each.
    const longest = Array.from({ length: 900 }, (_, index) => [String(index).padStart(64, 'a')]);
    expect(countFitting(longest)).toBe(895);
  });

  it('take one delivery whatever its size: one that is held back for ever would be lost', () => {
    const tooMany = Array.from({ length: 1500 }, (_, index) => String(index));
    expect(countFitting([tooMany])).toBe(1);
    expect(countFitting([tooMany, ['1']])).toBe(1);
  });
});
