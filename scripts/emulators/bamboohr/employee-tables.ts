/** `employees/{id|all}/tables/{table}` and `employees/changed/tables/{table}`: the history behind the current values. */
import type { Answer } from '../kit/service.ts';
import { employeeNotFound, escapeXml, legacyError, wantsJson, xmlAnswer, xmlFields } from './answers.ts';
import { dayFrom, zuluInstant } from './calendar.ts';
import { isSince, readSince } from './changed-list.ts';
import { type Company, type Employee, rowsOf, type TableRow, tableName } from './company.ts';
import { datedRows, deriveDated, isScheduled, JOB_FIELDS, TERMINATED } from './dated-facts.ts';
import { firstLast, rosterOf } from './roster.ts';
import { readerFor, type Route, type RouteRequest } from './route.ts';
import { factOf, textOf } from './vocabulary.ts';

/** Standard table names (OpenAPI document, TableName); custom ones are whatever the seed has. */
export const STANDARD_TABLES =
  'jobInfo compensation employmentStatus contacts emergencyContacts dependents earnings bonus commission benefit_class employeeVisas employeeEducation employeePassports employeeDriverLicenses employeeCertifications employeeStockOptions employeeAssets employeeCreditCards employeeCovidTests employeeCovidVaccinations employeeCovidVaccinationExemptions employeeCovidExposures employeeEquityGrants levelsAndBands employeeProjectPayRates'.split(
    ' ',
  );

/** Columns in the recorded order; other tables have the columns of their rows. */
export const TABLE_COLUMNS: Record<string, string[]> = {
  jobInfo: ['date', 'location', 'department', 'division', 'jobTitle', 'reportsTo', 'teams'],
  employmentStatus: [
    'date',
    'employmentStatus',
    'comment',
    'terminationReasonId',
    'terminationTypeId',
    'terminationRehireId',
  ],
};

export const employeeTableRoutes: Route[] = [
  { method: 'GET', template: '/v1/employees/{id}/tables/{table}', area: 'tables', answer: answerTable },
  {
    method: 'GET',
    template: '/v1/employees/changed/tables/{table}',
    area: 'tables',
    answer: answerChangedTable,
  },
];

export function isTable(company: Company, name: string): boolean {
  return STANDARD_TABLES.includes(name) || company.tables.has(name);
}

function answerTable(request: RouteRequest): Answer {
  const { call, caller, params, world } = request;
  const { company } = world;
  const table = tableName(params['table'] ?? '');
  const reader = readerFor(request, 'current');
  const one = params['id'] === 'all' ? undefined : company.employees.get(params['id'] ?? '');
  if (params['id'] !== 'all' && one === undefined) return employeeNotFound();
  if (!isTable(company, table)) return legacyError(404, 'Table not found');
  if (one !== undefined && !caller.sees(one, reader))
    return legacyError(403, 'You do not have permission to view this employee');
  const employees = one === undefined ? reader.roster.employees : [one];
  const rows = employees
    .filter((employee) => caller.sees(employee, reader))
    .flatMap((employee) => listRows(request, table, employee));
  if (wantsJson(call))
    return {
      status: 200,
      json: rows.map((row) => ({ id: row.id, employeeId: row.employeeId, ...row.fields })),
    };
  const body = rows
    .map((row) => {
      const open = ` <row id="${escapeXml(row.id)}" employeeId="${escapeXml(row.employeeId)}">`;
      return `${open}\n${xmlFields(row.fields, '  ')}\n </row>`;
    })
    .join('\n');
  return xmlAnswer(`<table>\n${body}\n</table>`);
}

