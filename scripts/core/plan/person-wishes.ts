/** Everything that one person's linked or matched account needs; the create apart. */
import type { Wish } from './action.ts';
import type { Finding } from '../values/finding.ts';
import type { Subject, World } from './context.ts';
import { diffAttributes, diffManager, diffNames, diffState } from './diff-account.ts';
import { diffBindings } from './diff-bindings.ts';
import { diffGroups } from './diff-groups.ts';
import { diffSchedules } from './diff-schedules.ts';
import type { LiveNames } from './live-names.ts';

export function wishesOf(
  subject: Subject,
  world: World,
  created: ReadonlySet<string>,
  names: LiveNames,
): { wishes: Wish[]; findings: Finding[] } {
  const desired = subject.person.account!;
  const isEnding = desired.state === 'suspended' || desired.state === 'deleted';
  const groups =
    desired.state === 'none' ? { wishes: [], findings: [] } : diffGroups(subject, desired, world);
  const bindings =
    desired.state === 'none' ? { wishes: [], findings: [] } : diffBindings(subject, desired, world);
  const revocations = [...diffState(subject, desired, world), ...groups.wishes, ...bindings.wishes];
  const match = world.matches.get(subject.id);
  if (match?.kind === 'adopt')
    return adoptFirst(
      subject,
      match.because,
      desired.state,
      isEnding ? revocations : [],
      world,
      groups.findings,
    );
  const parts = [
    isEnding || desired.state === 'none'
      ? { wishes: [], findings: [] }
      : diffNames(subject, desired, names.owner),
    isEnding || desired.state === 'none'
      ? { wishes: [], findings: [] }
      : diffAttributes(subject, desired, world.policy),
    isEnding || desired.state === 'none'
      ? { wishes: [], findings: [] }
      : diffManager(subject, desired, world, created),
    {
      wishes:
        subject.account?.state === 'SUSPENDED' && desired.state === 'deleted' ? [deleteWish(subject)] : [],
      findings: [],
    },
  ];
  return {
    wishes: [
      ...revocations,
      ...parts.flatMap(({ wishes }) => wishes),
      ...diffSchedules(subject, desired, world),
    ],
    findings: [...groups.findings, ...bindings.findings, ...parts.flatMap((part) => part.findings)],
  };
}

/** An account that we have never written is adopted first; its updates and joins come with the next plan, a leaver's revocations at once. */
function adoptFirst(
  subject: Subject,
  because: string,
  state: string,
  revocations: Wish[],
  world: World,
  findings: Finding[],
): { wishes: Wish[]; findings: Finding[] } {
  const account = subject.account!;
  const isEnding = state === 'suspended' || state === 'deleted';
  if (isEnding && revocations.length === 0) return { wishes: [], findings: [] };
  const wanted = Object.keys(subject.person.account?.groups ?? {});
  const taken = wanted.flatMap((name): [string, string][] => {
    const group = world.groups.open.get(name);
    return group !== undefined && group.members.has(account.id) ? [[group.id, name]] : [];
  });
  const { firstname = '', lastname = '' } = account.attributes;
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
    },
    after: { anchor: subject.id },
    because,
    cause: 'hr',
    risk: 'medium',
  };
  return { wishes: [adopt, ...revocations], findings: isEnding ? findings : [] };
}

function deleteWish(subject: Subject): Wish {
  const account = subject.account!;
  return {
    kind: 'delete',
    person: subject.id,
    account: account.id,
    target: account.id,
    before: { username: account.username, email: account.email },
    after: null,
    because: 'the retention period of mappings/lifecycle.yaml is over',
    cause: 'date',
    risk: 'high',
  };
}
