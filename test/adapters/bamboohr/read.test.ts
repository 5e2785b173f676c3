/** Each trap of BambooHR once, over a scripted network; sources in the reference: recordings and the OpenAPI document. */
import { describe, expect, test } from 'vitest';
import { apiRootOf } from '../../../scripts/adapters/bamboohr/address.ts';
import { connectBambooHr } from '../../../scripts/adapters/bamboohr/connect.ts';
import { nameIn } from '../../../scripts/adapters/bamboohr/vocabulary.ts';
import { HR_FIELDS } from '../../../scripts/core/people/hr-fields.ts';
import type { HrReader } from '../../../scripts/ports.ts';
import { failureOf, type Played, playNetwork, type PlayedNetwork } from '../play-network.ts';

const ORIGIN = 'https://acme.bamboohr.com';
const FIELDS = ['id', 'firstName', 'department', 'managerId', 'status', 'hireDate', 'terminationDate'];

function connect(...answers: Played[]): { reader: HrReader; network: PlayedNetwork } {
  const network = playNetwork(ORIGIN, ...answers);
  const reader = connectBambooHr(
    { BAMBOOHR_COMPANY: 'acme', BAMBOOHR_API_KEY: 'canary-key' },
    { wire: network.wire },
  );
  return { reader, network };
}

function row(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    employeeId: id,
    firstName: 'Ada',
    lastName: 'L',
    preferredName: null,
    photoUrl: 'https://signed',
    jobTitleName: null,
    status: 'Active',
    departmentName: 'Engineering',
    reportsToId: '9',
    hireDate: '2020-01-01',
    terminationDate: null,
    _restrictedFields: [],
    ...more,
  };
}

function page(rows: unknown[], total: number, nextCursor: string | null = null): Played {
  return {
    body: {
      data: rows,
      meta: { total, page: { limit: 2500, nextCursor, prevCursor: null } },
      _links: {
        self: { href: 'https://evil.example/api/v1/employees' },
        next: { href: 'https://evil.example' },
      },
    },
  };
}

function report(
  rows: Record<string, unknown>[],
  names = ['department', 'supervisorEId', 'hireDate', 'terminationDate'],
): Played {
  return {
    body: {
      title: 'x',
      fields: ['id', ...names].map((id) => ({ id, type: 'text', name: id })),
      employees: rows,
    },
  };
}

const ONE_REPORT = report([{ id: '1', terminationDate: '0000-00-00' }]);

