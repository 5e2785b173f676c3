/** Direct associations of an account, and what could be associated. */
import { z } from 'zod';
import type { LiveBinding } from '../../../core/directory/live.ts';
import { compareText } from '../../../core/values/finding.ts';
import type { Client } from '../../http/send.ts';
import { readV1List, readV2List } from './pages.ts';

const Connection = z.looseObject({
  to: z.looseObject({ id: z.string().min(1), type: z.string().optional() }),
});

/** Several APIs, several words for a name. */
const Named = z
  .looseObject({
    _id: z.string().min(1).optional(),
    id: z.string().min(1).optional(),
    name: z.string().nullish(),
    displayLabel: z.string().nullish(),
    displayName: z.string().nullish(),
    hostname: z.string().nullish(),
  })
  .transform((row, context) => {
    const id = row.id ?? row._id;
    if (id === undefined) {
      context.addIssue({ code: 'custom', message: 'needs an id', path: ['id'] });
      return z.NEVER;
    }
    const { displayLabel, displayName, name, hostname } = row;
    return { id, labels: { displayLabel, displayName, name, hostname } };
  });
type Named = z.infer<typeof Named>;
type Label = keyof Named['labels'];

/** Where things of a type are listed, and which of their labels an admin knows them by. */
const LISTS: Record<string, { route: string; api: 'v1' | 'v2'; labels: Label[]; fields?: string }> = {
  // A system is told at length; only these are asked for.
  system: {
    route: 'GET /api/systems',
    api: 'v1',
    labels: ['displayName', 'hostname'],
    fields: '_id id displayName hostname',
  },
  system_group: { route: 'GET /api/v2/systemgroups', api: 'v2', labels: ['name'] },
  policy: { route: 'GET /api/v2/policies', api: 'v2', labels: ['name'] },
  policy_group: { route: 'GET /api/v2/policygroups', api: 'v2', labels: ['name'] },
  application: { route: 'GET /api/applications', api: 'v1', labels: ['displayLabel', 'displayName', 'name'] },
};

/**
 * Everything of one type; nothing where the organisation does not have such things (404). Throws a TypeError for a
 * type that Rollcall does not bind to.
 */
export async function readThings(client: Client, type: string): Promise<LiveBinding[]> {
  const source = Object.hasOwn(LISTS, type) ? LISTS[type] : undefined;
  if (source === undefined) throw new TypeError(`nothing of type ${type} can be bound to`);
  const { api, route, labels: known, fields } = source;
  const query = { sort: api === 'v1' ? '_id' : 'name', ...(fields === undefined ? {} : { fields }) };
  const list = { request: { route, query, accept: [404] }, row: Named, idOf: (row: Named) => row.id };
  const rows = await (api === 'v1' ? readV1List(client, list) : readV2List(client, list));
  return (rows ?? []).map(({ id, labels }) => ({
    type,
    id,
    name: known.map((label) => labels[label] ?? '').find((text) => text !== '') ?? id,
  }));
}

/**
 * Direct bindings of these types; `things` gives names. One request per type: that `targets` takes a list is
 * documented, but only single types have been seen in use.
 */
export async function readBindings(
  client: Client,
  account: string,
  types: string[],
  things: (type: string) => Promise<LiveBinding[]>,
): Promise<LiveBinding[]> {
  const found = await Promise.all(
    [...new Set(types)].sort(compareText).map(async (type) => {
      const rows = await readV2List(client, {
        request: {
          route: 'GET /api/v2/users/{id}/associations',
          params: { id: account },
          query: { targets: type },
          accept: [404],
        },
        row: Connection,
        idOf: ({ to }) => to.id,
      });
      const ids = (rows ?? []).filter(({ to }) => (to.type ?? type) === type).map(({ to }) => to.id);
      if (ids.length === 0) return [];
      const names = new Map((await things(type)).map(({ id, name }) => [id, name]));
      return ids.map((id) => ({ type, id, name: names.get(id) ?? id }));
    }),
  );
  return found.flat();
}
