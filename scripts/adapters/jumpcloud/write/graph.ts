/**
 * Writes to the graph (API v2): groups, members, associations. Adding and removing are idempotent and may be repeated.
 *
 * | answer | add                                | remove                                  |
 * |--------|------------------------------------|-----------------------------------------|
 * | 204    | done                               | done                                    |
 * | 409    | already: "Already Exists"          | refused                                 |
 * | 404    | refused: no such account           | already: not a member, or no such account |
 * | 400    | refused: "user_group not found"    | refused                                 |
 *
 * 'already' is ambiguous (a 404 does not say what is missing) and 204 is no proof either (dynamic groups): who needs to
 * know reads (read/confirm.ts). Sources: ConductorOne's connector, JumpCloud's jc-cli, Loadsmart's provider.
 */
import { readJson, requireNoContent } from '../../http/read-json.ts';
import type { WireRequest } from '../../http/request.ts';
import { type Client, send } from '../../http/send.ts';
import { GroupName } from '../group-name.ts';

/** A new, empty, static group. Never sent twice (AnswerLost): JumpCloud would make two of one name. */
export async function createGroup(client: Client, name: string): Promise<GroupName> {
  const request: WireRequest = { route: 'POST /api/v2/usergroups', body: { name } };
  return readJson(client.service, request, await send(client, request), GroupName);
}

export function changeMembership(
  client: Client,
  op: 'add' | 'remove',
  group: string,
  account: string,
): Promise<'done' | 'already'> {
  return changeEdge(client, op, {
    route: 'POST /api/v2/usergroups/{group}/members',
    params: { group },
    body: { op, type: 'user', id: account },
  });
}

export function changeBinding(
  client: Client,
  op: 'add' | 'remove',
  account: string,
  binding: { type: string; id: string },
): Promise<'done' | 'already'> {
  return changeEdge(client, op, {
    route: 'POST /api/v2/users/{account}/associations',
    params: { account },
    body: { op, type: binding.type, id: binding.id },
  });
}

async function changeEdge(
  client: Client,
  op: 'add' | 'remove',
  part: Pick<WireRequest, 'route' | 'params' | 'body'>,
): Promise<'done' | 'already'> {
  const already = op === 'add' ? 409 : 404;
  const request: WireRequest = { ...part, repeat: 'idempotent', accept: [already] };
  const answer = await send(client, request);
  if (answer.status === already) return 'already';
  requireNoContent(client.service, request, answer);
  return 'done';
}