describe('the list', () => {
  test('asks for what is needed, by pages of 2500, without filter or sort, with the key as user name', async () => {
    const { reader, network } = connect(page([row('1')], 1), ONE_REPORT);
    await reader.readCompany(FIELDS, {});
    const list = network.sent[0];
    expect([list?.method, list?.path]).toEqual(['GET', '/api/v1/employees']);
    expect(Object.fromEntries(list?.query ?? [])).toEqual({
      'page[limit]': '2500',
      fields: 'departmentName,reportsToId,hireDate,terminationDate',
    });
    expect(list?.headers).toMatchObject({
      accept: 'application/json',
      authorization: `Basic ${Buffer.from('canary-key:x').toString('base64')}`,
    });
    expect(network.sent.length).toBe(2);
  });

  test('rebuilds the cursor and never follows a link', async () => {
    const { reader, network } = connect(
      page([row('1')], 2, 'c=/+'),
      page([row('2')], 2),
      report([{ id: '1' }, { id: '2' }]),
    );
    const read = await reader.readCompany(FIELDS, {});
    expect(read.rows.map(({ id }) => id)).toEqual(['1', '2']);
    expect(network.sent[1]?.query.get('page[after]')).toBe('c=/+');
    expect(network.sent[1]?.query.get('page[limit]')).toBe('2500');
  });

  test('values: null, "" and 0000-00-00 are absent, the manager is an id', async () => {
    const { reader } = connect(
      page([row('1', { departmentName: '', hireDate: '0000-00-00', firstName: ' Ada ' })], 1),
      ONE_REPORT,
    );
    const read = await reader.readCompany(FIELDS, {});
    expect(read.rows[0]).toEqual({
      id: '1',
      values: { firstName: 'Ada', managerId: '9', status: 'Active' },
      hidden: [],
    });
    expect(read).toMatchObject({ total: 1, hiddenColumns: [] });
  });

  test('a restricted field is hidden in its row, in every row it is a hidden column', async () => {
    const one = connect(
      page([row('1', { _restrictedFields: ['reportsToId'], reportsToId: null }), row('2')], 2),
      report([{ id: '1' }, { id: '2' }]),
    );
    const some = await one.reader.readCompany(FIELDS, {});
    expect(some.rows.map(({ hidden }) => hidden)).toEqual([['managerId'], []]);
    expect(some.hiddenColumns).toEqual([]);
    const all = connect(
      page([row('1', { _restrictedFields: ['reportsToId'], reportsToId: null })], 1),
      ONE_REPORT,
    );
    expect((await all.reader.readCompany(FIELDS, {})).hiddenColumns).toEqual(['managerId']);
  });

  test('a column that the answer leaves out is hidden, not empty', async () => {
    const { departmentName: _, ...without } = row('1') as { departmentName: string };
    const { reader } = connect(page([without], 1), ONE_REPORT);
    expect((await reader.readCompany(FIELDS, {})).hiddenColumns).toEqual(['department']);
  });

  const TORN: [string, Played[]][] = [
    ['a row is missing', [page([row('1')], 2)]],
    ['a row came twice', [page([row('1'), row('1')], 2)]],
    ['the total changed', [page([row('1')], 2, 'a'), page([row('2')], 3)]],
    [
      'BadPage',
      [page([row('1')], 2, 'a'), { status: 400, body: { error: { code: 'BadPage', message: 'x' } } }],
    ],
    ['a cursor that leads nowhere', [page([row('1')], 2, 'a'), page([], 2, 'b')]],
    ['a cursor that leads back', [page([row('1')], 3, 'a'), page([row('2')], 3, 'a')]],
  ];
  test.each(TORN)('%s: read again, and told', async (_, torn) => {
    const { reader, network } = connect(
      ...torn,
      page([row('1'), row('2')], 2),
      report([{ id: '1' }, { id: '2' }]),
    );
    const read = await reader.readCompany(FIELDS, {});
    expect(read.rows.map(({ id }) => id)).toEqual(['1', '2']);
    expect(network.lines.join()).toContain('reading it again');
    expect(network.left()).toBe(0);
  });
  test.each(TORN)('%s three times: refused with exit 3 and the numbers', async (_, torn) => {
    const { reader, network } = connect(...torn, ...torn, ...torn);
    const error = await failureOf(reader.readCompany(FIELDS, {}));
    expect(error).toMatchObject({ exit: 3, code: 'incomplete-read' });
    expect(error.message).toMatch(/3 attempts: .*\d/);
    expect(network.left()).toBe(0);
  });

  test('a value that is none is hidden in its row, and everybody else is read', async () => {
    const { reader } = connect(
      page([row('1', { departmentName: { secret: 'Ada' } }), row('2')], 2),
      report([{ id: '1' }, { id: '2' }]),
    );
    const read = await reader.readCompany(FIELDS, {});
    expect(read.rows.map(({ hidden }) => hidden.includes('department'))).toEqual([true, false]);
    expect(read.hiddenColumns).not.toContain('department');
    expect(JSON.stringify(read)).not.toContain('secret');
  });

  test.each([400, 422])('whoever refuses pages of 2500 with %i is asked for 100', async (status) => {
    const { reader, network } = connect(
      { status, body: { title: 'Invalid request' } },
      page([row('1')], 2, 'a'),
      page([row('2')], 2),
      report([{ id: '1' }, { id: '2' }]),
    );
    expect((await reader.readCompany(FIELDS, {})).total).toBe(2);
    expect(network.sent.map(({ query }) => query.get('page[limit]'))).toEqual(['2500', '100', '100', null]);
  });

  test('an id that would leave its folder is refused', async () => {
    const { reader } = connect(page([row('../../etc/passwd')], 1));
    expect(await failureOf(reader.readCompany(FIELDS, {}))).toMatchObject({ code: 'unreadable-answer' });
  });
});

