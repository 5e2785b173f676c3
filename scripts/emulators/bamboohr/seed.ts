/** The BambooHR part of a seed: checked, with defaults, turned into a company. */
import { z } from 'zod';
import { SeedError } from '../kit/service.ts';
import { createCalendar } from './calendar.ts';
import {
  type Company,
  type Employee,
  tableName,
  takeEmployeeId,
  takeRowId,
  type TableRow,
} from './company.ts';

const identifier = z.union([z.string().min(1), z.number()]).transform(String);
const record = z.record(z.string(), z.unknown());
const names = z.array(z.string()).default([]);

const apiKey = z.looseObject({
  key: z.string().min(1),
  employeeId: identifier.optional(),
  hideEmployees: z.array(identifier).default([]),
  hideInactive: z.boolean().default(false),
  hideFields: names,
  hideFieldsOf: z.record(z.string(), z.array(z.string())).default({}),
  deny: names,
  disabled: z.boolean().default(false),
});

const webhook = z.looseObject({
  id: identifier,
  owner: z.string().default(''),
  name: z.string(),
  url: z.string(),
  format: z.enum(['json', 'form-encoded']),
  events: z.array(z.string()),
  monitorFields: z.array(z.string()).nullable().default(null),
  postFields: z.record(z.string(), z.string()).default({}),
  includeCompanyDomain: z.boolean().default(false),
  privateKey: z.string(),
  created: z.string(),
  lastSent: z.string().nullable().default(null),
});

const switches = z.object({
  listShowsFutureTermination: z.boolean().default(false),
  datasetShowsFutureTermination: z.boolean().default(false),
  scheduledReadMovesStatus: z.boolean().default(true),
  futureHiresInactive: z.boolean().default(false),
  effectiveChangesAreListed: z.boolean().default(true),
  allowHttpWebhooks: z.boolean().default(false),
  webhooksLeaveTheMachine: z.boolean().default(false),
  terminationDateMonitorable: z.boolean().default(false),
  webhookTimestampOffset: z.boolean().default(false),
  resignRetries: z.boolean().default(false),
  webhookRetryScale: z.number().positive().optional(),
  unstableDatasetOrder: z.boolean().default(false),
  unknownCompanyStatus: z.number().int().default(404),
});

const rateLimit = z.object({
  requests: z.number().int().positive(),
  perSeconds: z.number().positive().default(60),
  status: z.union([z.literal(429), z.literal(503)]).default(429),
  retryAfter: z.enum(['seconds', 'date', 'none']).default('seconds'),
});

const seedSchema = z.looseObject({
  ...switches.shape,
  company: z.string().min(1).default('acme'),
  companyId: identifier.default('12345'),
  timezone: z.string().default('UTC'),
  employees: z.array(record).default([]),
  tables: z.record(z.string(), z.array(record)).default({}),
  apiKeys: z.array(apiKey).optional(),
  webhooks: z.array(webhook).optional(),
  rateLimit: rateLimit.optional(),
  webhookLogLimit: z.number().int().positive().optional(),
  directory: z
    .object({ hidden: z.array(identifier).default([]), shared: z.boolean().default(true) })
    .default({ hidden: [], shared: true }),
  timeOffRequests: z.array(record).default([]),
  timeOffTypes: z.array(record).optional(),
  holidays: z.array(record).default([]),
  whosOutFilter: z.array(identifier).optional(),
  whosOutDisabled: z.boolean().default(false),
  users: z.array(record).optional(),
  fields: z.array(record).optional(),
  lists: z.array(record).optional(),
  datasetFields: z.array(record).optional(),
});

/**
 * Builds a company from the `bamboohr` part of a seed; undefined is an empty company.
 *
 * @throws SeedError that names the place and what is wrong with it
 */
