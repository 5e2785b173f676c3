/** Who is in managed groups without rule or record, and what suspended people still have. */
import type { LiveAccount, LiveBinding } from '../directory/live.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { Drift } from './drift.ts';
import type { Scene } from './scene.ts';

/** Members that the rules do not give, that no receipt of ours put there and that the plan leaves alone. */
export function compareMembers(scene: Scene): Drift[] {
  const planned = plannedThings(scene);
  const drift: Drift[] = [];
  for (const policy of scene.policy.groups) {
    const group = scene.groups.open.get(policy.name);
    if (group === undefined) continue;
    for (const id of group.members) {
      const account = scene.accounts.get(id);
      const person = scene.owners.get(id);
      if (
        account === undefined ||
        isExpected(person, policy.name, account) ||
        planned.has(`${id} ${group.id}`)
      )
        continue;
      if (person !== undefined && scene.ledger.people.get(person.employee.id)?.groups.has(group.id) === true)
        continue;
      drift.push({
        kind: 'unmanaged-member',
        severity: scene.policy.guardrails.protected.privilegedGroups.includes(policy.name)
          ? 'critical'
          : policy.members === 'given'
            ? 'info'
            : 'warning',
        ...(person === undefined ? {} : { person: person.employee.id }),
        account: id,
        username: account.username,
        target: policy.name,
        should: null,
        is: 'member',
        message: `is in "${policy.name}", which no rule gives ${person === undefined ? 'it: the account is no employee’s' : 'them'}, and Rollcall did not: ${
          person === undefined
            ? 'take it out by hand'
            : policy.members === 'given'
              ? 'a rule or an exception in mappings/ makes it so, "members: exact" ends it'
              : 'it is taken away once they are linked and not on hold'
        }`,
        remedy: 'report',
        watch: { about: 'bound', account: id, to: group.id, op: 'add' },
      });
    }
  }
  return drift;
}

/** Suspended people have their devices and groups told by compareSuspended. */
function isExpected(person: PersonFile | undefined, group: string, account: LiveAccount): boolean {
  if (person === undefined) return false;
  if (account.state === 'SUSPENDED' && isEnding(person)) return true;
  return Object.hasOwn(person.account?.groups ?? {}, group);
}

function isEnding({ stage }: PersonFile): boolean {
  return stage === 'left' || stage === 'leave';
}

/** What policy lets people on leave keep is not drift; whoever should be working is told as a wrong state. */
export function compareSuspended(scene: Scene): Drift[] {
  const planned = plannedThings(scene);
  return [...scene.owners].flatMap(([id, person]): Drift[] => {
    const account = scene.accounts.get(id);
    if (account?.state !== 'SUSPENDED' || person.stage === 'active' || person.stage === 'prehire') return [];
    return [...groupsLeft(account, person, scene), ...bindingsLeft(account, person, scene)].filter(
      ({ watch }) => watch?.about !== 'bound' || !planned.has(`${id} ${watch.to}`),
    );
  });
}

function groupsLeft(account: LiveAccount, person: PersonFile, scene: Scene): Drift[] {
  if (person.stage === 'leave' && scene.policy.lifecycle.leave.groups === 'keep') return [];
  const protectedGroups = new Set(scene.policy.guardrails.protected.groups);
  return (scene.suspended.memberships.get(account.id) ?? [])
    .filter(
      ({ name, id }) =>
        !Object.hasOwn(person.account?.groups ?? {}, name) &&
        // Closed groups are told by the planner, where it looks at this person.
        !(protectedGroups.has(name) || scene.groups.closed.has(id)),
    )
    .map(({ id, name }) => stillHas(account, person, `group "${name}"`, name, id));
}

function bindingsLeft(account: LiveAccount, person: PersonFile, scene: Scene): Drift[] {
  const { leave, leaving } = scene.policy.lifecycle;
  const kept: readonly string[] = person.stage === 'leave' ? leave.bindings : leaving.bindings;
  const isDrift = ({ type, name }: LiveBinding): boolean =>
    (person.stage === 'leave' ? kept.includes(type) : true) &&
    !Object.hasOwn(person.account?.bindings ?? {}, `${type}:${name}`);
  return (scene.suspended.bindings.get(account.id) ?? [])
    .filter(isDrift)
    .map(({ type, id, name }) => stillHas(account, person, `${WORDS[type] ?? type} "${name}"`, name, id));
}

const WORDS: Readonly<Record<string, string>> = {
  system: 'device',
  system_group: 'device group',
  policy: 'policy',
  policy_group: 'policy group',
  application: 'application',
};

function stillHas(account: LiveAccount, person: PersonFile, thing: string, name: string, id: string): Drift {
  return {
    kind: 'suspended-still-bound',
    severity: person.stage === 'left' ? 'warning' : 'info',
    person: person.employee.id,
    account: account.id,
    username: account.username,
    target: name,
    should: null,
    is: 'bound',
    message: `is suspended (${person.stage}) and still has ${thing}: nothing in the plan takes it away, do it by hand`,
    remedy: 'report',
    watch: { about: 'bound', account: account.id, to: id, op: 'add' },
  };
}

/** `account thing` that an action of the next plan takes away or gives. */
function plannedThings({ planned }: Scene): ReadonlySet<string> {
  return new Set(
    planned.actions.flatMap(({ account, target }) =>
      account === null || target === null ? [] : [`${account} ${target.slice(target.indexOf(':') + 1)}`],
    ),
  );
}
