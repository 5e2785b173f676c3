/** What every part of the comparison looks at: one planning, and what was read of JumpCloud beside it. */
import type { LiveAccount, LiveBinding, LiveDirectory } from '../directory/live.ts';
import { type Match, matchPeople } from '../directory/match.ts';
import type { Policy } from '../mappings/policy.ts';
import type { PersonFile } from '../people/person-file.ts';
import { type GroupIndex, type GroupPins, indexGroups } from '../plan/group-index.ts';
import type { Planned } from '../plan/planner.ts';
import type { Ledger } from '../record/ledger.ts';
import { personNameOf, type PeopleNames } from '../render/plan-view.ts';
import type { Day } from '../values/calendar.ts';

/** What suspended people still have, by account id; wider than a plan needs. */
export interface SuspendedHoldings {
  memberships: ReadonlyMap<string, { id: string; name: string }[]>;
  bindings: ReadonlyMap<string, LiveBinding[]>;
}

export interface SceneInput {
  asOf: Day;
  policy: Policy;
  pins: GroupPins;
  ledger: Ledger;
  live: LiveDirectory;
  planned: Planned;
  suspended: SuspendedHoldings;
}

export interface Scene extends SceneInput {
  people: ReadonlyMap<string, PersonFile>;
  matches: ReadonlyMap<string, Match>;
  accounts: ReadonlyMap<string, LiveAccount>;
  /** Account id -> the person whose account it is, or would be once linked. */
  owners: ReadonlyMap<string, PersonFile>;
  groups: GroupIndex;
  names: PeopleNames;
}

export function sceneOf(input: SceneInput): Scene {
  const { planned, live, ledger, policy, asOf, pins } = input;
  const matches = matchPeople({ people: planned.people, accounts: live.accounts, ledger, policy, asOf });
  const owners = new Map<string, PersonFile>();
  for (const person of planned.people) {
    const account = accountOf(matches.get(person.employee.id));
    if (account !== undefined) owners.set(account.id, person);
  }
  return {
    ...input,
    people: new Map(planned.people.map((person) => [person.employee.id, person])),
    matches,
    accounts: new Map(live.accounts.map((account) => [account.id, account])),
    owners,
    groups: indexGroups(policy, live, pins),
    names: new Map(planned.people.map((person) => [person.employee.id, personNameOf(person)])),
  };
}

/** The account that a match is about, linked or not. */
export function accountOf(match: Match | undefined): LiveAccount | undefined {
  return match !== undefined && match.kind !== 'none' ? match.account : undefined;
}
