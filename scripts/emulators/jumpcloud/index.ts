/** The emulated JumpCloud: console API v1 and v2, OAuth2 token endpoint and Directory Insights on one port. */
import type { Answer, Call, Service } from '../kit/service.ts';
import { associationRoutes } from './associations.ts';
import { authenticate, authenticationRoutes, refuseOrganization, refuseWrite } from './authentication.ts';
import { badRequest, notFound } from './answers.ts';
import { bulkJobRoutes, runDueJobs } from './bulk-jobs.ts';
import { catalogueRoutes } from './catalogue.ts';
import { CONSOLE } from './events.ts';
import { groupRoutes } from './groups.ts';
import { insightsRoutes } from './insights.ts';
import { memberRoutes } from './members.ts';
import { reevaluateGroup } from './member-query.ts';
import { hashId } from './object-id.ts';
import { organizationRoutes } from './organizations.ts';
import { createRouter, type Route } from './routing.ts';
import { runDueChanges, scheduledStateRoutes } from './scheduled-states.ts';
import { parseSeed } from './seed.ts';
import { exportSeed } from './state-export.ts';
import { applySeed } from './state.ts';
import { traversalRoutes } from './traversals.ts';
import { userActionRoutes } from './user-actions.ts';
import { userListRoutes } from './user-lists.ts';
import { userSearchRoutes } from './user-search.ts';
import { userWriteRoutes } from './user-writes.ts';
import { createWorld, type Actor, type World } from './world.ts';

const ROUTES: Route[] = [
  ...authenticationRoutes,
  ...userListRoutes,
  ...userSearchRoutes,
  ...userWriteRoutes,
  ...userActionRoutes,
  ...groupRoutes,
  ...memberRoutes,
  ...associationRoutes,
  ...traversalRoutes,
  ...catalogueRoutes,
  ...scheduledStateRoutes,
  ...bulkJobRoutes,
  ...organizationRoutes,
  ...insightsRoutes,
];

const NOBODY: Actor = {
  initiatedBy: {},
  authMethod: 'none',
  clientIp: '127.0.0.1',
  permission: 'read',
  multiTenant: false,
};

/** @throws SeedError when the seed cannot be read; a reference in it that leads nowhere is found by the first reset. */
export function createJumpCloud(seed: unknown): Service {
  const initial = parseSeed(seed);
  const router = createRouter(ROUTES);
  let world = createWorld();

  function build(input: ReturnType<typeof parseSeed>, now: Date): World {
    const fresh = createWorld();
    fresh.recording = false;
    applySeed(fresh, input, CONSOLE, now);
    fresh.recording = true;
    fresh.events = (input.events ?? []).map((event, index) => ({
      id: hashId('seed-event', index, event.event_type, event.timestamp),
      ...event,
    }));
    return fresh;
  }

  return {
    name: 'jumpcloud',
    routes: router.routes,
    answer(call) {
      runDueChanges(world, call.now);
      runDueJobs(world, call.now);
      const answer = respond(world, call);
      world.graph.endRead();
      return answer;
    },
    exportState: () => exportSeed(world),
    importState(state, now) {
      const parsed = parseSeed(state);
      // A state that does not hold together must not leave a half-changed world behind: rehearse it on a copy.
      const rehearsal = build(parseSeed(exportSeed(world)), now);
      rehearsal.recording = false;
      applySeed(rehearsal, parsed, CONSOLE, now);
      applySeed(world, parsed, CONSOLE, now);
      runDueChanges(world, now);
    },
    reset(now) {
      world = build(initial, now);
    },
    clockMoved(_from, to) {
      runDueChanges(world, to);
      // Rules are re-evaluated nightly as well.
      for (const group of world.groups.values()) reevaluateGroup(world, group, to);
    },
  };

  function respond(current: World, call: Call): Answer {
    const match = router.match(call.method, call.path);
    if (match?.route.open === true)
      return match.route.answer(current, { call, params: {}, actor: NOBODY, body: undefined, now: call.now });
    const caller = authenticate(current, call, call.now);
    if ('refused' in caller) return caller.refused;
    if (match === undefined) return notFound;
    const { route, params } = match;
    const wrongOrganization = refuseOrganization(current, call, caller.actor);
    if (wrongOrganization !== undefined) return wrongOrganization;
    if (caller.actor.permission === 'read' && route.method !== 'GET' && route.reads !== true)
      return refuseWrite(current);
    const body = readBody(call);
    // A DELETE may carry a JSON body; jcapi-python sends `{}`.
    if ('unreadable' in body && route.method !== 'DELETE') return badRequest('Invalid JSON');
    const json = 'unreadable' in body ? undefined : body.json;
    return route.answer(current, { call, params, actor: caller.actor, body: json, now: call.now });
  }
}

function readBody(call: Call): { json: unknown } | { unreadable: true } {
  if (call.rawBody.length === 0) return { json: undefined };
  try {
    return { json: JSON.parse(call.rawBody.toString('utf8')) as unknown };
  } catch {
    return { unreadable: true };
  }
}
