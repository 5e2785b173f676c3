/** Datasets: catalogue and fields (v1_2), data (v2). Sources: OpenAPI document, recorded 2026-06. */
import type { Answer } from '../kit/service.ts';
import { problem } from './answers.ts';
import { compareIds, type Employee } from './company.ts';
import { parseFilter } from './dataset-filter.ts';
import type { Field } from './field-catalogue.ts';
import type { Reader } from './field-values.ts';
import { rosterOf, type Roster } from './roster.ts';
import { readerFor, type Route, type RouteRequest } from './route.ts';
import { tearPage } from './torn-page.ts';

const MAXIMUM_PAGE = 1000;

export const datasetRoutes: Route[] = [
  { method: 'GET', template: '/v1_2/datasets', area: 'datasets', answer: answerDatasets },
  { method: 'GET', template: '/v1_2/datasets/{datasetName}/fields', area: 'datasets', answer: answerFields },
  { method: 'POST', template: '/v2/datasets/{datasetName}/data', area: 'datasets', answer: answerData },
];

function answerDatasets(): Answer {
  return { status: 200, json: { datasets: [{ name: 'employee', label: 'Employee' }] } };
}

function answerFields({ call, params, world }: RouteRequest): Answer {
  if (params['datasetName'] !== 'employee')
    return problem(422, 'DATASET_NOT_FOUND', `Dataset ${params['datasetName']} was not found`, call.path);
  const all = world.company.datasetFields ?? deriveFields(rosterOf(world.company));
  const size = Math.min(wholeNumber(call.query.get('page_size')) ?? 500, 1000);
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(Math.max(wholeNumber(call.query.get('page')) ?? 1, 1), pages);
  const link = (number: number): string | null =>
    number < 1 || number > pages
      ? null
      : `https://${world.company.name}.bamboohr.com/api/v1_2/datasets/employee/fields?page=${number}&page_size=${size}`;
  return {
    status: 200,
    json: {
      pagination: {
        total_records: all.length,
        current_page: page,
        total_pages: pages,
        next_page: link(page + 1),
        prev_page: link(page - 1),
      },
      name: 'employee',
      label: 'Employee',
      fields: all.slice((page - 1) * size, page * size),
    },
  };
}

function deriveFields(roster: Roster): Record<string, unknown>[] {
  const seen = new Set<string>();
  return roster.vocabulary.fields.flatMap((field) => {
    if (field.dataset === undefined || seen.has(field.dataset)) return [];
    seen.add(field.dataset);
    const [parentName, entityName] = parentOf(field);
    return [{ name: field.dataset, label: field.label, parentType: 'page', parentName, entityName }];
  });
}

function parentOf(field: Field): [name: string, entity: string] {
  const name = field.dataset ?? '';
  if (field.custom) return ['Custom', 'custom'];
  if (field.id === undefined) return ['Calculated', 'calculated'];
  if (name.startsWith('jobInformation')) return ['Job Information', 'jobInformation'];
  if (name.startsWith('employmentStatus')) return ['Employment Status', 'employmentStatus'];
  if (name === 'status') return ['Default Status', 'defaultStatus'];
  if (field.kind === 'date') return ['Job', 'job'];
  return ['Personal', 'personal'];
}

interface DataQuery {
  fields: Field[];
  names: string[];
  filter: string;
  orderBy: { field: Field; descending: boolean }[];
  page: number;
  pageSize: number;
}

