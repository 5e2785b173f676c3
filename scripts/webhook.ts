/** `npm run webhook -- create|list|verify|rotate|log`: the webhook in BambooHR that feeds the relay. */
import { resolve } from 'node:path';
import { connectWebhooks, type WebhookAdmin } from './adapters/bamboohr/webhooks.ts';
import { badUsage } from './core/values/failure.ts';
import { type Door, type DoorContext, type DoorResult, isMain, runDoor } from './shell/door.ts';
import {
  beginRotation,
  createWebhook,
  finishRotation,
  type KeepKey,
  readDeliveries,
  verifyWebhook,
} from './shell/relay/register-webhook.ts';
import { prepareKeyFile, storeKey } from './shell/relay/store-key.ts';

const OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    description: 'where the relay listens: https://relay.example.com/webhook',
  },
  id: { type: 'string', value: 'ID', description: 'webhook whose log is read' },
  'key-file': {
    type: 'string',
    value: 'FILE',
    description: 'file for the private key (mode 0600, newest first)',
  },
  'print-key': { type: 'boolean', description: 'print the private key on stdout instead; it is shown once' },
  finish: { type: 'boolean', description: 'rotate: remove the old webhook, now that the new one delivers' },
  force: { type: 'boolean', description: 'rotate --finish: without that proof' },
} as const;

type Context = DoorContext<typeof OPTIONS>;

export const door: Door<typeof OPTIONS> = {
  name: 'webhook',
  summary: 'Makes, checks and rotates the BambooHR webhook that feeds the relay.',
  details:
    'The key’s user owns the webhook: use the service user, for a webhook ends with its owner. BambooHR tells the ' +
    'private key once, when the webhook is made; it goes to --key-file, from which the relay reads it (relay ' +
    '--key-file), or to stdout with --print-key. Rotating takes two steps, so that no event is lost: `rotate` adds a ' +
    'webhook with a new key, `rotate --finish` removes the old one when the new one has delivered. Take the old ' +
    'key out of the file three hours later: BambooHR may still be retrying with it.',
  options: OPTIONS,
  positionals: {
    usage: 'create|list|verify|rotate|log',
    description: 'what to do',
    min: 1,
    max: 1,
  },
  variables: ['BAMBOOHR_COMPANY', 'BAMBOOHR_API_KEY', 'BAMBOOHR_BASE_URL'],
  exits: { 1: 'verify: something is wrong with the webhook' },
  examples: [
    [
      'npm run webhook -- create --url https://relay.example.com/webhook --key-file /etc/rollcall/webhook-key',
      'once',
    ],
    [
      'npm run webhook -- verify --url https://relay.example.com/webhook',
      'exists, ours, complete, delivering',
    ],
    [
      'npm run webhook -- rotate --url https://relay.example.com/webhook --key-file /etc/rollcall/webhook-key',
      'yearly',
    ],
  ],
  run: (context) => webhook(context, connectWebhooks(context.environment)),
};

export async function webhook(context: Context, admin: WebhookAdmin): Promise<DoorResult> {
  const [verb = ''] = context.positionals;
  switch (verb) {
    case 'create': {
      const url = needed(context.options.url, 'url');
      const place = await placeForKey(context, 'create');
      const { id } = await createWebhook(admin, url, place.keep);
      return { json: { id, url, ...place.shown() }, text: withKey(`webhook ${id} made`, place) };
    }
    case 'list': {
      const webhooks = await admin.list();
      const lines = webhooks.map(
        ({ id, name, url, lastSent }) => `${id}  ${name}  ${url}  ${lastSent ?? 'never sent'}`,
      );
      return { json: { webhooks }, text: lines.join('\n') || 'no webhook of this key’s user' };
    }
    case 'verify': {
      const { webhooks, findings } = await verifyWebhook(admin, needed(context.options.url, 'url'));
      const isWrong = findings.some(({ severity }) => severity !== 'info');
      const lines = findings.map(({ severity, code, subject, message }) =>
        [severity, code, subject === undefined ? message : `${subject} ${message}`].join('  '),
      );
      return {
        exit: isWrong ? 1 : 0,
        json: { webhooks, findings },
        text: [
          ...lines,
          isWrong ? 'the webhook is not as it should be' : 'the webhook is as it should be',
        ].join('\n'),
      };
    }
    case 'rotate':
      return rotate(context, admin);
    case 'log': {
      const entries = await readDeliveries(admin, needed(context.options.id, 'id'));
      const lines = entries.map(
        (entry) => `${entry.lastAttempted}  ${entry.statusCode}  last success ${entry.lastSuccess}`,
      );
      return { json: { entries }, text: lines.join('\n') || 'no delivery in the last 14 days' };
    }
    default:
      throw badUsage(
        'bad-arguments',
        'the first argument is none of create, list, verify, rotate, log',
        'see --help',
      );
  }
}

async function rotate(context: Context, admin: WebhookAdmin): Promise<DoorResult> {
  const url = needed(context.options.url, 'url');
  if (context.options.finish) {
    const { id, removed } = await finishRotation(admin, url, context.options.force);
    const text =
      removed.length === 0
        ? `webhook ${id} is the only one; nothing to remove`
        : `webhook ${removed.join(', ')} removed, ${id} stays`;
    return { json: { id, removed }, text };
  }
  const place = await placeForKey(context, 'rotate');
  const { id, old } = await beginRotation(admin, url, place.keep);
  const text = `webhook ${id} made beside ${old.join(', ') || 'none'}; when the relay has the new key, run rotate --finish`;
  return { json: { id, old, ...place.shown() }, text: withKey(text, place) };
}

function withKey(text: string, place: KeyPlace): string {
  const { privateKey } = place.shown();
  return privateKey === undefined ? text : `${text}\n${privateKey}`;
}

interface KeyPlace {
  keep: KeepKey;
  /** For the result, when it was asked for in so many words. */
  shown(): { privateKey?: string };
}

/** Decided before BambooHR is asked for a key that it shows only once. */
async function placeForKey(context: Context, mode: 'create' | 'rotate'): Promise<KeyPlace> {
  const { 'key-file': file, 'print-key': isPrinted } = context.options;
  if ((file === undefined) === !isPrinted)
    throw badUsage(
      'bad-arguments',
      'the private key needs one place to go',
      'give --key-file FILE, or --print-key to see it on stdout',
    );
  if (file === undefined) {
    let shown: { privateKey?: string } = {};
    return {
      keep(privateKey) {
        shown = { privateKey };
        return Promise.resolve();
      },
      shown: () => shown,
    };
  }
  const path = resolve(context.root, file);
  await prepareKeyFile(path, mode);
  return {
    keep(privateKey) {
      context.hide(privateKey);
      return storeKey(path, privateKey);
    },
    shown: () => ({}),
  };
}

function needed(value: string | undefined, name: 'url' | 'id'): string {
  if (value === undefined)
    throw badUsage('bad-arguments', `--${name} is missing`, 'see --help for an example of each verb');
  return value;
}

if (isMain(import.meta)) await runDoor(door);
