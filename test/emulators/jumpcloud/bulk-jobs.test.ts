import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startJumpCloud, type Client, type Json } from './jumpcloud-client.ts';

const SEED = {
  organization: { settings: { newSystemUserStateDefaults: { csvImport: 'STAGED' } } },
  users: [{ username: 'ada', email: 'ada@example.com', account_locked: true }],
  apiKeys: [{ key: 'key', email: 'admin@example.com' }],
};

describe('bulk jobs', () => {
  let client: Client;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
  });
  beforeEach(async () => {
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const results = async (on: Client, job: Json): Promise<Json[]> =>
    (await on.get(`/api/v2/bulk/users/${String(job.jobId)}/results?limit=100`)).json as Json[];

  it('creates users row by row: a bad row fails alone (SPEC, PS)', async () => {
    const rows = [
      { username: 'one', email: 'one@example.com' },
      { username: 'ada', email: 'other@example.com' },
      { username: 'two', email: 'two@example.com', state: 'ACTIVATED' },
    ];
    const reply = await client.call('POST', '/api/v2/bulk/users', rows);
    expect(reply.status).toBe(201);
    const told = await results(client, reply.json);
    expect(told.map(({ status, statusMsg }) => [status, statusMsg])).toEqual([
      ['finished', ''],
      ['failed', 'User already exists'],
      ['finished', ''],
    ]);
    expect(told[0].id).toBe(await client.userId('one'));
    const users = (await client.get('/api/systemusers?sort=username')).json.results as Json[];
    expect(users.map(({ username, state }) => [username, state])).toEqual([
      ['ada', 'ACTIVATED'],
      ['one', 'STAGED'],
      ['two', 'ACTIVATED'],
    ]);
  });

  it('judges the creation-source header, which picks the state default (SPEC)', async () => {
    const rows = [{ username: 'one', email: 'one@example.com' }];
    const bad = await client.call('POST', '/api/v2/bulk/users', rows, { 'creation-source': 'elsewhere' });
    expect(bad.status).toBe(400);
    await client.call('POST', '/api/v2/bulk/users', rows, { 'creation-source': 'jumpcloud:workday' });
    const one = (await client.get('/api/systemusers?filter=username:$eq:one')).json.results[0] as Json;
    expect([one.state, one.creationSource]).toEqual(['ACTIVATED', 'jumpcloud:workday']);
  });

  it('updates, expires and unlocks by id (SPEC)', async () => {
    const id = await client.userId('ada');
    const unknown = '0123456789abcdef01234567';
    const patch = await client.call('PATCH', '/api/v2/bulk/users', [
      { id, department: 'IT' },
      { id: unknown, department: 'IT' },
    ]);
    const told = await results(client, patch.json);
    expect(told.map(({ id: row, status }) => [row, status])).toEqual([
      [id, 'finished'],
      [unknown, 'failed'],
    ]);
    expect(told[0].persistedFields).toEqual({ department: 'IT' });
    for (const path of ['expires', 'unlocks'])
      expect((await client.call('POST', `/api/v2/bulk/user/${path}`, [{ id }])).status).toBe(201);
    expect((await client.get(`/api/systemusers/${id}`)).json).toMatchObject({
      department: 'IT',
      password_expired: true,
      account_locked: false,
    });
  });

  it('runs later when told to (switch bulkLag): no results and no users before', async () => {
    const slow = await startJumpCloud({ ...SEED, switches: { bulkLag: { reads: 2 } } });
    const rows = [{ username: 'one', email: 'one@example.com' }];
    const job = (await slow.call('POST', '/api/v2/bulk/users', rows)).json;
    expect(await results(slow, job)).toEqual([]);
    expect((await slow.get('/api/systemusers')).json.totalCount).toBe(1);
    expect(await results(slow, job)).toEqual([]);
    expect(await results(slow, job)).toHaveLength(1);
    expect((await slow.get('/api/systemusers')).json.totalCount).toBe(2);
    await slow.close();
  });

  it('mails the administrator unless suppressEmail (SPEC)', async () => {
    const mails = async (): Promise<Json[]> =>
      ((await client.control('GET', 'state')).json.emails as Json[]).filter(
        ({ kind }) => kind === 'bulk-job-results',
      );
    const patch = [{ id: await client.userId('ada'), department: 'IT' }];
    await results(client, (await client.call('PATCH', '/api/v2/bulk/users?suppressEmail=true', patch)).json);
    expect(await mails()).toEqual([]);
    await results(client, (await client.call('PATCH', '/api/v2/bulk/users', patch)).json);
    expect(await mails()).toMatchObject([{ to: 'admin@example.com' }]);
  });

  it('refuses what is no list, and knows no foreign job', async () => {
    expect((await client.call('POST', '/api/v2/bulk/users', { username: 'x' })).status).toBe(400);
    expect((await client.get('/api/v2/bulk/users/0123456789abcdef01234567/results')).status).toBe(404);
  });
});
