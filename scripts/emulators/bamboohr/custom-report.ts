/** `POST reports/custom`: everybody in one answer; what is unknown or forbidden is silently missing. */
import type { Answer, Call } from '../kit/service.ts';
import { escapeXml, legacyError, xmlAnswer } from './answers.ts';
import type { Employee } from './company.ts';
import { fieldId, type Field } from './field-catalogue.ts';
import { type Reader, reportText } from './field-values.ts';
import { readerFor, readingOf, type Route, type RouteRequest } from './route.ts';
import { readXmlFields } from './xml-input.ts';

const MAXIMUM_FIELDS = 400;
/** `Accept` values that choose a format when `?format=` is absent: these and no others (OpenAPI document). */
const ACCEPTED: Record<string, string> = {
  'application/json': 'json',
  'text/xml': 'xml',
  'text/csv': 'csv',
};

export const customReportRoutes: Route[] = [
  { method: 'POST', template: '/v1/reports/custom', area: 'reports', answer: answerReport },
];

interface ReportRequest {
  title: string;
  fields: string[];
  lastChanged: { since: number; includeNull: boolean } | undefined;
  employeeIds: Set<string> | undefined;
}

interface Column {
  name: string;
  field: Field;
}

function answerReport(request: RouteRequest): Answer {
  const { call, caller } = request;
  const format = formatOf(call);
  if (format === undefined) return legacyError(404, 'Report format not found');
  const report = readReport(call);
  if (report === undefined) return legacyError(400, isJson(call) ? 'Malformed JSON' : 'Malformed XML');
  if (report.fields.length > MAXIMUM_FIELDS)
    return legacyError(400, `Too many fields requested, the maximum is ${MAXIMUM_FIELDS}`);
  const reader = readerFor(request, readingOf(call));
  const columns: Column[] = report.fields.flatMap((name) => {
    const field = reader.roster.vocabulary.report(name);
    return field === undefined || caller.hidesColumn(field.alias) ? [] : [{ name, field }];
  });
  const rows = reader.roster.employees
    .filter((employee) => caller.sees(employee, reader) && isWanted(report, employee))
    .map((employee) => rowOf(request, reader, columns, employee));
  if (format === 'json') return renderJson(report, columns, rows);
  return format === 'xml' ? renderXml(report, columns, rows) : renderCsv(columns, rows);
}

function formatOf(call: Call): string | undefined {
  const asked = call.query.get('format')?.toLowerCase();
  if (asked !== undefined) return Object.values(ACCEPTED).find((format) => format === asked);
  return ACCEPTED[(call.headers.accept ?? '').trim().toLowerCase()];
}

/** JSON only when the content type is exactly that: `; charset=UTF-8` makes it XML, and malformed (OpenAPI document). */
function isJson(call: Call): boolean {
  return call.headers['content-type'] === 'application/json';
}

function readReport(call: Call): ReportRequest | undefined {
  const text = call.rawBody.toString('utf8');
  if (!isJson(call)) {
    const document = readXmlFields(text);
    if (document?.root !== 'report') return undefined;
    const title = /<title>([\s\S]*?)<\/title>/.exec(text)?.[1] ?? '';
    return {
      title,
      fields: document.fields.map(({ id }) => id),
      lastChanged: undefined,
      employeeIds: undefined,
    };
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof input !== 'object' || input === null) return undefined;
  const { title, fields, filters } = input as Record<string, unknown>;
  const { lastChanged, employeeIds } = (filters ?? {}) as Record<string, unknown>;
  const changed = lastChanged as { value?: unknown; includeNull?: unknown } | undefined;
  const since = typeof changed?.value === 'string' ? Date.parse(changed.value) : Number.NaN;
  return {
    title: typeof title === 'string' ? title : '',
    fields: Array.isArray(fields) ? fields.map(String) : [],
    lastChanged: Number.isNaN(since) ? undefined : { since, includeNull: changed?.includeNull !== 'no' },
    employeeIds: Array.isArray(employeeIds) ? new Set(employeeIds.map(String)) : undefined,
  };
}

function isWanted(report: ReportRequest, employee: Employee): boolean {
  if (report.employeeIds?.has(employee.id) === false) return false;
  return report.lastChanged === undefined || Date.parse(employee.lastChanged) >= report.lastChanged.since;
}

/** A row: the id, the columns under the names asked for, and an empty terminationDate that nobody asked for (recorded). */
function rowOf(
  request: RouteRequest,
  reader: Reader,
  columns: Column[],
  employee: Employee,
): Record<string, unknown> {
  const row: Record<string, unknown> = { id: employee.id };
  for (const { name, field } of columns) {
    // A level that hides this person's value leaves a null in the column (reported of accounts with little access).
    row[name] = request.caller.hides(field.alias, employee)
      ? null
      : reportText(reader.value(employee, field), field);
  }
  if (!('terminationDate' in row)) row['terminationDate'] = '';
  return row;
}

function renderJson(report: ReportRequest, columns: Column[], rows: Record<string, unknown>[]): Answer {
  const fields = columns.map(({ name, field }) => ({
    id: fieldId(name),
    // A phone number in meta/fields, a text here (recorded).
    type: field.type === 'phone' ? 'text' : field.type,
    name: field.label,
  }));
  return { status: 200, json: { title: report.title, fields, employees: rows } };
}

function renderXml(report: ReportRequest, columns: Column[], rows: Record<string, unknown>[]): Answer {
  const fieldset = columns.map(
    ({ name, field }) =>
      `  <field id="${escapeXml(name)}" type="${field.type}">${escapeXml(field.label)}</field>`,
  );
  const people = rows.map((row) => {
    const values = columns.map(
      ({ name }) => `   <field id="${escapeXml(name)}">${escapeXml(row[name])}</field>`,
    );
    return `  <employee id="${escapeXml(row['id'])}">\n${values.join('\n')}\n  </employee>`;
  });
  return xmlAnswer(
    `<report>\n <title>${escapeXml(report.title)}</title>\n <fieldset>\n${fieldset.join('\n')}\n </fieldset>\n` +
      ` <employees>\n${people.join('\n')}\n </employees>\n</report>`,
  );
}

function renderCsv(columns: Column[], rows: Record<string, unknown>[]): Answer {
  const quote = (value: unknown): string => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const lines = [
    columns.map(({ field }) => quote(field.label)).join(','),
    ...rows.map((row) => columns.map(({ name }) => quote(row[name])).join(',')),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'text/csv; charset=UTF-8' },
    body: `${lines.join('\n')}\n`,
  };
}
