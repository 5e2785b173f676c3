/**
 * Directory Insights, `/insights/directory/v1`: what happened, page by page with `search_after`, for 90 days. In the
 * world it is a host of its own; here it shares the port. Behaviour: its OpenAPI document.
 */
import type { Answer } from '../kit/service.ts';
import { isRefused, refuse, type Refused } from './answers.ts';
import type { DirectoryEvent } from './events.ts';
import { readSearchTerm, type EventTest } from './insights-search.ts';
import { hashId } from './object-id.ts';
import type { ApiRequest, Route } from './routing.ts';
import { isRecord, rawValuesAt } from './values.ts';
import { nextNumber, type World } from './world.ts';

const BASE = '/insights/directory/v1';
const RETENTION_MS = 90 * 86_400_000;
const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

/** The enum of the document; everything but `all` and `directory` is empty here. */
const SERVICES = [
  ...['alerts', 'all', 'directory', 'ldap', 'mdm', 'notifications', 'object_storage', 'password_manager'],
  ...['password_vault', 'radius', 'reports', 'saas_app_management', 'software', 'sso', 'systems'],
  ...['access_management', 'asset_management', 'workflows', 'genai', 'aigw', 'ai_admin', 'generic_di'],
];

export const insightsRoutes: Route[] = [
  { method: 'POST', template: `${BASE}/events`, reads: true, answer: postEvents },
  { method: 'POST', template: `${BASE}/events/count`, reads: true, answer: postCount },
];

function postEvents(world: World, request: ApiRequest): Answer {
  const found = findEvents(world, request);
  if (isRefused(found)) return found.refused;
  const { events, input } = found;
  const descending = String(input['sort'] ?? '').toUpperCase() === 'DESC';
  const fields = readFields(input['fields'], world);
  if (isRefused(fields)) return fields.refused;
  const limit = readLimit(input['limit']);
  const skip =
    Number.isInteger(input['skip']) && (input['skip'] as number) > 0 ? (input['skip'] as number) : 0;
  const ordered = events.sort((a, b) => compareKeys(keyOf(a), keyOf(b)) * (descending ? -1 : 1));
  const after = readAfter(input['search_after']);
  const rest =
    after === undefined
      ? ordered
      : ordered.filter((event) => compareKeys(keyOf(event), after) * (descending ? -1 : 1) > 0);
  const page = rest.slice(skip, skip + limit);
  const last = page.at(-1);
  return {
    status: 200,
    headers: {
      'X-Result-Count': String(page.length),
      'X-Limit': String(limit),
      'X-Sort': descending ? 'DESC' : 'ASC',
      // Always present: only the count tells whether there is more.
      'X-Search_after': JSON.stringify(last === undefined ? (after ?? []) : keyOf(last)),
      'X-Request-Id': hashId('insights', nextNumber(world)),
    },
    json: fields.list === undefined ? page : page.map((event) => projectEvent(event, fields.list ?? [])),
  };
}

function postCount(world: World, request: ApiRequest): Answer {
  const found = findEvents(world, request);
  return isRefused(found) ? found.refused : { status: 200, json: { count: found.events.length } };
}

