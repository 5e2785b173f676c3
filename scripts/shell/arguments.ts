/** Arguments of the command line -> values, with every mistake named at once and the name that was probably meant. */
import { parseArgs } from 'node:util';
import { Lane } from '../core/plan/plan-file.ts';
import { type Day, isDay } from '../core/values/calendar.ts';
import { badUsage } from '../core/values/failure.ts';
import { HrId } from '../core/values/hr-id.ts';
import { nearestName } from '../core/values/nearest-name.ts';
import { EVERYWHERE, type OptionSpec, type OptionTable, SHARED, type SharedOption } from './options.ts';

export interface Positionals {
  /** What the help shows: `ID`, `[verify]`. */
  usage: string;
  description: string;
  min: number;
  max: number;
}

export interface ArgumentSpec {
  options: OptionTable;
  shared: readonly SharedOption[];
  positionals: Positionals | undefined;
}

export interface Arguments {
  help: boolean;
  json: boolean;
  root: string | undefined;
  asOf: Day | undefined;
  /** HR ids, each once, in the order given. */
  only: string[] | undefined;
  lane: Lane | undefined;
  /** The door's own options. */
  values: Record<string, string | boolean | string[] | undefined>;
  positionals: string[];
}

/** Throws exit 2 with every mistake. `--help` wins over them. */
export function readArguments(args: string[], spec: ArgumentSpec): Arguments {
  const table = tableOf(spec);
  const mistakes: string[] = [];
  const { given, positionals } = tokenise(args, table, mistakes);
  const one = (name: string): string | undefined => given.get(name)?.at(-1);

  const asOf = one('as-of');
  if (asOf !== undefined && !isDay(asOf))
    mistakes.push(`--as-of ${quote(asOf)} is not a day: write YYYY-MM-DD`);
  const lane = Lane.safeParse(one('lane'));
  if (given.has('lane') && !lane.success)
    mistakes.push(`--lane ${quote(one('lane') ?? '')} is none of ${Lane.options.join(', ')}`);
  const only = given.has('only') ? readIds(given.get('only') ?? [], mistakes) : undefined;
  const { min, max } = spec.positionals ?? { min: 0, max: 0 };
  if (positionals.length > max)
    mistakes.push(
      max === 0
        ? `unexpected argument ${quote(positionals[0] ?? '')}: this verb takes options only`
        : `unexpected argument ${quote(positionals[max] ?? '')}: at most ${max} expected`,
    );
  if (positionals.length < min) mistakes.push(`missing argument: ${spec.positionals?.usage ?? ''}`);

  const help = given.has('help');
  if (mistakes.length > 0 && !help)
    throw badUsage('bad-arguments', tellMistakes(mistakes), 'run with --help to see what it takes');
  return {
    help,
    json: given.has('json'),
    root: one('root'),
    asOf: asOf as Day | undefined,
    only,
    lane: lane.success ? lane.data : undefined,
    values: Object.fromEntries(
      Object.entries(spec.options).map(([name, option]) => [name, valueOf(option, given.get(name))]),
    ),
    positionals,
  };
}

/** A list of ids may be wrong from end to end, and `-AAAA` is four unknown options: each mistake once, and not thousands. */
const MISTAKES_TOLD = 10;

function tellMistakes(mistakes: readonly string[]): string {
  const each = [...new Set(mistakes)];
  const rest = each.length - MISTAKES_TOLD;
  return [...each.slice(0, MISTAKES_TOLD), ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

export function tableOf(spec: Pick<ArgumentSpec, 'options' | 'shared'>): OptionTable {
  const shared = Object.fromEntries(spec.shared.map((name) => [name, SHARED[name]]));
  return { ...spec.options, ...shared, ...EVERYWHERE };
}

function valueOf(option: OptionSpec, given: string[] | undefined): string | boolean | string[] | undefined {
  if (option.type === 'boolean') return given !== undefined;
  return option.multiple === true ? (given ?? []) : given?.at(-1);
}

function tokenise(
  args: string[],
  table: OptionTable,
  mistakes: string[],
): { given: Map<string, string[]>; positionals: string[] } {
  const { tokens } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(table).map(([name, { type }]) => [
        name,
        { type, multiple: true, ...(name === 'help' ? { short: 'h' } : {}) },
      ]),
    ),
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    if (option === undefined) {
      const near = nearestName(token.name, Object.keys(table));
      mistakes.push(
        `unknown option ${quote(token.rawName)}${near === undefined ? '' : `: did you mean --${near}?`}`,
      );
    } else if (option.type === 'boolean') {
      if (token.value !== undefined) mistakes.push(`${token.rawName} takes no value`);
      given.set(token.name, []);
    } else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-'))) {
      mistakes.push(
        `${token.rawName} needs a value: ${token.rawName} ${option.value ?? 'VALUE'}` +
          (token.value === undefined ? '' : ` (one that begins with "-" is written ${token.rawName}=-…)`),
      );
    } else if (token.value === '') mistakes.push(`${token.rawName} is empty`);
    else {
      const values = given.get(token.name) ?? [];
      if (values.length > 0 && option.multiple !== true) mistakes.push(`${token.rawName} is given twice`);
      given.set(token.name, [...values, token.value]);
    }
  }
  return { given, positionals };
}

/** Ids become file names: nothing but an HR id may pass. */
function readIds(lists: string[], mistakes: string[]): string[] {
  const ids = lists
    .flatMap((list) => list.split(','))
    .map((id) => id.trim())
    .filter((id) => id !== '');
  for (const id of ids) if (!HrId.safeParse(id).success) mistakes.push(`--only ${quote(id)} is not an HR id`);
  if (ids.length === 0) mistakes.push('--only names nobody');
  return [...new Set(ids)];
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
