/**
 * The body of the generic webhook, and its signature.
 *
 *     POST <NOTIFY_WEBHOOK_URL>
 *     Content-Type: application/json
 *     Idempotency-Key: <id>                         the same for every repetition of this delivery
 *     X-Rollcall-Event: provisioned
 *     X-Rollcall-Timestamp: 1795435200              seconds since 1970, of this attempt
 *     X-Rollcall-Signature: t=1795435200,v1=<hex>   HMAC-SHA256 of timestamp + "." + body
 *
 *     { "version": 1, "id": …, "event": "provisioned", "at": …, "title": …,
 *       "people": [ { "id": "1042", "did": "account made, staged", "account": …, "startDay": "2026-12-01", "groups": [ … ],
 *                     "deviceGroups": [ … ], "bindings": [ … ], "name"?, "username"?, "email"? } ],
 *       "plan"?: { "digest", "day", "lane" }, "receipt"?, "run"?, "counts"?, "codes"?, "jobs"?, "others"?, "silence"?, "part"? }
 *
 * A receiver computes the HMAC over the bytes as they came, compares in constant time, refuses a timestamp older than
 * five minutes, and forgets a delivery whose Idempotency-Key it knows. While a secret is rotated there is one v1 for
 * each secret, and one that fits is enough.
 */
import { createHmac } from 'node:crypto';
import { visibleText } from '../render/visible-text.ts';
import type { MessageContext } from './compose-message.ts';
import { isPlainUrl, type Message, startDayOf } from './compose-message.ts';
import type { NoticePerson } from './notice.ts';
import type { Delivery } from './route-notices.ts';

/** The very text that is signed and sent. */
export function webhookBody(delivery: Delivery, message: Message, context: MessageContext): string {
  const { notice, id, part, names } = delivery;
  const { plan, receipt, run, counts, codes, jobs, others, silence } = notice;
  return JSON.stringify({
    version: 1,
    id,
    event: notice.event,
    at: notice.at,
    ...(context.repository === undefined ? {} : { repository: context.repository.name }),
    title: message.title,
    people: notice.people.map((person) =>
      personBody(person, names, startDayOf(notice, person, context), context),
    ),
    ...(plan === undefined ? {} : { plan: { digest: plan.digest, day: plan.asOf, lane: plan.lane } }),
    ...(receipt === undefined ? {} : { receipt: `state/receipts/${receipt}` }),
    ...(run === undefined || !isPlainUrl(run) ? {} : { run }),
    ...(counts === undefined ? {} : { counts }),
    ...(codes === undefined ? {} : { codes }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(others === undefined || others === 0 ? {} : { others }),
    ...(silence === undefined ? {} : { silence }),
    ...(part === undefined ? {} : { part }),
  });
}

function personBody(
  entry: NoticePerson,
  names: boolean,
  startDay: string | undefined,
  context: MessageContext,
): Record<string, unknown> {
  const { person, username, email, ...rest } = entry;
  const name = names ? context.nameOf(person) : undefined;
  return {
    id: person,
    ...rest,
    ...(startDay === undefined ? {} : { startDay }),
    // A machine gets names as they are, but for what would turn a log or a screen over.
    ...(name === undefined || name === '' ? {} : { name: visibleText(name) }),
    ...(names && username !== undefined ? { username } : {}),
    ...(names && email !== undefined ? { email } : {}),
  };
}

/** `secrets`: the current one, and others while rotating. `timestamp`: whole seconds since 1970. */
export function signWebhook(secrets: readonly string[], timestamp: number, body: string): string {
  const signatures = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${timestamp}.${body}`, 'utf8').digest('hex'),
  );
  return [`t=${timestamp}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
}
