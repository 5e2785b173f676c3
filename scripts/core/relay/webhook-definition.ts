/** The webhook that Rollcall wants in BambooHR, and what is wrong with the one that is there. */
import type { Finding, Severity } from '../values/finding.ts';

/** What `POST /v1/webhooks` takes (BambooHR's OpenAPI document). */
export interface WebhookDefinition {
  name: string;
  url: string;
  format: 'json' | 'form-encoded';
  events: string[];
  monitorFields: string[];
  includeCompanyDomain: boolean;
}

/** What is there; `null` and absent members as BambooHR answers them. Instants are `YYYY-MM-DD HH:MM:SS` in UTC. */
export interface RegisteredWebhook {
  id: string;
  name: string;
  url: string;
  created: string;
  lastSent: string | null;
  format: string;
  events: string[];
  monitorFields: string[];
  includeCompanyDomain: boolean;
}

export interface MonitorField {
  id: string;
  name: string;
  alias: string | null;
}

export interface WebhookLogEntry {
  /** Both are an instant, or words such as `Webhook Not Found`. */
  lastAttempted: string;
  lastSuccess: string;
  statusCode: string;
}

/**
 * Event-based: no field values travel, hence nothing personal, and one delivery never outgrows the relay's body limit.
 */
const EVENTS = ['employee.created', 'employee.updated', 'employee.deleted'];

/**
 * What ends or begins access, by alias in the order of preference (recorded tenant, 2026). Few on purpose: an update
 * is not sent at all when the key's user may not read one of the changed monitored fields, and each event is a run.
 * Which of them a tenant offers differs; the termination date is virtual and often missing, `status` follows it.
 */
const FIELDS: { aliases: string[]; what: string; needed: boolean }[] = [
  { aliases: ['status'], what: 'Status', needed: true },
  { aliases: ['employmentHistoryStatus', 'employmentStatus'], what: 'Employment Status', needed: true },
  { aliases: ['employeeStatusDate'], what: 'Employment Status: Date', needed: false },
  { aliases: ['hireDate'], what: 'Hire Date', needed: false },
  { aliases: ['terminationDate'], what: 'Termination Date', needed: false },
];

/** The fields to monitor out of those a tenant offers; `missing` are names of needed ones that it does not offer to this key. */
export function chooseMonitorFields(offered: readonly MonitorField[]): {
  fields: string[];
  missing: string[];
} {
  const aliases = new Set(offered.map(({ alias }) => alias));
  const fields: string[] = [];
  const missing: string[] = [];
  for (const { aliases: wanted, what, needed } of FIELDS) {
    const alias = wanted.find((name) => aliases.has(name));
    // Some tenants give a field no alias; its id serves as well.
    const chosen = alias ?? offered.find(({ name }) => name === what)?.id;
    if (chosen !== undefined) fields.push(chosen);
    else if (needed) missing.push(what);
  }
  return { fields, missing };
}

export function defineWebhook(name: string, url: string, monitorFields: string[]): WebhookDefinition {
  return { name, url, format: 'json', events: EVENTS, monitorFields, includeCompanyDomain: true };
}

/**
 * What is wrong with a registered webhook. `fields` are those that should be monitored, `log` its deliveries when they
 * could be read. Nothing found means: it exists, says enough, and its last delivery arrived.
 */
export function checkWebhook(
  webhook: RegisteredWebhook,
  url: string,
  offered: readonly MonitorField[],
  log: readonly WebhookLogEntry[] | undefined,
): Finding[] {
  const subject = `webhook ${webhook.id}`;
  const findings: Finding[] = [];
  const add = (severity: Severity, code: string, message: string): void => {
    findings.push({ severity, code, subject, message });
  };
  if (webhook.url !== url)
    add(
      'critical',
      'webhook-url',
      'delivers to another address than the relay’s: rotate it to the right one',
    );
  const updates = webhook.events.filter((event) => /^employee(_with_fields)?\.updated$/.test(event));
  if (updates.length === 0)
    add(
      'critical',
      'webhook-events',
      'does not tell of updated employees: rotate it, terminations are updates',
    );
  if (webhook.events.some((event) => event.startsWith('employee_with_fields.')))
    add('info', 'webhook-with-fields', 'sends field values along; event-based ones send ids only: rotate it');
  const { fields } = chooseMonitorFields(offered);
  const unmonitored = fields.filter((field) => !monitors(webhook, field, offered));
  if (unmonitored.length > 0)
    add('warning', 'webhook-fields', `does not monitor ${unmonitored.join(', ')}: rotate it`);
  if (webhook.lastSent === null)
    add('info', 'webhook-never-sent', 'has never fired; change a test employee to see it work');
  if (log !== undefined) findings.push(...checkDeliveries(subject, log));
  return findings;
}

function monitors(webhook: RegisteredWebhook, field: string, offered: readonly MonitorField[]): boolean {
  const names = offered
    .filter(({ id, alias }) => alias === field || id === field)
    .flatMap(({ id, alias }) => (alias === null ? [id] : [id, alias]));
  return names.some((name) => webhook.monitorFields.includes(name));
}

/**
 * 14 days, at most 200 deliveries, in no promised order. A 4xx is lost for good, anything else that failed is tried
 * again for 155 minutes. Two deliveries of one second, as every creation makes, are equally the last.
 */
function checkDeliveries(subject: string, log: readonly WebhookLogEntry[]): Finding[] {
  const newest = log.map(instantOf).reduce((a, b) => (a < b ? b : a), '');
  const failed = log.filter((entry) => !isDelivered(entry));
  const failing = failed.find((entry) => instantOf(entry) === newest);
  const undated = failed.filter((entry) => instantOf(entry) === '').length;
  const lost = log.filter(({ statusCode }) => /^4\d\d$/.test(statusCode)).length;
  const findings: Finding[] = [];
  if (failing !== undefined)
    findings.push({
      severity: 'critical',
      code: 'webhook-failing',
      subject,
      message: `the last delivery failed with status ${statusOf(failing)}: see the relay’s log; 401 means it has another key`,
    });
  if (lost > 0)
    findings.push({
      severity: 'warning',
      code: 'webhook-lost',
      subject,
      message: `${lost} of the last ${log.length} deliveries were refused and not sent again; the sync has caught up with them`,
    });
  if (newest !== '' && undated > 0)
    findings.push({
      severity: 'warning',
      code: 'webhook-unreachable',
      subject,
      message: `${undated} of the last ${log.length} deliveries failed at an instant that BambooHR does not tell; change a test employee to see one arrive`,
    });
  return findings;
}

/** Words instead of an instant would sort after every year, and stand for the newest delivery for 14 days: they come first. */
function instantOf(entry: WebhookLogEntry): string {
  return /^\d{4}-\d\d-\d\d /.test(entry.lastAttempted) ? entry.lastAttempted : '';
}

export function isDelivered(entry: WebhookLogEntry): boolean {
  return /^2\d\d$/.test(entry.statusCode);
}

function statusOf(entry: WebhookLogEntry): string {
  return /^\d{1,3}$/.test(entry.statusCode) ? entry.statusCode : 'unknown';
}
