/**
 * The groups that mappings and exceptions name, found in JumpCloud by name and pinned id. When the two disagree, or the
 * group is gone or doubled, that group is frozen with a finding and everything else goes on.
 */
import type { LiveDirectory, LiveGroup } from '../directory/live.ts';
import type { Policy } from '../mappings/policy.ts';
import type { Finding } from '../values/finding.ts';
import type { GuardrailCode } from '../values/guardrail-codes.ts';
import { guardrailFinding } from '../values/guardrail-words.ts';

/** state/groups.yaml: name -> JumpCloud id, pinned when first seen. */
export type GroupPins = Readonly<Record<string, string>>;

export interface GroupIndex {
  /** By name: where membership may be planned. */
  open: ReadonlyMap<string, LiveGroup>;
  /** Names that JumpCloud does not have and that the mappings ask to create. */
  toCreate: string[];
  /** Ids of groups whose membership must not be planned: frozen, dynamic or protected. */
  closed: ReadonlySet<string>;
  /** The pins to keep: a name that leaves the mappings loses its pin. */
  pins: Record<string, string>;
  findings: Finding[];
}

type Verdict = { group: LiveGroup } | { create: true } | { finding: Finding; id?: string };

/** Names that the policy asks for: of rules and of exceptions. */
export function namedGroups(policy: Policy): string[] {
  const exceptions = policy.exceptions.flatMap((exception) =>
    exception.kind === 'group' ? [exception.group] : [],
  );
  return [...new Set([...policy.groups.map(({ name }) => name), ...exceptions])].sort();
}

export function indexGroups(policy: Policy, live: LiveDirectory, pins: GroupPins): GroupIndex {
  const open = new Map<string, LiveGroup>();
  const toCreate: string[] = [];
  const closed = new Set<string>();
  const findings: Finding[] = [];
  const newPins: Record<string, string> = {};
  const protectedNames = new Set(policy.guardrails.protected.groups);
  for (const group of live.groups.values())
    if (group.membershipMethod.startsWith('DYNAMIC_') || protectedNames.has(group.name)) closed.add(group.id);
  for (const name of namedGroups(policy)) {
    const pinned = Object.hasOwn(pins, name) ? pins[name] : undefined;
    if (pinned !== undefined) newPins[name] = pinned;
    const verdict = findGroup(name, policy, live, pinned);
    if ('finding' in verdict) {
      findings.push(verdict.finding);
      if (verdict.id !== undefined) closed.add(verdict.id);
    } else if ('create' in verdict) toCreate.push(name);
    else {
      newPins[name] = verdict.group.id;
      if (!closed.has(verdict.group.id)) open.set(name, verdict.group);
      else findings.push(closedFinding(verdict.group, protectedNames.has(name)));
    }
  }
  return { open, toCreate, closed, pins: newPins, findings };
}

function findGroup(name: string, policy: Policy, live: LiveDirectory, pinned: string | undefined): Verdict {
  const sameName = live.groupNames.filter((group) => group.name === name);
  const finding = (code: GuardrailCode, what: string): Finding =>
    guardrailFinding(code, what, { subject: name });
  if (sameName.length > 1)
    return {
      finding: finding('group-doubled', `JumpCloud has ${sameName.length} groups named "${name}"`),
    };
  const found = sameName[0];
  if (pinned !== undefined && found?.id !== pinned) {
    const renamed = live.groupNames.find((group) => group.id === pinned);
    if (renamed !== undefined)
      return {
        id: pinned,
        finding: finding('group-renamed', `the group "${name}" is now named "${renamed.name}" in JumpCloud`),
      };
    return {
      ...(found === undefined ? {} : { id: found.id }),
      finding: finding(
        'group-gone',
        `the group "${name}" that Rollcall knew by id is gone from JumpCloud${found === undefined ? '' : ', and another bears its name'}`,
      ),
    };
  }
  if (found === undefined) {
    if (policy.groups.some((group) => group.name === name && group.create)) return { create: true };
    return {
      finding: finding('group-missing', `JumpCloud has no group "${name}"`),
    };
  }
  const group = live.groups.get(found.id);
  if (group === undefined)
    return {
      id: found.id,
      finding: finding('group-unread', `the group "${name}" could not be read`),
    };
  return { group };
}

function closedFinding(group: LiveGroup, isProtected: boolean): Finding {
  return isProtected
    ? guardrailFinding('group-protected', `"${group.name}" is protected by mappings/guardrails.yaml`, {
        subject: group.name,
      })
    : guardrailFinding(
        'group-dynamic',
        `"${group.name}" is filled by a rule of JumpCloud (${group.membershipMethod}), so its members cannot be written`,
        { subject: group.name },
      );
}
