import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NOW, startJumpCloud, type Client, type Json, type Reply } from './jumpcloud-client.ts';

const SEED = {
  users: [
    { username: 'boss', email: 'boss@example.com', employeeIdentifier: '1' },
    {
      username: 'ada',
      email: 'ada@example.com',
      employeeIdentifier: '2',
      manager: 'boss',
      department: 'IT',
      phoneNumbers: [
        { type: 'work', number: '1' },
        { type: 'home', number: '2' },
      ],
    },
    { username: 'staged', email: 'staged@example.com', state: 'STAGED' },
    { username: 'away', email: 'away@example.com', state: 'SUSPENDED' },
  ],
};

const UNKNOWN = '0123456789abcdef01234567';

async function withSwitches(switches: object, test: (client: Client) => Promise<void>): Promise<void> {
  const client = await startJumpCloud({ ...SEED, switches });
  try {
    await test(client);
  } finally {
    await client.close();
  }
}

describe('writing users', () => {
  let client: Client;

  beforeAll(async () => {
    client = await startJumpCloud(SEED);
  });
  beforeEach(async () => {
    await client.control('POST', 'reset');
  });
  afterAll(() => client.close());

  const create = (fields: object): Promise<Reply> =>
    client.call('POST', '/api/systemusers', { username: 'new', email: 'new@example.com', ...fields });
  const put = async (username: string, fields: unknown): Promise<Reply> =>
    client.call('PUT', `/api/systemusers/${await client.userId(username)}`, fields);

  describe('POST /api/systemusers', () => {
    it('answers 200 with the whole user, both ids, created by the emulated clock (SPEC)', async () => {
      const reply = await create({ firstname: 'Nora' });
      expect(reply.status).toBe(200);
      expect(reply.json).toMatchObject({ username: 'new', firstname: 'Nora', created: NOW, lastname: '' });
      expect(reply.json._id).toBe(reply.json.id);
      expect((await client.get(`/api/systemusers/${String(reply.json._id)}`)).json).toEqual(reply.json);
    });

    it('gives the same id to the same story, and another when a name comes back (contract)', async () => {
      const first = (await create({})).json._id as string;
      await client.call('DELETE', `/api/systemusers/${first}`);
      const second = (await create({})).json._id as string;
      expect(second).not.toBe(first);
      await client.control('POST', 'reset');
      expect((await create({})).json._id).toBe(first);
    });

    it('puts new ids after old ones, so that sort=_id holds during a walk (KB)', async () => {
      const id = (await create({})).json._id as string;
      const ids = ((await client.get('/api/systemusers?sort=_id')).json.results as Json[]).map((u) => u._id);
      expect(ids.at(-1)).toBe(id);
    });

    it('gives ids to addresses and phone numbers, the same for the same items (SPEC)', async () => {
      const items = {
        addresses: [{ type: 'work', country: 'GB', id: 'mine' }],
        phoneNumbers: [{ type: 'work', number: '1' }],
      };
      const { json } = await create(items);
      expect(json.addresses).toEqual([
        { type: 'work', country: 'GB', id: expect.stringMatching(/^[0-9a-f]{24}$/) },
      ]);
      expect((await put('new', items)).json).toEqual(json);
    });

    it('takes an omitted state from the organisation (SPEC newSystemUserStateDefaults)', async () => {
      expect((await create({})).json.state).toBe('ACTIVATED');
      const organization = (await client.get('/api/organizations')).json.results[0]._id as string;
      const settings = { newSystemUserStateDefaults: { manualEntry: 'STAGED' } };
      const changed = await client.call('PUT', `/api/organizations/${organization}`, { settings });
      expect(changed.json.settings.newSystemUserStateDefaults).toMatchObject({
        manualEntry: 'STAGED',
        csvImport: 'ACTIVATED',
      });
      const next = await create({ username: 'next', email: 'next@example.com' });
      expect(next.json).toMatchObject({ state: 'STAGED', suspended: false });
      const explicit = await create({ username: 'last', email: 'last@example.com', state: 'ACTIVATED' });
      expect(explicit.json.state).toBe('ACTIVATED');
    });

    it('requires username and email (SPEC)', async () => {
      for (const field of ['username', 'email'])
        for (const value of [undefined, null, ''])
          expect((await create({ [field]: value })).status).toBe(400);
      expect((await client.call('POST', '/api/systemusers', '{"username":')).status).toBe(400);
      expect((await client.call('POST', '/api/systemusers', [])).status).toBe(400);
    });

    it.each([
      ['username', 'ADA'],
      ['email', 'Ada@Example.com'],
      ['employeeIdentifier', '2'],
    ])(
      'refuses a %s that is taken, whatever its case, and creates nothing (PS, SPEC)',
      async (field, value) => {
        const reply = await create({ [field]: value });
        expect([reply.status, reply.json]).toEqual([400, { message: 'User already exists' }]);
        expect((await client.get('/api/systemusers')).json.totalCount).toBe(4);
      },
    );

    it('refuses duplicates with the status and text of the switch (text not established)', async () => {
      const duplicateUser = { status: 409, body: { error: 'Conflict', message: 'E11000 duplicate key' } };
      await withSwitches({ duplicateUser, uniqueness: 'case-sensitive' }, async (other) => {
        const body = { username: 'x', email: 'ada@example.com' };
        const reply = await other.call('POST', '/api/systemusers', body);
        expect([reply.status, reply.json]).toEqual([409, duplicateUser.body]);
        const cased = await other.call('POST', '/api/systemusers', { ...body, email: 'Ada@example.com' });
        expect(cased.status).toBe(200);
      });
    });

    it('does not call two users without employeeIdentifier duplicates', async () => {
      expect((await create({ employeeIdentifier: '' })).status).toBe(200);
      const second = await create({ username: 'other', email: 'other@example.com', employeeIdentifier: '' });
      expect(second.status).toBe(200);
      expect('employeeIdentifier' in second.json).toBe(false);
    });

    it.each(['1ada', 'ada lovelace', 'ada@home', 'łukasz', "o'brien", '.ada'])(
      'refuses the username %s (KB naming convention)',
      async (username) => {
        expect((await create({ username })).status).toBe(400);
      },
    );

    it('accepts letters, numbers, dot, dash and underscore, and any case (KB)', async () => {
      expect((await create({ username: 'Ada.Love-lace_2' })).json.username).toBe('Ada.Love-lace_2');
    });

    it.each([
      ['department', 1024],
      ['employeeIdentifier', 256],
      ['displayname', 1024],
    ])('holds %s to %i characters (SPEC)', async (field, max) => {
      expect((await create({ [field]: 'x'.repeat(max + 1) })).status).toBe(400);
      expect((await create({ [field]: 'x'.repeat(max) })).status).toBe(200);
    });

    it.each([
      ['two words', 'Attribute names may not contain spaces'],
      ['under_score', 'Attribute names may only contain letters and numbers'],
    ])('refuses the attribute name "%s" (PS tests)', async (name, message) => {
      const reply = await create({ attributes: [{ name, value: 'x' }] });
      expect([reply.status, reply.json.message]).toEqual([400, message]);
    });

    it('ignores unknown and read-only fields (SPEC)', async () => {
      const { json } = await create({ _id: UNKNOWN, created: '2001-01-01', totp_enabled: true, nonsense: 1 });
      expect(json).toMatchObject({ created: NOW, totp_enabled: false });
      expect(json._id).not.toBe(UNKNOWN);
      expect('nonsense' in json).toBe(false);
    });

    it('never keeps a password, and says weak ones in detail when asked (SPEC fullValidationDetails)', async () => {
      const weak = { username: 'new', email: 'new@example.com', password: 'short' };
      expect((await create(weak)).json).toEqual({ message: 'Password validation fail' });
      const path = '/api/systemusers?fullValidationDetails=password';
      const detailed = await client.call('POST', path, weak);
      expect(detailed.json.details[0].fieldViolationsList[0].field).toBe('password');
      const good = await create({ password: 'correct horse battery' });
      expect(good.json.activated).toBe(true);
      expect((await client.control('GET', 'state')).text).not.toContain('correct horse');
    });
  });

  describe('PUT /api/systemusers/{id}', () => {
    it('merges at the top level (PS, W6W)', async () => {
      const before = (await client.get(`/api/systemusers/${await client.userId('ada')}`)).json;
      const { json } = await put('ada', { jobTitle: 'Countess' });
      expect(json).toEqual({ ...before, jobTitle: 'Countess' });
    });

    it('replaces arrays whole (PS Set-JCUser, W6W)', async () => {
      const { json } = await put('ada', { phoneNumbers: [{ type: 'home', number: '3' }] });
      expect((json.phoneNumbers as Json[]).map(({ type, number }) => [type, number])).toEqual([
        ['home', '3'],
      ]);
      expect((await put('ada', { phoneNumbers: [] })).json.phoneNumbers).toEqual([]);
    });

    it('sets empty what is sent as "" (W6W)', async () => {
      expect((await put('ada', { department: '' })).json.department).toBe('');
    });

    it('ignores unknown, read-only and create-only fields (SPEC: recoveryEmail is not in the PUT schema)', async () => {
      const before = (await client.get(`/api/systemusers/${await client.userId('ada')}`)).json;
      const body = {
        _id: UNKNOWN,
        created: 'x',
        nonsense: 1,
        recoveryEmail: { address: 'a@b' },
        activated: false,
      };
      expect((await put('ada', body)).json).toEqual(before);
    });

    it('never accepts an empty username or email (AGI #40)', async () => {
      expect((await put('ada', { username: '' })).json.message).toBe('Path `username` is required.');
      expect((await put('ada', { email: '' })).status).toBe(400);
    });

    it('may need the username on every PUT (switch putNeedsUsername, AGI against PS)', async () => {
      await withSwitches({ putNeedsUsername: true }, async (other) => {
        const path = `/api/systemusers/${await other.userId('ada')}`;
        expect((await other.call('PUT', path, { jobTitle: 'x' })).status).toBe(400);
        expect((await other.call('PUT', path, { username: 'ada', jobTitle: 'x' })).status).toBe(200);
      });
    });

    it('clears the manager with null only; "" and names fail the cast (PS #611, AGI #41/#42)', async () => {
      for (const manager of ['', 'boss', 'nope'])
        expect((await put('ada', { manager })).json.message).toContain('Cast to ObjectId failed');
      const { json } = await put('ada', { manager: null });
      expect('manager' in json).toBe(false);
      const again = await put('ada', { manager: await client.userId('boss') });
      expect(again.json.manager).toBe(await client.userId('boss'));
    });

    it('refuses an unknown manager id, or accepts it (switch unknownManager: not established)', async () => {
      expect((await put('ada', { manager: UNKNOWN })).status).toBe(400);
      await withSwitches({ unknownManager: 'accept' }, async (other) => {
        const path = `/api/systemusers/${await other.userId('ada')}`;
        expect((await other.call('PUT', path, { manager: UNKNOWN })).json.manager).toBe(UNKNOWN);
      });
    });

    it('lets managers form a circle', async () => {
      expect((await put('boss', { manager: await client.userId('ada') })).status).toBe(200);
    });

    it('knows no STAGED (SPEC enum)', async () => {
      for (const user of ['ada', 'staged']) expect((await put(user, { state: 'STAGED' })).status).toBe(400);
      expect((await put('staged', { jobTitle: 'x' })).json.state).toBe('STAGED');
    });

    it('couples state and suspended both ways (PS tests)', async () => {
      expect((await put('ada', { state: 'SUSPENDED' })).json).toMatchObject({ suspended: true });
      expect((await put('ada', { suspended: false })).json).toMatchObject({ state: 'ACTIVATED' });
      expect((await put('ada', { suspended: true })).json).toMatchObject({ state: 'SUSPENDED' });
      expect((await put('ada', { state: 'ACTIVATED' })).json).toMatchObject({ suspended: false });
      const both = { state: 'SUSPENDED', suspended: true };
      expect((await put('ada', both)).json).toMatchObject(both);
    });

    it('refuses a conflicting pair (PS; the server text is not established)', async () => {
      const { status, json } = await put('ada', { state: 'ACTIVATED', suspended: true });
      expect(status).toBe(400);
      expect(json.message).toBe(
        'Cannot save conflicting state and suspended fields. (state=ACTIVATED suspended=true)',
      );
    });

    it('refuses a taken email but not its own', async () => {
      expect((await put('ada', { email: 'boss@example.com' })).status).toBe(400);
      expect((await put('ada', { email: 'ada@example.com', username: 'ada' })).status).toBe(200);
      expect((await put('ada', { username: 'countess' })).status).toBe(200);
      expect((await create({ username: 'ada' })).status).toBe(200);
    });

    it('refuses or ignores fields another directory owns (switch restrictedFields: not documented)', async () => {
      const owned = { restrictedFields: [{ field: 'department', type: 'active_directory', id: UNKNOWN }] };
      await put('ada', owned);
      expect((await put('ada', { department: 'HR', jobTitle: 'x' })).status).toBe(400);
      expect((await put('ada', { department: 'IT', jobTitle: 'x' })).status).toBe(200);
      await withSwitches({ restrictedFields: 'ignore' }, async (other) => {
        const path = `/api/systemusers/${await other.userId('ada')}`;
        await other.call('PUT', path, owned);
        const { json } = await other.call('PUT', path, { department: 'HR', jobTitle: 'x' });
        expect([json.department, json.jobTitle]).toEqual(['IT', 'x']);
      });
    });

    it('answers 404 for an unknown user and 400 for a value of the wrong kind', async () => {
      expect((await client.call('PUT', `/api/systemusers/${UNKNOWN}`, {})).status).toBe(404);
      expect((await put('ada', { sudo: 'perhaps' })).json.message).toContain('Cast to Boolean failed');
      expect((await put('ada', { department: {} })).json.message).toContain('Cast to String failed');
      expect((await put('ada', { department: 7 })).json.department).toBe('7');
    });
  });

  describe('DELETE /api/systemusers/{id}', () => {
    const remove = async (username: string, query = '', body?: unknown): Promise<Reply> =>
      client.call('DELETE', `/api/systemusers/${await client.userId(username)}${query}`, body);

    it('answers 200 with the deleted user, then 404 (SPEC, LS)', async () => {
      const id = await client.userId('ada');
      const reply = await remove('ada');
      expect([reply.status, reply.json.username]).toEqual([200, 'ada']);
      expect((await client.get(`/api/systemusers/${id}`)).status).toBe(404);
      expect((await client.call('DELETE', `/api/systemusers/${id}`)).status).toBe(404);
    });

    it('accepts a JSON body (jcapi-python sends {})', async () => {
      expect((await remove('ada', '', {})).status).toBe(200);
    });

    it('refuses a manager without cascade_manager with 409 (INFER) unless the switch says otherwise', async () => {
      expect((await remove('boss')).status).toBe(409);
      expect((await client.get('/api/systemusers')).json.totalCount).toBe(4);
      await withSwitches({ deleteManagerNeedsCascade: false }, async (other) => {
        const path = `/api/systemusers/${await other.userId('boss')}`;
        expect((await other.call('DELETE', path)).status).toBe(200);
      });
    });

    it('clears the manager of the reports with cascade_manager=null (SPEC)', async () => {
      expect((await remove('boss', '?cascade_manager=null')).status).toBe(200);
      const ada = await client.get(`/api/systemusers/${await client.userId('ada')}`);
      expect('manager' in ada.json).toBe(false);
    });

    it('hands the reports over with cascade_manager=<id> (PS Remove-JCUser)', async () => {
      const heir = await client.userId('staged');
      expect((await remove('boss', `?cascade_manager=${UNKNOWN}`)).status).toBe(400);
      expect((await remove('boss', `?cascade_manager=${heir}`)).status).toBe(200);
      const ada = await client.get(`/api/systemusers/${await client.userId('ada')}`);
      expect(ada.json.manager).toBe(heir);
    });
  });

  it('survives a lost answer: the create lands although the client never hears of it (fault cut after)', async () => {
    await client.control('PUT', 'faults', [{ method: 'POST', path: '/api/systemusers', cut: 'after' }]);
    await expect(create({})).rejects.toThrow();
    expect((await client.get('/api/systemusers?filter=username:$eq:new')).json.totalCount).toBe(1);
  });
});
