/** What every part of the planner looks at: one person matched with one account, and the world around them. */
import type { LiveAccount, LiveDirectory } from '../directory/live.ts';
import type { Match } from '../directory/match.ts';
import type { Policy } from '../mappings/policy.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { Ledger, PersonLedger } from '../record/ledger.ts';
import type { Day } from '../values/calendar.ts';
import type { Cause, Wish } from './action.ts';
import type { GroupIndex } from './group-index.ts';

export interface World {
  asOf: Day;
  policy: Policy;
  live: LiveDirectory;
  ledger: Ledger;
  groups: GroupIndex;
  people: ReadonlyMap<string, PersonFile>;
  matches: ReadonlyMap<string, Match>;
  /** People whose adoption is approved or waits: a run that died half way still owes it. */
  adoptionsPending: ReadonlySet<string>;
}

/** One person whose account we may touch. `account` is null while it is to be created. */
export interface Subject {
  id: string;
  person: PersonFile;
  account: LiveAccount | null;
  record: PersonLedger | undefined;
  /** The account is linked by anchor; false while it is only about to be adopted. */
  linked: boolean;
  /** Ended by hand before HR typed it: a reason code and who asked. */
  manual?: ManualExit;
}

export interface ManualExit {
  reason: string;
  requestedBy: string;
}

/** The cause of a wish: an edit of the mappings where export marked it so, else what the caller found. */
export function causeOf(person: PersonFile, key: string, otherwise: Cause): Cause {
  const marked = person.mappingChanged ?? [];
  return marked.includes(key) || (marked.includes('stage') && otherwise !== 'drift') ? 'mapping' : otherwise;
}

/** The cause of taking something of a kind from somebody who left or is on leave. */
export function causeOfTaking(person: PersonFile, kind: string): Cause {
  return person.mappingChanged?.includes(`takes:${kind}`) === true
    ? 'mapping'
    : causeOf(person, 'stage', 'hr');
}

/** '' while HR has none: what leave and exits remember of the employment they belong to. */
export function hireDateOf(person: PersonFile): string {
  return (person.employee['hireDate'] as string | undefined) ?? '';
}

export function wishFor(subject: Subject, wish: Omit<Wish, 'person' | 'account'>): Wish {
  return { ...wish, person: subject.id, account: subject.account?.id ?? null };
}
