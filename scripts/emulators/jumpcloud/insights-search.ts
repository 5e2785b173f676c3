/**
 * `search_term` of Directory Insights: `and`, `or`, `not`, nested, over dotted fields; a term is `{field: value}`,
 * `{field: [values]}` or `{field, operator, value}`. Stored values are lower-cased, the query's are not: an upper-case
 * query finds nothing.
 */
import { isRefused, refuse, type Refused } from './answers.ts';
import type { DirectoryEvent } from './events.ts';
import { isRecord, valuesAt } from './values.ts';

export type EventTest = (event: DirectoryEvent) => boolean;

const UNSEARCHABLE = new Set(['changes', 'useragent', 'system_timestamp']);

type Test = (actual: string[], wanted: string[]) => boolean;

const any =
  (compare: (value: string, term: string) => boolean): Test =>
  (actual, wanted) =>
    actual.some((value) => wanted.some((term) => compare(value, term)));

const none =
  (compare: (value: string, term: string) => boolean): Test =>
  (actual, wanted) =>
    !actual.some((value) => wanted.some((term) => compare(value, term)));

const same = (value: string, term: string): boolean => value === term;

const OPERATORS: Record<string, Test> = {
  eq: any(same),
  in: any(same),
  ne: none(same),
  not_in: none(same),
  contains: any((value, term) => value.includes(term)),
  startsWith: any((value, term) => value.startsWith(term)),
  endsWith: any((value, term) => value.endsWith(term)),
  lt: any((value, term) => Number(value) < Number(term)),
  lte: any((value, term) => Number(value) <= Number(term)),
  gt: any((value, term) => Number(value) > Number(term)),
  gte: any((value, term) => Number(value) >= Number(term)),
  before: any((value, term) => Date.parse(value) < Date.parse(term)),
  after: any((value, term) => Date.parse(value) > Date.parse(term)),
};

export function readSearchTerm(input: unknown): { matches: EventTest } | Refused {
  if (input === undefined || input === null) return { matches: () => true };
  if (!isRecord(input)) return refuse(400, 'search_term must be an object');
  return readTerm(input);
}

function readTerm(term: Record<string, unknown>): { matches: EventTest } | Refused {
  const parts: EventTest[] = [];
  if (typeof term['field'] === 'string' && 'value' in term) {
    const fallback = Array.isArray(term['value']) ? 'in' : 'eq';
    return readComparison(term['field'], String(term['operator'] ?? fallback), term['value']);
  }
  for (const [field, value] of Object.entries(term)) {
    const part =
      field === 'and' || field === 'or' || field === 'not'
        ? readConjunction(field, value)
        : readComparison(field, 'in', value);
    if (isRefused(part)) return part;
    parts.push(part.matches);
  }
  return { matches: (event) => parts.every((matches) => matches(event)) };
}

function readConjunction(kind: 'and' | 'or' | 'not', value: unknown): { matches: EventTest } | Refused {
  const terms = Array.isArray(value) ? (value as unknown[]) : [value];
  const parts: EventTest[] = [];
  for (const term of terms) {
    if (!isRecord(term)) return refuse(400, `search_term.${kind} must hold objects`);
    const read = readTerm(term);
    if (isRefused(read)) return read;
    parts.push(read.matches);
  }
  if (kind === 'and') return { matches: (event) => parts.every((matches) => matches(event)) };
  if (kind === 'or') return { matches: (event) => parts.some((matches) => matches(event)) };
  return { matches: (event) => !parts.some((matches) => matches(event)) };
}

function readComparison(field: string, operator: string, value: unknown): { matches: EventTest } | Refused {
  if (UNSEARCHABLE.has(field.split('.')[0] ?? '')) return refuse(400, `${field} cannot be searched`);
  const test = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (test === undefined) return refuse(400, `invalid operator ${operator}`);
  const wanted = Array.isArray(value) ? value.map(String) : [String(value)];
  return {
    matches: (event) =>
      test(
        valuesAt(event, field).map((text) => text.toLowerCase()),
        wanted,
      ),
  };
}
