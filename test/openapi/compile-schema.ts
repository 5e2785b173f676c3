/**
 * OpenAPI 3.0 and 3.1 schemas as ajv validators. What the published documents do beyond JSON Schema 2020-12 is
 * translated here, leniently where a document is sloppy and never so that a wrong type could pass.
 */
import type { Ajv2020 as Ajv } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

export type Json = Record<string, unknown>;
/** Which way the body travels: `readOnly` members are not owed by a request, `writeOnly` ones not by a response. */
export type Direction = 'request' | 'response';
/** Problems of one value: `/json/pointer: what is wrong`. */
export type Check = (value: unknown) => string[];

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);
const SCHEMA_MAPS = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];
const SCHEMA_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const SCHEMAS = ['items', 'additionalProperties', 'not', 'contains', 'propertyNames', 'if', 'then', 'else'];
/** Carried over as they are; everything else is annotation or vendor extension. */
const ASSERTIONS = (
  'const enum multipleOf maximum minimum maxLength minLength maxItems minItems uniqueItems ' +
  'maxProperties minProperties required format dependentRequired minContains maxContains'
).split(' ');

/**
 * Compiles schemas of one document on demand.
 *
 * @param lookup resolves a local reference (`#/components/schemas/X`); undefined when it dangles, which checks nothing
 * @param coerce true for parameters, whose values arrive as text
 */
export function createCompiler(
  lookup: (reference: string) => unknown,
  direction: Direction,
  coerce: boolean,
): (schema: unknown) => Check {
  const ajv: Ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateSchema: false,
    unicodeRegExp: false,
    logger: false,
    coerceTypes: coerce,
  });
  ajvFormats.default(ajv);
  const identifiers = new Map<string, string>();
  const compiled = new WeakMap<object, Check>();

  function refer(reference: string): Json {
    const known = identifiers.get(reference);
    if (known !== undefined) return { $ref: known };
    const target = lookup(reference);
    if (target === undefined) return {};
    const identifier = `https://openapi.invalid/${identifiers.size}`;
    identifiers.set(reference, identifier);
    ajv.addSchema(translate(target) as Json, identifier);
    return { $ref: identifier };
  }

  function translate(schema: unknown): unknown {
    if (!isObject(schema)) return typeof schema === 'boolean' ? schema : {};
    const result: Json = {};
    for (const key of ASSERTIONS) if (schema[key] !== undefined) result[key] = schema[key];
    if (typeof schema['$ref'] === 'string') Object.assign(result, refer(schema['$ref']));
    for (const key of SCHEMAS) if (schema[key] !== undefined) result[key] = translate(schema[key]);
    for (const key of SCHEMA_LISTS) {
      const list = schema[key];
      // Published oneOf lists overlap; "one of them" is what they mean, never "not two of them".
      if (Array.isArray(list))
        result[key === 'oneOf' && !schema['anyOf'] ? 'anyOf' : key] = list.map(translate);
    }
    for (const key of SCHEMA_MAPS) {
      const map = schema[key];
      if (isObject(map))
        result[key] = Object.fromEntries(
          Object.entries(map).map(([name, value]) => [name, translate(value)]),
        );
    }
    if (Array.isArray(schema['required'])) result['required'] = owed(schema, schema['required']);
    if (typeof schema['pattern'] === 'string' && isPattern(schema['pattern']))
      result['pattern'] = schema['pattern'];
    translateBounds(schema, result);
    const types = [schema['type']].flat().filter((type) => TYPES.has(type as string));
    if (types.length > 0) result['type'] = types;
    return schema['nullable'] === true ? { anyOf: [{ type: 'null' }, result] } : result;
  }

  function owed(schema: Json, required: unknown[]): unknown[] {
    const hidden = direction === 'request' ? 'readOnly' : 'writeOnly';
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    return required.filter((name) => {
      const property = properties[String(name)];
      return !(isObject(property) && property[hidden] === true);
    });
  }

  function compile(schema: unknown): Check {
    if (!isObject(schema)) return () => [];
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const validate = ajv.compile({ properties: { value: translate(schema) } });
    function check(value: unknown): string[] {
      // Coercion writes into the value: never into the caller's.
      if (validate({ value: coerce ? structuredClone(value) : value })) return [];
      return (validate.errors ?? []).map(
        (error) =>
          `${error.instancePath.replace(/^\/value/, '') || '/'}: ${error.message ?? error.keyword}` +
          (error.keyword === 'additionalProperties'
            ? ` (${String(error.params['additionalProperty'])})`
            : '') +
          (error.keyword === 'enum'
            ? ` (${JSON.stringify(error.params['allowedValues']).slice(0, 200)})`
            : ''),
      );
    }
    compiled.set(schema, check);
    return check;
  }

  return compile;
}

/** OpenAPI 3.0 writes exclusive bounds as booleans beside the bound. */
function translateBounds(schema: Json, result: Json): void {
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    const value = schema[exclusive];
    if (typeof value === 'number') result[exclusive] = value;
    if (value !== true) continue;
    result[exclusive] = schema[bound];
    delete result[bound];
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
