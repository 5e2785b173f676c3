/** What an edit of the mappings would do to real people: the same facts put through the old and the new mappings. */
import type { GroupPolicy, Policy } from '../mappings/policy.ts';
import { rederive, type Rederived } from '../people/person.ts';
import type { DesiredAccount, PersonFile } from '../people/person-file.ts';
import { reservationsOf } from '../people/reservations.ts';
import type { Ledger } from '../record/ledger.ts';
import { personNameOf } from '../render/plan-view.ts';
import type {
  BindingChange,
  Membership,
  Place,
  PreviewDelta,
  PreviewPerson,
  ValueChange,
} from '../render/preview-view.ts';
import type { Day } from '../values/calendar.ts';
import type { Problem } from '../values/failure.ts';
import { compareText } from '../values/finding.ts';
import { compareHrIds } from '../values/hr-id.ts';

export interface PreviewInput {
  people: PersonFile[];
  ledger: Ledger;
  before: Policy;
  after: Policy;
  asOf: Day;
  examples: { passed: number; failed: number };
  problems: Problem[];
}

/** People whom a problem names. */
const NAMED = 5;

export function previewMappings({
  people,
  ledger,
  before,
  after,
  asOf,
  examples,
  problems,
}: PreviewInput): PreviewDelta {
  const reserved = reservationsOf(people, ledger);
  const derive = (file: PersonFile, policy: Policy): Rederived =>
    rederive(file, { ledger, reserved, asOf }, policy);
  const pairs = people.map((file): [Rederived, Rederived] => [derive(file, before), derive(file, after)]);
  const changed = pairs
    .map(([old, fresh]) => comparePerson(old.person, fresh.person, before, after))
    .filter((person) => person !== undefined)
    .sort((a, b) => compareHrIds(a.person, b.person));
  const named = (policy: Policy): Set<string> => new Set(policy.groups.map(({ name }) => name));
  const [old, fresh] = [named(before), named(after)];
  const ids = new Set(changed.map(({ person }) => person));
  return {
    people: changed,
    names: new Map(
      people
        .filter(({ employee }) => ids.has(employee.id))
        .map((file) => [file.employee.id, personNameOf(file)]),
    ),
    tried: people.length,
    added: [...fresh].filter((group) => !old.has(group)).sort(),
    released: before.groups
      .filter(({ name }) => !fresh.has(name))
      .map((group) => ({
        group: group.name,
        people: countGiven(group.name, ledger),
        ...placeOf(group.rules[0]?.place),
      })),
    sensitive: [
      ...new Set(
        [before, after].flatMap(({ guardrails }) => [
          ...guardrails.protected.groups,
          ...guardrails.protected.privilegedGroups,
        ]),
      ),
    ].sort(),
    problems: [...problems, ...newFailures(pairs)],
    examples,
  };
}

/** In a sync they would be put on hold for it; here the author can still mend the rule. Who is so on main already is no news. */
function newFailures(pairs: [Rederived, Rederived][]): Problem[] {
  const byRule = new Map<string, { problem: Problem; ids: string[] }>();
  for (const [old, { person, failure }] of pairs) {
    if (failure === undefined || old.failure !== undefined) continue;
    const { said, problem } = failure;
    const same = byRule.get(said);
    if (same === undefined) byRule.set(said, { problem, ids: [person.employee.id] });
    else same.ids.push(person.employee.id);
  }
  return [...byRule.values()].map(({ problem, ids }) => {
    const named = ids.sort(compareHrIds).slice(0, NAMED).join(', ');
    const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
    return { ...problem, message: `${problem.message}; it fails for ${named}${more}` };
  });
}

function countGiven(group: string, ledger: Ledger): number {
  return [...ledger.people.values()].filter(({ groups }) => [...groups.values()].includes(group)).length;
}

function comparePerson(
  old: PersonFile,
  fresh: PersonFile,
  before: Policy,
  after: Policy,
): PreviewPerson | undefined {
  const [a, b] = [old.account, fresh.account];
  const isReleased = (group: string): boolean => !after.groups.some(({ name }) => name === group);
  const person: PreviewPerson = {
    person: fresh.employee.id,
    joins: membershipsOnlyIn(b, a, after),
    // Of a group that no rule names any more nobody is removed: it is released.
    leaves: membershipsOnlyIn(a, b, before).filter(({ group }) => !isReleased(group)),
    binds: bindingsOnlyIn(b, a, after),
    unbinds: bindingsOnlyIn(a, b, before),
    values: valueChanges(a, b, after),
    ...(old.stage === fresh.stage
      ? {}
      : {
          stage: {
            before: old.stage,
            after: fresh.stage,
            ...(fresh.hold === undefined ? {} : { because: fresh.hold.code }),
          },
        }),
    ...(a === undefined || b === undefined || a.state === b.state
      ? {}
      : { account: { before: a.state, after: b.state } }),
  };
  const { joins, leaves, binds, unbinds, values } = person;
  const isChanged =
    joins.length + leaves.length + binds.length + unbinds.length + values.length > 0 ||
    person.stage !== undefined ||
    person.account !== undefined;
  return isChanged ? person : undefined;
}

function membershipsOnlyIn(
  one: DesiredAccount | undefined,
  other: DesiredAccount | undefined,
  policy: Policy,
): Membership[] {
  return Object.entries(one?.groups ?? {})
    .filter(([group]) => !Object.hasOwn(other?.groups ?? {}, group))
    .map(([group, because]) => ({
      group,
      because,
      ...placeOf(
        ruleOf(
          policy.groups.find(({ name }) => name === group),
          because,
        ),
      ),
    }));
}

/** The rule whose words stand in the because; the first one when several do. */
function ruleOf(group: GroupPolicy | undefined, because: string): string | undefined {
  return (group?.rules.find((rule) => because.includes(rule.because)) ?? group?.rules[0])?.place;
}

function bindingsOnlyIn(
  one: DesiredAccount | undefined,
  other: DesiredAccount | undefined,
  policy: Policy,
): BindingChange[] {
  return Object.entries(one?.bindings ?? {})
    .filter(([key]) => !Object.hasOwn(other?.bindings ?? {}, key))
    .map(([binding, because]) => ({
      binding,
      because,
      ...placeOf(policy.bindings.find(({ type, name }) => `${type}:${name}` === binding)?.place),
    }));
}

function valueChanges(
  one: DesiredAccount | undefined,
  other: DesiredAccount | undefined,
  policy: Policy,
): ValueChange[] {
  const flat = (account: DesiredAccount | undefined): Record<string, string> => ({
    ...account?.attributes,
    ...(account?.username === undefined ? {} : { username: account.username }),
    ...(account?.email === undefined ? {} : { email: account.email }),
    ...(account?.managerId === undefined ? {} : { manager: account.managerId }),
  });
  const [before, after] = [flat(one), flat(other)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .sort(compareText)
    .map((name) => ({
      name,
      before: before[name] ?? null,
      after: after[name] ?? null,
      ...placeOf(policy.attributes.find((attribute) => attribute.name === name)?.place),
    }));
}

function placeOf(place: string | undefined): { at?: Place } {
  const match = /^(.+):(\d+)$/.exec(place ?? '');
  return match === null ? {} : { at: { file: match[1]!, line: Number(match[2]) } };
}
