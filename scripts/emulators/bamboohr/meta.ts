/** `meta/*`: fields, lists, tables, users, time-off types. */
import type { Answer } from '../kit/service.ts';
import { escapeXml, wantsJson, xmlAnswer } from './answers.ts';
import type { Company } from './company.ts';
import { STANDARD_TABLES, TABLE_COLUMNS } from './employee-tables.ts';
import { rosterOf } from './roster.ts';
import type { Route, RouteRequest } from './route.ts';
import { factOf, textOf } from './vocabulary.ts';

export const metaRoutes: Route[] = [
  { method: 'GET', template: '/v1/meta/fields', area: 'meta', answer: answerFields },
  { method: 'GET', template: '/v1/meta/lists', area: 'meta', answer: answerLists },
  { method: 'GET', template: '/v1/meta/tables', area: 'meta', answer: answerTables },
  { method: 'GET', template: '/v1/meta/users', area: 'users', answer: answerUsers },
  { method: 'GET', template: '/v1/meta/time_off/types', area: 'time_off', answer: answerTimeOffTypes },
];

/** A stock tenant's lists (recorded 2026): alias, field id, built-in options that cannot be managed. */
const LISTS: [alias: string, fieldId: number, name: string, builtIn: string[]][] = [
  ['employmentHistoryStatus', 16, 'Employment Status', ['Contractor', 'Terminated']],
  ['jobTitle', 17, 'Job Title', []],
  ['location', 18, 'Location', []],
  ['department', 4, 'Department', []],
  ['division', 1355, 'Division', []],
];

/** Fields that come a second time under a deprecated alias (recorded). */
const OLD_LABELS: Record<string, string> = { status: 'Employment Status', preferredName: 'Nickname' };

/** Ids are whole numbers or dotted text; one alias may come twice, and 387 under two aliases (recorded 2026-05). */
function answerFields({ call, world }: RouteRequest): Answer {
  const { company } = world;
  const own = rosterOf(company).vocabulary.fields.flatMap(({ id, label, type, alias, custom, others }) => {
    if (id === undefined) return [];
    const field = { id, name: label, type, ...(custom && alias === String(id) ? {} : { alias }) };
    const deprecated = OLD_LABELS[alias];
    const twin = { id, type, deprecated: true, name: deprecated ?? '', alias: others[0] ?? alias };
    return [...(deprecated === undefined ? [] : [{ custom, field: twin }]), { custom, field }];
  });
  const given = company.metaFields;
  // A tenant's own list is whole, but for what this company has entered under names that it lacks.
  const fields =
    given === undefined
      ? own.map(({ field }) => field)
      : [
          ...given,
          ...own
            .filter(({ custom, field }) => custom && !given.some(({ id }) => String(id) === String(field.id)))
            .map(({ field }) => field),
        ];
  if (wantsJson(call)) return { status: 200, json: fields };
  const lines = (fields as Record<string, unknown>[]).map(
    (field) =>
      ` <field id="${escapeXml(field['id'])}" type="${escapeXml(field['type'])}"` +
      `${field['alias'] === undefined ? '' : ` alias="${escapeXml(field['alias'])}"`}>${escapeXml(field['name'])}</field>`,
  );
  return xmlAnswer(`<fields>\n${lines.join('\n')}\n</fields>`);
}

function answerLists({ call, world }: RouteRequest): Answer {
  const lists = world.company.metaLists ?? deriveLists(world.company);
  if (wantsJson(call) || call.query.get('format') === 'json')
    return {
      status: 200,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      json: lists,
    };
  const body = lists.map((list) => {
    const options = ((list['options'] as Record<string, unknown>[] | undefined) ?? []).map(
      (option) =>
        `   <option id="${escapeXml(option['id'])}" archived="${escapeXml(option['archived'])}">${escapeXml(option['name'])}</option>`,
    );
    return (
      ` <list fieldId="${escapeXml(list['fieldId'])}" alias="${escapeXml(list['alias'])}" manageable="${escapeXml(list['manageable'])}">\n` +
      `  <name>${escapeXml(list['name'])}</name>\n  <options>\n${options.join('\n')}\n  </options>\n </list>`
    );
  });
  return xmlAnswer(`<lists>\n${body.join('\n')}\n</lists>`);
}

function deriveLists(company: Company): Record<string, unknown>[] {
  return LISTS.map(([alias, fieldId, name, builtIn], index) => ({
    id: 3440 + index,
    fieldId,
    manageable: 'yes',
    multiple: 'no',
    name,
    options: rosterOf(company)
      .options(alias)
      .map((option) => ({
        id: option.id,
        archived: 'no',
        manageable: builtIn.includes(option.name) ? 'no' : 'yes',
        createdDate: null,
        archivedDate: null,
        name: option.name,
      })),
    alias,
  }));
}

