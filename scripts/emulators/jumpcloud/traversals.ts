/**
 * "All X bound to this Y, directly or indirectly": GraphObjectWithPaths[], with every path that would have to be
 * taken apart to end the binding (OpenAPI document).
 */
import type { Answer } from '../kit/service.ts';
import { notFound } from './answers.ts';
import type { EdgeAttributes, GraphNode } from './graph.ts';
import type { ApiRequest, Route } from './routing.ts';
import { answerList } from './v2-query.ts';
import { isRecord } from './values.ts';
import { nodeExists, type World } from './world.ts';

/** The types a path may pass through on its way, outermost first; `[]` is the direct edge. */
const VIA: Record<string, Record<string, string[][]>> = {
  user: {
    system: [[], ['system_group'], ['user_group'], ['user_group', 'system_group']],
    system_group: [[], ['user_group']],
    policy: [[], ['user_group'], ['policy_group'], ['user_group', 'policy_group']],
    application: [[], ['user_group']],
  },
  user_group: {
    system: [[], ['system_group']],
    system_group: [[]],
    policy: [[], ['policy_group']],
    policy_group: [[]],
    application: [[]],
    active_directory: [[]],
    g_suite: [[]],
    office_365: [[]],
    ldap_server: [[]],
    radius_server: [[]],
  },
  system_group: {
    user: [[], ['user_group']],
    user_group: [[]],
    policy: [[], ['policy_group']],
    policy_group: [[]],
    command: [[]],
  },
  system: { user: [[], ['user_group'], ['system_group'], ['system_group', 'user_group']] },
  application: { user: [[], ['user_group']] },
};

const ROUTES: [template: string, source: string, target: string][] = [
  ['/api/v2/users/{id}/systems', 'user', 'system'],
  ['/api/v2/users/{id}/systemgroups', 'user', 'system_group'],
  ['/api/v2/users/{id}/policies', 'user', 'policy'],
  ['/api/v2/users/{id}/applications', 'user', 'application'],
  ['/api/v2/usergroups/{id}/systems', 'user_group', 'system'],
  ['/api/v2/usergroups/{id}/systemgroups', 'user_group', 'system_group'],
  ['/api/v2/usergroups/{id}/policies', 'user_group', 'policy'],
  ['/api/v2/usergroups/{id}/policygroups', 'user_group', 'policy_group'],
  ['/api/v2/usergroups/{id}/applications', 'user_group', 'application'],
  ['/api/v2/usergroups/{id}/activedirectories', 'user_group', 'active_directory'],
  ['/api/v2/usergroups/{id}/gsuites', 'user_group', 'g_suite'],
  ['/api/v2/usergroups/{id}/office365s', 'user_group', 'office_365'],
  ['/api/v2/usergroups/{id}/ldapservers', 'user_group', 'ldap_server'],
  ['/api/v2/usergroups/{id}/radiusservers', 'user_group', 'radius_server'],
  ['/api/v2/systemgroups/{id}/users', 'system_group', 'user'],
  ['/api/v2/systemgroups/{id}/usergroups', 'system_group', 'user_group'],
  ['/api/v2/systemgroups/{id}/policies', 'system_group', 'policy'],
  ['/api/v2/systemgroups/{id}/policygroups', 'system_group', 'policy_group'],
  ['/api/v2/systemgroups/{id}/commands', 'system_group', 'command'],
  ['/api/v2/systems/{id}/users', 'system', 'user'],
  ['/api/v2/applications/{id}/users', 'application', 'user'],
];

export const traversalRoutes: Route[] = ROUTES.map(([template, source, target]) => ({
  method: 'GET',
  template,
  answer: (world: World, request: ApiRequest) => traverse(world, source, target, request),
}));

interface Connection {
  from: GraphNode;
  to: GraphNode;
  attributes?: EdgeAttributes;
}

interface Reached {
  id: string;
  type: string;
  compiledAttributes: Record<string, unknown> | null;
  paths: Connection[][];
}

/** An unknown user gets an empty list as on memberof; anything else that is unknown a 404. */
function traverse(world: World, source: string, target: string, { call, params }: ApiRequest): Answer {
  const start = { type: source, id: params['id'] ?? '' };
  if (!nodeExists(world, start) && source !== 'user') return notFound;
  return answerList(call, reach(world, start, target));
}

function reach(world: World, start: GraphNode, target: string): Reached[] {
  const reached = new Map<string, Reached>();
  for (const via of VIA[start.type]?.[target] ?? []) {
    let paths: Connection[][] = [[]];
    for (const type of [...via, target])
      paths = paths.flatMap((path) => {
        const from = path.at(-1)?.to ?? start;
        return world.graph
          .neighbours(from.id, type)
          .map(([id, attributes]) => [
            ...path,
            { from, to: { type, id }, ...(attributes === undefined ? {} : { attributes }) },
          ]);
      });
    for (const path of paths) {
      const end = path.at(-1)?.to;
      if (end === undefined) continue;
      const row = reached.get(end.id) ?? { id: end.id, type: end.type, compiledAttributes: null, paths: [] };
      row.paths.push(path);
      row.compiledAttributes = compileAttributes(row.compiledAttributes, path);
      reached.set(end.id, row);
    }
  }
  return [...reached.values()];
}

/** sudo on any path counts; otherwise the later path wins. */
function compileAttributes(
  before: Record<string, unknown> | null,
  path: Connection[],
): Record<string, unknown> | null {
  let compiled = before;
  for (const { attributes } of path) {
    if (attributes === undefined) continue;
    const sudo = [compiled?.['sudo'], attributes['sudo']].find(
      (value) => isRecord(value) && value['enabled'] === true,
    );
    compiled = { ...compiled, ...attributes, ...(sudo === undefined ? {} : { sudo }) };
  }
  return compiled;
}
