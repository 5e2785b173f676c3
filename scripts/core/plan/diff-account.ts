/** State, names, attributes and manager of one account: desired against live. */
import { diff } from 'json-diff-ts';
import type { Policy } from '../mappings/policy.ts';
import type { Employee } from '../people/employee.ts';
import { isAddress } from '../people/naming.ts';
import type { DesiredAccount } from '../people/person-file.ts';
import { compareText, type Finding } from '../values/finding.ts';
import { foldEmail } from '../values/fold-name.ts';
import type { Cause, Risk, Wish } from './action.ts';
import { causeOf, type Subject, wishFor, type World } from './context.ts';

/**
 * What the live state makes of the desired one. Suspensions and activations only; a staged account is never "un-staged".
 *
 * | desired   | STAGED   | ACTIVATED            | SUSPENDED |
 * |-----------|----------|----------------------|-----------|
 * | none      | -        | hold hire-date-moved | -         |
 * | staged    | -        | hold hire-date-moved | -         |
 * | active    | activate | -                    | reinstate |
 * | suspended | suspend  | suspend              | -         |
 * | deleted   | suspend  | suspend              | -         |
 */
export function diffState(subject: Subject, desired: DesiredAccount, world: World): Wish[] {
  const { account, person, record } = subject;
  if (account === null) return [];
  const byStage = (otherwise: Cause): Cause => causeOf(person, 'stage', otherwise);
  const hireDate = person.employee['hireDate'] as string | undefined;
  switch (desired.state) {
    case 'none':
    case 'staged':
      return [];
    case 'active':
      if (account.state === 'ACTIVATED') return [];
      if (account.state === 'STAGED')
        return [
          wishFor(subject, {
            kind: 'activate',
            target: null,
            before: { state: account.state },
            after: { state: 'ACTIVATED', mail: activationMail(subject, world) },
            because: `first day ${hireDate ?? 'reached'}`,
            cause: byStage('date'),
            risk: 'medium',
          }),
        ];
      return [
        wishFor(subject, {
          kind: 'reinstate',
          target: null,
          before: { state: account.state, by: record?.suspended?.why ?? 'others' },
          after: { state: 'ACTIVATED' },
          because:
            record?.suspended === undefined
              ? 'suspended in JumpCloud, not by Rollcall, but HR says active'
              : returnBecause(record.suspended, hireDate),
          cause: byStage(record?.suspended === undefined ? 'drift' : 'hr'),
          risk: record?.suspended?.why === 'leave' ? 'medium' : 'high',
        }),
      ];
    case 'suspended':
    case 'deleted':
      if (account.state === 'SUSPENDED') return [];
      return [
        wishFor(subject, {
          kind: 'suspend',
          target: null,
          before: {
            state: account.state,
            stage: subject.manual === undefined ? person.stage : 'manual',
            hireDate: hireDate ?? '',
          },
          after: { state: 'SUSPENDED' },
          because: stageBecause(subject),
          cause: byStage(record?.suspended === undefined ? 'hr' : 'drift'),
          risk: 'high',
        }),
      ];
  }
}

function returnBecause(suspended: { why: string; hireDate: string }, hireDate: string | undefined): string {
  if (suspended.why === 'leave') return 'back from leave';
  if (suspended.why === 'manual')
    return 'the manual exit was taken back by a line in mappings/exceptions.yaml';
  return suspended.hireDate === (hireDate ?? '')
    ? 'the exit was rescinded: active again with the same hire date'
    : 'hired again';
}

/** Why access ends, without reason or type: neither is ever exported. */
export function stageBecause({ person, manual }: Subject): string {
  if (manual !== undefined)
    return `ended by hand before HR: ${manual.reason}, requested by ${manual.requestedBy}`;
  if (person.stage === 'leave') return 'on leave';
  const lastDay = person.employee['terminationDate'] as string | undefined;
  const review = person.review === undefined ? '' : ` (${person.review})`;
  return `${lastDay === undefined ? 'left' : `left, last day ${lastDay}`}${review}`;
}

