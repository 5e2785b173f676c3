/** Direct associations of users, groups, systems, policies and applications. */
import type { Answer } from '../kit/service.ts';
import { alreadyExists, badRequest, invalidArgument, noContent, notFound } from './answers.ts';
import { recordMembership } from './members.ts';
import type { ApiRequest, Route } from './routing.ts';
import { answerList, readList } from './v2-query.ts';
import { isRecord } from './values.ts';
import { nodeExists, type World } from './world.ts';

const DIRECTORIES = [
  'active_directory',
  'application',
  'g_suite',
  'idp_routing_policy',
  'ldap_server',
  'office_365',
  'password_manager_item',
  'policy',
  'policy_group',
  'radius_server',
  'system',
  'system_group',
];

/** Which types may be bound to which: the enums of the OpenAPI document. */
const SOURCES: { type: string; template: string; targets: string[] }[] = [
  { type: 'user', template: '/api/v2/users/{id}/associations', targets: DIRECTORIES },
  { type: 'user_group', template: '/api/v2/usergroups/{id}/associations', targets: DIRECTORIES },
  {
    type: 'system_group',
    template: '/api/v2/systemgroups/{id}/associations',
    targets: ['command', 'policy', 'policy_group', 'radius_server', 'user', 'user_group'],
  },
  {
    type: 'system',
    template: '/api/v2/systems/{id}/associations',
    targets: ['command', 'policy', 'policy_group', 'user', 'user_group'],
  },
  {
    type: 'policy',
    template: '/api/v2/policies/{id}/associations',
    targets: ['system', 'system_group', 'user', 'user_group'],
  },
  {
    type: 'application',
    template: '/api/v2/applications/{id}/associations',
    targets: ['agent_group', 'user', 'user_group'],
  },
];

export const associationRoutes: Route[] = SOURCES.flatMap(({ type, template, targets }) => [
  {
    method: 'GET',
    template,
    answer: (world: World, request: ApiRequest) => getAssociations(world, type, targets, request),
  },
  {
    method: 'POST',
    template,
    answer: (world: World, request: ApiRequest) => changeAssociation(world, type, targets, request),
  },
]);

/** Whether the documents let the two types be bound to each other. */
export function canAssociate(source: string, target: string): boolean {
  return SOURCES.some(({ type, targets }) => type === source && targets.includes(target));
}

/** `targets` is required; a type that the source cannot be bound to is 400 (official CLI). */
function getAssociations(
  world: World,
  type: string,
  allowed: string[],
  { call, params }: ApiRequest,
): Answer {
  const targets = readList(call.query, 'targets');
  if (targets.length === 0) return badRequest('targets is required');
  const wrong = targets.find((target) => !allowed.includes(target));
  if (wrong !== undefined) return badRequest(`invalid target: ${wrong}`);
  const source = { type, id: params['id'] ?? '' };
  if (!nodeExists(world, source)) return notFound;
  const edges = targets.flatMap((target) =>
    world.graph.neighbours(source.id, target).map(([id, attributes]) => ({ id, type: target, attributes })),
  );
  return answerList(call, edges, ({ id, type: to, attributes }) => ({
    to: { id, type: to },
    ...(attributes === undefined ? {} : { attributes }),
  }));
}

function changeAssociation(world: World, type: string, allowed: string[], request: ApiRequest): Answer {
  const { op, type: targetType, id, attributes } = isRecord(request.body) ? request.body : {};
  if ((op !== 'add' && op !== 'remove' && op !== 'update') || typeof id !== 'string')
    return badRequest('invalid operation');
  if (typeof targetType !== 'string' || !allowed.includes(targetType))
    return badRequest(`invalid target: ${JSON.stringify(targetType)}`);
  const source = { type, id: request.params['id'] ?? '' };
  if (!nodeExists(world, source)) return invalidArgument(`${type} not found`);
  const target = { type: targetType, id };
  if (!nodeExists(world, target)) return notFound;
  const bound = world.graph.has(source, target);
  if (op === 'add' && bound) return alreadyExists;
  if (op !== 'add' && !bound) return notFound;
  if (op === 'remove') world.graph.disconnect(source, target);
  else world.graph.connect(source, target, isRecord(attributes) ? attributes : undefined);
  recordMembership(world, source, target, op, request.actor, request.now);
  return noContent;
}
