import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startJumpCloud, type Client, type Json, type Reply } from './jumpcloud-client.ts';

const SEED = {
  users: [{ username: 'ada', email: 'ada@example.com' }],
  userGroups: [{ name: 'Staff', members: ['ada'] }],
  systems: [
    { displayName: 'direct', hostname: 'direct.local', os: 'Mac OS X' },
    { displayName: 'pooled', hostname: 'pooled.local' },
    { displayName: 'loose', hostname: 'loose.local' },
  ],
  systemGroups: [{ name: 'Pool', members: ['pooled'] }],
  applications: [{ name: 'Slack' }],
  policies: [{ name: 'Disk encryption', id: 'cccccccccccccccccccccccc' }],
  objects: [{ type: 'ldap_server', name: 'LDAP' }],
  associations: [
    {
      user: 'ada',
      type: 'system',
      target: 'direct',
      attributes: { sudo: { enabled: true, withoutPassword: false } },
    },
    { userGroup: 'Staff', type: 'system_group', target: 'Pool' },
    { userGroup: 'Staff', type: 'application', target: 'Slack' },
    { user: 'ada', type: 'policy', target: 'Disk encryption' },
    { userGroup: 'Staff', type: 'ldap_server', target: 'LDAP' },
  ],
};
const UNKNOWN = '0123456789abcdef01234567';

