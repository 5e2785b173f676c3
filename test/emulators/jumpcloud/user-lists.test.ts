import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manyUsers, startJumpCloud, type Client, type Json } from './jumpcloud-client.ts';

const names = (reply: { json: Json }): string[] =>
  (reply.json.results as { username: string }[]).map(({ username }) => username);

describe('GET /api/systemusers', () => {
  let client: Client;
  let many: Client;

  beforeAll(async () => {
    client = await startJumpCloud({
      users: [
        { username: 'ada', email: 'ada@example.com', department: 'Shipping & Receiving', costCenter: '10' },
        { username: 'bob', email: 'bob@example.com', department: 'Shipping|Receiving Item', costCenter: '9' },
        { username: 'cyd', email: 'cyd@example.com', department: 'Receiving Item', manager: 'ada' },
        { username: 'dan', email: 'dan@example.com', department: 'IT', state: 'SUSPENDED' },
      ],
    });
    many = await startJumpCloud({ users: manyUsers(230) });
  });
  afterAll(async () => {
    await client.close();
    await many.close();
  });

  it('answers an envelope of 10 by default and caps the page at 100 (SPEC, W6W)', async () => {
    const first = await many.get('/api/systemusers');
    expect([first.json.totalCount, first.json.results.length]).toEqual([230, 10]);
    expect((await many.get('/api/systemusers?limit=1000')).json.results).toHaveLength(100);
    expect((await many.get('/api/systemusers?limit=100&skip=200')).json.results).toHaveLength(30);
    expect((await many.get('/api/systemusers?limit=100&skip=300')).json.results).toEqual([]);
  });

  it('finds everybody once when paging with sort=_id (KB best practices)', async () => {
    const ids: string[] = [];
    for (let skip = 0; skip < 230; skip += 100)
      ids.push(
        ...((await many.get(`/api/systemusers?limit=100&sort=_id&skip=${skip}`)).json.results as Json[]).map(
          (user) => user._id as string,
        ),
      );
    expect(new Set(ids).size).toBe(230);
    expect([...ids].sort()).toEqual(ids);
  });

  it('may list in another order on every call without a sort (switch unsortedOrder, KB)', async () => {
    const shuffled = await startJumpCloud({ users: manyUsers(30), switches: { unsortedOrder: 'shuffled' } });
    const first = names(await shuffled.get('/api/systemusers?limit=30'));
    const second = names(await shuffled.get('/api/systemusers?limit=30'));
    expect(second).not.toEqual(first);
    expect([...second].sort()).toEqual([...first].sort());
    expect(names(await shuffled.get('/api/systemusers?limit=30&sort=username'))).toEqual([...first].sort());
    await shuffled.close();
  });

  it('carries both _id and id (SPEC, PS)', async () => {
    const [user] = (await client.get('/api/systemusers')).json.results as Json[];
    expect(user._id).toMatch(/^[0-9a-f]{24}$/);
    expect(user.id).toBe(user._id);
  });

  it('sorts by space separated fields, a minus descends, a comma list is one unknown field (SPEC, W6W)', async () => {
    expect(names(await client.get('/api/systemusers?sort=-username'))).toEqual(['dan', 'cyd', 'bob', 'ada']);
    expect(names(await client.get('/api/systemusers?sort=state -username'))).toEqual([
      ...['cyd', 'bob', 'ada'],
      'dan',
    ]);
    expect(names(await client.get('/api/systemusers?sort=-username,state'))).toEqual([
      ...['ada', 'bob', 'cyd', 'dan'],
    ]);
  });

  it('projects space separated fields; a comma list leaves only the ids (SPEC, W6W)', async () => {
    const [spaced] = (await client.get('/api/systemusers?fields=username email')).json.results as Json[];
    expect(Object.keys(spaced).sort()).toEqual(['_id', 'email', 'id', 'username']);
    const [comma] = (await client.get('/api/systemusers?fields=username,email')).json.results as Json[];
    expect(Object.keys(comma).sort()).toEqual(['_id', 'id']);
  });

  it.each([
    ['department:$eq:IT', ['dan']],
    ['department:$eq:it', []],
    ['department:$ne:IT', ['ada', 'bob', 'cyd']],
    ['department:$in:IT|Receiving Item', ['cyd', 'dan']],
    ['department:$in:Shipping\\|Receiving Item|IT', ['bob', 'dan']],
    ['department:$nin:IT|Receiving Item', ['ada', 'bob']],
    ['department:$sw:Shipping', ['ada', 'bob']],
    ['department:$sw:Shipping\\|Receiving', ['bob']],
    ['costCenter:$gt:9', ['ada']],
    ['costCenter:$lte:9', ['bob', 'cyd', 'dan']],
    ['suspended:$eq:true', ['dan']],
    ['email:$eq:ada@example.com', ['ada']],
    ['username:$eq:ADA', []],
  ])('filters %s, case-sensitive (SPEC)', async (filter, expected) => {
    const reply = await client.get(`/api/systemusers?sort=username&filter=${encodeURIComponent(filter)}`);
    expect(names(reply)).toEqual(expected);
  });

  it('finds by manager id', async () => {
    const ada = await client.userId('ada');
    expect(names(await client.get(`/api/systemusers?filter=manager:$eq:${ada}`))).toEqual(['cyd']);
  });

  it('ANDs filter[n] and ORs filter[or][n] (SPEC)', async () => {
    const and = 'filter[0]=department:$sw:Shipping&filter[1]=username:$ne:ada';
    expect(names(await client.get(`/api/systemusers?${and}`))).toEqual(['bob']);
    const or = 'filter[or][0]=username:$eq:ada&filter[or][1]=username:$eq:dan';
    expect(names(await client.get(`/api/systemusers?sort=username&${or}`))).toEqual(['ada', 'dan']);
    const both = `${or}&filter[0]=state:$eq:SUSPENDED`;
    expect(names(await client.get(`/api/systemusers?${both}`))).toEqual(['dan']);
  });

  it('wants x-eventually-consistent for $ew, $co, $nco and $sw with several terms (SPEC)', async () => {
    const eventually = { 'x-eventually-consistent': 'true' };
    for (const [filter, expected] of [
      ['department:$ew:Item', ['bob', 'cyd']],
      ['department:$co:ceiv', ['ada', 'bob', 'cyd']],
      ['department:$nco:Receiving|Nothing', ['dan']],
      ['department:$sw:Receiving|IT', ['cyd', 'dan']],
    ] as const) {
      const path = `/api/systemusers?sort=username&filter=${encodeURIComponent(filter)}`;
      expect((await client.get(path)).status).toBe(400);
      expect(names(await client.get(path, eventually))).toEqual(expected);
    }
  });

  it('filters nothing when the $ is missing: undefined behaviour, read dangerously (SPEC)', async () => {
    expect((await client.get('/api/systemusers?filter=department:eq:IT')).json.totalCount).toBe(4);
  });

  it('searches text in named fields by the search parameter (SPEC)', async () => {
    const json = encodeURIComponent(JSON.stringify({ searchTerm: 'CY', fields: ['username'] }));
    expect(names(await client.get(`/api/systemusers?search=${json}`))).toEqual(['cyd']);
    const nested = 'search[searchTerm]=bob&search[fields][0]=email';
    expect(names(await client.get(`/api/systemusers?${nested}`))).toEqual(['bob']);
  });

  it('answers 404 {"message":"Not Found"} for an unknown id (LS)', async () => {
    const reply = await client.get('/api/systemusers/0123456789abcdef01234567');
    expect([reply.status, reply.json]).toEqual([404, { message: 'Not Found' }]);
  });

  it('can send unset fields as null (switch unsetFields)', async () => {
    const nulls = await startJumpCloud({
      users: [{ username: 'ada', email: 'a@example.com' }],
      switches: { unsetFields: 'null' },
    });
    const [user] = (await nulls.get('/api/systemusers')).json.results as Json[];
    expect([user.manager, user.employeeIdentifier]).toEqual([null, null]);
    const [omitted] = (await client.get('/api/systemusers?filter=username:$eq:ada')).json.results as Json[];
    expect('manager' in omitted || 'employeeIdentifier' in omitted).toBe(false);
    await nulls.close();
  });

  describe('torn pages (faults)', () => {
    const page = async (tear: unknown): Promise<{ ids: string[]; total: number }> => {
      await many.control('PUT', 'faults', [{ path: '/api/systemusers', tornPage: tear }]);
      const reply = await many.get('/api/systemusers?limit=100&sort=_id&skip=100');
      return {
        ids: (reply.json.results as Json[]).map((user) => user._id as string),
        total: reply.json.totalCount as number,
      };
    };

    it('loses a user who is still counted', async () => {
      const { ids, total } = await page(true);
      expect([ids.length, new Set(ids).size, total]).toEqual([99, 99, 230]);
      expect((await page('lost')).ids).toEqual(ids);
    });

    it('doubles one and loses another, so that the count is right', async () => {
      const { ids, total } = await page('doubled');
      expect([ids.length, new Set(ids).size, total]).toEqual([100, 99, 230]);
    });

    it('moves everything up by one, as a deletion during the walk does', async () => {
      const whole = (await many.get('/api/systemusers?limit=100&sort=_id&skip=100')).json.results as Json[];
      const { ids, total } = await page('shifted');
      expect(ids[0]).toBe(whole[1]._id);
      expect(total).toBe(229);
    });

    it('counts differently from what it lists, once', async () => {
      expect(await page('count')).toMatchObject({ total: 231 });
      expect((await many.get('/api/systemusers')).json.totalCount).toBe(230);
    });
  });
});
