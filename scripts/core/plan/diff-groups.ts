/** Memberships of one person: we take away only what we gave, unless a rule says that the group is exactly its rules. */
import type { DesiredAccount } from '../people/person-file.ts';
import { restorable } from '../record/ledger.ts';
import { compareText, type Finding } from '../values/finding.ts';
import type { Taken, Wish } from './action.ts';
import { causeOf, causeOfTaking, hireDateOf, type Subject, wishFor, type World } from './context.ts';
import { ruledAtWork } from './ruled-at-work.ts';
import { stageBecause } from './diff-account.ts';
import { guardrailFinding } from '../values/guardrail-words.ts';

export function diffGroups(
  subject: Subject,
  desired: DesiredAccount,
  world: World,
): { wishes: Wish[]; findings: Finding[] } {
  if (subject.person.stage === 'left' || subject.person.stage === 'leave')
    return stripGroups(subject, desired, world);
  return {
    wishes: [
      ...joins(subject, desired, world),
      ...restores(subject, world),
      ...leaves(subject, desired, world),
    ],
    findings: [],
  };
}

function joins(subject: Subject, desired: DesiredAccount, world: World): Wish[] {
  const privileged = new Set(world.policy.guardrails.protected.privilegedGroups);
  return Object.entries(desired.groups).flatMap(([name, because]): Wish[] => {
    const group = world.groups.open.get(name);
    if (group === undefined || isMember(subject, group.id, group.members)) return [];
    const given = subject.record?.groups.has(group.id) === true;
    return [
      wishFor(subject, {
        kind: 'join-group',
        target: group.id,
        before: null,
        after: { group: name },
        because: given ? `${because}; taken away in JumpCloud, not by Rollcall` : because,
        cause: causeOf(subject.person, `group:${name}`, given ? 'drift' : 'hr'),
        risk: privileged.has(name) ? 'high' : 'medium',
      }),
    ];
  });
}

/** What others had given and leave took comes back by id, if it still exists and is not closed; what the rules gave they derive anew. */
function restores(subject: Subject, world: World): Wish[] {
  const closedToHands = new Set(
    world.policy.groups.filter(({ members }) => members !== 'given').map(({ name }) => name),
  );
  return restorable(subject.record, subject.person.employee['hireDate'] as string | undefined).flatMap(
    (thing): Wish[] => {
      const group = world.live.groups.get(thing.target);
      if (
        thing.type !== 'group' ||
        group === undefined ||
        thing.ours ||
        closedToHands.has(group.name) ||
        world.groups.closed.has(group.id) ||
        isMember(subject, group.id, group.members)
      )
        return [];
      return [
        wishFor(subject, {
          kind: 'join-group',
          target: group.id,
          before: { restored: true },
          after: { group: group.name },
          because: `had it before ${thing.why === 'leave' ? 'leave' : 'the exit that was rescinded'}`,
          cause: 'hr',
          risk: world.policy.guardrails.protected.privilegedGroups.includes(group.name) ? 'high' : 'medium',
        }),
      ];
    },
  );
}

function leaves(subject: Subject, desired: DesiredAccount, world: World): Wish[] {
  const { account, person, record } = subject;
  if (account === null) return [];
  const wishes: Wish[] = [];
  const leave = (id: string, name: string, taken: Taken, because: string): void => {
    wishes.push(
      wishFor(subject, {
        kind: 'leave-group',
        target: id,
        before: { group: name, taken, hireDate: hireDateOf(person) },
        after: null,
        because,
        cause: causeOf(person, `group:${name}`, 'hr'),
        risk: 'medium',
      }),
    );
  };
  for (const policy of world.policy.groups) {
    const group = world.groups.open.get(policy.name);
    if (group === undefined || !group.members.has(account.id) || Object.hasOwn(desired.groups, policy.name))
      continue;
    if (policy.members === 'none') leave(group.id, group.name, 'unmapped', 'the mappings empty this group');
    else if (policy.members === 'exact')
      leave(group.id, group.name, 'moved', 'the rules are the whole truth of this group and do not give it');
    else if (record?.groups.has(group.id) === true || person.movedFrom?.[policy.name] !== undefined)
      leave(
        group.id,
        group.name,
        'moved',
        `no longer ${policy.rules.map(({ because }) => because).join('; nor ')}`,
      );
  }
  // An extra group of an exception that has ended: given by us, named by no rule.
  const named = new Set(world.policy.groups.map(({ name }) => name));
  for (const [id, name] of record?.groups ?? []) {
    const group = world.live.groups.get(id);
    if (
      group === undefined ||
      named.has(name) ||
      named.has(group.name) ||
      Object.hasOwn(desired.groups, group.name) ||
      world.groups.closed.has(id) ||
      !group.members.has(account.id)
    )
      continue;
    const ended = world.policy.exceptions.some(
      (exception) =>
        exception.kind === 'group' && exception.person === subject.id && exception.group === group.name,
    );
    if (ended) leave(id, group.name, 'moved', 'the exception that gave it has ended');
  }
  return wishes;
}

