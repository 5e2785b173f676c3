/** `GET /v1/employees`: cursor paging, explicit redaction, errors in JSON. Sources: OpenAPI document, recorded 2026-06. */
import type { Answer } from '../kit/service.ts';
import { listError } from './answers.ts';
import { compareIds, type Employee } from './company.ts';
import { LIST_DEFAULTS, LIST_FIELDS, LIST_OPTION_IDS } from './field-catalogue.ts';
import type { Reader } from './field-values.ts';
import { firstLast } from './roster.ts';
import { readerFor, type Route, type RouteRequest } from './route.ts';
import { factOf, textOf } from './vocabulary.ts';
import { tearPage } from './torn-page.ts';

const DEFAULT_LIMIT = 250;
const MAXIMUM_LIMIT = 2500;
const SORTABLE = ['employeeId', 'firstName', 'lastName', 'preferredName', 'jobTitleName', 'status'];
const UNFILTERABLE = new Set(
  'bestEmail ein genderIdentity genderIdentityId nationalId nin overtime overtimeRate payRate sin ssn teams userId veteranStatus veteranStatusId'.split(
    ' ',
  ),
);
/** Filters that match a part of the text whatever its case; all others match whole values. */
const EXACT = /(Id|Date)$|^(gender|paidPer|payType|status|isManager|proofOfVaccination|age|tenure|ids)$/;

export const employeeListRoutes: Route[] = [
  { method: 'GET', template: '/v1/employees', area: 'employees', answer: answerList },
];

interface Query {
  fields: string[];
  filters: [string, string[]][];
  sort: { name: string; descending: boolean }[];
  limit: number;
  after: string | null;
  before: string | null;
}

function answerList(request: RouteRequest): Answer {
  const { call, caller, world } = request;
  const query = readQuery(call.query);
  if ('status' in query) return query;
  const reader = readerFor(request, 'list');
  const used = [...query.filters.map(([name]) => name), ...query.sort.map(({ name }) => name)];
  const matching = reader.roster.employees.filter(
    (employee) =>
      caller.sees(employee, reader) &&
      // Whose filter or sort field the caller may not read is dropped, so that presence does not leak.
      used.every((name) => !caller.hides(aliasOf(reader, name), employee)) &&
      query.filters.every(([name, wanted]) =>
        name === 'ids'
          ? wanted.includes(employee.id)
          : passes(listValue(reader, employee, name), name, wanted),
      ),
  );
  matching.sort((left, right) => compareBy(reader, query.sort, left, right));

  const page = cutPage(matching, query);
  if (page === undefined)
    return listError('BadPage', 'The page cursor is not valid, or its employee changed. Start again.');
  const rows = page.employees.map((employee) => {
    const row: Record<string, unknown> = {};
    const restricted: string[] = [];
    for (const name of [...LIST_DEFAULTS, ...query.fields]) {
      if (caller.hides(aliasOf(reader, name), employee)) {
        row[name] = null;
        restricted.push(name);
      } else row[name] = listValue(reader, employee, name);
    }
    row['_restrictedFields'] = [...new Set(restricted)];
    return row;
  });
  const torn = tearPage(world.company, rows, matching.length, call.tornPage);
  const first = page.employees[0];
  const last = page.employees.at(-1);
  const nextCursor = page.hasNext && last !== undefined ? writeCursor('after', last.id) : null;
  const prevCursor = page.hasPrevious && first !== undefined ? writeCursor('before', first.id) : null;
  const link = (extra: Record<string, string>): { href: string } => ({
    href: `https://${world.company.name}.bamboohr.com/api/v1/employees${search(call.query, extra)}`,
  });
  return {
    status: 200,
    json: {
      data: torn.rows,
      meta: { total: torn.total, page: { limit: query.limit, nextCursor, prevCursor } },
      _links: {
        self: link({}),
        ...(nextCursor === null ? {} : { next: link({ 'page[after]': nextCursor }) }),
        ...(prevCursor === null ? {} : { prev: link({ 'page[before]': prevCursor }) }),
      },
    },
  };
}

function readQuery(search: URLSearchParams): Query | Answer {
  const fields = [search.getAll('fields').at(-1) ?? '', ...search.getAll('fields[]')]
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => LIST_FIELDS.has(name) && !LIST_DEFAULTS.includes(name));
  const filters = new Map<string, string[]>();
  for (const [key, value] of search) {
    const name = /^filter\[([^\]]*)\](?:\[\d*\])?$/.exec(key)?.[1];
    if (name === undefined) continue;
    if (name !== 'ids' && (!LIST_FIELDS.has(name) || UNFILTERABLE.has(name)))
      return listError('BadRequest', `Filtering by ${name} is not supported.`, 422);
    filters.set(name, [...(filters.get(name) ?? []), ...(name === 'ids' ? value.split(',') : [value])]);
  }
  const status = filters.get('status')?.[0];
  if (status !== undefined && status !== 'active' && status !== 'inactive')
    return listError('BadRequest', 'filter[status] must be active or inactive.');
  const sort = (search.get('sort') ?? '')
    .split(',')
    .filter((rule) => rule !== '')
    .map((rule) => ({ name: rule.replace(/^-/, ''), descending: rule.startsWith('-') }));
  const unsortable = sort.find(({ name }) => !SORTABLE.includes(name));
  if (unsortable !== undefined) return listError('BadRequest', `Cannot sort by ${unsortable.name}.`);
  const limit = Number(search.get('page[limit]') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAXIMUM_LIMIT)
    return listError('BadRequest', `page[limit] must be between 1 and ${MAXIMUM_LIMIT}.`);
  const after = search.get('page[after]');
  const before = search.get('page[before]');
  if (after !== null && before !== null)
    return listError('BadRequest', 'Give page[after] or page[before], not both.');
  return { fields: [...new Set(fields)], filters: [...filters], sort, limit, after, before };
}

