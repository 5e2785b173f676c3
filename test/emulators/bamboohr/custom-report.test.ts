import { beforeAll, describe, expect, test } from 'vitest';
import { type Ask, type Bamboo, person, type Reply, startBamboo } from './start-bamboohr.ts';

let bamboo: Bamboo;
beforeAll(async () => {
  bamboo = await startBamboo({
    employees: [
      person('1', { employeeNumber: '77', lastName: 'Caldwell, "Jr"' }),
      person('2', { supervisorEId: '1', terminationDate: '2026-12-31' }),
      person('3', { status: 'Inactive', hireDate: null }),
    ],
    apiKeys: [{ key: 'secret' }, { key: 'row', hideFieldsOf: { '2': ['department'] } }],
  });
});

function report(body: unknown, query = 'format=json', options: Ask = {}): Promise<Reply> {
  return bamboo.ask(`/api/v1/reports/custom?${query}`, { body, ...options });
}

// REC post_v1_reports_custom.json: field echo, all strings or null, everybody, a terminationDate nobody asked for.
test('title, fields, everybody of any status, unpaged', async () => {
  const reply = await report({
    title: 'T',
    fields: ['id', 'employeeNumber', 'supervisorId', 'supervisor', 'hireDate', 'middleName'],
  });
  expect(reply.json()).toEqual({
    title: 'T',
    fields: [
      { id: 'id', type: 'int', name: 'EEID' },
      { id: 'employeeNumber', type: 'employee_number', name: 'Employee #' },
      { id: 'supervisorId', type: 'text', name: 'Supervisor ID' },
      { id: 'supervisor', type: 'text', name: 'Supervisor name' },
      { id: 'hireDate', type: 'date', name: 'Hire Date' },
      { id: 'middleName', type: 'text', name: 'Middle Name' },
    ],
    employees: [
      {
        id: '1',
        employeeNumber: '77',
        supervisorId: null,
        supervisor: null,
        hireDate: '2024-01-02',
        middleName: null,
        terminationDate: '',
      },
      {
        id: '2',
        employeeNumber: 'N2',
        supervisorId: '77',
        supervisor: 'Caldwell, "Jr", First1',
        hireDate: '2024-01-02',
        middleName: null,
        terminationDate: '',
      },
      {
        id: '3',
        employeeNumber: 'N3',
        supervisorId: null,
        supervisor: null,
        hireDate: '0000-00-00',
        middleName: null,
        terminationDate: '',
      },
    ],
  });
});

// SPEC: silently omitted, still 200. REC: numeric ids appear as keys, `fields[].id` may be a whole number.
test('unknown fields vanish, numeric ids stay keys', async () => {
  const { fields, employees } = (await report({ fields: ['4', 'unheardOf', 'status'] })).json<{
    fields: unknown[];
    employees: unknown[];
  }>();
  expect(fields).toEqual([
    { id: 4, type: 'list', name: 'Department' },
    { id: 'status', type: 'status', name: 'Status' },
  ]);
  expect(employees[0]).toEqual({ id: '1', '4': 'Engineering', status: 'Active', terminationDate: '' });
});

// 3P + HAR: terminationDate 0000-00-00 in the current read, the date with onlyCurrent=false.
test('onlyCurrent', async () => {
  const body = { fields: ['status', 'terminationDate'] };
  const pick = (reply: Reply): unknown => reply.json<{ employees: unknown[] }>().employees[1];
  expect(pick(await report(body))).toEqual({ id: '2', status: 'Active', terminationDate: '0000-00-00' });
  expect(pick(await report(body, 'format=JSON&onlyCurrent=false'))).toEqual({
    id: '2',
    status: 'Inactive',
    terminationDate: '2026-12-31',
  });
});

// SPEC filters.
test('filters by ids and by last change', async () => {
  const ids = async (filters: unknown): Promise<unknown[]> =>
    (await report({ fields: ['id'], filters }))
      .json<{ employees: { id: string }[] }>()
      .employees.map(({ id }) => id);
  expect(await ids({ employeeIds: [1, 3] })).toEqual(['1', '3']);
  expect(await ids({ lastChanged: { value: '2026-11-23T12:00:00Z', includeNull: 'no' } })).toEqual([
    '1',
    '2',
    '3',
  ]);
  expect(await ids({ lastChanged: { value: '2026-11-24T00:00:00Z' } })).toEqual([]);
});

describe('content negotiation (SPEC)', () => {
  test('a content type with charset is parsed as XML: 400 Malformed XML', async () => {
    const reply = await report({ fields: ['id'] }, 'format=json', {
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    });
    expect([reply.status, reply.text]).toEqual([400, '']);
    expect(reply.headers.get('x-bamboohr-error-message')).toBe('Malformed XML');
  });

  test('XML in, XML out', async () => {
    const body =
      '<report><title>A &amp; B</title><fields><field id="firstName"/><field id="department"></field></fields></report>';
    const reply = await report(body, '', { headers: { 'content-type': 'text/xml', accept: 'text/xml' } });
    expect(reply.headers.get('content-type')).toBe('text/xml; charset=UTF-8');
    expect(reply.text).toContain(
      '<employee id="1">\n   <field id="firstName">First1</field>\n   <field id="department">Engineering</field>',
    );
  });

  test('CSV', async () => {
    const reply = await report({ fields: ['lastName'] }, 'format=csv');
    expect(reply.text).toBe('"Last Name"\n"Caldwell, ""Jr"""\n"Last2"\n"Last3"\n');
  });

  test.each([
    ['', 'application/xml', 404],
    ['', '*/*', 404],
    ['format=bogus', 'application/json', 404],
    ['', 'application/json', 200],
    ['format=Json', '*/*', 200],
  ])('%j with Accept %s: %i', async (query, accept, status) => {
    expect((await report({ fields: ['id'] }, query, { headers: { accept } })).status).toBe(status);
  });

  test('malformed JSON, too many fields', async () => {
    expect((await report('{"fields":')).headers.get('x-bamboohr-error-message')).toBe('Malformed JSON');
    expect((await report({ fields: Array.from({ length: 401 }, () => 'id') })).status).toBe(400);
  });
});

// airbyte#55890: a level that hides one person's value leaves null there while the column stays.
test('a value hidden of one person is null in the column', async () => {
  const { employees } = (await report({ fields: ['department'] }, 'format=json', { key: 'row' })).json<{
    employees: Record<string, unknown>[];
  }>();
  expect(employees.map((row) => row['department'])).toEqual(['Engineering', null, 'Engineering']);
});
