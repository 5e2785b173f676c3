import { describe, expect, test } from 'vitest';
import { SeedError } from '../../../scripts/emulators/kit/service.ts';
import { createBambooHr } from '../../../scripts/emulators/bamboohr/index.ts';
import { type Bamboo, type ListAnswer, person, startBamboo } from './start-bamboohr.ts';

type Facts = Record<string, unknown>;
interface State {
  employees: Facts[];
  tables: Record<string, Facts[]>;
  [key: string]: unknown;
}

function company(extra: Facts = {}): Promise<Bamboo> {
  return startBamboo({
    company: 'acme',
    timezone: 'America/Denver',
    employees: [person('1'), person('2')],
    ...extra,
  });
}

async function state(bamboo: Bamboo): Promise<State> {
  return (await bamboo.control('GET', 'state')).json<State>();
}

describe('POST employees', () => {
  // REC post_v1_employees.json: 201, body, Location on the gateway, Active without hire date.
  test('creates an Active employee without anything', async () => {
    const bamboo = await company();
    const reply = await bamboo.ask('/api/v1/employees', {
      body: { firstName: 'Test', lastName: 'Employee' },
    });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(
      'https://api.bamboohr.com/api/gateway.php/acme/v1/employees/3',
    );
    expect(reply.json()).toEqual({ id: '3', firstName: 'Test', lastName: 'Employee', status: 'Active' });
    expect(await bamboo.get('/api/v1/employees/3?fields=hireDate,employmentHistoryStatus')).toEqual({
      id: '3',
      hireDate: '0000-00-00',
      employmentHistoryStatus: null,
    });
  });

  test('XML, missing names, broken bodies', async () => {
    const bamboo = await company();
    const xml = { 'content-type': 'application/xml' };
    const body =
      '<employee><field id="firstName">Zo&#235;</field><field id="lastName">O&apos;Hara</field></employee>';
    expect((await bamboo.ask('/api/v1/employees', { body, headers: xml })).json()).toMatchObject({
      firstName: 'Zoë',
      lastName: "O'Hara",
    });
    expect((await bamboo.ask('/api/v1/employees', { body: { firstName: 'X' } })).status).toBe(400);
    expect((await bamboo.ask('/api/v1/employees', { body: '{' })).status).toBe(400);
  });

  // SPEC + HELP rehire: a second employee with the same address is refused.
  test('409 for an address that is taken', async () => {
    const bamboo = await company();
    const body = { firstName: 'X', lastName: 'Y', workEmail: 'P1@example.com' };
    expect((await bamboo.ask('/api/v1/employees', { body })).status).toBe(409);
    expect((await bamboo.ask('/api/v1/employees/2', { body: { workEmail: 'p1@example.com' } })).status).toBe(
      409,
    );
    expect((await bamboo.ask('/api/v1/employees/1', { body: { workEmail: 'p1@example.com' } })).status).toBe(
      200,
    );
  });
});

// REC post_v1_employees_id.json: 200 with a body; unknown fields are ignored (reference §5.13).
test('POST employees/{id}', async () => {
  const bamboo = await company();
  const reply = await bamboo.ask('/api/v1/employees/1', {
    body: { workPhone: '801', unheardOf: 1, id: '9', photo: 'x' },
  });
  expect(reply.json()).toEqual({
    id: '1',
    firstName: 'First1',
    lastName: 'Last1',
    status: 'Active',
    workPhone: '801',
  });
  expect((await bamboo.ask('/api/v1/employees/77', { body: {} })).status).toBe(404);
});

test('DELETE removes the employee from every read', async () => {
  const bamboo = await company();
  expect((await bamboo.ask('/api/v1/employees/1', { method: 'DELETE' })).status).toBe(204);
  expect((await bamboo.get<ListAnswer>('/api/v1/employees')).meta.total).toBe(1);
  expect((await bamboo.ask('/api/v1/employees/1')).status).toBe(404);
  expect(await bamboo.get('/api/v1/employees/all/tables/jobInfo')).toHaveLength(1);
});

describe('table rows', () => {
  test('a row of today moves, one of tomorrow waits, one of the past is history', async () => {
    const bamboo = await company();
    const add = (body: Facts): Promise<unknown> =>
      bamboo.ask('/api/v1_1/employees/1/tables/jobInfo', { body });
    const department = async (): Promise<unknown> =>
      (await bamboo.get<Facts>('/api/v1/employees/1?fields=department'))['department'];
    await add({ date: '2026-11-23', department: 'Sales', reportsTo: 'First2 Last2' });
    expect(await department()).toBe('Sales');
    await add({ date: '2026-11-24', department: 'Support' });
    await add({ date: '2020-01-01', department: 'Mail room' });
    expect(await department()).toBe('Sales');
    expect(await bamboo.get('/api/v1/employees/1?fields=supervisorEId')).toEqual({
      id: '1',
      supervisorEId: '2',
    });
    await bamboo.control('PUT', 'clock', { now: '2026-11-24T07:00:00Z' });
    expect(await department()).toBe('Support');
  });

  test('rows can be changed; wrong dates, tables and rows are refused', async () => {
    const bamboo = await company();
    await bamboo.ask('/api/v1_1/employees/1/tables/jobInfo', {
      body: { date: '2026-12-01', department: 'Sales' },
    });
    const rows = await bamboo.get<Facts[]>('/api/v1/employees/1/tables/jobInfo');
    const id = String(rows.find((row) => row['department'] === 'Sales')?.['id']);
    expect(
      (await bamboo.ask(`/api/v1_1/employees/1/tables/jobInfo/${id}`, { body: { date: '2026-11-01' } }))
        .status,
    ).toBe(200);
    expect(await bamboo.get('/api/v1/employees/1?fields=department')).toEqual({
      id: '1',
      department: 'Sales',
    });
    expect((await bamboo.ask(`/api/v1_1/employees/2/tables/jobInfo/${id}`, { body: {} })).status).toBe(404);
    expect(
      (await bamboo.ask('/api/v1_1/employees/1/tables/jobInfo', { body: { date: 'soon' } })).status,
    ).toBe(406);
    expect((await bamboo.ask('/api/v1_1/employees/1/tables/nope', { body: {} })).status).toBe(404);
  });
});

