/** Leave by approved time off and by a status entered ahead: row by row, day by day. */
import { describe, expect, test } from 'vitest';
import { deriveLeave, type LeaveSignals, timeOffWindow } from '../../../scripts/core/people/leave.ts';
import { addDays } from '../../../scripts/core/values/calendar.ts';
import { LIFECYCLE, policyOf } from '../../world.ts';

const { lifecycle } = policyOf({
  lifecycle: `${LIFECYCLE}leave: { armDays: 3, timeOff: { types: ['83'], minimumDays: 20 } }\n`,
});
const TODAY = '2026-11-23';
const WORKING = { now: 'working', later: 'working', from: undefined };

function leaveOn(asOf: string, signals: Partial<LeaveSignals>): unknown {
  return deriveLeave({ timeOff: [], status: WORKING, ...signals }, lifecycle, asOf);
}

describe('time off', () => {
  const span = { start: '2026-11-23', end: '2026-12-12' };

  test('of twenty days is leave on its first and on its last day, and on no other', () => {
    expect(leaveOn('2026-11-23', { timeOff: [span] })).toEqual({ from: span.start, until: span.end });
    expect(leaveOn('2026-12-12', { timeOff: [span] })).toEqual({ from: span.start, until: span.end });
    expect(leaveOn('2026-12-13', { timeOff: [span] })).toBeUndefined();
  });

  test('of nineteen days is a vacation', () => {
    expect(leaveOn(TODAY, { timeOff: [{ start: TODAY, end: '2026-12-11' }] })).toBeUndefined();
  });

  test('is written down no earlier than the arming window', () => {
    expect(leaveOn('2026-11-19', { timeOff: [span] })).toBeUndefined();
    expect(leaveOn('2026-11-20', { timeOff: [span] })).toEqual({ from: span.start, until: span.end });
  });

  test('booked in two requests without a day between is one leave; with a day between it is two', () => {
    const first = { start: '2026-11-01', end: '2026-11-15' };
    const second = { start: '2026-11-16', end: '2026-12-01' };
    const whole = { from: '2026-11-01', until: '2026-12-01' };
    for (const day of ['2026-11-15', '2026-11-16', '2026-11-30'])
      expect(leaveOn(day, { timeOff: [second, first] })).toEqual(whole);
    expect(leaveOn('2026-11-20', { timeOff: [first, { ...second, start: '2026-11-17' }] })).toBeUndefined();
  });

  test('that lies inside another one does not end it early', () => {
    const inner = { start: '2026-11-25', end: '2026-11-26' };
    expect(leaveOn('2026-12-10', { timeOff: [span, inner] })).toEqual({ from: span.start, until: span.end });
  });

  test('that is over never hides the one to come', () => {
    const over = { start: '2026-10-01', end: '2026-11-22' };
    const next = { start: '2026-11-25', end: '2027-01-31' };
    expect(leaveOn(TODAY, { timeOff: [over, next] })).toEqual({ from: next.start, until: next.end });
  });

  test('counts for nothing where no types are mapped', () => {
    const { lifecycle: plain } = policyOf();
    expect(deriveLeave({ timeOff: [span], status: WORKING }, plain, TODAY)).toBeUndefined();
  });

  test('is read far enough back and ahead that a chain of short requests is seen whole on each of its days', () => {
    const chain = Array.from({ length: 12 }, (_, index) => ({
      start: addDays('2026-11-01', index * 2),
      end: addDays('2026-11-02', index * 2),
    }));
    for (let day = '2026-11-01'; day <= '2026-11-24'; day = addDays(day, 1)) {
      const { from, to } = timeOffWindow(lifecycle, day);
      const seen = chain.filter(({ start, end }) => start <= to && end >= from);
      expect(leaveOn(day, { timeOff: seen }), day).toBeDefined();
    }
  });
});

describe('a status entered ahead', () => {
  const later = (from: string): LeaveSignals['status'] => ({ now: 'working', later: 'leave', from });

  test('is armed inside the window; from its day on the status itself decides', () => {
    expect(leaveOn('2026-11-20', { status: later('2026-11-23') })).toEqual({ from: '2026-11-23' });
    expect(leaveOn('2026-11-19', { status: later('2026-11-23') })).toBeUndefined();
    expect(leaveOn('2026-11-23', { status: later('2026-11-23') })).toBeUndefined();
  });

  test('means nothing for somebody who is on leave already, who leaves, or of whom no day is known', () => {
    const day = '2026-11-24';
    expect(leaveOn(TODAY, { status: { now: 'leave', later: 'leave', from: day } })).toBeUndefined();
    expect(leaveOn(TODAY, { status: { now: 'working', later: 'terminated', from: day } })).toBeUndefined();
    expect(leaveOn(TODAY, { status: { now: undefined, later: 'leave', from: day } })).toBeUndefined();
    expect(leaveOn(TODAY, { status: { now: 'working', later: 'leave', from: undefined } })).toBeUndefined();
  });

  test('the earlier of status and time off is the one that is armed', () => {
    const timeOff = [{ start: '2026-11-25', end: '2026-12-31' }];
    expect(leaveOn(TODAY, { timeOff, status: later('2026-11-24') })).toEqual({ from: '2026-11-24' });
    expect(leaveOn(TODAY, { timeOff, status: later('2026-11-26') })).toEqual({
      from: '2026-11-25',
      until: '2026-12-31',
    });
  });
});

test('time off is read as many days back and ahead as make a leave, and the arming window besides', () => {
  expect(timeOffWindow(lifecycle, TODAY)).toEqual({ from: '2026-11-02', to: '2026-12-17' });
  expect(timeOffWindow(policyOf().lifecycle, TODAY)).toEqual({ from: '2026-11-22', to: '2026-11-27' });
});
