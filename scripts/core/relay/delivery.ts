/** What to make of one delivery: refused, ignored, or a list of people to look at again. */
import { readEmployees } from './employees-in-body.ts';
import { judgeFreshness, parseSentAt } from './freshness.ts';
import { matchSignature } from './signature.ts';

/**
 * Why a delivery is not passed on. Refusals are answered 401, which BambooHR never sends again; ignored ones 200,
 * because sending them again would change nothing. Our own failures are neither: they are answered 503 and come again.
 */
export type Refusal =
  | 'no-signature'
  | 'no-timestamp'
  | 'unreadable-timestamp'
  | 'wrong-signature'
  | 'stale'
  | 'future'
  | 'other-company';
export type Ignored = 'unreadable' | 'other-event' | 'no-ids';

export interface Delivery {
  rawBody: Uint8Array;
  /** `X-BambooHR-Timestamp` and `X-BambooHR-Signature` verbatim. */
  timestamp: string | null;
  signature: string | null;
  /** `Company-Domain`, sent only when the webhook was created with includeCompanyDomain. */
  companyDomain: string | null;
}

/** Signed by BambooHR for us, and fresh. `signature` is what it is remembered by, `key` which of our keys fitted. */
export interface Authentic {
  signature: string;
  key: number;
  /** Milliseconds since the epoch. */
  sentAt: number;
}

export type Verdict =
  | { outcome: 'refused'; reason: Refusal }
  | (Authentic & { outcome: 'ignored'; reason: Ignored })
  | (Authentic & { outcome: 'accepted'; employees: string[] });

/**
 * `company` is the subdomain that must be named when one is named at all. The header is not signed, so its absence
 * proves nothing and its presence only catches a webhook pointed at the wrong relay.
 */
export function judgeDelivery(
  delivery: Delivery,
  keys: readonly string[],
  now: number,
  company?: string,
): Verdict {
  const { rawBody, timestamp, signature, companyDomain } = delivery;
  if (signature === null || signature === '') return { outcome: 'refused', reason: 'no-signature' };
  if (timestamp === null || timestamp === '') return { outcome: 'refused', reason: 'no-timestamp' };
  const sentAt = parseSentAt(timestamp);
  if (sentAt === undefined) return { outcome: 'refused', reason: 'unreadable-timestamp' };
  const match = matchSignature(keys, rawBody, timestamp, signature);
  if (match === undefined) return { outcome: 'refused', reason: 'wrong-signature' };
  const freshness = judgeFreshness(sentAt, now);
  if (freshness !== 'fresh') return { outcome: 'refused', reason: freshness };
  if (isOtherCompany(company, companyDomain)) return { outcome: 'refused', reason: 'other-company' };
  const authentic: Authentic = { ...match, sentAt };
  const content = readEmployees(rawBody);
  if (!content.found) return { ...authentic, outcome: 'ignored', reason: content.reason };
  return { ...authentic, outcome: 'accepted', employees: content.employees };
}

function isOtherCompany(ours: string | undefined, named: string | null): boolean {
  if (ours === undefined || named === null || named === '') return false;
  return named.toLowerCase().replace(/\.bamboohr\.com$/, '') !== ours.toLowerCase();
}
