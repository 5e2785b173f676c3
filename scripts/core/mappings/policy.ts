/** The mapping files compiled into one policy: every rule checked, every place remembered. */
import { HR_FIELD_NAMES, HR_FIELDS } from '../people/hr-fields.ts';
import { compareText } from '../values/finding.ts';
import type { Problem } from '../values/failure.ts';
import { checkSource, type Path, problemAt, type Source } from '../values/source.ts';
import { AttributesFile } from './attributes-file.ts';
import { DevicesFile } from './devices-file.ts';
import { type Example, ExamplesFile } from './examples-file.ts';
import { type Exception, ExceptionsFile } from './exceptions-file.ts';
import {
  createExpressions,
  type Expression,
  type ExpressionEnvironment,
  type Lookups,
} from './expressions.ts';
import { type GroupRule, GroupsFile } from './groups-file.ts';
import { GuardrailsFile } from './guardrails-file.ts';
import { LifecycleFile } from './lifecycle-file.ts';
import { LookupsFile } from './lookups-file.ts';
import { NamingFile } from './naming-file.ts';
import { checkTemplates } from './notification-templates.ts';
import { NotificationsFile } from './notifications-file.ts';
import { checkOverrides, type PlacedOverride } from './overrides.ts';

/** The mapping files as they were read; absent optional files are empty sources. */
export interface MappingSources {
  attributes: Source;
  groups: Source[];
  lifecycle: Source;
  guardrails: Source;
  naming: Source;
  devices: Source;
  lookups: Source;
  exceptions: Source;
  notifications: Source;
  examples: Source;
}

/** `mappings/groups/departments.yaml:12` */
export type Place = string;

export interface AttributePolicy {
  name: string;
  owner: 'hr' | 'people' | 'ignore';
  rule: Expression<string>;
  place: Place;
}

export interface GroupPolicy {
  name: string;
  create: boolean;
  members: GroupRule['members'];
  rules: { when: Expression<boolean>; because: string; place: Place }[];
}

export interface BindingPolicy {
  type: string;
  name: string;
  when: Expression<boolean>;
  because: string;
  place: Place;
}

export interface Policy {
  lifecycle: LifecycleFile;
  scope: Expression<boolean>;
  attributes: AttributePolicy[];
  /** By name, sorted; two rules for one group are a union. */
  groups: GroupPolicy[];
  bindings: BindingPolicy[];
  naming: {
    username: Expression<string>[];
    email: Expression<string>[];
    maxLength: number;
    onNameChange: 'propose' | 'keep';
  };
  guardrails: Omit<GuardrailsFile, 'overrides'> & { overrides: PlacedOverride[] };
  exceptions: (Exception & { place: Place })[];
  notifications: NotificationsFile;
  examples: (Example & { place: Place })[];
  /** Name used in expressions -> BambooHR's name. */
  customFields: Record<string, string>;
  /** HR fields to export, in the order of the catalogue, custom ones after; nothing else is written to git. */
  fields: string[];
}

/** Variables that expressions about an account may read besides the HR fields. */
export const ACCOUNT_VARIABLES = ['stage', 'username', 'email'] as const;

