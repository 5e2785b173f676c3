/** `webhooks`: create, list, read, replace, delete, fields, log. Sources: OpenAPI document, recorded 2026-05. */
import { randomBytes } from 'node:crypto';
import type { Answer } from '../kit/service.ts';
import type { Caller } from './access.ts';
import { plainInstant } from './calendar.ts';
import type { Company, Webhook } from './company.ts';
import type { Field } from './field-catalogue.ts';
import { rosterOf } from './roster.ts';
import type { Route, RouteRequest } from './route.ts';

export const WEBHOOK_EVENTS = [
  'employee_with_fields.updated',
  'employee_with_fields.created',
  'employee_with_fields.deleted',
  'company-integrations.updated',
  'employee.created',
  'employee.updated',
  'employee.deleted',
  'company.updated',
  'company.deleted',
];
/** In the recorded order. */
const DEFAULT_EVENTS = [
  'employee_with_fields.updated',
  'employee_with_fields.deleted',
  'employee_with_fields.created',
];

export const webhookRoutes: Route[] = [
  { method: 'GET', template: '/v1/webhooks', area: 'webhooks', answer: answerList },
  { method: 'POST', template: '/v1/webhooks', area: 'webhooks', answer: answerCreate },
  { method: 'GET', template: '/v1/webhooks/monitor_fields', area: 'webhooks', answer: answerMonitorFields },
  { method: 'GET', template: '/v1/webhooks/post-fields', area: 'webhooks', answer: answerPostFields },
  { method: 'GET', template: '/v1/webhooks/{id}', area: 'webhooks', answer: answerOne },
  { method: 'PUT', template: '/v1/webhooks/{id}', area: 'webhooks', answer: answerReplace },
  { method: 'DELETE', template: '/v1/webhooks/{id}', area: 'webhooks', answer: answerDelete },
  { method: 'GET', template: '/v1/webhooks/{id}/log', area: 'webhooks', answer: answerLog },
];

function answerList({ caller, world }: RouteRequest): Answer {
  const webhooks = world.company.webhooks
    .filter((webhook) => webhook.owner === caller.key)
    .map(({ id, name, created, lastSent, url }) => ({ id, name, created, lastSent, url }));
  return { status: 200, json: { webhooks } };
}

function answerCreate({ call, caller, world }: RouteRequest): Answer {
  const { company } = world;
  const given = readWebhook(company, caller, call.rawBody.toString('utf8'));
  if ('status' in given) return given;
  company.lastWebhookId += 1;
  const webhook: Webhook = {
    ...given,
    id: String(company.lastWebhookId),
    owner: caller.key,
    created: plainInstant(call.now),
    lastSent: null,
    privateKey: randomBytes(16).toString('hex'),
  };
  company.webhooks.push(webhook);
  // The only answer that ever carries the key.
  return { status: 201, json: { ...describe(webhook), privateKey: webhook.privateKey } };
}

function answerOne(request: RouteRequest): Answer {
  const webhook = findOwn(request);
  return 'status' in webhook ? webhook : { status: 200, json: describe(webhook) };
}

/** A full replacement: what is left out reverts to its default; the private key stays. */
function answerReplace(request: RouteRequest): Answer {
  const { call, caller, world } = request;
  const webhook = findOwn(request);
  if ('status' in webhook) return webhook;
  const given = readWebhook(world.company, caller, call.rawBody.toString('utf8'));
  if ('status' in given) return given;
  Object.assign(webhook, given);
  return { status: 200, json: describe(webhook) };
}

/** A plain sentence that says it is HTML (recorded 2026-05; the document says text/plain). */
function answerDelete(request: RouteRequest): Answer {
  const webhook = findOwn(request);
  if ('status' in webhook) return webhook;
  const { company } = request.world;
  company.webhooks = company.webhooks.filter(({ id }) => id !== webhook.id);
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    body: 'Web hook has been deleted.',
  };
}

function answerMonitorFields({ world }: RouteRequest): Answer {
  const fields = monitorable(world.company).map((field) => ({
    id: String(field.id),
    name: field.label,
    alias: field.alias === String(field.id) ? null : field.alias,
  }));
  return { status: 200, json: { fields } };
}

function answerPostFields({ world }: RouteRequest): Answer {
  const fields = rosterOf(world.company).vocabulary.fields.flatMap((field) =>
    typeof field.id === 'number'
      ? [
          {
            alias: field.alias === String(field.id) ? null : field.alias,
            name: field.label,
            type: field.type,
            id: field.id,
            pageId: field.id < 0 ? -1 : 1,
            tableId: null,
          },
        ]
      : [],
  );
  return { status: 200, json: { fields, pages: [{ id: 1, name: 'Personal' }], tables: [] } };
}

/** Over its limit this route answers **200** with the error inside (OpenAPI document). Windows are real minutes. */
const windows = new WeakMap<Company, number[]>();

function answerLog(request: RouteRequest): Answer {
  const { call, world } = request;
  const webhook = findOwn(request);
  if ('status' in webhook) return webhook;
  const limit = world.company.webhookLogLimit;
  if (limit !== undefined) {
    const recent = (windows.get(world.company) ?? []).filter((at) => at > Date.now() - 60_000);
    windows.set(world.company, [...recent, Date.now()]);
    if (recent.length >= limit)
      return {
        status: 200,
        json: { error: { code: 429, message: 'Over rate limit, please try again in 60 seconds' } },
      };
  }
  return { status: 200, json: world.deliveries.readLog(webhook.id, call.now) };
}

