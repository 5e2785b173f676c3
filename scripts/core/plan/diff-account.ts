/** State and names of one account: desired against live. */
import type { Policy } from '../mappings/policy.ts';
import { workedOut } from '../mappings/rule-failure.ts';
import type { Employee } from '../people/employee.ts';
import { isAddress } from '../people/naming.ts';
import type { DesiredAccount } from '../people/person-file.ts';
import type { Finding } from '../values/finding.ts';
import { foldEmail } from '../values/fold-name.ts';
import type { Cause, Wish } from './action.ts';
import { causeOf, type Subject, wishFor, type World } from './context.ts';
import { lapsedOnReturn } from './lapsed-on-return.ts';
import { guardrailFinding } from '../values/guardrail-words.ts';

/**
 * What the live state makes of the desired one. Suspensions and activations only; a staged account is never "un-staged".
 *
 * | desired   | STAGED   | ACTIVATED            | SUSPENDED |
 * |-----------|----------|----------------------|-----------|
 * | none      | -        | hold hire-date-moved | -         |
 * | staged    | -        | hold hire-date-moved | -         |
 * | active    | activate | -, or reinstate where the record still says suspended by us | reinstate |
 * | suspended | suspend  | suspend              | -, or suspend where the record says less than what ends now |
 * | deleted   | suspend  | suspend              | the same  |
 *
 * What stands after "or" writes nothing: apply finds it done already, and the receipt is for the record. Without it a
 * leaver who was on leave would come back as if from leave, and so would anybody whom somebody suspends months after
 * IT, and not Rollcall, had brought them back from leave: both without review.
 */
export function diffState(subject: Subject, desired: DesiredAccount, world: World): Wish[] {
  const { account, person, record } = subject;
  if (account === null) return [];
  const since = record?.suspended;
  const byStage = (otherwise: Cause): Cause => causeOf(person, 'stage', otherwise);
  const hireDate = person.employee['hireDate'] as string | undefined;
  switch (desired.state) {
    case 'none':
    case 'staged':
      return [];
    case 'active': {
      if (account.state === 'ACTIVATED' && since === undefined) return [];
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
      const lapsed = lapsedOnReturn(subject, desired, world);
      return [
        wishFor(subject, {
          kind: 'reinstate',
          target: null,
          before: {
            state: account.state,
            by: since?.why ?? 'others',
            ...(lapsed.length === 0 ? {} : { lapsed }),
          },
          after: { state: 'ACTIVATED' },
          because:
            account.state === 'ACTIVATED'
              ? 'back already, by JumpCloud and not by Rollcall: nothing but the record changes'
              : since === undefined
                ? 'suspended in JumpCloud, not by Rollcall, but HR says active'
                : returnBecause(since, hireDate),
          cause: byStage(since === undefined ? 'drift' : 'hr'),
          risk: since?.why === 'leave' || account.state === 'ACTIVATED' ? 'medium' : 'high',
        }),
      ];
    }
    case 'suspended':
    case 'deleted':
      if (account.state === 'SUSPENDED' && !leavesOnRecord(subject)) return [];
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

/**
 * Suspended already, and the exit belongs on the record all the same: for less than leaving when HR says that they left,
 * by whomever when they are ended by hand. Whom others had suspended before a leave is known by what leave took.
 */
function leavesOnRecord({ person, record, manual }: Subject): boolean {
  const why = record?.suspended?.why;
  if (manual !== undefined) return why !== 'left' && why !== 'manual';
  if (person.stage !== 'left') return false;
  return why === undefined
    ? record?.taken.some((thing) => thing.why === 'leave') === true
    : why === 'leave' || why === 'manual';
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
      findings.push(
        guardrailFinding(`${target}-taken`, `the new ${target} belongs to another account`, {
          person: subject.id,
        }),
      );
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
    findings.push(
      guardrailFinding('email-taken', "HR's address of this person belongs to another account", {
        person: subject.id,
      }),
    );
  return { wishes, findings };
}

/** The naming rules found no free address and fell back to the old one, because another account has what HR says now. */
function isAddressOfAnother(
  { account, person }: Subject,
  desired: DesiredAccount,
  taken: NameOwners,
  policy: Policy,
): boolean {
  // A candidate behind the one that was taken may be one that cannot be worked out.
  const addresses = policy.naming.email
    .map((rule) => foldEmail(workedOut(() => rule.evaluate(person.employee as Employee)) ?? ''))
    .filter(isAddress);
  if (addresses.includes(foldEmail(desired.email ?? ''))) return false;
  return addresses.some((address) => {
    const owner = taken('email', address);
    return owner !== undefined && owner !== account?.id;
  });
}

/** Account id that has a name in live, if any. */
export type NameOwners = (kind: 'username' | 'email', name: string) => string | undefined;
