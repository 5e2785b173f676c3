/** Systems, applications and policies: listed and bound, never made here. */
import type { Answer } from '../kit/service.ts';
import { isRefused, notFound } from './answers.ts';
import { readPage, tearPage } from './paging.ts';
import type { ApiRequest, Route } from './routing.ts';
import { projectFields, readFilters, readWords } from './v1-query.ts';
import { answerList } from './v2-query.ts';
import { sortByFields } from './values.ts';
import type { DirectoryObject, World } from './world.ts';

export const catalogueRoutes: Route[] = [
  { method: 'GET', template: '/api/systems', answer: (world, request) => listV1(world, 'system', request) },
  {
    method: 'GET',
    template: '/api/systems/{id}',
    answer: (world, request) => getV1(world, 'system', request),
  },
  {
    method: 'GET',
    template: '/api/applications',
    answer: (world, request) => listV1(world, 'application', request),
  },
  {
    method: 'GET',
    template: '/api/applications/{id}',
    answer: (world, request) => getV1(world, 'application', request),
  },
  {
    method: 'GET',
    template: '/api/v2/policies',
    answer: (world, { call }) => answerList(call, objectsOf(world, 'policy').map(renderV2)),
  },
  {
    method: 'GET',
    template: '/api/v2/policies/{id}',
    answer: (world, { params }) => {
      const policy = world.objects.get(params['id'] ?? '');
      return policy?.type === 'policy' ? { status: 200, json: renderV2(policy) } : notFound;
    },
  },
];

export function objectsOf(world: World, type: string): DirectoryObject[] {
  return [...world.objects.values()].filter((object) => object.type === type);
}

function renderV1(world: World, object: DirectoryObject): Record<string, unknown> {
  return { ...object.fields, _id: object.id, id: object.id, organization: world.organization.id };
}

function renderV2(object: DirectoryObject): Record<string, unknown> {
  return { name: object.name, ...object.fields, id: object.id };
}

function listV1(world: World, type: string, { call }: ApiRequest): Answer {
  const filters = readFilters(call.query, call.headers['x-eventually-consistent'] === 'true');
  if (isRefused(filters)) return filters.refused;
  const rows = objectsOf(world, type)
    .map((object) => renderV1(world, object))
    .filter((row) => filters.matches?.(row) ?? true);
  const sort = readWords(call.query.get('sort'));
  const fields = readWords(call.query.get('fields'));
  const page = readPage(call.query.get('limit'), call.query.get('skip'));
  const torn = tearPage(sort.length === 0 ? rows : sortByFields(rows, sort), page, rows.length, call);
  const results = fields.length === 0 ? torn.rows : torn.rows.map((row) => projectFields(row, fields));
  return { status: 200, json: { totalCount: torn.total, results } };
}

function getV1(world: World, type: string, { params }: ApiRequest): Answer {
  const object = world.objects.get(params['id'] ?? '');
  return object?.type === type ? { status: 200, json: renderV1(world, object) } : notFound;
}
