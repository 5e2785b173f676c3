import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startJumpCloud, type Client, type Json } from './jumpcloud-client.ts';

const SEED = {
  users: [
    { username: 'ada', email: 'ada@example.com', department: 'IT' },
    { username: 'bob', email: 'bob@example.com', department: 'Sales' },
    { username: 'cyd', email: 'cyd@example.com', department: 'IT' },
  ],
  userGroups: [
    { name: 'Engineering', description: 'makes things', members: ['ada'] },
    { name: 'Twins' },
    { name: 'Twins' },
    {
      name: 'IT by rule',
      membershipMethod: 'DYNAMIC_AUTOMATED',
      memberQuery: {
        queryType: 'FilterQuery',
        filters: [{ field: 'department', operator: 'eq', value: 'IT' }],
      },
    },
  ],
  systemGroups: [{ name: 'Laptops' }],
};

const UNKNOWN = '0123456789abcdef01234567';

describe('groups of API v2', () => {
  let client: Client;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
  });
  beforeEach(async () => {
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const members = async (name: string): Promise<string[]> => {
    const reply = await client.get(`/api/v2/usergroups/${await client.groupId(name)}/members?limit=100`);
    const users = (await client.get('/api/systemusers')).json.results as Json[];
    return (reply.json as Json[])
      .map(({ to }) => String(users.find((user) => user._id === to.id)?.username))
      .sort();
  };
  const names = (rows: Json): string[] => (rows as Json[]).map(({ name }) => String(name));

  it('lists a bare array with x-total-count, without membership fields (SPEC, PS, LS)', async () => {
    const reply = await client.get('/api/v2/usergroups');
    expect(reply.headers.get('x-total-count')).toBe('4');
    expect(Object.keys(reply.json[0] as object).sort()).toEqual([
      'description',
      'email',
      'id',
      'name',
      'type',
    ]);
    expect(names(reply.json)).toEqual(['Engineering', 'Twins', 'Twins', 'IT by rule']);
  });

  it('pages by 10, at most 100 (SPEC)', async () => {
    const big = await startJumpCloud({
      userGroups: Array.from({ length: 120 }, (_, index) => ({ name: `g${index}` })),
    });
    expect((await big.get('/api/v2/usergroups')).json).toHaveLength(10);
    expect((await big.get('/api/v2/usergroups?limit=500')).json).toHaveLength(100);
    expect((await big.get('/api/v2/usergroups?limit=100&skip=100')).json).toHaveLength(20);
    await big.control('PUT', 'faults', [{ path: '/api/v2/usergroups', tornPage: true }]);
    const torn = await big.get('/api/v2/usergroups?limit=100');
    expect([torn.json.length, torn.headers.get('x-total-count')]).toEqual([99, '120']);
    await big.close();
  });

  it('filters with bare operators, comma separated, case-sensitive, with wild cards (SPEC, LS)', async () => {
    const list = async (query: string): Promise<string[]> =>
      names((await client.get(`/api/v2/usergroups?${query}`)).json);
    expect(await list('filter=name:eq:Engineering')).toEqual(['Engineering']);
    expect(await list('filter=name:eq:engineering')).toEqual([]);
    expect(await list('filter=name:eq:E*g')).toEqual(['Engineering']);
    expect(await list('filter=name:ne:Twins')).toEqual(['Engineering', 'IT by rule']);
    expect(await list('filter=name:search:rule')).toEqual(['IT by rule']);
    expect(await list('filter=name:in:Twins|Engineering')).toEqual(['Engineering', 'Twins', 'Twins']);
    expect(await list('filter=membershipMethod:eq:DYNAMIC_AUTOMATED')).toEqual(['IT by rule']);
    expect(await list('filter=name:ne:Twins,membershipMethod:eq:STATIC')).toEqual(['Engineering']);
    expect((await client.get('/api/v2/usergroups?filter=name:$eq:Twins')).status).toBe(400);
  });

  it('sorts and projects by comma separated fields (SPEC)', async () => {
    const reply = await client.get('/api/v2/usergroups?sort=-name,id&fields=name,type');
    expect(names(reply.json)).toEqual(['Twins', 'Twins', 'IT by rule', 'Engineering']);
    expect(Object.keys(reply.json[0] as object).sort()).toEqual(['id', 'name', 'type']);
  });

  it('shows the rule of a group only by id (LS)', async () => {
    const group = await client.get(`/api/v2/usergroups/${await client.groupId('IT by rule')}`);
    expect(group.json).toMatchObject({ membershipMethod: 'DYNAMIC_AUTOMATED', type: 'user_group' });
    expect(group.json.memberQuery.queryType).toBe('FilterQuery');
    expect((await client.get(`/api/v2/usergroups/${UNKNOWN}`)).json).toEqual({ message: 'Not Found' });
    const system = await client.get('/api/v2/systemgroups');
    expect((await client.get(`/api/v2/usergroups/${String(system.json[0].id)}`)).status).toBe(404);
  });

  it('creates with 201, STATIC and ldapGroups by default (SPEC, LS)', async () => {
    const reply = await client.call('POST', '/api/v2/usergroups', { name: 'New' });
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      name: 'New',
      description: '',
      membershipMethod: 'STATIC',
      memberQuery: null,
      memberQueryExemptions: [],
      attributes: { ldapGroups: [{ name: 'New' }] },
    });
    expect((await client.call('POST', '/api/v2/usergroups', {})).status).toBe(400);
  });

  it('replaces everything on PUT: what is left out goes back to its default (SPEC "full update", LS)', async () => {
    const path = `/api/v2/usergroups/${await client.groupId('Engineering')}`;
    const put = await client.call('PUT', path, { name: 'Eng' });
    expect([put.status, put.json.description, put.json.name]).toEqual([200, '', 'Eng']);
    expect(put.json.attributes).toEqual({ ldapGroups: [{ name: 'Eng' }] });
    expect(await members('Eng')).toEqual(['ada']);
    expect((await client.call('PUT', path, { description: 'x' })).status).toBe(400);
    expect((await client.call('PUT', `/api/v2/usergroups/${UNKNOWN}`, { name: 'x' })).status).toBe(404);
  });

  it('does not let posixGroups change once set (LS)', async () => {
    const attributes = { posixGroups: [{ id: 1000, name: 'eng' }] };
    const { json } = await client.call('POST', '/api/v2/usergroups', { name: 'Posix', attributes });
    const path = `/api/v2/usergroups/${String(json.id)}`;
    const refused = await client.call('PUT', path, { name: 'Posix' });
    expect(refused.json).toEqual({ message: 'existing attribute posixGroups may not be changed' });
    expect((await client.call('PUT', path, { name: 'Posix 2', attributes })).status).toBe(200);
  });

  it('refuses a name that is taken, or accepts it (switch duplicateGroupName: not established)', async () => {
    expect((await client.call('POST', '/api/v2/usergroups', { name: 'Engineering' })).status).toBe(409);
    const other = await startJumpCloud({ ...SEED, switches: { duplicateGroupName: 'accept' } });
    expect((await other.call('POST', '/api/v2/usergroups', { name: 'Engineering' })).status).toBe(201);
    await other.close();
  });

  it('deletes with its memberships (SPEC)', async () => {
    const id = await client.groupId('Engineering');
    expect((await client.call('DELETE', `/api/v2/usergroups/${id}`, {})).status).toBe(204);
    expect((await client.get(`/api/v2/usergroups/${id}`)).status).toBe(404);
    const memberOf = await client.get(`/api/v2/users/${await client.userId('ada')}/memberof`);
    expect((memberOf.json as Json[]).map((group) => group.id)).not.toContain(id);
  });

  it('counts all groups together on /groups, unfiltered on request (SPEC)', async () => {
    const reply = await client.get('/api/v2/groups?filter=type:eq:system_group', {
      'x-unfiltered-total-count': '1',
    });
    expect(names(reply.json)).toEqual(['Laptops']);
    expect(reply.headers.get('x-unfiltered-total-count')).toBe('5');
  });

  describe('dynamic groups', () => {
    const RULE = { name: 'Rule', membershipMethod: 'DYNAMIC_AUTOMATED' };
    const v2 = { filters: [{ field: 'user.user_department', operation: 'equals', value: 'Sales' }] };

    it('wants queryType for v1 rules and x-query-dsl: v2 without it for v2 (SPEC, LS)', async () => {
      const without = await client.call('POST', '/api/v2/usergroups', { ...RULE, memberQuery: v2 });
      expect([without.status, without.json.message]).toEqual([400, 'memberQuery.queryType is required']);
      const dsl = { 'x-query-dsl': 'v2' };
      const both = { ...RULE, memberQuery: { ...v2, queryType: 'Filter' } };
      expect((await client.call('POST', '/api/v2/usergroups', both, dsl)).status).toBe(400);
      expect(
        (await client.call('POST', '/api/v2/usergroups', { ...RULE, memberQuery: v2 }, dsl)).status,
      ).toBe(201);
      expect(await members('Rule')).toEqual(['bob']);
    });

    it('follows the rule when users come, change and when the group is edited (KB, LS)', async () => {
      expect(await members('IT by rule')).toEqual(['ada', 'cyd']);
      await client.call('PUT', `/api/systemusers/${await client.userId('ada')}`, { department: 'Sales' });
      expect(await members('IT by rule')).toEqual(['cyd']);
      await client.call('POST', '/api/systemusers', {
        username: 'dan',
        email: 'd@example.com',
        department: 'IT',
      });
      expect(await members('IT by rule')).toEqual(['cyd', 'dan']);
      const path = `/api/v2/usergroups/${await client.groupId('IT by rule')}`;
      const filters = [{ field: 'department', operator: 'in', value: 'Sales|HR' }];
      const memberQuery = { queryType: 'FilterQuery', filters };
      await client.call('PUT', path, { ...RULE, name: 'IT by rule', memberQuery });
      expect(await members('IT by rule')).toEqual(['ada', 'bob']);
    });

    it('matches nobody by a field or operator it does not know (LS)', async () => {
      for (const filter of [
        { field: 'nonsense', operator: 'eq', value: 'IT' },
        { field: 'department', operator: 'like', value: 'IT' },
      ]) {
        const memberQuery = { queryType: 'FilterQuery', filters: [filter] };
        const body = { ...RULE, name: `${filter.field} ${filter.operator}`, memberQuery };
        const { json } = await client.call('POST', '/api/v2/usergroups', body);
        expect((await client.get(`/api/v2/usergroups/${String(json.id)}/members`)).json).toEqual([]);
      }
    });

    it('takes exemptions of type USER only, and of users it knows (LS)', async () => {
      const body = (type: string, id: string): object => ({
        name: 'X',
        memberQueryExemptions: [{ type, id }],
      });
      const ada = await client.userId('ada');
      expect((await client.call('POST', '/api/v2/usergroups', body('user', ada))).status).toBe(400);
      expect((await client.call('POST', '/api/v2/usergroups', body('USER', UNKNOWN))).status).toBe(404);
      expect((await client.call('POST', '/api/v2/usergroups', body('USER', ada))).status).toBe(201);
    });

    it('suggests instead of changing when review is required (SPEC suggestions)', async () => {
      const memberQuery = {
        queryType: 'FilterQuery',
        filters: [{ field: 'department', operator: 'eq', value: 'IT' }],
      };
      const body = { name: 'Review', membershipMethod: 'DYNAMIC_REVIEW_REQUIRED', memberQuery };
      const { json } = await client.call('POST', '/api/v2/usergroups', body);
      expect(json.suggestionCounts).toEqual({ add: 2, remove: 0, total: 2 });
      expect(await members('Review')).toEqual([]);
      const path = `/api/v2/usergroups/${String(json.id)}/suggestions`;
      expect((await client.get(path)).json).toHaveLength(2);
      const applied = await client.call('POST', path, { user_ids: [await client.userId('ada'), UNKNOWN] });
      expect(applied.json).toEqual({
        suggestions_found: [await client.userId('ada')],
        suggestions_not_found: [UNKNOWN],
      });
      expect(await members('Review')).toEqual(['ada']);
    });
  });
});
