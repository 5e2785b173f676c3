import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createJumpCloud } from '../../../scripts/emulators/jumpcloud/index.ts';
import { NOW, startJumpCloud, type Client, type Json } from './jumpcloud-client.ts';

const RULE = { queryType: 'FilterQuery', filters: [{ field: 'department', operator: 'eq', value: 'IT' }] };
const SEED = {
  users: [
    { username: 'boss', email: 'boss@example.com', employeeIdentifier: '1' },
    { username: 'ada', email: 'ada@example.com', manager: 'boss', department: 'IT' },
    { username: 'old', email: 'old@example.com', suspended: true, _id: 'dddddddddddddddddddddddd' },
    { username: 'bob', email: 'bob@example.com', manager: 'dddddddddddddddddddddddd' },
  ],
  userGroups: [
    { name: 'Staff', members: ['ada', 'dddddddddddddddddddddddd'] },
    { name: 'IT', membershipMethod: 'DYNAMIC_AUTOMATED', memberQuery: RULE },
  ],
  systems: [{ displayName: 'mac' }],
  systemGroups: [{ name: 'Laptops', members: ['mac'] }],
  associations: [
    { user: 'ada', type: 'system', target: 'mac' },
    { user: 'ada', type: 'application', target: 'Slack' },
    { userGroup: 'Staff', type: 'system_group', target: 'Laptops' },
  ],
  scheduled: [{ user: 'ada', state: 'SUSPENDED', scheduledDate: '2026-12-24T00:00:00Z' }],
};

