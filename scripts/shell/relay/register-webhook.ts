/** The life of our webhook in BambooHR: made, looked at, replaced by one with a new key. */
import type { WebhookAdmin, WebhookSummary } from '../../adapters/bamboohr/webhooks.ts';
import {
  checkWebhook,
  chooseMonitorFields,
  defineWebhook,
  isDelivered,
  type WebhookLogEntry,
} from '../../core/relay/webhook-definition.ts';
import { badUsage, refusal, serviceFailure } from '../../core/values/failure.ts';
import { type Finding, orderFindings } from '../../core/values/finding.ts';
import { AnswerLost } from '../../ports.ts';

export const WEBHOOK_NAME = 'Rollcall relay';

/** What is done with the key before anybody else sees it; when it fails the webhook is taken back, for its key is lost. */
export type KeepKey = (privateKey: string) => Promise<void>;

export async function createWebhook(
  admin: WebhookAdmin,
  url: string,
  keep: KeepKey,
): Promise<{ id: string }> {
  checkUrl(url);
  const there = (await admin.list()).filter((webhook) => webhook.url === url);
  if (there.length > 0)
    throw badUsage(
      'webhook-exists',
      `webhook ${idsOf(there)} delivers to this address already`,
      'run `webhook verify` to look at it, or `webhook rotate` to replace it and its key',
    );
  return create(admin, url, keep);
}

/**
 * First half of a rotation: a second webhook with a key of its own. Until the relay has that key its deliveries are
 * refused, but the first webhook still tells of the same changes, so nothing is lost.
 */
export async function beginRotation(
  admin: WebhookAdmin,
  url: string,
  keep: KeepKey,
): Promise<{ id: string; old: string[] }> {
  checkUrl(url);
  const old = oursOf(await admin.list(), url);
  if (old.length > 1)
    throw badUsage(
      'rotation-open',
      `webhooks ${idsOf(old)} both deliver for us: a rotation is not finished`,
      'run `webhook rotate --finish` first',
    );
  const { id } = await create(admin, url, keep);
  return { id, old: old.map((webhook) => webhook.id) };
}

/** Second half: the older ones go, once the newest has delivered with success, which proves that the relay has its key. */
export async function finishRotation(
  admin: WebhookAdmin,
  url: string,
  force: boolean,
): Promise<{ id: string; removed: string[] }> {
  const [newest, ...older] = oursOf(await admin.list(), url).sort((a, b) => Number(b.id) - Number(a.id));
  if (newest === undefined)
    throw badUsage('webhook-missing', 'no webhook delivers to this address', 'run `webhook create`');
  if (older.length > 0 && !force) {
    const log = await readDeliveries(admin, newest.id);
    if (!log.some(isDelivered))
      throw refusal(
        'rotation-unproven',
        `webhook ${newest.id} has not delivered with success yet, so nothing shows that the relay has its key`,
      );
  }
  const removed: string[] = [];
  for (const { id } of older) {
    await admin.remove(id);
    removed.push(id);
  }
  return { id: newest.id, removed };
}

/** Everything that is wrong with the webhook that should deliver to `url`. */
export async function verifyWebhook(
  admin: WebhookAdmin,
  url: string,
): Promise<{ webhooks: WebhookSummary[]; findings: Finding[] }> {
  const webhooks = oursOf(await admin.list(), url);
  const delivering = webhooks.filter((webhook) => webhook.url === url);
  const findings: Finding[] = [];
  if (webhooks.length === 0)
    findings.push({
      severity: 'critical',
      code: 'webhook-missing',
      message:
        'the key’s user owns no webhook that delivers to the relay: run `webhook create`, with the key that is to own it',
    });
  if (delivering.length > 1)
    findings.push({
      severity: 'warning',
      code: 'webhook-doubled',
      message: `webhooks ${idsOf(delivering)} deliver to the same address: finish the rotation with \`webhook rotate --finish\``,
    });
  const offered = webhooks.length === 0 ? [] : await admin.listMonitorFields();
  for (const { id } of webhooks) {
    const full = await admin.read(id);
    if (full === undefined) continue;
    const log = await admin.readLog(id);
    if (log === 'unknown') continue;
    findings.push(...checkWebhook(full, url, offered, log === 'busy' ? undefined : log));
  }
  return { webhooks, findings: orderFindings(findings) };
}

export async function readDeliveries(admin: WebhookAdmin, id: string): Promise<WebhookLogEntry[]> {
  const log = await admin.readLog(id);
  if (log === 'busy')
    throw serviceFailure(
      'webhook-log-busy',
      'BambooHR, GET /v1/webhooks/{id}/log: over its rate limit',
      'run again in a minute',
    );
  if (log !== 'unknown') return log;
  // Of a company that BambooHR does not know, the list says so: the answer to an id alone leaves it open which of the two it is.
  const there = await admin.list();
  throw badUsage(
    'no-such-webhook',
    `BambooHR has no webhook ${JSON.stringify(id.slice(0, 40))} of this key's user; it has ${idsOf(there) || 'none'}`,
    'npm run webhook -- list names them; use the key with which the webhook was made',
  );
}

async function create(admin: WebhookAdmin, url: string, keep: KeepKey): Promise<{ id: string }> {
  const { fields, missing } = chooseMonitorFields(await admin.listMonitorFields());
  if (missing.length > 0)
    throw badUsage(
      'webhook-fields',
      `BambooHR does not offer ${missing.join(' and ')} for monitoring to this key`,
      "let the service user's access level see it",
    );
  const before = new Set((await admin.list()).map(({ id }) => id));
  let created: { id: string; privateKey: string };
  try {
    created = await admin.create(defineWebhook(WEBHOOK_NAME, url, fields));
  } catch (error) {
    if (error instanceof AnswerLost) await removeOrphans(admin, url, before);
    throw error;
  }
  try {
    await keep(created.privateKey);
  } catch (error) {
    await admin.remove(created.id);
    throw error;
  }
  return { id: created.id };
}

/** A webhook whose key nobody has would deliver to a relay that can only refuse it. */
async function removeOrphans(admin: WebhookAdmin, url: string, before: Set<string>): Promise<void> {
  for (const webhook of await admin.list())
    if (!before.has(webhook.id) && webhook.url === url) await admin.remove(webhook.id);
}

/** By address, or by name when the address has moved on. */
function oursOf(webhooks: WebhookSummary[], url: string): WebhookSummary[] {
  return webhooks.filter((webhook) => webhook.url === url || webhook.name === WEBHOOK_NAME);
}

function idsOf(webhooks: WebhookSummary[]): string {
  return webhooks.map(({ id }) => id).join(' and ');
}

function checkUrl(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw badUsage('bad-url', '--url is not a web address', 'write it as https://relay.example.com/webhook');
}
