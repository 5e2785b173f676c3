/** Writes, enough for HR to be played: employees, table rows, deletion. */
import type { Answer, Call } from '../kit/service.ts';
import { employeeNotFound, legacyError } from './answers.ts';
import { dayFrom } from './calendar.ts';
import {
  type Company,
  type Employee,
  tableName,
  takeEmployeeId,
  takeRowId,
  type TableRow,
} from './company.ts';
import { datedRows, TERMINATED } from './dated-facts.ts';
import { applyJobRow, applyStatusRow, endEmployment } from './effective-changes.ts';
import { isTable } from './employee-tables.ts';
import { reportText } from './field-values.ts';
import { rosterOf } from './roster.ts';
import { readerFor, type Route, type RouteRequest } from './route.ts';
import { setFact, textOf } from './vocabulary.ts';
import { readXmlFields } from './xml-input.ts';

export const writeRoutes: Route[] = [
  { method: 'POST', template: '/v1/employees', area: 'write', answer: createEmployee },
  { method: 'POST', template: '/v1/employees/{id}', area: 'write', answer: updateEmployee },
  { method: 'DELETE', template: '/v1/employees/{id}', area: 'write', answer: deleteEmployee },
  { method: 'POST', template: '/v1/employees/{id}/tables/{table}', area: 'write', answer: addRow },
  { method: 'POST', template: '/v1_1/employees/{id}/tables/{table}', area: 'write', answer: addRow },
  {
    method: 'POST',
    template: '/v1_1/employees/{id}/tables/{table}/{rowId}',
    area: 'write',
    answer: updateRow,
  },
  {
    method: 'DELETE',
    template: '/v1/employees/{id}/tables/{table}/{rowId}',
    area: 'write',
    answer: deleteRow,
  },
];

/** Fields that a write cannot set; they are ignored like unknown ones, with a 200 (reported, recorded). */
const READ_ONLY = new Set([
  'id',
  'lastChanged',
  'photoUrl',
  'photoUploaded',
  'canUploadPhoto',
  'displayName',
]);

/** 201 with a body and a `Location` on the legacy gateway, whichever base URL was called (recorded 2026-05). */
function createEmployee(request: RouteRequest): Answer {
  const { call, world } = request;
  const { company } = world;
  const input = readBody(call, 'employee');
  if (input === undefined) return legacyError(400, isJson(call) ? 'Malformed JSON' : 'Malformed XML');
  const isNamed = ['firstName', 'lastName'].every(
    (name) => typeof input[name] === 'string' && input[name] !== '',
  );
  if (!isNamed) return legacyError(400, 'First name and last name are required');
  const conflict = findConflict(company, input, undefined);
  if (conflict !== undefined) return conflict;
  const employee: Employee = {
    id: takeEmployeeId(company),
    facts: {},
    inserted: call.now.toISOString(),
    lastChanged: call.now.toISOString(),
  };
  world.ledger.commit([employee.id], call.now, () => {
    employee.facts = { id: employee.id, status: 'Active' };
    assign(company, employee, input);
    company.employees.set(employee.id, employee);
  });
  return {
    status: 201,
    headers: {
      location: `https://api.bamboohr.com/api/gateway.php/${company.name}/v1/employees/${employee.id}`,
    },
    json: echo(request, employee, input),
  };
}

function updateEmployee(request: RouteRequest): Answer {
  const { call, world } = request;
  const employee = findVisible(request);
  if ('status' in employee) return employee;
  const input = readBody(call, 'employee');
  if (input === undefined) return legacyError(400, isJson(call) ? 'Malformed JSON' : 'Malformed XML');
  const conflict = findConflict(world.company, input, employee);
  if (conflict !== undefined) return conflict;
  world.ledger.commit([employee.id], call.now, () => assign(world.company, employee, input));
  return { status: 200, json: echo(request, employee, input) };
}

function deleteEmployee(request: RouteRequest): Answer {
  const employee = findVisible(request);
  if ('status' in employee) return employee;
  const { company, ledger } = request.world;
  ledger.commit([employee.id], request.call.now, () => {
    company.employees.delete(employee.id);
    for (const [table, rows] of company.tables)
      company.tables.set(
        table,
        rows.filter((row) => row.employeeId !== employee.id),
      );
  });
  return { status: 204 };
}

/** Adds a row. What is dated today or earlier and newest takes effect at once, the end of an employment too (help centre). */
function addRow(request: RouteRequest): Answer {
  const { call, params, world } = request;
  const { company } = world;
  const employee = findVisible(request);
  if ('status' in employee) return employee;
  const table = tableName(params['table'] ?? '');
  if (!isTable(company, table)) return legacyError(404, 'Table not found');
  const fields = readBody(call, 'row');
  if (fields === undefined) return legacyError(400, isJson(call) ? 'Malformed JSON' : 'Malformed XML');
  if ('date' in fields && dayFrom(fields['date']) === undefined) return legacyError(406, 'Invalid date');
  world.ledger.commit([employee.id], call.now, () => {
    const row: TableRow = { id: takeRowId(company), employeeId: employee.id, fields };
    company.tables.set(table, [...(company.tables.get(table) ?? []), row]);
    company.revision += 1;
    applyIfNewest(company, table, employee, row, call.now);
  });
  return { status: 200, body: '' };
}