function aliasOf(reader: Reader, name: string): string {
  return LIST_OPTION_IDS[name] ?? reader.roster.vocabulary.list(name)?.alias ?? name;
}

/** A value as the list shows it: text, boolean or list; null for everything unset, dates included. */
function listValue(reader: Reader, employee: Employee, name: string): unknown {
  const optionOf = LIST_OPTION_IDS[name];
  if (optionOf !== undefined) {
    const field = reader.roster.vocabulary.report(optionOf);
    const value = field === undefined ? null : reader.value(employee, field);
    const option = reader.roster.options(optionOf).find((candidate) => candidate.name === value);
    return option === undefined ? null : String(option.id);
  }
  switch (name) {
    case 'displayName':
    case 'preferredNameLastName':
      return `${textOf(employee, 'preferredName') ?? textOf(employee, 'firstName') ?? ''} ${textOf(employee, 'lastName') ?? ''}`.trim();
    case 'nickName':
      return textOf(employee, 'preferredName') ?? textOf(employee, 'firstName');
    case 'middleInitial':
      return textOf(employee, 'middleName')?.slice(0, 1) ?? null;
    case 'firstNameMiddleInitial':
      return [textOf(employee, 'firstName'), textOf(employee, 'middleName')?.slice(0, 1)]
        .filter(Boolean)
        .join(' ');
    case 'employeeName':
    case 'firstNameLastName':
      return firstLast(employee);
    case 'teams':
    case 'genderIdentityId':
    case 'veteranStatusId': {
      const value = factOf(employee, name);
      return Array.isArray(value) ? value : [];
    }
    case 'proofOfVaccination':
      return typeof employee.facts[name] === 'boolean' ? employee.facts[name] : null;
    default: {
      const field = reader.roster.vocabulary.list(name);
      const value = field === undefined ? (employee.facts[name] ?? null) : reader.value(employee, field);
      if (value === null || typeof value === 'boolean')
        return field?.kind === 'flag' ? value : textOrNull(value);
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    }
  }
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : String(value);
}

function passes(value: unknown, name: string, wanted: string[]): boolean {
  const text = value === null ? '' : String(value).toLowerCase();
  return wanted.every((want) =>
    EXACT.test(name) ? text === want.toLowerCase() : text.includes(want.toLowerCase()),
  );
}

/** Nulls first ascending, last descending; equal rows keep the order of ids. */
function compareBy(reader: Reader, sort: Query['sort'], left: Employee, right: Employee): number {
  for (const { name, descending } of sort) {
    const order =
      name === 'employeeId'
        ? compareIds(left.id, right.id)
        : compareText(listValue(reader, left, name), listValue(reader, right, name));
    if (order !== 0) return descending ? -order : order;
  }
  return compareIds(left.id, right.id);
}

function compareText(left: unknown, right: unknown): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  return String(left).localeCompare(String(right), 'en');
}

/** The page a cursor asks for, or undefined when the cursor is malformed, of the other direction, or its employee is gone. */
function cutPage(
  matching: Employee[],
  query: Query,
): { employees: Employee[]; hasNext: boolean; hasPrevious: boolean } | undefined {
  let start = 0;
  let end = query.limit;
  const cursor = query.after ?? query.before;
  if (cursor !== null) {
    const direction = query.after === null ? 'before' : 'after';
    const boundary = readCursor(cursor, direction);
    const at = matching.findIndex((employee) => employee.id === boundary);
    if (at < 0) return undefined;
    start = direction === 'after' ? at + 1 : Math.max(0, at - query.limit);
    end = direction === 'after' ? start + query.limit : at;
  }
  return {
    employees: matching.slice(start, end),
    hasNext: end < matching.length,
    hasPrevious: start > 0,
  };
}

function writeCursor(direction: 'after' | 'before', id: string): string {
  return Buffer.from(JSON.stringify({ [direction]: id })).toString('base64');
}

function readCursor(cursor: string, direction: 'after' | 'before'): string | undefined {
  try {
    const value = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8')) as Record<string, unknown>;
    return typeof value[direction] === 'string' ? value[direction] : undefined;
  } catch {
    return undefined;
  }
}

function search(query: URLSearchParams, extra: Record<string, string>): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(extra)) {
    next.delete('page[after]');
    next.delete('page[before]');
    next.set(name, value);
  }
  const text = next.toString();
  return text === '' ? '' : `?${text}`;
}