function answerTables({ call, world }: RouteRequest): Answer {
  const { company } = world;
  const { vocabulary } = rosterOf(company);
  const names = [...new Set([...STANDARD_TABLES, ...company.tables.keys()])];
  const tables = names.map((alias, table) => {
    const rows = company.tables.get(alias) ?? [];
    const columns = new Set([
      ...(TABLE_COLUMNS[alias] ?? []),
      ...rows.flatMap((row) => Object.keys(row.fields)),
    ]);
    const fields = [...columns].map((column, index) => {
      const field = vocabulary.report(column === 'employmentStatus' ? 'employmentHistoryStatus' : column);
      const id = typeof field?.id === 'number' ? field.id : 5000 + table * 50 + index;
      return {
        id,
        name: field?.label ?? column,
        alias: column,
        type: field?.type ?? (column === 'date' ? 'date' : 'text'),
      };
    });
    return { alias, fields };
  });
  if (wantsJson(call)) return { status: 200, json: tables };
  const body = tables.map(({ alias, fields }) => {
    const lines = fields.map(
      (field) =>
        `  <field id="${field.id}" alias="${escapeXml(field.alias)}" type="${field.type}">${escapeXml(field.name)}</field>`,
    );
    return ` <table alias="${escapeXml(alias)}">\n${lines.join('\n')}\n </table>`;
  });
  return xmlAnswer(`<tables>\n${body.join('\n')}\n</tables>`);
}

/** An object keyed by user id, with *whole numbers* for ids, unlike everywhere else (OpenAPI document). */
function answerUsers({ call, world }: RouteRequest): Answer {
  const wanted = (call.query.get('status') ?? '')
    .split(',')
    .filter((status) => ['enabled', 'disabled'].includes(status));
  const users = (world.company.users ?? deriveUsers(world.company)).filter(
    (user) => wanted.length === 0 || wanted.includes(String(user['status'] ?? 'enabled')),
  );
  const rows = users.map((user) => ({
    id: Number(user['id']),
    employeeId: Number(user['employeeId'] ?? 0),
    firstName: String(user['firstName'] ?? ''),
    lastName: String(user['lastName'] ?? ''),
    email: String(user['email'] ?? ''),
    status: String(user['status'] ?? 'enabled'),
    ...(typeof user['lastLogin'] === 'string' ? { lastLogin: user['lastLogin'] } : {}),
  }));
  if (wantsJson(call))
    return { status: 200, json: Object.fromEntries(rows.map((user) => [String(user.id), user])) };
  const body = rows.map((user) => {
    const { id, employeeId, ...rest } = user;
    const inner = Object.entries(rest).map(([name, value]) => `  <${name}>${escapeXml(value)}</${name}>`);
    return ` <user id="${id}"${employeeId === 0 ? '' : ` employeeId="${employeeId}"`}>\n${inner.join('\n')}\n </user>`;
  });
  return xmlAnswer(`<users>\n${body.join('\n')}\n</users>`);
}

/** Everybody with an address and a numeric id has a login of the same number plus 2000, for want of a list. */
function deriveUsers(company: Company): Record<string, unknown>[] {
  return [...company.employees.values()].flatMap((employee) => {
    const email = textOf(employee, 'workEmail') ?? textOf(employee, 'homeEmail');
    if (email === null || !Number.isInteger(Number(employee.id))) return [];
    return [
      {
        id: 2000 + Number(employee.id),
        employeeId: Number(employee.id),
        firstName: textOf(employee, 'firstName') ?? '',
        lastName: textOf(employee, 'lastName') ?? '',
        email,
        status: factOf(employee, 'status') === 'Inactive' ? 'disabled' : 'enabled',
      },
    ];
  });
}

/** A stock tenant's types (recorded 2026-05). */
const TIME_OFF_TYPES = [
  { id: '78', name: 'Vacation', units: 'hours', color: null, icon: 'palm-trees', source: 'internal' },
  { id: '79', name: 'Sick', units: 'hours', color: 'eef448', icon: 'band-aid', source: 'internal' },
  {
    id: '77',
    name: 'Bereavement',
    units: 'days',
    color: '6a6a6a',
    icon: 'time-off-luggage',
    source: 'internal',
  },
  { id: '80', name: 'FMLA', units: 'hours', color: '56afdd', icon: 'family', source: 'internal' },
];
const DEFAULT_HOURS = [
  { name: 'Saturday', amount: '0' },
  { name: 'Sunday', amount: '0' },
  { name: 'default', amount: '8' },
  { name: 'Monday', amount: '8' },
  { name: 'Tuesday', amount: '8' },
  { name: 'Wednesday', amount: '8' },
  { name: 'Thursday', amount: '8' },
  { name: 'Friday', amount: '8' },
];

/** Ids are strings live although the document says integer (recorded 2026-05). */
function answerTimeOffTypes({ call, world }: RouteRequest): Answer {
  const types = (world.company.timeOffTypes ?? TIME_OFF_TYPES).map((type) => ({
    ...type,
    id: String(type['id']),
  }));
  if (wantsJson(call)) return { status: 200, json: { timeOffTypes: types, defaultHours: DEFAULT_HOURS } };
  const body = (types as Record<string, unknown>[]).map(
    (type) =>
      `  <timeOffType id="${escapeXml(type['id'])}" units="${escapeXml(type['units'])}">\n   <name>${escapeXml(type['name'])}</name>\n  </timeOffType>`,
  );
  return xmlAnswer(`<timeOffTypes>\n${body.join('\n')}\n</timeOffTypes>`);
}

/** Name, units and icon of a time-off type by id. */
export function timeOffType(company: Company, id: string): Record<string, unknown> | undefined {
  return (company.timeOffTypes ?? TIME_OFF_TYPES).find((type) => String(type['id']) === id);
}