function updateRow(request: RouteRequest): Answer {
  const { call, params, world } = request;
  const { company } = world;
  const employee = findVisible(request);
  if ('status' in employee) return employee;
  const table = tableName(params['table'] ?? '');
  const row = company.tables
    .get(table)
    ?.find(({ id, employeeId }) => id === params['rowId'] && employeeId === employee.id);
  if (row === undefined) return legacyError(404, 'Table row not found');
  const fields = readBody(call, 'row');
  if (fields === undefined) return legacyError(400, isJson(call) ? 'Malformed JSON' : 'Malformed XML');
  if ('date' in fields && dayFrom(fields['date']) === undefined) return legacyError(406, 'Invalid date');
  world.ledger.commit([employee.id], call.now, () => {
    row.fields = { ...row.fields, ...fields };
    company.revision += 1;
    applyIfNewest(company, table, employee, row, call.now);
  });
  return { status: 200, body: '' };
}

/** Deleting a future row rescinds what it announced. A row that is not there is a 200 too (OpenAPI document). */
function deleteRow(request: RouteRequest): Answer {
  const { call, params, world } = request;
  const { company } = world;
  const employee = findVisible(request);
  if ('status' in employee) return employee;
  const table = tableName(params['table'] ?? '');
  const rows = company.tables.get(table) ?? [];
  if (!rows.some(({ id, employeeId }) => id === params['rowId'] && employeeId === employee.id))
    return { status: 200, json: { success: false, error: 'The row was not found' } };
  world.ledger.commit([employee.id], call.now, () => {
    company.tables.set(
      table,
      rows.filter(({ id }) => id !== params['rowId']),
    );
  });
  return { status: 200, json: { success: true } };
}

function applyIfNewest(company: Company, table: string, employee: Employee, row: TableRow, now: Date): void {
  const today = company.calendar.dayOf(now);
  const newest = datedRows(company, table, employee.id).findLast(({ day }) => day <= today)?.row;
  if (newest?.id !== row.id) return;
  if (table === 'jobInfo') applyJobRow(employee, row.fields);
  if (table !== 'employmentStatus') return;
  applyStatusRow(employee, row.fields);
  if (row.fields['employmentStatus'] === TERMINATED) endEmployment(employee);
}

function findVisible(request: RouteRequest): Employee | Answer {
  const { caller, params, world } = request;
  const employee = world.company.employees.get(params['id'] ?? '');
  if (employee === undefined) return employeeNotFound();
  if (!caller.sees(employee, readerFor(request, 'current')))
    return legacyError(403, 'You do not have permission to access this employee');
  return employee;
}

/** Known fields are set; unknown and read-only ones are ignored without a word. */
function assign(company: Company, employee: Employee, input: Record<string, unknown>): void {
  const { vocabulary } = rosterOf(company);
  for (const [name, value] of Object.entries(input)) {
    const field = vocabulary.report(name);
    if (field === undefined || READ_ONLY.has(field.alias)) continue;
    setFact(employee, field.alias, value);
  }
}

/** A second employee with the same work address is refused (OpenAPI document, help centre). */
function findConflict(
  company: Company,
  input: Record<string, unknown>,
  self: Employee | undefined,
): Answer | undefined {
  const email = input['workEmail'];
  if (typeof email === 'string' && email !== '') {
    const taken = [...company.employees.values()].find(
      (other) => other !== self && textOf(other, 'workEmail')?.toLowerCase() === email.toLowerCase(),
    );
    if (taken !== undefined) return legacyError(409, 'Duplicate email address');
  }
  const status = input['status'];
  if (status !== undefined && status !== 'Active' && status !== 'Inactive')
    return legacyError(409, 'Invalid status');
  return undefined;
}

/** Id, name, status and what was sent (recorded 2026-05). */
function echo(
  request: RouteRequest,
  employee: Employee,
  input: Record<string, unknown>,
): Record<string, unknown> {
  const reader = readerFor(request, 'current');
  const { vocabulary } = reader.roster;
  const result: Record<string, unknown> = { id: employee.id };
  for (const name of new Set(['firstName', 'lastName', 'status', ...Object.keys(input)])) {
    const field = vocabulary.report(name);
    if (field === undefined || field.alias === 'id') continue;
    result[name] = reportText(reader.value(employee, field), field);
  }
  return result;
}

function isJson(call: Call): boolean {
  return /^application\/json\b/i.test(call.headers['content-type'] ?? '');
}

function readBody(call: Call, root: string): Record<string, unknown> | undefined {
  const text = call.rawBody.toString('utf8');
  if (!isJson(call)) {
    const document = readXmlFields(text);
    return document?.root === root
      ? Object.fromEntries(document.fields.map(({ id, value }) => [id, value]))
      : undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
