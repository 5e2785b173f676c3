import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NOW, startJumpCloud, type Client, type Json, type Reply } from './jumpcloud-client.ts';

const SEED = {
  users: [{ username: 'ada', email: 'ada@example.com', department: 'IT' }],
  userGroups: [{ name: 'Staff' }],
  apiKeys: [
    { key: 'key', id: 'aaaaaaaaaaaaaaaaaaaaaaaa', email: 'rollcall@example.com' },
    { key: 'other', email: 'somebody@example.com' },
  ],
  events: [
    {
      event_type: 'user_login_attempt',
      timestamp: '2026-11-01T00:00:00Z',
      service: 'directory',
      username: 'Ada',
    },
    { event_type: 'user_login_attempt', timestamp: '2026-08-01T00:00:00Z', service: 'directory' },
  ],
};
const EVENTS = '/insights/directory/v1/events';
const ALL = { service: ['directory'], start_time: '2026-01-01T00:00:00Z' };

describe('Directory Insights', () => {
  let client: Client;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
  });
  beforeEach(async () => {
    await client.control('PUT', 'clock', { now: NOW });
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const query = (body: object = {}): Promise<Reply> => client.call('POST', EVENTS, { ...ALL, ...body });
  const news = async (): Promise<Json[]> => (await query({ start_time: NOW })).json as Json[];
  const types = (rows: Json[]): string[] => rows.map(({ event_type: type }) => String(type));

  it('says nothing about what the seed describes; it has always been so', async () => {
    expect(await news()).toEqual([]);
  });

  it('tells every mutation of users, groups, members and schedules (SPEC event types)', async () => {
    const ada = await client.userId('ada');
    const staff = await client.groupId('Staff');
    const base = `/api/systemusers/${ada}`;
    await client.call('POST', '/api/systemusers', {
      username: 'bob',
      email: 'bob@example.com',
      state: 'STAGED',
    });
    await client.call('PUT', base, { department: 'HR' });
    await client.call('POST', `${base}/state/suspend`);
    await client.call('PUT', base, { state: 'ACTIVATED' });
    await client.call('POST', `/api/systemusers/${await client.userId('bob')}/state/activate`, {
      email: false,
    });
    await client.call('POST', `/api/v2/usergroups/${staff}/members`, { op: 'add', type: 'user', id: ada });
    await client.call('PUT', `/api/v2/usergroups/${staff}`, { name: 'Crew' });
    const order = { user_ids: [ada], state: 'SUSPENDED', start_date: '2026-12-01T00:00:00Z' };
    const job = (await client.call('POST', '/api/v2/bulk/userstates', order)).json[0] as Json;
    await client.call('DELETE', `/api/v2/bulk/userstates/${String(job.scheduledJobId)}`);
    await client.call('DELETE', `/api/v2/usergroups/${staff}`);
    await client.call('POST', '/api/v2/usergroups', { name: 'New' });
    await client.call('DELETE', base);
    expect(types(await news())).toEqual([
      'user_create',
      'user_update',
      ...['user_update', 'user_suspended'],
      ...['user_update', 'user_unsuspended'],
      ...['user_update', 'user_activated'],
      'association_change',
      'group_update',
      ...['user_suspension_schedule_create', 'user_suspension_schedule_delete'],
      'group_delete',
      'group_create',
      'user_delete',
    ]);
  });

  it('tells from, to and who: the key that did it (SPEC changes, initiated_by)', async () => {
    const id = await client.userId('ada');
    await client.call('PUT', `/api/systemusers/${id}`, { department: 'HR' });
    expect(await news()).toMatchObject([
      {
        event_type: 'user_update',
        timestamp: NOW,
        resource: { type: 'user', id, username: 'ada' },
        changes: [{ field: 'department', from: 'IT', to: 'HR' }],
        initiated_by: { id: 'aaaaaaaaaaaaaaaaaaaaaaaa', type: 'admin', email: 'rollcall@example.com' },
        auth_method: 'api-key',
        success: true,
      },
    ]);
  });

  it('says nothing when nothing changed', async () => {
    await client.call('PUT', `/api/systemusers/${await client.userId('ada')}`, { department: 'IT' });
    expect(await news()).toEqual([]);
  });

  it('tells apart another key, a service account and the console', async () => {
    const path = `/api/systemusers/${await client.userId('ada')}`;
    await client.call('PUT', path, { department: 'A' }, { 'x-api-key': 'other' });
    const granted = await fetch(`${client.url}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('ci:secret').toString('base64')}` },
      body: 'grant_type=client_credentials&scope=api',
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    await fetch(client.url + path, { method: 'PUT', headers, body: '{"department":"B"}' });
    const state = (await client.control('GET', 'state')).json;
    state.users[0].department = 'C';
    state.userGroups[0].members = ['ada'];
    expect((await client.control('PUT', 'state', state)).status).toBe(204);
    const told = await news();
    const by = (department: string): Json =>
      told.find(({ changes }) => changes?.some((change: Json) => change.to === department)).initiated_by;
    expect(by('A')).toMatchObject({ email: 'somebody@example.com' });
    expect(by('B')).toMatchObject({ type: 'service_account', name: 'ci' });
    expect(by('C')).toMatchObject({ type: 'admin', email: 'console' });
    const joined = told.find(({ event_type: type }) => type === 'association_change');
    expect([joined.initiated_by.email, joined.auth_method]).toEqual(['console', 'session']);
    expect(joined.association).toMatchObject({ op: 'add', type: 'user', id: await client.userId('ada') });
  });

  it('pages by search_after with the X headers, always present (SPEC)', async () => {
    for (let index = 0; index < 5; index += 1)
      await client.call('POST', '/api/v2/usergroups', { name: `g${index}` });
    const body = { start_time: NOW, limit: 2 };
    const seen: string[] = [];
    let after: unknown;
    for (let page = 0; page < 4; page += 1) {
      const reply = await query({ ...body, ...(after === undefined ? {} : { search_after: after }) });
      expect(reply.headers.get('x-limit')).toBe('2');
      expect(reply.headers.get('x-sort')).toBe('ASC');
      expect(reply.headers.get('x-request-id')).toMatch(/./);
      seen.push(...(reply.json as Json[]).map(({ id }) => String(id)));
      after = JSON.parse(reply.headers.get('x-search_after') ?? '') as unknown;
      if (Number(reply.headers.get('x-result-count')) < 2) break;
    }
    expect([seen.length, new Set(seen).size]).toEqual([5, 5]);
    const down = await query({ start_time: NOW, sort: 'desc' });
    expect(down.headers.get('x-sort')).toBe('DESC');
    expect((down.json as Json[]).map(({ id }) => String(id))).toEqual([...seen].reverse());
  });

  it('defaults to 1000, caps at 10000, ignores a nonsensical limit and sort (SPEC)', async () => {
    expect((await query()).headers.get('x-limit')).toBe('1000');
    expect((await query({ limit: 99_999 })).headers.get('x-limit')).toBe('10000');
    const nonsense = await query({ limit: -1, sort: 'sideways' });
    expect([nonsense.headers.get('x-limit'), nonsense.headers.get('x-sort')]).toEqual(['1000', 'ASC']);
  });

  it('keeps 90 days (SPEC)', async () => {
    expect(types((await query()).json as Json[])).toEqual(['user_login_attempt']);
    await client.control('PUT', 'clock', { now: '2027-03-01T00:00:00Z' });
    expect((await query()).json).toEqual([]);
  });

  it.each([
    ['no service', { service: undefined }],
    ['an unknown service', { service: ['nonsense'] }],
    ['no start_time', { start_time: undefined }],
    ['a start that is no date', { start_time: 'yesterday' }],
    ['a start in the future', { start_time: '2027-01-01T00:00:00Z' }],
    ['an end before the start', { end_time: '2025-01-01T00:00:00Z' }],
    ['no fields', { fields: [] }],
    ['unknown fields only', { fields: ['nonsense'] }],
    ['a search in changes', { search_term: { and: [{ changes: 'x' }] } }],
  ])('refuses %s with 400 {message} (SPEC)', async (_name, body) => {
    const reply = await query(body);
    expect([reply.status, typeof reply.json.message]).toEqual([400, 'string']);
  });

  it('answers other services with nothing and limits by end_time (SPEC)', async () => {
    expect((await query({ service: ['radius', 'sso'] })).json).toEqual([]);
    expect((await query({ service: ['all'] })).json).toHaveLength(1);
    expect((await query({ end_time: '2026-10-01T00:00:00Z' })).json).toEqual([]);
  });

  it('searches by and, or, not, dotted fields, lists and operators; values are lower case (SPEC)', async () => {
    await client.call('PUT', `/api/systemusers/${await client.userId('ada')}`, { state: 'SUSPENDED' });
    const search = async (term: object): Promise<string[]> =>
      types((await query({ search_term: term })).json as Json[]);
    const both = ['user_update', 'user_suspended'];
    expect((await search({ and: [{ 'resource.username': 'ada' }] })).sort()).toEqual([...both].sort());
    expect(await search({ and: [{ event_type: 'user_suspended' }, { success: 'true' }] })).toEqual([
      'user_suspended',
    ]);
    expect((await search({ or: [{ event_type: both }] })).sort()).toEqual([...both].sort());
    expect(await search({ not: [{ event_type: both }] })).toEqual(['user_login_attempt']);
    expect(await search({ and: [{ field: 'event_type', operator: 'contains', value: 'suspend' }] })).toEqual([
      'user_suspended',
    ]);
    expect(await search({ and: [{ username: 'ada' }] })).toEqual(['user_login_attempt']);
    expect(await search({ and: [{ username: 'Ada' }] })).toEqual([]);
    expect(
      await search({
        and: [{ 'initiated_by.email': 'rollcall@example.com' }, { or: [{ event_type: both[1] }] }],
      }),
    ).toEqual(['user_suspended']);
  });

  it('searches full text, projects fields and counts (SPEC)', async () => {
    await client.call('PUT', `/api/systemusers/${await client.userId('ada')}`, { department: 'HR' });
    expect(types((await query({ q: 'rollcall' })).json as Json[])).toEqual(['user_update']);
    expect(types((await query({ exact_match: 'rollcall' })).json as Json[])).toEqual([]);
    const projected = (await query({ start_time: NOW, fields: ['event_type', 'initiated_by.email'] })).json;
    expect(projected).toEqual([
      { event_type: 'user_update', initiated_by: { email: 'rollcall@example.com' } },
    ]);
    expect((await client.call('POST', `${EVENTS}/count`, ALL)).json).toEqual({ count: 2 });
  });

  it('answers 402 where it is not enabled and 401 without a key (SPEC)', async () => {
    const off = await startJumpCloud({ switches: { insightsEnabled: false } });
    expect((await off.call('POST', EVENTS, ALL)).status).toBe(402);
    await off.close();
    const reply = await fetch(client.url + EVENTS, { method: 'POST', body: JSON.stringify(ALL) });
    expect(reply.status).toBe(401);
  });
});
