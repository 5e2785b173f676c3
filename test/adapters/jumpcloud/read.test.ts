/** Each trap of reading JumpCloud once, over a scripted network; sources in the reference (OpenAPI 2026-08, official module, third parties). */
import { describe, expect, test } from 'vitest';
import { originsOf } from '../../../scripts/adapters/jumpcloud/origins.ts';
import {
  confirm,
  confirmBinding,
  confirmMembership,
} from '../../../scripts/adapters/jumpcloud/read/confirm.ts';
import { connectDirectoryReader } from '../../../scripts/adapters/jumpcloud/read/connect.ts';
import type { DirectoryReader } from '../../../scripts/ports.ts';
import { failureOf, type Played, playNetwork, type PlayedNetwork } from '../play-network.ts';

const ORIGIN = 'https://console.jumpcloud.com';

function connect(...answers: Played[]): { reader: DirectoryReader; network: PlayedNetwork } {
  const network = playNetwork(ORIGIN, ...answers);
  return {
    reader: connectDirectoryReader({ JUMPCLOUD_API_KEY: 'canary-key' }, { wire: network.wire }),
    network,
  };
}

function user(n: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { _id: `u${n}`, username: `user${n}`, email: `user${n}@example.com`, state: 'ACTIVATED', ...more };
}
function users(from: number, to: number): Record<string, unknown>[] {
  return Array.from({ length: to - from }, (_, index) => user(from + index));
}
const list = (results: unknown[], totalCount = results.length): Played => ({ body: { totalCount, results } });
const edges = (from: number, to: number, type = 'user') =>
  Array.from({ length: to - from }, (_, index) => ({ to: { id: `x${from + index}`, type } }));

