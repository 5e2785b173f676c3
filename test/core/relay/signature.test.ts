import crypto, { createHmac } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchSignature, signDelivery } from '../../../scripts/core/relay/signature.ts';
import { RECORDED } from './recorded-delivery.ts';

const KEY = '37387786e9cb3827cccabcaf8baca227';
const STAMP = String(Date.parse('2026-11-23T12:00:00Z') / 1000);
const EVENT = bytes('{"type":"employee.updated","data":{"companyId":"12345","employeeId":"67890"}}');

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('signatures', () => {
  it('are what BambooHR computed for the recorded delivery', () => {
    const { key, body, timestamp, signature } = RECORDED;
    expect(signDelivery(key, bytes(body), timestamp)).toBe(signature);
    expect(matchSignature([key], bytes(body), timestamp, signature)).toEqual({ key: 0, signature });
  });

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
      const signature = signDelivery(KEY, EVENT, STAMP);
      expect(matchSignature([KEY, 'other', 'third'], EVENT, STAMP, signature)?.key).toBe(0);
      expect(matchSignature(['other', 'third'], EVENT, STAMP, signature)).toBeUndefined();
      expect(compared).toBe(5);
    } finally {
      crypto.timingSafeEqual = real;
      syncBuiltinESMExports();
    }
  });

  it('fit nothing when there is no key', () => {
    expect(matchSignature([], EVENT, STAMP, signDelivery('', EVENT, STAMP))).toBeUndefined();
  });

  it('name the first of two equal keys, so that a key listed twice does not look like a rotation under way', () => {
    const signature = signDelivery(KEY, EVENT, STAMP);
    expect(matchSignature(['other', KEY, KEY], EVENT, STAMP, signature)).toEqual({ key: 1, signature });
  });

  it('cover the timestamp as the bytes of the header, one for each character', () => {
    const expected = createHmac('sha256', KEY)
      .update(EVENT)
      .update(Buffer.from([0xe9]))
      .digest('hex');
    expect(signDelivery(KEY, EVENT, '\u00e9')).toBe(expected);
  });

  it.each([
    ['upper case', (real: string) => real.toUpperCase()],
    ['a character too few', (real: string) => real.slice(1)],
    ['a character too many in front', (real: string) => `0${real}`],
    ['a character too many behind', (real: string) => `${real}0`],
    ['a line break behind', (real: string) => `${real}\n`],
    ['as many characters and more bytes', () => 'é'.repeat(64)],
    ['nothing', () => ''],
  ])('fit in no other spelling: %s', (_, spell) => {
    // Never an exception either: it would be answered 503, and sent again.
    expect(matchSignature([KEY], EVENT, STAMP, spell(signDelivery(KEY, EVENT, STAMP)))).toBeUndefined();
  });
});