/** true: to their own address; an address: there; false: no mail. */
export function activationMail(subject: Subject, world: World): boolean | string {
  const { activationMail: to } = world.policy.lifecycle.start;
  if (to === 'none') return false;
  if (to === 'work') return true;
  if (to !== 'manager') return to;
  const manager = world.matches.get(subject.person.account?.managerId ?? '');
  return manager?.kind === 'linked' ? manager.account.email : true;
}

/** Names that JumpCloud or a person gave to an account stay; only what HR changed, or drift from what we gave, is put right. Always for review. */
export function diffNames(
  subject: Subject,
  desired: DesiredAccount,
  taken: NameOwners,
  policy: Policy,
): { wishes: Wish[]; findings: Finding[] } {
  const { account, record, person } = subject;
  const wishes: Wish[] = [];
  const findings: Finding[] = [];
  if (account === null) return { wishes, findings };
  const rename = (
    target: 'username' | 'email',
    before: string,
    after: string,
    given: string | undefined,
  ): void => {
    const owner = taken(target, after);
    if (owner !== undefined && owner !== account.id)
      findings.push({
        code: `${target}-taken`,
        severity: 'warning',
        person: subject.id,
        message: `the new ${target} belongs to another account: the rename waits until HR or that account changes`,
      });
    else
      wishes.push(
        wishFor(subject, {
          kind: 'rename',
          target,
          before,
          after,
          because:
            given === after
              ? `${target} was changed in JumpCloud, not by Rollcall`
              : target === 'email'
                ? 'work address changed in HR'
                : 'name changed in HR',
          cause: given === after ? 'drift' : causeOf(person, target, 'hr'),
          risk: 'high',
        }),
      );
  };
  if (
    desired.username !== undefined &&
    record?.username !== undefined &&
    desired.username !== account.username
  )
    rename('username', account.username, desired.username, record.username);
  if (desired.email !== undefined && foldEmail(desired.email) !== foldEmail(account.email))
    rename('email', account.email, desired.email, record?.email);
  if (isAddressOfAnother(subject, desired, taken, policy))
    findings.push({
      code: 'email-taken',
      severity: 'warning',
      person: subject.id,
      message:
        "HR's address of this person belongs to another account: the old address stays until HR or that account changes",
    });
  return { wishes, findings };
}

/** The naming rules found no free address and fell back to the old one, because another account has what HR says now. */
function isAddressOfAnother(
  { account, person }: Subject,
  desired: DesiredAccount,
  taken: NameOwners,
  policy: Policy,
): boolean {
  const addresses = policy.naming.email
    .map((rule) => foldEmail(rule.evaluate(person.employee as Employee)))
    .filter(isAddress);
  if (addresses.includes(foldEmail(desired.email ?? ''))) return false;
  return addresses.some((address) => {
    const owner = taken('email', address);
    return owner !== undefined && owner !== account?.id;
  });
}

/** Account id that has a name in live, if any. */
export type NameOwners = (kind: 'username' | 'email', name: string) => string | undefined;

/** One wish per attribute. An HR value that became absent clears only what we had set. */
export function diffAttributes(
  subject: Subject,
  desired: DesiredAccount,
  policy: Policy,
): { wishes: Wish[]; findings: Finding[] } {
  const { account, person, record } = subject;
  const wishes: Wish[] = [];
  const findings: Finding[] = [];
  if (account === null) return { wishes, findings };
  const pinned = new Set(
    policy.exceptions.flatMap((exception) =>
      exception.kind === 'pin' && exception.person === subject.id ? [exception.attribute] : [],
    ),
  );
  const owners = new Map(policy.attributes.map(({ name, owner }) => [name, owner]));
  const wanted: Record<string, string> = {};
  for (const [name, value] of Object.entries(desired.attributes)) {
    const live = account.attributes[name] ?? '';
    const isKept =
      owners.get(name) === 'people' &&
      !pinned.has(name) &&
      (live !== '' || record?.attributes.has(name) === true);
    wanted[name] = isKept || sameText(live, value) ? live : value;
  }
  const ours = new Set(
    [...Object.keys(desired.attributes), ...(record?.attributes.keys() ?? [])].filter(
      (name) => owners.has(name) || pinned.has(name),
    ),
  );
  const before = Object.fromEntries([...ours].map((name) => [name, account.attributes[name] ?? '']));
  // Every value is text on both sides, so the type-change trap of json-diff-ts cannot open; names with dots stay whole as keys.
  for (const change of diff(
    before,
    Object.fromEntries(
      [...ours].map((name) => [
        name,
        wanted[name] ?? (owners.get(name) === 'people' ? (before[name] ?? '') : ''),
      ]),
    ),
  )) {
    const name = change.key;
    const value = wanted[name] ?? '';
    if (account.restricted.includes(name)) {
      findings.push({
        code: 'restricted-field',
        severity: 'warning',
        person: subject.id,
        subject: name,
        message: `${name} belongs to another source in JumpCloud and is left alone: release it there or set its owner to "ignore" in mappings/attributes.yaml`,
      });
      continue;
    }
    const set = record?.attributes.get(name);
    wishes.push(
      wishFor(subject, {
        kind: 'update',
        target: name,
        before: before[name] === '' ? null : (before[name] ?? null),
        after: value === '' ? null : value,
        because: becauseOfAttribute(name, value, set, policy),
        cause: causeOf(person, `attribute:${name}`, set !== undefined && set === value ? 'drift' : 'hr'),
        risk: 'low',
      }),
    );
  }
  return { wishes: wishes.sort((a, b) => compareText(a.target ?? '', b.target ?? '')), findings };
}

