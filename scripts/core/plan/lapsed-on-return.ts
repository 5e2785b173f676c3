/**
 * What was taken and a return does not give back: the person has it already, or the rules had given it and no longer do.
 * The receipt of the return says so, and from then on nobody owes it to them. Without that a move back to the old
 * department a year later would be a return from leave, without review; and a group that IT gave back by hand and took
 * away for good would come back by itself.
 *
 * What cannot be given now because its group is frozen or gone is still owed.
 */
import type { DesiredAccount } from '../people/person-file.ts';
import { restorable, type TakenThing } from '../record/ledger.ts';
import { bindingKey } from './binding-key.ts';
import type { Subject, World } from './context.ts';

/** Targets, sorted. */
export function lapsedOnReturn(subject: Subject, desired: DesiredAccount, world: World): string[] {
  return restorable(subject.record, subject.person.employee['hireDate'] as string | undefined)
    .filter((thing) => isHeld(thing, subject, world) || (thing.ours && !isRuled(thing, desired)))
    .map(({ target }) => target)
    .sort();
}

function isHeld({ type, target }: TakenThing, { account }: Subject, { live }: World): boolean {
  if (account === null) return false;
  return type === 'group'
    ? live.groups.get(target)?.members.has(account.id) === true
    : live.bindings.get(account.id)?.some((bound) => `${bound.type}:${bound.id}` === target) === true;
}

function isRuled({ type, target, name }: TakenThing, { groups, bindings = {} }: DesiredAccount): boolean {
  return type === 'group' ? Object.hasOwn(groups, name) : Object.hasOwn(bindings, bindingKey(target, name));
}
