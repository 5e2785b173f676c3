/**
 * Stage: how the facts read on a given day. `asOf` is a day in the company's time zone; `terminationDate` is the last
 * day worked. The table is total and the first row that matches wins.
 *
 * | status   | employment status | dates                                       | stage                              |
 * |----------|-------------------|---------------------------------------------|------------------------------------|
 * | Inactive | terminated        |                                             | left                               |
 * | Inactive | any               | hireDate in the future, no working account  | future                             |
 * | Inactive | any               |                                             | left, never without review         |
 * | Active   | unmapped          |                                             | hold unmapped-status               |
 * | Active   | terminated        |                                             | hold statuses-disagree             |
 * | Active   | working or leave  | hireDate missing                            | hold no-hire-date                  |
 * | Active   | any               | hireDate in the future, account active      | hold hire-date-moved               |
 * | Active   | any               | hireDate beyond the pre-hire window         | future                             |
 * | Active   | working           | hireDate within the window                  | prehire                            |
 * | Active   | working or leave  | terminationDate past, not before hireDate   | hold statuses-disagree             |
 * | Active   | leave             |                                             | leave                              |
 * | Active   | working           |                                             | active                             |
 * | other    |                   |                                             | hold unknown-status                |
 *
 * Missing from a complete export and out of scope are decided before this table (person.ts): absence is never evidence.
 */
import type { LifecycleFile, StatusMeaning } from '../mappings/lifecycle-file.ts';
import { addDays, type Day } from '../values/calendar.ts';
import type { GuardrailCode } from '../values/guardrail-codes.ts';
import { guardrailHold } from '../values/guardrail-words.ts';
import type { Employee } from './employee.ts';
import type { Stage } from './person-file.ts';

export interface StageInput {
  status: string;
  /** What lifecycle.yaml says of the employment status; undefined when it names no such value. */
  meaning: StatusMeaning | undefined;
  hireDate: Day | undefined;
  terminationDate: Day | undefined;
  asOf: Day;
  prehireDays: number;
  /** The person has an account that works now (or had, as far as the record tells). */
  working: boolean;
  /** Approved time off of a mapped type covers the day. */
  timeOff: boolean;
}

export interface StageVerdict {
  stage: Stage;
  hold?: { code: string; message: string };
  /** Why nothing that follows from this may happen without review. */
  review?: string;
}

type Row = [matches: (input: StageInput) => boolean, verdict: (input: StageInput) => StageVerdict];

const startsLater = (input: StageInput): boolean =>
  input.hireDate !== undefined && input.hireDate > input.asOf;
const hold = (code: GuardrailCode, what: string): StageVerdict => ({
  stage: 'hold',
  hold: guardrailHold(code, what),
});

const INACTIVE: Row[] = [
  [({ meaning }) => meaning === 'terminated', () => ({ stage: 'left' })],
  [(input) => startsLater(input) && !input.working, () => ({ stage: 'future' })],
  [
    () => true,
    () => ({
      stage: 'left',
      review: 'BambooHR says Inactive, but the employment status is not a terminated one',
    }),
  ],
];

const ACTIVE: Row[] = [
  [
    ({ meaning }) => meaning === undefined,
    () => hold('unmapped-status', 'the employment status is not named in mappings/lifecycle.yaml'),
  ],
  [
    ({ meaning }) => meaning === 'terminated',
    () =>
      hold(
        'statuses-disagree',
        'BambooHR says Active but the employment status says terminated (a rehire half entered looks like this)',
      ),
  ],
  [({ hireDate }) => hireDate === undefined, () => hold('no-hire-date', 'BambooHR has no hire date')],
  [
    (input) => startsLater(input) && input.working,
    () => hold('hire-date-moved', 'the hire date lies in the future but the account is in use'),
  ],
  [
    (input) => startsLater(input) && input.hireDate! > addDays(input.asOf, input.prehireDays),
    () => ({ stage: 'future' }),
  ],
  [(input) => startsLater(input) && input.meaning === 'working', () => ({ stage: 'prehire' })],
  [
    ({ terminationDate, hireDate, asOf }) =>
      terminationDate !== undefined && terminationDate < asOf && terminationDate >= hireDate!,
    () => hold('statuses-disagree', 'the last day worked is over but BambooHR still says Active'),
  ],
  [({ meaning, timeOff }) => meaning === 'leave' || timeOff, () => ({ stage: 'leave' })],
  [() => true, () => ({ stage: 'active' })],
];

/** The stage of one person on one day. */
export function deriveStage(input: StageInput): StageVerdict {
  const rows = input.status === 'Inactive' ? INACTIVE : input.status === 'Active' ? ACTIVE : [];
  for (const [matches, verdict] of rows) if (matches(input)) return verdict(input);
  return hold('unknown-status', 'BambooHR gives a status that is neither Active nor Inactive');
}

export function meaningOf(
  lifecycle: LifecycleFile,
  employmentStatus: string | undefined,
): StatusMeaning | undefined {
  const value = employmentStatus ?? '';
  return Object.hasOwn(lifecycle.employmentStatuses, value) ? lifecycle.employmentStatuses[value] : undefined;
}

/** The last day worked: HR's termination date, else the end of the contract where policy reads that. A date before the hire date belongs to an earlier employment. */
export function lastDayOf(employee: Employee, lifecycle: LifecycleFile): Day | undefined {
  const day =
    employee['terminationDate'] ?? (lifecycle.contractEnd ? employee['contractEndDate'] : undefined);
  const hireDate = employee['hireDate'];
  return day === undefined || (hireDate !== undefined && day < hireDate) ? undefined : day;
}

/** The facts of `employee` as input of the table. */
export function stageInputOf(
  employee: Employee,
  lifecycle: LifecycleFile,
  asOf: Day,
  seen: { working: boolean; timeOff: boolean },
): StageInput {
  return {
    status: employee['status'] ?? '',
    meaning: meaningOf(lifecycle, employee['employmentStatus']),
    hireDate: employee['hireDate'],
    terminationDate: lastDayOf(employee, lifecycle),
    asOf,
    prehireDays: lifecycle.prehire.days,
    working: seen.working,
    timeOff: seen.timeOff,
  };
}
