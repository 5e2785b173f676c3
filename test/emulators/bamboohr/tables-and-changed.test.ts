import { beforeAll, describe, expect, test } from 'vitest';
import { type Bamboo, person, startBamboo } from './start-bamboohr.ts';

let bamboo: Bamboo;
beforeAll(async () => {
  bamboo = await startBamboo({
    employees: [person('1'), person('2', { supervisorEId: '1' })],
    tables: {
      jobInfo: [
        {
          id: '38563',
          employeeId: '1',
          date: '2024-01-02',
          location: 'London, UK',
          department: 'Engineering',
          division: 'Europe',
          jobTitle: 'Engineer',
          reportsTo: '',
          teams: null,
        },
      ],
      customTable1: [{ employeeId: '1', badge: 'x' }],
    },
    apiKeys: [{ key: 'secret' }, { key: 'narrow', hideFields: ['department'] }],
  });
});

type Rows = Record<string, unknown>[];

describe('tables', () => {
  // REC get_v1_employees_all_tables_jobInfo.json: columns, order, "" for no manager, null for no teams.
  test('one employee, and all of them, inactive ones too', async () => {
    const rows = await bamboo.get<Rows>('/api/v1/employees/1/tables/jobInfo');
    expect(rows).toEqual([
      {
        id: '38563',
        employeeId: '1',
        date: '2024-01-02',
        location: 'London, UK',
        department: 'Engineering',
        division: 'Europe',
        jobTitle: 'Engineer',
        reportsTo: '',
        teams: null,
      },
    ]);
    const all = await bamboo.get<Rows>('/api/v1/employees/all/tables/jobInfo');
    expect(all.map((row) => [row['employeeId'], row['date'], row['reportsTo']])).toEqual([
      ['1', '2024-01-02', ''],
      ['2', '2024-01-02', 'First1 Last1'],
    ]);
  });

  // REC get_v1_employees_4_tables_jobInfo.json: the exact XML.
  test('XML as recorded', async () => {
    const reply = await bamboo.ask('/api/v1/employees/1/tables/jobInformation', { headers: { accept: '' } });
    expect(reply.headers.get('content-type')).toBe('text/xml; charset=UTF-8');
    expect(reply.text).toBe(
      '<?xml version="1.0"?>\n<table>\n <row id="38563" employeeId="1">\n  <field id="date">2024-01-02</field>\n' +
        '  <field id="location">London, UK</field>\n  <field id="department">Engineering</field>\n' +
        '  <field id="division">Europe</field>\n  <field id="jobTitle">Engineer</field>\n' +
        '  <field id="reportsTo"></field>\n  <field id="teams"></field>\n </row>\n</table>\n',
    );
  });

  test('custom tables, empty tables, unknown tables, unknown employees', async () => {
    expect(await bamboo.get('/api/v1/employees/1/tables/customTable1')).toMatchObject([
      { employeeId: '1', badge: 'x' },
    ]);
    expect(await bamboo.get('/api/v1/employees/1/tables/compensation')).toEqual([]);
    expect((await bamboo.ask('/api/v1/employees/1/tables/nonsense')).status).toBe(404);
    expect((await bamboo.ask('/api/v1/employees/99/tables/jobInfo')).status).toBe(404);
  });

  // SPEC: fields the caller may not read are left out of the rows.
  test('forbidden columns are missing', async () => {
    const rows = (await bamboo.ask('/api/v1/employees/1/tables/jobInfo', { key: 'narrow' })).json<Rows>();
    expect(rows[0]).not.toHaveProperty('department');
    expect(rows[0]).toHaveProperty('division');
  });
});