describe('the scheduled read', () => {
  test('is a report with the future in it, in which no status counts', async () => {
    const { reader, network } = connect(
      page([row('1')], 1),
      report([
        {
          id: '1',
          department: 'Sales',
          supervisorEId: '7',
          hireDate: '2020-01-01',
          terminationDate: '2027-03-31',
        },
      ]),
    );
    const read = await reader.readCompany(FIELDS, {});
    expect(read.scheduled.get('1')).toEqual({
      department: 'Sales',
      managerId: '7',
      hireDate: '2020-01-01',
      terminationDate: '2027-03-31',
    });
    const sent = network.sent[1];
    expect([sent?.method, sent?.path]).toEqual(['POST', '/api/v1/reports/custom']);
    expect(Object.fromEntries(sent?.query ?? [])).toEqual({ format: 'json', onlyCurrent: 'false' });
    expect(sent?.headers['content-type']).toBe('application/json');
    expect(sent?.body).toMatchObject({
      fields: ['id', 'department', 'supervisorEId', 'hireDate', 'terminationDate'],
    });
  });

  test('a person whom the report leaves out may have a last day that we cannot see', async () => {
    const { reader } = connect(page([row('1'), row('2')], 2), report([{ id: '1' }]));
    const read = await reader.readCompany(FIELDS, {});
    expect(read.rows.map(({ hidden }) => hidden)).toEqual([[], ['terminationDate']]);
  });

  test.each([404, 410, 403])('a report that answers %i is replaced by the tables', async (status) => {
    const { reader, network } = connect(
      page([row('1'), row('2')], 2),
      { status },
      {
        body: [
          {
            id: '5',
            employeeId: '1',
            date: '2027-01-31',
            employmentStatus: 'Beendet',
            terminationTypeId: '3',
          },
          {
            id: '4',
            employeeId: '1',
            date: '2020-01-01',
            employmentStatus: 'Full-Time',
            terminationTypeId: null,
          },
          {
            id: '6',
            employeeId: '2',
            date: '2020-01-01',
            employmentStatus: 'Full-Time',
            terminationTypeId: null,
          },
        ],
      },
      { body: [{ id: '7', employeeId: '2', date: '2027-02-01', department: 'Sales', reportsTo: 'A Name' }] },
    );
    const read = await reader.readCompany(FIELDS, {});
    expect(Object.fromEntries(read.scheduled)).toEqual({
      1: { terminationDate: '2027-01-31' },
      2: { department: 'Sales' },
    });
    expect(read.hiddenColumns).toEqual([]);
    expect(network.sent.slice(2).map(({ path }) => path)).toEqual([
      '/api/v1/employees/all/tables/employmentStatus',
      '/api/v1/employees/all/tables/jobInfo',
    ]);
  });

  test('a field that the report drops in silence is looked for in the tables', async () => {
    const { reader } = connect(
      page([row('1')], 1),
      report(
        [{ id: '1', department: 'Sales', hireDate: '2020-01-01' }],
        ['department', 'supervisorEId', 'hireDate'],
      ),
      { body: [{ id: '5', employeeId: '1', date: '2027-01-31', employmentStatus: 'Terminated' }] },
    );
    const read = await reader.readCompany(FIELDS, {});
    expect(read.scheduled.get('1')).toEqual({
      department: 'Sales',
      hireDate: '2020-01-01',
      terminationDate: '2027-01-31',
    });
    expect(read.hiddenColumns).toEqual([]);
  });

  test('when neither tells of last days, the column is hidden: an exit to come must not look cancelled', async () => {
    const { reader } = connect(page([row('1')], 1), { status: 410 }, { status: 403 }, { status: 403 });
    expect((await reader.readCompany(FIELDS, {})).hiddenColumns).toEqual(['terminationDate']);
  });
});