export function readSeed(input: unknown, now: Date): Company {
  const parsed = seedSchema.safeParse(input ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = (issue?.path ?? []).map((part) => (typeof part === 'symbol' ? String(part) : part));
    throw new SeedError(
      `bamboohr${path.map((part) => `.${part}`).join('')}: ${issue?.message ?? 'invalid'}`,
      path,
    );
  }
  const seed = parsed.data;
  const company: Company = {
    name: seed.company,
    companyId: seed.companyId,
    calendar: calendarOf(seed.timezone),
    switches: { webhookRetryScale: undefined, ...switches.parse(seed) },
    employees: new Map(),
    tables: new Map(),
    deleted: new Map(),
    apiKeys: seed.apiKeys?.map((key) => ({ ...key })),
    webhooks: (seed.webhooks ?? []).map((hook) => ({ ...hook })),
    rateLimit: seed.rateLimit,
    webhookLogLimit: seed.webhookLogLimit,
    directory: { hidden: new Set(seed.directory.hidden), shared: seed.directory.shared },
    timeOffRequests: seed.timeOffRequests,
    timeOffTypes: seed.timeOffTypes,
    holidays: seed.holidays,
    whosOutFilter: seed.whosOutFilter,
    whosOutDisabled: seed.whosOutDisabled,
    users: seed.users,
    metaFields: seed.fields,
    metaLists: seed.lists,
    datasetFields: seed.datasetFields,
    seed: (input ?? {}) as Record<string, unknown>,
    asOf: now,
    revision: 0,
    lastEmployeeId: 0,
    lastRowId: 0,
    lastWebhookId: 20,
    photoReads: 0,
    tornPages: 0,
  };
  for (const { id } of company.webhooks)
    company.lastWebhookId = Math.max(company.lastWebhookId, Number(id) || 0);
  addEmployees(company, seed.employees, now);
  addTables(company, seed.tables);
  return company;
}

function calendarOf(timezone: string): Company['calendar'] {
  try {
    return createCalendar(timezone);
  } catch {
    throw new SeedError(
      `bamboohr.timezone: ${JSON.stringify(timezone)} is no time zone; use an IANA name such as America/Denver`,
      ['timezone'],
    );
  }
}

function addEmployees(company: Company, given: Record<string, unknown>[], now: Date): void {
  const numbers = given.map((facts) => Number(idOf(facts))).filter(Number.isInteger);
  company.lastEmployeeId = numbers.reduce((highest, value) => Math.max(highest, value), 0);
  for (const [index, facts] of given.entries()) {
    let id = idOf(facts);
    if (id === undefined) {
      id = takeEmployeeId(company);
      facts['id'] = id;
    }
    if (company.employees.has(id))
      throw new SeedError(`bamboohr.employees.${index}: a second employee with the id ${id}`, [
        'employees',
        index,
      ]);
    const employee: Employee = {
      id,
      facts: { ...facts },
      inserted: now.toISOString(),
      lastChanged: instantOf(facts['lastChanged']) ?? now.toISOString(),
    };
    company.employees.set(id, employee);
  }
}

function addTables(company: Company, tables: Record<string, Record<string, unknown>[]>): void {
  const used = Object.values(tables).flatMap((rows) => rows.map((row) => Number(row['id'] ?? 0) || 0));
  company.lastRowId = used.reduce((highest, id) => Math.max(highest, id), 38_000);
  for (const [name, rows] of Object.entries(tables)) {
    const list: TableRow[] = company.tables.get(tableName(name)) ?? [];
    for (const [index, row] of rows.entries()) {
      const { id, employeeId, ...fields } = row;
      if (typeof employeeId !== 'string' && typeof employeeId !== 'number')
        throw new SeedError(`bamboohr.tables.${name}.${index}: a row needs the employeeId it belongs to`, [
          'tables',
          name,
          index,
        ]);
      list.push({ id: String(id ?? takeRowId(company)), employeeId: String(employeeId), fields });
    }
    company.tables.set(tableName(name), list);
  }
}

function idOf(facts: Record<string, unknown>): string | undefined {
  const value = facts['id'] ?? facts['employeeId'] ?? facts['eeid'];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function instantOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}

/** The seed as it stands now, under the keys it was given; putting it back changes nothing. */
export function writeSeed(company: Company): Record<string, unknown> {
  const tables = [...company.tables].map(([name, rows]) => [
    name,
    rows.map((row) => ({ id: row.id, employeeId: row.employeeId, ...row.fields })),
  ]);
  return {
    ...company.seed,
    company: company.name,
    timezone: company.calendar.timezone,
    employees: [...company.employees.values()].map((employee) => ({ ...employee.facts })),
    tables: Object.fromEntries(tables) as unknown,
    webhooks: company.webhooks,
    timeOffRequests: company.timeOffRequests,
  };
}
