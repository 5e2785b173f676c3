/** The state as a seed, both ways. Putting one is what an administrator does in the console while nobody looks. */
import { SeedError } from '../kit/service.ts';
import { CONSOLE } from './events.ts';
import type { EdgeAttributes, GraphNode } from './graph.ts';
import { groupsOf, removeGroup, saveGroup, withLdapGroups } from './groups.ts';
import { recordMembership } from './members.ts';
import { isExempt } from './member-query.ts';
import { insertScheduled, recordSchedule } from './scheduled-states.ts';
import type { Seed, SeedGroup } from './seed.ts';
import { indexReferences, resolveAssociation, type References } from './state-references.ts';
import { applyUsers } from './state-users.ts';
import { mintId, type Actor, type GroupDoc, type ScheduledChange, type World } from './world.ts';

/** A binding as a seed has it. */
export type Edge = [from: GraphNode, to: GraphNode, attributes: EdgeAttributes];

/**
 * Makes the world be what the seed says. What keeps its id or, without one, its name, stays the same thing and is
 * changed; the rest goes. Lists that are absent are empty; keys, accounts, switches and the organisation stay as they
 * are when absent.
 * @throws SeedError when a reference leads nowhere; the world may then be half changed, so callers apply it to a fresh
 * one first.
 */
export function applySeed(world: World, seed: Seed, actor: Actor, now: Date): void {
  if (seed.switches !== undefined) world.switches = seed.switches;
  if (seed.apiKeys !== undefined) world.apiKeys = seed.apiKeys;
  if (seed.serviceAccounts !== undefined) world.serviceAccounts = seed.serviceAccounts;
  if (seed.organization !== undefined) {
    const { id, displayName, settings } = seed.organization;
    world.organization = {
      ...world.organization,
      ...(id === undefined ? {} : { id }),
      ...(displayName === undefined ? {} : { displayName }),
      ...(settings === undefined ? {} : { settings }),
    };
  }
  if (seed.emails !== undefined) world.emails = seed.emails as unknown as World['emails'];
  applyUsers(world, seed.users, actor, now);
  applyObjects(world, seed);
  const groups = [
    ...applyGroups(world, 'user_group', seed.userGroups, actor, now),
    ...applyGroups(world, 'system_group', seed.systemGroups, actor, now),
  ];
  const references = indexReferences(world);
  const edges = new Map<string, Edge>();
  for (const { group, members } of groups)
    for (const member of members) {
      const from = { type: group.type, id: group.id };
      edges.set(edgeKey(from, member), [from, member, undefined]);
    }
  for (const [index, association] of seed.associations.entries()) {
    const [from, to] = resolveAssociation(references, association, ['associations', index]);
    edges.set(edgeKey(from, to), [from, to, association.attributes]);
  }
  applyEdges(world, edges, actor, now);
  applyScheduled(world, seed, references, actor, now);
  world.graph.settle();
  world.searchLagging.clear();
}

function applyObjects(world: World, seed: Seed): void {
  const listed = [
    ...seed.systems.map((object) => ({ ...object, type: 'system' })),
    ...seed.applications.map((object) => ({ ...object, type: 'application' })),
    ...seed.policies.map((object) => ({ ...object, type: 'policy' })),
    ...seed.objects,
  ];
  const kept = new Set<string>();
  const free = new Map<string, string[]>();
  for (const { type, name, id } of world.objects.values())
    free.set(`${type} ${name}`, [...(free.get(`${type} ${name}`) ?? []), id]);
  for (const object of listed) {
    const { type, ...fields } = object;
    const given = object._id ?? object.id;
    const name = object.displayName ?? object.name ?? object.hostname ?? given ?? type;
    const same = free.get(`${type} ${name}`)?.find((other) => !kept.has(other));
    const id = given ?? same ?? mintId(world, 'seed', type, name);
    if (kept.has(id)) throw new SeedError(`jumpcloud: the ${type} id ${id} is there twice`);
    world.usedIds.add(id);
    kept.add(id);
    world.objects.set(id, { id, type, name, fields });
  }
  for (const id of [...world.objects.keys()])
    if (!kept.has(id)) {
      world.objects.delete(id);
      world.graph.forget(id);
    }
}