describe('custom fields', () => {
  const CUSTOM = { badge: 'customBadge' };
  const data = (rows: [string, unknown][], meta: Record<string, unknown> = {}): Played => ({
    body: {
      data: rows.map(([eeid, customBadge]) => ({ fields: { eeid, customBadge } })),
      links: [],
      meta: { page: 1, pageSize: 1000, totalPages: 1, totalItems: rows.length, ...meta },
    },
  });

  test('come from the dataset, ordered by a unique field', async () => {
    const { reader, network } = connect(page([row('1')], 1), data([['1', 'B7']]), ONE_REPORT);
    const read = await reader.readCompany([...FIELDS, 'badge'], CUSTOM);
    expect(read.rows[0]?.values['badge']).toBe('B7');
    expect(network.sent[1]).toMatchObject({
      method: 'POST',
      path: '/api/v2/datasets/employee/data',
      body: { fields: ['eeid', 'customBadge'], orderBy: 'eeid asc', page: 1, pageSize: 1000 },
    });
  });

  test('are walked by pages and again when they do not add up', async () => {
    const second = data([['2', 'b']], { totalItems: 2, totalPages: 2 });
    const { reader } = connect(
      page([row('1'), row('2')], 2),
      data([['1', 'a']], { totalItems: 2, totalPages: 2 }),
      data([['1', 'a']], { totalItems: 2, totalPages: 2 }),
      data([['1', 'a']], { totalItems: 2, totalPages: 2 }),
      second,
      report([{ id: '1' }, { id: '2' }]),
    );
    const read = await reader.readCompany([...FIELDS, 'badge'], CUSTOM);
    expect(read.rows.map(({ values }) => values['badge'])).toEqual(['a', 'b']);
  });

  test('of a person who is not in the dataset are hidden', async () => {
    const { reader } = connect(
      page([row('1'), row('2')], 2),
      data([['1', 'a']]),
      report([{ id: '1' }, { id: '2' }]),
    );
    const read = await reader.readCompany([...FIELDS, 'badge'], CUSTOM);
    expect(read.rows.map(({ hidden }) => hidden)).toEqual([[], ['badge']]);
    expect(read.hiddenColumns).toEqual([]);
  });

  test('one that may not be seen is a hidden column, the others are read', async () => {
    const problem: Played = { status: 422, body: { code: 'UE-1001', detail: 'x' } };
    const { reader } = connect(
      page([row('1')], 1),
      problem,
      data([['1', 'B7']]),
      problem,
      data([['1', 'B7']]),
      ONE_REPORT,
    );
    const read = await reader.readCompany([...FIELDS, 'badge', 'pay'], { ...CUSTOM, pay: 'customPay' });
    expect(read.rows[0]?.values['badge']).toBe('B7');
    expect(read.hiddenColumns).toEqual(['pay']);
  });
});

