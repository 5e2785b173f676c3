/**
 * Who is who: which account belongs to which employee. Nothing is guessed; what is unclear is held and explained.
 *
 * | anchor of the account | address | name   | record                     | verdict                                   |
 * |-----------------------|---------|--------|----------------------------|-------------------------------------------|
 * | the record, the anchor, address or user name lead to an account that cannot be read | hold account-unreadable |
 * | this person's id      | one of the two has something in common | a receipt of ours | linked                 |
 * | this person's id      | nothing in common, still here | a receipt of ours | hold another-person             |
 * | this person's id      | nothing in common, has left   | a receipt of ours | linked, in doubt: nothing without review |
 * | this person's id      | one of the two agrees | no receipt                 | linked                                    |
 * | this person's id      | neither agrees   | no receipt                 | hold anchor-disagrees (employee numbers?) |
 * | two accounts          |         |        |                            | hold anchor-doubled                       |
 * | other or none         |         |        | we created or adopted it   | hold anchor-lost                          |
 * | none                  | agrees  | agrees | one candidate each way     | adopt, for review                         |
 * | none                  | agrees  | agrees | protected or administrator | hold adopt-privileged                     |
 * | none                  | agrees  | no     |                            | hold adopt-name-disagrees                 |
 * | none                  | agrees for two people  |                            | hold adopt-ambiguous                      |
 * | someone else's id     | agrees  | any    |                            | hold address-of-another                   |
 * | none                  | no      | agrees | same user name as proposed | hold adopt-address-disagrees              |
 * | none                  | no      | no     |                            | no account: create                        |
 * | whatever              | an `adopt` line of exceptions.yaml names both   | adopt, for review                         |
 */
import type { Policy } from '../mappings/policy.ts';
import { workedOut } from '../mappings/rule-failure.ts';
import { exceptionsFor } from '../people/account.ts';
import type { Employee } from '../people/employee.ts';
import { isAddress } from '../people/naming.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { Ledger } from '../record/ledger.ts';
import type { Day } from '../values/calendar.ts';
import { foldEmail, foldName } from '../values/fold-name.ts';
import type { GuardrailCode } from '../values/guardrail-codes.ts';
import { guardrailHold } from '../values/guardrail-words.ts';
import type { LiveAccount } from './live.ts';

export type Match =
  /** `doubt`: why whatever follows from this waits for review. */
  | {
      kind: 'linked';
      account: LiveAccount;
      recorded: boolean;
      doubt?: { code: GuardrailCode; message: string };
    }
  | { kind: 'adopt'; account: LiveAccount; because: string }
  /** `gone`: the account that a receipt of ours made or adopted, and that JumpCloud does not show. */
  | { kind: 'none'; gone?: string }
  | { kind: 'held'; code: GuardrailCode; message: string; account?: LiveAccount };

export interface MatchInput {
  /** Everybody in state/, derived. */
  people: PersonFile[];
  accounts: LiveAccount[];
  ledger: Ledger;
  policy: Policy;
  asOf: Day;
}

/** One verdict for each person, by HR id. An account is the verdict of at most one person. */
export function matchPeople({ people, accounts, ledger, policy, asOf }: MatchInput): Map<string, Match> {
  const ignored = new Set(
    policy.exceptions.flatMap((exception) =>
      exception.kind === 'ignore' && exception.expires >= asOf ? [foldEmail(exception.account)] : [],
    ),
  );
  const candidates = accounts.filter(
    (account) => !ignored.has(foldEmail(account.username)) && !ignored.has(foldEmail(account.email)),
  );
  const directory: Directory = {
    byId: new Map(candidates.map((account) => [account.id, account])),
    byAnchor: groupBy(candidates, (account) => account.anchor),
    byEmail: groupBy(candidates, (account) => foldEmail(account.email)),
    byUsername: new Map(candidates.map((account) => [foldName(account.username), account])),
    byName: groupBy(candidates, nameOfAccount),
    claims: groupBy(people, (person) => foldEmail(person.employee['workEmail'] ?? '')),
    ids: new Set(people.map((person) => person.employee.id)),
  };
  return new Map(
    people.map((person) => [person.employee.id, matchPerson(person, directory, ledger, policy, asOf)]),
  );
}

