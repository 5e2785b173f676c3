/** The emulated company: what HR has entered, kept under the keys in which it was given. */
import type { Calendar } from './calendar.ts';

export interface Employee {
  id: string;
  /** As given, in any of the vendor's names; read through `vocabulary.ts`. */
  facts: Record<string, unknown>;
  /** ISO instants of the last insertion and the last change. */
  inserted: string;
  lastChanged: string;
}

export interface TableRow {
  id: string;
  employeeId: string;
  fields: Record<string, unknown>;
}

/** What one API key may see or do; a key belongs to a user, and a user to an employee or to nobody. */
export interface ApiKey {
  key: string;
  /** Employee behind the key's user; `employees/0` answers it. */
  employeeId?: string | undefined;
  hideEmployees: string[];
  hideInactive: boolean;
  /** Field names in any of the vendor's vocabularies. */
  hideFields: string[];
  /** Fields hidden of single employees: `{ "1042": ["department"] }`. */
  hideFieldsOf: Record<string, string[]>;
  /** Route areas that answer 403; see `access.ts`. */
  deny: string[];
  /** The user behind the key was disabled: every call is refused, its webhooks stop. */
  disabled: boolean;
}

export interface Webhook {
  id: string;
  owner: string;
  name: string;
  url: string;
  format: 'json' | 'form-encoded';
  events: string[];
  monitorFields: string[] | null;
  postFields: Record<string, string>;
  includeCompanyDomain: boolean;
  privateKey: string;
  created: string;
  lastSent: string | null;
}

/** Behaviours that nobody has proven on a live tenant, and tenant settings; defaults in `seed.ts`. */
export interface Switches {
  listShowsFutureTermination: boolean;
  datasetShowsFutureTermination: boolean;
  /** `onlyCurrent=false` shows a scheduled end as Inactive and Terminated already (recorded 2022 on demo data). */
  scheduledReadMovesStatus: boolean;
  futureHiresInactive: boolean;
  /** Whether a change that takes effect by date counts as a change in `employees/changed`. */
  effectiveChangesAreListed: boolean;
  allowHttpWebhooks: boolean;
  /** Deliver to receivers that are not on loopback. */
  webhooksLeaveTheMachine: boolean;
  terminationDateMonitorable: boolean;
  /** Webhook timestamps as `+0000` (guide) instead of `Z` (OpenAPI document). */
  webhookTimestampOffset: boolean;
  /** Retries carry a fresh timestamp and signature instead of those of the first attempt. */
  resignRetries: boolean;
  /** Retries also run in real time, at 5, 10, 20, 40, 80 minutes times this. */
  webhookRetryScale: number | undefined;
  unstableDatasetOrder: boolean;
  unknownCompanyStatus: number;
}

export interface RateLimit {
  requests: number;
  perSeconds: number;
  /** 503 until 2026-09-15, 429 from the day after. */
  status: 429 | 503;
  retryAfter: 'seconds' | 'date' | 'none';
}

export interface Company {
  name: string;
  companyId: string;
  calendar: Calendar;
  switches: Switches;
  employees: Map<string, Employee>;
  /** Rows by table name, in the order in which they were entered. */
  tables: Map<string, TableRow[]>;
  /** Ids that were deleted, with the instant. */
  deleted: Map<string, string>;
  /** Undefined: any key is accepted and sees everything. */
  apiKeys: ApiKey[] | undefined;
  webhooks: Webhook[];
  rateLimit: RateLimit | undefined;
  /** Reads of one webhook's log per minute before it answers 200 with an error inside. */
  webhookLogLimit: number | undefined;
  directory: { hidden: Set<string>; shared: boolean };
  timeOffRequests: Record<string, unknown>[];
  timeOffTypes: Record<string, unknown>[] | undefined;
  holidays: Record<string, unknown>[];
  /** Employee ids that the key owner's saved calendar filter lets through; undefined: everybody. */
  whosOutFilter: string[] | undefined;
  whosOutDisabled: boolean;
  users: Record<string, unknown>[] | undefined;
  /** `meta/fields`, `meta/lists`, dataset fields as a tenant answers them, when the seed brings them. */
  metaFields: Record<string, unknown>[] | undefined;
  metaLists: Record<string, unknown>[] | undefined;
  datasetFields: Record<string, unknown>[] | undefined;
  /** The seed as given, for what the emulator only carries along. */
  seed: Record<string, unknown>;
  /** Up to when effective dates have been worked off. */
  asOf: Date;
  /** Counts up with every change: what is derived from the whole company is derived again then. */
  revision: number;
  /** Highest ids handed out so far; a deleted one is never used again. */
  lastEmployeeId: number;
  lastRowId: number;
  lastWebhookId: number;
  /** Counts what differs from read to read: photo signatures, torn pages. */
  photoReads: number;
  tornPages: number;
}

/** Ids compare as numbers, the way lists come. */
export function compareIds(left: string, right: string): number {
  return Number(left) - Number(right) || left.localeCompare(right);
}

export function sortedEmployees(company: Company): Employee[] {
  return [...company.employees.values()].sort((left, right) => compareIds(left.id, right.id));
}

const indices = new WeakMap<Company, { revision: number; rows: Map<string, TableRow[]> }>();

/** Rows of one employee in one table, in the order of entry. */
export function rowsOf(company: Company, table: string, employeeId: string): TableRow[] {
  let index = indices.get(company);
  if (index?.revision !== company.revision) {
    index = { revision: company.revision, rows: new Map() };
    for (const [name, list] of company.tables) {
      for (const row of list) {
        const key = `${name} ${row.employeeId}`;
        const rows = index.rows.get(key);
        if (rows === undefined) index.rows.set(key, [row]);
        else rows.push(row);
      }
    }
    indices.set(company, index);
  }
  return index.rows.get(`${table} ${employeeId}`) ?? [];
}

/** `jobInformation` is another name of `jobInfo`. */
export function tableName(name: string): string {
  return name === 'jobInformation' ? 'jobInfo' : name;
}

export function takeEmployeeId(company: Company): string {
  company.lastEmployeeId += 1;
  return String(company.lastEmployeeId);
}

export function takeRowId(company: Company): string {
  company.lastRowId += 1;
  return String(company.lastRowId);
}
