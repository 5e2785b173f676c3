/** The channels, from the environment. A channel whose secret is missing or wrong is named, and the others go on. */
import { mailMessage } from '../../core/notify/mail-message.ts';
import { slackMessage } from '../../core/notify/slack-message.ts';
import { signWebhook, webhookBody } from '../../core/notify/webhook-message.ts';
import type { NotificationChannel } from '../../core/mappings/notifications-file.ts';
import { Failure } from '../../core/values/failure.ts';
import type { Notifier, Sent } from '../../ports.ts';
import { checkAddress, type Environment, optionalVariable } from '../http/environment.ts';
import { createWire, type Wire } from '../http/wire.ts';
import { LIMITS, postMessage, type PostLimits } from './post-message.ts';
import { createMailer, readSmtpUrl } from './smtp.ts';

export interface ConnectOptions {
  /** Sender of mails. */
  from: string | undefined;
  wire?: Partial<Wire>;
  limits?: Partial<PostLimits>;
}

type Channel = { missing: string } | { send: Notifier['send'] };

export function connectNotifier(environment: Environment, options: ConnectOptions): Notifier {
  const wire = createWire(environment, options.wire);
  const limits = { ...LIMITS, ...options.limits };
  const channels: Record<NotificationChannel, Channel> = {
    slack: openSlack(environment, wire, limits),
    email: openMail(environment, options.from, wire, limits),
    webhook: openWebhook(environment, wire, limits),
  };
  return {
    missing(name) {
      const channel = channels[name];
      return 'missing' in channel ? channel.missing : undefined;
    },
    async send(delivery, message, context): Promise<Sent> {
      const channel = channels[delivery.channel];
      if ('missing' in channel) return { outcome: 'failed', attempts: 0, reason: channel.missing };
      return channel.send(delivery, message, context);
    },
  };
}

function openSlack(environment: Environment, wire: Wire, limits: PostLimits): Channel {
  const url = readUrl(environment, 'SLACK_WEBHOOK_URL');
  if ('missing' in url) return url;
  return {
    send: (_delivery, message) =>
      postMessage(
        wire,
        { service: 'Slack', url: url.url, body: JSON.stringify(slackMessage(message)), headers: () => ({}) },
        limits,
      ),
  };
}

function openWebhook(environment: Environment, wire: Wire, limits: PostLimits): Channel {
  const url = readUrl(environment, 'NOTIFY_WEBHOOK_URL');
  if ('missing' in url) return url;
  const secrets = (optionalVariable(environment, 'WEBHOOK_SIGNING_SECRET') ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  // Unsigned, anybody who learns the address could set a joiner's devices going.
  if (secrets.length === 0)
    return { missing: 'WEBHOOK_SIGNING_SECRET is not set, and nothing is sent unsigned' };
  return {
    send(delivery, message, context) {
      const body = webhookBody(delivery, message, context);
      const headers = (): Record<string, string> => {
        const timestamp = Math.floor(wire.now() / 1_000);
        return {
          'idempotency-key': delivery.id,
          'x-rollcall-event': delivery.notice.event,
          'x-rollcall-timestamp': String(timestamp),
          'x-rollcall-signature': signWebhook(secrets, timestamp, body),
        };
      };
      return postMessage(wire, { service: 'webhook', url: url.url, body, headers }, limits);
    },
  };
}

function openMail(
  environment: Environment,
  given: string | undefined,
  wire: Wire,
  limits: PostLimits,
): Channel {
  const text = optionalVariable(environment, 'SMTP_URL');
  if (text === undefined) return { missing: 'SMTP_URL is not set' };
  const read = readSmtpUrl(text);
  if (!read.ok) return { missing: read.problem };
  const { user } = read.server;
  const from = given ?? (user !== undefined && ADDRESS.test(user) ? user : undefined);
  if (from === undefined)
    return { missing: 'no sender for mails: write "from: address" into mappings/notifications.yaml' };
  const mailer = createMailer(read.server, wire, limits);
  return {
    send: ({ to, id, notice }, message) =>
      mailer.send({ from, to, message: mailMessage(message), id, at: notice.at }),
  };
}

const ADDRESS = /^[^\s@<>"(),:;\\[\]]+@[A-Za-z0-9.-]+$/;

/** An address that is a secret itself: what is wrong with it is said, and none of it. */
function readUrl(environment: Environment, name: string): { url: string } | { missing: string } {
  const text = optionalVariable(environment, name);
  if (text === undefined) return { missing: `${name} is not set` };
  try {
    return { url: checkAddress(name, text).href };
  } catch (error) {
    if (error instanceof Failure) return { missing: error.message };
    throw error;
  }
}
