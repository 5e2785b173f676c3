/** Reads an employee's facts whatever name they were given under, and knows the fields of this very company. */
import type { Company, Employee } from './company.ts';
import { type Field, fieldId, kindOf, STOCK_FIELDS } from './field-catalogue.ts';

export interface Vocabulary {
  fields: Field[];
  /** Field by the names of `employees/{id}`, reports and webhooks: alias, id, deprecated alias, custom alias. */
  report(name: string): Field | undefined;
  list(name: string): Field | undefined;
  dataset(name: string): Field | undefined;
  /** Field by a name of any vocabulary: for seeds and access rules. */
  any(name: string): Field | undefined;
}

/** Keys of an employee that are no fields of their own. */
const CARRIED = new Set(['id', 'employeeId', 'eeid', 'lastChanged', '_restrictedFields']);
/** Names of the single-employee read (OpenAPI document) that reports do not know but that mean the same. */
const SINGLE_READ_NAMES: Record<string, string> = {
  jobTitleName: 'jobTitle',
  reportsToName: 'reportsTo',
  reportsToId: 'supervisorEId',
};
const STATUSES = new Set(['Active', 'Inactive']);
const KEYS = new Map(STOCK_FIELDS.map((field) => [field.alias, namesOf(field)]));

/** Builds the vocabulary of `company`: the stock fields, those of its meta/fields, and every other key in use. */
export function createVocabulary(company: Company): Vocabulary {
  // A tenant that brings its own meta/fields brings its own ids.
  const fields = STOCK_FIELDS.map(({ id, ...field }): Field => {
    const keepsId = id !== undefined && (company.metaFields === undefined || Number(id) < 0);
    return keepsId ? { ...field, id } : field;
  });
  const reportNames = new Map<string, Field>();
  const listNames = new Map<string, Field>();
  const datasetNames = new Map<string, Field>();

  function learn(field: Field): void {
    for (const name of [field.alias, ...field.others, ...(field.id === undefined ? [] : [String(field.id)])])
      if (!reportNames.has(name)) reportNames.set(name, field);
    if (field.list !== undefined && !listNames.has(field.list)) listNames.set(field.list, field);
    if (field.dataset !== undefined && !datasetNames.has(field.dataset))
      datasetNames.set(field.dataset, field);
  }

  for (const field of fields) learn(field);
  for (const [name, alias] of Object.entries(SINGLE_READ_NAMES)) {
    const field = reportNames.get(alias);
    if (field !== undefined) reportNames.set(name, field);
  }

  function add(field: Field): void {
    fields.push(field);
    learn(field);
  }

  for (const entry of company.metaFields ?? []) {
    const id = String(entry['id']);
    const alias = typeof entry['alias'] === 'string' ? entry['alias'] : id;
    const known = reportNames.get(alias);
    // The tenant's own ids and labels win; the same alias may come twice, with a part's dotted id.
    if (known !== undefined) {
      if (entry['deprecated'] !== true && !id.includes('.')) {
        known.id = fieldId(id);
        known.label = String(entry['name']);
        known.type = String(entry['type']);
      }
      if (!reportNames.has(id)) reportNames.set(id, known);
      continue;
    }
    add(customField(alias, id, String(entry['name']), String(entry['type'])));
  }
  for (const entry of company.datasetFields ?? []) {
    const name = String(entry['name']);
    if (!datasetNames.has(name))
      datasetNames.set(name, { ...customField(name, name, String(entry['label']), 'text') });
  }
  let next = 4700;
  for (const employee of company.employees.values()) {
    for (const key of Object.keys(employee.facts)) {
      if (CARRIED.has(key) || reportNames.has(key) || listNames.has(key) || datasetNames.has(key)) continue;
      next += 1;
      add(customField(key, /^\d+(\.\d+)?$/.test(key) ? key : String(next), key, 'text'));
    }
  }

  return {
    fields,
    report: (name) => reportNames.get(name),
    list: (name) => listNames.get(name),
    dataset: (name) => datasetNames.get(name),
    any: (name) => reportNames.get(name) ?? listNames.get(name) ?? datasetNames.get(name),
  };
}

function customField(alias: string, id: string, label: string, type: string): Field {
  return {
    alias,
    id: fieldId(id),
    label,
    type,
    kind: kindOf(type),
    dataset: alias,
    others: [],
    custom: true,
    deprecated: false,
  };
}

function namesOf(field: Field): string[] {
  return [
    ...new Set([field.alias, ...field.others, field.list ?? field.alias, field.dataset ?? field.alias]),
  ];
}

/**
 * The key under which `employee` has this field, or undefined. `employmentStatus` is two things to the vendor:
 * Active/Inactive in reports (a deprecated alias of 387), Full-Time and its like in datasets; the value tells.
 */
export function factKey(employee: Employee, alias: string): string | undefined {
  for (const key of KEYS.get(alias) ?? [alias]) {
    if (employee.facts[key] === undefined) continue;
    if (key === 'employmentStatus') {
      const isStatus = STATUSES.has(String(employee.facts[key]));
      if (isStatus !== (alias === 'status')) continue;
    }
    return key;
  }
  return undefined;
}

/** The stored value of a field; undefined when nothing was ever given. */
export function factOf(employee: Employee, alias: string): unknown {
  const key = factKey(employee, alias);
  return key === undefined ? undefined : employee.facts[key];
}

/** Stores a value under the key already in use, else under the vendor's alias. */
export function setFact(employee: Employee, alias: string, value: unknown): void {
  employee.facts[factKey(employee, alias) ?? alias] = value;
}

/** A fact as text, or null when it is unset. */
export function textOf(employee: Employee, alias: string): string | null {
  const value = factOf(employee, alias);
  return value === undefined || value === null || value === '' ? null : String(value);
}
