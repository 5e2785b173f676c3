import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NOW, startJumpCloud, type Client, type Json, type Reply } from './jumpcloud-client.ts';

const SEED = {
  users: [
    { username: 'ada', email: 'ada@example.com', account_locked: true },
    { username: 'new', email: 'new@example.com', state: 'STAGED', alternateEmail: 'home@example.org' },
    { username: 'plain', email: 'plain@example.com', state: 'STAGED' },
    {
      username: 'ready',
      email: 'ready@example.com',
      state: 'STAGED',
      alternateEmail: 'x@example.org',
      activated: true,
    },
    { username: 'away', email: 'away@example.com', state: 'SUSPENDED' },
  ],
  userGroups: [{ name: 'Staff', members: ['ada'] }],
};

describe('actions on users', () => {
  let client: Client;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
  });
  beforeEach(async () => {
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const act = async (username: string, action: string, body?: unknown): Promise<Reply> =>
    client.call('POST', `/api/systemusers/${await client.userId(username)}/${action}`, body);
  const read = async (username: string): Promise<Json> =>
    (await client.get(`/api/systemusers/${await client.userId(username)}`)).json;
  const mails = async (): Promise<Json[]> => (await client.control('GET', 'state')).json.emails as Json[];

  it('activates a STAGED user and mails the alternate address when he has no password (SPEC Behavior)', async () => {
    const reply = await act('new', 'state/activate', {});
    expect([reply.status, typeof reply.json]).toEqual([200, 'string']);
    expect(await read('new')).toMatchObject({ state: 'ACTIVATED', suspended: false });
    expect(await mails()).toEqual([
      { kind: 'activation', to: 'home@example.org', user: await client.userId('new'), at: NOW },
    ]);
  });

  it.each([
    ['plain', undefined, 'plain@example.com', 'activation'],
    ['plain', { email: true }, 'plain@example.com', 'activation'],
    ['ready', {}, 'ready@example.com', 'welcome'],
    ['new', { email: 'boss@example.com' }, 'boss@example.com', 'activation'],
  ])('mails %s with body %j at %s (SPEC)', async (username, body, to, kind) => {
    await act(username, 'state/activate', body);
    expect(await mails()).toMatchObject([{ to, kind }]);
  });

  it('sends no mail with {"email": false} and refuses nonsense (SPEC)', async () => {
    expect((await act('new', 'state/activate', { email: 7 })).status).toBe(400);
    expect((await act('new', 'state/activate', { email: false })).status).toBe(200);
    expect(await mails()).toEqual([]);
  });

  it('does not un-suspend by state/activate unless the switch says so (not established)', async () => {
    expect((await act('away', 'state/activate', {})).status).toBe(400);
    expect((await read('away')).state).toBe('SUSPENDED');
    const other = await startJumpCloud({ ...SEED, switches: { activateUnsuspends: true } });
    const path = `/api/systemusers/${await other.userId('away')}/state/activate`;
    expect((await other.call('POST', path, {})).status).toBe(200);
    expect((await other.get('/api/systemusers?filter=username:$eq:away')).json.results[0].state).toBe(
      'ACTIVATED',
    );
    await other.close();
  });

  it('refuses to activate who is active', async () => {
    expect((await act('ada', 'state/activate', {})).status).toBe(400);
  });

  it('suspends with an empty body only, and groups stay (SPEC, KB Suspend)', async () => {
    expect((await act('ada', 'state/suspend', {})).status).toBe(400);
    expect((await act('ada', 'state/suspend')).status).toBe(200);
    expect(await read('ada')).toMatchObject({ state: 'SUSPENDED', suspended: true });
    const groups = await client.get(`/api/v2/users/${await client.userId('ada')}/memberof`);
    expect(groups.json).toHaveLength(1);
  });

  it('answers 404 for unknown users', async () => {
    for (const action of ['state/activate', 'state/suspend', 'expire', 'unlock', 'resetmfa'])
      expect((await client.call('POST', `/api/systemusers/0123456789abcdef01234567/${action}`)).status).toBe(
        404,
      );
  });

  it('keeps SSH keys: list, add, delete one per call, replaced whole by PUT (SPEC)', async () => {
    const base = `/api/systemusers/${await client.userId('ada')}`;
    expect((await client.call('POST', `${base}/sshkeys`, { name: 'x' })).status).toBe(400);
    const first = await client.call('POST', `${base}/sshkeys`, { name: 'a', public_key: 'ssh-ed25519 A' });
    await client.call('POST', `${base}/sshkeys`, { name: 'b', public_key: 'ssh-ed25519 B' });
    const keys = (await client.get(`${base}/sshkeys`)).json as Json[];
    expect(keys.map(({ name, create_date: date }) => [name, date])).toEqual([
      ['a', NOW],
      ['b', NOW],
    ]);
    expect((await client.get(base)).json.ssh_keys).toEqual(keys);
    const gone = await client.call('DELETE', `${base}/sshkeys/${String(first.json._id)}`);
    expect(gone.status).toBe(200);
    expect((await client.call('DELETE', `${base}/sshkeys/${String(first.json._id)}`)).status).toBe(400);
    expect((await client.get(`${base}/sshkeys`)).json).toHaveLength(1);
    await client.call('PUT', base, { ssh_keys: [{ name: 'c', public_key: 'ssh-ed25519 C' }] });
    expect((await client.get(`${base}/sshkeys`)).json).toMatchObject([{ name: 'c' }]);
    await client.call('PUT', base, { ssh_keys: [] });
    expect((await client.get(`${base}/sshkeys`)).json).toEqual([]);
  });

  it('unlocks, expires, sets passwords, resets and enforces MFA, re-sends the mail (SPEC)', async () => {
    await act('ada', 'unlock');
    expect(await read('ada')).toMatchObject({ account_locked: false, account_locked_date: null });
    await act('ada', 'expire');
    expect(await read('ada')).toMatchObject({ password_expired: true });
    expect((await act('ada', 'password', { password: 'short' })).status).toBe(400);
    await act('ada', 'password', { password: 'correct horse battery' });
    expect(await read('ada')).toMatchObject({ password_expired: false, activated: true, password_date: NOW });
    await act('ada', 'resetmfa', { exclusion: true, exclusionDays: 7 });
    expect((await read('ada')).mfa).toEqual({
      configured: false,
      exclusion: true,
      exclusionUntil: '2026-11-30T12:00:00.000Z',
    });
    expect((await act('ada', 'resetmfa', { exclusionDays: 0 })).status).toBe(400);
    await act('ada', 'mfa/enforce', { enable_user_portal_multifactor: true });
    expect((await read('ada')).enable_user_portal_multifactor).toBe(true);
    expect((await act('ada', 'mfasync')).status).toBe(200);
    const base = `/api/systemusers/${await client.userId('ada')}`;
    expect((await client.get(`${base}/totpinfo`)).status).toBe(404);
    await act('ada', 'reactivate', { email: 'other@example.com' });
    expect(await mails()).toMatchObject([{ kind: 'reactivation', to: 'other@example.com' }]);
  });
});
