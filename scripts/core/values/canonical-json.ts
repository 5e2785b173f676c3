/** Canonical JSON and its sha256: the same value gives the same bytes on every machine, so a digest can stand for it. */
import { createHash } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Keys sorted by code unit, `undefined` members left out, no white space. Numbers must be finite. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}

/** The same order of keys, two spaces of indent and a final newline: what is committed, so that a diff reads line by line. */
export function canonicalFile(value: unknown): string {
  return `${JSON.stringify(sortKeys(value), undefined, 2)}\n`;
}

/** sha256 of the canonical form, 64 hex digits. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError('canonical JSON has no infinite numbers');
  if (typeof value !== 'object' || value === null) return value;
  // A null prototype: a key named __proto__ stays a key.
  const sorted = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(value).sort())
    sorted[key] = sortKeys((value as Record<string, unknown>)[key]);
  return sorted;
}
