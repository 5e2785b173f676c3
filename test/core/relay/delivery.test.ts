import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Delivery, judgeDelivery } from '../../../scripts/core/relay/delivery.ts';
import { FRESHNESS, rememberUntil } from '../../../scripts/core/relay/freshness.ts';
import { matchSignature, signDelivery } from '../../../scripts/core/relay/signature.ts';
import { RECORDED } from './recorded-delivery.ts';

const KEY = '37387786e9cb3827cccabcaf8baca227';
const NOW = Date.parse('2026-11-23T12:00:00Z');
const STAMP = String(NOW / 1000);

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function signed(body: string, change: Partial<Delivery> = {}): Delivery {
  const timestamp = change.timestamp ?? STAMP;
  const rawBody = bytes(body);
  return {
    rawBody,
    timestamp,
    signature: signDelivery(KEY, rawBody, timestamp),
    companyDomain: null,
    ...change,
  };
}

const EVENT = '{"type":"employee.updated","data":{"companyId":"12345","employeeId":"67890"}}';

describe('the recorded delivery', () => {
  const recorded: Delivery = {
    rawBody: bytes(RECORDED.body),
    timestamp: RECORDED.timestamp,
    signature: RECORDED.signature,
    companyDomain: RECORDED.companyDomain,
  };

  it('is accepted at its time, with the second of two keys', () => {
    expect(judgeDelivery(recorded, [KEY, RECORDED.key], RECORDED.sentAt + 1000, 'fusebit')).toEqual({
      outcome: 'accepted',
      employees: ['5'],
      signature: RECORDED.signature,
      key: 1,
      sentAt: RECORDED.sentAt,
    });
  });

  it('is refused today, truncated, with one byte changed, for another company', () => {
    const at = RECORDED.sentAt;
    const reason = (delivery: Delivery, now = at, company?: string): string | undefined => {
      const verdict = judgeDelivery(delivery, [RECORDED.key], now, company);
      return verdict.outcome === 'refused' ? verdict.reason : undefined;
    };
    expect(reason(recorded, NOW)).toBe('stale');
    expect(reason(recorded, at, 'acme')).toBe('other-company');
    expect(reason({ ...recorded, rawBody: recorded.rawBody.subarray(0, -1) })).toBe('wrong-signature');
    for (let index = 0; index < recorded.rawBody.length; index += 1) {
      const rawBody = Uint8Array.from(recorded.rawBody);
      rawBody[index] = (rawBody[index] ?? 0) ^ 1;
      expect(reason({ ...recorded, rawBody })).toBe('wrong-signature');
    }
  });

  it('is refused under the widely copied wrong recipes', () => {
    const { key, timestamp, body } = RECORDED;
    const hmac = (secret: string | Buffer, text: string): string =>
      createHmac('sha256', secret).update(text).digest('hex');
    const wrong = [
      hmac(key, `${timestamp}.${body}`),
      hmac(key, `${timestamp}${body}`),
      hmac(key, body),
      hmac(Buffer.from(key, 'hex'), `${body}${timestamp}`),
      createHmac('sha256', key).update(`${body}${timestamp}`).digest('base64'),
      createHash('sha256').update(`${key}${body}${timestamp}`).digest('hex'),
      hmac('', `${body}${timestamp}`),
      RECORDED.signature.toUpperCase(),
      `sha256=${RECORDED.signature}`,
      `${RECORDED.signature}, ${RECORDED.signature}`,
      RECORDED.signature.slice(0, 63),
      // As many characters and more bytes: an exception would be answered 503, and sent again.
      'é'.repeat(64),
    ];
    for (const signature of wrong)
      expect(judgeDelivery({ ...recorded, signature }, [key], RECORDED.sentAt)).toEqual({
        outcome: 'refused',
        reason: 'wrong-signature',
      });
  });
});

describe('freshness', () => {
  const edges: [name: string, sentAt: number, outcome: string][] = [
    ['now', NOW, 'accepted'],
    ['the last retry, 155 minutes after', NOW - 155 * 60_000, 'accepted'],
    ['the edge of the past', NOW - FRESHNESS.pastMs, 'accepted'],
    ['a second before it', NOW - FRESHNESS.pastMs - 1000, 'stale'],
    ['the edge of the future', NOW + FRESHNESS.futureMs, 'accepted'],
    ['a second after it', NOW + FRESHNESS.futureMs + 1000, 'future'],
    ['next year', NOW + 365 * 86_400_000, 'future'],
  ];
  it.each(edges)('judges %s', (_, sentAt, outcome) => {
    const verdict = judgeDelivery(signed(EVENT, { timestamp: String(sentAt / 1000) }), [KEY], NOW);
    expect(verdict.outcome === 'refused' ? verdict.reason : verdict.outcome).toBe(outcome);
  });

  it('is remembered exactly as long as it would be accepted', () => {
    for (const sentAt of [NOW, NOW + FRESHNESS.futureMs]) {
      const delivery = signed(EVENT, { timestamp: String(sentAt / 1000) });
      expect(judgeDelivery(delivery, [KEY], rememberUntil(sentAt) - 1).outcome).toBe('accepted');
      expect(judgeDelivery(delivery, [KEY], rememberUntil(sentAt)).outcome).toBe('refused');
    }
  });
});

