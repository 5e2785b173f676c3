/** `employees/directory`: active, hired, not hidden; never the whole company. */
import type { Answer } from '../kit/service.ts';
import { escapeXml, legacyError, wantsJson, xmlAnswer, xmlFields } from './answers.ts';
import { dayFrom } from './calendar.ts';
import type { Employee } from './company.ts';
import type { Reader } from './field-values.ts';
import { firstLast } from './roster.ts';
import { readerFor, readingOf, type Route, type RouteRequest } from './route.ts';
import { factOf, textOf } from './vocabulary.ts';

/** id | type | name */
const FIELDSET = [
  ['displayName', 'text', 'Display name'],
  ['firstName', 'text', 'First name'],
  ['lastName', 'text', 'Last name'],
  ['preferredName', 'text', 'Preferred name'],
  ['jobTitle', 'list', 'Job title'],
  ['workPhone', 'text', 'Work Phone'],
  ['mobilePhone', 'text', 'Mobile Phone'],
  ['workEmail', 'email', 'Work Email'],
  ['department', 'list', 'Department'],
  ['location', 'list', 'Location'],
  ['division', 'list', 'Division'],
  ['linkedIn', 'text', 'LinkedIn URL'],
  ['instagram', 'text', 'Instagram URL'],
  ['pronouns', 'text', 'Pronouns'],
  ['workPhoneExtension', 'text', 'Work Ext.'],
  ['supervisor', 'employee', 'Manager'],
  ['photoUploaded', 'bool', 'Employee photo exists'],
  ['photoUrl', 'url', 'Photo url'],
  ['canUploadPhoto', 'bool', 'Can Upload Photo'],
] as const;

export const directoryRoutes: Route[] = [
  { method: 'GET', template: '/v1/employees/directory', area: 'directory', answer: answerDirectory },
];

/** Sources: OpenAPI document (403, 404, onlyCurrent, XML), recorded 2026 (91 of 97 active people are in it). */
function answerDirectory(request: RouteRequest): Answer {
  const { call, caller, world } = request;
  const { company } = world;
  if (!company.directory.shared)
    return legacyError(403, 'The company directory is not shared with this user');
  const reader = readerFor(request, 'current');
  const includesFuture = readingOf(call) === 'scheduled';
  const today = company.calendar.dayOf(call.now);
  const people = reader.roster.employees.filter((employee) => {
    const hireDate = dayFrom(factOf(employee, 'hireDate'));
    return (
      reader.dated(employee).status === 'Active' &&
      hireDate !== undefined &&
      (includesFuture || hireDate <= today) &&
      !company.directory.hidden.has(employee.id) &&
      caller.sees(employee, reader)
    );
  });
  if (people.length === 0) return legacyError(404, 'The directory is empty');
  const rows = people.map((employee) => ({ id: employee.id, values: valuesOf(request, reader, employee) }));
  if (wantsJson(call)) {
    return {
      status: 200,
      json: {
        fields: FIELDSET.map(([id, type, name]) => ({ id, type, name })),
        employees: rows.map(({ id, values }) => ({
          id,
          ...values,
          canUploadPhoto: values['canUploadPhoto'] === true ? 1 : 0,
        })),
      },
    };
  }
  const fieldset = FIELDSET.map(([id, , name]) => `  <field id="${id}">${escapeXml(name)}</field>`).join(
    '\n',
  );
  const employees = rows
    .map(({ id, values }) => {
      const fields = { ...values, canUploadPhoto: values['canUploadPhoto'] === true ? 'yes' : 'no' };
      return `  <employee id="${escapeXml(id)}">\n${xmlFields(fields, '   ')}\n  </employee>`;
    })
    .join('\n');
  return xmlAnswer(
    `<directory>\n <fieldset>\n${fieldset}\n </fieldset>\n <employees>\n${employees}\n </employees>\n</directory>`,
  );
}

function valuesOf(request: RouteRequest, reader: Reader, employee: Employee): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [id] of FIELDSET) {
    const field = reader.roster.vocabulary.report(id);
    if (field === undefined || request.caller.hides(field.alias, employee)) continue;
    values[id] = id === 'supervisor' ? managerName(reader, employee) : reader.value(employee, field);
  }
  if ('displayName' in values)
    values['displayName'] =
      `${textOf(employee, 'preferredName') ?? textOf(employee, 'firstName') ?? ''} ${textOf(employee, 'lastName') ?? ''}`.trim();
  return values;
}

/** "First Last" here, where reports say "Last, First" (recorded). */
function managerName(reader: Reader, employee: Employee): string | null {
  const { manager } = reader.dated(employee);
  const found = manager.id === null ? undefined : reader.company.employees.get(manager.id);
  return found === undefined ? manager.name : firstLast(found);
}
