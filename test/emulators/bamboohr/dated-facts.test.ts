import { beforeAll, describe, expect, test } from 'vitest';
import { type Bamboo, type ListAnswer, person, startBamboo } from './start-bamboohr.ts';

const FIELDS = 'status,employmentHistoryStatus,hireDate,terminationDate,department,jobTitle,supervisorEId';

type Facts = Record<string, unknown>;

async function single(bamboo: Bamboo, id: string, query = ''): Promise<Facts> {
  return bamboo.get<Facts>(`/api/v1/employees/${id}?fields=${FIELDS}${query}`);
}

async function listed(bamboo: Bamboo, id: string): Promise<Facts> {
  const list = await bamboo.get<ListAnswer>(
    `/api/v1/employees?filter[ids]=${id}&fields=departmentName,employmentStatusName,hireDate,terminationDate,reportsToId`,
  );
  return list.data[0] ?? {};
}

async function dataset(bamboo: Bamboo, id: string): Promise<Facts> {
  const reply = await bamboo.ask('/api/v2/datasets/employee/data', {
    body: {
      fields: [
        'eeid',
        'status',
        'employmentStatus',
        'terminationDate',
        'jobInformationDepartment',
        'jobInformationReportsTo',
      ],
      filter: `eeid eq '${id}'`,
    },
  });
  return reply.json<{ data: { fields: Facts }[] }>().data[0]?.fields ?? {};
}

function seed(extra: Facts = {}): Facts {
  return {
    timezone: 'America/Denver',
    employees: [
      person('1'),
      person('2', { supervisorEId: '1', terminationDate: '2026-11-30' }),
      person('3', { hireDate: '2026-12-01', supervisorEId: '1' }),
      person('4'),
      person('5', { status: 'Inactive', employmentHistoryStatus: 'Full-Time' }),
      person('6', {
        status: 'Active',
        employmentHistoryStatus: 'Terminated',
        terminationDate: '2020-05-05',
        hireDate: '2026-01-01',
      }),
    ],
    tables: {
      jobInfo: [
        {
          employeeId: '4',
          date: '2026-12-01',
          department: 'Sales',
          jobTitle: 'Seller',
          reportsTo: 'First1 Last1',
        },
      ],
      employmentStatus: [
        { employeeId: '4', date: '2020-01-01', employmentStatus: 'Intern' },
        { employeeId: '4', date: '2026-12-10', employmentStatus: 'Furloughed' },
      ],
    },
    ...extra,
  };
}

let bamboo: Bamboo;
beforeAll(async () => {
  bamboo = await startBamboo(seed());
});

