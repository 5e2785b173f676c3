/**
 * Holds every answer of the emulator against JumpCloud's own OpenAPI documents, and the requests of this session too.
 * What is excused stands in contradictions.ts, each with its source; an excuse that is not needed fails the test.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRADICTIONS } from '../../../scripts/emulators/jumpcloud/contradictions.ts';
import { createJumpCloud } from '../../../scripts/emulators/jumpcloud/index.ts';
import { loadOpenApi, type OpenApi } from '../../openapi/validate-openapi.ts';
import { startJumpCloud, type Client, type Reply } from './jumpcloud-client.ts';

const SPECS = fileURLToPath(new URL('../../../../shared/reference/specs/', import.meta.url));
const CONSOLE_FILE = `${SPECS}jumpcloud-console-subset-2026-08-21.openapi31.json`;
const INSIGHTS_FILE = `${SPECS}jumpcloud-directory-insights-2026-08-21.openapi31.yaml`;
const present = existsSync(CONSOLE_FILE) && existsSync(INSIGHTS_FILE);
if (!present)
  console.warn('skipped: the official JumpCloud documents (../shared/reference/specs) are absent');

/** Routes that the subset of the document does not hold; their shape follows other clients. */
const UNDOCUMENTED = [
  'GET /login',
  'POST /oauth2/token',
  'GET /api/systems',
  'GET /api/systems/{id}',
  'GET /api/applications',
  'GET /api/applications/{id}',
  'GET /api/v2/policies',
  'GET /api/v2/policies/{id}',
];

const UNKNOWN = '0123456789abcdef01234567';
const INSIGHTS = '/insights/directory/v1';

