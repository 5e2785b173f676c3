/** `GET /v1/employees/changed`: who changed, and the only place that tells of people deleted from BambooHR altogether. */
import { z } from 'zod';
import { compareHrIds } from '../../core/values/hr-id.ts';
import { readJson } from '../http/read-json.ts';
import type { WireRequest } from '../http/request.ts';
import { type Client, send } from '../http/send.ts';
import { IdValue } from './wire-values.ts';

const Change = z.looseObject({ id: IdValue, action: z.string(), lastChanged: z.string().nullish() });

/** An empty map is `[]` where PHP makes the JSON. */
const Changes = z.looseObject({
  latest: z.string().nullish(),
  employees: z.union([z.record(z.string(), Change), z.array(Change)]),
});

/** See HrReader.readChanges. `latest` is `since` when nothing changed. */
export async function readChanges(
  client: Client,
  since: string,
): Promise<{ changed: string[]; deleted: string[]; latest: string }> {
  const request: WireRequest = { route: 'GET /v1/employees/changed', query: { since } };
  const { latest, employees } = readJson(client.service, request, await send(client, request), Changes);
  const changes = Object.values(employees);
  const idsOf = (deleted: boolean): string[] =>
    changes
      .filter(({ action }) => (action.toLowerCase() === 'deleted') === deleted)
      .map(({ id }) => id)
      .sort(compareHrIds);
  return { changed: idsOf(false), deleted: idsOf(true), latest: latest ?? since };
}