/** Compiles the mappings; on failure every problem of every file, in the order of files and lines. */
export function compilePolicy(
  sources: MappingSources,
): { ok: true; policy: Policy } | { ok: false; problems: Problem[] } {
  const problems: Problem[] = [];
  function take<T>(result: { ok: true; value: T } | { ok: false; problems: Problem[] }): T | undefined {
    if (result.ok) return result.value;
    problems.push(...result.problems);
    return undefined;
  }
  const attributes = take(checkSource(sources.attributes, AttributesFile));
  const lifecycle = take(checkSource(sources.lifecycle, LifecycleFile));
  const guardrails = take(checkSource(sources.guardrails, GuardrailsFile));
  const naming = take(checkSource(sources.naming, NamingFile));
  const devices = take(checkSource(sources.devices, DevicesFile));
  const lookups = take(checkSource(sources.lookups, LookupsFile));
  const exceptions = take(checkSource(sources.exceptions, ExceptionsFile));
  const notifications = take(checkSource(sources.notifications, NotificationsFile));
  const examples = take(checkSource(sources.examples, ExamplesFile));
  const groups = sources.groups.flatMap((source) => {
    const file = take(checkSource(source, GroupsFile));
    return file === undefined ? [] : [{ source, rules: file.groups }];
  });

  const tables: Lookups = lookups?.tables ?? {};
  const customFields = Object.fromEntries(
    Object.entries(attributes?.customFields ?? {}).map(([name, field]) => [name, field.field]),
  );
  for (const name of Object.keys(customFields))
    if (HR_FIELD_NAMES.has(name) || (ACCOUNT_VARIABLES as readonly string[]).includes(name))
      problems.push(
        problemAt(
          sources.attributes,
          ['customFields', name],
          `"${name}" is a field that Rollcall knows already`,
          { remedy: 'choose another name' },
        ),
      );

  const hrNames = [...HR_FIELDS.map((field) => field.name), ...Object.keys(customFields)];
  const overFacts = createExpressions(hrNames, tables);
  const overAccounts = createExpressions([...hrNames, ...ACCOUNT_VARIABLES], tables);
  const compile = createCompiler(problems);

  const scope = lifecycle && compile.bool(overFacts, sources.lifecycle, ['scope'], lifecycle.scope);
  const attributePolicies = Object.entries(attributes?.attributes ?? {}).flatMap(
    ([name, rule]): AttributePolicy[] => {
      const written = (sources.attributes.value as { attributes: Record<string, unknown> }).attributes[name];
      const path: Path = typeof written === 'string' ? ['attributes', name] : ['attributes', name, 'value'];
      const expression = compile.text(overAccounts, sources.attributes, path, rule.value);
      return expression === undefined
        ? []
        : [{ name, owner: rule.owner, rule: expression, place: placeOf(sources.attributes, path) }];
    },
  );
  const groupPolicies = compileGroups(groups, overAccounts, compile, problems);
  const bindings = (devices?.bindings ?? []).flatMap((rule, index): BindingPolicy[] => {
    const path: Path = ['bindings', index, 'when'];
    const when = compile.bool(overAccounts, sources.devices, path, rule.when);
    return when === undefined
      ? []
      : [
          {
            type: rule.bind,
            name: rule.name,
            when,
            because: rule.because ?? when.because,
            place: placeOf(sources.devices, path),
          },
        ];
  });
  const candidates = (part: 'username' | 'email'): Expression<string>[] =>
    (naming?.[part].candidates ?? []).flatMap(
      (text, index) => compile.text(overFacts, sources.naming, [part, 'candidates', index], text) ?? [],
    );
  const usernames = candidates('username');
  const emails = candidates('email');
  if (guardrails !== undefined) {
    checkSlice(guardrails, sources.guardrails, hrNames, problems);
    const sliced = guardrails.budgets.slice !== undefined;
    problems.push(...checkOverrides(guardrails.overrides, sources.guardrails, { fields: hrNames, sliced }));
  }
  if (notifications !== undefined) problems.push(...checkTemplates(sources.notifications, notifications));
  const placed = <T>(source: Source, key: string, list: T[] | undefined): (T & { place: Place })[] =>
    (list ?? []).map((entry, index) => ({ ...entry, place: placeOf(source, [key, index]) }));

  if (problems.length > 0 || !attributes || !lifecycle || !guardrails || !naming || !notifications || !scope)
    return {
      ok: false,
      problems: problems.sort(
        (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column,
      ),
    };

  const reads = [
    ...scope.reads,
    ...attributePolicies.flatMap(({ rule }) => rule.reads),
    ...groupPolicies.flatMap(({ rules }) => rules.flatMap(({ when }) => when.reads)),
    ...bindings.flatMap(({ when }) => when.reads),
    ...usernames.flatMap((rule) => rule.reads),
    ...emails.flatMap((rule) => rule.reads),
    ...(lifecycle.contractEnd ? ['contractEndDate'] : []),
    ...(guardrails.budgets.slice === undefined ? [] : [guardrails.budgets.slice.field]),
    ...HR_FIELDS.flatMap((field) => (field.always === true ? [field.name] : [])),
  ];
  return {
    ok: true,
    policy: {
      lifecycle,
      scope,
      attributes: attributePolicies,
      groups: groupPolicies,
      bindings,
      naming: {
        username: usernames,
        email: emails,
        maxLength: naming.username.maxLength,
        onNameChange: naming.username.onNameChange,
      },
      guardrails: {
        ...guardrails,
        overrides: placed(sources.guardrails, 'overrides', guardrails.overrides),
      },
      exceptions: placed(sources.exceptions, 'exceptions', exceptions?.exceptions),
      notifications,
      examples: placed(sources.examples, 'examples', examples?.examples),
      customFields,
      fields: hrNames.filter((name) => reads.includes(name)),
    },
  };
}

interface Compiler {
  bool(env: ExpressionEnvironment, source: Source, path: Path, text: string): Expression<boolean> | undefined;
  text(env: ExpressionEnvironment, source: Source, path: Path, text: string): Expression<string> | undefined;
}

function createCompiler(problems: Problem[]): Compiler {
  return {
    bool(env, source, path, text) {
      const compiled = env.compile(source, path, text, 'bool');
      if (compiled.ok) return compiled.expression;
      problems.push(compiled.problem);
      return undefined;
    },
    text(env, source, path, text) {
      const compiled = env.compile(source, path, text, 'string');
      if (compiled.ok) return compiled.expression;
      problems.push(compiled.problem);
      return undefined;
    },
  };
}

function compileGroups(
  files: { source: Source; rules: GroupRule[] }[],
  environment: ExpressionEnvironment,
  compile: Compiler,
  problems: Problem[],
): GroupPolicy[] {
  const byName = new Map<string, GroupPolicy & { first: Place }>();
  for (const { source, rules } of files) {
    for (const [index, rule] of rules.entries()) {
      const path: Path = ['groups', index];
      const when = compile.bool(environment, source, [...path, 'when'], rule.when);
      if (when === undefined) continue;
      const place = placeOf(source, path);
      const known = byName.get(rule.group);
      const entry = { when, because: rule.because ?? when.because, place };
      if (known === undefined) {
        byName.set(rule.group, {
          name: rule.group,
          create: rule.create,
          members: rule.members,
          rules: [entry],
          first: place,
        });
      } else if (known.members !== rule.members || known.create !== rule.create) {
        problems.push(
          problemAt(
            source,
            path,
            `group "${rule.group}" has other "members" or "create" here than in ${known.first}`,
            {
              remedy: 'rules for one group are a union; give them the same settings',
            },
          ),
        );
      } else known.rules.push(entry);
    }
  }
  return [...byName.values()]
    .map(({ first: _, ...group }) => group)
    .sort((a, b) => compareText(a.name, b.name));
}

function checkSlice(guardrails: GuardrailsFile, source: Source, fields: string[], problems: Problem[]): void {
  const slice = guardrails.budgets.slice;
  if (slice !== undefined && !fields.includes(slice.field))
    problems.push(
      problemAt(source, ['budgets', 'slice', 'field'], `unknown field "${slice.field}"`, {
        remedy: `fields are: ${fields.join(', ')}`,
      }),
    );
}

function placeOf(source: Source, path: Path): Place {
  return `${source.file}:${source.locate(path).line}`;
}
