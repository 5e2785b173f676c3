/**
 * The query grammar of API v1: SPACE separated `fields` and `sort`, `field:$op:value` filters, `filter[0]` and
 * `filter[or][0]`. A comma list is one field of an unknown name (third-party connector, measured 2026-08).
 */
import { isRefused, refuse, type Refused } from './answers.ts';
import { compareValues, isRecord, rawValuesAt, valuesAt } from './values.ts';

export type Predicate = (document: Record<string, unknown>) => boolean;

/** A filter on equality, which an index may answer. */
export interface Equality {
  field: string;
  value: string;
}

export interface Filters {
  matches: Predicate | undefined;
  /** Set when the whole filter implies this equality. */
  equality: Equality | undefined;
}

/** These, and `$sw` with several terms, need the header `x-eventually-consistent: true` (OpenAPI document). */
const EVENTUAL = new Set(['$ew', '$co', '$nco']);

type Test = (actual: string[], terms: string[]) => boolean;

const OPERATORS: Record<string, Test> = {
  $eq: (actual, [term]) => actual.some((value) => value === term),
  $ne: (actual, [term]) => !actual.some((value) => value === term),
  $in: (actual, terms) => actual.some((value) => terms.includes(value)),
  $nin: (actual, terms) => !actual.some((value) => terms.includes(value)),
  $lt: (actual, [term]) => actual.some((value) => compareTexts(value, term) < 0),
  $lte: (actual, [term]) => actual.some((value) => compareTexts(value, term) <= 0),
  $gt: (actual, [term]) => actual.some((value) => compareTexts(value, term) > 0),
  $gte: (actual, [term]) => actual.some((value) => compareTexts(value, term) >= 0),
  $sw: (actual, terms) => actual.some((value) => terms.some((term) => value.startsWith(term))),
  $ew: (actual, terms) => actual.some((value) => terms.some((term) => value.endsWith(term))),
  $co: (actual, terms) => actual.some((value) => terms.some((term) => value.includes(term))),
  $nco: (actual, terms) => !actual.some((value) => terms.some((term) => value.includes(term))),
};

const MULTIPLE = new Set(['$in', '$nin', '$sw', '$ew', '$co', '$nco']);

/** Reads every `filter` parameter of a query. */
export function readFilters(query: URLSearchParams, eventually: boolean): Filters | Refused {
  const all: string[] = [];
  const any: string[] = [];
  for (const [name, value] of query) {
    if (/^filter(\[\d*\]|\[and\](\[\d*\])?)?$/.test(name)) all.push(value);
    else if (/^filter\[or\](\[\d*\])?$/.test(name)) any.push(value);
  }
  return combineFilters(all, any, eventually);
}

export function combineFilters(
  all: readonly string[],
  any: readonly string[],
  eventually: boolean,
): Filters | Refused {
  const every: Predicate[] = [];
  const some: Predicate[] = [];
  let equality: Equality | undefined;
  for (const [texts, into] of [
    [all, every],
    [any, some],
  ] as const)
    for (const text of texts) {
      if (text === '') continue;
      const read = readFilter(text, eventually);
      if (isRefused(read)) return read;
      into.push(read.matches);
      if (into === every) equality ??= read.equality;
    }
  if (every.length === 0 && some.length === 0) return { matches: undefined, equality: undefined };
  return {
    equality,
    matches: (document) =>
      every.every((matches) => matches(document)) &&
      (some.length === 0 || some.some((matches) => matches(document))),
  };
}

/** One `field:$op:value`; the value may hold further colons. Case-sensitive. */
export function readFilter(
  text: string,
  eventually: boolean,
): { matches: Predicate; equality: Equality | undefined } | Refused {
  const [, field, operator, value] = /^([^:]+):(\$[A-Za-z]+):([\s\S]*)$/.exec(text) ?? [];
  // Without the `$` the document calls the behaviour undefined; the dangerous reading is that nothing is filtered.
  if (field === undefined || operator === undefined || value === undefined)
    return { matches: () => true, equality: undefined };
  const test = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (test === undefined) return refuse(400, `Unsupported filter operator ${operator}`);
  const terms = MULTIPLE.has(operator) ? splitTerms(value) : [value];
  if (!eventually && (EVENTUAL.has(operator) || (operator === '$sw' && terms.length > 1)))
    return refuse(400, `${operator} requires the x-eventually-consistent header`);
  return {
    matches: (document) => {
      const actual = valuesAt(document, field);
      return test(actual.length === 0 ? [''] : actual, terms);
    },
    equality: operator === '$eq' ? { field, value } : undefined,
  };
}

/** Terms are split by `|`; `\|` is a literal bar. */
function splitTerms(value: string): string[] {
  return value.split(/(?<!\\)\|/).map((term) => term.replaceAll('\\|', '|'));
}

function compareTexts(value: string, term: string | undefined): number {
  const numbers = value !== '' && term !== '' && !Number.isNaN(Number(value)) && !Number.isNaN(Number(term));
  return numbers ? Number(value) - Number(term) : compareValues(value, term);
}

/** A space separated list; a plus sign in a query is a space already. */
export function readWords(text: string | null | undefined): string[] {
  return (text ?? '').split(' ').filter((word) => word !== '');
}

/** Keeps the named fields; `_id` and `id` always come along. */
export function projectFields(
  document: Record<string, unknown>,
  fields: readonly string[],
): Record<string, unknown> {
  const projected: Record<string, unknown> = { _id: document['_id'], id: document['id'] };
  for (const field of fields) if (Object.hasOwn(document, field)) projected[field] = document[field];
  return projected;
}

const SEARCHED_BY_DEFAULT = ['username', 'email', 'firstname', 'lastname', 'displayname'];

/** `searchFilter` of a search body, or `search` of a list: partial text in any of the fields. */
export function readTextSearch(input: unknown): Predicate | undefined {
  if (!isRecord(input)) return undefined;
  const terms = [input['searchTerm'] ?? []].flat().map((term) => String(term).toLowerCase());
  if (terms.length === 0) return undefined;
  const given = input['fields'];
  const fields = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? readWords(given) : [];
  const searched = fields.length === 0 ? SEARCHED_BY_DEFAULT : fields;
  return (document) =>
    searched.some((field) =>
      rawValuesAt(document, field).some((value) => {
        const text = String(value ?? '').toLowerCase();
        return terms.some((term) => text.includes(term));
      }),
    );
}
