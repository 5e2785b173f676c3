import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startJumpCloud, type Client } from './jumpcloud-client.ts';

describe('authentication of the emulated JumpCloud', () => {
  let client: Client;
  let open: Client;

  beforeAll(async () => {
    client = await startJumpCloud({
      organization: { id: 'aaaaaaaaaaaaaaaaaaaaaaaa' },
      users: [{ username: 'ada', email: 'ada@example.com' }],
      apiKeys: [
        { key: 'reader', permission: 'read' },
        { key: 'writer', permission: 'write', email: 'rollcall@example.com' },
        { key: 'provider', multiTenant: true },
      ],
      serviceAccounts: [
        { clientId: 'ci', clientSecret: 'hush', permission: 'write', name: 'ci account' },
        { clientId: 'auditor', clientSecret: 'hush', permission: 'read' },
      ],
      switches: { tokenSeconds: 600 },
    });
    open = await startJumpCloud({});
  });
  afterAll(async () => {
    await client.close();
    await open.close();
  });

  it('redirects to the login page without a key, and that page is 200 HTML (W6W, measured 2026-08-18)', async () => {
    for (const headers of [{}, { 'x-api-key': '' }] as Record<string, string>[]) {
      const reply = await fetch(`${client.url}/api/systemusers`, { headers, redirect: 'manual' });
      expect([reply.status, reply.headers.get('location')]).toEqual([302, '/login']);
    }
    const followed = await fetch(`${client.url}/api/systemusers`);
    expect(followed.status).toBe(200);
    expect(followed.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('answers a wrong key with 401 {error, message} (W6W fixture)', async () => {
    const reply = await client.get('/api/systemusers', { 'x-api-key': 'wrong' });
    expect(reply.status).toBe(401);
    expect(reply.json).toEqual({ error: 'Unauthorized', message: 'Unauthorized: api key user not found' });
  });

  it('accepts any non-empty key when the seed lists none (contract)', async () => {
    expect((await open.get('/api/systemusers', { 'x-api-key': 'whatever' })).status).toBe(200);
  });

  it('lets a read key read and search but not write (contract: apiKeys)', async () => {
    const key = { 'x-api-key': 'reader' };
    expect((await client.get('/api/systemusers', key)).status).toBe(200);
    expect((await client.call('POST', '/api/search/systemusers', {}, key)).status).toBe(200);
    const body = { username: 'bob', email: 'bob@example.com' };
    expect((await client.call('POST', '/api/systemusers', body, key)).status).toBe(403);
    const id = (await client.get('/api/systemusers', key)).json.results[0]._id as string;
    expect((await client.call('DELETE', `/api/systemusers/${id}`, undefined, key)).status).toBe(403);
    expect((await client.get('/api/systemusers', key)).json.totalCount).toBe(1);
  });

  it('grants service accounts a token for Basic and scope=api, without a refresh token (JCC oauth.go)', async () => {
    const reply = await token(client, 'ci:hush');
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ token_type: 'bearer', expires_in: 600 });
    expect(reply.json.refresh_token).toBeUndefined();
    const bearer = { authorization: `Bearer ${String(reply.json.access_token)}` };
    const list = await fetch(`${client.url}/api/systemusers`, { headers: bearer });
    expect(list.status).toBe(200);
  });

  it('refuses a wrong secret, a wrong scope and an unknown grant (RFC 6749)', async () => {
    expect((await token(client, 'ci:wrong')).json).toMatchObject({ error: 'invalid_client' });
    expect((await token(client, 'ci:hush', 'grant_type=client_credentials&scope=all')).json.error).toBe(
      'invalid_scope',
    );
    expect((await token(client, 'ci:hush', 'grant_type=password&scope=api')).status).toBe(400);
  });

  it('lets a token die after expires_in of the emulated clock, and forgets unknown ones', async () => {
    const granted = (await token(client, 'ci:hush')).json.access_token as string;
    const ask = async (bearer: string): Promise<number> =>
      (await fetch(`${client.url}/api/systemusers`, { headers: { authorization: `Bearer ${bearer}` } }))
        .status;
    expect(await ask(granted)).toBe(200);
    await client.control('PUT', 'clock', { now: '2026-11-23T12:10:00Z' });
    expect(await ask(granted)).toBe(401);
    await client.control('PUT', 'clock', { now: '2026-11-23T12:00:00Z' });
    expect(await ask('made-up')).toBe(401);
  });

  it('holds a service account that may read to reading', async () => {
    const granted = (await token(client, 'auditor:hush')).json.access_token as string;
    const headers = { authorization: `Bearer ${granted}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'New' });
    const reply = await fetch(`${client.url}/api/v2/usergroups`, { method: 'POST', headers, body });
    expect(reply.status).toBe(403);
  });

  it('judges x-org-id: 400 malformed or against the path, 401 missing for a provider, 404 unknown (SPEC)', async () => {
    const ask = async (path: string, key: string, organization?: string): Promise<number> =>
      (
        await client.get(path, {
          'x-api-key': key,
          ...(organization === undefined ? {} : { 'x-org-id': organization }),
        })
      ).status;
    const own = 'aaaaaaaaaaaaaaaaaaaaaaaa';
    const other = 'bbbbbbbbbbbbbbbbbbbbbbbb';
    expect(await ask('/api/systemusers', 'writer', own)).toBe(200);
    expect(await ask('/api/systemusers', 'writer', 'nonsense')).toBe(400);
    expect(await ask(`/api/organizations/${own}`, 'writer', other)).toBe(400);
    expect(await ask('/api/systemusers', 'writer', other)).toBe(404);
    expect(await ask('/api/systemusers', 'provider')).toBe(401);
    expect(await ask('/api/systemusers', 'provider', own)).toBe(200);
  });

  it('lists service accounts without their secrets (SPEC)', async () => {
    const list = await client.get('/api/v2/service-accounts', { 'x-api-key': 'writer' });
    expect(list.json.totalCount).toBe(2);
    expect(list.text).not.toContain('hush');
    const one = await client.get(`/api/v2/service-accounts/${String(list.json.results[0].objectId)}`, {
      'x-api-key': 'writer',
    });
    expect(one.json.name).toBe('ci account');
  });
});

async function token(
  client: Client,
  credentials: string,
  form = 'grant_type=client_credentials&scope=api',
): Promise<{ status: number; json: Record<string, unknown> }> {
  const reply = await fetch(`${client.url}/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form,
  });
  return { status: reply.status, json: (await reply.json()) as Record<string, unknown> };
}
