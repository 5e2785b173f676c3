/** The OData-like filter of datasets v2 (OpenAPI document): `status eq 'Active' and hireDate ge '2026-01-01'`. */
import type { FieldKind } from './field-catalogue.ts';

type Operator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'in';
interface Comparison {
  field: string;
  operator: Operator;
  values: string[];
}

/** A parsed filter, or what is wrong with it. */
export type ParsedFilter =
  | { matches(valueOf: (field: string) => unknown): boolean; fields: string[] }
  | { error: string };

const TOKEN = /\s*(?:'((?:[^'\\]|\\.|'')*)'|([(),])|([^\s'(),]+))/y;
const ORDERING = new Set(['lt', 'le', 'gt', 'ge']);
const OPERATORS = new Set(['eq', 'ne', 'in', ...ORDERING]);

/** @param kindOf kind of a dataset field, undefined when the dataset has no such field */
export function parseFilter(text: string, kindOf: (field: string) => FieldKind | undefined): ParsedFilter {
  const tokens = tokenize(text);
  if (tokens === undefined) return { error: 'The filter cannot be read' };
  const comparisons: Comparison[] = [];
  let junction: string | undefined;
  let at = 0;
  for (;;) {
    const parsed = readComparison(tokens, at);
    if (typeof parsed === 'string') return { error: parsed };
    const problem = checkComparison(parsed.comparison, kindOf(parsed.comparison.field));
    if (problem !== undefined) return { error: problem };
    comparisons.push(parsed.comparison);
    at = parsed.next;
    const word = tokens[at];
    if (word === undefined) break;
    const logical = word.text.toLowerCase();
    if (word.quoted || (logical !== 'and' && logical !== 'or')) return { error: `Unexpected "${word.text}"` };
    if (junction !== undefined && junction !== logical)
      return { error: 'Mixing and with or in one filter is not supported' };
    junction = logical;
    at += 1;
  }
  return {
    fields: comparisons.map(({ field }) => field),
    matches: (valueOf) => {
      const holds = (comparison: Comparison): boolean =>
        compare(comparison, valueOf(comparison.field), kindOf);
      return junction === 'or' ? comparisons.some(holds) : comparisons.every(holds);
    },
  };
}

interface Token {
  text: string;
  quoted: boolean;
}

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null) return undefined;
    if (match[1] !== undefined)
      tokens.push({ text: match[1].replaceAll("''", "'").replace(/\\(.)/g, '$1'), quoted: true });
    else tokens.push({ text: match[2] ?? match[3] ?? '', quoted: false });
  }
  return tokens;
}

function readComparison(tokens: Token[], start: number): { comparison: Comparison; next: number } | string {
  const [field, operator, value] = tokens.slice(start, start + 3);
  if (field === undefined || field.quoted || operator === undefined || value === undefined)
    return 'A comparison needs field, operator and value';
  const name = operator.text.toLowerCase();
  if (operator.quoted || !OPERATORS.has(name)) return `Unknown operator "${operator.text}"`;
  if (name !== 'in') {
    if (!value.quoted && !/^(-?\d+(\.\d+)?|true|false|null)$/.test(value.text))
      return `A text value needs single quotes: ${value.text}`;
    return {
      comparison: { field: field.text, operator: name as Operator, values: [value.text] },
      next: start + 3,
    };
  }
  if (value.quoted || value.text !== '(') return 'in needs a list in parentheses';
  const values: string[] = [];
  for (let at = start + 3; at < tokens.length; at += 2) {
    const item = tokens[at];
    const separator = tokens[at + 1]?.text;
    if (item === undefined || (separator !== ',' && separator !== ')')) break;
    values.push(item.text);
    if (separator === ')') return { comparison: { field: field.text, operator: 'in', values }, next: at + 2 };
  }
  return 'in needs a list in parentheses';
}

function checkComparison(
  { field, operator, values }: Comparison,
  kind: FieldKind | undefined,
): string | undefined {
  if (kind === undefined) return `Unknown field ${field}`;
  if (ORDERING.has(operator) && kind !== 'date' && kind !== 'number')
    return `${operator} works on numeric and date fields, not on ${field}`;
  if (operator === 'in' && values.length > 1 && kind !== 'options')
    return `in with several values works on options fields, not on ${field}`;
  return undefined;
}

function compare(
  { field, operator, values }: Comparison,
  value: unknown,
  kindOf: (field: string) => FieldKind | undefined,
): boolean {
  const text = value === null || value === undefined ? '' : String(value);
  const wanted = values[0] ?? '';
  const isUnset = text === '';
  const same = (want: string): boolean => (want === 'null' ? isUnset : text === want);
  switch (operator) {
    case 'eq':
      return same(wanted);
    case 'ne':
      return !same(wanted);
    case 'in':
      return values.some(same);
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge': {
      if (isUnset) return false;
      const order =
        kindOf(field) === 'number'
          ? Number(text) - Number(wanted)
          : text.slice(0, wanted.length) < wanted
            ? -1
            : Number(text.slice(0, wanted.length) > wanted);
      if (operator === 'lt') return order < 0;
      if (operator === 'le') return order <= 0;
      return operator === 'gt' ? order > 0 : order >= 0;
    }
  }
}
