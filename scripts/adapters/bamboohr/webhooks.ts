/** BambooHR's webhooks: create, list, read, delete, their log. Sources: OpenAPI document, recorded 2026-05. */
import { z } from 'zod';
import type {
  MonitorField,
  RegisteredWebhook,
  WebhookDefinition,
  WebhookLogEntry,
} from '../../core/relay/webhook-definition.ts';
import { badUsage, type Failure } from '../../core/values/failure.ts';
import type { Environment } from '../http/environment.ts';
import { parseJson, readJson, unreadable } from '../http/read-json.ts';
import type { Answer, WireRequest } from '../http/request.ts';
import { type Client, send } from '../http/send.ts';
import { type Connecting, createBambooHrClient } from './connect.ts';

export type WebhookSummary = Pick<RegisteredWebhook, 'id' | 'name' | 'url' | 'created' | 'lastSent'>;

/** Webhooks of the key's own user; others' are neither listed nor touched. */
export interface WebhookAdmin {
  list(): Promise<WebhookSummary[]>;
  /** Undefined when there is none, or it is somebody else's. */
  read(id: string): Promise<RegisteredWebhook | undefined>;
  listMonitorFields(): Promise<MonitorField[]>;
  /** The private key comes in this one answer and never again. Throws AnswerLost when it may exist and nobody has its key. */
  create(definition: WebhookDefinition): Promise<{ id: string; privateKey: string }>;
  /** False when it was gone already. */
  remove(id: string): Promise<boolean>;
  /** Newest first as sent; `busy` when BambooHR has had enough of being asked; `unknown` as undefined of `read`. */
  readLog(id: string): Promise<WebhookLogEntry[] | 'busy' | 'unknown'>;
}

const Id = z.union([z.string().min(1), z.int()]).transform(String);
const Summary = z.looseObject({
  id: Id,
  name: z.string(),
  url: z.string(),
  created: z.string(),
  lastSent: z.string().nullable(),
});
const Full = Summary.extend({
  format: z.string(),
  events: z.array(z.string()).nullish(),
  monitorFields: z.array(z.union([z.string(), z.int()]).transform(String)).nullish(),
  includeCompanyDomain: z.boolean().nullish(),
});
const Created = z.looseObject({ id: Id, privateKey: z.string().min(16) });
const Fields = z.looseObject({
  fields: z.array(z.looseObject({ id: Id, name: z.string(), alias: z.string().nullish() })),
});
const Log = z.array(
  z.looseObject({
    lastAttempted: z.string(),
    lastSuccess: z.string(),
    statusCode: z.union([z.string(), z.int()]).transform(String),
  }),
);
/** The log answers 200 with this when it is rate-limited (OpenAPI document). */
const LogRefusal = z.looseObject({ error: z.looseObject({ code: z.union([z.int(), z.string()]) }) });
const Refusal = z.looseObject({
  errors: z.array(
    z.looseObject({
      monitorFields: z.array(z.unknown()).optional(),
      unknownFields: z.array(z.unknown()).optional(),
    }),
  ),
});

export function connectWebhooks(environment: Environment, options: Connecting = {}): WebhookAdmin {
  const client = createBambooHrClient(environment, options);
  return {
    list: () => list(client),
    read: (id) => read(client, id),
    listMonitorFields: () => listMonitorFields(client),
    create: (definition) => create(client, definition),
    remove: (id) => remove(client, id),
    readLog: (id) => readLog(client, id),
  };
}

async function list(client: Client): Promise<WebhookSummary[]> {
  const request: WireRequest = { route: 'GET /v1/webhooks' };
  const { webhooks } = readJson(
    client.service,
    request,
    await send(client, request),
    z.looseObject({ webhooks: z.array(Summary) }),
  );
  return webhooks.map(({ id, name, url, created, lastSent }) => ({ id, name, url, created, lastSent }));
}

async function read(client: Client, id: string): Promise<RegisteredWebhook | undefined> {
  const request: WireRequest = { route: 'GET /v1/webhooks/{id}', params: { id }, accept: [403, 404] };
  const answer = await send(client, request);
  if (answer.status >= 400) return undefined;
  const found = readJson(client.service, request, answer, Full);
  return {
    id: found.id,
    name: found.name,
    url: found.url,
    created: found.created,
    lastSent: found.lastSent,
    format: found.format,
    events: found.events ?? [],
    monitorFields: found.monitorFields ?? [],
    includeCompanyDomain: found.includeCompanyDomain ?? false,
  };
}

async function listMonitorFields(client: Client): Promise<MonitorField[]> {
  const request: WireRequest = { route: 'GET /v1/webhooks/monitor_fields' };
  const { fields } = readJson(client.service, request, await send(client, request), Fields);
  return fields.map(({ id, name, alias }) => ({ id, name, alias: alias ?? null }));
}

async function create(
  client: Client,
  definition: WebhookDefinition,
): Promise<{ id: string; privateKey: string }> {
  const request: WireRequest = { route: 'POST /v1/webhooks', body: definition, accept: [400, 403] };
  const answer = await send(client, request);
  if (answer.status >= 400) throw refusedCreation(answer);
  return readJson(client.service, request, answer, Created);
}

/** Names of fields only: the answer may quote what we sent. */
function refusedCreation(answer: Answer): Failure {
  const parsed = parseJson(answer, Refusal);
  const errors = parsed.ok ? parsed.value.errors : [];
  const count = (part: 'monitorFields' | 'unknownFields'): number =>
    errors.reduce((sum, error) => sum + (error[part]?.length ?? 0), 0);
  const [forbidden, unknown] = [count('monitorFields'), count('unknownFields')];
  const why =
    forbidden + unknown > 0
      ? `${forbidden} of its monitored fields may not be read by the key's user, ${unknown} are unknown`
      : 'BambooHR does not accept this definition';
  return badUsage(
    'webhook-refused',
    `BambooHR, POST /v1/webhooks: answered ${answer.status}; ${why}`,
    "check that the address begins with https:// and give the service user's access level status, employment status and hire date",
  );
}

/** The answer is a sentence that calls itself HTML (recorded 2026-05): only its status counts. */
async function remove(client: Client, id: string): Promise<boolean> {
  const answer = await send(client, {
    route: 'DELETE /v1/webhooks/{id}',
    params: { id },
    accept: [404],
  });
  return answer.status !== 404;
}

async function readLog(client: Client, id: string): Promise<WebhookLogEntry[] | 'busy' | 'unknown'> {
  const request: WireRequest = { route: 'GET /v1/webhooks/{id}/log', params: { id }, accept: [403, 404] };
  const answer = await send(client, request);
  if (answer.status >= 400) return 'unknown';
  const refusal = parseJson(answer, LogRefusal);
  if (refusal.ok) {
    if (String(refusal.value.error.code) === '429') return 'busy';
    throw unreadable(client.service, request, answer, 'an error inside a success');
  }
  return readJson(client.service, request, answer, Log).map(({ lastAttempted, lastSuccess, statusCode }) => ({
    lastAttempted,
    lastSuccess,
    statusCode,
  }));
}
