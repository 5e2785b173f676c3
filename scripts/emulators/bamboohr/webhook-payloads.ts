/** What a change looks like to a webhook: which deliveries it causes, in which order, with which bytes. */
import { createHmac } from 'node:crypto';
import type { Caller } from './access.ts';
import type { Company, Employee, Webhook } from './company.ts';
import type { EmployeeChange } from './effective-changes.ts';
import type { Field } from './field-catalogue.ts';
import { createReader, reportText } from './field-values.ts';

/** One HTTP POST to come. */
export interface Message {
  employeeIds: string[];
  payload: Record<string, unknown>;
}

type Verb = 'created' | 'updated' | 'deleted';
interface Happening {
  verb: Verb;
  employeeId: string;
  fields: Field[];
}

const ACTIONS: Record<Verb, string> = { created: 'Created', updated: 'Updated', deleted: 'Deleted' };

/**
 * Deliveries that `changes` cause at one webhook. A creation fires twice, created then updated; standard and custom
 * fields that change together are two deliveries; nothing is sent of an update of which the owner may not read a
 * monitored field. Field-based webhooks carry all employees of one change in one delivery. (OpenAPI document,
 * webhooks section; guides.)
 */
export function composeMessages(
  company: Company,
  webhook: Webhook,
  owner: Caller,
  changes: EmployeeChange[],
  at: Date,
): Message[] {
  const isEventBased = webhook.events.some((event) => event.startsWith('employee.'));
  const family = isEventBased ? 'employee' : 'employee_with_fields';
  const happenings = changes
    .flatMap((change) => listHappenings(company, webhook, owner, change))
    .filter(({ verb }) => webhook.events.includes(`${family}.${verb}`));
  if (isEventBased)
    return happenings.map((happening) => ({
      employeeIds: [happening.employeeId],
      payload: eventPayload(company, happening, at),
    }));
  const batches = new Map<string, Happening[]>();
  for (const happening of happenings) {
    const key = `${happening.verb} ${happening.fields.some((field) => field.custom)}`;
    batches.set(key, [...(batches.get(key) ?? []), happening]);
  }
  return [...batches.values()].map((batch) => ({
    employeeIds: batch.map(({ employeeId }) => employeeId),
    payload: fieldPayload(company, webhook, owner, batch, at),
  }));
}

function listHappenings(
  company: Company,
  webhook: Webhook,
  owner: Caller,
  change: EmployeeChange,
): Happening[] {
  const { employeeId } = change;
  if (change.action === 'Deleted') return [{ verb: 'deleted', employeeId, fields: [] }];
  const created: Happening[] =
    change.action === 'Inserted' ? [{ verb: 'created', employeeId, fields: [] }] : [];
  const employee = company.employees.get(employeeId);
  const monitored = change.fields.filter((field) => monitors(webhook, field));
  if (employee === undefined) return created;
  const halves = [monitored.filter((field) => !field.custom), monitored.filter((field) => field.custom)];
  const updated: Happening[] = halves
    .filter((fields) => fields.length > 0 && fields.every((field) => !owner.hides(field.alias, employee)))
    .map((fields) => ({ verb: 'updated', employeeId, fields }));
  return [...created, ...updated];
}

function monitors(webhook: Webhook, field: Field): boolean {
  const names = [field.alias, ...field.others, String(field.id ?? field.alias)];
  return webhook.monitorFields?.some((name) => names.includes(name)) === true;
}

function timestamp(company: Company, at: Date): string {
  const seconds = at.toISOString().slice(0, 19);
  return company.switches.webhookTimestampOffset ? `${seconds}+0000` : `${seconds}Z`;
}

/** No values, hence no personal data in transit: type, instant, ids, names of changed fields. */
function eventPayload(company: Company, happening: Happening, at: Date): Record<string, unknown> {
  return {
    type: `employee.${happening.verb}`,
    timestamp: timestamp(company, at),
    data: {
      companyId: company.companyId,
      employeeId: happening.employeeId,
      ...(happening.verb === 'updated'
        ? { changedFields: happening.fields.map((field) => field.alias) }
        : {}),
    },
  };
}

function fieldPayload(
  company: Company,
  webhook: Webhook,
  owner: Caller,
  batch: Happening[],
  at: Date,
): Record<string, unknown> {
  const reader = createReader(company, 'current', at);
  function posted(employee: Employee | undefined): Record<string, { value: unknown }> {
    const fields: Record<string, { value: unknown }> = {};
    if (employee === undefined) return fields;
    for (const [name, external] of Object.entries(webhook.postFields)) {
      const field = reader.roster.vocabulary.report(name);
      if (field !== undefined && !owner.hides(field.alias, employee))
        fields[external === '' ? field.label : external] = {
          value: reportText(reader.value(employee, field), field),
        };
    }
    return fields;
  }
  return {
    employees: batch.map(({ verb, employeeId, fields }) => ({
      id: employeeId,
      action: ACTIONS[verb],
      timestamp: timestamp(company, at),
      changedFields: fields.map((field) => field.label),
      fields: posted(company.employees.get(employeeId)),
    })),
  };
}

/** Body bytes in the webhook's format: JSON, or PHP-style form pairs (`data[changedFields][0]=firstName`). */
export function encodePayload(payload: Record<string, unknown>, format: Webhook['format']): string {
  if (format === 'json') return JSON.stringify(payload);
  const form = new URLSearchParams();
  flatten(payload, '', form);
  return form.toString();
}

function flatten(value: unknown, prefix: string, form: URLSearchParams): void {
  if (typeof value !== 'object' || value === null) {
    form.append(prefix, value === null || value === undefined ? '' : String(value));
    return;
  }
  for (const [key, inner] of Object.entries(value))
    flatten(inner, prefix === '' ? key : `${prefix}[${key}]`, form);
}

/** Lower-case hex HMAC-SHA256 over body and timestamp, no separator, the key as its ASCII text (real vector, 2022). */
export function signPayload(body: string, sentAt: string, privateKey: string): string {
  return createHmac('sha256', privateKey)
    .update(body + sentAt)
    .digest('hex');
}
