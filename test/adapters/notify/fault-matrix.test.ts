/**
 * Every channel that a notification may take x every fault: sent again, or failed with a reason; nothing is thrown and
 * nobody is told twice. The channels are those of the schema, so that a new one without a row fails here.
 */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SMTPServer } from 'smtp-server';
import { connectNotifier } from '../../../scripts/adapters/notify/connect.ts';
import { NotificationChannel } from '../../../scripts/core/mappings/notifications-file.ts';
import { composeMessage, type MessageContext } from '../../../scripts/core/notify/compose-message.ts';
import type { Delivery } from '../../../scripts/core/notify/route-notices.ts';
import { type Answer, startHttpSink, startSmtpSink } from '../../notify/sinks.ts';

const http = await startHttpSink();
const smtp = await startSmtpSink();
/** Takes connections and says nothing. */
const mute = createServer((socket) => socket.on('error', () => undefined));
/** Its certificate is its own. */
const selfSigned = new SMTPServer({ secure: true });
selfSigned.on('error', () => undefined);
const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
beforeAll(async () => {
  await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
  await new Promise<void>((done) => selfSigned.listen(0, '127.0.0.1', () => done()));
});
afterAll(async () => {
  await http.close();
  await smtp.close();
  mute.close();
  await new Promise<void>((done) => selfSigned.close(() => done()));
});

const context: MessageContext = {
  templates: {},
  nameOf: () => undefined,
  startDayOf: () => undefined,
  repository: undefined,
};
const CLOCK = Date.parse('2026-11-23T12:00:00Z');

type Kind = 'http' | 'mail';
const CHANNELS: Record<NotificationChannel, Kind> = { slack: 'http', webhook: 'http', email: 'mail' };

/** Once: then the receiver is well. `sent` after two attempts, or failed after one with a reason. */
type Expected = 'again' | 'sent' | RegExp;
interface Fault {
  name: string;
  http?: { answer: Answer; expected: Expected; wait?: number };
  mail?: { refusal: number; expected: Expected };
  /** Instead of the receiver. */
  address?: (channel: Kind) => string;
  expected?: Expected;
}
const later = new Date(CLOCK + 9_000).toUTCString();
const http429 = (name: string, value: string | undefined, wait: number): Fault => ({
  name,
  http: {
    answer: { status: 429, headers: value === undefined ? {} : { 'retry-after': value } },
    expected: 'again',
    wait,
  },
});
const FAULTS: Fault[] = [
  http429('429 with seconds', '7', 7_000),
  http429('429 with a date', later, 9_000),
  http429('429 with nothing', undefined, 250),
  ...[500, 502, 503, 504].map((status): Fault => ({
    name: String(status),
    http: { answer: { status }, expected: 'again' },
  })),
  ...[421, 450, 451].map((refusal): Fault => ({
    name: `mail ${refusal}`,
    mail: { refusal, expected: 'again' },
  })),
  ...[550, 554].map((refusal): Fault => ({
    name: `mail ${refusal}`,
    mail: { refusal, expected: new RegExp(`answered ${refusal}`) },
  })),
  { name: 'cut', http: { answer: 'cut', expected: 'again' } },
  ...[301, 302, 307].map((status): Fault => ({
    name: `redirect ${status}`,
    http: {
      answer: { status, headers: { location: 'https://elsewhere.example/login' } },
      expected: /nowhere else/,
    },
  })),
  ...[400, 401, 403, 404, 410].map((status): Fault => ({
    name: String(status),
    http: { answer: { status }, expected: new RegExp(`answered ${status}`) },
  })),
  // Their body is "ok" or HTML or nothing; it says nothing that the status does not.
  { name: '200 and 204', http: { answer: { status: 204 }, expected: 'sent' } },
  {
    name: 'no answer',
    address: (kind) =>
      kind === 'http' ? 'http://127.0.0.1:MUTE/' : 'smtp://u%40example.com:x@127.0.0.1:MUTE',
    expected: /no answer in time|cannot be reached/,
  },
  {
    name: 'nobody listens',
    address: (kind) => (kind === 'http' ? 'http://127.0.0.1:1/' : 'smtp://u%40example.com:x@127.0.0.1:1'),
    expected: /nobody listens|cannot be reached/,
  },
  {
    name: 'a bad certificate',
    address: (kind) =>
      kind === 'http' ? 'https://127.0.0.1:TLS/' : 'smtps://u%40example.com:x@127.0.0.1:TLS',
    expected: /certificate is not to be trusted/,
  },
  {
    name: 'no such host',
    // One label of more than 63 letters is a name that no resolver is asked for.
    address: (kind) =>
      kind === 'http'
        ? `https://${'x'.repeat(64)}.example/`
        : `smtps://u%40example.com:x@${'x'.repeat(64)}.example`,
    expected: /no such host|cannot be reached|nobody listens/,
  },
];

test('every channel has a kind', () => {
  expect(Object.keys(CHANNELS).sort()).toEqual([...NotificationChannel.options].sort());
});

const ROWS = Object.entries(CHANNELS).flatMap(([channel, kind]) =>
  FAULTS.filter((fault) => fault.address !== undefined || fault[kind] !== undefined).map(
    (fault) => [channel as NotificationChannel, fault.name, kind, fault] as const,
  ),
);

test.each(ROWS)('%s: %s', async (channel, _name, kind, fault) => {
  const waits: number[] = [];
  http.hits.length = 0;
  smtp.mails.length = 0;
  const played = fault[kind];
  if (fault.http !== undefined && kind === 'http') http.answers.push(fault.http.answer);
  if (fault.mail !== undefined && kind === 'mail') smtp.refusals.push(fault.mail.refusal);
  const place = fault
    .address?.(kind)
    .replace('MUTE', String(portOf(mute)))
    .replace('TLS', String(portOf(selfSigned.server)));
  const notifier = connectNotifier(
    {
      SLACK_WEBHOOK_URL: place ?? `${http.url}/CANARY`,
      NOTIFY_WEBHOOK_URL: place ?? `${http.url}/CANARY`,
      WEBHOOK_SIGNING_SECRET: 'CANARY',
      SMTP_URL: place ?? smtp.url,
    },
    {
      from: 'rollcall@example.com',
      limits: { attempts: 2, timeoutMs: fault.name === 'no answer' ? 150 : 5_000, budgetMs: 60_000 },
      wire: { sleep: async (ms) => waits.push(ms), now: () => CLOCK, random: () => 0 },
    },
  );
  const delivery: Delivery = {
    channel,
    to: kind === 'mail' ? ['hr@example.com'] : [],
    names: false,
    notice: { event: 'offboarded', key: 'k', at: '2026-11-23T11:00:00Z', people: [] },
    keys: ['k'],
    id: '0'.repeat(32),
  };
  const sent = await notifier.send(delivery, composeMessage(delivery, context), context);
  const expected = played?.expected ?? fault.expected!;
  if (expected instanceof RegExp) {
    expect(sent).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(expected) as string });
    expect(JSON.stringify(sent)).not.toContain('CANARY');
    expect(smtp.mails).toEqual([]);
  } else {
    expect(sent).toEqual({ outcome: 'sent', attempts: expected === 'again' ? 2 : 1 });
    expect(kind === 'http' ? http.hits.length : smtp.mails.length + 1).toBe(expected === 'again' ? 2 : 1);
  }
  if (fault.http?.wait !== undefined && kind === 'http') expect(waits).toEqual([fault.http.wait]);
});
