import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NOW, startJumpCloud, type Client, type Json, type Reply } from './jumpcloud-client.ts';

const SEED = {
  users: [
    { username: 'ada', email: 'ada@example.com' },
    { username: 'new', email: 'new@example.com', state: 'STAGED', alternateEmail: 'home@example.org' },
    { username: 'away', email: 'away@example.com', state: 'SUSPENDED' },
  ],
  scheduled: [{ user: 'away', state: 'ACTIVATED', scheduledDate: '2026-12-01T00:00:00Z' }],
};
const BASE = '/api/v2/bulk/userstates';
const SOON = '2026-11-24T00:00:00.000Z';

describe('scheduled state changes', () => {
  let client: Client;
  let ids: Record<string, string>;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
    ids = {};
    for (const name of ['ada', 'new', 'away']) ids[name] = await client.userId(name);
  });
  beforeEach(async () => {
    await client.control('PUT', 'clock', { now: NOW });
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const schedule = (users: string[], state: string, extra: object = {}): Promise<Reply> =>
    client.call('POST', BASE, {
      user_ids: users.map((name) => ids[name]),
      state,
      start_date: SOON,
      ...extra,
    });
  const stateOf = async (name: string): Promise<string> =>
    String((await client.get(`/api/systemusers/${ids[name]!}`)).json.state);
  const clock = (now: string): Promise<Reply> => client.control('PUT', 'clock', { now });

  it('answers 201 with a row per user, in UTC (SPEC)', async () => {
    const reply = await schedule(['ada', 'away'], 'SUSPENDED', { start_date: '2026-11-24T02:00:00+02:00' });
    expect(reply.status).toBe(201);
    expect(reply.json).toEqual(
      ['ada', 'away'].map((name) => ({
        scheduledJobId: expect.stringMatching(/^[0-9a-f]{24}$/),
        scheduledDate: SOON,
        state: 'SUSPENDED',
        systemUserId: ids[name],
      })),
    );
    expect(reply.json[0].scheduledJobId).not.toBe(reply.json[1].scheduledJobId);
  });

  it('may give one job id to all users of a request (switch sharedScheduleIds: both readings of SPEC)', async () => {
    const other = await startJumpCloud({ ...SEED, switches: { sharedScheduleIds: true } });
    const body = { user_ids: [ids['ada'], ids['away']], state: 'SUSPENDED', start_date: SOON };
    const { json } = await other.call('POST', BASE, body);
    expect(json[0].scheduledJobId).toBe(json[1].scheduledJobId);
    expect((await other.call('DELETE', `${BASE}/${String(json[0].scheduledJobId)}`)).status).toBe(204);
    expect((await other.get(BASE)).json).toHaveLength(1);
    await other.close();
  });

  it('lists, by user, with a limit (SPEC); the seed brings its own', async () => {
    await schedule(['ada'], 'SUSPENDED');
    expect((await client.get(BASE)).json).toHaveLength(2);
    expect((await client.get(`${BASE}?limit=1`)).json).toHaveLength(1);
    const own = await client.get(`${BASE}?userid=${ids['away']!}`);
    expect(own.json).toMatchObject([{ state: 'ACTIVATED', scheduledDate: '2026-12-01T00:00:00.000Z' }]);
  });

  it('deletes with 204 and an empty body, once; there is no GET by id (SPEC)', async () => {
    const id = String((await schedule(['ada'], 'SUSPENDED')).json[0].scheduledJobId);
    expect((await client.get(`${BASE}/${id}`)).status).toBe(404);
    const gone = await client.call('DELETE', `${BASE}/${id}`, {});
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await client.call('DELETE', `${BASE}/${id}`)).status).toBe(404);
    await clock('2026-11-25T00:00:00Z');
    expect(await stateOf('ada')).toBe('ACTIVATED');
  });

  it('suspends when the emulated clock gets there, not before, and the job is gone', async () => {
    await schedule(['ada'], 'SUSPENDED');
    await clock('2026-11-23T23:59:59Z');
    expect(await stateOf('ada')).toBe('ACTIVATED');
    await clock('2026-11-24T00:00:00Z');
    expect(await stateOf('ada')).toBe('SUSPENDED');
    expect((await client.get(`${BASE}?userid=${ids['ada']!}`)).json).toEqual([]);
  });

  it('runs several in their own order, each at its own moment', async () => {
    await schedule(['ada'], 'ACTIVATED', { start_date: '2026-11-26T00:00:00Z' });
    await schedule(['ada'], 'SUSPENDED');
    await clock('2026-11-30T00:00:00Z');
    expect(await stateOf('ada')).toBe('ACTIVATED');
    const events = await client.call('POST', '/insights/directory/v1/events', {
      service: ['directory'],
      start_time: '2026-11-23T00:00:00Z',
      search_term: { and: [{ event_type: ['user_suspended', 'user_unsuspended'] }] },
    });
    expect((events.json as Json[]).map(({ event_type: type, timestamp }) => [type, timestamp])).toEqual([
      ['user_suspended', SOON],
      ['user_unsuspended', '2026-11-26T00:00:00.000Z'],
    ]);
  });

  it('activates STAGED users with the mail that was ordered (SPEC)', async () => {
    const mails = async (): Promise<Json[]> => (await client.control('GET', 'state')).json.emails as Json[];
    await schedule(['new'], 'ACTIVATED', { activation_email_override: 'boss@example.com' });
    await clock(SOON);
    expect(await stateOf('new')).toBe('ACTIVATED');
    expect(await mails()).toMatchObject([{ to: 'boss@example.com', at: SOON }]);
    await clock(NOW);
    await client.control('POST', 'reset');
    await schedule(['new'], 'ACTIVATED', {
      send_activation_emails: false,
      activation_email_override: 'x@y.z',
    });
    await clock(SOON);
    expect(await mails()).toEqual([]);
  });

  it.each([
    ['no users', { user_ids: [] }],
    ['an unknown user', { user_ids: ['0123456789abcdef01234567'] }],
    ['STAGED', { state: 'STAGED' }],
    ['no date', { start_date: 'tomorrow' }],
    ['a date in the past', { start_date: '2026-11-23T11:59:59Z' }],
    ['mail flags on a suspension', { send_activation_emails: true }],
    ['an override on a suspension', { activation_email_override: 'a@b.c' }],
  ])('refuses %s (SPEC)', async (_name, extra) => {
    expect((await schedule(['ada'], 'SUSPENDED', extra)).status).toBe(400);
    expect((await client.get(BASE)).json).toHaveLength(1);
  });

  it('refuses an override for two users (SPEC)', async () => {
    const reply = await schedule(['new', 'away'], 'ACTIVATED', { activation_email_override: 'a@b.c' });
    expect(reply.status).toBe(400);
  });

  it('may run what is due at once (switch pastSchedule: not established)', async () => {
    const other = await startJumpCloud({ ...SEED, switches: { pastSchedule: 'run' } });
    const body = { user_ids: [ids['ada']], state: 'SUSPENDED', start_date: '2000-01-01T00:00:00.000Z' };
    expect((await other.call('POST', BASE, body)).status).toBe(201);
    expect((await other.get(`/api/systemusers/${ids['ada']!}`)).json.state).toBe('SUSPENDED');
    await other.close();
  });

  it('tells the next change of each state for each user (SPEC eventlist/next)', async () => {
    await schedule(['ada', 'away'], 'SUSPENDED');
    await schedule(['ada'], 'SUSPENDED', { start_date: '2026-11-25T00:00:00Z' });
    const next = await client.get(`${BASE}/eventlist/next?users=${ids['ada']!},${ids['away']!}`);
    expect(next.json.events_count).toBe(3);
    expect((next.json.results as Json[]).map(({ systemUserId, state }) => [systemUserId, state])).toEqual([
      [ids['ada'], 'SUSPENDED'],
      [ids['away'], 'SUSPENDED'],
      [ids['away'], 'ACTIVATED'],
    ]);
    const page = await client.get(
      `${BASE}/eventlist/next?users=${ids['ada']!},${ids['away']!}&limit=1&skip=2`,
    );
    expect([page.json.events_count, page.json.results[0].state]).toEqual([3, 'ACTIVATED']);
    const many = Array.from({ length: 101 }, () => ids['ada']!).join(',');
    expect((await client.get(`${BASE}/eventlist/next?users=${many}`)).status).toBe(400);
    expect((await client.get(`${BASE}/eventlist/next`)).status).toBe(400);
  });

  it('forgets the schedule of a deleted user', async () => {
    await client.call('DELETE', `/api/systemusers/${ids['away']!}`);
    expect((await client.get(BASE)).json).toEqual([]);
  });
});
