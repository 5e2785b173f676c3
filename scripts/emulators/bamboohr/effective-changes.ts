/** Every change of the company goes through here: it is stamped, told to the webhooks, and dated ones come due. */
import { dayFrom } from './calendar.ts';
import { type Company, type Employee, rowsOf } from './company.ts';
import { JOB_FIELDS, TERMINATED } from './dated-facts.ts';
import type { Field } from './field-catalogue.ts';
import { createReader } from './field-values.ts';
import { rosterOf } from './roster.ts';
import { factKey, factOf, setFact } from './vocabulary.ts';

export interface EmployeeChange {
  employeeId: string;
  action: 'Inserted' | 'Updated' | 'Deleted';
  /** Fields whose current value changed. */
  fields: Field[];
}

/** Told after each change; `at` is the instant at which it took effect. */
export type ChangeListener = (changes: EmployeeChange[], at: Date) => void;

export interface Ledger {
  /** Carries out `mutate`, stamps the named employees that changed, and tells what now reads differently. */
  commit(ids: Iterable<string>, at: Date, mutate: () => void): void;
  /** Works off every effective date up to `now`, in order. */
  advance(now: Date): void;
}

/** Derived or noisy fields whose difference is no change of the employee. */
const UNWATCHED = new Set([
  'id',
  'lastChanged',
  'photoUrl',
  'photoUploaded',
  'canUploadPhoto',
  'displayName',
  'fullName1',
  'fullName2',
  'bestEmail',
  'isSupervisor',
  'supervisorEmail',
]);

export function createLedger(company: Company, listener: ChangeListener): Ledger {
  let due: { revision: number; instants: { at: number; ids: Set<string> }[] } | undefined;

  /** Current values as text, and the stored facts and rows behind them. */
  function snapshot(
    ids: Iterable<string>,
    at: Date,
  ): Map<string, { shown: Map<string, string>; stored: string }> {
    const reader = createReader(company, 'current', at);
    const result = new Map<string, { shown: Map<string, string>; stored: string }>();
    for (const id of ids) {
      const employee = company.employees.get(id);
      if (employee === undefined) continue;
      const shown = new Map<string, string>();
      for (const field of reader.roster.vocabulary.fields)
        if (!UNWATCHED.has(field.alias))
          shown.set(field.alias, JSON.stringify(reader.value(employee, field)));
      result.set(id, { shown, stored: storedText(company, employee) });
    }
    return result;
  }

  function commitAt(ids: Iterable<string>, from: Date, at: Date, byDate: boolean, mutate: () => void): void {
    const affected = new Set(ids);
    const before = snapshot(affected, from);
    mutate();
    company.revision += 1;
    const after = snapshot(affected, at);
    const changes: EmployeeChange[] = [];
    const { vocabulary } = rosterOf(company);
    for (const id of affected) {
      const old = before.get(id);
      const now = after.get(id);
      const employee = company.employees.get(id);
      if (employee === undefined || now === undefined) {
        if (old === undefined) continue;
        company.deleted.set(id, at.toISOString());
        changes.push({ employeeId: id, action: 'Deleted', fields: [] });
        continue;
      }
      const fields = vocabulary.fields.filter(
        (field) => (now.shown.get(field.alias) ?? 'null') !== (old?.shown.get(field.alias) ?? 'null'),
      );
      const isChanged = fields.length > 0 || old?.stored !== now.stored;
      if (old === undefined) employee.inserted = at.toISOString();
      if (old === undefined) company.deleted.delete(id);
      if (isChanged && (!byDate || company.switches.effectiveChangesAreListed))
        employee.lastChanged = at.toISOString();
      if (old === undefined) changes.push({ employeeId: id, action: 'Inserted', fields });
      else if (fields.length > 0) changes.push({ employeeId: id, action: 'Updated', fields });
    }
    if (changes.length > 0) listener(changes, at);
  }

  function listDue(): { at: number; ids: Set<string> }[] {
    if (due?.revision === company.revision) return due.instants;
    const from = company.asOf.getTime();
    const instants = new Map<number, Set<string>>();
    function add(at: number, id: string): void {
      if (at <= from) return;
      const ids = instants.get(at) ?? new Set();
      instants.set(at, ids.add(id));
    }
    for (const employee of company.employees.values()) {
      const hireDate = dayFrom(factOf(employee, 'hireDate'));
      if (hireDate !== undefined) add(company.calendar.startOf(hireDate), employee.id);
      const end = dayFrom(factOf(employee, 'terminationDate'));
      if (end !== undefined) {
        add(company.calendar.startOf(end), employee.id);
        add(company.calendar.endOf(end), employee.id);
      }
    }
    for (const [table, rows] of company.tables) {
      if (table !== 'jobInfo' && table !== 'employmentStatus') continue;
      for (const { employeeId, fields } of rows) {
        const day = dayFrom(fields['date']);
        if (day === undefined || !company.employees.has(employeeId)) continue;
        add(company.calendar.startOf(day), employeeId);
        if (fields['employmentStatus'] === TERMINATED) add(company.calendar.endOf(day), employeeId);
      }
    }
    const sorted = [...instants].sort(([left], [right]) => left - right);
    due = { revision: company.revision, instants: sorted.map(([at, ids]) => ({ at, ids })) };
    return due.instants;
  }

  function advance(now: Date): void {
    if (now.getTime() <= company.asOf.getTime()) {
      // Put back: what had taken effect stays, what lies ahead comes due again.
      if (now.getTime() < company.asOf.getTime()) due = undefined;
      company.asOf = now;
      return;
    }
    for (const { at, ids } of listDue()) {
      if (at > now.getTime()) break;
      if (at <= company.asOf.getTime()) continue;
      const instant = new Date(at);
      commitAt(ids, company.asOf, instant, true, () => {
        for (const id of ids) takeEffect(company, id, instant);
      });
      company.asOf = instant;
    }
    company.asOf = now;
  }

  return { commit: (ids, at, mutate) => commitAt(ids, at, at, false, mutate), advance };
}