function applyGroups(
  world: World,
  type: GroupDoc['type'],
  seeds: readonly SeedGroup[],
  actor: Actor,
  now: Date,
): { group: GroupDoc; members: GraphNode[] }[] {
  const kept = new Set<string>();
  const applied: { group: GroupDoc; members: GraphNode[] }[] = [];
  const references = indexReferences(world);
  const list = type === 'user_group' ? 'userGroups' : 'systemGroups';
  for (const [index, seed] of seeds.entries()) {
    const same = groupsOf(world, type).find((group) => group.name === seed.name && !kept.has(group.id));
    const id = seed.id ?? same?.id ?? mintId(world, 'seed', type, seed.name);
    if (kept.has(id))
      throw new SeedError(`jumpcloud.${list}.${index}: the id ${id} is there twice`, [list, index]);
    world.usedIds.add(id);
    kept.add(id);
    const memberType = type === 'user_group' ? 'user' : 'system';
    const group: GroupDoc = {
      id,
      type,
      name: seed.name,
      description: seed.description ?? '',
      email: seed.email ?? '',
      attributes: withLdapGroups(type, seed.attributes ?? {}, seed.name),
      membershipMethod: seed.membershipMethod ?? 'STATIC',
      memberQuery: seed.memberQuery ?? null,
      memberQueryExemptions: (seed.memberQueryExemptions ?? []).map((exemption, at) => ({
        ...exemption,
        id: references.resolve(memberType, exemption.id, [list, index, 'memberQueryExemptions', at]).id,
        organizationId: world.organization.id,
      })),
      memberSuggestionsNotify: seed['memberSuggestionsNotify'] === true,
    };
    saveGroup(world, group, world.groups.get(id), actor, now);
    // Who is in a group that its rule fills is the rule's business, whatever the seed says.
    const byRule = group.membershipMethod === 'DYNAMIC_AUTOMATED' && group.memberQuery !== null;
    const members = (seed.members ?? [])
      .map((member, at) => references.resolve(memberType, member, [list, index, 'members', at]))
      .filter((member) => !byRule || isExempt(group, member.id));
    const ruled = byRule ? [...world.graph.trueNeighbours(id, memberType).keys()] : [];
    applied.push({
      group,
      members: [
        ...members,
        ...ruled
          .filter((member) => !isExempt(group, member))
          .map((member) => ({ type: memberType, id: member })),
      ],
    });
  }
  for (const group of groupsOf(world, type)) if (!kept.has(group.id)) removeGroup(world, group, actor, now);
  return applied;
}

function applyEdges(world: World, wanted: ReadonlyMap<string, Edge>, actor: Actor, now: Date): void {
  for (const [from, to] of exportEdges(world)) {
    if (wanted.has(edgeKey(from, to))) continue;
    world.graph.disconnect(from, to);
    recordMembership(world, from, to, 'remove', actor, now);
  }
  for (const [from, to, attributes] of wanted.values()) {
    const before = world.graph.trueNeighbours(from.id, to.type);
    const there = before.has(to.id);
    if (there && JSON.stringify(before.get(to.id)) === JSON.stringify(attributes)) continue;
    world.graph.connect(from, to, attributes);
    recordMembership(world, from, to, there ? 'update' : 'add', actor, now);
  }
}

function applyScheduled(world: World, seed: Seed, references: References, actor: Actor, now: Date): void {
  const before = new Map(world.scheduled.map((change) => [`${change.jobId} ${change.userId}`, change]));
  world.scheduled = [];
  for (const [index, job] of seed.scheduled.entries()) {
    const at = new Date(job.scheduledDate);
    const path = ['scheduled', index];
    if (Number.isNaN(at.getTime()))
      throw new SeedError(`jumpcloud.${path.join('.')}: ${job.scheduledDate} is no date`, path);
    const userId = references.resolve('user', job.user, [...path, 'user']).id;
    const jobId =
      job.scheduledJobId ?? mintId(world, 'seed', 'job', `${userId} ${job.state} ${job.scheduledDate}`);
    world.usedIds.add(jobId);
    const change: ScheduledChange = {
      jobId,
      userId,
      state: job.state,
      at,
      sendEmails: job.sendActivationEmails ?? true,
      emailOverride: job.activationEmailOverride,
      actor: job.initiatedBy === undefined ? CONSOLE : { ...CONSOLE, initiatedBy: job.initiatedBy },
    };
    insertScheduled(world, change);
    const key = `${jobId} ${userId}`;
    if (!before.delete(key)) recordSchedule(world, change, 'create', actor, now);
  }
  for (const change of before.values()) recordSchedule(world, change, 'delete', actor, now);
}

/** Every edge once, from groups to members first, then whatever hangs on users, groups and systems. */
export function exportEdges(world: World): Edge[] {
  const edges: Edge[] = [];
  const seen = new Set<string>();
  const sources: GraphNode[] = [
    ...[...world.groups.values()].map(({ type, id }) => ({ type, id })),
    ...[...world.users.values()].map(({ id }) => ({ type: 'user', id })),
    ...[...world.objects.values()].filter(({ type }) => type === 'system'),
  ];
  const types = new Set(['user', 'system', 'user_group', 'system_group']);
  for (const { type } of world.objects.values()) types.add(type);
  for (const from of sources)
    for (const type of types)
      for (const [id, attributes] of world.graph.trueNeighbours(from.id, type)) {
        const to = { type, id };
        const key = edgeKey(from, to);
        if (seen.has(key)) continue;
        seen.add(key);
        edges.push([from, to, attributes]);
      }
  return edges;
}

function edgeKey(a: GraphNode, b: GraphNode): string {
  return a.id < b.id ? `${a.id} ${b.id}` : `${b.id} ${a.id}`;
}