describe('accounts', () => {
  test('are read by 100, sorted by _id, with space separated fields; the later pages side by side', async () => {
    const { reader, network } = connect(
      list(users(0, 100), 230),
      list(users(100, 200), 230),
      list(users(200, 230), 230),
    );
    expect(await reader.readAccounts()).toHaveLength(230);
    const [first, ...rest] = network.sent;
    expect(first?.path).toBe('/api/systemusers');
    expect(Object.fromEntries(first?.query ?? [])).toMatchObject({ limit: '100', skip: '0', sort: '_id' });
    expect(first?.query.get('fields')).toMatch(/^_id id username email state suspended /);
    expect(first?.query.get('fields')).not.toContain(',');
    expect(rest.map(({ query }) => query.get('skip')).sort()).toEqual(['100', '200']);
    expect(first?.headers).toMatchObject({ 'x-api-key': 'canary-key' });
    expect(first?.headers).not.toHaveProperty('x-org-id');
  });

  const TORN: [string, Played[]][] = [
    ['the total changed', [list(users(0, 100), 101), list(users(100, 101), 102)]],
    ['a row is missing', [list(users(0, 99), 100)]],
    ['a row came twice', [list([user(1), user(1)], 2)]],
  ];
  test.each(TORN)('%s: read again', async (_, torn) => {
    const { reader, network } = connect(...torn, list(users(0, 3)));
    expect(await reader.readAccounts()).toHaveLength(3);
    expect(network.lines.join()).toContain('reading it again');
  });
  test.each(TORN)('%s three times: exit 3 with the numbers', async (_, torn) => {
    const { reader } = connect(...torn, ...torn, ...torn);
    const error = await failureOf(reader.readAccounts());
    expect(error).toMatchObject({ exit: 3, code: 'torn-read' });
    expect(error.message).toMatch(/\d+/);
  });

  test('become flat: phones, addresses and custom attributes by type and name, empty ones left out', async () => {
    const { reader } = connect(
      list([
        user(1, {
          firstname: 'Ada',
          jobTitle: '',
          employeeIdentifier: '1042',
          manager: 'u9',
          phoneNumbers: [
            { id: 'p1', type: 'work', number: '1' },
            { id: 'p2', type: 'work', number: '2' },
            { type: 'home', number: '' },
          ],
          addresses: [{ id: 'a1', type: 'work', locality: 'London', poBox: '', country: null }],
          attributes: [
            { name: 'costCode', value: '7' },
            { name: '__proto__', value: 'x' },
          ],
          restrictedFields: [{ field: 'firstname', type: 'scim', id: 'x' }],
          admin: { id: 'a', roleName: 'Administrator' },
        }),
      ]),
    );
    const [account] = await reader.readAccounts();
    expect(account).toEqual({
      id: 'u1',
      username: 'user1',
      email: 'user1@example.com',
      state: 'ACTIVATED',
      anchor: '1042',
      manager: 'u9',
      attributes: {
        firstname: 'Ada',
        'phone.work': '1',
        'address.work.locality': 'London',
        'custom.costCode': '7',
        'custom.__proto__': 'x',
      },
      admin: true,
      restricted: ['firstname'],
    });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test.each([
    [{ manager: null }, null],
    [{ manager: '' }, null],
    [{}, null],
    [{ manager: { id: 'm1', name: 'x' } }, 'm1'],
    [{ manager: 'm2' }, 'm2'],
  ])('manager %j is %j', async (more, manager) => {
    const { reader } = connect(list([user(1, more)]));
    expect((await reader.readAccounts())[0]?.manager).toBe(manager);
  });

  test.each([
    [{ state: undefined, suspended: true }, 'SUSPENDED'],
    [{ state: undefined, suspended: false }, 'ACTIVATED'],
    [{ state: 'STAGED', suspended: false }, 'STAGED'],
  ])('state of %j is %s', async (more, state) => {
    const { reader } = connect(list([user(1, more)]));
    expect((await reader.readAccounts())[0]?.state).toBe(state);
  });

  test('a state that cannot be told is not guessed', async () => {
    const { reader } = connect(list([user(1, { state: undefined })]));
    const error = await failureOf(reader.readAccounts());
    expect(error).toMatchObject({ exit: 1, code: 'unreadable-answer' });
    expect(error.message).toContain('GET /api/systemusers');
  });
  test('nor is a state that nobody knows: that account is there, and the others are read', async () => {
    const { reader } = connect(list([user(1, { state: 'ARCHIVED' }), user(2)]));
    const accounts = await reader.readAccounts();
    expect(accounts.map(({ id, unreadable }) => [id, unreadable])).toEqual([
      ['u1', true],
      ['u2', undefined],
    ]);
  });

  test('one account, or null', async () => {
    const { reader } = connect({ body: user(1) }, { status: 404, body: { message: 'Not Found' } });
    expect(await reader.readAccount('u1')).toMatchObject({ id: 'u1' });
    expect(await reader.readAccount('u2')).toBeNull();
  });

  test('and none that is about another one than was asked for', async () => {
    const { reader } = connect({ body: user(2) });
    expect(await failureOf(reader.readAccount('u1'))).toMatchObject({ code: 'unreadable-answer' });
  });
});

describe('looking for an account', () => {
  test('uses the exact filter, in one request', async () => {
    const { reader, network } = connect(list([user(1)]));
    expect(await reader.findAccounts('email', 'user1@example.com')).toHaveLength(1);
    expect(network.sent[0]?.query.get('filter')).toBe('email:$eq:user1@example.com');
    expect(network.sent.length).toBe(1);
  });
  test('minds that the filter minds the case', async () => {
    const { reader, network } = connect(list([]), list([user(1)]));
    expect(await reader.findAccounts('email', 'User1@Example.com')).toHaveLength(1);
    expect(network.sent.length).toBe(2);
  });
  test('a filter that is not understood leads to reading everybody, not to "nobody"', async () => {
    const everybody = [list(users(0, 100), 150), list(users(0, 100), 150), list(users(100, 150), 150)];
    const { reader } = connect(...everybody);
    expect(await reader.findAccounts('username', 'user149')).toMatchObject([{ id: 'u149' }]);
  });
  test('so does a value with separators of the filter in it', async () => {
    const { reader, network } = connect(list([user(1, { employeeIdentifier: 'a|b' })]));
    expect(await reader.findAccounts('employeeIdentifier', 'a|b')).toHaveLength(1);
    expect(network.sent[0]?.query.get('filter')).toBeNull();
  });
});

describe('groups', () => {
  const names = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => ({
      id: `g${from + index}`,
      name: `G${from + index}`,
      type: 'user_group',
    }));

  test('a bare array is walked until a short page', async () => {
    const { reader, network } = connect({ body: names(0, 100) }, { body: names(100, 200) }, { body: [] });
    expect(await reader.readGroupNames()).toHaveLength(200);
    expect(network.sent.map(({ query }) => query.get('skip'))).toEqual(['0', '100', '200']);
  });
  test('a total in the header saves the last request and proves the walk', async () => {
    const total = (n: number) => ({ headers: { 'x-total-count': String(n) } });
    const good = connect({ body: names(0, 100), ...total(200) }, { body: names(100, 200), ...total(200) });
    expect(await good.reader.readGroupNames()).toHaveLength(200);
    expect(good.network.sent.length).toBe(2);
    const torn = Array.from({ length: 3 }, () => ({ body: names(0, 99), ...total(100) }));
    expect(await failureOf(connect(...torn).reader.readGroupNames())).toMatchObject({
      exit: 3,
      code: 'torn-read',
    });
  });

  test('one group: the method is only told by id, members by pages', async () => {
    const { reader, network } = connect(
      { body: { id: 'g1', name: 'All', membershipMethod: 'STATIC' } },
      { body: edges(0, 100) },
      { body: edges(100, 103) },
    );
    const group = await reader.readGroup('g1');
    expect(group).toMatchObject({ id: 'g1', name: 'All', membershipMethod: 'STATIC' });
    expect(group?.members.size).toBe(103);
    expect(network.sent.map(({ path }) => path).sort()).toEqual([
      '/api/v2/usergroups/g1',
      '/api/v2/usergroups/g1/members',
      '/api/v2/usergroups/g1/members',
    ]);
  });
  test.each([
    [{ membershipMethod: 'DYNAMIC_AUTOMATED' }, 'DYNAMIC_AUTOMATED'],
    [{ membershipMethod: 'SOMETHING_NEW' }, 'DYNAMIC_AUTOMATED'],
    [{ membershipAutomated: true }, 'DYNAMIC_AUTOMATED'],
    [{}, 'NOTSET'],
  ])('%j is %s: what is not known is not written to', async (more, method) => {
    const { reader } = connect({ body: { id: 'g1', name: 'All', ...more } }, { body: [] });
    expect((await reader.readGroup('g1'))?.membershipMethod).toBe(method);
  });
  const found: Played = { body: { id: 'g1', name: 'All', membershipMethod: 'STATIC' } };
  const gone: Played = { status: 404, body: {} };
  test.each([
    ['altogether', gone, gone],
    ['before its members were read', found, gone],
    ['while its members were read', gone, { body: edges(0, 2) }],
  ])('a group that is gone is null: %s', async (_, group, members) => {
    expect(await connect(group, members).reader.readGroup('g1')).toBeNull();
  });
  test('members are people: a group within the group is none, and what names no type is one', async () => {
    const inner = { to: { id: 'g2', type: 'user_group' } };
    const { reader } = connect(found, { body: [...edges(0, 1), inner, { to: { id: 'x9' } }] });
    expect([...(await reader.readGroup('g1'))!.members]).toEqual(['x0', 'x9']);
  });

  const path = (...lengths: number[]) =>
    lengths.map((length) => Array.from({ length }, () => ({ to: { id: 'x' } })));
  test('direct is whoever has a path of length 1', async () => {
    const { reader } = connect(
      {
        body: [
          { id: 'g2', type: 'user_group', paths: path(1) },
          { id: 'g1', type: 'user_group', paths: path(2, 1) },
          { id: 'g3', type: 'user_group', paths: path(2) },
        ],
      },
      { body: names(1, 4) },
    );
    expect(await reader.readMemberships('u1')).toEqual([
      { id: 'g1', name: 'G1' },
      { id: 'g2', name: 'G2' },
    ]);
  });
  test('an unknown account has no groups and no names are read for it', async () => {
    const { reader, network } = connect({ body: [] });
    expect(await reader.readMemberships('nobody')).toEqual([]);
    expect(network.sent.length).toBe(1);
  });
  test('membership is one small request, and a filter that is ignored does no harm', async () => {
    const { reader, network } = connect(
      { body: [{ id: 'g1', type: 'user_group', paths: path(1) }] },
      { body: [{ id: 'g2', type: 'user_group', paths: path(1) }] },
    );
    expect(await reader.isMember('g1', 'u1')).toBe(true);
    expect(await reader.isMember('g1', 'u1')).toBe(false);
    expect(network.sent[0]?.query.get('filter')).toBe('object_id:eq:g1');
  });
});

describe('bindings, armed changes, keys', () => {
  test('bindings: one request per type, names from the list of that type, read once', async () => {
    const { reader, network } = connect(
      { body: edges(1, 2, 'system_group') },
      { body: [{ id: 'x1', name: 'London laptops' }] },
      { body: edges(1, 2, 'system_group') },
    );
    const expected = [{ type: 'system_group', id: 'x1', name: 'London laptops' }];
    expect(await reader.readBindings('u1', ['system_group'])).toEqual(expected);
    expect(await reader.readBindings('u2', ['system_group'])).toEqual(expected);
    expect(network.sent.map((sent) => sent.query.get('targets') ?? sent.path)).toEqual([
      'system_group',
      '/api/v2/systemgroups',
      'system_group',
    ]);
  });
  test('what an organisation does not have is nothing', async () => {
    const { reader } = connect({ status: 404, body: { message: 'Not Found' } });
    expect(await reader.readBindable(['policy_group'])).toEqual([]);
  });
  test('a list that failed is asked for again', async () => {
    const { reader } = connect(
      { status: 403, body: {} },
      list([{ _id: 's1', displayName: '', hostname: 'mac-1' }]),
    );
    await expect(reader.readBindable(['system'])).rejects.toMatchObject({
      exit: 2,
      code: 'jumpcloud-permission',
    });
    expect(await reader.readBindable(['system'])).toEqual([{ type: 'system', id: 's1', name: 'mac-1' }]);
  });

  const job = (id: string, account: string, scheduledDate: string) => ({
    scheduledJobId: id,
    systemUserId: account,
    scheduledDate,
    state: 'SUSPENDED',
  });
  test('armed changes: dates are UTC whether or not they say so', async () => {
    const { reader } = connect({
      body: [job('j2', 'u1', '2026-12-01T08:00:00.000Z'), job('j1', 'u1', '2026-12-01 02:00:00')],
    });
    expect(await reader.readArmed()).toEqual([
      { job: 'j1', account: 'u1', state: 'SUSPENDED', at: '2026-12-01T02:00:00Z' },
      { job: 'j2', account: 'u1', state: 'SUSPENDED', at: '2026-12-01T08:00:00Z' },
    ]);
  });
  test('for a few accounts each is asked for, for many all are read and sifted', async () => {
    const few = connect({ body: [job('j1', 'u1', '2026-12-01T00:00:00Z')] });
    await few.reader.readArmed(['u1']);
    expect(few.network.sent[0]?.query.get('userid')).toBe('u1');
    const many = connect({
      body: [job('j1', 'u1', '2026-12-01T00:00:00Z'), job('j9', 'u9', '2026-12-01T00:00:00Z')],
    });
    expect(await many.reader.readArmed(['u1', 'u2', 'u3', 'u4'])).toHaveLength(1);
    expect(many.network.sent[0]?.query.get('userid')).toBeNull();
  });
  test('SSH keys by id', async () => {
    const { reader } = connect({ body: [{ _id: 'k2', public_key: 'ssh-ed25519 A' }, { _id: 'k1' }] });
    expect(await reader.readSshKeys('u1')).toEqual(['k1', 'k2']);
  });
});

describe('signing in', () => {
  const SERVICE = {
    JUMPCLOUD_CLIENT_ID: 'id',
    JUMPCLOUD_CLIENT_SECRET: 'canary-secret',
    JUMPCLOUD_BASE_URL: 'http://127.0.0.1:9',
  };
  function connectService(...answers: Played[]): { reader: DirectoryReader; network: PlayedNetwork } {
    const network = playNetwork('http://127.0.0.1:9', ...answers);
    return {
      reader: connectDirectoryReader({ ...SERVICE, JUMPCLOUD_ORG_ID: 'org1' }, { wire: network.wire }),
      network,
    };
  }
  const token = (text: string, expires_in: unknown = 100): Played => ({
    body: { access_token: text, token_type: 'bearer', expires_in },
  });

  test('a token is fetched once, for everybody who waits, and used', async () => {
    const { reader, network } = connectService(token('t1'), { body: user(1) }, { body: user(1) });
    await Promise.all([reader.readAccount('u1'), reader.readAccount('u1')]);
    expect(network.sent.map(({ path }) => path)).toEqual([
      '/oauth2/token',
      '/api/systemusers/u1',
      '/api/systemusers/u1',
    ]);
    expect(network.sent[0]).toMatchObject({
      body: 'grant_type=client_credentials&scope=api',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from('id:canary-secret').toString('base64')}`,
      },
    });
    expect(network.sent[1]?.headers).toMatchObject({ authorization: 'Bearer t1', 'x-org-id': 'org1' });
  });
  test('it is renewed 30 s before it ends', async () => {
    const { reader, network } = connectService(
      token('t1'),
      { body: user(1) },
      { body: user(1) },
      token('t2'),
      { body: user(1) },
    );
    await reader.readAccount('u1');
    await network.wire.sleep(69_000);
    await reader.readAccount('u1');
    await network.wire.sleep(2_000);
    await reader.readAccount('u1');
    expect(network.sent.filter(({ path }) => path === '/oauth2/token')).toHaveLength(2);
  });
  test('and once on a 401', async () => {
    const denied: Played = { status: 401, body: { message: 'Unauthorized' } };
    const { reader } = connectService(token('t1'), denied, token('t2'), { body: user(1) });
    expect(await reader.readAccount('u1')).toMatchObject({ id: 'u1' });
    const twice = connectService(token('t1'), denied, token('t2'), denied);
    expect(await failureOf(twice.reader.readAccount('u1'))).toMatchObject({ exit: 2, code: 'jumpcloud-key' });
  });
  test('a token request may be throttled', async () => {
    const { reader, network } = connectService(
      { status: 429, headers: { 'retry-after': '3' } },
      token('t1'),
      { body: user(1) },
    );
    await reader.readAccount('u1');
    expect(network.waits).toEqual([3_000]);
  });
  test.each([
    [{ status: 401, body: { error: 'invalid_client' } }, 2, 'jumpcloud-key'],
    [{ status: 404 }, 2, 'jumpcloud-address'],
    [{ status: 200, body: '<html>' }, 1, 'unreadable-answer'],
    [{ error: 'ENOTFOUND' }, 1, 'unreachable'],
  ] as [Played, number, string][])('a token request answered with %j', async (answer, exit, code) => {
    const error = await failureOf(connectService(answer).reader.readAccount('u1'));
    expect(error).toMatchObject({ exit, code });
    expect(error.message).not.toContain('canary');
  });

  test.each([
    [{}, 'JUMPCLOUD_API_KEY'],
    [{ JUMPCLOUD_CLIENT_ID: 'x' }, 'JUMPCLOUD_CLIENT_SECRET is not set'],
    [{ JUMPCLOUD_CLIENT_SECRET: 'x' }, 'JUMPCLOUD_CLIENT_ID is not set'],
    [{ JUMPCLOUD_API_KEY: 'k', JUMPCLOUD_BASE_URL: 'console' }, 'JUMPCLOUD_BASE_URL is not a web address'],
  ])('%j', (environment, words) => {
    expect(() => connectDirectoryReader(environment)).toThrow(
      expect.objectContaining({ exit: 2, message: expect.stringContaining(words) as string }) as Error,
    );
  });

  test.each([
    [{ status: 302, headers: { location: '/login' } }, 2, 'jumpcloud-key'],
    [
      { status: 302, headers: { location: 'https://console.eu.jumpcloud.com/api/systemusers' } },
      2,
      'jumpcloud-address',
    ],
    [
      { status: 401, body: { error: 'Unauthorized', message: 'Unauthorized: api key user not found' } },
      2,
      'jumpcloud-key',
    ],
    [{ status: 403, body: { message: 'no' } }, 2, 'jumpcloud-permission'],
    [{ status: 404, body: 'Not Found' }, 2, 'jumpcloud-address'],
    [{ status: 200, body: '<html><title>JumpCloud</title></html>' }, 1, 'unreadable-answer'],
  ] as [Played, number, string][])('a list answered with %j', async (answer, exit, code) => {
    const { reader, network } = connect(answer);
    const error = await failureOf(reader.readAccounts());
    expect(error).toMatchObject({ exit, code });
    expect(`${error.message} ${error.stack ?? ''}`).not.toContain('canary');
    expect(network.sent.length).toBe(1);
  });
});

test.each([
  [
    {},
    'https://console.jumpcloud.com',
    'https://admin-oauth.id.jumpcloud.com/oauth2/token',
    'https://api.jumpcloud.com/insights/directory/v1',
  ],
  [
    { JUMPCLOUD_BASE_URL: 'https://console.eu.jumpcloud.com/' },
    'https://console.eu.jumpcloud.com',
    'https://admin-oauth.id.eu.jumpcloud.com/oauth2/token',
    'https://api.eu.jumpcloud.com/insights/directory/v1',
  ],
  [
    { JUMPCLOUD_BASE_URL: 'https://console.in.jumpcloud.com/api/v2' },
    'https://console.in.jumpcloud.com',
    'https://admin-oauth.id.in.jumpcloud.com/oauth2/token',
    'https://api.in.jumpcloud.com/insights/directory/v1',
  ],
  [
    { JUMPCLOUD_BASE_URL: 'http://127.0.0.1:4012' },
    'http://127.0.0.1:4012',
    'http://127.0.0.1:4012/oauth2/token',
    'http://127.0.0.1:4012/insights/directory/v1',
  ],
  [
    {
      JUMPCLOUD_BASE_URL: 'http://localhost:1',
      JUMPCLOUD_OAUTH_URL: 'http://localhost:2/oauth2/token',
      JUMPCLOUD_INSIGHTS_URL: 'http://localhost:3/',
    },
    'http://localhost:1',
    'http://localhost:2/oauth2/token',
    'http://localhost:3/insights/directory/v1',
  ],
])('regions: %j', (environment, base, token, insights) => {
  expect(originsOf(environment)).toEqual({ base, token, insights });
});

describe('looking again while the graph lags', () => {
  const pauses: number[] = [];
  const sleep = (milliseconds: number) => Promise.resolve(pauses.push(milliseconds));
  test('stops as soon as it is seen', async () => {
    pauses.length = 0;
    let looks = 0;
    expect(
      await confirmMembership({ isMember: () => Promise.resolve((looks += 1) === 3) }, sleep, 'g', 'u', true),
    ).toBe(true);
    expect(pauses).toEqual([250, 500]);
  });
  test('gives up after five more looks, each later than the last', async () => {
    pauses.length = 0;
    expect(await confirm(() => Promise.resolve(false), sleep)).toBe(false);
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });
  test('bindings likewise', async () => {
    const reader = { readBindings: () => Promise.resolve([{ type: 'policy', id: 'p1', name: 'P' }]) };
    expect(await confirmBinding(reader, sleep, 'u', { type: 'policy', id: 'p1' }, true)).toBe(true);
    expect(await confirmBinding(reader, sleep, 'u', { type: 'policy', id: 'p1' }, false)).toBe(false);
  });
});