/** Writes what takes effect for one employee at exactly `instant` into the employee's own facts. */
function takeEffect(company: Company, id: string, instant: Date): void {
  const employee = company.employees.get(id);
  if (employee === undefined) return;
  const { calendar } = company;
  for (const row of rowsOf(company, 'jobInfo', id)) {
    const day = dayFrom(row.fields['date']);
    if (day !== undefined && calendar.startOf(day) === instant.getTime()) applyJobRow(employee, row.fields);
  }
  let ends = false;
  for (const row of rowsOf(company, 'employmentStatus', id)) {
    const day = dayFrom(row.fields['date']);
    if (day === undefined) continue;
    const isEnd = row.fields['employmentStatus'] === TERMINATED;
    if ((isEnd ? calendar.endOf(day) : calendar.startOf(day)) !== instant.getTime()) continue;
    if (isEnd) ends = true;
    applyStatusRow(employee, row.fields);
  }
  const end = dayFrom(factOf(employee, 'terminationDate'));
  const status = factOf(employee, 'status');
  const hireDate = dayFrom(factOf(employee, 'hireDate'));
  const isOfThisEmployment = end !== undefined && (hireDate === undefined || hireDate <= end);
  if (isOfThisEmployment && calendar.endOf(end) === instant.getTime() && (status ?? 'Active') === 'Active')
    ends = true;
  if (ends) endEmployment(employee);
}

/** Job fields of a row that is in effect, for an employee whose own facts would otherwise hide it. */
export function applyJobRow(employee: Employee, fields: Record<string, unknown>): void {
  for (const field of JOB_FIELDS) if (field in fields) setFact(employee, field, fields[field] ?? null);
  if (!('reportsTo' in fields)) return;
  for (const key of MANAGER_KEYS) delete employee.facts[key];
  employee.facts['reportsTo'] = fields['reportsTo'] ?? null;
}

const MANAGER_KEYS = [
  'supervisorEId',
  'supervisorEid',
  'reportsToId',
  'supervisorId',
  'supervisor',
  'reportsToName',
  'supervisorName',
  'jobInformationReportsTo',
];

export function applyStatusRow(employee: Employee, fields: Record<string, unknown>): void {
  setFact(employee, 'employmentHistoryStatus', fields['employmentStatus'] ?? null);
  if (factKey(employee, 'employeeStatusDate') !== undefined)
    setFact(employee, 'employeeStatusDate', fields['date']);
  if (fields['employmentStatus'] === TERMINATED) setFact(employee, 'terminationDate', fields['date']);
}

/** The end of an employment: Inactive and Terminated, together. */
export function endEmployment(employee: Employee): void {
  setFact(employee, 'status', 'Inactive');
  setFact(employee, 'employmentHistoryStatus', TERMINATED);
}

/** Facts and rows as one text, whatever the order in which keys were given. */
export function storedText(company: Company, employee: Employee): string {
  const rows = [...company.tables.keys()].map((table) => [table, rowsOf(company, table, employee.id)]);
  const { lastChanged: _, ...facts } = employee.facts;
  return JSON.stringify([facts, rows], (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}
