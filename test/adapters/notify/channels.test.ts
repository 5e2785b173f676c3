import { createHmac } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { connectNotifier } from '../../../scripts/adapters/notify/connect.ts';
import { readSmtpUrl } from '../../../scripts/adapters/notify/smtp.ts';
import { composeMessage, type MessageContext } from '../../../scripts/core/notify/compose-message.ts';
import type { Delivery } from '../../../scripts/core/notify/route-notices.ts';
import type { Sent } from '../../../scripts/ports.ts';
import { startHttpSink, startSmtpSink } from '../../notify/sinks.ts';

const http = await startHttpSink();
const smtp = await startSmtpSink();
afterAll(async () => {
  await http.close();
  await smtp.close();
});

const SECRET_PATH = '/services/T000/B000/CANARYsecretpath';
const slept: number[] = [];
let clock = Date.parse('2026-11-23T12:00:00Z');
afterEach(() => {
  http.hits.length = 0;
  http.answers.length = 0;
  smtp.mails.length = 0;
  smtp.refusals.length = 0;
  smtp.unknown.clear();
  slept.length = 0;
});

const context: MessageContext = {
  templates: {},
  nameOf: () => undefined,
  startDayOf: () => undefined,
  repository: undefined,
};

function deliveryTo(channel: Delivery['channel'], to: string[] = []): Delivery {
  return {
    channel,
    to,
    names: false,
    notice: {
      event: 'offboarded',
      key: 'k',
      at: '2026-11-23T11:00:00Z',
      people: [{ person: '1042', did: 'suspended' }],
    },
    keys: ['k'],
    id: '0123456789abcdef0123456789abcdef',
  };
}

function send(delivery: Delivery, environment: Record<string, string> = {}): Promise<Sent> {
  const notifier = connectNotifier(
    {
      SLACK_WEBHOOK_URL: `${http.url}${SECRET_PATH}`,
      NOTIFY_WEBHOOK_URL: `${http.url}/hook?token=CANARYtoken`,
      WEBHOOK_SIGNING_SECRET: 'CANARYsigning',
      SMTP_URL: smtp.url,
      ...environment,
    },
    {
      from: undefined,
      limits: { attempts: 3, timeoutMs: 2_000, budgetMs: 60_000 },
      wire: {
        sleep: (ms) => {
          slept.push(ms);
          clock += ms;
          return Promise.resolve();
        },
        now: () => clock,
        random: () => 0,
      },
    },
  );
  return notifier.send(delivery, composeMessage(delivery, context), context);
}

describe('over HTTP', () => {
  it('waits as long as it is asked to, in seconds or by date, and then is taken', async () => {
    http.answers.push(
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503, headers: { 'retry-after': new Date(clock + 7_000 + 12_000).toUTCString() } },
    );
    expect(await send(deliveryTo('slack'))).toEqual({ outcome: 'sent', attempts: 3 });
    expect(slept).toEqual([7_000, 12_000]);
    expect(http.hits.map(({ path }) => path)).toEqual([SECRET_PATH, SECRET_PATH, SECRET_PATH]);
  });

  it.each<[string, Parameters<typeof http.answers.push>[0]]>([
    ['500', { status: 500 }],
    ['502', { status: 502 }],
    ['a cut connection', 'cut'],
  ])('%s is tried again', async (_name, answer) => {
    http.answers.push(answer);
    expect(await send(deliveryTo('slack'))).toEqual({ outcome: 'sent', attempts: 2 });
  });

  it.each<[number, Record<string, string>, number, string]>([
    [400, {}, 1, 'Slack: answered 400'],
    [404, {}, 1, 'Slack: answered 404: the webhook is gone, or its address is wrong'],
    [307, { location: 'https://evil.example/' }, 1, 'Slack: answered 307: a message is sent nowhere else'],
    [500, {}, 3, 'Slack: answered 500'],
    [429, { 'retry-after': '3600' }, 1, 'Slack: answered 429 and asks for more time than we have'],
  ])(
    '%i is given up as it deserves, without a word of the address',
    async (status, headers, attempts, reason) => {
      http.answers.push(...Array.from({ length: attempts }, () => ({ status, headers })));
      expect(await send(deliveryTo('slack'))).toEqual({ outcome: 'failed', attempts, reason });
      expect(http.hits).toHaveLength(attempts);
    },
  );

  it('nobody there is an outcome, and nothing is thrown', async () => {
    const sent = await send(deliveryTo('slack'), { SLACK_WEBHOOK_URL: 'http://127.0.0.1:1/CANARY' });
    expect(sent).toEqual({ outcome: 'failed', attempts: 3, reason: 'Slack: nobody listens (ECONNREFUSED)' });
  });

  it('the webhook is signed anew for each attempt, with one key for all of them', async () => {
    http.answers.push({ status: 503, headers: { 'retry-after': '5' } });
    await send(deliveryTo('webhook'));
    const [first, second] = http.hits;
    for (const hit of [first, second]) {
      const timestamp = String(hit?.headers['x-rollcall-timestamp']);
      const hmac = createHmac('sha256', 'CANARYsigning').update(`${timestamp}.${hit?.body}`).digest('hex');
      expect(hit?.headers['x-rollcall-signature']).toBe(`t=${timestamp},v1=${hmac}`);
      expect(hit?.headers['idempotency-key']).toBe('0123456789abcdef0123456789abcdef');
      expect(hit?.headers['x-rollcall-event']).toBe('offboarded');
    }
    expect(
      Number(second?.headers['x-rollcall-timestamp']) - Number(first?.headers['x-rollcall-timestamp']),
    ).toBe(5);
    expect(second?.body).toBe(first?.body);
  });

  it.each<[string, Delivery['channel'], Record<string, string>]>([
    ['SLACK_WEBHOOK_URL is not set', 'slack', { SLACK_WEBHOOK_URL: ' ' }],
    ['SLACK_WEBHOOK_URL is not a web address', 'slack', { SLACK_WEBHOOK_URL: 'CANARY' }],
    [
      'SLACK_WEBHOOK_URL is plain http: the key would travel unencrypted',
      'slack',
      { SLACK_WEBHOOK_URL: 'http://hooks.example.com/CANARY' },
    ],
    [
      'WEBHOOK_SIGNING_SECRET is not set, and nothing is sent unsigned',
      'webhook',
      { WEBHOOK_SIGNING_SECRET: ' , ' },
    ],
    ['SMTP_URL is not set', 'email', { SMTP_URL: '' }],
    ['SMTP_URL is not smtps://user:password@host', 'email', { SMTP_URL: 'mail.example.com:CANARY' }],
  ])('%s', async (reason, channel, environment) => {
    expect(await send(deliveryTo(channel, ['a@example.com']), environment)).toEqual({
      outcome: 'failed',
      attempts: 0,
      reason,
    });
    expect(http.hits).toEqual([]);
  });
});

