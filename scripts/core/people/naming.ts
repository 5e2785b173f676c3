/** User names and addresses: proposed from candidates, given once, kept; no name is ever taken over from somebody else. */
import type { Policy } from '../mappings/policy.ts';
import { foldEmail, foldName } from '../values/fold-name.ts';
import type { Employee } from './employee.ts';

/** Names that somebody has, had, or was promised: folded name -> owner (an HR id, or `account:<id>` for an account without a person). */
export interface Reservations {
  usernames: ReadonlyMap<string, string>;
  emails: ReadonlyMap<string, string>;
}

/** JumpCloud: begins with a letter, no blanks or "@", letters, digits, `.`, `_`, `-` (support: naming convention). */
const USERNAME = /^[a-z][a-z0-9._-]*$/i;

export interface NameProposal {
  username: string | undefined;
  email: string | undefined;
}

/** All names that the candidates give, in order and without doubles, numbers not yet tried. */
export function usernameCandidates(employee: Employee, naming: Policy['naming']): string[] {
  const names = naming.username
    .map((rule) =>
      rule
        .evaluate(employee)
        .slice(0, naming.maxLength)
        .replace(/[._-]+$/, '')
        .replace(/^[._-]+/, ''),
    )
    .filter((name) => USERNAME.test(name));
  return [...new Set(names)];
}

/** The first free candidate; then the last one that gave a name, numbered from 2. Deterministic. */
export function proposeUsername(
  employee: Employee,
  naming: Policy['naming'],
  reserved: Reservations,
): string | undefined {
  const candidates = usernameCandidates(employee, naming);
  const isFree = (name: string): boolean => isOwn(reserved.usernames.get(foldName(name)), employee.id);
  const free = candidates.find(isFree);
  if (free !== undefined) return free;
  const last = candidates.at(-1);
  if (last === undefined) return undefined;
  for (let number = 2; number <= 999; number += 1) {
    const numbered = `${last.slice(0, naming.maxLength - String(number).length)}${number}`;
    if (isFree(numbered)) return numbered;
  }
  return undefined;
}

/** The first free address that the candidates give; an address never passes from one person to another. */
export function proposeEmail(
  employee: Employee,
  naming: Policy['naming'],
  reserved: Reservations,
): { email: string | undefined; taken: string | undefined } {
  let taken: string | undefined;
  for (const rule of naming.email) {
    const email = foldEmail(rule.evaluate(employee));
    if (!isAddress(email)) continue;
    const owner = reserved.emails.get(email);
    if (isOwn(owner, employee.id)) return { email, taken: undefined };
    taken ??= owner;
  }
  return { email: undefined, taken };
}

/** True when a name that somebody was given still follows from their facts, numbered or not. */
export function followsFrom(username: string, candidates: string[]): boolean {
  const folded = foldName(username);
  return candidates.some(
    (candidate) => folded === foldName(candidate) || foldName(candidate) === folded.replace(/\d+$/, ''),
  );
}

export function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 254;
}

function isOwn(owner: string | undefined, person: string): boolean {
  return owner === undefined || owner === person;
}
