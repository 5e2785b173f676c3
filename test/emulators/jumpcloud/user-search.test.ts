import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startJumpCloud, type Client, type Json } from './jumpcloud-client.ts';

describe('POST /api/search/systemusers', () => {
  let client: Client;

  beforeAll(async () => {
    client = await startJumpCloud({
      users: [
        {
          username: 'ada',
          email: 'Ada@example.com',
          department: 'IT',
          attributes: [{ name: 'shirt', value: 'M' }],
        },
        { username: 'bob', email: 'bob@example.com', department: 'Sales', state: 'STAGED' },
        { username: 'cyd', email: 'cyd@elsewhere.org', department: 'IT' },
      ],
    });
  });
  afterAll(() => client.close());

  const search = async (body: unknown, headers: Record<string, string> = {}): Promise<string[]> => {
    const reply = await client.call('POST', '/api/search/systemusers', body, headers);
    expect(reply.status).toBe(200);
    expect(reply.json.totalCount).toBe(reply.json.results.length);
    return (reply.json.results as Json[]).map((user) => user.username as string).sort();
  };

  it('matches everybody with an empty body or none (JCC, verified live 2026-08-18)', async () => {
    expect(await search({})).toHaveLength(3);
    expect(await search(undefined)).toHaveLength(3);
  });

  it.each([
    ['a list of equalities (SPEC)', [{ department: 'IT' }], ['ada', 'cyd']],
    ['and (SPEC)', { and: [{ department: 'IT' }, { username: 'cyd' }] }, ['cyd']],
    ['or (SPEC)', { or: [{ department: 'Sales' }, { username: 'ada' }] }, ['ada', 'bob']],
    ['strings of the GET grammar (PS)', { and: ['department:$eq:IT', 'username:$ne:ada'] }, ['cyd']],
    ['strings in or (PS)', { or: ['username:$eq:ada', 'username:$eq:bob'] }, ['ada', 'bob']],
    ['a Mongo $regex with (?i) (PS)', { email: { $regex: '(?i)^ada@example\\.com$' } }, ['ada']],
    ['a Mongo $regex is case-sensitive otherwise', { email: { $regex: '^ada@' } }, []],
    ['a Mongo $in', [{ username: { $in: ['ada', 'cyd'] } }], ['ada', 'cyd']],
    ['a Mongo $ne on state', { state: { $ne: 'ACTIVATED' } }, ['bob']],
    ['a path through a list', [{ 'attributes.value': 'M' }], ['ada']],
  ])('reads %s', async (_name, filter, expected) => {
    expect(await search({ filter })).toEqual(expected);
  });

  it('finds by {"_id":{"$eq":..}} (PS Convert-JCUserToID)', async () => {
    const id = await client.userId('bob');
    expect(await search({ filter: { _id: { $eq: id } } })).toEqual(['bob']);
  });

  it('searches text in fields, any of several terms, together with a filter (SPEC)', async () => {
    expect(await search({ searchFilter: { searchTerm: '@example.com', fields: ['email'] } })).toEqual([
      ...['ada', 'bob'],
    ]);
    expect(await search({ searchFilter: { searchTerm: ['ad', 'cy'], fields: ['username'] } })).toEqual([
      ...['ada', 'cyd'],
    ]);
    const both = {
      searchFilter: { searchTerm: '@example.com', fields: ['email'] },
      filter: [{ department: 'IT' }],
    };
    expect(await search(both)).toEqual(['ada']);
  });

  it('takes fields, sort, skip and limit from the body (SPEC, PS)', async () => {
    const body = { fields: 'email username', sort: '-username', skip: 1, limit: 1 };
    const reply = await client.call('POST', '/api/search/systemusers', body);
    expect(reply.json.totalCount).toBe(3);
    expect(reply.json.results).toHaveLength(1);
    expect(Object.keys(reply.json.results[0] as object).sort()).toEqual(['_id', 'email', 'id', 'username']);
    expect(reply.json.results[0].username).toBe('bob');
  });

  it('refuses an invalid expression and an unknown operator', async () => {
    for (const filter of [{ email: { $regex: '(' } }, { email: { $where: '1' } }])
      expect((await client.call('POST', '/api/search/systemusers', { filter })).status).toBe(400);
  });

  it('may lag behind: creates, changes and deletions show up later (switch searchLag, SPEC "eventually")', async () => {
    const lagging = await startJumpCloud({
      users: [
        { username: 'old', email: 'old@example.com', department: 'IT' },
        { username: 'gone', email: 'gone@example.com' },
      ],
      switches: { searchLag: { reads: 2 } },
    });
    const seen = async (): Promise<string[]> => {
      const reply = await lagging.call('POST', '/api/search/systemusers', { sort: 'username' });
      return (reply.json.results as Json[]).map(
        (user) => `${String(user.username)}/${String(user.department)}`,
      );
    };
    await lagging.call('POST', '/api/systemusers', { username: 'new', email: 'new@example.com' });
    await lagging.call('PUT', `/api/systemusers/${await lagging.userId('old')}`, { department: 'HR' });
    await lagging.call('DELETE', `/api/systemusers/${await lagging.userId('gone')}`);
    expect(await seen()).toEqual(['gone/', 'old/IT']);
    expect((await lagging.get('/api/systemusers')).json.totalCount).toBe(2);
    expect(await seen()).toEqual(['gone/', 'old/IT']);
    expect(await seen()).toEqual(['new/', 'old/HR']);
    await lagging.close();
  });
});
