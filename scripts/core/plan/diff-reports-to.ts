/** The manager of one account, by HR id: desired against live. */
import type { DesiredAccount, PersonFile } from '../people/person-file.ts';
import type { Finding } from '../values/finding.ts';
import type { Wish } from './action.ts';
import { causeOf, type Subject, wishFor, type World } from './context.ts';

/** The manager by HR id. A manager without account is a finding; managers are never cleared for it. */
export function diffManager(
  subject: Subject,
  desired: DesiredAccount,
  world: World,
  created: ReadonlySet<string>,
): { wishes: Wish[]; findings: Finding[] } {
  const { account, person, record } = subject;
  const managerId = resolveManager(desired.managerId, world);
  const live = account?.manager ?? null;
  const wish = (target: string | null, because: string): Wish => {
    const given = target !== null && record?.manager === target;
    return wishFor(subject, {
      kind: 'set-manager',
      target,
      before: live,
      after: target,
      because: given ? `${because}; changed in JumpCloud, not by Rollcall` : because,
      cause: causeOf(person, 'manager', given ? 'drift' : 'hr'),
      risk: 'low',
    });
  };
  if (managerId === undefined) {
    if (record?.manager !== undefined && live !== null && desired.managerId === undefined)
      return { wishes: [wish(null, 'HR no longer has a manager')], findings: [] };
    return { wishes: [], findings: [] };
  }
  const match = world.matches.get(managerId);
  if (match?.kind === 'linked')
    return { wishes: match.account.id === live ? [] : [wish(managerId, 'manager in HR')], findings: [] };
  if (created.has(managerId)) return { wishes: [wish(managerId, 'manager in HR')], findings: [] };
  // An adopted manager's link comes with the next plan.
  if (match?.kind === 'adopt') return { wishes: [], findings: [] };
  const finding: Finding = {
    code: 'manager-without-account',
    severity: 'info',
    person: subject.id,
    message: `the manager (${managerId}) has no account yet: the manager in JumpCloud is left as it is`,
  };
  return { wishes: [], findings: [finding] };
}

/** Who takes over the reports of somebody whose account is deleted: their own manager, where policy says so; else nobody. */
export function heirOf(person: PersonFile, world: World): string | undefined {
  if (world.policy.lifecycle.leaving.reports === 'keep') return undefined;
  const heir = resolveManager(person.employee['managerId'] as string | undefined, world);
  return heir !== undefined && heir !== person.employee.id && world.matches.get(heir)?.kind === 'linked'
    ? heir
    : undefined;
}

/** A manager who has left is replaced by the next one up where policy says so; cycles end the search. */
function resolveManager(managerId: string | undefined, world: World): string | undefined {
  if (world.policy.lifecycle.leaving.reports === 'keep') return managerId;
  const seen = new Set<string>();
  let current = managerId;
  while (current !== undefined && !seen.has(current)) {
    seen.add(current);
    const manager = world.people.get(current);
    if (manager?.stage !== 'left') return current;
    current = manager.employee['managerId'] as string | undefined;
  }
  return managerId;
}