describe('a scheduled end of employment', () => {
  // 3P automation script + HAR 2022-02-15: unset in the current read; onlyCurrent=false shows it, as if it were now.
  test('current read: still active, no date; onlyCurrent=false: the date, Inactive and Terminated early', async () => {
    expect(await single(bamboo, '2')).toMatchObject({
      status: 'Active',
      employmentHistoryStatus: 'Full-Time',
      terminationDate: '0000-00-00',
    });
    expect(await single(bamboo, '2', '&onlyCurrent=false')).toMatchObject({
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-30',
    });
  });

  // Reference §2.3: whether list and datasets show it is unproven, hence two switches.
  test('list and datasets show it only when their switch says so', async () => {
    expect((await listed(bamboo, '2'))['terminationDate']).toBeNull();
    expect((await dataset(bamboo, '2'))['terminationDate']).toBeNull();
    const open = await startBamboo(
      seed({
        listShowsFutureTermination: true,
        datasetShowsFutureTermination: true,
        scheduledReadMovesStatus: false,
      }),
    );
    expect(await listed(open, '2')).toMatchObject({ terminationDate: '2026-11-30', status: 'Active' });
    expect(await dataset(open, '2')).toMatchObject({ terminationDate: '2026-11-30', status: 'Active' });
    expect((await single(open, '2', '&onlyCurrent=false'))['status']).toBe('Active');
  });

  // Reference §2.4: future rows are visible in the tables; a scheduled end has one even when the seed only has the date.
  test('its row stands in employmentStatus', async () => {
    const rows = await bamboo.get<Facts[]>('/api/v1/employees/2/tables/employmentStatus');
    expect(rows.map((row) => [row['date'], row['employmentStatus']])).toEqual([
      ['2024-01-02', 'Full-Time'],
      ['2026-11-30', 'Terminated'],
    ]);
  });

  // HELP end-employment: 11:59 pm company time zone on the effective date; Denver is UTC-7 in November.
  test('takes effect at 23:59 company time, not at midnight and not in UTC', async () => {
    const other = await startBamboo(seed());
    const seen: unknown[] = [];
    for (const now of ['2026-11-30T07:00:00Z', '2026-12-01T06:58:59Z', '2026-12-01T06:59:00Z']) {
      await other.control('PUT', 'clock', { now });
      const { status, employmentHistoryStatus, terminationDate } = await single(other, '2');
      seen.push([status, employmentHistoryStatus, terminationDate, (await listed(other, '2'))['status']]);
    }
    expect(seen).toEqual([
      ['Active', 'Full-Time', '2026-11-30', 'Active'],
      ['Active', 'Full-Time', '2026-11-30', 'Active'],
      ['Inactive', 'Terminated', '2026-11-30', 'Inactive'],
    ]);
  });

  test('a daylight-saving zone and a zone ahead of UTC flip at their own 23:59', async () => {
    for (const [timezone, day, before, after] of [
      ['Europe/London', '2026-07-31', '2026-07-31T22:58:59Z', '2026-07-31T22:59:00Z'],
      ['Pacific/Auckland', '2026-12-31', '2026-12-31T10:58:59Z', '2026-12-31T10:59:00Z'],
    ] as const) {
      const zone = await startBamboo(
        { timezone, employees: [person('1', { terminationDate: day })] },
        '2026-07-01T00:00:00Z',
      );
      await zone.control('PUT', 'clock', { now: before });
      expect((await single(zone, '1'))['status'], timezone).toBe('Active');
      await zone.control('PUT', 'clock', { now: after });
      expect((await single(zone, '1'))['status'], timezone).toBe('Inactive');
    }
  });

  // HELP: a same-day end is immediate.
  test('an end entered for today is immediate', async () => {
    const other = await startBamboo(seed());
    const body = { date: '2026-11-23', employmentStatus: 'Terminated' };
    expect((await other.ask('/api/v1_1/employees/1/tables/employmentStatus', { body })).status).toBe(200);
    expect(await single(other, '1')).toMatchObject({
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-23',
    });
  });

  test('rescinded before its day, by deleting its row, it never happens', async () => {
    const other = await startBamboo(seed());
    await other.ask('/api/v1_1/employees/1/tables/employmentStatus', {
      body: { date: '2026-12-24', employmentStatus: 'Terminated' },
    });
    expect((await single(other, '1', '&onlyCurrent=false'))['terminationDate']).toBe('2026-12-24');
    const rows = await other.get<Facts[]>('/api/v1/employees/1/tables/employmentStatus');
    const row = rows.find(({ date }) => date === '2026-12-24');
    await other.ask(`/api/v1/employees/1/tables/employmentStatus/${String(row?.['id'])}`, {
      method: 'DELETE',
    });
    await other.control('PUT', 'clock', { now: '2027-01-02T00:00:00Z' });
    expect(await single(other, '1')).toMatchObject({ status: 'Active', terminationDate: '0000-00-00' });
  });
});

describe('a future hire', () => {
  // REC id 114 (hireDate 2026-06-22 read on 2026-06-02), PyBambooHR#34: Active, with nothing of the job.
  test('is Active with a hire date and no job, status or manager in current reads', async () => {
    expect(await single(bamboo, '3')).toEqual({
      id: '3',
      status: 'Active',
      employmentHistoryStatus: null,
      hireDate: '2026-12-01',
      terminationDate: '0000-00-00',
      department: null,
      jobTitle: null,
      supervisorEId: null,
    });
    expect(await listed(bamboo, '3')).toMatchObject({
      status: 'Active',
      jobTitleName: null,
      departmentName: null,
      employmentStatusName: null,
      reportsToId: null,
      hireDate: '2026-12-01',
    });
  });

  // REC: datasets show the job where list and report return null; HAR 2022: onlyCurrent=false fills it.
  test('shows the job in datasets and with onlyCurrent=false', async () => {
    expect(await dataset(bamboo, '3')).toMatchObject({
      jobInformationDepartment: 'Engineering',
      jobInformationReportsTo: 'First1 Last1',
    });
    expect(await single(bamboo, '3', '&onlyCurrent=false')).toMatchObject({
      status: 'Active',
      employmentHistoryStatus: 'Full-Time',
      department: 'Engineering',
      supervisorEId: '1',
    });
  });

  // v1 dataset documentation says Inactive, live data says Active: a switch.
  test('is Inactive until the day when futureHiresInactive says so', async () => {
    const other = await startBamboo(seed({ futureHiresInactive: true }));
    expect((await single(other, '3'))['status']).toBe('Inactive');
    await other.control('PUT', 'clock', { now: '2026-12-01T06:59:59Z' });
    expect((await single(other, '3'))['status']).toBe('Inactive');
    await other.control('PUT', 'clock', { now: '2026-12-01T07:00:00Z' });
    expect(await single(other, '3')).toMatchObject({ status: 'Active', department: 'Engineering' });
  });

  test('gets the job on the day, company time', async () => {
    const other = await startBamboo(seed());
    await other.control('PUT', 'clock', { now: '2026-12-01T07:00:00Z' });
    expect(await single(other, '3')).toMatchObject({
      department: 'Engineering',
      employmentHistoryStatus: 'Full-Time',
    });
  });

  test('whose job stands only in a future row', async () => {
    const other = await startBamboo({
      employees: [{ id: '7', firstName: 'A', lastName: 'B', hireDate: '2026-12-01' }],
      tables: {
        jobInfo: [
          { employeeId: '7', date: '2026-12-01', department: 'Product', jobTitle: 'PM', reportsTo: '' },
        ],
        employmentStatus: [{ employeeId: '7', date: '2026-12-01', employmentStatus: 'Intern' }],
      },
    });
    expect(await single(other, '7')).toMatchObject({ department: null, employmentHistoryStatus: null });
    expect(await dataset(other, '7')).toMatchObject({
      jobInformationDepartment: 'Product',
      employmentStatus: 'Intern',
    });
    expect(await single(other, '7', '&onlyCurrent=false')).toMatchObject({
      department: 'Product',
      employmentHistoryStatus: 'Intern',
    });
    await other.control('PUT', 'clock', { now: '2026-12-01T00:00:00Z' });
    expect(await single(other, '7')).toMatchObject({
      department: 'Product',
      employmentHistoryStatus: 'Intern',
    });
  });
});