describe('/_emulator/state', () => {
  test('is the seed as given, and putting it back changes nothing', async () => {
    const bamboo = await company({
      tables: { jobInfo: [{ employeeId: '1', date: '2026-12-01', department: 'Sales' }] },
      employees: [
        { id: 1, firstName: 'A', lastName: 'B', departmentName: 'X', email: 'a@example.com' },
        person('2'),
      ],
    });
    const before = await state(bamboo);
    expect(before).toMatchObject({ company: 'acme', timezone: 'America/Denver' });
    expect(before.employees[0]).toEqual({
      id: 1,
      firstName: 'A',
      lastName: 'B',
      departmentName: 'X',
      email: 'a@example.com',
    });
    await bamboo.control('PUT', 'clock', { now: '2026-11-24T00:00:00Z' });
    expect((await bamboo.control('PUT', 'state', before)).status).toBe(204);
    const { employees } = await bamboo.get<{ employees: object }>(
      '/api/v1/employees/changed?since=2026-11-23T18:00:00Z',
    );
    expect(employees).toEqual({});
    expect(await state(bamboo)).toEqual(before);
  });

  test('PUT stamps what changed, lists what went, keeps the rest', async () => {
    const bamboo = await company({ employees: [person('1'), person('2'), person('3')] });
    await bamboo.control('PUT', 'clock', { now: '2026-11-24T00:00:00Z' });
    const now = await state(bamboo);
    const [first, second] = now.employees;
    const next = { ...now, employees: [{ ...first, department: 'Sales' }, second, person('4')] };
    await bamboo.control('PUT', 'state', next);
    const answer = await bamboo.get<{ employees: Record<string, { action: string }> }>(
      '/api/v1/employees/changed?since=2026-11-23T18:00:00Z',
    );
    const actions = Object.entries(answer.employees).map(([id, { action }]) => [id, action]);
    expect(actions).toEqual([
      ['1', 'Updated'],
      ['3', 'Deleted'],
      ['4', 'Inserted'],
    ]);
    expect(await bamboo.get('/api/v1/employees/1?fields=department')).toEqual({
      id: '1',
      department: 'Sales',
    });
  });

  test('a rescinded end, put back as state, does not come', async () => {
    const bamboo = await company({ employees: [person('1', { terminationDate: '2026-12-01' })] });
    const now = await state(bamboo);
    await bamboo.control('PUT', 'state', {
      ...now,
      employees: [{ ...now.employees[0], terminationDate: null }],
    });
    await bamboo.control('PUT', 'clock', { now: '2026-12-05T00:00:00Z' });
    expect(await bamboo.get('/api/v1/employees/1?fields=status')).toEqual({ id: '1', status: 'Active' });
  });

  test('what took effect by date stands in the state', async () => {
    const bamboo = await company({
      employees: [person('1', { terminationDate: '2026-12-01', departmentName: 'X', department: undefined })],
    });
    await bamboo.control('PUT', 'clock', { now: '2026-12-05T00:00:00Z' });
    expect((await state(bamboo)).employees[0]).toMatchObject({
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-12-01',
    });
  });

  test('reset goes back to the seed', async () => {
    const bamboo = await company();
    await bamboo.ask('/api/v1/employees/1', { method: 'DELETE' });
    await bamboo.control('POST', 'reset');
    expect((await state(bamboo)).employees).toHaveLength(2);
    expect(
      await bamboo.get('/api/v1/employees/changed?since=2020-01-01T00:00:00Z&type=deleted'),
    ).toMatchObject({ employees: {} });
  });

  test('a bad state is refused and leaves the old one', async () => {
    const bamboo = await company();
    const reply = await bamboo.control('PUT', 'state', { employees: [{ id: '1' }, { id: '1' }] });
    expect([reply.status, reply.json()['message']]).toEqual([
      400,
      'bamboohr.employees.1: a second employee with the id 1',
    ]);
    expect((await state(bamboo)).employees).toHaveLength(2);
  });
});

// The door turns path into file:line:column.
test.each([
  [{ employees: {} }, ['employees']],
  [{ employees: ['x'] }, ['employees', 0]],
  [{ timezone: 'Mars/Olympus' }, ['timezone']],
  [{ tables: { jobInfo: [{ date: '2026-01-01' }] } }, ['tables', 'jobInfo', 0]],
  [{ apiKeys: [{}] }, ['apiKeys', 0, 'key']],
  [{ futureHiresInactive: 'yes' }, ['futureHiresInactive']],
])('a bad seed %j says where', (seed, path) => {
  let thrown: unknown;
  try {
    createBambooHr(seed);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SeedError);
  expect((thrown as SeedError).path).toEqual(path);
});
