/** Reads fields of a request body and refuses as GitHub's schema check does. */
import { invalidRequest, Refusal } from './refusals.ts';

export type Body = Record<string, unknown>;

/** The JSON object of a request; an empty body is an empty object, and so is a list, which `parseList` reads. */
export function parseBody(raw: Buffer): Body {
  if (raw.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(raw.toString('utf8'));
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
  if (Array.isArray(value)) return {};
  if (!isObject(value)) throw new Refusal(400, 'Body should be a JSON object');
  return value;
}

/** The bare array that a few endpoints take in place of an object. */
export function parseList(raw: Buffer): unknown[] | undefined {
  if (raw.length === 0) return undefined;
  const value: unknown = JSON.parse(raw.toString('utf8'));
  return Array.isArray(value) ? value : undefined;
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function requiredText(body: Body, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw invalidRequest(`"${name}" wasn't supplied.`);
  return value;
}

export function optionalText(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw mistyped(name, value, 'string');
  return value;
}

export function optionalFlag(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw mistyped(name, value, 'boolean');
  return value;
}

export function optionalNumber(body: Body, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw mistyped(name, value, 'integer');
  return value;
}

export function optionalList(body: Body, name: string): unknown[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw mistyped(name, value, 'array');
  return value;
}

export function optionalTexts(body: Body, name: string): string[] | undefined {
  return optionalList(body, name)?.map((value) => {
    if (typeof value !== 'string') throw mistyped(name, value, 'string');
    return value;
  });
}

export function optionalObject(body: Body, name: string): Body | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw mistyped(name, value, 'object');
  return value;
}

/** One of a closed list; anything else is refused with the list. */
export function optionalChoice<T extends string>(
  body: Body,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = optionalText(body, name);
  if (value === undefined) return undefined;
  const choice = choices.find((each) => each === value);
  if (choice === undefined)
    throw invalidRequest(`For 'properties/${name}', ${value} is not a member of ${JSON.stringify(choices)}.`);
  return choice;
}

function mistyped(name: string, value: unknown, type: string): Refusal {
  return invalidRequest(`For 'properties/${name}', ${JSON.stringify(value)} is not of type ${type}.`);
}
