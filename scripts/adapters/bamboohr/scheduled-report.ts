/**
 * The scheduled read: a custom report with `onlyCurrent=false`, in which the future stands as if it were now. It gives
 * last days to come and the job of people who have not started, which the current read leaves empty (recorded 2022 and
 * 2026), and never a status: people were shown as Terminated months early there.
 *
 * Reports are deprecated and leave out what the key may not see without a word, so the echoed `fields` are held
 * against what was asked, and the tables answer when the report is gone or falls short.
 */
import { z } from 'zod';
import { JOB_FIELDS, STATUS_DATE } from '../../core/people/employee.ts';
import { readJson } from '../http/read-json.ts';
import type { WireRequest } from '../http/request.ts';
import { type Client, send } from '../http/send.ts';
import { readScheduledTables } from './scheduled-tables.ts';
import { nameIn, textOf } from './vocabulary.ts';
import { FieldValue, IdValue } from './wire-values.ts';

/** One report over everyone is slow for large companies. */
const REPORT_TIMEOUT_MS = 180_000;

export interface ScheduledRead {
  /** Employee id -> field -> value. */
  values: Map<string, Record<string, string>>;
  /** Fields of which neither report nor tables told anything. */
  missing: string[];
  /** True when every employee has a row here; the tables have none for people without history. */
  everyone: boolean;
}

const SCHEDULED_FIELDS: ReadonlySet<string> = new Set(['hireDate', 'terminationDate', ...JOB_FIELDS]);

/** Those of `fields` that the scheduled read can tell, and from which day the status counts. */
export function scheduledFields(fields: string[]): string[] {
  const wanted = fields.filter((field) => SCHEDULED_FIELDS.has(field));
  return wanted.includes('employmentStatus') ? [...wanted, STATUS_DATE] : wanted;
}

export async function readScheduled(client: Client, fields: string[]): Promise<ScheduledRead> {
  const wanted = scheduledFields(fields);
  if (wanted.length === 0) return { values: new Map(), missing: [], everyone: false };
  const report = await readReport(client, wanted);
  if (report === undefined) {
    client.wire.progress("BambooHR's custom report is gone; reading the tables instead");
    return readScheduledTables(client, wanted);
  }
  if (report.missing.length === 0) return report;
  const tables = await readScheduledTables(client, report.missing);
  for (const [id, values] of tables.values) report.values.set(id, { ...values, ...report.values.get(id) });
  return { values: report.values, missing: tables.missing, everyone: true };
}

async function readReport(client: Client, wanted: string[]): Promise<ScheduledRead | undefined> {
  const names = wanted.map((field) => nameIn('report', field));
  const request: WireRequest = {
    route: 'POST /v1/reports/custom',
    repeat: 'read',
    query: { format: 'json', onlyCurrent: 'false' },
    body: { title: 'Rollcall: scheduled dates', fields: ['id', ...names] },
    accept: [403, 404, 410],
    timeoutMs: REPORT_TIMEOUT_MS,
  };
  const answer = await send(client, request);
  if (answer.status >= 400) return undefined;
  const report = readJson(client.service, request, answer, reportSchema(names));
  const echoed = new Set(report.fields.map((field) => field.id));
  const missing = wanted.filter((field) => {
    const name = nameIn('report', field);
    return !echoed.has(name) && !report.employees.some((row) => Object.hasOwn(row, name));
  });
  const values = new Map(
    report.employees.map((row) => [
      row.id,
      Object.fromEntries(
        wanted.flatMap((field) => {
          const text = textOf((row as Record<string, z.infer<typeof FieldValue>>)[nameIn('report', field)]);
          return text === undefined ? [] : [[field, text] as const];
        }),
      ),
    ]),
  );
  return { values, missing, everyone: true };
}

function reportSchema(names: string[]) {
  return z.looseObject({
    fields: z.array(z.looseObject({ id: z.union([z.string(), z.number()]).transform(String) })),
    employees: z.array(
      z.looseObject({
        ...Object.fromEntries(names.map((name) => [name, FieldValue.optional()])),
        id: IdValue,
      }),
    ),
  });
}
