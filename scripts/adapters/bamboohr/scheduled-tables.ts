/**
 * What the report would have said, from the histories `employmentStatus` and `jobInfo` of everyone: the row with the
 * latest date, future ones included, is how things will stand. A manager cannot be had here (the row holds a name,
 * and names are not joined on), nor a hire date.
 */
import { z } from 'zod';
import { STATUS_DATE } from '../../core/people/employee.ts';
import { readJson } from '../http/read-json.ts';
import type { WireRequest } from '../http/request.ts';
import { type Client, send } from '../http/send.ts';
import type { ScheduledRead } from './scheduled-report.ts';
import { textOf } from './vocabulary.ts';
import { FieldValue, IdValue } from './wire-values.ts';

const JOB_COLUMNS = ['jobTitle', 'department', 'division', 'location'];

const TableRows = z.array(
  z.looseObject({
    employeeId: IdValue,
    date: z.string().nullish(),
    employmentStatus: FieldValue.optional(),
    terminationReasonId: FieldValue.optional(),
    terminationTypeId: FieldValue.optional(),
    jobTitle: FieldValue.optional(),
    department: FieldValue.optional(),
    division: FieldValue.optional(),
    location: FieldValue.optional(),
  }),
);
type TableRow = z.infer<typeof TableRows>[number];

export async function readScheduledTables(client: Client, wanted: string[]): Promise<ScheduledRead> {
  const values = new Map<string, Record<string, string>>();
  const told = new Set<string>(['hireDate', 'managerId']);
  const add = (id: string, field: string, text: string | undefined): void => {
    if (text === undefined) return;
    values.set(id, { ...values.get(id), [field]: text });
  };
  if (['terminationDate', 'employmentStatus', STATUS_DATE].some((field) => wanted.includes(field))) {
    const rows = await readTable(client, 'employmentStatus');
    if (rows?.some((row) => Object.hasOwn(row, 'employmentStatus')) || rows?.length === 0)
      for (const field of ['terminationDate', 'employmentStatus', STATUS_DATE]) told.add(field);
    for (const row of latestRows(rows ?? [])) {
      if (wanted.includes('terminationDate') && isTermination(row))
        add(row.employeeId, 'terminationDate', textOf(row.date));
      if (wanted.includes('employmentStatus'))
        add(row.employeeId, 'employmentStatus', textOf(row.employmentStatus));
      if (wanted.includes(STATUS_DATE)) add(row.employeeId, STATUS_DATE, textOf(row.date));
    }
  }
  const jobs = wanted.filter((field) => JOB_COLUMNS.includes(field));
  if (jobs.length > 0) {
    const rows = await readTable(client, 'jobInfo');
    for (const field of jobs)
      if (rows?.length === 0 || rows?.some((row) => Object.hasOwn(row, field))) told.add(field);
    for (const row of latestRows(rows ?? []))
      for (const field of jobs)
        add(row.employeeId, field, textOf(row[field as 'jobTitle' | 'department' | 'division' | 'location']));
  }
  return { values, missing: wanted.filter((field) => !told.has(field)), everyone: false };
}

/** Undefined when the key may not read the table. */
async function readTable(client: Client, table: string): Promise<TableRow[] | undefined> {
  const request: WireRequest = {
    route: `GET /v1/employees/all/tables/${table}`,
    accept: [403, 404],
    timeoutMs: 180_000,
  };
  const answer = await send(client, request);
  return answer.status >= 400 ? undefined : readJson(client.service, request, answer, TableRows);
}

/** One row per employee: the one with the latest date. Rows come in no order (OpenAPI document). */
function latestRows(rows: TableRow[]): TableRow[] {
  const latest = new Map<string, TableRow>();
  for (const row of rows) {
    const known = latest.get(row.employeeId);
    if (known === undefined || (row.date ?? '') >= (known.date ?? '')) latest.set(row.employeeId, row);
  }
  return [...latest.values()];
}

/** "Terminated" is built in and cannot be removed, but can be renamed; a row that ends an employment also carries its type or reason. */
function isTermination(row: TableRow): boolean {
  return (
    textOf(row.employmentStatus)?.toLowerCase() === 'terminated' ||
    [row.terminationTypeId, row.terminationReasonId].some((id) => {
      const text = textOf(id);
      return text !== undefined && text !== '0';
    })
  );
}
