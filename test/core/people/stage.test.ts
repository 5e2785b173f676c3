/** The stage table over the full product of its inputs, against the design's table written a second time as data. */
import { describe, expect, test } from 'vitest';
import { deriveStage, lastDayOf, type StageInput } from '../../../scripts/core/people/stage.ts';
import { policyOf } from '../../world.ts';

const TODAY = '2026-11-23';
const STATUSES = ['Active', 'Inactive', 'Something', ''];
const MEANINGS = ['working', 'leave', 'terminated', undefined] as const;
const HIRE_DATES = [undefined, '2020-01-06', TODAY, '2026-11-24', '2026-11-30', '2026-12-01', '2027-06-01'];
const LAST_DAYS = [undefined, '2019-12-31', '2020-01-06', '2026-11-22', TODAY, '2026-11-24'];

const FLAGS = [
  [true, false],
  [true, true],
  [false, false],
  [false, true],
] as const;

/** Columns: status, meaning, hire, last day, working account, time off; the first row that fits gives the answer. `*` fits all. */
const TABLE: [string, string, string, string, string, string, string][] = [
  ['Inactive', 'terminated', '*', '*', '*', '*', 'left'],
  ['Inactive', '*', 'later', '*', 'no', '*', 'future'],
  ['Inactive', '*', '*', '*', '*', '*', 'left for review'],
  ['Active', 'unmapped', '*', '*', '*', '*', 'hold unmapped-status'],
  ['Active', 'terminated', '*', '*', '*', '*', 'hold statuses-disagree'],
  ['Active', '*', 'none', '*', '*', '*', 'hold no-hire-date'],
  ['Active', '*', 'later', '*', 'yes', '*', 'hold hire-date-moved'],
  ['Active', '*', 'beyond', '*', '*', '*', 'future'],
  ['Active', 'working', 'window', '*', '*', '*', 'prehire'],
  ['Active', '*', '*', 'past, after hire', '*', '*', 'hold statuses-disagree'],
  ['Active', 'leave', '*', '*', '*', '*', 'leave'],
  ['Active', 'working', '*', '*', '*', 'yes', 'leave'],
  ['Active', 'working', '*', '*', '*', '*', 'active'],
  ['*', '*', '*', '*', '*', '*', 'hold unknown-status'],
];

function fits(
  input: StageInput,
  [status, meaning, hire, last, working, timeOff]: (typeof TABLE)[number],
): boolean {
  const days =
    input.hireDate === undefined
      ? undefined
      : Math.round((Date.parse(input.hireDate) - Date.parse(TODAY)) / 86_400_000);
  const later = days !== undefined && days > 0;
  const hireIs: Record<string, boolean> = {
    '*': true,
    none: days === undefined,
    later,
    beyond: later && days > 7,
    window: later && days <= 7,
  };
  const past =
    input.terminationDate !== undefined &&
    input.hireDate !== undefined &&
    input.terminationDate < TODAY &&
    input.terminationDate >= input.hireDate;
  return (
    (status === '*' || status === input.status) &&
    (meaning === '*' || meaning === (input.meaning ?? 'unmapped')) &&
    hireIs[hire] === true &&
    (last === '*' || past) &&
    (working === '*' || (working === 'yes') === input.working) &&
    (timeOff === '*' || input.timeOff)
  );
}

/** Somebody who simply works here. */
const WORKING: StageInput = {
  status: 'Active',
  meaning: 'working',
  hireDate: '2020-01-06',
  terminationDate: undefined,
  asOf: TODAY,
  prehireDays: 7,
  working: true,
  timeOff: false,
};

describe('deriveStage', () => {
  test('agrees with the table for every combination', () => {
    let combinations = 0;
    for (const status of STATUSES)
      for (const meaning of MEANINGS)
        for (const hireDate of HIRE_DATES)
          for (const terminationDate of LAST_DAYS)
            for (const [working, timeOff] of FLAGS) {
              const input: StageInput = {
                status,
                meaning,
                hireDate,
                terminationDate,
                asOf: TODAY,
                prehireDays: 7,
                working,
                timeOff,
              };
              const verdict = deriveStage(input);
              const said =
                verdict.stage === 'hold'
                  ? `hold ${verdict.hold?.code ?? ''}`
                  : verdict.review === undefined
                    ? verdict.stage
                    : `${verdict.stage} for review`;
              const expected = TABLE.find((row) => fits(input, row))?.[6];
              expect(said, JSON.stringify(input)).toBe(expected);
              combinations += 1;
            }
    expect(combinations).toBe(4 * 4 * 7 * LAST_DAYS.length * 4);
  });

  test('approved time off counts as leave for somebody who works, and for nobody else', () => {
    const base: StageInput = { ...WORKING, timeOff: true };
    expect(deriveStage(base).stage).toBe('leave');
    expect(deriveStage({ ...base, status: 'Inactive', meaning: 'terminated' }).stage).toBe('left');
    expect(deriveStage({ ...base, hireDate: '2026-11-25', working: false }).stage).toBe('prehire');
  });
});

describe('lastDayOf', () => {
  const { lifecycle } = policyOf();
  const reading = { ...lifecycle, contractEnd: true };

  test('a last day before the hire date belongs to an earlier employment: a rehire is not a leaver', () => {
    const rehired = { id: '1', hireDate: '2026-03-02', terminationDate: '2019-12-31' };
    expect(lastDayOf(rehired, lifecycle)).toBeUndefined();
    expect(lastDayOf({ ...rehired, terminationDate: '2026-03-02' }, lifecycle)).toBe('2026-03-02');
    expect(lastDayOf({ id: '1', terminationDate: '2019-12-31' }, lifecycle)).toBe('2019-12-31');
  });

  test('the end of a contract counts where policy reads it, and where HR gives no last day', () => {
    const contractor = { id: '1', hireDate: '2026-03-02', contractEndDate: '2026-12-31' };
    expect(lastDayOf(contractor, lifecycle)).toBeUndefined();
    expect(lastDayOf(contractor, reading)).toBe('2026-12-31');
    expect(lastDayOf({ ...contractor, terminationDate: '2026-11-30' }, reading)).toBe('2026-11-30');
  });
});

test('every hold says what is the matter and who does what', () => {
  const holds: [Partial<StageInput>, RegExp][] = [
    [{ meaning: undefined }, /not named in mappings\/lifecycle\.yaml: add it/],
    [{ meaning: 'terminated' }, /says Active but .* terminated .*: HR completes/],
    [{ hireDate: undefined }, /no hire date: HR enters it/],
    [{ hireDate: '2027-06-01' }, /in the future but the account is in use: HR corrects/],
    [
      { terminationDate: '2026-11-22' },
      /still says Active: HR completes the rehire .*, or ends the employment/,
    ],
    [{ status: '' }, /neither Active nor Inactive/],
  ];
  for (const [facts, said] of holds)
    expect(deriveStage({ ...WORKING, ...facts }).hold?.message).toMatch(said);
  expect(deriveStage({ ...WORKING, status: 'Inactive' }).review).toMatch(
    /Inactive, but the employment status/,
  );
});
