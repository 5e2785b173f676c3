/** Reads a seed file, JSON or YAML, and says where in it something is wrong. */
import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { parseInstant } from './kit/clock.ts';

export interface Seed {
  now: string | undefined;
  bamboohr: unknown;
  jumpcloud: unknown;
  github: unknown;
  /** `file:line:column` of a place in the file, by its path of keys; of the nearest one above it when it is absent. */
  locate(path: readonly (string | number)[]): string;
}

/** A seed that cannot be used: `file:line:column`, what is wrong, what to do. */
export class SeedFileError extends Error {
  override name = 'SeedFileError';
}

const KEYS = ['now', 'bamboohr', 'jumpcloud', 'github'];

/** @throws SeedFileError */
export function loadSeed(file: string): Seed {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SeedFileError(
      `${file}: cannot be read (${reason}); give --seed the path of a JSON or YAML file`,
    );
  }
  // JSON is YAML with other punctuation, so one parser gives positions for both.
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  function place(offset: number): string {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  }
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new SeedFileError(`${place(problem.pos[0])}: ${problem.message}; mend the JSON or YAML there`);

  function locate(path: readonly (string | number)[]): string {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const offset = offsetOf(document, path.slice(0, depth));
      if (offset !== undefined) return place(offset);
    }
    return `${file}:1:1`;
  }

  const root: unknown = document.toJS();
  if (root !== null && !isMap(document.contents))
    throw new SeedFileError(`${locate([])}: a seed is an object; give it the keys ${KEYS.join(', ')}`);
  const seed = (root ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(seed).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    throw new SeedFileError(`${locate([unknown])}: unknown key ${unknown}; a seed has ${KEYS.join(', ')}`);
  const { now } = seed;
  if (now !== undefined && !isInstant(now))
    throw new SeedFileError(`${locate(['now'])}: now is no ISO instant; write it as "2026-11-23T12:00:00Z"`);
  return {
    now: now === undefined ? undefined : String(now),
    bamboohr: seed['bamboohr'],
    jumpcloud: seed['jumpcloud'],
    github: seed['github'],
    locate,
  };
}

function isInstant(value: unknown): boolean {
  try {
    parseInstant(value);
    return true;
  } catch {
    return false;
  }
}

/** Where the value at `path` begins: the key for members of an object, the value itself for items of a list. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  if (path.length === 0) return document.contents?.range?.[0];
  const last = path.at(-1);
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(
      ({ key }) => (isScalar(key) ? String(key.value) : undefined) === String(last),
    );
    return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = document.getIn(path, true) as { range?: [number, number, number] | null } | undefined;
  return node?.range?.[0];
}
