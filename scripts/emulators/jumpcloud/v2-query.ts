/**
 * The query grammar of API v2: COMMA separated `fields`, `sort` and `filter`, filters `field:op:value` with bare
 * operators, a bare array as answer and the total in the header `x-total-count` (official module's Get-JCResults).
 */
import type { Answer, Call } from '../kit/service.ts';
import { isRefused, refuse, type Refused } from './answers.ts';
import { readPage, tearPage } from './paging.ts';
import { compareValues, sortByFields, valuesAt } from './values.ts';

type Predicate = (document: object) => boolean;
type Test = (actual: string[], wanted: string) => boolean;

/** Case-sensitive; `*` in an `eq`, `ne` or `search` value is a wild card. */
const OPERATORS: Record<string, Test> = {
  eq: (actual, wanted) => actual.some((value) => matchesWildcard(value, wanted)),
  ne: (actual, wanted) => !actual.some((value) => matchesWildcard(value, wanted)),
  gt: (actual, wanted) => actual.some((value) => compareValues(value, wanted) > 0),
  ge: (actual, wanted) => actual.some((value) => compareValues(value, wanted) >= 0),
  lt: (actual, wanted) => actual.some((value) => compareValues(value, wanted) < 0),
  le: (actual, wanted) => actual.some((value) => compareValues(value, wanted) <= 0),
  search: (actual, wanted) =>
    actual.some((value) => (wanted.includes('*') ? matchesWildcard(value, wanted) : value.includes(wanted))),
  in: (actual, wanted) => actual.some((value) => wanted.split('|').includes(value)),
  between: (actual, wanted) => {
    const [low = '', high = ''] = wanted.split('|');
    return actual.some((value) => compareValues(value, low) >= 0 && compareValues(value, high) <= 0);
  },
};

/** Every value of a parameter, however it was sent: repeated, comma separated, or `name[]`. */
export function readList(query: URLSearchParams, name: string): string[] {
  return [...query.getAll(name), ...query.getAll(`${name}[]`)]
    .flatMap((text) => text.split(','))
    .filter((item) => item !== '');
}

/** Filters are ANDed. A comma ends one, so a name with a comma in it cannot be filtered for. */
function readFilters(query: URLSearchParams): { matches: Predicate } | Refused {
  const parts: Predicate[] = [];
  for (const text of readList(query, 'filter')) {
    const [, field, operator, wanted] = /^([^:]+):([A-Za-z]+):([\s\S]*)$/.exec(text) ?? [];
    const test =
      operator !== undefined && Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (field === undefined || wanted === undefined || test === undefined)
      return refuse(400, `invalid filter: ${text}`);
    // Graph objects are filtered by `object_id`, which the answer calls `id`.
    const path = field === 'object_id' ? 'id' : field;
    parts.push((document) => {
      const actual = valuesAt(document, path);
      return test(actual.length === 0 ? [''] : actual, wanted);
    });
  }
  return { matches: (document) => parts.every((matches) => matches(document)) };
}

/** A page of a v2 list. `render` makes the answer's row of a document; filters and sorts see the document. */
export function answerList<T extends object>(
  call: Call,
  rows: readonly T[],
  render: (row: T) => object = (row) => row,
): Answer {
  const filters = readFilters(call.query);
  if (isRefused(filters)) return filters.refused;
  const found = rows.filter(filters.matches);
  const sort = readList(call.query, 'sort');
  const sorted = sort.length === 0 ? found : sortByFields(found, sort);
  const page = readPage(call.query.get('limit'), call.query.get('skip'));
  const torn = tearPage(sorted, page, sorted.length, call);
  const fields = readList(call.query, 'fields');
  const rendered = torn.rows.map(render);
  const unfiltered = call.headers['x-unfiltered-total-count'];
  return {
    status: 200,
    headers: {
      'x-total-count': String(torn.total),
      ...(unfiltered === undefined || unfiltered === ''
        ? {}
        : { 'x-unfiltered-total-count': String(rows.length) }),
    },
    json: fields.length === 0 ? rendered : rendered.map((row) => projectFields(row, fields)),
  };
}

function projectFields(row: object, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name === 'id' || fields.includes(name)));
}

function matchesWildcard(value: string, wanted: string): boolean {
  if (!wanted.includes('*')) return value === wanted;
  const pieces = wanted.split('*');
  const [head = '', tail = ''] = [pieces[0], pieces[pieces.length - 1]];
  if (!value.startsWith(head) || !value.endsWith(tail) || value.length < head.length + tail.length)
    return false;
  let at = head.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= value.length - tail.length;
}
