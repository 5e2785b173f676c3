/**
 * Members of groups. The matrix of answers is the one that three clients agree on (ConductorOne's connector, the
 * official CLI, Loadsmart): 204, 409 when already in, 404 when not in or unknown, 400 when the GROUP is unknown.
 */
import type { Answer } from '../kit/service.ts';
import { alreadyExists, badRequest, invalidArgument, noContent, notFound } from './answers.ts';
import { recordEvent } from './events.ts';
import type { GraphNode } from './graph.ts';
import { isDynamic, isExempt, suggestMembers } from './member-query.ts';
import type { ApiRequest, Route } from './routing.ts';
import { answerList } from './v2-query.ts';
import { isRecord } from './values.ts';
import { nodeExists, nodeName, type Actor, type GroupDoc, type World } from './world.ts';

interface MemberKind {
  base: string;
  group: GroupDoc['type'];
  member: 'user' | 'system';
  /** Path of the members' own view: which groups am I in. */
  memberOf: string;
}

const KINDS: MemberKind[] = [
  {
    base: '/api/v2/usergroups/{group_id}',
    group: 'user_group',
    member: 'user',
    memberOf: '/api/v2/users/{id}/memberof',
  },
  {
    base: '/api/v2/systemgroups/{group_id}',
    group: 'system_group',
    member: 'system',
    memberOf: '/api/v2/systems/{id}/memberof',
  },
];

export const memberRoutes: Route[] = KINDS.flatMap((kind) => [
  {
    method: 'GET',
    template: `${kind.base}/members`,
    answer: (world: World, request: ApiRequest) => getMembers(world, kind, request),
  },
  {
    method: 'POST',
    template: `${kind.base}/members`,
    answer: (world: World, request: ApiRequest) => changeMember(world, kind, request),
  },
  {
    method: 'GET',
    template: `${kind.base}/membership`,
    answer: (world: World, request: ApiRequest) => getMembership(world, kind, request),
  },
  {
    method: 'GET',
    template: kind.memberOf,
    answer: (world: World, request: ApiRequest) => getMemberOf(world, kind, request),
  },
  {
    method: 'GET',
    template: `${kind.base}/suggestions`,
    answer: (world: World, request: ApiRequest) => getSuggestions(world, kind, request),
  },
  {
    method: 'POST',
    template: `${kind.base}/suggestions`,
    answer: (world: World, request: ApiRequest) => applySuggestions(world, kind, request),
  },
]);

function groupOf(world: World, kind: MemberKind, { params }: ApiRequest): GroupDoc | undefined {
  const group = world.groups.get(params['group_id'] ?? '');
  return group?.type === kind.group ? group : undefined;
}

/** Direct edges as GraphConnection[]. */
function getMembers(world: World, kind: MemberKind, request: ApiRequest): Answer {
  const group = groupOf(world, kind, request);
  if (group === undefined) return notFound;
  const edges = world.graph.neighbours(group.id, kind.member);
  return answerList(request.call, edges, ([id, attributes]) => ({
    to: { id, type: kind.member },
    ...(attributes === undefined ? {} : { attributes }),
  }));
}

/** Effective members as GraphObjectWithPaths[]; groups do not nest, so every path has one step. */
function getMembership(world: World, kind: MemberKind, request: ApiRequest): Answer {
  const group = groupOf(world, kind, request);
  if (group === undefined) return notFound;
  const rows = world.graph
    .neighbours(group.id, kind.member)
    .map(([id]) => withPath({ type: kind.group, id: group.id }, { type: kind.member, id }));
  return answerList(request.call, rows);
}

/** An unknown user gets 200 and an empty list (Loadsmart). */
function getMemberOf(world: World, kind: MemberKind, { call, params }: ApiRequest): Answer {
  const from = { type: kind.member, id: params['id'] ?? '' };
  const rows = world.graph
    .neighbours(from.id, kind.group)
    .map(([id]) => withPath(from, { type: kind.group, id }));
  return answerList(call, rows);
}

function withPath(from: GraphNode, to: GraphNode): object {
  return { id: to.id, type: to.type, compiledAttributes: null, paths: [[{ from, to }]] };
}

function changeMember(world: World, kind: MemberKind, request: ApiRequest): Answer {
  const { op, type, id, attributes } = isRecord(request.body) ? request.body : {};
  if ((op !== 'add' && op !== 'remove' && op !== 'update') || type !== kind.member || typeof id !== 'string')
    return badRequest('invalid operation');
  const group = groupOf(world, kind, request);
  if (group === undefined) return invalidArgument(`${kind.group} not found`);
  const member = { type: kind.member, id };
  if (!nodeExists(world, member)) return notFound;
  const groupNode = { type: kind.group, id: group.id };
  const isMember = world.graph.has(groupNode, member);
  if (op === 'add' && isMember) return alreadyExists;
  if (op !== 'add' && !isMember) return notFound;
  // The rule of a dynamic group keeps deciding: the operation is accepted and nothing changes (Loadsmart).
  if (isDynamic(group) && !isExempt(group, id)) return noContent;
  if (op === 'remove') world.graph.disconnect(groupNode, member);
  else world.graph.connect(groupNode, member, isRecord(attributes) ? attributes : undefined);
  recordMembership(world, groupNode, member, op, request.actor, request.now);
  return noContent;
}

/** `association_change`, from the group to the member. */
export function recordMembership(
  world: World,
  from: GraphNode,
  to: GraphNode,
  op: 'add' | 'remove' | 'update',
  actor: Actor,
  now: Date,
): void {
  recordEvent(world, actor, now, 'association_change', {
    resource: { type: from.type, id: from.id, name: nodeName(world, from) },
    association: {
      op,
      action_source: 'manual',
      type: to.type,
      id: to.id,
      connection: {
        from: { type: from.type, object_id: from.id, name: nodeName(world, from) },
        to: { type: to.type, object_id: to.id, name: nodeName(world, to) },
      },
    },
  });
}

function getSuggestions(world: World, kind: MemberKind, request: ApiRequest): Answer {
  const group = groupOf(world, kind, request);
  if (group === undefined) return notFound;
  const rows = suggestMembers(world, group).map(({ op, id }) => ({ op, object: { id, type: kind.member } }));
  return answerList(request.call, rows);
}

/** Applies the suggestions for the named users; the others are told back as not found. */
function applySuggestions(world: World, kind: MemberKind, request: ApiRequest): Answer {
  const group = groupOf(world, kind, request);
  if (group === undefined) return notFound;
  const input = isRecord(request.body) ? request.body[`${kind.member}_ids`] : undefined;
  if (!Array.isArray(input)) return badRequest(`${kind.member}_ids is required`);
  const open = new Map(suggestMembers(world, group).map(({ id, op }) => [id, op]));
  const found = input.map(String).filter((id) => open.has(id));
  const groupNode = { type: kind.group, id: group.id };
  for (const id of found) {
    const member = { type: kind.member, id };
    const op = open.get(id) ?? 'add';
    if (op === 'add') world.graph.connect(groupNode, member);
    else world.graph.disconnect(groupNode, member);
    recordMembership(world, groupNode, member, op, request.actor, request.now);
  }
  return {
    status: 200,
    json: {
      suggestions_found: found,
      suggestions_not_found: input.map(String).filter((id) => !open.has(id)),
    },
  };
}
