import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manyUsers, startJumpCloud, type Client, type Json, type Reply } from './jumpcloud-client.ts';

const RULE = { queryType: 'FilterQuery', filters: [{ field: 'department', operator: 'eq', value: 'IT' }] };
const SEED = {
  users: [
    { username: 'ada', email: 'ada@example.com', department: 'IT' },
    { username: 'bob', email: 'bob@example.com' },
  ],
  userGroups: [
    { name: 'Staff', members: ['ada'] },
    {
      name: 'Dynamic',
      membershipMethod: 'DYNAMIC_AUTOMATED',
      memberQuery: RULE,
      memberQueryExemptions: [{ id: 'bob' }],
    },
    { name: 'Reviewed', membershipMethod: 'DYNAMIC_REVIEW_REQUIRED', memberQuery: RULE },
  ],
  systems: [{ displayName: 'mac-1', hostname: 'mac-1.local' }, { hostname: 'mac-2' }],
  systemGroups: [{ name: 'Laptops', members: ['mac-1'] }],
};
const UNKNOWN = '0123456789abcdef01234567';

describe('members of groups', () => {
  let client: Client;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
  });
  beforeEach(async () => {
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const op = async (group: string, body: object): Promise<Reply> =>
    client.call('POST', `/api/v2/usergroups/${await client.groupId(group)}/members`, body);
  const memberIds = async (group: string, on: Client = client): Promise<string[]> =>
    ((await on.get(`/api/v2/usergroups/${await on.groupId(group)}/members`)).json as Json[]).map(
      ({ to }) => to.id as string,
    );

  it('adds and removes with an empty 204 (SPEC)', async () => {
    const id = await client.userId('bob');
    const added = await op('Staff', { op: 'add', type: 'user', id });
    expect([added.status, added.text]).toEqual([204, '']);
    expect(await memberIds('Staff')).toContain(id);
    expect((await op('Staff', { op: 'remove', type: 'user', id })).status).toBe(204);
    expect(await memberIds('Staff')).not.toContain(id);
  });

  it('answers 409 "Already Exists" to an add of a member (BATON, JCC, LS)', async () => {
    const reply = await op('Staff', { op: 'add', type: 'user', id: await client.userId('ada') });
    expect([reply.status, reply.json]).toEqual([409, { message: 'Already Exists' }]);
  });

  it('answers 404 "Not Found" to a remove of a non-member, and to unknown users alike (BATON, JCC, LS)', async () => {
    const stranger = await op('Staff', { op: 'remove', type: 'user', id: await client.userId('bob') });
    expect([stranger.status, stranger.json]).toEqual([404, { message: 'Not Found' }]);
    for (const action of ['add', 'remove']) {
      const unknown = await op('Staff', { op: action, type: 'user', id: UNKNOWN });
      expect([unknown.status, unknown.json]).toEqual([404, { message: 'Not Found' }]);
    }
  });

  it('answers 400 INVALID_ARGUMENT when the group is unknown (LS)', async () => {
    const body = { op: 'add', type: 'user', id: await client.userId('ada') };
    const reply = await client.call('POST', `/api/v2/usergroups/${UNKNOWN}/members`, body);
    expect([reply.status, reply.json]).toEqual([
      400,
      { error: 'INVALID_ARGUMENT', message: 'user_group not found' },
    ]);
  });

  it('answers 400 to a wrong type, a wrong op and no body (LS)', async () => {
    const id = await client.userId('bob');
    for (const body of [{ op: 'add', type: 'system', id }, { op: 'join', type: 'user', id }, {}])
      expect((await op('Staff', body)).status).toBe(400);
  });

  it('lists GraphConnection[] with pages; an unknown group is 404 (SPEC, LS)', async () => {
    const big = await startJumpCloud({
      users: manyUsers(130),
      userGroups: [{ name: 'All', members: manyUsers(130).map(({ username }) => username) }],
    });
    const path = `/api/v2/usergroups/${await big.groupId('All')}/members`;
    const first = await big.get(path);
    expect(first.json).toHaveLength(10);
    expect(first.headers.get('x-total-count')).toBe('130');
    expect(first.json[0]).toEqual({ to: { id: expect.stringMatching(/^[0-9a-f]{24}$/), type: 'user' } });
    expect((await big.get(`${path}?limit=100&skip=100`)).json).toHaveLength(30);
    expect((await big.get(`/api/v2/usergroups/${UNKNOWN}/members`)).status).toBe(404);
    await big.close();
  });

  it('shows effective members with paths, filtered by object_id (SPEC)', async () => {
    const [group, ada] = [await client.groupId('Staff'), await client.userId('ada')];
    const rows = (await client.get(`/api/v2/usergroups/${group}/membership`)).json;
    expect(rows).toMatchObject([
      { id: ada, type: 'user', paths: [[{ from: { id: group, type: 'user_group' }, to: { id: ada } }]] },
    ]);
    const none = await client.get(`/api/v2/usergroups/${group}/membership?filter=object_id:eq:${UNKNOWN}`);
    expect(none.json).toEqual([]);
  });

  it('tells what a user is in, with a path of length 1 for direct membership (SPEC, LS)', async () => {
    const [group, ada] = [await client.groupId('Staff'), await client.userId('ada')];
    const rows = (await client.get(`/api/v2/users/${ada}/memberof?filter=object_id:eq:${group}`)).json;
    expect(rows).toHaveLength(1);
    expect(rows[0].paths).toEqual([
      [{ from: { type: 'user', id: ada }, to: { type: 'user_group', id: group } }],
    ]);
  });

  it('answers 200 [] for the groups of an unknown user (LS)', async () => {
    const reply = await client.get(`/api/v2/users/${UNKNOWN}/memberof`);
    expect([reply.status, reply.json]).toEqual([200, []]);
  });

  it('accepts an add to a dynamic group with 204 and changes nothing, unless exempt (LS)', async () => {
    const [ada, bob] = [await client.userId('ada'), await client.userId('bob')];
    expect((await op('Reviewed', { op: 'add', type: 'user', id: bob })).status).toBe(204);
    expect(await memberIds('Reviewed')).toEqual([]);
    expect((await op('Dynamic', { op: 'remove', type: 'user', id: ada })).status).toBe(204);
    expect(await memberIds('Dynamic')).toEqual([ada]);
    expect((await op('Dynamic', { op: 'add', type: 'user', id: bob })).status).toBe(204);
    expect(await memberIds('Dynamic')).toEqual([ada, bob]);
    await client.call('PUT', `/api/systemusers/${bob}`, { department: 'HR' });
    expect(await memberIds('Dynamic')).toContain(bob);
  });

  it('drops the memberships of a deleted user (checklist 8)', async () => {
    await client.call('DELETE', `/api/systemusers/${await client.userId('ada')}`);
    expect(await memberIds('Staff')).toEqual([]);
  });

  it('works the same for systems in system groups (SPEC)', async () => {
    const systems = (await client.get('/api/systems?sort=hostname')).json.results as Json[];
    const group = String((await client.get('/api/v2/systemgroups')).json[0].id);
    const path = `/api/v2/systemgroups/${group}/members`;
    const body = (action: string, index: number): object => ({
      op: action,
      type: 'system',
      id: systems[index]._id,
    });
    expect((await client.call('POST', path, body('add', 0))).status).toBe(409);
    expect((await client.call('POST', path, body('add', 1))).status).toBe(204);
    expect((await client.get(path)).json).toHaveLength(2);
    expect((await client.call('POST', path, { op: 'add', type: 'user', id: UNKNOWN })).status).toBe(400);
    const memberOf = await client.get(`/api/v2/systems/${String(systems[1]._id)}/memberof`);
    expect(memberOf.json).toMatchObject([{ id: group, type: 'system_group' }]);
    expect((await client.get(`/api/v2/systemgroups/${group}/membership`)).json).toHaveLength(2);
    const unknown = await client.call('POST', `/api/v2/systemgroups/${UNKNOWN}/members`, body('add', 1));
    expect(unknown.json.error).toBe('INVALID_ARGUMENT');
  });

  describe('writes that are seen later (PS Invoke-JCAssociation re-reads up to five times)', () => {
    it.each([
      ['reads', { reads: 2 }],
      ['milliseconds', { ms: 150 }],
    ])('shows the old picture for some %s while the write path knows the truth', async (unit, graphLag) => {
      const lagging = await startJumpCloud({ ...SEED, switches: { graphLag } });
      const [ada, bob] = [await lagging.userId('ada'), await lagging.userId('bob')];
      const path = `/api/v2/usergroups/${await lagging.groupId('Staff')}/members`;
      const send = async (action: string, id: string): Promise<number> =>
        (await lagging.call('POST', path, { op: action, type: 'user', id })).status;
      expect(await send('add', bob)).toBe(204);
      expect(await send('remove', ada)).toBe(204);
      expect(await memberIds('Staff', lagging)).toEqual([ada]);
      expect(await send('add', bob)).toBe(409);
      if (unit === 'milliseconds') await new Promise((resolve) => setTimeout(resolve, 200));
      else expect(await memberIds('Staff', lagging)).toEqual([ada]);
      expect(await memberIds('Staff', lagging)).toEqual([bob]);
      await lagging.close();
    });
  });
});
