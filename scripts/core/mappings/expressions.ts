/**
 * Mapping rules are CEL, checked before anything runs: an unknown field, a wrong type or a wrong result is a problem
 * with file, line, column and a caret, never a silent false.
 *
 * Every field is a string and an absent one is '': nothing is nullable, so every comparison can be type-checked.
 */
import { type ASTNode, Environment, type Context, serialize } from '@marcbachmann/cel-js';
import { foldName, transliterate } from '../values/fold-name.ts';
import { nearestName } from '../values/nearest-name.ts';
import { type Path, problemAt, type Source } from '../values/source.ts';
import type { Problem } from '../values/failure.ts';
import { GUARDRAIL_CODES } from '../values/guardrail-codes.ts';
import { RuleFailure } from './rule-failure.ts';

export type ResultType = 'bool' | 'string';
export type Lookups = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A checked rule. `evaluate` is memoised over the values it reads, so 50,000 people cost as many runs as there are distinct combinations. */
export interface Expression<T> {
  text: string;
  /** Names of the variables it reads, sorted. */
  reads: string[];
  /** Said to people: "department is Engineering". */
  because: string;
  /** @throws RuleFailure at the place of the rule when it cannot be worked out over these values. */
  evaluate(values: Readonly<Record<string, string>>): T;
}

/** `matches` backtracks for seconds on hostile input (27 characters took 4 s); lists built by macros could grow without bound. */
const REFUSED: Record<string, string> = {
  matches: 'use startsWith, endsWith, contains or a list with "in": regular expressions can hang the run',
  map: 'it is not needed here',
  filter: 'it is not needed here',
};

const FUNCTIONS: [string, (...args: never[]) => unknown][] = [
  ['coalesce(string, string): string', (a: string, b: string) => a || b],
  ['coalesce(string, string, string): string', (a: string, b: string, c: string) => a || b || c],
  [
    'coalesce(string, string, string, string): string',
    (a: string, b: string, c: string, d: string) => a || b || c || d,
  ],
  ['isBlank(string): bool', (a: string) => a.trim() === ''],
  ['ascii(string): string', (a: string) => transliterate(a)],
  ['slug(string): string', (a: string) => slugOf(a)],
  ['initial(string): string', (a: string) => [...a.trim()][0] ?? ''],
  ['localPart(string): string', (a: string) => a.slice(0, Math.max(0, a.lastIndexOf('@')))],
  ['domain(string): string', (a: string) => (a.includes('@') ? a.slice(a.lastIndexOf('@') + 1) : '')],
];

/** What may stand in a user name: "Łukasz O'Brien-Żółć" -> "lukaszobrien-zolc". */
export function slugOf(text: string): string {
  return foldName(text).replaceAll(/[^a-z0-9._-]+/g, '');
}

export interface ExpressionEnvironment {
  compile(source: Source, path: Path, text: string, type: 'bool'): Compiled<boolean>;
  compile(source: Source, path: Path, text: string, type: 'string'): Compiled<string>;
}

export type Compiled<T> = { ok: true; expression: Expression<T> } | { ok: false; problem: Problem };

/** An environment over `variables`; `lookups` are the tables that `lookup('table', key, 'otherwise')` may name. */
export function createExpressions(variables: Iterable<string>, lookups: Lookups): ExpressionEnvironment {
  const names = [...variables];
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: 5_000, maxDepth: 60, maxListElements: 2_000, maxCallArguments: 8 },
  });
  for (const name of names) environment.registerVariable(name, 'string');
  for (const [signature, implementation] of FUNCTIONS)
    environment.registerFunction(signature, implementation as (...args: unknown[]) => unknown);
  const lookup = (table: string, key: string, otherwise = ''): string => {
    const entries = lookups[table];
    return entries !== undefined && Object.hasOwn(entries, key) ? (entries[key] ?? otherwise) : otherwise;
  };
  environment.registerFunction('lookup(string, string): string', lookup);
  environment.registerFunction('lookup(string, string, string): string', lookup);

  function compile<T>(source: Source, path: Path, text: string, type: ResultType): Compiled<T> {
    const fail = (message: string, offset: number, remedy: string): Compiled<T> => ({
      ok: false,
      problem: problemAt(source, path, message, { offset, remedy }),
    });
    try {
      const parsed = environment.parse(text);
      const checked = parsed.check();
      if (!checked.valid) {
        const error = checked.error;
        const start = error?.node?.start ?? 0;
        const unknown = /^Unknown variable: (\w+)/.exec(error?.message ?? '')?.[1];
        return unknown === undefined
          ? fail(summary(error), start, `the rule must be of type ${type}; fields are text`)
          : fail(`unknown field "${unknown}"`, start, suggestion(unknown, names));
      }
      const misuse = findMisuse(parsed.ast, lookups);
      if (misuse !== undefined) return fail(misuse.message, misuse.node.start, misuse.remedy);
      if (checked.type !== type)
        return fail(
          `the rule gives ${checked.type ?? 'nothing'}, but ${type} is needed here`,
          0,
          type === 'bool'
            ? "compare it with something: department == 'Sales'"
            : "give text: department + ' team'",
        );
      const reads = [...readVariables(parsed.ast)].filter((name) => names.includes(name)).sort();
      return {
        ok: true,
        expression: {
          text,
          reads,
          because: describeRule(parsed.ast),
          evaluate: memoise<T>((values) => {
            try {
              return parsed(values) as T;
            } catch (error) {
              const { remedy } = GUARDRAIL_CODES['rule-failed'];
              throw new RuleFailure(problemAt(source, path, failedWords(error), { remedy }));
            }
          }, reads),
        },
      };
    } catch (error) {
      const node = (error as { node?: { start?: number } }).node;
      return fail(summary(error), node?.start ?? 0, 'correct the expression; the language is CEL');
    }
  }
  return { compile } as ExpressionEnvironment;
}

