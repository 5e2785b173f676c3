/** `GET /api/systemusers/{id}/sshkeys`: ids only, the keys themselves are nobody's business here. */
import { z } from 'zod';
import { readJson } from '../../http/read-json.ts';
import type { WireRequest } from '../../http/request.ts';
import { type Client, send } from '../../http/send.ts';

const Keys = z.array(z.looseObject({ _id: z.string().min(1).optional(), id: z.string().min(1).optional() }));

export async function readSshKeys(client: Client, account: string): Promise<string[]> {
  const request: WireRequest = {
    route: 'GET /api/systemusers/{id}/sshkeys',
    params: { id: account },
    accept: [404],
  };
  const answer = await send(client, request);
  if (answer.status === 404) return [];
  const keys = readJson(client.service, request, answer, Keys);
  return keys.flatMap((key) => key._id ?? key.id ?? []).sort();
}
