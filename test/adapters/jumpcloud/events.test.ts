import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDirectoryLog } from '../../../scripts/adapters/jumpcloud/read/events.ts';
import type { DirectoryEvent } from '../../../scripts/core/directory/event.ts';
import { createJumpCloud } from '../../../scripts/emulators/jumpcloud/index.ts';
import { type RunningEmulator, startEmulator } from '../../../scripts/emulators/kit/server.ts';

const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`;
const EVENTS = [
  ...Array.from({ length: 7 }, (_, index) => ({
    id: `e${index}`,
    event_type: 'user_update',
    timestamp: at(index),
    service: 'directory',
    resource: { type: 'user', id: 'u1' },
    changes: [{ field: 'department', from: 'A', to: `B${index}` }],
    initiated_by: { id: 'a1', type: 'admin', email: 'ann@example.com', source: 'jumpcloud:scim' },
    auth_method: 'session',
    success: true,
  })),
  { id: 'login', event_type: 'user_login_attempt', timestamp: at(8), service: 'directory' },
  { id: 'failed', event_type: 'user_update', timestamp: at(9), service: 'directory', success: false },
  { id: 'bare', event_type: 'user_delete', timestamp: at(10), service: 'directory' },
  {
    id: 'bound',
    event_type: 'association_change',
    timestamp: at(11),
    service: 'directory',
    association: {
      op: 'add',
      connection: { from: { type: 'user_group', object_id: 'g1' }, to: { type: 'user', object_id: 'u1' } },
    },
    initiated_by: { id: 's1', type: 'service_account', name: 'ci' },
  },
];

let jumpcloud: RunningEmulator;
beforeAll(async () => {
  jumpcloud = await startEmulator(createJumpCloud({ events: EVENTS }), { now: '2026-11-23T12:00:00Z' });
});
afterAll(() => jumpcloud.close());

async function read(
  page: number,
  enough: (seen: string[]) => boolean = () => false,
): Promise<{ outcome: string; events: DirectoryEvent[]; requests: number }> {
  await fetch(`${jumpcloud.url}/_emulator/requests`, { method: 'DELETE' });
  const log = connectDirectoryLog(
    { JUMPCLOUD_API_KEY: 'any', JUMPCLOUD_BASE_URL: jumpcloud.url },
    { page, limits: { attempts: 1 } },
  );
  const events: DirectoryEvent[] = [];
  const outcome = await log.readChanges('2026-09-01T00:00:00Z', (more) => {
    events.push(...more);
    return enough(events.map(({ id }) => id));
  });
  const requests = (await (await fetch(`${jumpcloud.url}/_emulator/requests`)).json()) as unknown[];
  return { outcome, events, requests: requests.length };
}

const NEWEST_FIRST = ['bound', 'bare', 'e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e0'];

describe('Directory Insights', () => {
  it.each([1, 2, 3, 100])('gives every change once, from the newest back, in pages of %i', async (page) => {
    const { outcome, events } = await read(page);
    expect(outcome).toBe('read');
    expect(events.map(({ id }) => id)).toEqual(NEWEST_FIRST);
  });

  it('reads no further than it is asked to', async () => {
    const { requests } = await read(2, (seen) => seen.includes('e6'));
    expect(requests).toBe(2);
  });

  it('takes an event as it comes: who, how, what, between what', async () => {
    const { events } = await read(100);
    expect(events.find(({ id }) => id === 'e6')).toEqual({
      id: 'e6',
      at: '2026-11-20T10:06:00.000Z',
      type: 'user_update',
      by: { id: 'a1', type: 'admin', name: 'ann@example.com', source: 'jumpcloud:scim' },
      method: 'session',
      resource: { type: 'user', id: 'u1' },
      changes: [{ field: 'department', to: 'B6' }],
    });
    expect(events.find(({ id }) => id === 'bound')).toMatchObject({
      by: { name: 'ci', type: 'service_account' },
      association: { op: 'add', ends: [{ id: 'g1' }, { id: 'u1' }] },
    });
    expect(events.find(({ id }) => id === 'bare')?.by.name).toBe('');
  });

  it.each([
    ['a body that is no list', { status: 200, body: { message: 'x' } }],
    [
      'a full page without a way on',
      { status: 200, body: [{ id: 'x', event_type: 'user_update', timestamp: at(1) }] },
    ],
    ['403', { status: 403, body: { message: 'no' } }],
    ['401', { status: 401, body: { message: 'no' } }],
  ])('%s is a failure that says so', async (_name, fault) => {
    const faults = [{ path: '/insights', times: 1, ...fault }];
    await fetch(`${jumpcloud.url}/_emulator/faults`, { method: 'PUT', body: JSON.stringify(faults) });
    await expect(read(1)).rejects.toMatchObject({ name: 'Failure' });
    await fetch(`${jumpcloud.url}/_emulator/faults`, { method: 'PUT', body: '[]' });
  });
});
