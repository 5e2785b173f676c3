/** User groups and who is in them (API v2). */
import { z } from 'zod';
import type { LiveGroup, MembershipMethod } from '../../../core/directory/live.ts';
import { compareText } from '../../../core/values/finding.ts';
import { readJson } from '../../http/read-json.ts';
import type { WireRequest } from '../../http/request.ts';
import { type Client, send } from '../../http/send.ts';
import { GroupName } from '../group-name.ts';
import { readV2List } from './pages.ts';

const Group = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  membershipMethod: z.string().nullish(),
  /** How older organisations say it. */
  membershipAutomated: z.boolean().nullish(),
});

const Connection = z.looseObject({
  to: z.looseObject({ id: z.string().min(1), type: z.string().optional() }),
});

/** An object with every path to it; a direct membership has a path of length 1. */
const PathsTo = z.looseObject({
  id: z.string().min(1),
  type: z.string().optional(),
  paths: z.array(z.array(z.unknown())).nullish(),
});

/** Every user group. The list leaves out how members are decided: only a group read by id tells (seen by a third party). */
export async function readGroupNames(client: Client): Promise<GroupName[]> {
  const groups = await readV2List(client, {
    request: { route: 'GET /api/v2/usergroups', query: { sort: 'name', fields: 'id,name' } },
    row: GroupName,
    idOf: (group) => group.id,
  });
  return groups ?? [];
}

/** See DirectoryReader.readGroup. */
export async function readGroup(client: Client, id: string): Promise<LiveGroup | null> {
  const request: WireRequest = { route: 'GET /api/v2/usergroups/{id}', params: { id }, accept: [404] };
  const [answer, connections] = await Promise.all([
    send(client, request),
    readV2List(client, {
      request: { route: 'GET /api/v2/usergroups/{id}/members', params: { id }, accept: [404] },
      row: Connection,
      idOf: ({ to }) => to.id,
    }),
  ]);
  if (answer.status === 404 || connections === undefined) return null;
  const group = readJson(client.service, request, answer, Group);
  const members = connections.filter(({ to }) => (to.type ?? 'user') === 'user').map(({ to }) => to.id);
  return { id: group.id, name: group.name, membershipMethod: methodOf(group), members: new Set(members) };
}

const METHODS: ReadonlySet<string> = new Set([
  'NOTSET',
  'STATIC',
  'DYNAMIC_REVIEW_REQUIRED',
  'DYNAMIC_AUTOMATED',
]);

/** A method that is not known is taken for one that cannot be written: an add to a dynamic group is answered 204 and does nothing. */
function methodOf(group: z.infer<typeof Group>): MembershipMethod {
  const method = group.membershipMethod ?? '';
  if (METHODS.has(method)) return method as MembershipMethod;
  if (method !== '' || group.membershipAutomated === true) return 'DYNAMIC_AUTOMATED';
  return 'NOTSET';
}

/** One request as a rule: the account's groups, narrowed to this one by a documented filter and looked at again here. */
export async function isMember(client: Client, group: string, account: string): Promise<boolean> {
  const direct = await readDirectGroups(client, account, `object_id:eq:${group}`);
  return direct.has(group);
}

/** Groups of which the account is a direct member, by name. An unknown account has none (seen by a third party: 200 []). */
export async function readMemberships(
  client: Client,
  account: string,
  names: () => Promise<GroupName[]>,
): Promise<GroupName[]> {
  const direct = await readDirectGroups(client, account);
  if (direct.size === 0) return [];
  const known = new Map((await names()).map((group) => [group.id, group.name]));
  return [...direct]
    .map((id) => ({ id, name: known.get(id) ?? id }))
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
}

async function readDirectGroups(client: Client, account: string, filter?: string): Promise<Set<string>> {
  const rows = await readV2List(client, {
    request: {
      route: 'GET /api/v2/users/{id}/memberof',
      params: { id: account },
      query: filter === undefined ? {} : { filter },
      accept: [404],
    },
    row: PathsTo,
    idOf: (row) => row.id,
  });
  // Without paths nothing says that it is indirect; user groups do not nest.
  return new Set(
    (rows ?? [])
      .filter(({ type }) => (type ?? 'user_group') === 'user_group')
      .filter(({ paths }) => (paths ?? []).length === 0 || (paths ?? []).some((path) => path.length === 1))
      .map(({ id }) => id),
  );
}