describe('some people', () => {
  const one: Played = {
    body: {
      id: '1',
      firstName: 'Ada',
      department: null,
      supervisorEId: '9',
      status: 'Active',
      hireDate: '2020-01-01',
      terminationDate: '0000-00-00',
    },
  };
  const later: Played = {
    body: {
      id: '1',
      department: 'Sales',
      supervisorEId: '9',
      hireDate: '2020-01-01',
      terminationDate: '2027-01-31',
    },
  };

  test('are read twice each, and the second time with the future', async () => {
    const { reader, network } = connect(one, later);
    const read = await reader.readPeople(['1'], FIELDS, {});
    expect(read).toMatchObject({ total: 1, hiddenColumns: [] });
    expect(read.rows).toEqual([
      {
        id: '1',
        values: { firstName: 'Ada', managerId: '9', status: 'Active', hireDate: '2020-01-01' },
        hidden: [],
      },
    ]);
    expect(read.scheduled.get('1')?.['terminationDate']).toBe('2027-01-31');
    expect(network.sent.map(({ query }) => query.get('onlyCurrent'))).toEqual([null, 'false']);
    expect(network.sent[0]?.query.get('fields')).toBe(
      'firstName,department,supervisorEId,status,hireDate,terminationDate',
    );
  });

  test('a field that is silently dropped is hidden', async () => {
    const { department: _, ...without } = one.body as { department: null };
    const { reader } = connect({ body: without }, later);
    expect((await reader.readPeople(['1'], FIELDS, {})).rows[0]?.hidden).toEqual(['department']);
  });

  test('one whom BambooHR does not know is missing, when the company is known', async () => {
    const unknown = {
      status: 404,
      headers: { 'x-bamboohr-error-messsage': 'Employee not found, Employee not found' },
    };
    const { reader, network } = connect(unknown, unknown, { body: { id: '0' } });
    expect(await reader.readPeople(['77'], FIELDS, {})).toMatchObject({ total: 0, rows: [] });
    expect(network.sent[2]?.path).toBe('/api/v1/employees/0');
  });

  test('and an unknown company is not "nobody is there"', async () => {
    const { reader } = connect({ status: 404 }, { status: 404 }, { status: 404 });
    expect(await failureOf(reader.readPeople(['77'], FIELDS, {}))).toMatchObject({
      exit: 2,
      code: 'bamboohr-company',
    });
  });

  test('one whom the key may not see is hidden as a whole, not missing', async () => {
    const { reader } = connect({ status: 403 }, { status: 403 });
    const read = await reader.readPeople(['1'], FIELDS, {});
    expect(read.rows).toEqual([{ id: '1', values: {}, hidden: FIELDS.slice(1) }]);
  });
});

describe('changes and time off', () => {
  test('deleted people are told apart', async () => {
    const { reader, network } = connect({
      body: {
        latest: '2026-11-22T10:00:00+00:00',
        employees: {
          12: { id: '12', action: 'Updated', lastChanged: 'x' },
          3: { id: '3', action: 'Deleted', lastChanged: 'x' },
          4: { id: '4', action: 'Inserted', lastChanged: 'x' },
        },
      },
    });
    expect(await reader.readChanges('2026-11-21T00:00:00Z')).toEqual({
      changed: ['4', '12'],
      deleted: ['3'],
      latest: '2026-11-22T10:00:00+00:00',
    });
    expect(network.sent[0]?.query.get('since')).toBe('2026-11-21T00:00:00Z');
  });
  test('no changes may be an empty array', async () => {
    const { reader } = connect({ body: { latest: null, employees: [] } });
    expect(await reader.readChanges('2026-11-21T00:00:00Z')).toEqual({
      changed: [],
      deleted: [],
      latest: '2026-11-21T00:00:00Z',
    });
  });

  const request = (id: string, type: unknown, status: string, start: string, end: string) => ({
    id: '1',
    employeeId: id,
    name: 'Eric Asture',
    start,
    end,
    status: { status },
    type: { id: type, name: 'Parental' },
    notes: [],
  });
  test('time off: approved, of the types, in the days, without its type; a filter that is ignored does no harm', async () => {
    const { reader, network } = connect({
      body: [
        request('12', '80', 'approved', '2026-11-01', '2026-12-31'),
        request('3', 80, 'approved', '2026-11-23', '2026-11-23'),
        request('4', '80', 'requested', '2026-11-01', '2026-12-31'),
        request('5', '77', 'approved', '2026-11-01', '2026-12-31'),
        request('6', '80', 'approved', '2027-01-01', '2027-01-02'),
      ],
    });
    expect(await reader.readTimeOff('2026-11-20', '2026-11-30', ['80'])).toEqual([
      { person: '3', start: '2026-11-23', end: '2026-11-23' },
      { person: '12', start: '2026-11-01', end: '2026-12-31' },
    ]);
    expect(Object.fromEntries(network.sent[0]?.query ?? [])).toEqual({
      start: '2026-11-20',
      end: '2026-11-30',
      status: 'approved',
      type: '80',
      excludeNote: '1',
    });
  });
  test('no types, no request', async () => {
    const { reader, network } = connect();
    expect(await reader.readTimeOff('2026-11-20', '2026-11-30', [])).toEqual([]);
    expect(network.sent).toEqual([]);
  });
});

