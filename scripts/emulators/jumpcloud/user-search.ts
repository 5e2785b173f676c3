/**
 * POST /api/search/systemusers: all forms of `filter` that clients are known to send, over an index that may lag
 * behind (switch `searchLag`). An empty body matches everybody (official CLI, verified live 2026-08).
 */
import type { Answer } from '../kit/service.ts';
import { badRequest, isRefused, refuse, type Refused } from './answers.ts';
import { readPage, tearPage } from './paging.ts';
import type { ApiRequest, Route } from './routing.ts';
import { isWaiting } from './switches.ts';
import { answerUsers } from './user-lists.ts';
import type { UserDoc } from './user-store.ts';
import { readFilter, readTextSearch, readWords, type Predicate } from './v1-query.ts';
import { compareValues, isRecord, rawValuesAt, sortByFields, valuesAt } from './values.ts';
import type { World } from './world.ts';

export const userSearchRoutes: Route[] = [
  { method: 'POST', template: '/api/search/systemusers', reads: true, answer: searchUsers },
];

function searchUsers(world: World, { call, body }: ApiRequest): Answer {
  const input = body ?? {};
  if (!isRecord(input)) return badRequest('The search must be an object');
  const eventually = call.headers['x-eventually-consistent'] === 'true';
  const filter = readSearchFilter(input['filter'], eventually);
  if (isRefused(filter)) return filter.refused;
  const text = readTextSearch(input['searchFilter']);
  const page = readPage(input['limit'] ?? call.query.get('limit'), input['skip'] ?? call.query.get('skip'));
  const words = (name: string): string[] => {
    const value = input[name] ?? call.query.get(name);
    return Array.isArray(value) ? value.map(String) : readWords(typeof value === 'string' ? value : '');
  };
  const found = indexedUsers(world).filter((user) => filter.matches(user) && (text?.(user) ?? true));
  const torn = tearPage(sortByFields(found, words('sort')), page, found.length, call);
  return answerUsers(world, torn.rows, torn.total, words('fields'));
}

/** Everybody as the index shows them: it may not know the newest users yet, and still know deleted ones. */
function indexedUsers(world: World): UserDoc[] {
  if (world.searchLagging.size === 0) return [...world.users.values()];
  const users = new Map<string, UserDoc>();
  for (const user of world.users.values()) users.set(user.id, user);
  for (const [id, { shown, waiting }] of world.searchLagging) {
    if (!isWaiting(waiting)) {
      world.searchLagging.delete(id);
      continue;
    }
    if (shown === undefined) users.delete(id);
    else users.set(id, shown);
    if (waiting.readsLeft > 0) waiting.readsLeft -= 1;
  }
  return [...users.values()];
}

/** `[..]` and `{and: [..]}` match all, `{or: [..]}` any; items are `{field: value}` or `"field:$op:value"`. */
function readSearchFilter(filter: unknown, eventually: boolean): { matches: Predicate } | Refused {
  if (filter === undefined || filter === null || filter === '') return { matches: () => true };
  if (typeof filter === 'string') return readFilter(filter, eventually);
  if (Array.isArray(filter)) return readList(filter, 'every', eventually);
  if (!isRecord(filter)) return refuse(400, 'filter must be an object or a list');
  const parts: Predicate[] = [];
  for (const [field, condition] of Object.entries(filter)) {
    const read =
      (field === 'and' || field === 'or') && Array.isArray(condition)
        ? readList(condition, field === 'or' ? 'some' : 'every', eventually)
        : readCondition(field, condition);
    if (isRefused(read)) return read;
    parts.push(read.matches);
  }
  return { matches: (document) => parts.every((matches) => matches(document)) };
}

function readList(
  items: readonly unknown[],
  mode: 'every' | 'some',
  eventually: boolean,
): { matches: Predicate } | Refused {
  const parts: Predicate[] = [];
  for (const item of items) {
    const read = readSearchFilter(item, eventually);
    if (isRefused(read)) return read;
    parts.push(read.matches);
  }
  if (parts.length === 0) return { matches: () => true };
  return { matches: (document) => parts[mode]((matches) => matches(document)) };
}

/** A plain value is equality; an object of `$` operators is the Mongo form that the official module sends. */
function readCondition(field: string, condition: unknown): { matches: Predicate } | Refused {
  if (!isRecord(condition)) {
    const wanted = condition === null ? '' : String(condition);
    return { matches: (document) => textsOf(document, field).includes(wanted) };
  }
  const parts: Predicate[] = [];
  for (const [operator, operand] of Object.entries(condition)) {
    if (operator === '$options') continue;
    const part =
      operator === '$regex'
        ? readPattern(field, operand, condition['$options'])
        : readComparison(field, operator, operand);
    if (isRefused(part)) return part;
    parts.push(part.matches);
  }
  return { matches: (document) => parts.every((matches) => matches(document)) };
}

function readPattern(field: string, operand: unknown, options: unknown): { matches: Predicate } | Refused {
  // `(?i)` at the head is how the official module asks for any case.
  const [, flags = '', pattern = ''] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(String(operand)) ?? [];
  try {
    const expression = new RegExp(pattern, [...new Set(flags + String(options ?? ''))].join(''));
    return { matches: (document) => textsOf(document, field).some((value) => expression.test(value)) };
  } catch {
    return refuse(400, 'Invalid regular expression');
  }
}

function readComparison(field: string, operator: string, operand: unknown): { matches: Predicate } | Refused {
  const list = Array.isArray(operand) ? operand.map(String) : [String(operand)];
  const some =
    (test: (value: unknown) => boolean): Predicate =>
    (document) =>
      rawValuesAt(document, field).some(test);
  switch (operator) {
    case '$eq':
    case '$in':
      return { matches: (document) => textsOf(document, field).some((value) => list.includes(value)) };
    case '$ne':
    case '$nin':
      return { matches: (document) => !textsOf(document, field).some((value) => list.includes(value)) };
    case '$lt':
      return { matches: some((value) => compareValues(value, operand) < 0) };
    case '$lte':
      return { matches: some((value) => compareValues(value, operand) <= 0) };
    case '$gt':
      return { matches: some((value) => compareValues(value, operand) > 0) };
    case '$gte':
      return { matches: some((value) => compareValues(value, operand) >= 0) };
    case '$exists':
      return { matches: (document) => rawValuesAt(document, field).length > 0 === Boolean(operand) };
    default:
      return refuse(400, `Unsupported filter operator ${operator}`);
  }
}

function textsOf(document: Record<string, unknown>, field: string): string[] {
  const values = valuesAt(document, field);
  return values.length === 0 ? [''] : values;
}
