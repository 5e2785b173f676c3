/** What is derived from the whole company at once: vocabulary, who manages whom, option lists. */
import { type Company, type Employee, sortedEmployees } from './company.ts';
import { createVocabulary, factOf, textOf, type Vocabulary } from './vocabulary.ts';

/** A manager as far as HR's entry tells: an id, or only a name (names are no keys, and go stale). */
export interface ManagerEntry {
  id: string | null;
  name: string | null;
}

export interface Roster {
  vocabulary: Vocabulary;
  employees: Employee[];
  manager(employee: Employee): ManagerEntry;
  /** Employee of that name (`First Last` or `Last, First`), when there is exactly one. */
  named(name: string): Employee | undefined;
  /** Ids of employees who have reports. */
  managers: ReadonlySet<string>;
  /** Options of a list field; derived once. */
  options(alias: string): Option[];
}

export interface Option {
  id: number;
  name: string;
}

const ID_KEYS = ['supervisorEId', 'supervisorEid', 'reportsToId'];
const NAME_KEYS = ['supervisor', 'reportsTo', 'reportsToName', 'supervisorName', 'jobInformationReportsTo'];

const rosters = new WeakMap<Company, { revision: number; roster: Roster }>();

export function rosterOf(company: Company): Roster {
  const known = rosters.get(company);
  if (known?.revision === company.revision) return known.roster;
  const roster = deriveRoster(company);
  rosters.set(company, { revision: company.revision, roster });
  return roster;
}

function deriveRoster(company: Company): Roster {
  const employees = sortedEmployees(company);
  const byNumber = new Map<string, Employee>();
  const byName = new Map<string, Employee | 'several'>();
  for (const employee of employees) {
    const number = textOf(employee, 'employeeNumber');
    if (number !== null && !byNumber.has(number)) byNumber.set(number, employee);
    for (const name of new Set([firstLast(employee), lastFirst(employee)]))
      byName.set(name, byName.has(name) ? 'several' : employee);
  }

  function named(name: string): Employee | undefined {
    const found = byName.get(name);
    return found === 'several' ? undefined : found;
  }

  function manager(employee: Employee): ManagerEntry {
    const name = NAME_KEYS.map((key) => employee.facts[key]).find(isText);
    for (const key of ID_KEYS) {
      const id = employee.facts[key];
      if (isText(id) || typeof id === 'number') return { id: String(id), name: name ?? null };
    }
    // The supervisor's *employee number* (106 of 106 recorded rows), not an id.
    const number = employee.facts['supervisorId'];
    if (isText(number) || typeof number === 'number') {
      const found = byNumber.get(String(number));
      if (found !== undefined) return { id: found.id, name: name ?? null };
    }
    return { id: name === undefined ? null : (named(name)?.id ?? null), name: name ?? null };
  }

  const managers = new Set<string>();
  for (const employee of employees) {
    const { id } = manager(employee);
    if (id !== null) managers.add(id);
  }
  const options = new Map<string, Option[]>();
  return {
    vocabulary: createVocabulary(company),
    employees,
    manager,
    named,
    managers,
    options: (alias) => {
      const known = options.get(alias) ?? deriveOptions(company, alias);
      options.set(alias, known);
      return known;
    },
  };
}

/** `Jennifer Caldwell`, as directory, tables and datasets write it (recorded 2026). */
export function firstLast(employee: Employee): string {
  return [textOf(employee, 'firstName'), textOf(employee, 'lastName')]
    .filter((part) => part !== null)
    .join(' ');
}

/** `Caldwell, Jennifer`, as reports write it (recorded 2026). */
export function lastFirst(employee: Employee): string {
  return [textOf(employee, 'lastName'), textOf(employee, 'firstName')]
    .filter((part) => part !== null)
    .join(', ');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Fields with options on a stock tenant, and where their values stand in tables: alias -> table, column. */
const OPTION_COLUMNS: Record<string, [table: string, column: string]> = {
  employmentHistoryStatus: ['employmentStatus', 'employmentStatus'],
  jobTitle: ['jobInfo', 'jobTitle'],
  location: ['jobInfo', 'location'],
  department: ['jobInfo', 'department'],
  division: ['jobInfo', 'division'],
};

/**
 * Options of a list field: those of the seed's meta/lists, archived ones too, else the values in use. Ids of the
 * latter are stable for one company as long as no value before them in the alphabet comes or goes.
 */
function deriveOptions(company: Company, alias: string): Option[] {
  const given = company.metaLists?.find((list) => list['alias'] === alias)?.['options'];
  if (Array.isArray(given))
    return (given as Record<string, unknown>[]).map((option) => ({
      id: Number(option['id']),
      name: String(option['name']),
    }));
  const values = new Set<string>(alias === 'employmentHistoryStatus' ? ['Contractor', 'Terminated'] : []);
  for (const employee of company.employees.values()) {
    const value = factOf(employee, alias);
    if (isText(value)) values.add(value);
  }
  const [table = '', column = ''] = OPTION_COLUMNS[alias] ?? [];
  for (const row of company.tables.get(table) ?? []) {
    const value = row.fields[column];
    if (isText(value)) values.add(value);
  }
  const base = 18_000 + (Object.keys(OPTION_COLUMNS).indexOf(alias) + 1) * 1000;
  return [...values].sort().map((name, index) => ({ id: base + index, name }));
}
