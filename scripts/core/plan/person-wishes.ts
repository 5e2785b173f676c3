/** Everything that one person's linked or matched account needs; the create apart. */
import type { Match } from '../directory/match.ts';
import type { Wish } from './action.ts';
import type { Finding } from '../values/finding.ts';
import type { Subject, World } from './context.ts';
import { diffNames, diffState } from './diff-account.ts';
import { diffAttributes } from './diff-attributes.ts';
import { diffManager, heirOf } from './diff-reports-to.ts';
import { diffBindings } from './diff-bindings.ts';
import { diffGroups } from './diff-groups.ts';
import { diffSchedules } from './diff-schedules.ts';
import type { LiveNames } from './live-names.ts';
import { HOLDINGS_UNREAD } from '../record/ledger.ts';

type Part = { wishes: Wish[]; findings: Finding[] };
const NOTHING: Part = { wishes: [], findings: [] };

/**
 * | stage           | state | groups, bindings | names | attributes, manager | deletion      |
 * |-----------------|-------|------------------|-------|---------------------|---------------|
 * | future          |       |                  |       |                     |               |
 * | prehire, active | yes   | yes              | yes   | yes                 |               |
 * | leave           | yes   | taken            |       | yes                 |               |
 * | left            | yes   | taken            |       |                     | after its time |
 */
export function wishesOf(
  subject: Subject,
  world: World,
  created: ReadonlySet<string>,
  names: LiveNames,
): Part {
  const desired = subject.person.account!;
  const { stage } = subject.person;
  if (stage === 'future') return { wishes: diffSchedules(subject, desired, world), findings: [] };
  const groups = diffGroups(subject, desired, world);
  const bindings = diffBindings(subject, desired, world);
  const access = [...diffState(subject, desired, world), ...groups.wishes, ...bindings.wishes];
  const isEnding = stage === 'left' || stage === 'leave';
  const unread = isEnding ? unreadHoldings(subject, world) : [];
  const match = world.matches.get(subject.id);
  if (match?.kind === 'adopt')
    return adoptFirst(subject, match.because, isEnding ? access : undefined, world, [
      ...groups.findings,
      ...unread,
    ]);
  const parts: Part[] = [
    groups,
    bindings,
    isEnding ? NOTHING : diffNames(subject, desired, names.owner, world.policy),
    stage === 'left' ? NOTHING : diffAttributes(subject, desired, world.policy),
    stage === 'left' ? NOTHING : diffManager(subject, desired, world, created),
  ];
  const deletion =
    desired.state === 'deleted' && subject.account?.state === 'SUSPENDED' ? [deleteWish(subject, world)] : [];
  const wishes = [
    ...diffState(subject, desired, world),
    ...parts.flatMap((part) => part.wishes),
    ...deletion,
    ...diffSchedules(subject, desired, world),
  ];
  const doubt = wishes.length > 0 && match?.kind === 'linked' ? doubtOf(subject, match) : [];
  return { wishes, findings: [...parts.flatMap((part) => part.findings), ...unread, ...doubt] };
}

/** Said as long as there is something to take: until somebody decides, a leaver may be inside. */
function doubtOf({ id }: Subject, { doubt }: Extract<Match, { kind: 'linked' }>): Finding[] {
  return doubt === undefined ? [] : [{ ...doubt, severity: 'critical', person: id }];
}

function unreadHoldings({ id, account }: Subject, { live }: World): Finding[] {
  if (account === null || live.unread?.has(account.id) !== true) return [];
  return [
    {
      code: HOLDINGS_UNREAD,
      severity: 'critical',
      person: id,
      message:
        'JumpCloud did not tell, or not in time, what this person has: the suspension does not wait for it, and a later plan takes the rest',
    },
  ];
}

/** An account that we have never written is adopted first; its updates and joins come with the next plan, a leaver's revocations at once. */
function adoptFirst(
  subject: Subject,
  because: string,
  revocations: Wish[] | undefined,
  world: World,
  findings: Finding[],
): Part {
  const account = subject.account!;
  // Nobody needs the account of somebody linked who has left long ago and has nothing any more.
  if (revocations?.length === 0 && !world.adoptionsPending.has(subject.id)) return NOTHING;
  const wanted = Object.keys(subject.person.account?.groups ?? {});
  const taken = wanted.flatMap((name): [string, string][] => {
    const group = world.groups.open.get(name);
    return group !== undefined && group.members.has(account.id) ? [[group.id, name]] : [];
  });
  const { firstname = '', lastname = '' } = account.attributes;
  const proposed = subject.person.account?.username;
  const adopt: Wish = {
    kind: 'adopt',
    person: subject.id,
    account: account.id,
    target: account.id,
    before: {
      username: account.username,
      email: account.email,
      name: `${firstname} ${lastname}`.trim(),
      groups: Object.fromEntries(taken),
      ...(proposed === undefined || proposed === account.username ? {} : { proposed }),
    },
    after: { anchor: subject.id },
    because,
    cause: 'hr',
    risk: 'medium',
  };
  return { wishes: [adopt, ...(revocations ?? [])], findings: revocations === undefined ? [] : findings };
}

function deleteWish(subject: Subject, world: World): Wish {
  const account = subject.account!;
  const heir = heirOf(subject.person, world);
  return {
    kind: 'delete',
    person: subject.id,
    account: account.id,
    target: account.id,
    before: {
      username: account.username,
      email: account.email,
      ...(heir === undefined ? {} : { reportsTo: heir }),
    },
    after: null,
    because: 'the retention period of mappings/lifecycle.yaml is over',
    cause: 'date',
    risk: 'high',
  };
}
