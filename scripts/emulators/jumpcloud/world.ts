/** Everything one emulated JumpCloud organisation holds. Documents are never changed in place, only replaced. */
import type { DirectoryEvent } from './events.ts';
import { createGraph, type Graph, type GraphNode } from './graph.ts';
import { deriveId, hashId, type Origin } from './object-id.ts';
import { parseSeed, type Seed } from './seed.ts';
import { switchesSchema, type Switches, type Waiting } from './switches.ts';
import { createUserStore, type UserDoc, type UserStore } from './user-store.ts';

export type UserState = 'STAGED' | 'ACTIVATED' | 'SUSPENDED';

export interface GroupDoc {
  id: string;
  type: 'user_group' | 'system_group';
  name: string;
  description: string;
  email: string;
  attributes: Record<string, unknown>;
  membershipMethod: string;
  memberQuery: Record<string, unknown> | null;
  memberQueryExemptions: Record<string, unknown>[];
  memberSuggestionsNotify: boolean;
}

/** A system, policy, application or anything else that is only listed and bound. */
export interface DirectoryObject {
  id: string;
  type: string;
  name: string;
  fields: Record<string, unknown>;
}

export interface ScheduledChange {
  /** `scheduledJobId`; several users may share one, see the switch. */
  jobId: string;
  userId: string;
  state: 'ACTIVATED' | 'SUSPENDED';
  at: Date;
  sendEmails: boolean;
  emailOverride: string | undefined;
  actor: Actor;
}

export interface BulkJob {
  id: string;
  run: (now: Date) => Record<string, unknown>[];
  results: Record<string, unknown>[] | undefined;
  waiting: Waiting | undefined;
}

/** Who did it, as Directory Insights tells. */
export interface Actor {
  initiatedBy: Record<string, unknown>;
  authMethod: 'api-key' | 'session' | 'service-account' | 'none';
  clientIp: string;
  permission: 'read' | 'write';
  multiTenant: boolean;
}

export interface Email {
  kind: 'welcome' | 'activation' | 'reactivation' | 'bulk-job-results';
  to: string;
  user: string | null;
  at: string;
}

export interface World {
  switches: Switches;
  organization: { id: string; displayName: string; created: string; settings: Record<string, unknown> };
  users: UserStore;
  groups: Map<string, GroupDoc>;
  objects: Map<string, DirectoryObject>;
  graph: Graph;
  /** Sorted by time. */
  scheduled: ScheduledChange[];
  jobs: Map<string, BulkJob>;
  events: DirectoryEvent[];
  /** False while a seed is laid out: what it describes has always been so and is no news. */
  recording: boolean;
  emails: Email[];
  apiKeys: Seed['apiKeys'];
  serviceAccounts: Seed['serviceAccounts'];
  tokens: Map<string, { clientId: string; expires: Date }>;
  /** What the search index still shows of users who changed: their older document, or that they were not there. */
  searchLagging: Map<string, { shown: UserDoc | undefined; waiting: Waiting }>;
  /** Every id ever given, deleted ones included: an id never comes back. */
  usedIds: Set<string>;
  counter: number;
}

export function createWorld(): World {
  const switches = switchesSchema.parse({});
  const world: World = {
    switches,
    organization: {
      id: hashId('organization'),
      displayName: 'Emulated Organization',
      created: new Date(0).toISOString(),
      settings: {},
    },
    users: createUserStore(() => world.switches),
    groups: new Map(),
    objects: new Map(),
    graph: createGraph(() => world.switches.graphLag),
    scheduled: [],
    jobs: new Map(),
    events: [],
    recording: true,
    emails: [],
    apiKeys: parseSeed({}).apiKeys,
    serviceAccounts: undefined,
    tokens: new Map(),
    searchLagging: new Map(),
    usedIds: new Set(),
    counter: 0,
  };
  return world;
}

/** A new id for the natural key of something, never given before. */
export function mintId(world: World, origin: Origin, kind: string, key: string): string {
  const id = deriveId(origin, kind, key, (candidate) => world.usedIds.has(candidate));
  world.usedIds.add(id);
  return id;
}

/** The next number of this world: for what has no natural key, such as jobs and events. */
export function nextNumber(world: World): number {
  world.counter += 1;
  return world.counter;
}

/** Whether a graph node of that type exists. */
export function nodeExists(world: World, node: GraphNode): boolean {
  if (node.type === 'user') return world.users.get(node.id) !== undefined;
  if (node.type === 'user_group' || node.type === 'system_group')
    return world.groups.get(node.id)?.type === node.type;
  return world.objects.get(node.id)?.type === node.type;
}

export function nodeName(world: World, node: GraphNode): string {
  if (node.type === 'user') return world.users.get(node.id)?.username ?? '';
  return world.groups.get(node.id)?.name ?? world.objects.get(node.id)?.name ?? '';
}