interface Directory {
  byId: ReadonlyMap<string, LiveAccount>;
  byAnchor: ReadonlyMap<string, LiveAccount[]>;
  byEmail: ReadonlyMap<string, LiveAccount[]>;
  byUsername: ReadonlyMap<string, LiveAccount>;
  byName: ReadonlyMap<string, LiveAccount[]>;
  claims: ReadonlyMap<string, PersonFile[]>;
  ids: ReadonlySet<string>;
}

function matchPerson(
  person: PersonFile,
  directory: Directory,
  ledger: Ledger,
  policy: Policy,
  asOf: Day,
): Match {
  const id = person.employee.id;
  const record = ledger.people.get(id);
  const anchored = directory.byAnchor.get(id) ?? [];
  const recorded = record?.account === undefined ? undefined : directory.byId.get(record.account);
  const unreadable = [recorded, ...anchored, ...namesakes(person, directory)].find(
    (account) => account?.unreadable === true,
  );
  if (unreadable !== undefined)
    return held(
      'account-unreadable',
      unreadable,
      `JumpCloud's answer about account ${unreadable.id} cannot be read`,
    );
  if (anchored.length > 1)
    return held('anchor-doubled', undefined, `${anchored.length} accounts carry this HR id`);
  const own = anchored[0];
  if (own !== undefined) {
    const isOurs = recorded?.id === own.id;
    if (isOurs && isSomebodyElse(person, own, policy) && !isAdoptedByHand(person, own, policy, asOf)) {
      const what =
        'HR has another name and another address under this id than the account that was made for it';
      // Whoever has left is not kept inside by a doubt about their name; nor is anybody ended unseen because of a stranger.
      if (person.stage !== 'left') return held('another-person', own, what);
      return { kind: 'linked', account: own, recorded: true, doubt: guardrailHold('another-person', what) };
    }
    if (isOurs || addressAgrees(person, own, policy) || nameAgrees(person, own))
      return { kind: 'linked', account: own, recorded: isOurs };
    return held(
      'anchor-disagrees',
      own,
      'an account carries this HR id as employeeIdentifier, but neither address nor name agrees (perhaps employee numbers are kept there)',
    );
  }
  if (recorded !== undefined)
    return held(
      'anchor-lost',
      recorded,
      'the account that Rollcall linked no longer carries this HR id as employeeIdentifier',
    );
  const match = matchUnanchored(person, directory, policy, asOf);
  const gone = record?.account;
  return match.kind === 'none' && gone !== undefined ? { kind: 'none', gone } : match;
}

/** Accounts with the address or the user name that are or would be this person's. */
function namesakes(person: PersonFile, directory: Directory): (LiveAccount | undefined)[] {
  const { username, email } = person.account ?? {};
  return [
    ...[person.employee['workEmail'], email].flatMap((address) =>
      address ? (directory.byEmail.get(foldEmail(address)) ?? []) : [],
    ),
    username === undefined ? undefined : directory.byUsername.get(foldName(username)),
  ];
}

function matchUnanchored(person: PersonFile, directory: Directory, policy: Policy, asOf: Day): Match {
  const decided = exceptionsFor(policy, 'adopt', person.employee.id, asOf)[0];
  if (decided !== undefined) {
    const named =
      directory.byUsername.get(foldName(decided.account)) ??
      directory.byEmail.get(foldEmail(decided.account))?.[0];
    if (named === undefined)
      return held(
        'adopt-line-unknown',
        undefined,
        `${decided.place} names an account that JumpCloud does not have`,
      );
    if (named.anchor !== '' && directory.ids.has(named.anchor))
      return held(
        'address-of-another',
        named,
        `${decided.place} names an account that belongs to employee ${named.anchor}`,
      );
    return { kind: 'adopt', account: named, because: `named by hand in ${decided.place}` };
  }
  const email = foldEmail(person.employee['workEmail'] ?? '');
  const sameAddress = email === '' ? [] : (directory.byEmail.get(email) ?? []);
  const account = sameAddress[0];
  if (account === undefined) return matchByName(person, directory);
  if ((directory.claims.get(email)?.length ?? 0) > 1 || sameAddress.length > 1)
    return held('adopt-ambiguous', account, 'more than one employee or account has this work address');
  if (account.anchor !== '')
    return held(
      'address-of-another',
      account,
      directory.ids.has(account.anchor)
        ? `the work address belongs to the account of employee ${account.anchor}`
        : 'the account with this work address carries another employeeIdentifier',
    );
  if (!nameAgrees(person, account))
    return held('adopt-name-disagrees', account, 'the account with this work address bears another name');
  if (account.admin || isProtected(account, policy))
    return held(
      'adopt-privileged',
      account,
      'the account that matches is protected or a console administrator',
    );
  return { kind: 'adopt', account, because: 'work address and name agree' };
}

