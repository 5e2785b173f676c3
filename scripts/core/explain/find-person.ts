/** The person somebody means: by HR id, work address, address or user name of the account, former names included. */
import type { PersonFile } from '../people/person-file.ts';
import type { Ledger } from '../record/ledger.ts';
import { foldEmail, foldName } from '../values/fold-name.ts';
import { nearestName } from '../values/nearest-name.ts';

export type FoundPerson = { kind: 'one'; person: PersonFile } | { kind: 'many' | 'none'; near: PersonFile[] };

/** Near matches shown at most. */
const MOST = 5;

export function findPerson(query: string, people: PersonFile[], ledger: Ledger): FoundPerson {
  const text = query.trim();
  const byId = people.find(({ employee }) => employee.id === text);
  if (byId !== undefined) return { kind: 'one', person: byId };
  const folded = foldName(text);
  const named = people.filter((person) => keysOf(person, ledger).includes(foldEmail(text)));
  const full = named.length > 0 ? named : people.filter((person) => fullNamesOf(person).includes(folded));
  if (full.length === 1) return { kind: 'one', person: full[0]! };
  if (full.length > 1) return { kind: 'many', near: full.slice(0, MOST) };
  return { kind: 'none', near: folded === '' ? [] : nearPeople(folded, people, ledger) };
}

/** Whoever's name begins with the text or holds it as a word, then whoever's keys are a slip of the keyboard away. */
function nearPeople(folded: string, people: PersonFile[], ledger: Ledger): PersonFile[] {
  const near = new Set<PersonFile>();
  const owners = new Map<string, PersonFile>();
  for (const person of people) {
    const keys = [person.employee.id.toLowerCase(), ...keysOf(person, ledger), ...fullNamesOf(person)];
    for (const key of keys) owners.set(key, person);
    const words = fullNamesOf(person).flatMap((name) => name.split(' '));
    if (words.includes(folded) || keys.some((key) => folded.length >= 3 && key.startsWith(folded)))
      near.add(person);
    if (near.size >= MOST) return [...near];
  }
  // A slip changes three characters at most: names of another length need not be measured.
  for (const key of owners.keys()) if (Math.abs(key.length - folded.length) > 3) owners.delete(key);
  while (near.size < MOST) {
    const key = nearestName(folded, owners.keys());
    if (key === undefined) break;
    near.add(owners.get(key)!);
    owners.delete(key);
  }
  return [...near];
}

function keysOf({ employee, account }: PersonFile, ledger: Ledger): string[] {
  const record = ledger.people.get(employee.id);
  return [employee['workEmail'], account?.email, account?.username, record?.email, record?.username].flatMap(
    (name) => (typeof name === 'string' && name !== '' ? [foldEmail(name)] : []),
  );
}

function fullNamesOf({ employee }: PersonFile): string[] {
  const { firstName, preferredName, lastName } = employee as Record<string, string | undefined>;
  return [firstName, preferredName].flatMap((first) => {
    if (first === undefined || lastName === undefined) return [];
    const name = foldName(`${first} ${lastName}`);
    return name === '' ? [] : [name];
  });
}
