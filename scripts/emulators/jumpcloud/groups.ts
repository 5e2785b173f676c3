/**
 * User groups and system groups of API v2, as the Terraform provider of Loadsmart observed them: POST and PUT replace
 * the whole group, the list leaves out everything about membership, `ldapGroups` comes by itself.
 */
import type { Answer } from '../kit/service.ts';
import {
  alreadyExists,
  badRequest,
  isRefused,
  noContent,
  notFound,
  refuse,
  type Refused,
} from './answers.ts';
import { diffFields, recordEvent } from './events.ts';
import { reevaluateGroup, suggestMembers } from './member-query.ts';
import type { ApiRequest, Route } from './routing.ts';
import { answerList } from './v2-query.ts';
import { isRecord } from './values.ts';
import { mintId, type Actor, type GroupDoc, type World } from './world.ts';

type GroupType = GroupDoc['type'];

const METHODS = ['NOTSET', 'STATIC', 'DYNAMIC_REVIEW_REQUIRED', 'DYNAMIC_AUTOMATED'];

export const groupRoutes: Route[] = [
  {
    method: 'GET',
    template: '/api/v2/groups',
    answer: (world, { call }) => answerList(call, [...world.groups.values()], renderListed),
  },
  ...routesOf('user_group', '/api/v2/usergroups'),
  ...routesOf('system_group', '/api/v2/systemgroups'),
];

function routesOf(type: GroupType, base: string): Route[] {
  const onGroup =
    (answer: (world: World, group: GroupDoc, request: ApiRequest) => Answer): Route['answer'] =>
    (world, request) => {
      const group = world.groups.get(request.params['id'] ?? '');
      return group?.type === type ? answer(world, group, request) : notFound;
    };
  return [
    {
      method: 'GET',
      template: base,
      answer: (world, { call }) => answerList(call, groupsOf(world, type), renderListed),
    },
    { method: 'POST', template: base, answer: (world, request) => postGroup(world, type, request) },
    {
      method: 'GET',
      template: `${base}/{id}`,
      answer: onGroup((world, group) => ({ status: 200, json: renderGroup(world, group) })),
    },
    { method: 'PUT', template: `${base}/{id}`, answer: onGroup(putGroup) },
    { method: 'DELETE', template: `${base}/{id}`, answer: onGroup(deleteGroup) },
  ];
}

export function groupsOf(world: World, type: GroupType): GroupDoc[] {
  return [...world.groups.values()].filter((group) => group.type === type);
}

/** The list omits membership fields although they can be filtered for (Loadsmart; OpenAPI document). */
function renderListed(group: GroupDoc): object {
  const { id, name, description, email, type } = group;
  return { id, name, description, email, type };
}

export function renderGroup(world: World, group: GroupDoc): Record<string, unknown> {
  const suggestions = suggestMembers(world, group);
  const add = suggestions.filter(({ op }) => op === 'add').length;
  return {
    ...group,
    memberQueryErrorFlags: [],
    ...(group.type === 'user_group'
      ? { suggestionCounts: { add, remove: suggestions.length - add, total: suggestions.length } }
      : {}),
  };
}

function postGroup(world: World, type: GroupType, request: ApiRequest): Answer {
  const read = readGroup(world, type, request);
  if (isRefused(read)) return read.refused;
  if (nameTaken(world, type, read.name, undefined)) return alreadyExists;
  const group: GroupDoc = { id: mintId(world, 'api', type, read.name), type, ...read };
  saveGroup(world, group, undefined, request.actor, request.now);
  return { status: 201, json: renderGroup(world, group) };
}

/** A full replace: what the body leaves out goes back to its default. */
function putGroup(world: World, group: GroupDoc, request: ApiRequest): Answer {
  const read = readGroup(world, group.type, request);
  if (isRefused(read)) return read.refused;
  if (nameTaken(world, group.type, read.name, group.id)) return alreadyExists;
  const posix = group.attributes['posixGroups'];
  if (posix !== undefined && JSON.stringify(posix) !== JSON.stringify(read.attributes['posixGroups']))
    return badRequest('existing attribute posixGroups may not be changed');
  const after: GroupDoc = { id: group.id, type: group.type, ...read };
  saveGroup(world, after, group, request.actor, request.now);
  return { status: 200, json: renderGroup(world, after) };
}

function deleteGroup(world: World, group: GroupDoc, { actor, now }: ApiRequest): Answer {
  removeGroup(world, group, actor, now);
  return noContent;
}