/** No account has the address: a namesake's or an older account of this very person must not be doubled. */
function matchByName(person: PersonFile, directory: Directory): Match {
  const proposed = person.account?.username;
  const suspect =
    proposed === undefined ? undefined : directory.byUsername.get(foldName(stripNumber(proposed)));
  const twins = namesOfPerson(person).flatMap((name) => directory.byName.get(name) ?? []);
  const older = twins.find((account) => account.anchor === '' && account.id === suspect?.id);
  if (older !== undefined)
    return held(
      'adopt-address-disagrees',
      older,
      'an account of this name and user name exists under another address',
    );
  return { kind: 'none' };
}

/** Neither the address nor any part of the name is the account's: HR gave the id of one person to another one. */
function isSomebodyElse(person: PersonFile, account: LiveAccount, policy: Policy): boolean {
  if (addressAgrees(person, account, policy)) return false;
  const { firstName, preferredName, lastName } = person.employee as Record<string, string | undefined>;
  const { firstname, lastname, displayname } = account.attributes;
  const theirs = wordsOf([firstName, preferredName, lastName]);
  const known = wordsOf([firstname, lastname, displayname]);
  return theirs.size > 0 && known.size > 0 && ![...theirs].some((word) => known.has(word));
}

function wordsOf(names: (string | undefined)[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => foldName(name ?? '').split(/[^\p{L}\p{N}]+/u)).filter((word) => word !== ''),
  );
}

function isAdoptedByHand(person: PersonFile, account: LiveAccount, policy: Policy, asOf: Day): boolean {
  return exceptionsFor(policy, 'adopt', person.employee.id, asOf).some(
    ({ account: named }) =>
      foldName(named) === foldName(account.username) || foldEmail(named) === foldEmail(account.email),
  );
}

function held(code: GuardrailCode, account: LiveAccount | undefined, what: string): Match {
  return { kind: 'held', ...guardrailHold(code, what), ...(account === undefined ? {} : { account }) };
}

function addressAgrees(person: PersonFile, account: LiveAccount, policy: Policy): boolean {
  return addressesOf(person, policy).includes(foldEmail(account.email));
}

/**
 * What HR's own facts say, whoever has that address now. An address that is another one's is not given, and the old one
 * kept instead; taken for evidence it would say of everybody, when HR moves all ids by one, that they are who they were.
 * Only where the facts say none does the kept one speak.
 */
function addressesOf({ employee, account }: PersonFile, policy: Policy): string[] {
  const facts = employee as Employee;
  const said = policy.naming.email.map((rule) => workedOut(() => rule.evaluate(facts)));
  const addresses = [facts['workEmail'], ...said]
    .map((address) => foldEmail(address ?? ''))
    .filter(isAddress);
  return addresses.length > 0 ? addresses : [foldEmail(account?.email ?? '')];
}

function nameAgrees(person: PersonFile, account: LiveAccount): boolean {
  const name = nameOfAccount(account);
  return name !== '' && namesOfPerson(person).includes(name);
}

function nameOfAccount({ attributes }: LiveAccount): string {
  return (
    foldFullName(attributes['firstname'], attributes['lastname']) ||
    foldFullName(attributes['displayname'], undefined)
  );
}

/** With and without the preferred name; a last name alone is nobody's full name unless HR has no other. */
function namesOfPerson({ employee }: PersonFile): string[] {
  const { firstName, preferredName, lastName } = employee as Record<string, string | undefined>;
  const full = [
    foldFullName(firstName, lastName),
    preferredName === undefined ? '' : foldFullName(preferredName, lastName),
  ];
  return full.filter((name) => name !== '');
}

function foldFullName(first: string | undefined, last: string | undefined): string {
  return foldName([first, last].filter((part) => part !== undefined && part !== '').join(' ')).replaceAll(
    /\s+/g,
    ' ',
  );
}

export function isProtected(account: LiveAccount, policy: Policy): boolean {
  const names = policy.guardrails.protected.accounts.map(foldEmail);
  return names.includes(foldEmail(account.username)) || names.includes(foldEmail(account.email));
}

function stripNumber(username: string): string {
  return username.replace(/\d+$/, '');
}

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === '') continue;
    const known = map.get(key);
    if (known === undefined) map.set(key, [item]);
    else known.push(item);
  }
  return map;
}
