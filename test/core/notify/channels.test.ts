import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { composeMessage, type MessageContext } from '../../../scripts/core/notify/compose-message.ts';
import { inertText } from '../../../scripts/core/notify/inert-text.ts';
import { mailMessage } from '../../../scripts/core/notify/mail-message.ts';
import type { Notice } from '../../../scripts/core/notify/notice.ts';
import { type Delivery, routeNotices } from '../../../scripts/core/notify/route-notices.ts';
import { slackMessage } from '../../../scripts/core/notify/slack-message.ts';
import { signWebhook, webhookBody } from '../../../scripts/core/notify/webhook-message.ts';

const HOSTILE = [
  'Ann [skip ci] <!channel> @here <https://evil.example|pay> *b* :tada: #general',
  '</div><script>alert(1)</script>&amp;"\'`',
  'Eve\r\nBcc: all@example.com\r\n\r\nhello',
  'abc\u202egnp.exe\u0000\u001b[31m\u200b',
  'www.evil.example https://evil.example/x?y=z',
];
const EVERYBODY: MessageContext = {
  templates: {},
  nameOf: (person) => HOSTILE[Number(person) % HOSTILE.length],
  startDayOf: () => undefined,
  repository: { name: 'acme/identity', serverUrl: 'https://github.com' },
};

function notice(people: number, more: Partial<Notice> = {}): Notice {
  return {
    event: 'offboarded',
    key: 'k',
    at: '2026-11-23T12:00:00Z',
    people: Array.from({ length: people }, (_, index) => ({
      person: String(1000 + index),
      did: 'suspended',
      groups: [HOSTILE[index % HOSTILE.length] ?? ''],
    })),
    plan: { digest: 'a'.repeat(64), asOf: '2026-11-23', lane: 'auto' },
    receipt: `2026-11-23-${'a'.repeat(64)}.json`,
    run: 'https://github.com/acme/identity/actions/runs/1',
    ...more,
  };
}

function delivery(people: number, channel: Delivery['channel'], more: Partial<Notice> = {}): Delivery {
  return { channel, to: [], names: true, notice: notice(people, more), keys: ['k'], id: 'id' };
}

interface Block {
  type: string;
  text?: { type: string; text: string; emoji?: boolean };
  elements?: { text: string }[];
}

describe('Slack', () => {
  const blocksOf = (people: number, more: Partial<Notice> = {}): Block[] =>
    slackMessage(composeMessage(delivery(people, 'slack', more), EVERYBODY)).blocks as unknown as Block[];

  it('says nothing that Slack would obey', () => {
    const message = slackMessage(composeMessage(delivery(5, 'slack'), EVERYBODY));
    const { elements } = (message.blocks as unknown as Block[]).at(-1) ?? {};
    const rest = JSON.stringify({ ...message, blocks: message.blocks.slice(0, -1) });
    for (const never of [
      '<!',
      '<http',
      '<@',
      '@here',
      '@channel',
      ':tada:',
      '#general',
      '\u202e',
      '\\u0000',
      '\\u001b',
      'evil.example',
    ])
      expect(rest).not.toContain(never);
    expect(rest).toContain('&lt;!channel&gt;');
    for (const { text } of message.blocks as unknown as Block[])
      if (text !== undefined) expect(text).toMatchObject({ type: 'plain_text', emoji: false });
    expect(elements?.[0]?.text).toBe(
      `<https://github.com/acme/identity/blob/HEAD/state/receipts/2026-11-23-${'a'.repeat(64)}.json|receipt>  ·  <https://github.com/acme/identity/actions/runs/1|run>`,
    );
  });

  it('names the first of 812 people and counts the rest', () => {
    const blocks = blocksOf(812);
    expect(blocks[0]?.text?.text).toBe('Offboarded: 812 people');
    expect(blocks.flatMap(({ text }) => text?.text ?? []).join('\n')).toContain(
      'and 772 more: the receipt has all of them',
    );
  });

  it('stays within 50 blocks, 150 and 3,000 characters, whatever a template and names do', () => {
    const worst: MessageContext = {
      ...EVERYBODY,
      nameOf: () => '<'.repeat(500),
      startDayOf: () => undefined,
      templates: {
        offboarded: { title: '&'.repeat(120), text: `${'<'.repeat(1_900)}\n{list}\n{list}{list}` },
      },
    };
    const people = delivery(812, 'slack');
    for (const person of people.notice.people)
      person.groups = Array.from({ length: 30 }, () => '&'.repeat(300));
    const { blocks, text } = slackMessage(composeMessage(people, worst));
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(text.length).toBeLessThanOrEqual(150);
    for (const block of blocks as unknown as Block[]) {
      const length = block.text?.text.length ?? 1;
      expect(length).toBeGreaterThan(0);
      expect(length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3_000);
      expect(block.text?.text ?? '').not.toMatch(/&(?!(?:amp|lt|gt);)/);
    }
  });

  it('links only to plain addresses, whatever a receipt holds', () => {
    for (const run of [
      'javascript:alert(1)',
      'https://x|y>',
      'https://x/ y',
      'https://u:p@x/',
      'https://x/?t=secret',
    ])
      expect(JSON.stringify(blocksOf(1, { run }))).not.toContain('|run>');
  });
});

