/** `employees/{id}`: the fields asked for and no others; what is unknown or forbidden is silently missing. */
import type { Answer } from '../kit/service.ts';
import { employeeNotFound, escapeXml, legacyError, wantsJson, xmlAnswer, xmlFields } from './answers.ts';
import { reportText } from './field-values.ts';
import { readerFor, readingOf, type Route, type RouteRequest } from './route.ts';

const MAXIMUM_FIELDS = 400;

export const singleEmployeeRoutes: Route[] = [
  { method: 'GET', template: '/v1/employees/{id}', area: 'employees', answer: answerEmployee },
];

/** Sources: recorded 2022 (id 0, 404) and 2026; OpenAPI document (comma form only, `onlyCurrent`). */
function answerEmployee(request: RouteRequest): Answer {
  const { call, caller, params, world } = request;
  const id = params['id'] === '0' ? caller.employeeId : params['id'];
  // The key's user is nobody's employee: only the sentinel comes back.
  if (id === undefined) return render(request, '0', {});
  const employee = world.company.employees.get(id);
  if (employee === undefined) return employeeNotFound();
  const reader = readerFor(request, readingOf(call));
  if (!caller.sees(employee, reader))
    return legacyError(403, 'You do not have permission to view this employee');
  const names = (call.query.getAll('fields').at(-1) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length > MAXIMUM_FIELDS)
    return legacyError(400, `Too many fields requested, the maximum is ${MAXIMUM_FIELDS}`);
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const field = reader.roster.vocabulary.report(name);
    if (field === undefined || name === 'id' || caller.hides(field.alias, employee)) continue;
    values[name] = reportText(reader.value(employee, field), field);
  }
  return render(request, employee.id, values);
}

function render(request: RouteRequest, id: string, values: Record<string, unknown>): Answer {
  if (wantsJson(request.call)) return { status: 200, json: { id, ...values } };
  const body = xmlFields(values, ' ');
  return xmlAnswer(`<employee id="${escapeXml(id)}">${body === '' ? '' : `\n${body}\n`}</employee>`);
}
