/** How an employee's dated facts read: today, as scheduled, in the list, in a dataset. */
import { dayFrom } from './calendar.ts';
import { type Company, type Employee, rowsOf, type TableRow } from './company.ts';
import { type ManagerEntry, type Roster } from './roster.ts';
import { factOf, textOf } from './vocabulary.ts';

/** Which of the vendor's four ways of seeing dated facts: reports and single reads (both ways), the list, datasets. */
export type Reading = 'current' | 'scheduled' | 'list' | 'dataset';

/**
 * | | current | list | dataset | scheduled (`onlyCurrent=false`) |
 * |---|---|---|---|---|
 * | job and employment status of a future hire | null | null | shown | shown |
 * | future rows of others | not yet | not yet | not yet | as if current |
 * | future terminationDate | unset | switch | switch | shown |
 * | status of a scheduled leaver | Active | Active | Active | Inactive, Terminated (switch) |
 *
 * Sources: recorded 2022 and 2026, third-party scripts; what nobody has proven is a switch of the seed.
 */
export interface DatedFacts {
  status: string | null;
  employmentHistoryStatus: string | null;
  employeeStatusDate: string | null;
  terminationDate: string | null;
  jobTitle: string | null;
  department: string | null;
  division: string | null;
  location: string | null;
  manager: ManagerEntry;
  /** False when nobody ever entered a job: datasets then answer null instead of "" for "no manager". */
  hasJob: boolean;
}

export const JOB_FIELDS = ['jobTitle', 'department', 'division', 'location'] as const;
export const TERMINATED = 'Terminated';

export function deriveDated(
  company: Company,
  roster: Roster,
  employee: Employee,
  reading: Reading,
  now: Date,
): DatedFacts {
  const today = company.calendar.dayOf(now);
  const rows = {
    jobInfo: datedRows(company, 'jobInfo', employee.id),
    employmentStatus: datedRows(company, 'employmentStatus', employee.id),
  };
  const facts = deriveStored(company, roster, employee, rows, now, today);
  const hireDate = dayFrom(factOf(employee, 'hireDate'));
  const isFutureHire = hireDate !== undefined && hireDate > today;
  const ending = facts.terminationDate;
  const endsLater = ending !== null && facts.status === 'Active' && isScheduled(company, ending, now);

  if (reading === 'scheduled') {
    for (const { row, day } of rows.jobInfo) if (day > today) applyJobRow(facts, roster, row);
    for (const { row, day } of rows.employmentStatus) if (day > today) applyStatusRow(facts, row, day);
    if (endsLater) {
      facts.employmentHistoryStatus = TERMINATED;
      facts.employeeStatusDate = ending;
    }
    const ends = endsLater || (facts.employmentHistoryStatus === TERMINATED && facts.status === 'Active');
    if (ends && company.switches.scheduledReadMovesStatus && !isStale(facts, hireDate))
      facts.status = 'Inactive';
    return facts;
  }
  if (isFutureHire) {
    if (company.switches.futureHiresInactive && facts.status === 'Active') facts.status = 'Inactive';
    if (reading === 'dataset') fillFromFutureRows(facts, roster, rows, today);
    else hideJob(facts);
  }
  const shows =
    (reading === 'list' && company.switches.listShowsFutureTermination) ||
    (reading === 'dataset' && company.switches.datasetShowsFutureTermination);
  if (ending !== null && ending > today && !shows) facts.terminationDate = null;
  return facts;
}

/** True while an end of employment on `day` has yet to take effect: until 11:59 pm company time on it. */
export function isScheduled(company: Company, day: string, now: Date): boolean {
  return company.calendar.endOf(day) > now.getTime();
}