export function saveGroup(
  world: World,
  group: GroupDoc,
  before: GroupDoc | undefined,
  actor: Actor,
  now: Date,
): void {
  const changes = diffFields({ ...before }, { ...group });
  world.groups.set(group.id, group);
  if (before === undefined || changes.length > 0)
    recordEvent(world, actor, now, before === undefined ? 'group_create' : 'group_update', {
      resource: groupResource(group),
      changes,
    });
  reevaluateGroup(world, group, now);
}

export function removeGroup(world: World, group: GroupDoc, actor: Actor, now: Date): void {
  world.groups.delete(group.id);
  world.graph.forget(group.id);
  recordEvent(world, actor, now, 'group_delete', { resource: groupResource(group) });
}

function groupResource(group: GroupDoc): Record<string, unknown> {
  return { type: group.type, id: group.id, name: group.name };
}

function nameTaken(world: World, type: GroupType, name: string, self: string | undefined): boolean {
  if (world.switches.duplicateGroupName === 'accept') return false;
  return groupsOf(world, type).some((group) => group.name === name && group.id !== self);
}

function readGroup(
  world: World,
  type: GroupType,
  { body, call }: ApiRequest,
): Omit<GroupDoc, 'id' | 'type'> | Refused {
  if (!isRecord(body)) return refuse(400, 'The body must be an object');
  const { name, membershipMethod } = body;
  if (typeof name !== 'string' || name === '') return refuse(400, 'name is required');
  if (membershipMethod !== undefined && !METHODS.includes(membershipMethod as string))
    return refuse(400, `invalid membershipMethod: ${JSON.stringify(membershipMethod)}`);
  const memberQuery = isRecord(body['memberQuery']) ? body['memberQuery'] : null;
  const misread = refuseMemberQuery(memberQuery, call.headers['x-query-dsl']);
  if (misread !== undefined) return misread;
  const exemptions = readExemptions(world, type, body['memberQueryExemptions']);
  if (isRefused(exemptions)) return exemptions;
  const attributes = isRecord(body['attributes']) ? body['attributes'] : {};
  return {
    name,
    description: typeof body['description'] === 'string' ? body['description'] : '',
    email: typeof body['email'] === 'string' ? body['email'] : '',
    attributes: withLdapGroups(type, attributes, name),
    membershipMethod: typeof membershipMethod === 'string' ? membershipMethod : 'STATIC',
    memberQuery,
    memberQueryExemptions: exemptions.list,
    memberSuggestionsNotify: body['memberSuggestionsNotify'] === true,
  };
}

/** `attributes.ldapGroups` is added by JumpCloud, with the group's name (Loadsmart). */
export function withLdapGroups(
  type: GroupType,
  attributes: Record<string, unknown>,
  name: string,
): Record<string, unknown> {
  if (type !== 'user_group' || attributes['ldapGroups'] !== undefined) return attributes;
  return { ...attributes, ldapGroups: [{ name }] };
}

/** v1 rules need a queryType; v2 rules come with `x-query-dsl: v2` and must not have one (OpenAPI document). */
function refuseMemberQuery(
  query: Record<string, unknown> | null,
  dsl: string | string[] | undefined,
): Refused | undefined {
  if (query === null) return undefined;
  const queryType = query['queryType'];
  if (dsl === 'v2')
    return queryType === undefined ? undefined : refuse(400, 'memberQuery.queryType must be omitted');
  if (queryType === undefined) return refuse(400, 'memberQuery.queryType is required');
  return ['FilterQuery', 'Filter', 'Search'].includes(queryType as string)
    ? undefined
    : refuse(400, 'memberQuery.queryType is invalid');
}

/** Exemptions are `{type: "USER", id}` with the type in capitals; a wrong type is 400, an unknown id 404 (Loadsmart). */
function readExemptions(
  world: World,
  type: GroupType,
  input: unknown,
): { list: Record<string, unknown>[] } | Refused {
  const list: Record<string, unknown>[] = [];
  for (const entry of Array.isArray(input) ? (input as unknown[]) : []) {
    const { type: kind, id } = isRecord(entry) ? entry : {};
    const [wanted, known] =
      type === 'user_group'
        ? ['USER', world.users.get(String(id)) !== undefined]
        : ['SYSTEM', world.objects.get(String(id))?.type === 'system'];
    if (kind !== wanted)
      return refuse(400, `member query exemptions must be of type ${wanted.toLowerCase()}`);
    if (!known) return { refused: notFound };
    list.push({ type: kind, id, organizationId: world.organization.id });
  }
  return { list };
}