describe('by mail', () => {
  const TO = ['security@example.com', 'hr@example.com'];

  it('goes to everybody of the route, as text and HTML, and says that a machine wrote it', async () => {
    expect(await send(deliveryTo('email', TO))).toEqual({ outcome: 'sent', attempts: 1 });
    const [mail] = smtp.mails;
    expect(mail).toMatchObject({
      from: 'rollcall@example.com',
      to: TO,
      subject: 'Rollcall: Offboarded: 1 person',
    });
    expect(mail?.text).toContain('1042: suspended');
    expect(mail?.html).toContain('<div dir="auto">1042: suspended</div>');
    expect(mail?.headers).toContain('Auto-Submitted: auto-generated');
    expect(mail?.headers).toContain('Message-ID: <0123456789abcdef0123456789abcdef@example.com>');
    expect(mail?.headers).toContain('Date: Mon, 23 Nov 2026 11:00:00 +0000');
  });

  it('is tried again when the server says later, and is the same mail then', async () => {
    smtp.refusals.push(451, 421);
    expect(await send(deliveryTo('email', TO))).toEqual({ outcome: 'sent', attempts: 3 });
    expect(slept).toHaveLength(2);
    expect(smtp.mails).toHaveLength(1);
  });

  it('is given up when the server says never, and its words stay with it', async () => {
    smtp.refusals.push(554);
    expect(await send(deliveryTo('email', TO))).toEqual({
      outcome: 'failed',
      attempts: 1,
      reason: 'mail: the server answered 554',
    });
  });

  it('is not sent again to those who have it because of one who does not exist', async () => {
    smtp.unknown.add('hr@example.com');
    expect(await send(deliveryTo('email', TO))).toEqual({
      outcome: 'sent',
      attempts: 1,
      reason: 'mail: the server refused 1 of 2 addresses',
    });
    expect(smtp.mails.map(({ to }) => to)).toEqual([['security@example.com']]);
  });

  it('names a wrong password without it, once', async () => {
    const wrong = smtp.url.replace('pa%20ss', 'CANARY');
    expect(await send(deliveryTo('email', TO), { SMTP_URL: wrong })).toEqual({
      outcome: 'failed',
      attempts: 1,
      reason: 'mail: the server does not accept user and password of SMTP_URL',
    });
  });

  it('nobody there is an outcome', async () => {
    const sent = await send(deliveryTo('email', TO), {
      SMTP_URL: 'smtp://rollcall%40example.com:x@127.0.0.1:1',
    });
    expect(sent).toMatchObject({ outcome: 'failed', attempts: 3 });
  });

  it('reads an address, demands TLS, and lets nothing in it switch that off', () => {
    expect(readSmtpUrl('smtp://u:p@mail.example.com?tls.rejectUnauthorized=false&ignoreTLS=true')).toEqual({
      ok: true,
      server: {
        host: 'mail.example.com',
        port: 587,
        secure: false,
        requireTLS: true,
        user: 'u',
        password: 'p',
      },
    });
    expect(readSmtpUrl('smtps://u%40x.org:p%2F%3A@[::1]')).toMatchObject({
      server: { host: '::1', port: 465, secure: true, user: 'u@x.org', password: 'p/:' },
    });
    for (const bad of ['https://x', 'smtp://', 'x', 'smtp://u:%zz@x'])
      expect(readSmtpUrl(bad).ok).toBe(false);
  });
});
