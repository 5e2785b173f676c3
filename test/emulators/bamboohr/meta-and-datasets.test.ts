import { beforeAll, describe, expect, test } from 'vitest';
import { type Bamboo, person, type Reply, startBamboo } from './start-bamboohr.ts';

let bamboo: Bamboo;
beforeAll(async () => {
  bamboo = await startBamboo({
    company: 'acme',
    employees: [
      person('2', { firstName: "O'Neil", supervisorEId: '10', hireDate: '2025-06-01' }),
      person('10', { firstName: 'Ann', location: 'Oslo', '4340.4': '12', customBadge: 'B' }),
      person('11', { status: 'Inactive', employmentHistoryStatus: 'Terminated', hireDate: '2020-01-01' }),
      { id: '12', firstName: 'Bare', lastName: 'Row', employeeNumber: null },
    ],
  });
});

type Rows = Record<string, unknown>[];

describe('meta', () => {
  // REC get_v1_meta_fields.json: ids are ints, negative ints and dotted texts; 387 stands under two aliases.
  test('fields', async () => {
    const fields = await bamboo.get<Rows>('/api/v1/meta/fields');
    expect(fields.filter(({ id }) => id === 387)).toEqual([
      { id: 387, type: 'status', deprecated: true, name: 'Employment Status', alias: 'employmentStatus' },
      { id: 387, type: 'status', name: 'Status', alias: 'status' },
    ]);
    expect(fields.find(({ alias }) => alias === 'terminationDate')).toMatchObject({ id: -38, type: 'date' });
    expect(fields.find(({ id }) => id === '4340.4')).toEqual({ id: '4340.4', name: '4340.4', type: 'text' });
    expect(fields.find(({ alias }) => alias === 'customBadge')).toMatchObject({ type: 'text' });
  });

  // REC get_v1_meta_lists.json: Contractor and Terminated are built in (manageable "no"); format=json as well as Accept.
  test('lists', async () => {
    const reply = await bamboo.ask('/api/v1/meta/lists?format=json', { headers: { accept: '*/*' } });
    const lists =
      reply.json<{ alias: string; fieldId: number; options: { name: string; manageable: string }[] }[]>();
    expect(lists.map(({ alias, fieldId }) => [alias, fieldId])).toEqual([
      ['employmentHistoryStatus', 16],
      ['jobTitle', 17],
      ['location', 18],
      ['department', 4],
      ['division', 1355],
    ]);
    expect(lists[0]?.options.map(({ name, manageable }) => [name, manageable])).toEqual([
      ['Contractor', 'no'],
      ['Full-Time', 'yes'],
      ['Terminated', 'no'],
    ]);
    expect((await bamboo.ask('/api/v1/meta/lists', { headers: { accept: '' } })).text).toContain(
      '<list fieldId="16"',
    );
  });

  test('tables', async () => {
    const tables = await bamboo.get<{ alias: string; fields: { alias: string }[] }[]>('/api/v1/meta/tables');
    const jobInfo = tables.find(({ alias }) => alias === 'jobInfo');
    expect(jobInfo?.fields.map(({ alias }) => alias)).toEqual([
      'date',
      'location',
      'department',
      'division',
      'jobTitle',
      'reportsTo',
      'teams',
    ]);
  });

  // SPEC: an object keyed by user id, whole numbers for ids; XML by default; 403 for those who are no admins.
  test('users', async () => {
    const users = await bamboo.get<Record<string, Record<string, unknown>>>(
      '/api/v1/meta/users?status=enabled',
    );
    expect(users['2002']).toMatchObject({
      id: 2002,
      employeeId: 2,
      status: 'enabled',
      email: 'p2@example.com',
    });
    expect(users['2011']).toBeUndefined();
    expect((await bamboo.ask('/api/v1/meta/users', { headers: { accept: '*/*' } })).text).toContain(
      '<user id="2002" employeeId="2">',
    );
    const strict = await startBamboo({ apiKeys: [{ key: 'secret', deny: ['users'] }] });
    expect((await strict.ask('/api/v1/meta/users')).status).toBe(403);
    expect((await strict.ask('/api/v1/meta/fields')).status).toBe(200);
  });
});

