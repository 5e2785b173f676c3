/** Names that the state and the record reserve: a name is reserved once proposed and is never recycled. */
import type { PersonFile } from './person-file.ts';
import type { Reservations } from './naming.ts';
import type { Ledger } from '../record/ledger.ts';
import { foldEmail, foldName } from '../values/fold-name.ts';
import { compareHrIds } from '../values/hr-id.ts';

/** Folded name -> HR id. Where two people hold the same name, the lower id keeps it, whatever the order of the input. */
export function reservationsOf(people: PersonFile[], ledger: Ledger): Reservations {
  const usernames = new Map<string, string>();
  const emails = new Map<string, string>();
  const reserve = (map: Map<string, string>, name: string | undefined, person: string): void => {
    if (name === undefined || name === '') return;
    const known = map.get(name);
    if (known === undefined || compareHrIds(person, known) < 0) map.set(name, person);
  };
  for (const { employee, account } of people) {
    reserve(usernames, account?.username && foldName(account.username), employee.id);
    reserve(emails, account?.email && foldEmail(account.email), employee.id);
  }
  for (const { person, username, email } of ledger.people.values()) {
    reserve(usernames, username && foldName(username), person);
    reserve(emails, email && foldEmail(email), person);
  }
  return { usernames, emails };
}
