/**
 * The groups that mappings and exceptions name, found in JumpCloud by name and pinned id. When the two disagree, or the
 * group is gone or doubled, that group is frozen with a finding and everything else goes on.
 */
import type { LiveDirectory, LiveGroup } from '../directory/live.ts';
import type { Policy } from '../mappings/policy.ts';
import type { Finding } from '../values/finding.ts';

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
    const pinned = pins[name];
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
  const finding = (code: string, message: string): Finding => ({
    code,
    severity: 'warning',
    subject: name,
    message,
  });
  if (sameName.length > 1)
    return {
      finding: finding(
        'group-doubled',
        `JumpCloud has ${sameName.length} groups named "${name}": rename all but one; nothing is done to it until then`,
      ),
    };
  const found = sameName[0];
  if (pinned !== undefined && found?.id !== pinned) {
    const renamed = live.groupNames.find((group) => group.id === pinned);
    if (renamed !== undefined)
      return {
        id: pinned,
        finding: finding(
          'group-renamed',
          `the group "${name}" is now named "${renamed.name}" in JumpCloud: name it so in mappings/groups, or rename it back; it is frozen until then`,
        ),
      };
    return {
      ...(found === undefined ? {} : { id: found.id }),
      finding: finding(
        'group-gone',
        `the group "${name}" that Rollcall knew by id is gone from JumpCloud${found === undefined ? '' : ', and another bears its name'}: take its rules out of mappings/groups for one sync and put them back to begin anew; it is frozen until then`,
      ),
    };
  }
  if (found === undefined) {
    if (policy.groups.some((group) => group.name === name && group.create)) return { create: true };
    return {
      finding: finding(
        'group-missing',
        `JumpCloud has no group "${name}": create it there, or set "create: true" on it in mappings/groups; its members wait`,
      ),
    };
  }
  const group = live.groups.get(found.id);
  if (group === undefined)
    return {
      id: found.id,
      finding: finding('group-unread', `the group "${name}" could not be read: it is frozen in this plan`),
    };
  return { group };
}

function closedFinding(group: LiveGroup, isProtected: boolean): Finding {
  return isProtected
    ? {
        code: 'group-protected',
        severity: 'info',
        subject: group.name,
        message: `"${group.name}" is protected by mappings/guardrails.yaml: its membership is left alone`,
      }
    : {
        code: 'group-dynamic',
        severity: 'warning',
        subject: group.name,
        message: `"${group.name}" is filled by a rule of JumpCloud (${group.membershipMethod}): its members cannot be written; remove it from mappings/groups or make it static`,
      };
}
