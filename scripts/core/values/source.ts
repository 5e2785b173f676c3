/** A parsed document that remembers where each value stood, so that a message can point at it. */
import type { z } from 'zod';
import { compareText } from './finding.ts';
import type { Problem } from './failure.ts';

export type Path = (string | number)[];

export interface Source {
  /** Path below the root, with slashes. */
  file: string;
  value: unknown;
  /** 1-based place of the value at `path`, or of its nearest ancestor; `offset` counts characters into a scalar, `key` is where its key stands. */
  locate(path: Path, offset?: number | 'key'): { line: number; column: number };
  /** The text of a line, for excerpts. */
  line(number: number): string;
}

export function problemAt(
  source: Source,
  path: Path,
  message: string,
  options: { remedy?: string; offset?: number | 'key' } = {},
): Problem {
  const place = source.locate(path, options.offset);
  const text = source.line(place.line);
  const excerpt = text === '' ? undefined : `${text}\n${' '.repeat(Math.max(0, place.column - 1))}^`;
  return {
    file: source.file,
    ...place,
    message,
    ...(options.remedy === undefined ? {} : { remedy: options.remedy }),
    ...(excerpt === undefined ? {} : { excerpt }),
  };
}

/** Holds `source` against a schema: the typed value, or a problem for every place that is wrong. */
export function checkSource<T extends z.ZodType>(
  source: Source,
  schema: T,
): { ok: true; value: z.output<T> } | { ok: false; problems: Problem[] } {
  const result = schema.safeParse(source.value ?? {});
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.flatMap((issue) => issueProblems(source, issue));
  return {
    ok: false,
    problems: problems.sort(
      (a, b) => a.line - b.line || a.column - b.column || compareText(a.message, b.message),
    ),
  };
}

function issueProblems(source: Source, issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      problemAt(source, [...path, key], `unknown key "${key}"`, {
        offset: 'key',
        remedy: 'correct its spelling or remove it; the schema in schemas/ lists the keys',
      }),
    );
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  const remedy = quoteRemedy(source, path, issue);
  return [problemAt(source, path, `${where}${issue.message}`, remedy === undefined ? {} : { remedy })];
}

/** YAML reads 0123 as a number and true as a truth value: where text is wanted, quotes are what is missing. */
function quoteRemedy(source: Source, path: Path, issue: z.core.$ZodIssue): string | undefined {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_union') return undefined;
  let value: unknown = source.value;
  for (const part of path) value = (value as Record<string, unknown> | undefined)?.[part];
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  if (issue.code === 'invalid_type' && issue.expected !== 'string') return undefined;
  return 'put it in quotes if it is text';
}
