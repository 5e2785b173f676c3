/**
 * Directory Insights, JumpCloud's log of what was done to it (its OpenAPI document, 2026-08): a host of its own, POST for
 * a read, 90 days of memory, pages by `search_after` from the header of the page before.
 */
import { z } from 'zod';
import type { DirectoryEvent } from '../../../core/directory/event.ts';
import { CHANGE_EVENTS } from '../../../core/reconcile/event-keys.ts';
import { serviceFailure } from '../../../core/values/failure.ts';
import type { DirectoryLog } from '../../../ports.ts';
import type { Environment } from '../../http/environment.ts';
import { readJson } from '../../http/read-json.ts';
import type { Answer, WireRequest } from '../../http/request.ts';
import { type Client, createClient, send } from '../../http/send.ts';
import { createWire } from '../../http/wire.ts';
import type { ConnectOptions } from '../client.ts';
import { explainJumpCloud } from '../explain.ts';
import { originsOf } from '../origins.ts';
import { createSignIn } from '../sign-in.ts';

const ROUTE = 'POST /events';
/** The most that a page may hold is 10,000; smaller ones keep an early end cheap. */
const PAGE = 1_000;
/** So many pages are not read to name an author. */
const MOST_PAGES = 200;

/** What is asked of each event: not where people sat or what they browse with. */
const FIELDS = [
  'id',
  'timestamp',
  'event_type',
  'resource',
  'changes',
  'initiated_by',
  'association',
  'auth_method',
  'success',
];

/** What an event leaves out, or says in another form, is nothing that could be told. */
const Text = z.string().catch('');
const End = z.looseObject({ type: Text, id: Text, object_id: Text });

const Event = z
  .looseObject({
    id: z.string().min(1),
    timestamp: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'not a date'),
    event_type: z.string(),
    resource: End.nullish(),
    changes: z.array(z.looseObject({ field: z.string(), to: z.unknown().optional() })).nullish(),
    initiated_by: z
      .looseObject({ id: Text, type: Text, email: Text, name: Text, username: Text, source: Text })
      .nullish(),
    association: z
      .looseObject({
        op: Text,
        type: Text,
        id: Text,
        connection: z.looseObject({ from: End.nullish(), to: End.nullish() }).nullish(),
      })
      .nullish(),
    auth_method: Text,
    success: z.unknown().optional(),
  })
  .transform((event) => ({
    isDone: event.success !== false && event.success !== 'false',
    event: eventOf(event),
  }));

interface Row {
  id: string;
  timestamp: string;
  event_type: string;
  resource?: z.infer<typeof End> | null | undefined;
  changes?: { field: string; to?: unknown }[] | null | undefined;
  initiated_by?:
    | { id: string; type: string; email: string; name: string; username: string; source: string }
    | null
    | undefined;
  association?:
    | {
        op: string;
        type: string;
        id: string;
        connection?:
          | { from?: z.infer<typeof End> | null | undefined; to?: z.infer<typeof End> | null | undefined }
          | null
          | undefined;
      }
    | null
    | undefined;
  auth_method: string;
}

function eventOf({
  id,
  timestamp,
  event_type,
  resource,
  changes,
  initiated_by,
  association,
  auth_method,
}: Row): DirectoryEvent {
  const by = initiated_by ?? { id: '', type: '', email: '', name: '', username: '', source: '' };
  const ends = [
    { type: association?.type ?? '', id: association?.id ?? '' },
    ...[association?.connection?.from, association?.connection?.to].map((end) => ({
      type: end?.type ?? '',
      id: end?.object_id || end?.id || '',
    })),
  ].filter((end) => end.id !== '');
  return {
    id,
    at: new Date(timestamp).toISOString(),
    type: event_type,
    by: { id: by.id, type: by.type, name: by.email || by.name || by.username, source: by.source },
    method: auth_method.toLowerCase(),
    resource: { type: resource?.type ?? '', id: resource?.id ?? '' },
    changes: (changes ?? []).map(({ field, to }) => ({ field, to })),
    ...(association === null || association === undefined
      ? {}
      : { association: { op: association.op, ends } }),
  };
}

/**
 * Reads with the same key as everything else; a service account needs the scope for Directory Insights besides. Throws
 * exit 2 naming what is missing; asks nothing of the network yet.
 */
export function connectDirectoryLog(
  environment: Environment,
  options: ConnectOptions & { page?: number } = {},
): DirectoryLog {
  const origins = originsOf(environment);
  const wire = createWire(environment, options.wire);
  const signIn = createSignIn(environment, origins.token, wire, options.limits);
  const client = createClient({
    service: 'Directory Insights of JumpCloud',
    baseUrl: origins.insights,
    baseUrlVariable: 'JUMPCLOUD_INSIGHTS_URL',
    wire,
    limits: options.limits,
    authorize: (renew) => signIn.headers(renew),
    renews: signIn.renews,
    explain: explainJumpCloud,
  });
  return { readChanges: (since, take) => readChanges(client, since, take, options.page ?? PAGE) };
}

async function readChanges(
  client: Client,
  since: string,
  take: (events: DirectoryEvent[]) => boolean,
  page: number,
): Promise<'read' | 'cut' | 'not-enabled'> {
  const seen = new Set<string>();
  let after: unknown;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const request = requestOf(since, page, after);
    const answer = await send(client, request);
    if (answer.status === 402) return 'not-enabled';
    const rows = readJson(client.service, request, answer, z.array(Event));
    const fresh = rows.filter(({ event }) => !seen.has(event.id));
    for (const { event } of fresh) seen.add(event.id);
    if (rows.length > 0 && fresh.length === 0) throw stuck(client);
    // The list of types is asked for in the query; what it lets through is looked at again.
    const done = fresh.filter(({ isDone, event }) => isDone && CHANGE_EVENTS.includes(event.type));
    if (take(done.map(({ event }) => event)) || rows.length < page) return 'read';
    after = afterOf(client, answer);
  }
  return 'cut';
}

function requestOf(since: string, page: number, after: unknown): WireRequest {
  return {
    route: ROUTE,
    repeat: 'read',
    accept: [402],
    body: {
      service: ['directory'],
      start_time: since,
      sort: 'DESC',
      limit: page,
      fields: FIELDS,
      search_term: { or: CHANGE_EVENTS.map((type) => ({ event_type: type })) },
      ...(after === undefined ? {} : { search_after: after }),
    },
  };
}

/** The header is there on every page; only a page that is not full ends the walk. */
function afterOf(client: Client, answer: Answer): unknown {
  try {
    const after = JSON.parse(answer.headers['x-search_after'] ?? '') as unknown;
    if (Array.isArray(after) && after.length > 0) return after;
  } catch {
    // Said below.
  }
  throw stuck(client);
}

function stuck(client: Client): Error {
  return serviceFailure(
    'unreadable-answer',
    `${client.service}, ${ROUTE}: a full page came without a way to the next one`,
    'who changed what cannot be told until this answers as documented; the comparison itself is not touched by it',
  );
}