describe('dataset catalogue', () => {
  test('datasets and fields, paged', async () => {
    expect(await bamboo.get('/api/v1_2/datasets')).toEqual({
      datasets: [{ name: 'employee', label: 'Employee' }],
    });
    const page = await bamboo.get<{ pagination: Record<string, unknown>; fields: Rows }>(
      '/api/v1_2/datasets/employee/fields?page=2&page_size=10',
    );
    expect(page.pagination).toMatchObject({ current_page: 2 });
    expect(page.pagination['prev_page']).toContain('page=1');
    expect(page.fields).toHaveLength(10);
  });

  // SPEC: out-of-range pages are clamped; an unknown dataset is 422 here and 404 for its data.
  test('clamped pages and unknown datasets', async () => {
    const page = await bamboo.get<{ pagination: Record<string, unknown> }>(
      '/api/v1_2/datasets/employee/fields?page=99',
    );
    expect(page.pagination).toMatchObject({ current_page: 1, next_page: null });
    const fields = await bamboo.ask('/api/v1_2/datasets/nope/fields');
    expect([fields.status, fields.json()['code']]).toEqual([422, 'DATASET_NOT_FOUND']);
    const data = await bamboo.ask('/api/v2/datasets/nope/data', { body: { fields: ['eeid'] } });
    expect([data.status, data.json()['code']]).toEqual([404, 'DATASET_NOT_FOUND']);
  });
});