describe('associations', () => {
  let client: Client;
  let ada: string;
  let staff: string;
  let systems: Record<string, string>;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
    ada = await client.userId('ada');
    staff = await client.groupId('Staff');
    const list = (await client.get('/api/systems')).json.results as Json[];
    systems = Object.fromEntries(list.map(({ displayName, _id }) => [String(displayName), String(_id)]));
  });
  beforeEach(async () => {
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const targets = async (path: string): Promise<string[]> =>
    ((await client.get(path)).json as Json[]).map(({ to }) => `${String(to.type)} ${String(to.id)}`);
  const bind = (body: object): Promise<Reply> =>
    client.call('POST', `/api/v2/users/${ada}/associations`, body);

  it('wants targets, and only such as a user can be bound to (SPEC, JCC)', async () => {
    expect((await client.get(`/api/v2/users/${ada}/associations`)).status).toBe(400);
    expect((await client.get(`/api/v2/users/${ada}/associations?targets=user_group`)).status).toBe(400);
    expect(
      (await client.get(`/api/v2/systems/${systems['loose']!}/associations?targets=system`)).status,
    ).toBe(400);
    expect((await client.get(`/api/v2/users/${UNKNOWN}/associations?targets=system`)).status).toBe(404);
  });

  it('lists direct edges of several targets, with their attributes (SPEC)', async () => {
    const path = `/api/v2/users/${ada}/associations?targets=system,policy`;
    expect(await targets(path)).toEqual([`system ${systems['direct']!}`, 'policy cccccccccccccccccccccccc']);
    expect((await client.get(path)).json[0].attributes).toEqual({
      sudo: { enabled: true, withoutPassword: false },
    });
    expect(
      await targets(`/api/v2/users/${ada}/associations?targets=system&targets=application`),
    ).toHaveLength(1);
  });

  it('is seen from both ends', async () => {
    expect(await targets(`/api/v2/systems/${systems['direct']!}/associations?targets=user`)).toEqual([
      `user ${ada}`,
    ]);
    expect(await targets('/api/v2/policies/cccccccccccccccccccccccc/associations?targets=user')).toEqual([
      `user ${ada}`,
    ]);
    const application = String((await client.get('/api/applications')).json.results[0]._id);
    expect(await targets(`/api/v2/applications/${application}/associations?targets=user_group`)).toEqual([
      `user_group ${staff}`,
    ]);
    const pool = String((await client.get('/api/v2/systemgroups')).json[0].id);
    expect(await targets(`/api/v2/systemgroups/${pool}/associations?targets=user_group`)).toEqual([
      `user_group ${staff}`,
    ]);
    expect(await targets(`/api/v2/usergroups/${staff}/associations?targets=system_group`)).toEqual([
      `system_group ${pool}`,
    ]);
  });

  it('binds, updates and unbinds with 204, 409 and 404 as members do (SPEC, PS)', async () => {
    const id = systems['loose']!;
    expect((await bind({ op: 'add', type: 'system', id })).status).toBe(204);
    expect((await bind({ op: 'add', type: 'system', id })).status).toBe(409);
    const attributes = { sudo: { enabled: true, withoutPassword: true } };
    expect((await bind({ op: 'update', type: 'system', id, attributes })).status).toBe(204);
    const bound = (await client.get(`/api/v2/users/${ada}/associations?targets=system`)).json as Json[];
    expect(bound.find(({ to }) => to.id === id).attributes).toEqual(attributes);
    expect((await bind({ op: 'remove', type: 'system', id })).status).toBe(204);
    expect((await bind({ op: 'remove', type: 'system', id })).status).toBe(404);
    expect((await bind({ op: 'add', type: 'system', id: UNKNOWN })).status).toBe(404);
    expect((await bind({ op: 'add', type: 'user', id: ada })).status).toBe(400);
    expect((await bind({ op: 'add', type: 'system' })).status).toBe(400);
    const path = `/api/v2/users/${UNKNOWN}/associations`;
    expect((await client.call('POST', path, { op: 'add', type: 'system', id })).status).toBe(400);
  });

  it('traverses to what a user reaches, with every path that would have to be taken apart (SPEC)', async () => {
    const rows = (await client.get(`/api/v2/users/${ada}/systems`)).json as Json[];
    const paths = Object.fromEntries(
      rows.map(({ id, paths: all }) => [
        id,
        (all as Json[][]).map((path) => path.map(({ to }) => to.type as string).join(' > ')),
      ]),
    );
    expect(paths).toEqual({
      [systems['direct']!]: ['system'],
      [systems['pooled']!]: ['user_group > system_group > system'],
    });
    expect(rows.find(({ id }) => id === systems['direct']).compiledAttributes.sudo.enabled).toBe(true);
    for (const [path, length] of [
      ['systemgroups', 1],
      ['applications', 1],
      ['policies', 1],
    ] as const)
      expect((await client.get(`/api/v2/users/${ada}/${path}`)).json).toHaveLength(length);
  });

  it('traverses from groups, systems and applications (SPEC)', async () => {
    const pool = String((await client.get('/api/v2/systemgroups')).json[0].id);
    const application = String((await client.get('/api/applications')).json.results[0]._id);
    for (const [path, length] of [
      [`usergroups/${staff}/systems`, 1],
      [`usergroups/${staff}/systemgroups`, 1],
      [`usergroups/${staff}/applications`, 1],
      [`usergroups/${staff}/ldapservers`, 1],
      [`usergroups/${staff}/policies`, 0],
      [`usergroups/${staff}/policygroups`, 0],
      [`usergroups/${staff}/activedirectories`, 0],
      [`usergroups/${staff}/gsuites`, 0],
      [`usergroups/${staff}/office365s`, 0],
      [`usergroups/${staff}/radiusservers`, 0],
      [`systemgroups/${pool}/users`, 1],
      [`systemgroups/${pool}/usergroups`, 1],
      [`systemgroups/${pool}/policies`, 0],
      [`systemgroups/${pool}/policygroups`, 0],
      [`systemgroups/${pool}/commands`, 0],
      [`systems/${systems['pooled']!}/users`, 1],
      [`applications/${application}/users`, 1],
    ] as const)
      expect([path, ((await client.get(`/api/v2/${path}`)).json as Json[]).length]).toEqual([path, length]);
    expect((await client.get(`/api/v2/usergroups/${UNKNOWN}/systems`)).status).toBe(404);
    expect((await client.get(`/api/v2/users/${UNKNOWN}/systems`)).json).toEqual([]);
  });

  it('keeps bindings through suspension and drops them with the user (KB Suspend)', async () => {
    await client.call('POST', `/api/systemusers/${ada}/state/suspend`);
    expect(await targets(`/api/v2/users/${ada}/associations?targets=system`)).toHaveLength(1);
    await client.call('DELETE', `/api/systemusers/${ada}`);
    expect(await targets(`/api/v2/systems/${systems['direct']!}/associations?targets=user`)).toEqual([]);
  });

  it('lists systems and applications the v1 way and policies the v2 way', async () => {
    const filtered = await client.get('/api/systems?filter=hostname:$eq:pooled.local&fields=hostname');
    expect(filtered.json).toEqual({
      totalCount: 1,
      results: [{ _id: systems['pooled'], id: systems['pooled'], hostname: 'pooled.local' }],
    });
    expect((await client.get(`/api/systems/${systems['direct']!}`)).json.os).toBe('Mac OS X');
    expect((await client.get(`/api/systems/${UNKNOWN}`)).status).toBe(404);
    const application = (await client.get('/api/applications')).json.results[0] as Json;
    expect((await client.get(`/api/applications/${String(application._id)}`)).json.name).toBe('Slack');
    expect((await client.get('/api/v2/policies')).json).toMatchObject([{ name: 'Disk encryption' }]);
    expect((await client.get('/api/v2/policies/cccccccccccccccccccccccc')).json.name).toBe('Disk encryption');
    expect((await client.get(`/api/v2/policies/${UNKNOWN}`)).status).toBe(404);
  });
});