describe('employees/changed', () => {
  interface Changed {
    latest: string;
    employees: Record<string, { id: string; action: string; lastChanged: string }>;
  }

  async function changed(other: Bamboo, query: string): Promise<Changed> {
    return other.get<Changed>(`/api/v1/employees/changed?${query}`);
  }

  test('tells inserted, updated and deleted ids since an instant', async () => {
    const other = await startBamboo({ employees: [person('1'), person('2'), person('3')] });
    await other.control('PUT', 'clock', { now: '2026-11-23T13:00:00Z' });
    await other.ask('/api/v1/employees/1', { body: { workPhone: '1' } });
    await other.ask('/api/v1/employees/2', { method: 'DELETE' });
    await other.ask('/api/v1/employees', { body: { firstName: 'New', lastName: 'Hire' } });
    const at = '2026-11-23T13:00:00+00:00';
    const row = (id: string, action: string): unknown => ({ id, action, lastChanged: at });
    const answer = await changed(other, 'since=2026-11-23T12:30:00Z');
    expect(answer).toEqual({
      latest: at,
      employees: { '1': row('1', 'Updated'), '2': row('2', 'Deleted'), '4': row('4', 'Inserted') },
    });
    for (const [type, ids] of [
      ['inserted', ['4']],
      ['updated', ['1']],
      ['deleted', ['2']],
      ['all', ['1', '2', '4']],
    ] as const)
      expect(
        Object.keys((await changed(other, `since=2026-11-23T12:30:00Z&type=${type}`)).employees),
        type,
      ).toEqual(ids);
    expect(await changed(other, 'since=2026-11-23T13:00:01Z')).toEqual({
      latest: '2026-11-23T13:00:01+00:00',
      employees: {},
    });
  });

  // SPEC: 400 when since is missing or invalid, or type is. A "+" that was not percent-encoded arrives as a space.
  test.each([
    '',
    'since=yesterday',
    'since=2026-11-23T12:00:00+00:00',
    'since=2026-11-23T12:00:00Z&type=Deleted',
  ])('400 for %j', async (query) => {
    const reply = await bamboo.ask(`/api/v1/employees/changed?${query}`);
    expect([reply.status, reply.text]).toEqual([400, '']);
  });

  test('a flip by date is listed, unless the switch says the vendor forgets it', async () => {
    for (const effectiveChangesAreListed of [true, false]) {
      const other = await startBamboo({
        effectiveChangesAreListed,
        employees: [person('1', { terminationDate: '2026-11-30' })],
      });
      await other.control('PUT', 'clock', { now: '2026-12-02T00:00:00Z' });
      const { employees } = await changed(other, 'since=2026-11-24T00:00:00Z');
      expect(Object.keys(employees)).toEqual(effectiveChangesAreListed ? ['1'] : []);
    }
  });

  test('XML by default', async () => {
    const reply = await bamboo.ask('/api/v1/employees/changed?since=2026-01-01T00:00:00Z', {
      headers: { accept: '*/*' },
    });
    expect(reply.text).toContain(
      '<employee id="1" action="Inserted" lastChanged="2026-11-23T12:00:00+00:00"/>',
    );
  });
});

// REC (reference §2.1): rows without id and employeeId, all rows of whoever changed, instants with Z.
test('employees/changed/tables', async () => {
  const other = await startBamboo({ employees: [person('1'), person('2')] });
  await other.control('PUT', 'clock', { now: '2026-11-24T08:00:00Z' });
  await other.ask('/api/v1/employees/2', { body: { workPhone: '1' } });
  const answer = await other.get('/api/v1/employees/changed/tables/jobInfo?since=2026-11-24T00:00:00Z');
  expect(answer).toEqual({
    table: 'jobInfo',
    employees: {
      '2': {
        lastChanged: '2026-11-24T08:00:00Z',
        rows: [
          {
            date: '2024-01-02',
            location: 'London, UK',
            department: 'Engineering',
            division: 'Europe',
            jobTitle: 'Engineer',
            reportsTo: '',
            teams: null,
          },
        ],
      },
    },
  });
  expect((await other.ask('/api/v1/employees/changed/tables/jobInfo')).status).toBe(400);
  expect(
    (await other.ask('/api/v1/employees/changed/tables/nonsense?since=2026-11-24T00:00:00Z')).status,
  ).toBe(404);
});
