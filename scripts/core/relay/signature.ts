/** Whether a delivery was signed with one of our keys, judged in constant time over the bytes as they came. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignatureMatch {
  /** Position of the key that fits, from 0: while rotating it tells when the old one is no longer in use. */
  key: number;
  /** The signature as we computed it; the name under which a delivery is remembered, never the header's own text. */
  signature: string;
}

/**
 * BambooHR signs `rawBody + X-BambooHR-Timestamp` without a separator: lower-case hex HMAC-SHA256, the private key taken
 * as its ASCII text, not as the bytes its hex digits spell (real signed delivery, recorded 2022). Every key is tried
 * whether or not an earlier one fitted, so the time taken says nothing about which.
 */
export function matchSignature(
  keys: readonly string[],
  rawBody: Uint8Array,
  timestamp: string,
  given: string,
): SignatureMatch | undefined {
  if (!/^[0-9a-f]{64}$/.test(given)) return undefined;
  const text = new TextEncoder();
  const claimed = text.encode(given);
  let match: SignatureMatch | undefined;
  keys.forEach((key, position) => {
    const signature = signDelivery(key, rawBody, timestamp);
    const fits = timingSafeEqual(text.encode(signature), claimed);
    if (fits && match === undefined) match = { key: position, signature };
  });
  return match;
}

/** What BambooHR would send as `X-BambooHR-Signature`. */
export function signDelivery(key: string, rawBody: Uint8Array, timestamp: string): string {
  return createHmac('sha256', key).update(rawBody).update(timestamp, 'latin1').digest('hex');
}
