/** Expressions of workflow files, evaluated by GitHub's own package over the contexts of a job. */
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { entriesOf, type Template } from './workflow-file.ts';

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

/** How things stand for success() and its like. */
export interface Status {
  /** Something that counts has failed, or was skipped where that counts. */
  ok: boolean;
  failed: boolean;
  cancelled: boolean;
}

export interface Scope {
  contexts: Record<string, Value>;
  status: Status;
}

/** @throws ExpressionError of GitHub's package, for a context or function that is not allowed here. */
export function evaluate(expression: string, { contexts, status }: Scope): Value {
  const functions = statusFunctions(status);
  const tokens = new Lexer(expression).lex().tokens;
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const map = new Map(functions.map((each) => [each.name.toLowerCase(), each]));
  const result = new Evaluator(tree, known, map).evaluate();
  return JSON.parse(JSON.stringify(result, data.replacer)) as Value;
}

/** GitHub's idea of truth. */
export function isTruthy(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== '' && !Number.isNaN(value);
}

export function resolve(template: Template, scope: Scope): Value {
  if (template === null || typeof template !== 'object') return template;
  if (Array.isArray(template)) return template.map((each) => resolve(each, scope));
  if ('expression' in template) return evaluate(template.expression, scope);
  return Object.fromEntries(template.entries.map(([name, value]) => [name, resolve(value, scope)]));
}

/** A mapping whose values become text, as env, with and outputs do. */
export function resolveTexts(template: Template, scope: Scope): Record<string, string> {
  return Object.fromEntries(
    entriesOf(template).map(([name, value]) => [name, textOf(resolve(value, scope))]),
  );
}

export function textOf(value: Value): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function statusFunctions({ ok, failed, cancelled }: Status): FunctionDefinition[] {
  const say = (name: string, value: boolean): FunctionDefinition => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  return [
    say('success', ok && !cancelled),
    say('failure', failed),
    say('always', true),
    say('cancelled', cancelled),
  ];
}