describe('the state of the emulated JumpCloud', () => {
  let client: Client;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
  });
  beforeEach(async () => {
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const state = async (): Promise<Json> => (await client.control('GET', 'state')).json;
  const put = async (next: unknown): Promise<number> => (await client.control('PUT', 'state', next)).status;
  const events = async (): Promise<string[]> => {
    const body = { service: ['all'], start_time: '2026-01-01T00:00:00Z' };
    const reply = await client.call('POST', '/insights/directory/v1/events', body);
    return (reply.json as Json[]).map(({ event_type: type }) => String(type)).sort();
  };

  it('resolves managers, members and targets by name or id, and derives the same ids every time', async () => {
    const now = await state();
    const ids = Object.fromEntries((now.users as Json[]).map(({ username, _id }) => [username, _id]));
    expect(now.users[1].manager).toBe(ids.boss);
    expect(now.users[2]).toMatchObject({ state: 'SUSPENDED', suspended: true, created: NOW });
    expect(now.users[3].manager).toBe('dddddddddddddddddddddddd');
    expect(now.userGroups[0].members).toEqual(['ada', 'old']);
    expect(now.userGroups[1].members).toEqual(['ada']);
    const again = await startJumpCloud(SEED);
    expect((await again.control('GET', 'state')).json).toEqual(now);
    await again.close();
  });

  it('comes back unchanged when it is put back, and nobody hears of it', async () => {
    const before = await state();
    expect(await put(before)).toBe(204);
    expect(await state()).toEqual(before);
    expect(await events()).toEqual([]);
  });

  it('makes another emulator of the same state', async () => {
    await client.call('POST', '/api/systemusers', { username: 'new', email: 'new@example.com' });
    const before = await state();
    const other = await startJumpCloud(before);
    expect((await other.control('GET', 'state')).json).toEqual(before);
    await other.close();
  });

  it('is what a console administrator does: changes, additions and removals are stamped and told', async () => {
    const next = await state();
    const created = next.users[1]._id as string;
    next.users[1].department = 'HR';
    next.users.splice(3, 1);
    next.users.push({ username: 'eve', email: 'eve@example.com' });
    next.userGroups[0].members = ['ada', 'eve'];
    next.associations.splice(0, 1);
    await client.control('PUT', 'clock', { now: '2026-11-24T12:00:00Z' });
    expect(await put(next)).toBe(204);
    const after = await state();
    expect(after.users[1]._id).toBe(created);
    expect(after.users.map((user: Json) => user.username)).toEqual(['boss', 'ada', 'old', 'eve']);
    expect(after.users[3].created).toBe('2026-11-24T12:00:00.000Z');
    expect(after.users[1].created).toBe(NOW);
    expect(after.userGroups[1].members).toEqual([]);
    expect(await events()).toEqual(
      [
        ...['user_update', 'user_delete', 'user_create'],
        ...['association_change', 'association_change', 'association_change', 'association_change'],
      ].sort(),
    );
    await client.control('PUT', 'clock', { now: NOW });
  });

  it('cancels and arms scheduled changes, and keeps the ones that stay', async () => {
    const next = await state();
    const { scheduledJobId: kept } = next.scheduled[0] as { scheduledJobId: string };
    next.scheduled.push({ user: 'bob', state: 'SUSPENDED', scheduledDate: '2026-12-25T00:00:00Z' });
    await put(next);
    expect(await events()).toEqual(['user_suspension_schedule_create']);
    const after = await state();
    expect(after.scheduled[0].scheduledJobId).toBe(kept);
    await put({ ...after, scheduled: [] });
    expect((await client.get('/api/v2/bulk/userstates')).json).toEqual([]);
    expect(await events()).toHaveLength(3);
  });

  it('keeps an id by name when none is given', async () => {
    const before = await state();
    const users = (before.users as Json[]).map(({ _id: _, id: __, manager: ___, ...user }) => user as object);
    expect(await put({ ...before, users, userGroups: [{ name: 'Staff', members: ['ada'] }] })).toBe(204);
    const after = await state();
    expect(after.users.map((user: Json) => user._id)).toEqual(before.users.map((user: Json) => user._id));
    expect(after.userGroups[0].id).toBe(before.userGroups[0].id);
    expect(after.userGroups).toHaveLength(1);
  });

  it('goes back to the seed on reset, with tokens, events and mails forgotten', async () => {
    await client.call('DELETE', `/api/systemusers/${await client.userId('ada')}`);
    await client.control('POST', 'reset');
    expect((await client.get('/api/systemusers')).json.totalCount).toBe(4);
    expect(await events()).toEqual([]);
  });

  it.each([
    ['a field of the wrong kind', { users: [{ username: 'x', email: 7 }] }, 'jumpcloud.users.0.email'],
    ['an unknown key', { people: [] }, 'people'],
    ['an unknown member', { userGroups: [{ name: 'g', members: ['ghost'] }] }, 'ghost'],
    ['an unknown manager', { users: [{ username: 'x', email: 'x@y.z', manager: 'ghost' }] }, 'ghost'],
    [
      'an unknown system',
      { users: SEED.users, associations: [{ user: 'ada', type: 'system', target: 'no' }] },
      'no',
    ],
    [
      'a binding that cannot be',
      { users: SEED.users, associations: [{ user: 'ada', type: 'user', target: 'bob' }] },
      'bound',
    ],
  ])('refuses %s, says where, and changes nothing', async (_name, bad, place) => {
    const before = await state();
    const reply = await client.control('PUT', 'state', bad);
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(place)]);
    expect(await state()).toEqual(before);
    await expect(startJumpCloud(bad)).rejects.toThrow(place);
  });

  it('serves thousands of users from memory, a page at a time', async () => {
    const users = Array.from({ length: 6_000 }, (_, index) => ({
      username: `user${index}`,
      email: `user${index}@example.com`,
    }));
    const service = createJumpCloud({ users });
    await service.reset(new Date(NOW));
    const call = {
      method: 'GET',
      path: '/api/systemusers',
      headers: { 'x-api-key': 'key' },
      rawBody: Buffer.alloc(0),
      baseUrl: '',
      now: new Date(NOW),
      tornPage: false,
    };
    const walk = async (): Promise<number> => {
      let rows = 0;
      for (let skip = 0; skip < users.length; skip += 100) {
        const query = new URLSearchParams({ limit: '100', sort: '_id', skip: String(skip) });
        const { body } = await service.answer({ ...call, query });
        rows += (JSON.parse(String(body)) as { results: unknown[] }).results.length;
      }
      return rows;
    };
    expect(await walk()).toBe(6_000);
    // Figures are for the bench; this only notices when a page costs a walk over everybody.
    const before = performance.now();
    for (let round = 0; round < 500; round += 1) {
      const query = new URLSearchParams({ limit: '100', sort: '_id', skip: String(round * 10) });
      await service.answer({ ...call, query });
    }
    expect(performance.now() - before).toBeLessThan(5000);
  });
});