describe('other dated rows', () => {
  test('past rows change nothing, future ones only the scheduled read, until their day', async () => {
    expect(await single(bamboo, '4')).toMatchObject({
      department: 'Engineering',
      employmentHistoryStatus: 'Full-Time',
    });
    expect(await single(bamboo, '4', '&onlyCurrent=false')).toMatchObject({
      status: 'Active',
      department: 'Sales',
      employmentHistoryStatus: 'Furloughed',
      supervisorEId: '1',
    });
    const other = await startBamboo(seed());
    await other.control('PUT', 'clock', { now: '2026-12-05T00:00:00Z' });
    expect(await single(other, '4')).toMatchObject({
      department: 'Sales',
      employmentHistoryStatus: 'Full-Time',
      supervisorEId: '1',
    });
    await other.control('PUT', 'clock', { now: '2026-12-10T12:00:00Z' });
    expect(await single(other, '4')).toMatchObject({
      status: 'Active',
      employmentHistoryStatus: 'Furloughed',
    });
  });

  test('several dates passed in one move of the clock all take effect, in order', async () => {
    const other = await startBamboo({
      employees: [person('1', { terminationDate: '2026-12-31' })],
      tables: {
        employmentStatus: [
          { employeeId: '1', date: '2026-12-10', employmentStatus: 'Part-Time' },
          { employeeId: '1', date: '2026-12-20', employmentStatus: 'Furloughed' },
        ],
      },
    });
    await other.control('PUT', 'clock', { now: '2026-12-25T00:00:00Z' });
    expect(await single(other, '1')).toMatchObject({
      status: 'Active',
      employmentHistoryStatus: 'Furloughed',
    });
    await other.control('PUT', 'clock', { now: '2027-06-01T00:00:00Z' });
    expect(await single(other, '1')).toMatchObject({
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
    });
  });

  // REC: 1x (Inactive, Full-Time); HELP rehire: (Active, Terminated) occurs with a stale terminationDate.
  test('status and employment status are two independent facts', async () => {
    expect(await single(bamboo, '5')).toMatchObject({
      status: 'Inactive',
      employmentHistoryStatus: 'Full-Time',
    });
    expect(await single(bamboo, '6')).toMatchObject({
      status: 'Active',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2020-05-05',
    });
    expect((await single(bamboo, '6', '&onlyCurrent=false'))['status']).toBe('Active');
  });

  test('an employee without status is judged by dates', async () => {
    const other = await startBamboo({
      employees: [
        { id: '1', firstName: 'A', lastName: 'B' },
        { id: '2', firstName: 'A', lastName: 'B', hireDate: '2020-01-01', terminationDate: '2025-01-01' },
      ],
    });
    expect(await single(other, '1')).toMatchObject({
      status: 'Active',
      hireDate: '0000-00-00',
      employmentHistoryStatus: null,
    });
    expect(await single(other, '2')).toMatchObject({
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
    });
  });
});