/** Any change of an employee brings all rows of that employee, without ids (recorded). */
function answerChangedTable(request: RouteRequest): Answer {
  const { call, caller, params, world } = request;
  const table = tableName(params['table'] ?? '');
  const since = readSince(call.query.get('since'));
  if (since === undefined) return legacyError(400, 'The since parameter is missing or not a valid date');
  if (!isTable(world.company, table)) return legacyError(404, 'Table not found');
  const reader = readerFor(request, 'current');
  const employees = reader.roster.employees
    .filter((employee) => isSince(employee.lastChanged, since) && caller.sees(employee, reader))
    .map((employee) => ({
      id: employee.id,
      lastChanged: zuluInstant(employee.lastChanged),
      rows: listRows(request, table, employee).map((row) => row.fields),
    }))
    .filter(({ rows }) => rows.length > 0);
  if (wantsJson(call))
    return {
      status: 200,
      json: {
        table,
        employees: Object.fromEntries(
          employees.map(({ id, lastChanged, rows }) => [id, { lastChanged, rows }]),
        ),
      },
    };
  const body = employees.map(({ id, lastChanged, rows }) => {
    const inner = rows.map((row) => `  <row>\n${xmlFields(row, '   ')}\n  </row>`).join('\n');
    return ` <employee id="${escapeXml(id)}" lastChanged="${lastChanged}">\n${inner}\n </employee>`;
  });
  return xmlAnswer(`<table id="${escapeXml(table)}">\n${body.join('\n')}\n</table>`);
}

/** Rows of one employee with the columns of the table, those that the caller may read. */
function listRows(request: RouteRequest, table: string, employee: Employee): TableRow[] {
  const { company } = request.world;
  const { vocabulary } = rosterOf(company);
  return [
    ...rowsOf(company, table, employee.id),
    ...impliedRows(company, table, employee, request.call.now),
  ].map((row) => {
    const columns = TABLE_COLUMNS[table] ?? [];
    const names = [...columns, ...Object.keys(row.fields).filter((name) => !columns.includes(name))];
    const fields: Record<string, unknown> = {};
    for (const name of names) {
      const alias =
        table === 'employmentStatus' && name === 'employmentStatus'
          ? 'employmentHistoryStatus'
          : (vocabulary.report(name)?.alias ?? name);
      if (request.caller.hides(alias, employee)) continue;
      // Nothing entered is "" in a job row, null for teams (recorded).
      fields[name] = row.fields[name] ?? (table === 'jobInfo' && name !== 'teams' ? '' : null);
    }
    return { ...row, fields };
  });
}

/**
 * Rows that the employee's own facts imply but nobody wrote into the seed: on the vendor's side a current value and
 * a scheduled end cannot exist without their row.
 */
function impliedRows(company: Company, table: string, employee: Employee, now: Date): TableRow[] {
  const today = company.calendar.dayOf(now);
  const rows = datedRows(company, table, employee.id);
  const newest = rows.findLast(({ day }) => day <= today);
  const hireDate = dayFrom(factOf(employee, 'hireDate'));
  // An addition to rows that exist already was made when the employee last changed.
  const since = newest === undefined ? hireDate : company.calendar.dayOf(new Date(employee.lastChanged));
  const implied: TableRow[] = [];
  function imply(fields: Record<string, unknown>): void {
    const id = `9${employee.id.padStart(5, '0')}${table === 'jobInfo' ? 1 : 2}${implied.length}`;
    implied.push({ id, employeeId: employee.id, fields });
  }

  if (table === 'jobInfo') {
    const job = Object.fromEntries(JOB_FIELDS.map((field) => [field, textOf(employee, field)]));
    const isKnown =
      JOB_FIELDS.every((field) => job[field] === null) ||
      (newest !== undefined &&
        JOB_FIELDS.every((field) => (newest.row.fields[field] || null) === job[field]));
    if (isKnown) return implied;
    const manager = rosterOf(company).manager(employee);
    const found = manager.id === null ? undefined : company.employees.get(manager.id);
    const name = found === undefined ? (manager.name ?? '') : firstLast(found);
    imply({ date: since ?? '0000-00-00', ...job, reportsTo: name, teams: null });
  }
  if (table === 'employmentStatus') {
    const status = textOf(employee, 'employmentHistoryStatus');
    const end = dayFrom(factOf(employee, 'terminationDate'));
    if (status !== null && newest?.row.fields['employmentStatus'] !== status) {
      const date = status === TERMINATED ? end : dayFrom(factOf(employee, 'employeeStatusDate'));
      imply({ date: date ?? since ?? '0000-00-00', employmentStatus: status });
    }
    const isEntered = rows.some(
      ({ row, day }) => day === end && row.fields['employmentStatus'] === TERMINATED,
    );
    const facts = deriveDated(company, rosterOf(company), employee, 'current', now);
    if (end !== undefined && !isEntered && facts.status === 'Active' && isScheduled(company, end, now))
      imply({ date: end, employmentStatus: TERMINATED });
  }
  return implied;
}
