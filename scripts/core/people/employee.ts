/** One employee's facts, cleaned: what expressions read and person files show. */
import { isDay } from '../values/calendar.ts';
import { foldEmail } from '../values/fold-name.ts';
import { HR_FIELDS } from './hr-fields.ts';
import type { HrRow } from './hr-read.ts';

/** Field name -> value; absent values are left out. `id` is always there. */
export type Employee = Readonly<Record<string, string>> & { readonly id: string };

const DAYS: ReadonlySet<string> = new Set(
  HR_FIELDS.filter((field) => field.kind === 'day').map((field) => field.name),
);

/** Fields that the scheduled read fills for people who have not started: BambooHR shows no job row before the first day. */
export const JOB_FIELDS = [
  'jobTitle',
  'department',
  'division',
  'location',
  'managerId',
  'employmentStatus',
] as const;

/** From which day the scheduled read's employment status counts. It is looked at and never written. */
export const STATUS_DATE = 'employmentStatusDate';

/**
 * The facts of one row: `fields` only, white space collapsed, Unicode composed, addresses lower-cased. The job of a
 * person whose first day lies after `asOf`, and a missing last day, come from the scheduled read; status never does.
 */
export function normaliseEmployee(
  row: HrRow,
  scheduled: Record<string, string> | undefined,
  fields: string[],
  asOf: string,
): Employee {
  const values = Object.fromEntries(
    Object.entries(row.values).flatMap(([name, value]) => cleanEntry(name, value)),
  );
  const future = Object.fromEntries(
    Object.entries(scheduled ?? {}).flatMap(([name, value]) => cleanEntry(name, value)),
  );
  const hireDate = values['hireDate'] ?? future['hireDate'];
  const filled: Record<string, string> = { ...values };
  if (hireDate !== undefined) filled['hireDate'] = hireDate;
  const lastDay = values['terminationDate'] ?? future['terminationDate'];
  if (lastDay !== undefined) filled['terminationDate'] = lastDay;
  if (hireDate !== undefined && hireDate > asOf)
    for (const field of JOB_FIELDS) {
      const value = filled[field] ?? future[field];
      if (value !== undefined) filled[field] = value;
    }
  const employee: Record<string, string> & { id: string } = { id: row.id };
  for (const field of fields) {
    const value = filled[field];
    if (field !== 'id' && value !== undefined) employee[field] = value;
  }
  return employee;
}

function cleanEntry(name: string, value: string): [string, string][] {
  const text = cleanText(value);
  if (text === '' || (DAYS.has(name) && !isDay(text))) return [];
  return [[name, name === 'workEmail' ? foldEmail(text) : text]];
}

/** Controls and runs of white space become one blank: HR text reaches YAML, terminals and pull requests. */
export function cleanText(value: string): string {
  return value
    .normalize('NFC')
    .replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}
