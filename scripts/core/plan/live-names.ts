/** Names of the whole directory and of the whole state, with their owners. */
import type { LiveAccount } from '../directory/live.ts';
import type { Match } from '../directory/match.ts';
import type { Reservations } from '../people/naming.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { Ledger } from '../record/ledger.ts';
import { foldEmail, foldName } from '../values/fold-name.ts';
import { reservationsOf } from '../people/reservations.ts';

export interface LiveNames {
  reservations: Reservations;
  reserve(person: string, username: string, email: string): void;
  owner(kind: 'username' | 'email', name: string): string | undefined;
}

export function liveNames(
  accounts: LiveAccount[],
  matches: ReadonlyMap<string, Match>,
  people: PersonFile[],
  ledger: Ledger,
): LiveNames {
  const owners = new Map(
    [...matches].flatMap(([person, match]): [string, string][] =>
      match.kind === 'linked' || match.kind === 'adopt' ? [[match.account.id, person]] : [],
    ),
  );
  const state = reservationsOf(people, ledger);
  const usernames = new Map(state.usernames);
  const emails = new Map(state.emails);
  const ids = { username: new Map<string, string>(), email: new Map<string, string>() };
  for (const account of accounts) {
    const owner = owners.get(account.id) ?? `account:${account.id}`;
    usernames.set(foldName(account.username), owner);
    emails.set(foldEmail(account.email), owner);
    ids.username.set(foldName(account.username), account.id);
    ids.email.set(foldEmail(account.email), account.id);
  }
  return {
    reservations: { usernames, emails },
    reserve: (person, username, email) => {
      usernames.set(foldName(username), person);
      emails.set(foldEmail(email), person);
    },
    owner: (kind, name) => ids[kind].get(kind === 'username' ? foldName(name) : foldEmail(name)),
  };
}
