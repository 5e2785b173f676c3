/** Deliveries as BambooHR signs them. */
import { signDelivery } from '../../scripts/core/relay/signature.ts';

export const KEY = '37387786e9cb3827cccabcaf8baca227';

export interface SignedDelivery {
  body: string;
  headers: Record<string, string>;
}

/** `sentAt` in milliseconds. */
export function signedDelivery(body: string, sentAt: number, key = KEY): SignedDelivery {
  const timestamp = String(Math.floor(sentAt / 1000));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-bamboohr-timestamp': timestamp,
      'x-bamboohr-signature': signDelivery(key, new TextEncoder().encode(body), timestamp),
    },
  };
}

/** An event about one employee, with something in it that must never be seen again. */
export function eventBody(employee: string, note = ''): string {
  return JSON.stringify({
    type: 'employee.updated',
    timestamp: '2026-11-23T12:00:00Z',
    data: { companyId: '12345', employeeId: employee, changedFields: ['status'], note },
  });
}

export function requestOf({ body, headers }: SignedDelivery): Request {
  return new Request('http://relay/webhook', { method: 'POST', headers, body });
}