/** Events of a query, unordered; what is older than the retention is gone. */
function findEvents(
  world: World,
  { body, now }: ApiRequest,
): { events: DirectoryEvent[]; input: Record<string, unknown> } | Refused {
  if (!world.switches.insightsEnabled) return refuse(402, 'Directory Insights is not enabled');
  if (!isRecord(body)) return refuse(400, 'Invalid JSON body');
  const services = body['service'];
  if (!Array.isArray(services) || services.length === 0) return refuse(400, 'service is required');
  if (services.some((service) => !SERVICES.includes(String(service))))
    return refuse(400, `Invalid service, valid values are: ${SERVICES.join(', ')}`);
  const start = readInstant(body['start_time']);
  if (start === undefined) return refuse(400, 'start_time must be an RFC3339 date');
  if (start > now.getTime()) return refuse(400, 'start_time is in the future');
  const end = body['end_time'] === undefined ? Infinity : readInstant(body['end_time']);
  if (end === undefined) return refuse(400, 'end_time must be an RFC3339 date');
  if (end < start) return refuse(400, 'end_time is before start_time');
  const term = readSearchTerm(body['search_term']);
  if (isRefused(term)) return term;
  const tests: EventTest[] = [term.matches];
  if (typeof body['q'] === 'string' && body['q'] !== '') tests.push(mentions(body['q'], false));
  if (typeof body['exact_match'] === 'string' && body['exact_match'] !== '')
    tests.push(mentions(body['exact_match'], true));
  const oldest = Math.max(start, now.getTime() - RETENTION_MS);
  const here = services.includes('all') || services.includes('directory');
  const events = !here
    ? []
    : world.events.filter((event) => {
        const at = Date.parse(event.timestamp);
        return at >= oldest && at <= end && tests.every((test) => test(event));
      });
  return { events, input: body };
}

function readInstant(value: unknown): number | undefined {
  if (
    typeof value !== 'string' ||
    !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/i.test(value)
  )
    return undefined;
  // The time zone is optional; without one the date is UTC.
  const at = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** Nonsensical limits fall back to the default; more than the maximum is the maximum. */
function readLimit(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 1) return DEFAULT_LIMIT;
  return Math.min(value as number, MAX_LIMIT);
}

type Key = [at: number, id: string];

function keyOf(event: DirectoryEvent): Key {
  return [Date.parse(event.timestamp), event.id];
}

function compareKeys(a: Key, b: Key): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}

function readAfter(value: unknown): Key | undefined {
  if (!Array.isArray(value) || value.length < 2) return undefined;
  return [Number(value[0]), String(value[1])];
}

/** An empty list, or one without a known field, is a 400. */
function readFields(value: unknown, world: World): { list: string[] | undefined } | Refused {
  if (value === undefined || value === null) return { list: undefined };
  const list = Array.isArray(value) ? value.map(String) : [];
  const known = new Set(KNOWN_FIELDS);
  for (const event of world.events.slice(-50)) for (const name of Object.keys(event)) known.add(name);
  if (!list.some((field) => known.has(field.split('.')[0] ?? '')))
    return refuse(400, 'fields must name at least one known field');
  return { list };
}

const KNOWN_FIELDS = [
  ...['id', 'correlation', 'event_type', 'timestamp', 'resource', 'system_group', 'organization', 'changes'],
  ...['initiated_by', 'association', 'client_ip', 'useragent', 'auth_method', 'success', 'mfa', 'mfa_meta'],
  ...['geoip', 'provider', 'service', 'auth_context', 'application', 'idm_client_id', 'error_message'],
  ...['message_chain', '@version', 'system', 'target_resource'],
];

function projectEvent(event: DirectoryEvent, fields: readonly string[]): Record<string, unknown> {
  const projected: Record<string, unknown> = {};
  for (const field of fields) {
    const [top = '', ...inner] = field.split('.');
    if (!Object.hasOwn(event, top)) continue;
    if (inner.length === 0) projected[top] = event[top];
    else {
      const value = rawValuesAt(event[top], inner.join('.'))[0];
      const before = isRecord(projected[top]) ? projected[top] : {};
      projected[top] = { ...before, [inner.join('.')]: value };
    }
  }
  return projected;
}

function mentions(text: string, exact: boolean): EventTest {
  const wanted = text.toLowerCase();
  const inside = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(inside);
    if (isRecord(value)) return Object.values(value).some(inside);
    const own = String(value).toLowerCase();
    return exact ? own === wanted : own.includes(wanted);
  };
  // `changes` and `useragent` cannot be searched.
  return ({ changes: _, useragent: __, ...event }) => inside(event);
}