function becauseOfAttribute(name: string, value: string, set: string | undefined, policy: Policy): string {
  const rule = policy.attributes.find((attribute) => attribute.name === name);
  const from =
    rule === undefined
      ? 'an exception pins it'
      : `from ${rule.rule.text.length > 60 ? 'the rule' : rule.rule.text} (${rule.place})`;
  if (value === '') return 'HR no longer has a value';
  return set === value ? `changed in JumpCloud, not by Rollcall; ${from}` : from;
}

/** Case and outer white space alone are not a change. */
export function sameText(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** The manager by HR id. A manager without account is a finding; managers are never cleared for it. */
export function diffManager(
  subject: Subject,
  desired: DesiredAccount,
  world: World,
  created: ReadonlySet<string>,
): { wishes: Wish[]; findings: Finding[] } {
  const { account, person, record } = subject;
  const managerId = resolveManager(desired.managerId, world);
  const live = account?.manager ?? null;
  const wish = (target: string | null, because: string): Wish =>
    wishFor(subject, {
      kind: 'set-manager',
      target,
      before: live,
      after: target,
      because,
      cause: causeOf(person, 'manager', 'hr'),
      risk: 'low',
    });
  if (managerId === undefined) {
    if (record?.managerSet === true && live !== null && desired.managerId === undefined)
      return { wishes: [wish(null, 'HR no longer has a manager')], findings: [] };
    return { wishes: [], findings: [] };
  }
  const match = world.matches.get(managerId);
  if (match?.kind === 'linked')
    return { wishes: match.account.id === live ? [] : [wish(managerId, 'manager in HR')], findings: [] };
  if (created.has(managerId)) return { wishes: [wish(managerId, 'manager in HR')], findings: [] };
  // An adopted manager's link comes with the next plan.
  if (match?.kind === 'adopt') return { wishes: [], findings: [] };
  const finding: Finding = {
    code: 'manager-without-account',
    severity: 'info',
    person: subject.id,
    message: `the manager (${managerId}) has no account yet: the manager in JumpCloud is left as it is`,
  };
  return { wishes: [], findings: [finding] };
}

/** A manager who has left is replaced by the next one up where policy says so; cycles end the search. */
function resolveManager(managerId: string | undefined, world: World): string | undefined {
  if (world.policy.lifecycle.leaving.reports === 'keep') return managerId;
  const seen = new Set<string>();
  let current = managerId;
  while (current !== undefined && !seen.has(current)) {
    seen.add(current);
    const manager = world.people.get(current);
    if (manager?.stage !== 'left') return current;
    current = manager.employee['managerId'] as string | undefined;
  }
  return managerId;
}

/** Risk of an update: what a dynamic group may read is more than a cosmetic change. */
export function riskOfUpdate(name: string, lowRisk: string[]): Risk {
  return lowRisk.some(
    (pattern) => pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))),
  )
    ? 'low'
    : 'medium';
}