describe.skipIf(!present)('the official JumpCloud documents', () => {
  let client: Client;
  let documents: OpenApi[];
  const problems: string[] = [];
  const excused = new Set<number>();
  const visited = new Set<string>();

  beforeAll(async () => {
    documents = [loadOpenApi(CONSOLE_FILE), loadOpenApi(INSIGHTS_FILE)];
    client = await startJumpCloud({
      users: [
        {
          username: 'ada',
          email: 'ada@example.com',
          employeeIdentifier: '1',
          manager: 'bob',
          totp_enabled: true,
        },
        { username: 'bob', email: 'bob@example.com', addresses: [{ type: 'work', country: 'GB' }] },
        { username: 'new', email: 'new@example.com', state: 'STAGED' },
      ],
      userGroups: [{ name: 'Staff', members: ['ada'] }],
      systems: [{ hostname: 'mac' }],
      systemGroups: [{ name: 'Laptops', members: ['mac'] }],
      policies: [{ name: 'Encryption' }],
      applications: [{ name: 'Slack' }],
      associations: [
        {
          user: 'ada',
          type: 'system',
          target: 'mac',
          attributes: { sudo: { enabled: true, withoutPassword: false } },
        },
        { userGroup: 'Staff', type: 'system_group', target: 'Laptops' },
      ],
      serviceAccounts: [{ clientId: 'ci', clientSecret: 'secret' }],
    });
  });
  afterAll(() => client.close());

  function judge(
    method: string,
    path: string,
    body: unknown,
    reply: Reply,
    headers: Record<string, string>,
  ): void {
    const { pathname, searchParams } = new URL(path, 'http://x');
    const document = documents.find((candidate) => candidate.template(method, pathname) !== undefined);
    const template = document?.template(method, pathname);
    if (document === undefined || template === undefined) return;
    visited.add(`${method} ${template.replaceAll(/\{[^}]*\}/g, '{}')}`);
    const excuse = (at: number | 'request', found: string[]): void => {
      if (found.length === 0) return;
      const index = CONTRADICTIONS.findIndex(
        (known) => known.route === `${method} ${template}` && known.at === at,
      );
      if (index >= 0) excused.add(index);
      else problems.push(...found.map((problem) => `${method} ${path}: ${problem}`));
    };
    const contentType = body === undefined ? undefined : 'application/json';
    if (reply.status < 400)
      excuse(
        'request',
        document.checkRequest({ method, path: pathname, query: searchParams, body, headers, contentType }),
      );
    excuse(
      reply.status,
      document.checkResponse({
        method,
        path: pathname,
        status: reply.status,
        contentType: reply.headers.get('content-type'),
        body: reply.text,
      }),
    );
  }

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> => {
    const reply = await client.call(method, path, body, headers);
    judge(method, path, body, reply, headers);
    return reply;
  };

  it('is read by a validator that notices a wrong answer', () => {
    const answer = { method: 'GET', path: '/api/systemusers', status: 200, contentType: 'application/json' };
    const state = { totalCount: 1, results: [{ state: 'AWAY' }] };
    expect(documents[0]?.checkResponse({ ...answer, body: state })).not.toEqual([]);
    expect(documents[0]?.checkResponse({ ...answer, body: { totalCount: 'one', results: [] } })).not.toEqual(
      [],
    );
    expect(documents[0]?.checkResponse({ ...answer, status: 418, body: {} })).not.toEqual([]);
  });

  it('has nothing against users', async () => {
    await call('GET', '/api/systemusers', undefined, { 'x-api-key': '' });
    const ada = await client.userId('ada');
    const base = `/api/systemusers/${ada}`;
    await call('GET', '/api/systemusers?limit=100&sort=_id');
    await call('GET', '/api/systemusers?fields=username email&filter=username:$eq:ada');
    const created = await call('POST', '/api/systemusers', {
      username: 'full',
      email: 'full@example.com',
      firstname: 'Full',
      manager: ada,
      phoneNumbers: [{ type: 'work', number: '1' }],
      addresses: [{ type: 'work', country: 'GB' }],
      attributes: [{ name: 'shirt', value: 'M' }],
      state: 'STAGED',
    });
    expect(created.status).toBe(200);
    await call('POST', '/api/systemusers', { username: 'ada', email: 'ada@example.com' });
    await call('GET', base);
    await call('GET', `/api/systemusers/${UNKNOWN}`);
    await call('PUT', base, { department: 'IT', phoneNumbers: [{ type: 'home', number: '2' }] });
    await call('PUT', base, { manager: null });
    await call('PUT', base, { manager: 'nobody' });
    await call('PUT', `/api/systemusers/${UNKNOWN}`, {});
    await call('POST', '/api/search/systemusers', { filter: { or: [{ username: 'ada' }] }, fields: 'email' });
    await call('POST', '/api/search/systemusers', { filter: [{ username: 'ada' }] });
    const key = await call('POST', `${base}/sshkeys`, { name: 'a', public_key: 'ssh-ed25519 A' });
    await call('GET', `${base}/sshkeys`);
    await call('GET', base);
    await call('DELETE', `${base}/sshkeys/${String(key.json._id)}`);
    await call('DELETE', `${base}/sshkeys/${UNKNOWN}`);
    await call('POST', `${base}/state/suspend`);
    await call('POST', `${base}/state/activate`, {});
    await call('POST', `/api/systemusers/${await client.userId('new')}/state/activate`, { email: false });
    await call('POST', `/api/systemusers/${UNKNOWN}/state/suspend`);
    for (const action of ['expire', 'unlock', 'mfasync']) await call('POST', `${base}/${action}`);
    await call('POST', `${base}/password`, { password: 'correct horse battery' });
    await call('GET', `${base}/totpinfo`);
    await call('POST', `${base}/resetmfa`, { exclusion: true, exclusionDays: 7 });
    await call('GET', `${base}/totpinfo`);
    await call('POST', `${base}/mfa/enforce`, { enable_user_portal_multifactor: true });
    await call('POST', `${base}/reactivate`, { email: 'ada@example.org' });
    await call('GET', base);
    await call('DELETE', base);
    await call('DELETE', `${base}?cascade_manager=null`);
    expect(problems).toEqual([]);
  });

  it('has nothing against groups, members and suggestions', async () => {
    const memberQuery = {
      queryType: 'FilterQuery',
      filters: [{ field: 'department', operator: 'eq', value: 'IT' }],
    };
    const body = { name: 'Rule', membershipMethod: 'DYNAMIC_REVIEW_REQUIRED', memberQuery };
    await call('POST', '/api/v2/usergroups', { name: 'Bad', memberQuery: { filters: [] } });
    for (const [base, member] of [
      ['/api/v2/usergroups', await client.userId('bob')],
      ['/api/v2/systemgroups', String((await client.get('/api/systems')).json.results[0]._id)],
    ] as const) {
      const type = base.includes('user') ? 'user' : 'system';
      const group = String((await call('POST', base, { ...body, name: `Rule ${type}` })).json.id);
      const plain = String((await call('POST', base, { name: `Plain ${type}` })).json.id);
      await call('GET', `${base}?limit=100&sort=name&filter=name:eq:Staff`);
      await call('GET', `${base}?fields=name,type`);
      await call('GET', `${base}/${group}`);
      await call('PUT', `${base}/${group}`, { ...body, name: `Rules ${type}` });
      await call('GET', `${base}/${group}/suggestions`);
      await call('POST', `${base}/${group}/suggestions`, { [`${type}_ids`]: [member] });
      await call('POST', `${base}/${plain}/members`, { op: 'add', type, id: member });
      await call('GET', `${base}/${plain}/members`);
      await call('GET', `${base}/${plain}/membership`);
      await call('GET', `/api/v2/${type}s/${member}/memberof?filter=type:eq:${type}_group`);
      await call('DELETE', `${base}/${plain}`);
    }
    const staff = await client.groupId('Staff');
    const bob = { op: 'add', type: 'user', id: await client.userId('bob') };
    await call('POST', `/api/v2/usergroups/${staff}/members`, bob);
    await call('POST', `/api/v2/usergroups/${staff}/members`, bob);
    await call('POST', `/api/v2/usergroups/${staff}/members`, { ...bob, id: UNKNOWN });
    await call('POST', `/api/v2/usergroups/${UNKNOWN}/members`, bob);
    await call('GET', `/api/v2/usergroups/${UNKNOWN}/members`);
    await call('GET', `/api/v2/usergroups/${UNKNOWN}`);
    await call('GET', `/api/v2/users/${UNKNOWN}/memberof`);
    await call('GET', '/api/v2/groups?limit=100');
    expect(problems).toEqual([]);
  });

  it('has nothing against associations and traversals', async () => {
    const bob = await client.userId('bob');
    const system = String((await client.get('/api/systems')).json.results[0]._id);
    const policy = String((await client.get('/api/v2/policies')).json[0].id);
    const application = String((await client.get('/api/applications')).json.results[0]._id);
    const staff = await client.groupId('Staff');
    const laptops = String((await client.get('/api/v2/systemgroups?filter=name:eq:Laptops')).json[0].id);
    for (const [path, target, type, id] of [
      [`users/${bob}`, 'system', 'system', system],
      [`usergroups/${staff}`, 'application', 'application', application],
      [`systemgroups/${laptops}`, 'policy', 'policy', policy],
      [`systems/${system}`, 'policy', 'policy', policy],
      [`policies/${policy}`, 'user', 'user', bob],
      [`applications/${application}`, 'user', 'user', bob],
    ] as const) {
      const added = await call('POST', `/api/v2/${path}/associations`, { op: 'add', type, id });
      expect([path, added.status]).toEqual([path, 204]);
      await call('GET', `/api/v2/${path}/associations?targets=${target}`);
    }
    await call('GET', `/api/v2/users/${bob}/associations?targets=user`);
    const traversals: Record<string, string[]> = {
      [`users/${bob}`]: ['systems', 'systemgroups', 'policies', 'applications'],
      [`usergroups/${staff}`]: [
        ...['systems', 'systemgroups', 'policies', 'policygroups', 'applications', 'activedirectories'],
        ...['gsuites', 'office365s', 'ldapservers', 'radiusservers'],
      ],
      [`systemgroups/${laptops}`]: ['users', 'usergroups', 'policies', 'policygroups', 'commands'],
      [`systems/${system}`]: ['users'],
      [`applications/${application}`]: ['users'],
    };
    for (const [from, to] of Object.entries(traversals))
      for (const target of to) expect((await call('GET', `/api/v2/${from}/${target}`)).status).toBe(200);
    expect(problems).toEqual([]);
  });

  it('has nothing against schedules, bulk jobs, the organisation and service accounts', async () => {
    const bob = await client.userId('bob');
    const base = '/api/v2/bulk/userstates';
    const order = { user_ids: [bob], state: 'SUSPENDED', start_date: '2026-12-01T00:00:00Z' };
    const job = await call('POST', base, order);
    await call('POST', base, { ...order, state: 'STAGED' });
    await call('GET', `${base}?userid=${bob}&limit=100`);
    await call('GET', `${base}/eventlist/next?users=${bob}`);
    await call('DELETE', `${base}/${String(job.json[0].scheduledJobId)}`);
    await call('DELETE', `${base}/${UNKNOWN}`);
    const rows = [
      { username: 'one', email: 'one@example.com' },
      { username: 'bob', email: 'bob@example.com' },
    ];
    const created = await call('POST', '/api/v2/bulk/users?suppressEmail=true', rows);
    await call('GET', `/api/v2/bulk/users/${String(created.json.jobId)}/results`);
    await call('PATCH', '/api/v2/bulk/users', [{ id: bob, firstname: 'Bob' }]);
    await call('POST', '/api/v2/bulk/user/expires', [{ id: bob }]);
    await call('POST', '/api/v2/bulk/user/unlocks', [{ id: bob }]);
    const organization = String((await call('GET', '/api/organizations')).json.results[0]._id);
    await call('GET', `/api/organizations/${organization}`);
    const settings = { newSystemUserStateDefaults: { manualEntry: 'STAGED' } };
    await call('PUT', `/api/organizations/${organization}`, { settings });
    const accounts = await call('GET', '/api/v2/service-accounts');
    await call('GET', `/api/v2/service-accounts/${String(accounts.json.results[0].objectId)}`);
    await call('GET', `/api/v2/service-accounts/${UNKNOWN}`);
    expect(problems).toEqual([]);
  });

  it('has nothing against Directory Insights', async () => {
    const body = { service: ['directory'], start_time: '2026-11-23T00:00:00Z', limit: 1 };
    const first = await call('POST', `${INSIGHTS}/events`, body);
    const after = JSON.parse(first.headers.get('x-search_after') ?? '[]') as unknown;
    await call('POST', `${INSIGHTS}/events`, { ...body, search_after: after });
    await call('POST', `${INSIGHTS}/events`, { service: ['nonsense'] });
    await call('POST', `${INSIGHTS}/events`, body, { 'x-api-key': '' });
    await call('POST', `${INSIGHTS}/events/count`, body);
    expect(problems).toEqual([]);
  });

  it('was asked about every route that it knows', () => {
    const unasked = createJumpCloud({}).routes.filter((route) => {
      const [method = '', template = ''] = route.split(' ');
      const asked = `${method} ${template.replace(INSIGHTS, '').replaceAll(/\{[^}]*\}/g, '{}')}`;
      return !visited.has(asked) && !UNDOCUMENTED.includes(route);
    });
    expect(unasked).toEqual([]);
    for (const route of UNDOCUMENTED) {
      const [method = '', template = ''] = route.split(' ');
      expect(documents.some((document) => document.template(method, template) !== undefined)).toBe(false);
    }
  });

  it('contradicts itself where the list says so, and nowhere else', () => {
    expect(
      CONTRADICTIONS.filter((_, index) => !excused.has(index)).map(({ route, at }) => `${route} ${at}`),
    ).toEqual([]);
  });
});