/** On leave what policy says, on leaving everything: groups that nobody may write are said, never skipped in silence. */
function stripGroups(
  subject: Subject,
  desired: DesiredAccount,
  world: World,
): { wishes: Wish[]; findings: Finding[] } {
  const { account, person } = subject;
  const wishes: Wish[] = [];
  const findings: Finding[] = [];
  const stage = person.stage === 'leave' ? 'leave' : 'left';
  if (account === null || (stage === 'leave' && world.policy.lifecycle.leave.groups === 'keep'))
    return { wishes, findings };
  const isRuled = ruledAtWork(person, desired, world);
  for (const { id, name } of membershipsOf(account.id, world)) {
    if (Object.hasOwn(desired.groups, name)) continue;
    if (world.groups.closed.has(id)) {
      findings.push(
        guardrailFinding(
          'group-kept',
          `${stage === 'left' ? 'has left' : 'is on leave'} but stays in "${name}", which is protected, frozen or filled by a rule of JumpCloud`,
          { person: subject.id, subject: name, severity: stage === 'left' ? 'critical' : 'warning' },
        ),
      );
      continue;
    }
    wishes.push(
      wishFor(subject, {
        kind: 'leave-group',
        target: id,
        before: {
          group: name,
          taken: stage,
          ours:
            subject.record?.groups.has(id) === true ||
            isRuled.group(name) ||
            person.movedFrom?.[name] !== undefined,
          hireDate: hireDateOf(person),
        },
        after: null,
        because: stageBecause(subject),
        cause: causeOfTaking(person, 'group'),
        risk: 'medium',
      }),
    );
  }
  return { wishes, findings };
}

/** All groups of an account: the full list where it was read, else what the mapped groups tell. */
function membershipsOf(account: string, world: World): { id: string; name: string }[] {
  const read = world.live.memberships.get(account);
  const known = [...world.live.groups.values()].filter((group) => group.members.has(account));
  const all = new Map([...known, ...(read ?? [])].map(({ id, name }) => [id, { id, name }]));
  return [...all.values()].sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
}

function isMember(subject: Subject, group: string, members: ReadonlySet<string>): boolean {
  return subject.account !== null && members.has(subject.account.id) && group !== '';
}

/** Groups that we gave and that the mappings no longer name: released, said once, nobody is removed. */
export function releasedGroups(world: World): Finding[] {
  const named = new Set([
    ...world.policy.groups.map(({ name }) => name),
    ...world.policy.exceptions.flatMap((exception) => (exception.kind === 'group' ? [exception.group] : [])),
  ]);
  const released = new Map<string, number>();
  for (const record of world.ledger.people.values())
    for (const name of record.groups.values())
      if (!named.has(name)) released.set(name, (released.get(name) ?? 0) + 1);
  return [...released].map(([name, count]) => ({
    code: 'group-released',
    severity: 'info' as const,
    subject: name,
    message: `no mapping names "${name}" any more: ${count} ${count === 1 ? 'person keeps the membership' : 'people keep the memberships'} that Rollcall gave; to empty it, name it with "members: none"`,
  }));
}
