import crypto, { createHash, createHmac } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Delivery, judgeDelivery } from '../../../scripts/core/relay/delivery.ts';
import { FRESHNESS, parseSentAt, rememberUntil } from '../../../scripts/core/relay/freshness.ts';
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

describe('signatures', () => {
  it('cover the bytes, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (body, at, flip) => {
          const signature = signDelivery(KEY, body, STAMP);
          expect(matchSignature(['other', KEY], body, STAMP, signature)).toEqual({ key: 1, signature });
          if (body.length === 0) return;
          const changed = Uint8Array.from(body);
          changed[at % body.length] = (changed[at % body.length] ?? 0) ^ flip;
          expect(matchSignature(['other', KEY], changed, STAMP, signature)).toBeUndefined();
        },
      ),
    );
  });

  it('are compared in constant time with every key, whichever fits', () => {
    const real = crypto.timingSafeEqual;
    let compared = 0;
    crypto.timingSafeEqual = (a, b) => {
      compared += 1;
      return real(a, b);
    };
    syncBuiltinESMExports();
    try {
      const signature = signDelivery(KEY, bytes(EVENT), STAMP);
      expect(matchSignature([KEY, 'other', 'third'], bytes(EVENT), STAMP, signature)?.key).toBe(0);
      expect(matchSignature(['other', 'third'], bytes(EVENT), STAMP, signature)).toBeUndefined();
      expect(compared).toBe(5);
    } finally {
      crypto.timingSafeEqual = real;
      syncBuiltinESMExports();
    }
  });

  it('fit nothing when there is no key', () => {
    expect(matchSignature([], bytes(EVENT), STAMP, signDelivery('', bytes(EVENT), STAMP))).toBeUndefined();
  });

  it('do not let digits move between body and timestamp', () => {
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

describe('freshness', () => {
  const cases: [text: string, expected: number | undefined][] = [
    ['1658248023', 1_658_248_023_000],
    ['2026-01-31T18:42:00+0000', Date.UTC(2026, 0, 31, 18, 42)],
    ['2026-01-31T18:42:00Z', Date.UTC(2026, 0, 31, 18, 42)],
    ['2026-01-31T18:42:00.250+02:00', Date.UTC(2026, 0, 31, 16, 42, 0, 250)],
    ['2026-01-31T18:42:00-0700', Date.UTC(2026, 1, 1, 1, 42)],
    ['0658248023', undefined],
    ['165824802', undefined],
    ['16582480231', undefined],
    ['1658248023123', undefined],
    ['-1658248023', undefined],
    ['1e9', undefined],
    ['1658248023.5', undefined],
    ['2026-01-31T18:42:00', undefined],
    ['2026-02-31', undefined],
    ['12026-01-31T18:42:00Z', undefined],
    ['1658248023, 1658248023', undefined],
    ['now', undefined],
  ];
  it.each(cases)('reads %s', (text, expected) => {
    expect(parseSentAt(text)).toBe(expected);
  });

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
    ['an unreadable timestamp', { timestamp: 'soon' }, 'unreadable-timestamp'],
  ] as const)('refuses %s', (_, change, reason) => {
    expect(judgeDelivery({ ...signed(EVENT), ...change }, [KEY], NOW)).toEqual({
      outcome: 'refused',
      reason,
    });
  });

  it.each([
    ['acme', 'accepted'],
    ['ACME', 'accepted'],
    ['acme.bamboohr.com', 'accepted'],
    [null, 'accepted'],
    ['acme2', 'refused'],
  ] as const)('takes Company-Domain %s as %s', (companyDomain, outcome) => {
    expect(judgeDelivery(signed(EVENT, { companyDomain }), [KEY], NOW, 'acme').outcome).toBe(outcome);
    expect(judgeDelivery(signed(EVENT, { companyDomain }), [KEY], NOW).outcome).toBe('accepted');
  });
});