function answerData(request: RouteRequest): Answer {
  const { call, caller, params, world } = request;
  if (params['datasetName'] !== 'employee')
    return problem(404, 'DATASET_NOT_FOUND', `Dataset ${params['datasetName']} is not accessible`, call.path);
  const { vocabulary } = rosterOf(world.company);
  const query = readQuery(call.path, call.rawBody.toString('utf8'), (name) => vocabulary.dataset(name));
  if ('status' in query) return query;
  const hidden = query.names.filter((_, index) => caller.hidesColumn(query.fields[index]?.alias ?? ''));
  if (hidden.length > 0)
    return problem(
      403,
      'FIELD_NOT_ACCESSIBLE',
      `You do not have access to: ${hidden.join(', ')}`,
      call.path,
      Object.fromEntries(hidden.map((name) => [name, 'not accessible'])),
    );
  const filter =
    query.filter === '' ? undefined : parseFilter(query.filter, (name) => vocabulary.dataset(name)?.kind);
  if (filter !== undefined && 'error' in filter)
    return problem(422, 'INVALID_FILTER', filter.error, call.path);

  const reader = readerFor(request, 'dataset');
  const matching = reader.roster.employees.filter(
    (employee) =>
      caller.sees(employee, reader) &&
      // No redaction inside a row: a row is returned whole or not at all.
      query.fields.every((field) => !caller.hides(field.alias, employee)) &&
      (filter === undefined ||
        filter.matches((name) => {
          const field = vocabulary.dataset(name);
          return field === undefined ? null : datasetValue(reader, employee, field);
        })),
  );
  const start = (query.page - 1) * query.pageSize;
  const ordered = order(request, reader, query, matching);
  const rows = ordered.slice(start, start + query.pageSize).map((employee) => ({
    fields: Object.fromEntries(
      query.names.map((name, index) => {
        const field = query.fields[index];
        return [name, field === undefined ? null : datasetValue(reader, employee, field)];
      }),
    ),
  }));
  const torn = tearPage(world.company, rows, matching.length, call.tornPage);
  const totalPages = Math.ceil(torn.total / query.pageSize);
  const link = (page: number): string =>
    `https://${world.company.name}.bamboohr.com/api/v2/datasets/employee/data?page=${page}&pageSize=${query.pageSize}`;
  const links = {
    ...(query.page < totalPages ? { next: link(query.page + 1) } : {}),
    ...(query.page > 1 ? { prev: link(query.page - 1) } : {}),
  };
  return {
    status: 200,
    json: {
      data: torn.rows,
      // An empty PHP array: a list, not an object, when there is nothing to link (recorded 2026-06).
      links: Object.keys(links).length === 0 ? [] : links,
      meta: { page: query.page, pageSize: query.pageSize, totalPages, totalItems: torn.total },
    },
  };
}

/** Nothing entered is null, but "no manager" of somebody who has a job is "" (recorded 2026-06). */
function datasetValue(reader: Reader, employee: Employee, field: Field): unknown {
  const value = reader.value(employee, field);
  if (field.alias === 'reportsTo' && value === null) return reader.dated(employee).hasJob ? '' : null;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return value;
}

function order(request: RouteRequest, reader: Reader, query: DataQuery, matching: Employee[]): Employee[] {
  const { company } = request.world;
  if (query.orderBy.length === 0 && company.switches.unstableDatasetOrder) {
    // Every page cut from another order: what a client risks that pages without orderBy.
    const shift = (query.page * 7) % Math.max(matching.length, 1);
    return [...matching.slice(shift), ...matching.slice(0, shift)];
  }
  return [...matching].sort((left, right) => {
    for (const { field, descending } of query.orderBy) {
      const difference = compareValues(
        field,
        datasetValue(reader, left, field),
        datasetValue(reader, right, field),
      );
      if (difference !== 0) return descending ? -difference : difference;
    }
    return compareIds(left.id, right.id);
  });
}

function compareValues(field: Field, left: unknown, right: unknown): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (field.kind === 'number') return compareIds(String(left), String(right));
  return String(left).localeCompare(String(right), 'en');
}

function readQuery(
  path: string,
  body: string,
  fieldOf: (name: string) => Field | undefined,
): DataQuery | Answer {
  let input: Record<string, unknown>;
  try {
    input = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return problem(400, 'INVALID_JSON', 'The body is no JSON object', path);
  }
  const names = input['fields'];
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string'))
    return problem(400, 'INVALID_FIELDS', 'fields must be a list of field names', path);
  const unknown = names.filter((name) => fieldOf(name) === undefined);
  if (unknown.length > 0) return problem(422, 'INVALID_FIELD', `Unknown fields: ${unknown.join(', ')}`, path);
  const page = input['page'] ?? 1;
  const pageSize = input['pageSize'] ?? 100;
  if (!isWhole(page, 1, Number.MAX_SAFE_INTEGER) || !isWhole(pageSize, 1, MAXIMUM_PAGE))
    return problem(422, 'INVALID_PAGE', `page starts at 1, pageSize is 1 to ${MAXIMUM_PAGE}`, path);
  const rules =
    typeof input['orderBy'] === 'string' && input['orderBy'] !== '' ? input['orderBy'].split(',') : [];
  const orderBy: DataQuery['orderBy'] = [];
  for (const rule of rules) {
    const [name = '', direction = 'asc'] = rule.trim().split(/\s+/);
    const field = fieldOf(name);
    if (field === undefined || !names.includes(name))
      return problem(400, 'UE-1001', `orderBy field ${name} must be one of the requested fields`, path);
    if (direction !== 'asc' && direction !== 'desc')
      return problem(400, 'UE-1001', `orderBy direction must be asc or desc, not ${direction}`, path);
    orderBy.push({ field, descending: direction === 'desc' });
  }
  return {
    names,
    fields: names.map((name) => fieldOf(name)).filter((field) => field !== undefined),
    filter: typeof input['filter'] === 'string' ? input['filter'].trim() : '',
    orderBy,
    page,
    pageSize,
  };
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