describe('mail', () => {
  it('escapes all of it in HTML, and keeps HR text out of the subject', () => {
    const { subject, html, text } = mailMessage(composeMessage(delivery(5, 'email'), EVERYBODY));
    expect(subject).toBe('Rollcall: Offboarded: 5 people');
    expect(html.match(/<(?!\/?(?:html|head|meta|title|body|h2|div|p|a)\b|!doctype)/g)).toBeNull();
    for (const never of [
      '\u202e',
      '\u0000',
      '\u001b',
      '\r\nBcc',
      'https://evil.example',
      'www.evil.example',
    ]) {
      expect(html).not.toContain(never);
      expect(text).not.toContain(never);
    }
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;');
    expect(text).toContain('Eve↵Bcc');
  });
});

describe('the webhook', () => {
  it('is signed over timestamp and body, once for every secret', () => {
    const body = '{"a":1}';
    const hmac = (secret: string): string =>
      createHmac('sha256', secret).update(`1795435200.${body}`).digest('hex');
    expect(signWebhook(['new', 'old'], 1795435200, body)).toBe(
      `t=1795435200,v1=${hmac('new')},v1=${hmac('old')}`,
    );
  });

  it('carries names only where the route says so', () => {
    const quiet = { ...delivery(1, 'webhook'), names: false };
    quiet.notice.people[0] = {
      person: '1',
      did: 'account made, staged',
      username: 'ada',
      email: 'ada@example.com',
    };
    const body = (each: Delivery): unknown =>
      JSON.parse(webhookBody(each, composeMessage(each, EVERYBODY), EVERYBODY));
    expect(body(quiet)).toMatchObject({ people: [{ id: '1', did: 'account made, staged' }] });
    expect(JSON.stringify(body(quiet))).not.toMatch(/ada|script/);
    expect(body({ ...quiet, names: true })).toMatchObject({
      people: [{ username: 'ada', email: 'ada@example.com' }],
    });
  });
});

describe('routes', () => {
  const route = { channel: 'slack' as const, names: false, futureExits: false };
  const exit = notice(1, { event: 'schedule-armed', key: 'exit', futureExit: true });
  const start = notice(1, { event: 'schedule-armed', key: 'start' });

  it('a future exit goes to nobody but who asked for it by name', () => {
    const plain = { ...route, events: ['schedule-armed' as const] };
    expect(routeNotices([exit, start], [plain], new Set()).map((each) => each.notice.key)).toEqual(['start']);
    const asking = { ...plain, channel: 'email' as const, to: ['a@example.com'], futureExits: true };
    expect(
      routeNotices([exit, start], [plain, asking], new Set()).map(
        (each) => `${each.channel} ${each.notice.key}`,
      ),
    ).toEqual(['email exit', 'slack start', 'email start']);
  });

  it('two routes to the same place are one, and what was told there is left out', () => {
    const routes = [
      { ...route, events: ['offboarded' as const] },
      { ...route, events: ['offboarded' as const, 'held' as const] },
      { ...route, events: ['offboarded' as const], channel: 'webhook' as const },
    ];
    const due = routeNotices([notice(1)], routes, new Set());
    expect(due.map(({ channel }) => channel)).toEqual(['slack', 'webhook']);
    expect(routeNotices([notice(1)], routes, new Set(due[0]?.keys)).map(({ channel }) => channel)).toEqual([
      'webhook',
    ]);
  });

  it('everybody newly on hold is one message; who was told of is not in the next one', () => {
    const held = ['1', '2', '3'].map((person) =>
      notice(0, { event: 'held', key: person, together: 'held', people: [{ person, did: 'on hold: x' }] }),
    );
    const routes = [{ ...route, events: ['held' as const] }];
    const [all] = routeNotices(held, routes, new Set());
    expect(all?.notice.people.map(({ person }) => person)).toEqual(['1', '2', '3']);
    const [rest, ...none] = routeNotices(held, routes, new Set(all?.keys.slice(0, 2)));
    expect([rest?.notice.people.map(({ person }) => person), none]).toEqual([['3'], []]);
  });

  it('a webhook gets all of 1,200 people in parts, each remembered on its own', () => {
    const routes = [{ ...route, channel: 'webhook' as const, events: ['offboarded' as const] }];
    const parts = routeNotices([notice(1_200)], routes, new Set());
    expect(
      parts.map(({ notice: { people }, part }) => `${people.length} ${part?.number}/${part?.of}`),
    ).toEqual(['500 1/3', '500 2/3', '200 3/3']);
    expect(new Set(parts.map(({ id }) => id)).size).toBe(3);
    expect(
      routeNotices([notice(1_200)], routes, new Set(parts[1]?.keys)).map(({ part }) => part?.number),
    ).toEqual([1, 3]);
  });
});

it('keeps names of all scripts readable', () => {
  for (const name of ["O'Brien", 'Łukasz Żółć', '山田太郎', 'Nguyễn Văn A', 'J. R. Smith'])
    expect(inertText(name)).toBe(name);
  expect(inertText('דנה')).toBe('\u2068דנה\u2069');
});