describe('dataset data', () => {
  function query(body: Record<string, unknown>): Promise<Reply> {
    return bamboo.ask('/api/v2/datasets/employee/data', { body: { fields: ['eeid'], ...body } });
  }

  async function ids(body: Record<string, unknown>): Promise<unknown[]> {
    const reply = await query(body);
    if (reply.status !== 200) throw new Error(reply.text);
    return reply
      .json<{ data: { fields: Record<string, unknown> }[] }>()
      .data.map(({ fields }) => fields['eeid']);
  }

  // REC post_v2_datasets_employee_data.json: `links` is a list when there is nothing to link; "" vs null for no manager.
  test('rows, meta, and the empty list of links', async () => {
    const reply = await query({
      fields: ['eeid', 'firstName', 'supervisorEid', 'jobInformationReportsTo', 'lastChanged'],
    });
    expect(reply.json()).toEqual({
      data: [
        ['2', "O'Neil", '10', 'Ann Last10'],
        ['10', 'Ann', null, ''],
        ['11', 'First11', null, ''],
        ['12', 'Bare', null, null],
      ].map(([eeid, firstName, supervisorEid, jobInformationReportsTo]) => ({
        fields: {
          eeid,
          firstName,
          supervisorEid,
          jobInformationReportsTo,
          lastChanged: '2026-11-23T12:00:00+00:00',
        },
      })),
      links: [],
      meta: { page: 1, pageSize: 100, totalPages: 1, totalItems: 4 },
    });
  });

  test('its own vocabulary: email, employmentStatus, jobInformation…', async () => {
    const reply = await query({
      fields: [
        'email',
        'employmentStatus',
        'status',
        'jobInformationJobTitle',
        'supervisorId',
        'customBadge',
      ],
      filter: "eeid eq '10'",
    });
    expect(reply.json<{ data: unknown[] }>().data).toEqual([
      {
        fields: {
          email: 'p10@example.com',
          employmentStatus: 'Full-Time',
          status: 'Active',
          jobInformationJobTitle: 'Engineer',
          supervisorId: null,
          customBadge: 'B',
        },
      },
    ]);
  });

  test('paging by page and pageSize with links', async () => {
    const body = { pageSize: 3, orderBy: 'eeid asc' };
    expect(await ids({ ...body, page: 1 })).toEqual(['2', '10', '11']);
    const second = (await query({ ...body, page: 2 })).json<{
      data: unknown[];
      links: object;
      meta: object;
    }>();
    expect(second.data).toHaveLength(1);
    expect(Object.keys(second.links)).toEqual(['prev']);
    expect(second.meta).toEqual({ page: 2, pageSize: 3, totalPages: 2, totalItems: 4 });
  });

  test.each([
    ['eeid desc', ['12', '11', '10', '2']],
    ['hireDate desc, eeid asc', ['2', '10', '11', '12']],
  ])('orderBy %s', async (orderBy, expected) => {
    expect(await ids({ fields: ['eeid', 'hireDate'], orderBy })).toEqual(expected);
  });

  // SPEC: without orderBy the order is unspecified; the switch makes paging without it visibly wrong.
  test('pages without orderBy may repeat and lose rows', async () => {
    const other = await startBamboo({
      unstableDatasetOrder: true,
      employees: ['1', '2', '3', '4', '5'].map((id) => person(id)),
    });
    const walk = async (extra: object): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (const page of [1, 2, 3]) {
        const reply = await other.ask('/api/v2/datasets/employee/data', {
          body: { fields: ['eeid'], pageSize: 2, page, ...extra },
        });
        seen.push(
          ...reply
            .json<{ data: { fields: Record<string, unknown> }[] }>()
            .data.map(({ fields }) => fields['eeid']),
        );
      }
      return seen;
    };
    expect(new Set(await walk({})).size).toBeLessThan(5);
    expect(await walk({ orderBy: 'eeid asc' })).toEqual(['1', '2', '3', '4', '5']);
  });

  test.each([
    ["status eq 'Active'", ['2', '10', '12']],
    ["status ne 'Active'", ['11']],
    ["status in ('Active', 'Inactive') and hireDate ge '2025-01-01'", ['2']],
    ["hireDate lt '2024-01-02'", ['11']],
    ["hireDate le '2024-01-02'", ['10', '11']],
    ['eeid gt 10', ['11', '12']],
    ["firstName eq 'O''Neil' or jobInformationLocation eq 'Oslo'", ['2', '10']],
    ["firstName in ('Ann')", ['10']],
    ['employmentStatus eq null', ['12']],
  ])('filter %s', async (filter, expected) => {
    expect(await ids({ filter })).toEqual(expected);
  });

  // SPEC: problem+json with these codes.
  test.each([
    [{ filter: "status eq 'Active' and status eq 'Inactive' or eeid eq '1'" }, 422, 'INVALID_FILTER'],
    [{ filter: "firstName in ('A','B')" }, 422, 'INVALID_FILTER'],
    [{ filter: "firstName gt 'A'" }, 422, 'INVALID_FILTER'],
    [{ filter: 'status eq Active' }, 422, 'INVALID_FILTER'],
    [{ filter: "status not in ('Active')" }, 422, 'INVALID_FILTER'],
    [{ filter: "nonsense eq 'x'" }, 422, 'INVALID_FILTER'],
    [{ filter: "status eq 'Active" }, 422, 'INVALID_FILTER'],
    [{ orderBy: 'hireDate asc' }, 400, 'UE-1001'],
    [{ fields: ['eeid', 'workEmail'] }, 422, 'INVALID_FIELD'],
    [{ fields: [] }, 400, 'INVALID_FIELDS'],
    [{ pageSize: 1001 }, 422, 'INVALID_PAGE'],
    [{ page: 0 }, 422, 'INVALID_PAGE'],
  ])('%j is %i %s', async (body, status, code) => {
    const reply = await query(body);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(reply.json()).toMatchObject({ status, code, instance: '/api/v2/datasets/employee/data' });
    expect(reply.status).toBe(status);
  });
});
