/** Direct bindings of one account (device groups, policies, applications, devices) and SSH keys. */
import type { DesiredAccount } from '../people/person-file.ts';
import { restorable } from '../record/ledger.ts';
import { compareText, type Finding } from '../values/finding.ts';
import type { Cause, Taken, Wish } from './action.ts';
import { bindingKey, bindingType } from './binding-key.ts';
import { causeOf, causeOfTaking, hireDateOf, type Subject, wishFor, type World } from './context.ts';
import { ruledAtWork } from './ruled-at-work.ts';
import { stageBecause } from './diff-account.ts';

/** Targets are `type:id`; SSH keys are unbound as `ssh_key:id`. */
export function diffBindings(
  subject: Subject,
  desired: DesiredAccount,
  world: World,
): { wishes: Wish[]; findings: Finding[] } {
  const { account, person, record } = subject;
  const findings: Finding[] = [];
  const wishes: Wish[] = [];
  // Not read means that the record shows already what the rules want (flow/read-live.ts): then the record speaks.
  const read = account === null ? [] : world.live.bindings.get(account.id);
  const bound: ReadonlyMap<string, string> =
    read === undefined
      ? (record?.bindings ?? new Map<string, string>())
      : new Map(read.map((binding) => [`${binding.type}:${binding.id}`, binding.name]));
  const wanted = new Map<string, { name: string; because: string; key: string }>();
  for (const [key, because] of Object.entries(desired.bindings ?? {})) {
    const thing = world.live.bindable.get(key);
    const name = key.slice(key.indexOf(':') + 1);
    if (thing === undefined)
      findings.push({
        code: 'binding-missing',
        severity: 'warning',
        subject: name,
        message: `JumpCloud has no ${key.split(':')[0]} named "${name}": create it there or correct mappings/devices.yaml`,
      });
    else wanted.set(`${thing.type}:${thing.id}`, { name, because, key });
  }
  for (const [target, { name, because, key }] of wanted) {
    const given = record?.bindings.has(target) === true;
    if (!bound.has(target))
      wishes.push(
        wishFor(subject, {
          kind: 'bind',
          target,
          before: null,
          after: { name },
          because: given ? `${because}; taken away in JumpCloud, not by Rollcall` : because,
          cause: causeOf(person, `binding:${key}`, given ? 'drift' : 'hr'),
          risk: 'medium',
        }),
      );
  }
  if (person.stage === 'active')
    for (const thing of restorable(record, person.employee['hireDate'] as string | undefined))
      if (
        thing.type === 'binding' &&
        !thing.ours &&
        !bound.has(thing.target) &&
        !wanted.has(thing.target) &&
        !thing.target.startsWith('ssh_key:')
      )
        wishes.push(
          wishFor(subject, {
            kind: 'bind',
            target: thing.target,
            before: { restored: true },
            after: { name: thing.name },
            because: `had it before ${thing.why === 'leave' ? 'leave' : 'the exit that was rescinded'}`,
            cause: 'hr',
            risk: 'medium',
          }),
        );
  if (account === null) return { wishes, findings };
  const unbind = (
    target: string,
    name: string,
    taken: { taken: Taken; ours: boolean },
    because: string,
    cause: Cause,
  ): void => {
    wishes.push(
      wishFor(subject, {
        kind: 'unbind',
        target,
        before: { name, ...taken, hireDate: hireDateOf(person) },
        after: null,
        because,
        cause,
        risk: 'medium',
      }),
    );
  };
  const { leave, leaving } = world.policy.lifecycle;
  const { stage } = person;
  if (stage === 'left' || stage === 'leave') {
    const isRuled = ruledAtWork(person, desired, world);
    const types: readonly string[] = stage === 'left' ? leaving.bindings : leave.bindings;
    const take = (target: string, name: string, ours: boolean): void =>
      unbind(
        target,
        name,
        { taken: stage, ours },
        stageBecause(subject),
        causeOfTaking(person, bindingType(target)),
      );
    for (const [target, name] of bound)
      if (types.includes(bindingType(target)) && !wanted.has(target))
        take(
          target,
          name,
          record?.bindings.has(target) === true || isRuled.binding(bindingKey(target, name)),
        );
    if (stage === 'left' && leaving.sshKeys === 'remove')
      for (const key of world.live.sshKeys.get(account.id) ?? []) take(`ssh_key:${key}`, 'SSH key', false);
  } else {
    for (const [target, name] of record?.bindings ?? [])
      if (bound.has(target) && !wanted.has(target))
        unbind(
          target,
          name,
          { taken: 'moved', ours: true },
          'mappings/devices.yaml no longer gives it',
          causeOf(person, `binding:${bindingKey(target, name)}`, 'hr'),
        );
  }
  return { wishes: wishes.sort((a, b) => compareText(a.target ?? '', b.target ?? '')), findings };
}
