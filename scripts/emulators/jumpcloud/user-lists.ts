/** GET /api/systemusers and GET /api/systemusers/{id}. */
import type { Answer } from '../kit/service.ts';
import { isRefused, notFound } from './answers.ts';
import { readPage, tearPage } from './paging.ts';
import type { ApiRequest, Route } from './routing.ts';
import { renderUser, UNIQUE_FIELDS, type UserDoc } from './user-store.ts';
import { projectFields, readFilters, readTextSearch, readWords, type Equality } from './v1-query.ts';
import { isRecord, sortByFields } from './values.ts';
import type { World } from './world.ts';

export const userListRoutes: Route[] = [
  { method: 'GET', template: '/api/systemusers', answer: listUsers },
  { method: 'GET', template: '/api/systemusers/{id}', answer: getUser },
];

function listUsers(world: World, { call }: ApiRequest): Answer {
  const eventually = call.headers['x-eventually-consistent'] === 'true';
  const filters = readFilters(call.query, eventually);
  if (isRefused(filters)) return filters.refused;
  const page = readPage(call.query.get('limit'), call.query.get('skip'));
  const fields = readWords(call.query.get('fields'));
  const sort = readWords(call.query.get('sort'));
  const search = readTextSearch(readSearchParameter(call.query));

  // The common walk (sort=_id, nothing filtered) touches only the hundred users of its page.
  if (filters.matches === undefined && search === undefined) {
    const ids = orderIds(world, sort);
    if (ids !== undefined) {
      const torn = tearPage(ids, page, ids.length, call);
      const docs = torn.rows.flatMap((id) => world.users.get(id) ?? []);
      return answerUsers(world, docs, torn.total, fields);
    }
  }
  const found = [...candidates(world, filters.equality)].filter(
    (user) => (filters.matches?.(user) ?? true) && (search?.(user) ?? true),
  );
  const sorted = sort.length === 0 ? found : sortByFields(found, sort);
  const torn = tearPage(sorted, page, sorted.length, call);
  return answerUsers(world, torn.rows, torn.total, fields);
}

function getUser(world: World, { call, params }: ApiRequest): Answer {
  const user = world.users.get(params['id'] ?? '');
  if (user === undefined) return notFound;
  const fields = readWords(call.query.get('fields'));
  if (fields.length > 0)
    return { status: 200, json: projectFields(renderUser(user, world.switches), fields) };
  return answerUser(world, user);
}

/** One whole user, from the cached text. */
export function answerUser(world: World, user: UserDoc): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: world.users.text(user) };
}

/** The v1 envelope; whole users come from the cached texts. */
export function answerUsers(
  world: World,
  users: readonly UserDoc[],
  totalCount: number,
  fields: readonly string[],
): Answer {
  if (fields.length > 0)
    return {
      status: 200,
      json: {
        totalCount,
        results: users.map((user) => projectFields(renderUser(user, world.switches), fields)),
      },
    };
  const texts = users.map((user) => world.users.text(user));
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `{"totalCount":${totalCount},"results":[${texts.join(',')}]}`,
  };
}

/** Users that can satisfy an equality; an index answers where the comparison is exact anyway. */
export function candidates(world: World, equality: Equality | undefined): Iterable<UserDoc> {
  if (equality === undefined) return world.users.values();
  if (equality.field === '_id' || equality.field === 'id') {
    const user = world.users.get(equality.value);
    return user === undefined ? [] : [user];
  }
  const field = UNIQUE_FIELDS.find((unique) => unique === equality.field);
  if (field === undefined || equality.value === '') return world.users.values();
  return world.users.holders(field, equality.value);
}

/** Ids in list order when no document has to be looked at for it. */
function orderIds(world: World, sort: readonly string[]): readonly string[] | undefined {
  if (sort.length === 1 && (sort[0] === '_id' || sort[0] === 'id')) return world.users.ids('id');
  if (sort.length > 0) return undefined;
  const ids = world.users.ids('created');
  if (world.switches.unsortedOrder === 'stable' || ids.length === 0) return ids;
  // Another rotation on every call: what a client sees that pages without a sort.
  world.counter += 1;
  const from = (world.counter * 7) % ids.length;
  return [...ids.slice(from), ...ids.slice(0, from)];
}

/** `search` as JSON, or as `search[searchTerm]` and `search[fields][]`. */
function readSearchParameter(query: URLSearchParams): unknown {
  const text = query.get('search');
  if (text !== null && text !== '') {
    try {
      const parsed: unknown = JSON.parse(text);
      return isRecord(parsed) ? parsed : { searchTerm: text };
    } catch {
      return { searchTerm: text };
    }
  }
  const terms = [...query].filter(([name]) => /^search\[searchTerm\]/.test(name)).map(([, value]) => value);
  if (terms.length === 0) return undefined;
  const fields = [...query]
    .filter(([name]) => /^search\[fields\]/.test(name))
    .flatMap(([, v]) => readWords(v));
  return { searchTerm: terms, fields };
}
