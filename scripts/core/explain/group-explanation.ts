/** A group turned round: who is in and why, who should be and is not, and who is in although nothing says so. */
import type { LiveGroup } from '../directory/live.ts';
import type { Policy } from '../mappings/policy.ts';
import { workedOut } from '../mappings/rule-failure.ts';
import { exceptionsFor } from '../people/account.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { Author } from '../reconcile/drift.ts';
import type { RecordedPlan, Ledger } from '../record/ledger.ts';
import type { PeopleNames } from '../render/plan-view.ts';
import type { Day } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import { compareHrIds } from '../values/hr-id.ts';
import { textIn } from '../values/json-fields.ts';
import { valuesOf } from './account-trace.ts';
import { type TracedPlan, traceRecord, type WaitingTrace } from './record-trace.ts';
import type { LineCommits } from './rule-trace.ts';

export interface GroupMember {
  person: string;
  name: string;
  /** Why the mappings want it: becauses of rules, exceptions. */
  because: string;
  /** Places of the rules and exceptions that give it. */
  places: string[];
  /** Newest receipt that gave it. */
  given?: { at: string; receipt: string; approvedBy: string[] };
  live?: 'member' | 'not a member' | 'no account';
}

export interface OtherMember {
  account: string;
  username: string;
  person?: string;
  name?: string;
  /** A receipt of ours gave it, and the rules no longer do. */
  given: boolean;
  by?: Author;
}

export interface GroupExplanation {
  group: string;
  asOf: Day;
  /** null: no mapping names it. */
  settings: { members: string; create: boolean } | null;
  rules: {
    rule: string;
    because: string;
    place: string;
    people: number;
    commit?: { commit: string; at: string; author: string; subject: string };
  }[];
  /** null: JumpCloud was not asked, or has no such group. */
  live: { id: string; method: string; members: number } | null;
  members: GroupMember[];
  others: OtherMember[];
  waiting: WaitingTrace[];
}

export interface GroupInput {
  group: string;
  policy: Policy;
  /** Everybody, as derived by these mappings. */
  people: PersonFile[];
  recorded: RecordedPlan[];
  /** Plans that wait in the pull request. */
  open: TracedPlan[];
  ledger: Ledger;
  names: PeopleNames;
  commits: LineCommits;
  asOf: Day;
  live:
    | {
        group: LiveGroup | undefined;
        accounts: ReadonlyMap<string, string>;
        linked: ReadonlyMap<string, string>;
      }
    | undefined;
}

/** Names of groups that mappings, exceptions or the record know. */
export function knownGroups(policy: Policy, ledger: Ledger): string[] {
  return [
    ...new Set([
      ...policy.groups.map(({ name }) => name),
      ...policy.exceptions.flatMap((exception) => (exception.kind === 'group' ? [exception.group] : [])),
      ...[...ledger.people.values()].flatMap(({ groups }) => [...groups.values()]),
    ]),
  ].sort(compareText);
}

export function explainGroup(input: GroupInput): GroupExplanation {
  const { group, policy, people, recorded, names, commits, asOf, live } = input;
  const settings = policy.groups.find(({ name }) => name === group);
  const isMeant = ({ kind, before, after }: { kind: string; before: unknown; after: unknown }): boolean =>
    (kind === 'join-group' && textIn(after as never, 'group') === group) ||
    (kind === 'leave-group' && textIn(before as never, 'group') === group);
  const { waiting } = traceRecord([...recorded, ...input.open], names, isMeant);
  const given = grantsOf(recorded, isMeant);
  const wanted = people.filter(({ account }) => Object.hasOwn(account?.groups ?? {}, group));
  return {
    group,
    asOf,
    settings: settings === undefined ? null : { members: settings.members, create: settings.create },
    rules: (settings?.rules ?? []).map(({ when, because, place }) => {
      const commit = commits.get(place);
      return {
        rule: when.text,
        because,
        place,
        people: wanted.filter((person) => workedOut(() => when.evaluate(valuesOf(person))) === true).length,
        ...(commit === undefined ? {} : { commit }),
      };
    }),
    live:
      live?.group === undefined
        ? null
        : { id: live.group.id, method: live.group.membershipMethod, members: live.group.members.size },
    members: wanted
      .sort((a, b) => compareHrIds(a.employee.id, b.employee.id))
      .map((person) => memberOf(person, input, settings, given)),
    others: othersOf(input, new Set(wanted.map(({ employee }) => employee.id))),
    waiting,
  };
}

function memberOf(
  person: PersonFile,
  { group, policy, names, asOf, live }: GroupInput,
  settings: Policy['groups'][number] | undefined,
  given: ReadonlyMap<string, NonNullable<GroupMember['given']>>,
): GroupMember {
  const { id } = person.employee;
  const values = valuesOf(person);
  const account = live?.linked.get(id);
  const grant = given.get(id);
  return {
    person: id,
    name: names.get(id)?.name ?? '',
    because: person.account?.groups[group] ?? '',
    places: [
      ...(settings?.rules ?? [])
        .filter(({ when }) => workedOut(() => when.evaluate(values)) === true)
        .map(({ place }) => place),
      ...exceptionsFor(policy, 'group', id, asOf)
        .filter((exception) => exception.group === group)
        .map(({ place }) => place),
    ],
    ...(grant === undefined ? {} : { given: grant }),
    ...(live === undefined
      ? {}
      : {
          live:
            account === undefined
              ? ('no account' as const)
              : live.group?.members.has(account) === true
                ? ('member' as const)
                : ('not a member' as const),
        }),
  };
}

/** The newest receipt that gave each person the group. */
function grantsOf(
  recorded: RecordedPlan[],
  isMeant: (action: { kind: string; before: unknown; after: unknown }) => boolean,
): Map<string, NonNullable<GroupMember['given']>> {
  const given = new Map<string, NonNullable<GroupMember['given']>>();
  for (const { plan, receipt } of recorded) {
    if (receipt === undefined) continue;
    const results = new Map(receipt.results.map((result) => [result.action, result]));
    for (const action of plan.actions) {
      if (action.kind !== 'join-group' || action.person === null || !isMeant(action)) continue;
      const result = results.get(action.id);
      if (result?.outcome !== 'done' && result?.outcome !== 'already') continue;
      const known = given.get(action.person);
      if (known === undefined || known.at < result.at)
        given.set(action.person, {
          at: result.at,
          receipt: `state/receipts/${plan.asOf}-${plan.digest}.json`,
          approvedBy: receipt.approvedBy,
        });
    }
  }
  return given;
}

function othersOf({ live, ledger, names }: GroupInput, wanted: ReadonlySet<string>): OtherMember[] {
  if (live?.group === undefined) return [];
  const owners = new Map([...live.linked].map(([person, account]) => [account, person]));
  const { id: group, members } = live.group;
  return [...members]
    .filter((account) => !wanted.has(owners.get(account) ?? ''))
    .map((account): OtherMember => {
      const person = owners.get(account);
      return {
        account,
        username: live.accounts.get(account) ?? account,
        ...(person === undefined ? {} : { person, name: names.get(person)?.name ?? '' }),
        given: person !== undefined && ledger.people.get(person)?.groups.has(group) === true,
      };
    })
    .sort((a, b) => compareText(a.username, b.username));
}
