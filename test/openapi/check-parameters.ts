/** Query, path and header parameters of an OpenAPI operation, decoded from text by their documented style. */
import { type Check, isObject } from './compile-schema.ts';

export interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header' | 'cookie';
  required?: boolean;
  schema?: unknown;
  content?: Record<string, { schema?: unknown }>;
  style?: string;
  explode?: boolean;
}

export interface SentParameters {
  query: URLSearchParams;
  path: Record<string, string>;
  headers: Record<string, string> | undefined;
}

/** OpenAPI: parameters of these names are described elsewhere and ignored as header parameters. */
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);

/**
 * Problems of the sent parameters: missing required ones, values against their schema, and query names that the
 * document does not know (`foreign` names belong to the security schemes and are let through).
 */
export function checkParameters(
  parameters: Parameter[],
  sent: SentParameters,
  compile: (schema: unknown) => Check,
  foreign: Set<string>,
): string[] {
  const problems: string[] = [];
  const explained = new Set<string>(foreign);
  for (const parameter of parameters) {
    const value = decode(parameter, sent, explained);
    if (value === undefined) {
      if (parameter.required === true && isChecked(parameter, sent))
        problems.push(`${parameter.in} parameter ${parameter.name}: missing`);
      continue;
    }
    const json = Object.values(parameter.content ?? {})[0];
    for (const problem of compile(json?.schema ?? parameter.schema)(value))
      problems.push(`${parameter.in} parameter ${parameter.name} ${problem}`);
  }
  for (const name of new Set(sent.query.keys()))
    if (!explained.has(name)) problems.push(`query parameter ${name}: unknown`);
  return problems;
}

function isChecked(parameter: Parameter, sent: SentParameters): boolean {
  if (parameter.in === 'cookie') return false;
  if (parameter.in === 'header')
    return sent.headers !== undefined && !IGNORED_HEADERS.has(parameter.name.toLowerCase());
  return true;
}

function decode(parameter: Parameter, sent: SentParameters, explained: Set<string>): unknown {
  switch (parameter.in) {
    case 'path':
      return sent.path[parameter.name] === undefined
        ? undefined
        : decodeText(sent.path[parameter.name] ?? '');
    case 'header':
      return IGNORED_HEADERS.has(parameter.name.toLowerCase())
        ? undefined
        : sent.headers?.[parameter.name.toLowerCase()];
    case 'cookie':
      return undefined;
    case 'query':
      return decodeQuery(parameter, sent.query, explained);
  }
}

function decodeQuery(parameter: Parameter, query: URLSearchParams, explained: Set<string>): unknown {
  const { name } = parameter;
  const nested = [...query.keys()].filter((key) => key.startsWith(`${name}[`) && key.endsWith(']'));
  const shape = typesOf(parameter.schema);
  if (nested.length > 0 && (parameter.style === 'deepObject' || shape.has('object'))) {
    const value: Record<string, unknown> = {};
    for (const key of nested) {
      explained.add(key);
      const member = key.slice(name.length + 1, -1);
      // `filter[ids][]=1&filter[ids][]=2`: a list inside the object.
      if (member.endsWith('][')) value[member.slice(0, -2)] = query.getAll(key);
      else value[member] = query.get(key);
    }
    return value;
  }
  const listed = query.getAll(`${name}[]`);
  if (listed.length > 0 && shape.has('array')) {
    explained.add(`${name}[]`);
    return listed;
  }
  if (!query.has(name)) return undefined;
  explained.add(name);
  const values = query.getAll(name);
  if (parameter.content !== undefined) return parseJson(values[0] ?? '');
  if (!shape.has('array') || (shape.has('string') && values.length === 1)) return values[0];
  const separator =
    parameter.style === 'pipeDelimited' ? '|' : parameter.style === 'spaceDelimited' ? ' ' : ',';
  return parameter.explode === false && values.length === 1 ? (values[0] ?? '').split(separator) : values;
}

/** The types a schema admits at its top, through unions; references are taken as whatever the text is. */
function typesOf(schema: unknown): Set<string> {
  if (!isObject(schema)) return new Set();
  const types = new Set([schema['type']].flat().map(String));
  for (const key of ['oneOf', 'anyOf', 'allOf'])
    for (const part of [schema[key]].flat()) for (const type of typesOf(part)) types.add(type);
  return types;
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