/** What HR has entered as of now: the employee's own facts, and where they are silent the newest row in effect. */
function deriveStored(
  company: Company,
  roster: Roster,
  employee: Employee,
  rows: { jobInfo: DatedRow[]; employmentStatus: DatedRow[] },
  now: Date,
  today: string,
): DatedFacts {
  const jobRow = rows.jobInfo.findLast(({ day }) => day <= today)?.row;
  const statusRow = rows.employmentStatus.findLast(({ day }) => day <= today);
  function own(alias: string, row: TableRow | undefined, column = alias): string | null {
    return factOf(employee, alias) === undefined ? cell(row, column) : textOf(employee, alias);
  }
  const lastRow = rows.employmentStatus.at(-1);
  const rowEnd = lastRow?.row.fields['employmentStatus'] === TERMINATED ? lastRow.day : null;
  const terminationDate = dayFrom(factOf(employee, 'terminationDate')) ?? rowEnd;
  const hireDate = dayFrom(factOf(employee, 'hireDate'));
  const hasEnded =
    terminationDate !== null &&
    !isScheduled(company, terminationDate, now) &&
    (hireDate === undefined || hireDate <= terminationDate);
  const givenStatus = factOf(employee, 'employmentHistoryStatus');
  const employmentHistoryStatus =
    givenStatus === undefined && hasEnded
      ? TERMINATED
      : own('employmentHistoryStatus', statusRow?.row, 'employmentStatus');
  const isOver = hasEnded || employmentHistoryStatus === TERMINATED;
  const entry = roster.manager(employee);
  const manager =
    entry.id === null && entry.name === null && !namesManager(employee) ? rowManager(roster, jobRow) : entry;
  const job = {
    jobTitle: own('jobTitle', jobRow),
    department: own('department', jobRow),
    division: own('division', jobRow),
    location: own('location', jobRow),
  };
  return {
    ...job,
    status:
      factOf(employee, 'status') === undefined
        ? isOver
          ? 'Inactive'
          : 'Active'
        : textOf(employee, 'status'),
    employmentHistoryStatus,
    employeeStatusDate: dayFrom(factOf(employee, 'employeeStatusDate')) ?? statusRow?.day ?? null,
    terminationDate,
    manager,
    hasJob: rows.jobInfo.length > 0 || Object.values(job).some((value) => value !== null),
  };
}

/** A termination date before the hire date is left over from an earlier employment. */
function isStale(facts: DatedFacts, hireDate: string | undefined): boolean {
  return facts.terminationDate !== null && hireDate !== undefined && facts.terminationDate < hireDate;
}

const MANAGER_KEYS = [
  'supervisorEId',
  'supervisorEid',
  'reportsToId',
  'supervisorId',
  'supervisor',
  'reportsTo',
];

function namesManager(employee: Employee): boolean {
  return MANAGER_KEYS.some((key) => key in employee.facts);
}

export interface DatedRow {
  row: TableRow;
  day: string;
}

/** Rows of one employee that carry a date, oldest first; rows of one day in the order of entry. */
export function datedRows(company: Company, table: string, employeeId: string): DatedRow[] {
  return rowsOf(company, table, employeeId)
    .flatMap((row) => {
      const day = dayFrom(row.fields['date']);
      return day === undefined ? [] : [{ row, day }];
    })
    .sort((left, right) => (left.day < right.day ? -1 : left.day > right.day ? 1 : 0));
}

function cell(row: TableRow | undefined, column: string): string | null {
  const value = row?.fields[column];
  return value === undefined || value === null || value === '' ? null : String(value);
}

function rowManager(roster: Roster, row: TableRow | undefined): ManagerEntry {
  const name = cell(row, 'reportsTo');
  return { id: name === null ? null : (roster.named(name)?.id ?? null), name };
}

function applyJobRow(facts: DatedFacts, roster: Roster, row: TableRow): void {
  for (const field of JOB_FIELDS) if (field in row.fields) facts[field] = cell(row, field);
  if ('reportsTo' in row.fields) facts.manager = rowManager(roster, row);
}

function applyStatusRow(facts: DatedFacts, row: TableRow, day: string): void {
  facts.employmentHistoryStatus = cell(row, 'employmentStatus');
  facts.employeeStatusDate = day;
  if (facts.employmentHistoryStatus === TERMINATED) facts.terminationDate ??= day;
}

function fillFromFutureRows(
  facts: DatedFacts,
  roster: Roster,
  rows: { jobInfo: DatedRow[]; employmentStatus: DatedRow[] },
  today: string,
): void {
  const job = rows.jobInfo.find(({ day }) => day > today)?.row;
  for (const field of JOB_FIELDS) facts[field] ??= cell(job, field);
  if (facts.manager.id === null && facts.manager.name === null) facts.manager = rowManager(roster, job);
  const status = rows.employmentStatus.find(({ day }) => day > today);
  facts.employmentHistoryStatus ??= cell(status?.row, 'employmentStatus');
  facts.employeeStatusDate ??= status?.day ?? null;
}

function hideJob(facts: DatedFacts): void {
  for (const field of JOB_FIELDS) facts[field] = null;
  facts.employmentHistoryStatus = null;
  facts.employeeStatusDate = null;
  facts.manager = { id: null, name: null };
}
