import { beforeAll, describe, expect, test } from 'vitest';
import { type Bamboo, type ListAnswer, person, startBamboo } from './start-bamboohr.ts';

let bamboo: Bamboo;
beforeAll(async () => {
  bamboo = await startBamboo({
    company: 'acme',
    employees: [
      person('1'),
      person('2', { supervisorEId: '1' }),
      person('3', { status: 'Inactive', employmentHistoryStatus: 'Terminated' }),
    ],
    apiKeys: [
      { key: 'all', employeeId: '1' },
      { key: 'nobody' },
      { key: 'narrow', hideEmployees: ['2'], hideFields: ['department'], hideInactive: true },
      { key: 'row', hideFieldsOf: { '2': ['reportsToId'] } },
      { key: 'denied', deny: ['employees', 'datasets'] },
      { key: 'dead', disabled: true },
    ],
  });
});

describe('base URLs', () => {
  // Reference §1: both forms are live; the gateway names the company, trailing slashes are tolerated.
  test.each(['/api/gateway.php/acme/v1/employees/1', '/api/v1/employees/1', '/api/v1/employees/1/'])(
    '%s',
    async (path) => {
      const reply = await bamboo.ask(`${path}?fields=firstName`, { key: 'all' });
      expect(reply.json()).toEqual({ id: '1', firstName: 'First1' });
    },
  );

  test('another company on the gateway or in the host name is unknown', async () => {
    const reply = await bamboo.ask('/api/gateway.php/other/v1/employees/1', { key: 'all' });
    expect([reply.status, reply.text]).toEqual([404, '']);
    expect(reply.headers.get('x-bamboohr-error-message')).toBe('Company not found');
  });

  test('unknown routes are 404, known ones with another method 405', async () => {
    expect((await bamboo.ask('/api/v1/nonsense', { key: 'all' })).status).toBe(404);
    expect((await bamboo.ask('/v1/employees/1', { key: 'all' })).status).toBe(404);
    expect((await bamboo.ask('/api/v1/employees/1', { key: 'all', method: 'PATCH' })).status).toBe(405);
  });
});