describe('headers', () => {
  it.each([
    ['no signature', { signature: null }, 'no-signature'],
    ['an empty signature', { signature: '' }, 'no-signature'],
    ['no timestamp', { timestamp: null }, 'no-timestamp'],
    ['an empty timestamp', { timestamp: '' }, 'no-timestamp'],
    ['an unreadable timestamp', { timestamp: 'soon' }, 'unreadable-timestamp'],
    ['neither, which BambooHR never sends', { signature: null, timestamp: null }, 'no-signature'],
    ['a signature of something else', { signature: 'ab'.repeat(32) }, 'wrong-signature'],
  ] as const)('refuses %s', (_, change, reason) => {
    expect(judgeDelivery({ ...signed(EVENT), ...change }, [KEY], NOW)).toEqual({
      outcome: 'refused',
      reason,
    });
  });

  it('refuses an unreadable timestamp although it is signed', () => {
    expect(judgeDelivery(signed(EVENT, { timestamp: 'soon' }), [KEY], NOW)).toEqual({
      outcome: 'refused',
      reason: 'unreadable-timestamp',
    });
  });

  it.each(['acme', 'ACME', 'acme.bamboohr.com', 'Acme.BambooHR.com', '', null])(
    'takes Company-Domain %s for ours',
    (companyDomain) => {
      for (const ours of ['acme', 'Acme'])
        expect(judgeDelivery(signed(EVENT, { companyDomain }), [KEY], NOW, ours).outcome).toBe('accepted');
    },
  );

  it.each([
    'acme2',
    'other',
    'acm',
    'other.bamboohr.com',
    'acme.bamboohr.com.example.com',
    'acmexbamboohr.com',
    'acme.example.com',
    'other.acme',
  ])('takes Company-Domain %s for another company’s, unless none is ours', (companyDomain) => {
    const delivery = signed(EVENT, { companyDomain });
    expect(judgeDelivery(delivery, [KEY], NOW, 'acme')).toEqual({
      outcome: 'refused',
      reason: 'other-company',
    });
    expect(judgeDelivery(delivery, [KEY], NOW).outcome).toBe('accepted');
  });
});

describe('an authentic delivery', () => {
  it.each([
    [
      'several people',
      '{"employees":[{"id":"5"},{"id":"6"}]}',
      { outcome: 'accepted', employees: ['5', '6'] },
    ],
    ['an event', EVENT, { outcome: 'accepted', employees: ['67890'] }],
    ['a form', 'type=employee.updated&data[employeeId]=42', { outcome: 'accepted', employees: ['42'] }],
    [
      'a company event',
      '{"type":"company.updated","data":{}}',
      { outcome: 'ignored', reason: 'other-event' },
    ],
    ['a list of nobody', '{"employees":[]}', { outcome: 'ignored', reason: 'no-ids' }],
    ['a sentence', 'hello', { outcome: 'ignored', reason: 'unreadable' }],
  ])('of %s is remembered by its signature, whatever becomes of it', (_, body, expected) => {
    const delivery = signed(body);
    expect(judgeDelivery(delivery, ['old', KEY], NOW + 1000)).toEqual({
      ...expected,
      signature: delivery.signature,
      key: 1,
      sentAt: NOW,
    });
  });

  it('is judged by its signature before its age, so that nobody without the key learns our clock', () => {
    const old = signed(EVENT, { timestamp: String((NOW - FRESHNESS.pastMs) / 1000 - 1) });
    const reason = (keys: string[]): unknown => judgeDelivery(old, keys, NOW);
    expect(reason(['other'])).toEqual({ outcome: 'refused', reason: 'wrong-signature' });
    expect(reason([KEY])).toEqual({ outcome: 'refused', reason: 'stale' });
  });

  it('does not let digits move between body and timestamp', () => {
    const body = 'type=employee.updated&data[employeeId]=1042';
    const { signature } = signed(body);
    // The same bytes under the HMAC, cut elsewhere: another employee, or another time.
    for (let shift = -10; shift <= 10; shift += 1) {
      const whole = body + STAMP;
      const cut = body.length + shift;
      if (shift === 0 || cut > whole.length) continue;
      const moved: Delivery = {
        rawBody: bytes(whole.slice(0, cut)),
        timestamp: whole.slice(cut),
        signature,
        companyDomain: null,
      };
      expect(matchSignature([KEY], moved.rawBody, moved.timestamp ?? '', signature ?? '')).toBeDefined();
      expect(judgeDelivery(moved, [KEY], NOW).outcome).toBe('refused');
    }
  });
});
