/** Values inside documents, by dotted path; a path through an array finds what any of its items has. */

/** Every scalar at `path`, as text. An absent value has none; null is ''. */
export function valuesAt(document: unknown, path: string): string[] {
  return rawValuesAt(document, path).map((value) => (value === null ? '' : String(value)));
}

export function rawValuesAt(document: unknown, path: string): unknown[] {
  let found: unknown[] = [document];
  for (const step of path.split('.')) {
    const next: unknown[] = [];
    for (const value of found) {
      if (Array.isArray(value)) {
        for (const item of value as unknown[]) pushOwn(item, step, next);
      } else pushOwn(value, step, next);
    }
    found = next;
  }
  return found.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
}

function pushOwn(value: unknown, step: string, into: unknown[]): void {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return;
  const inner = (value as Record<string, unknown>)[step];
  if (inner !== undefined) into.push(inner);
}

/** Orders two values as a database does: numbers by size, everything else as text, absent ones first. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = a === undefined || a === null ? '' : String(a);
  const right = b === undefined || b === null ? '' : String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Sorts by several fields; a leading `-` descends. Unknown fields leave the order as it is. */
export function sortByFields<T extends object>(rows: readonly T[], fields: readonly string[]): T[] {
  const keys = fields.map((field) =>
    field.startsWith('-') ? { path: field.slice(1), sign: -1 } : { path: field, sign: 1 },
  );
  return [...rows].sort((a, b) => {
    for (const { path, sign } of keys) {
      const order = compareValues(rawValuesAt(a, path)[0], rawValuesAt(b, path)[0]);
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