describe('credentials', () => {
  // HAR 2022-02-15, har2022_401_invalid_key.json: exact headers, empty HTML.
  test.each([
    ['no credentials', { key: null }],
    ['an unknown key', { key: 'wrong' }],
    ['an empty key', { key: '' }],
    ['another scheme', { headers: { authorization: 'Digest all' } }],
  ])('%s: 401 as recorded', async (_, options) => {
    const reply = await bamboo.ask('/api/gateway.php/acme/v1/employees/0', options);
    expect([reply.status, reply.text]).toEqual([401, '']);
    expect(reply.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    expect(reply.headers.get('x-bamboohr-error-message')).toBe('API key not provided or invalid');
    expect(reply.headers.get('www-authenticate')).toBe('Basic realm="https://api.bamboohr.com/acme"');
  });

  // 3P (AutoIDM tap, fusebit): any password, an empty one too. SPEC: OAuth bearer tokens on the same routes.
  test.each(['Basic ' + btoa('all:'), 'Basic ' + btoa('all:foobar'), 'Bearer all'])(
    '%s',
    async (authorization) => {
      expect((await bamboo.ask('/api/v1/employees/1', { headers: { authorization } })).status).toBe(200);
    },
  );

  test('without apiKeys in the seed any key is accepted', async () => {
    const open = await startBamboo({ employees: [person('1')] });
    expect((await open.ask('/api/v1/employees/1', { key: 'whatever' })).status).toBe(200);
    expect((await open.ask('/api/v1/employees/1', { key: null })).status).toBe(401);
  });

  // HAR + SPEC: id 0 is the key owner's employee, or "0" for a user who is nobody's employee.
  test('employees/0 answers whose key it is', async () => {
    expect((await bamboo.ask('/api/v1/employees/0', { key: 'all' })).json()).toEqual({ id: '1' });
    expect((await bamboo.ask('/api/v1/employees/0?fields=status', { key: 'nobody' })).json()).toEqual({
      id: '0',
    });
  });

  // Reference §1: 403 for a disabled key owner and for missing privileges.
  test('a disabled owner and a denied area are 403', async () => {
    expect((await bamboo.ask('/api/v1/employees/1', { key: 'dead' })).status).toBe(403);
    const reply = await bamboo.ask('/api/v1/employees', { key: 'denied' });
    expect([reply.status, reply.text]).toEqual([403, '']);
    expect(reply.headers.get('x-bamboohr-error-message')).toContain('permission');
    expect((await bamboo.ask('/api/v1/meta/fields', { key: 'denied' })).status).toBe(200);
  });
});

describe('what a key may see', () => {
  test('a hidden employee is 403, a missing one 404 with the misspelt twin header (HAR 2022)', async () => {
    expect((await bamboo.ask('/api/v1/employees/2', { key: 'narrow' })).status).toBe(403);
    const reply = await bamboo.ask('/api/v1/employees/182372', { key: 'narrow' });
    expect([reply.status, reply.text]).toEqual([404, '']);
    expect(reply.headers.get('x-bamboohr-error-message')).toBe('Employee not found, Employee not found');
    expect(reply.headers.get('x-bamboohr-error-messsage')).toBe('Employee not found, Employee not found');
  });

  // SPEC list-employees: null and _restrictedFields; rows whose filter field is hidden are dropped.
  test('the list names what it withholds', async () => {
    const list = (
      await bamboo.ask('/api/v1/employees?fields=departmentName,departmentId,workEmail', { key: 'narrow' })
    ).json<ListAnswer>();
    expect(list.data.map((row) => row['employeeId'])).toEqual(['1']);
    expect(list.data[0]).toMatchObject({
      departmentName: null,
      departmentId: null,
      workEmail: 'p1@example.com',
      _restrictedFields: ['departmentName', 'departmentId'],
    });
    const filtered = await bamboo.ask('/api/v1/employees?filter[departmentName]=Eng', { key: 'narrow' });
    expect(filtered.json<ListAnswer>().meta.total).toBe(0);
  });

  test('hiding one field of one person restricts that row only', async () => {
    const list = (
      await bamboo.ask('/api/v1/employees?fields=reportsToId', { key: 'row' })
    ).json<ListAnswer>();
    expect(list.data.map((row) => row['_restrictedFields'])).toEqual([[], ['reportsToId'], []]);
    expect(list.data.map((row) => row['reportsToId'])).toEqual([null, null, null]);
  });

  // Reference §5.1: silently missing in single reads and reports; an error in datasets v2 (SPEC).
  test('single reads and reports omit, datasets refuse', async () => {
    const one = await bamboo.ask('/api/v1/employees/1?fields=department,firstName', { key: 'narrow' });
    expect(one.json()).toEqual({ id: '1', firstName: 'First1' });
    const report = await bamboo.ask('/api/v1/reports/custom?format=json', {
      key: 'narrow',
      body: { fields: ['department', 'firstName'] },
    });
    const { fields, employees } = report.json<{
      fields: { id: string }[];
      employees: Record<string, unknown>[];
    }>();
    expect(fields.map(({ id }) => id)).toEqual(['firstName']);
    expect(employees).toEqual([{ id: '1', firstName: 'First1', terminationDate: '' }]);
    const data = await bamboo.ask('/api/v2/datasets/employee/data', {
      key: 'narrow',
      body: { fields: ['eeid', 'jobInformationDepartment'] },
    });
    expect(data.status).toBe(403);
    expect(data.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('throttling', () => {
  // DOC planned-changes 2026-09-10: 503 until 2026-09-15, 429 with Retry-After after; both forms of Retry-After.
  test.each([
    [429, 'seconds', /^\d+$/],
    [503, 'date', /GMT$/],
    [503, 'none', /^$/],
  ] as const)('%i with Retry-After as %s', async (status, retryAfter, form) => {
    const limited = await startBamboo({
      employees: [person('1')],
      rateLimit: { requests: 1, perSeconds: 30, status, retryAfter },
    });
    expect((await limited.ask('/api/v1/employees/1')).status).toBe(200);
    const reply = await limited.ask('/api/v1/employees/1');
    expect([reply.status, reply.text]).toEqual([status, '']);
    expect(reply.headers.get('retry-after') ?? '').toMatch(form);
  });

  test('faults order 503 and 429 one by one', async () => {
    await bamboo.control('PUT', 'faults', [
      { path: '/api/v1/employees', status: 503, retryAfter: 2 },
      { path: '/api/v1/employees', status: 429, retryAfter: 'Mon, 23 Nov 2026 12:00:05 GMT' },
    ]);
    const replies = [1, 2, 3].map(() => () => bamboo.ask('/api/v1/employees/1', { key: 'all' }));
    const seen: (number | string | null)[][] = [];
    for (const ask of replies) {
      const reply = await ask();
      seen.push([reply.status, reply.headers.get('retry-after')]);
    }
    expect(seen).toEqual([
      [503, '2'],
      [429, 'Mon, 23 Nov 2026 12:00:05 GMT'],
      [200, null],
    ]);
  });
});

// REC: every recorded answer carries a request id.
test('X-Request-ID on every answer, new each time', async () => {
  const [left, right] = await Promise.all([bamboo.ask('/api/v1/employees'), bamboo.ask('/api/v1/employees')]);
  expect(left?.headers.get('x-request-id')).toMatch(/^\d{20,}$/);
  expect(left?.headers.get('x-request-id')).not.toBe(right?.headers.get('x-request-id'));
});