function memoise<T>(
  evaluate: (values: Context) => T,
  reads: string[],
): (values: Readonly<Record<string, string>>) => T {
  const seen = new Map<string, T>();
  // A hundred rules over ten thousand people: nearly all read one field, and need no joined key.
  const [only = ''] = reads;
  const keyOf =
    reads.length <= 1
      ? (values: Readonly<Record<string, string>>): string => values[only] ?? ''
      : (values: Readonly<Record<string, string>>): string =>
          reads.map((name) => values[name] ?? '').join('\u0000');
  return (values) => {
    const key = keyOf(values);
    const known = seen.get(key);
    if (known !== undefined) return known;
    const context: Record<string, string> = {};
    for (const name of reads) context[name] = values[name] ?? '';
    const result = evaluate(context);
    seen.set(key, result);
    return result;
  };
}

/** CEL's own message may quote the fact that it choked on (`Invalid duration string: Ada`): only its code is let through. */
function failedWords(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  const known =
    typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? ` (${code.replaceAll('_', ' ')})` : '';
  return `the rule cannot be worked out over the facts that it reads${known}`;
}

function summary(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}

function suggestion(unknown: string, names: string[]): string {
  const near = nearestName(unknown, names);
  return near === undefined ? `fields are: ${names.join(', ')}` : `did you mean "${near}"?`;
}

function childrenOf(node: ASTNode): ASTNode[] {
  const nodes: ASTNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object' && value !== null && 'op' in value) nodes.push(value as ASTNode);
  };
  collect(node.args);
  return nodes;
}

function* readVariables(node: ASTNode): Generator<string> {
  if (node.op === 'id') yield node.args;
  for (const child of childrenOf(node)) yield* readVariables(child);
}

/** A text joined by itself, and again, has a million characters and then a million million: the run hangs before it fails. */
function growthOf([, list, separators]: readonly unknown[]): string | undefined {
  const [separator] = Array.isArray(separators) ? (separators as ASTNode[]) : [];
  if (separator !== undefined && separator.op !== 'value')
    return "give it a text of its own: names.split(' ').join('.')";
  return calls(list as ASTNode, 'join') ? 'join once: what was joined is not split again' : undefined;
}

/** Whether it is, or holds, a call of that name. */
function calls(node: ASTNode, name: string): boolean {
  const isOne = (node.op === 'call' || node.op === 'rcall') && node.args[0] === name;
  return isOne || childrenOf(node).some((child) => calls(child, name));
}

function findMisuse(
  node: ASTNode,
  lookups: Lookups,
): { node: ASTNode; message: string; remedy: string } | undefined {
  if (node.op === 'call' || node.op === 'rcall') {
    const name = node.args[0];
    const remedy = REFUSED[name];
    if (remedy !== undefined) return { node, message: `${name}() is refused`, remedy };
    const growth = name === 'join' ? growthOf(node.args) : undefined;
    if (growth !== undefined) return { node, message: 'join() is refused here', remedy: growth };
    if (name === 'lookup' && node.op === 'call') {
      const table = node.args[1][0];
      if (table?.op !== 'value' || typeof table.args !== 'string')
        return {
          node,
          message: 'lookup() needs the name of a table as its first argument',
          remedy: "write lookup('table', field, 'otherwise')",
        };
      if (!Object.hasOwn(lookups, table.args))
        return {
          node: table,
          message: `no lookup table "${table.args}"`,
          remedy: 'add it to mappings/lookups.yaml or correct the name',
        };
    }
  }
  for (const child of childrenOf(node)) {
    const misuse = findMisuse(child, lookups);
    if (misuse !== undefined) return misuse;
  }
  return undefined;
}

/** A rule in words where it is simple, as it is written where it is not. */
export function describeRule(node: ASTNode): string {
  switch (node.op) {
    case 'value':
      return node.args === true ? 'everyone' : node.args === false ? 'nobody' : String(node.args);
    case 'id':
      return node.args;
    case '==':
    case '!=': {
      const [left, right] = node.args;
      if (right.op !== 'value') return serialize(node);
      const not = node.op === '!=';
      if (right.args === '') return `${describeRule(left)} is ${not ? 'not ' : ''}empty`;
      return `${describeRule(left)} is ${not ? 'not ' : ''}${String(right.args)}`;
    }
    case 'in': {
      const [left, right] = node.args;
      if (right.op !== 'list' || right.args.some((item) => item.op !== 'value')) return serialize(node);
      return `${describeRule(left)} is one of ${right.args.map((item) => String(item.args)).join(', ')}`;
    }
    case '&&':
      return node.args
        .map((part) => (part.op === '||' ? `(${describeRule(part)})` : describeRule(part)))
        .join(' and ');
    case '||':
      return node.args.map(describeRule).join(' or ');
    case '!_':
      return `not (${describeRule(node.args)})`;
    case 'rcall': {
      const words: Record<string, string> = {
        startsWith: 'starts with',
        endsWith: 'ends with',
        contains: 'contains',
      };
      const [name, receiver, [argument]] = node.args;
      const verb = words[name];
      return verb === undefined || argument?.op !== 'value'
        ? serialize(node)
        : `${describeRule(receiver)} ${verb} ${String(argument.args)}`;
    }
    default:
      return serialize(node);
  }
}
