/** Whether an action is aimed at what it names: ids are not part of anybody's facts, so they are followed through the record. */
import type { Action } from '../plan/action.ts';
import type { Finding } from '../values/finding.ts';
import { textIn } from '../values/json-fields.ts';
import { unattested } from './verdict.ts';

/** Who has which account, as plans name it, while going through them in time. */
export interface Accounts {
  ofPerson: Map<string, string>;
  ownerOf: Map<string, string>;
}

/** The id that an action is aimed at must be the one that its name stands for. */
export function doubtTarget(
  action: Action,
  pins: Readonly<Record<string, string>>,
  accounts: Accounts,
): string | undefined {
  const { kind, person, account, target } = action;
  if (account !== null) {
    const owner = accounts.ownerOf.get(account);
    if (owner !== undefined && owner !== person) return `its account is the one of ${owner}`;
    if ((kind === 'delete' || kind === 'adopt') && target !== account) return 'its target is another account';
  }
  if (kind !== 'join-group' && kind !== 'leave-group') return undefined;
  const name = textIn(kind === 'join-group' ? action.after : action.before, 'group');
  const pinned = Object.hasOwn(pins, name) ? pins[name] : undefined;
  return pinned !== undefined && pinned !== target
    ? `its target is not the group that "${name}" is pinned to in state/groups.yaml`
    : undefined;
}

/** Follows who has which account; a person whose account changes without a create or adopt of ours is not attested. */
export function noteAccount(
  { kind, person, account }: Action,
  { ofPerson, ownerOf }: Accounts,
): ((about: Pick<Finding, 'subject' | 'person'>) => Finding) | undefined {
  if (person === null) return undefined;
  if (kind === 'create') ofPerson.delete(person);
  if (account === null) return undefined;
  const known = ofPerson.get(person);
  ofPerson.set(person, account);
  ownerOf.set(account, person);
  if (known === undefined || known === account || kind === 'adopt') return undefined;
  return (about) =>
    unattested('account-changed', `${kind}: the account is not the one that this person had before`, about);
}