describe('what is wrong is said', () => {
  test.each([
    [
      { status: 401, headers: { 'x-bamboohr-error-message': 'API key not provided or invalid' } },
      2,
      'bamboohr-key',
      'API key not provided or invalid',
    ],
    [{ status: 403 }, 2, 'bamboohr-permission', '403'],
    [{ status: 404 }, 2, 'bamboohr-company', 'no such company'],
    [
      { status: 302, headers: { location: 'https://www.bamboohr.com/login' } },
      2,
      'bamboohr-address',
      'elsewhere',
    ],
    [
      { status: 200, body: '<!DOCTYPE html><html></html>' },
      1,
      'unreadable-answer',
      'HTML instead of JSON (is the base URL right?)',
    ],
    [
      { status: 200, body: '<?xml version="1.0"?><employees/>' },
      1,
      'unreadable-answer',
      'XML instead of JSON',
    ],
    [{ status: 200 }, 1, 'unreadable-answer', 'an empty body instead of JSON'],
    [
      { status: 400, body: { error: { code: 'BadRequest', message: 'Ada' } } },
      1,
      'bamboohr-refused',
      'BadRequest',
    ],
  ] as [Played, number, string, string][])('%j', async (answer, exit, code, words) => {
    const { reader, network } = connect(answer, answer);
    const error = await failureOf(reader.readCompany(FIELDS, {}));
    expect(error).toMatchObject({ exit, code });
    expect(error.message).toContain(words);
    expect(`${error.message} ${error.stack ?? ''} ${JSON.stringify(error)}`).not.toMatch(/canary|Ada/);
    expect(network.sent.length).toBe(answer.status === 400 ? 2 : 1);
  });

  test.each([
    [{}, 'BAMBOOHR_COMPANY and BAMBOOHR_API_KEY are not set'],
    [{ BAMBOOHR_COMPANY: 'acme' }, 'BAMBOOHR_API_KEY is not set'],
    [
      { BAMBOOHR_COMPANY: 'acme.bamboohr.com', BAMBOOHR_API_KEY: 'k' },
      'BAMBOOHR_COMPANY is not a BambooHR subdomain',
    ],
    [
      { BAMBOOHR_COMPANY: 'a', BAMBOOHR_API_KEY: 'k', BAMBOOHR_BASE_URL: 'nonsense' },
      'BAMBOOHR_BASE_URL is not a web address',
    ],
  ])('%j', (environment, message) => {
    expect(() => connectBambooHr(environment)).toThrow(
      expect.objectContaining({ exit: 2, message }) as Error,
    );
  });
});

test.each([
  [undefined, 'https://acme.bamboohr.com/api'],
  ['https://acme.bamboohr.com/', 'https://acme.bamboohr.com/api'],
  ['https://{company}.bamboohr.com/api/v1', 'https://acme.bamboohr.com/api'],
  ['https://api.bamboohr.com', 'https://api.bamboohr.com/api/gateway.php/acme'],
  ['https://api.bamboohr.com/api/gateway.php', 'https://api.bamboohr.com/api/gateway.php/acme'],
  ['https://api.bamboohr.com/api/gateway.php/acme/v1/', 'https://api.bamboohr.com/api/gateway.php/acme'],
  ['http://127.0.0.1:4011', 'http://127.0.0.1:4011/api'],
  ['http://127.0.0.1:4011/api/gateway.php/acme', 'http://127.0.0.1:4011/api/gateway.php/acme'],
])('base URL %s', (base, root) => {
  expect(apiRootOf('acme', base)).toBe(root);
});

test('every field of the catalogue has a name in every endpoint that is asked', () => {
  for (const { name } of HR_FIELDS) {
    expect(nameIn('list', name)).toMatch(/^\w+$/);
    expect(nameIn('report', name)).toMatch(/^\w+$/);
  }
  expect(nameIn('list', 'managerId')).toBe('reportsToId');
  expect(nameIn('report', 'managerId')).toBe('supervisorEId');
  expect(() => nameIn('list', 'constructor')).toThrow(TypeError);
});
