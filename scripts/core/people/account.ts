/** The desired account of one person: facts, stage and names put through the mappings. */
import type { Exception } from '../mappings/exceptions-file.ts';
import type { Policy } from '../mappings/policy.ts';
import { addDays, type Day } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import type { Employee } from './employee.ts';
import type { DesiredAccount, Stage } from './person-file.ts';
import { lastDayOf } from './stage.ts';

export interface AccountInput {
  employee: Employee;
  stage: Stage;
  username: string | undefined;
  email: string | undefined;
  asOf: Day;
}

/** What the person should have in JumpCloud; undefined while on hold. */
export function deriveAccount(input: AccountInput, policy: Policy): DesiredAccount | undefined {
  const { stage, employee } = input;
  switch (stage) {
    case 'hold':
      return undefined;
    case 'future':
      return { state: 'none', ...namesOf(input), attributes: {}, groups: {} };
    case 'prehire':
      return {
        state: 'staged',
        ...profileOf(input, policy),
        ...(policy.lifecycle.prehire.groups ? accessOf(input, policy) : { groups: {} }),
      };
    case 'active':
      return { state: 'active', ...profileOf(input, policy), ...accessOf(input, policy) };
    case 'leave':
      return onLeave({ state: 'active', ...profileOf(input, policy), ...accessOf(input, policy) }, policy);
    case 'left': {
      const { deleteAfterDays } = policy.lifecycle.leaving;
      const lastDay = lastDayOf(employee, policy.lifecycle);
      const over =
        deleteAfterDays !== undefined &&
        lastDay !== undefined &&
        addDays(lastDay, deleteAfterDays) < input.asOf;
      return { state: over ? 'deleted' : 'suspended', ...namesOf(input), attributes: {}, groups: {} };
    }
  }
}

/** What leave makes of an account at work; of what it has made it makes the same again. */
export function onLeave({ groups, bindings, ...rest }: DesiredAccount, policy: Policy): DesiredAccount {
  const taken: ReadonlySet<string> = new Set(policy.lifecycle.leave.bindings);
  const kept = Object.entries(bindings ?? {}).filter(([key]) => !taken.has(key.split(':')[0] ?? ''));
  return {
    ...rest,
    state: 'suspended',
    groups: policy.lifecycle.leave.groups === 'keep' ? groups : {},
    ...(kept.length === 0 ? {} : { bindings: Object.fromEntries(kept) }),
  };
}

/** Kinds of things that a stage takes, sorted; undefined for one that takes nothing. */
export function takenAt(stage: Stage, { lifecycle: { leave, leaving } }: Policy): string[] | undefined {
  if (stage === 'leave') return [...(leave.groups === 'take' ? ['group'] : []), ...leave.bindings].sort();
  if (stage === 'left')
    return ['group', ...leaving.bindings, ...(leaving.sshKeys === 'remove' ? ['ssh_key'] : [])].sort();
  return undefined;
}

/** False: attributes and manager are not derived, and stay in JumpCloud as they are. */
export function hasProfile(stage: Stage): boolean {
  return stage === 'prehire' || stage === 'active' || stage === 'leave';
}

/** What the rules would give this person at work: what is taken of this they decide anew on return. */
export function accessAtWork(
  input: Omit<AccountInput, 'stage'>,
  policy: Policy,
): Pick<DesiredAccount, 'groups' | 'bindings'> {
  return accessOf({ ...input, stage: 'active' }, policy);
}

/** Exceptions of one kind for one person that still count on `asOf`. */
export function exceptionsFor<K extends Exception['kind']>(
  policy: Policy,
  kind: K,
  person: string,
  asOf: Day,
): (Extract<Exception, { kind: K }> & { place: string })[] {
  return policy.exceptions.filter(
    (exception): exception is Extract<Exception, { kind: K }> & { place: string } =>
      exception.kind === kind &&
      'person' in exception &&
      exception.person === person &&
      exception.expires >= asOf,
  );
}

function namesOf({ username, email }: AccountInput): { username?: string; email?: string } {
  return { ...(username === undefined ? {} : { username }), ...(email === undefined ? {} : { email }) };
}

function valuesOf({ employee, stage, username, email }: AccountInput): Record<string, string> {
  return { ...employee, stage, username: username ?? '', email: email ?? '' };
}

function profileOf(
  input: AccountInput,
  policy: Policy,
): Pick<DesiredAccount, 'username' | 'email' | 'attributes' | 'managerId'> {
  const values = valuesOf(input);
  const attributes: Record<string, string> = {};
  for (const { name, owner, rule } of policy.attributes) {
    if (owner === 'ignore') continue;
    // JumpCloud takes at most 1,024 characters; HR text can be longer.
    const value = rule.evaluate(values).replaceAll(/\s+/gu, ' ').trim().slice(0, 1_024);
    if (value !== '') attributes[name] = value;
  }
  for (const pin of exceptionsFor(policy, 'pin', input.employee.id, input.asOf))
    attributes[pin.attribute] = pin.value;
  const managerId = input.employee['managerId'];
  return {
    ...namesOf(input),
    attributes,
    ...(managerId === undefined || managerId === input.employee.id ? {} : { managerId }),
  };
}

function accessOf(input: AccountInput, policy: Policy): Pick<DesiredAccount, 'groups' | 'bindings'> {
  const values = valuesOf(input);
  const groups: [string, string][] = [];
  for (const group of policy.groups) {
    if (group.members === 'none') continue;
    const reasons = group.rules.filter(({ when }) => when.evaluate(values)).map(({ because }) => because);
    if (reasons.length > 0) groups.push([group.name, [...new Set(reasons)].join('; ')]);
  }
  for (const extra of exceptionsFor(policy, 'group', input.employee.id, input.asOf)) {
    const because = `exception until ${extra.expires} (${extra.place})`;
    const known = groups.find(([name]) => name === extra.group);
    if (known === undefined) groups.push([extra.group, because]);
    else known[1] = `${known[1]}; ${because}`;
  }
  const bindings = policy.bindings
    .filter(({ when }) => when.evaluate(values))
    .map(({ type, name, because }): [string, string] => [`${type}:${name}`, because]);
  return {
    groups: Object.fromEntries(groups.sort((a, b) => compareText(a[0], b[0]))),
    ...(bindings.length === 0
      ? {}
      : { bindings: Object.fromEntries(bindings.sort((a, b) => compareText(a[0], b[0]))) }),
  };
}
