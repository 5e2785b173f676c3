/** The desired account traced: every attribute and group with the rule that made it, and beside it what JumpCloud has. */
import type { LiveAccount, LiveDirectory } from '../directory/live.ts';
import type { Policy } from '../mappings/policy.ts';
import { workedOut } from '../mappings/rule-failure.ts';
import { exceptionsFor, hasProfile } from '../people/account.ts';
import type { Employee } from '../people/employee.ts';
import { usernameCandidates } from '../people/naming.ts';
import type { PersonFile } from '../people/person-file.ts';
import { sameText } from '../plan/diff-attributes.ts';
import type { GroupIndex } from '../plan/group-index.ts';
import type { PersonLedger } from '../record/ledger.ts';
import type { Day } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import { foldEmail, foldName } from '../values/fold-name.ts';
import type { Source } from '../values/source.ts';
import { type LineCommits, type RuleTrace, traceRule } from './rule-trace.ts';

export interface AttributeTrace {
  name: string;
  /** null: the mappings set nothing. */
  value: string | null;
  owner: 'hr' | 'people' | 'ignore';
  rule?: RuleTrace;
  /** The exception that pins it. */
  pinnedBy?: string;
  /** Absent when JumpCloud was not asked. */
  live?: string | null;
  differs?: boolean;
}

export interface NameTrace {
  name: 'username' | 'email';
  value: string;
  /** Absent: it was given before and is kept. */
  rule?: RuleTrace;
  live?: string;
  differs?: boolean;
}

export interface GroupTrace {
  name: string;
  wanted: boolean;
  /** All rules of the group; `holds` says which give it. */
  rules: (RuleTrace & { because: string; holds: boolean })[];
  /** Places of exceptions that give it. */
  exceptions: string[];
  /** A receipt of ours gave it. */
  given: boolean;
  /** Absent when JumpCloud was not asked. */
  live?: 'member' | 'not a member' | 'no such group' | 'cannot be written';
  differs?: boolean;
}

export interface TraceInput {
  person: PersonFile;
  policy: Policy;
  naming: Source;
  record: PersonLedger | undefined;
  commits: LineCommits;
  asOf: Day;
  live: { account: LiveAccount | undefined; directory: LiveDirectory; groups: GroupIndex } | undefined;
}

/** What expressions about an account read. */
export function valuesOf({ employee, stage, account }: PersonFile): Record<string, string> {
  return {
    ...(employee as Record<string, string>),
    stage,
    username: account?.username ?? '',
    email: account?.email ?? '',
  };
}

export function traceAttributes({
  person,
  policy,
  record,
  commits,
  asOf,
  live,
}: TraceInput): AttributeTrace[] {
  const values = valuesOf(person);
  const desired = person.account?.attributes ?? {};
  const pins = new Map(
    exceptionsFor(policy, 'pin', person.employee.id, asOf).map(({ attribute, place }) => [attribute, place]),
  );
  const rules = new Map(policy.attributes.map((attribute) => [attribute.name, attribute]));
  const names = [...new Set([...rules.keys(), ...pins.keys(), ...(record?.attributes.keys() ?? [])])];
  return names.map((name): AttributeTrace => {
    const rule = rules.get(name);
    const value = Object.hasOwn(desired, name) ? (desired[name] ?? null) : null;
    const pinnedBy = pins.get(name);
    const has = live?.account?.attributes[name] ?? '';
    return {
      name,
      value,
      owner: rule?.owner ?? 'hr',
      ...(rule === undefined ? {} : { rule: traceRule(rule.rule, rule.place, values, commits) }),
      ...(pinnedBy === undefined ? {} : { pinnedBy }),
      ...(live?.account === undefined
        ? {}
        : {
            live: has === '' ? null : has,
            differs: hasProfile(person.stage) && rule?.owner !== 'ignore' && !sameText(has, value ?? ''),
          }),
    };
  });
}

/** Names are given once: the rule is told only where it still gives the very name. */
export function traceNames({ person, policy, naming, commits, live }: TraceInput): NameTrace[] {
  const employee = person.employee as Employee;
  const { username, email } = person.account ?? {};
  const traces: NameTrace[] = [];
  const add = (
    name: 'username' | 'email',
    value: string | undefined,
    index: number,
    has: string | undefined,
  ): void => {
    if (value === undefined) return;
    const rule = policy.naming[name][index];
    const place = `${naming.file}:${naming.locate([name, 'candidates', index]).line}`;
    traces.push({
      name,
      value,
      ...(rule === undefined ? {} : { rule: traceRule(rule, place, valuesOf(person), commits) }),
      ...(has === undefined
        ? {}
        : { live: has, differs: name === 'email' ? foldEmail(has) !== foldEmail(value) : has !== value }),
    });
  };
  const candidateOf = (index: number): string[] =>
    workedOut(() =>
      usernameCandidates(employee, {
        ...policy.naming,
        username: policy.naming.username.slice(index, index + 1),
      }),
    ) ?? [];
  const given = policy.naming.username.findIndex((_rule, index) =>
    candidateOf(index).some((name) => foldName(name) === foldName(username ?? '')),
  );
  const address = policy.naming.email.findIndex(
    (rule) => foldEmail(workedOut(() => rule.evaluate(employee)) ?? '') === email,
  );
  add('username', username, given, live?.account?.username);
  add('email', email, address, live?.account?.email);
  return traces;
}

/** Groups that the rules or the record give, or that the account is in; groups that have nothing to do with the person are left out. */
export function traceGroups(input: TraceInput): GroupTrace[] {
  const { person, policy, record, live } = input;
  const wanted = person.account?.groups ?? {};
  const given = new Set(record?.groups.values() ?? []);
  const names = new Set([...Object.keys(wanted), ...given]);
  if (live?.account !== undefined) {
    const { id } = live.account;
    for (const { name, members } of live.directory.groups.values()) if (members.has(id)) names.add(name);
    for (const { name } of live.directory.memberships.get(id) ?? []) names.add(name);
  }
  return [...names].sort(compareText).map((name) => traceGroup(name, input, given.has(name), policy));
}

export function traceGroup(name: string, input: TraceInput, given: boolean, policy: Policy): GroupTrace {
  const { person, commits, asOf, live } = input;
  const values = valuesOf(person);
  const wanted = Object.hasOwn(person.account?.groups ?? {}, name);
  const group = policy.groups.find((each) => each.name === name);
  const state = liveState(name, live);
  return {
    name,
    wanted,
    rules: (group?.rules ?? []).map(({ when, because, place }) => ({
      ...traceRule(when, place, values, commits),
      because,
      holds: workedOut(() => when.evaluate(values)) === true,
    })),
    exceptions: exceptionsFor(policy, 'group', person.employee.id, asOf)
      .filter((exception) => exception.group === name)
      .map(({ place }) => place),
    given,
    ...(state === undefined
      ? {}
      : {
          live: state,
          // A group that no mapping names is nobody's difference.
          differs:
            state !== 'cannot be written' &&
            (wanted || given || group !== undefined) &&
            wanted !== (state === 'member'),
        }),
  };
}

function liveState(name: string, live: TraceInput['live']): GroupTrace['live'] {
  if (live?.account === undefined) return undefined;
  const { id } = live.account;
  const { groups, memberships } = live.directory;
  const group = [...groups.values()].find((each) => each.name === name);
  const isMember =
    group?.members.has(id) === true || (memberships.get(id) ?? []).some((each) => each.name === name);
  if (isMember) return 'member';
  if (group === undefined) return 'no such group';
  return live.groups.closed.has(group.id) ? 'cannot be written' : 'not a member';
}