function findOwn({ caller, params, world }: RouteRequest): Webhook | Answer {
  const webhook = world.company.webhooks.find(({ id }) => id === params['id']);
  if (webhook === undefined)
    return { status: 404, json: { errors: { error: `No webhook was found with ID: ${params['id']}.` } } };
  if (webhook.owner !== caller.key)
    return {
      status: 403,
      json: { errors: { error: `You do not have access to webhook ID: ${webhook.id}` } },
    };
  return webhook;
}

function describe(webhook: Webhook): Record<string, unknown> {
  const {
    id,
    name,
    created,
    lastSent,
    events,
    monitorFields,
    postFields,
    url,
    format,
    includeCompanyDomain,
  } = webhook;
  return {
    id,
    name,
    created,
    lastSent,
    events,
    monitorFields,
    postFields,
    url,
    format,
    includeCompanyDomain,
  };
}

/** Fields a webhook can watch: those of meta/fields; the termination date is virtual, whether it is one is a switch. */
function monitorable(company: Company): Field[] {
  return rosterOf(company).vocabulary.fields.filter(
    ({ id, alias }) =>
      id !== undefined &&
      (typeof id === 'string' ||
        id > 0 ||
        (alias === 'terminationDate' && company.switches.terminationDateMonitorable)),
  );
}

type Given = Pick<
  Webhook,
  'name' | 'url' | 'format' | 'events' | 'monitorFields' | 'postFields' | 'includeCompanyDomain'
>;

function readWebhook(company: Company, caller: Caller, text: string): Given | Answer {
  let input: Record<string, unknown>;
  try {
    input = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return refuse(['The request body is not valid JSON']);
  }
  const { name, url, format } = input;
  const events =
    Array.isArray(input['events']) && input['events'].length > 0
      ? input['events'].map(String)
      : DEFAULT_EVENTS;
  const monitorFields = Array.isArray(input['monitorFields']) ? input['monitorFields'].map(String) : [];
  const postFields = isObject(input['postFields']) ? input['postFields'] : {};
  const issues: string[] = [];
  if (typeof name !== 'string' || name === '') issues.push('name is required');
  if (typeof url !== 'string' || !isAllowedUrl(company, url)) issues.push('url must begin with https://');
  if (format !== 'json' && format !== 'form-encoded') issues.push('format must be json or form-encoded');
  for (const event of events) if (!WEBHOOK_EVENTS.includes(event)) issues.push(`unknown event ${event}`);
  const families = new Set(events.map((event) => event.split('.')[0]));
  if (families.has('employee') && families.has('employee_with_fields'))
    issues.push('employee_with_fields events cannot be mixed with employee events');
  if (events.some((event) => /^employee(_with_fields)?\.updated$/.test(event)) && monitorFields.length === 0)
    issues.push('monitorFields is required when updates are subscribed to');
  if (issues.length > 0) return refuse(issues);

  const denied = denyFields(company, caller, monitorFields, Object.keys(postFields));
  if (denied !== undefined) return denied;
  return {
    name: String(name),
    url: String(url),
    format: format === 'json' ? 'json' : 'form-encoded',
    events,
    monitorFields: monitorFields.length === 0 ? null : monitorFields,
    postFields: Object.fromEntries(Object.entries(postFields).map(([key, value]) => [key, String(value)])),
    includeCompanyDomain: input['includeCompanyDomain'] === true,
  };
}

/** 403 that lists unknown fields and those that the caller may not read. */
function denyFields(company: Company, caller: Caller, monitor: string[], post: string[]): Answer | undefined {
  const { vocabulary } = rosterOf(company);
  const watchable = new Set(monitorable(company).map(({ alias }) => alias));
  const unknownFields: { id: null; name: string }[] = [];
  function unreadable(
    names: string[],
    isKnown: (field: Field) => boolean,
  ): { id: number | string; name: string }[] {
    return names.flatMap((name) => {
      const field = vocabulary.report(name);
      if (field === undefined || !isKnown(field)) {
        unknownFields.push({ id: null, name });
        return [];
      }
      return caller.hidesColumn(field.alias) ? [{ id: field.id ?? field.alias, name: field.label }] : [];
    });
  }
  const monitorFields = unreadable(monitor, (field) => watchable.has(field.alias));
  const postFields = unreadable(post, () => true);
  if (unknownFields.length + monitorFields.length + postFields.length === 0) return undefined;
  return {
    status: 403,
    json: {
      errors: [
        {
          error: 'You do not have access to one or more of the specified fields',
          ...(unknownFields.length === 0 ? {} : { unknownFields }),
          ...(monitorFields.length === 0 ? {} : { monitorFields }),
          ...(postFields.length === 0 ? {} : { postFields }),
        },
      ],
    },
  };
}

function refuse(issues: string[]): Answer {
  return { status: 400, json: { errors: [{ error: 'The request is not valid', issues }] } };
}

function isAllowedUrl(company: Company, url: string): boolean {
  return (
    URL.canParse(url) &&
    (/^https:\/\//i.test(url) || (company.switches.allowHttpWebhooks && /^http:\/\//i.test(url)))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
