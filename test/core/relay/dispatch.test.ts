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
});
