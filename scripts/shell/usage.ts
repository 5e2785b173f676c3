/** The text of --help: what the verb does, what it takes, what it reads, how it ends, and how it is used. */
import { wrapText } from '../core/render/escape-terminal.ts';
import { tableOf, type Positionals } from './arguments.ts';
import type { OptionTable, SharedOption } from './options.ts';
import { type VariableName, VARIABLES } from './variables.ts';

export interface UsageSpec {
  name: string;
  summary: string;
  details: string;
  options: OptionTable;
  shared: readonly SharedOption[];
  positionals: Positionals | undefined;
  variables: readonly VariableName[];
  examples: readonly (readonly [command: string, meaning: string])[];
  exits: Readonly<Partial<Record<0 | 1 | 2 | 3, string>>>;
}

const WIDTH = 100;

const EXITS = {
  0: 'done',
  1: 'something failed: an action, or a service that cannot be reached',
  2: 'bad input: environment, arguments, mappings or state; nothing was written',
  3: 'refused by a guardrail; nothing was written to JumpCloud',
} as const;

export function renderUsage(spec: UsageSpec): string {
  const options = Object.entries(tableOf(spec)).map(([name, option]): [string, string] => [
    `--${name}${option.type === 'boolean' ? '' : ` ${option.value ?? 'VALUE'}`}`,
    option.description,
  ]);
  const variables = VARIABLES.filter(({ name }) => (spec.variables as readonly string[]).includes(name)).map(
    ({ name, meaning }): [string, string] => [name, meaning],
  );
  const exits = ([0, 1, 2, 3] as const).map((code): [string, string] => [
    String(code),
    spec.exits[code] ?? EXITS[code],
  ]);
  const positionals: [string, string][] =
    spec.positionals === undefined ? [] : [[spec.positionals.usage, spec.positionals.description]];
  return [
    `npm run ${spec.name} --${spec.positionals === undefined ? '' : ` ${spec.positionals.usage}`} [options]`,
    '',
    ...wrapText(spec.summary, WIDTH, 0),
    ...(spec.details === ''
      ? []
      : ['', ...spec.details.split('\n').flatMap((line) => wrapText(line, WIDTH, 0))]),
    ...section('Arguments', positionals),
    ...section('Options', options),
    ...section('Environment', variables),
    ...section('Exit codes', exits),
    ...(spec.examples.length === 0
      ? []
      : [
          '',
          'Examples',
          ...spec.examples.flatMap(([command, meaning]) => [`  ${command}`, `      ${meaning}`]),
        ]),
    '',
  ].join('\n');
}

function section(title: string, rows: [string, string][]): string[] {
  if (rows.length === 0) return [];
  const column = Math.min(36, Math.max(...rows.map(([name]) => name.length))) + 4;
  return [
    '',
    title,
    ...rows.flatMap(([name, meaning]) => wrapText(`  ${name.padEnd(column - 2)}${meaning}`, WIDTH, column)),
  ];
}
