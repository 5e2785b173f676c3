import { beforeAll, describe, expect, test } from 'vitest';
import { type Bamboo, type ListAnswer, person, startBamboo } from './start-bamboohr.ts';

let bamboo: Bamboo;
beforeAll(async () => {
  bamboo = await startBamboo({
    company: 'acme',
    employees: [
      person('10', {
        firstName: 'Zoë',
        lastName: 'Quinn',
        preferredName: 'Zo',
        workEmail: 'ZOE@example.com',
      }),
      person('9', { firstName: 'Ann', lastName: 'Bell', supervisorEId: '10', terminationDate: null }),
      person('100', {
        firstName: 'Cy',
        lastName: 'Dee',
        status: 'Inactive',
        employmentHistoryStatus: 'Terminated',
        terminationDate: '2026-01-31',
      }),
      person('101', {
        lastName: 'Aal',
        department: null,
        workEmail: '',
        hireDate: '0000-00-00',
        customThing: 'x',
      }),
    ],
  });
});

function ids(list: ListAnswer): unknown[] {
  return list.data.map((row) => row['employeeId']);
}

describe('rows', () => {
  // REC get_v1_employees_list.json: seven fixed fields, string ids, everybody of any status.
  test('everybody, the seven fixed fields, ids as strings in numeric order', async () => {
    const list = await bamboo.get<ListAnswer>('/api/v1/employees');
    expect(ids(list)).toEqual(['9', '10', '100', '101']);
    expect(Object.keys(list.data[0] ?? {})).toEqual([
      'employeeId',
      'firstName',
      'lastName',
      'preferredName',
      'photoUrl',
      'jobTitleName',
      'status',
      '_restrictedFields',
    ]);
    expect(list.meta).toEqual({ total: 4, page: { limit: 250, nextCursor: null, prevCursor: null } });
    expect(list._links).toEqual({ self: { href: 'https://acme.bamboohr.com/api/v1/employees' } });
  });

  // REC: `_links` are on the company's host even when the call came through the gateway.
  test('links stay on the company host and carry the query', async () => {
    const list = await bamboo.get<ListAnswer>(
      '/api/gateway.php/acme/v1/employees?fields=workEmail&page[limit]=1',
    );
    expect(list._links['self']?.href).toBe(
      'https://acme.bamboohr.com/api/v1/employees?fields=workEmail&page%5Blimit%5D=1',
    );
    expect(list._links['next']?.href).toContain('page%5Bafter%5D=');
  });

  // SPEC: comma form and fields[]; unknown and custom fields and lastChanged are silently ignored.
  test.each([
    'fields=workEmail,departmentName,lastChanged,customThing',
    'fields[]=workEmail&fields[]=departmentName',
  ])('%s', async (query) => {
    const list = await bamboo.get<ListAnswer>(`/api/v1/employees?${query}`);
    expect(Object.keys(list.data[0] ?? {}).slice(7)).toEqual([
      'workEmail',
      'departmentName',
      '_restrictedFields',
    ]);
  });

  // Reference §2.2: unset is null here, dates too; reportsToId is an id; flags are booleans.
  test('unset values are null, managers are ids, isManager is a boolean', async () => {
    const list = await bamboo.get<ListAnswer>(
      '/api/v1/employees?fields=departmentName,hireDate,terminationDate,reportsToId,reportsToName,isManager,employmentStatusName,nickName,teams',
    );
    const rows = Object.fromEntries(list.data.map((row) => [row['employeeId'], row]));
    expect(rows['101']).toMatchObject({
      departmentName: null,
      hireDate: null,
      terminationDate: null,
      isManager: false,
    });
    expect(rows['9']).toMatchObject({
      reportsToId: '10',
      reportsToName: 'Zoë Quinn',
      isManager: false,
      nickName: 'Ann',
      teams: [],
    });
    expect(rows['10']).toMatchObject({
      reportsToId: null,
      isManager: true,
      preferredName: 'Zo',
      nickName: 'Zo',
    });
    expect(rows['100']).toMatchObject({
      employmentStatusName: 'Terminated',
      terminationDate: '2026-01-31',
      status: 'Inactive',
    });
  });

  // Reference §2.2: photoUrl is a signed link that changes on every read.
  test('photoUrl differs from read to read', async () => {
    const [left, right] = [
      await bamboo.get<ListAnswer>('/api/v1/employees'),
      await bamboo.get<ListAnswer>('/api/v1/employees'),
    ];
    expect(left.data[0]?.['photoUrl']).toMatch(/^https:\/\/images\.bamboohr\.com\/.*Signature=/);
    expect(left.data[0]?.['photoUrl']).not.toBe(right.data[0]?.['photoUrl']);
  });

  test('option ids are those of meta/lists', async () => {
    const list = await bamboo.get<ListAnswer>('/api/v1/employees?fields=departmentId&filter[ids]=9');
    const lists =
      await bamboo.get<{ alias: string; options: { id: number; name: string }[] }[]>('/api/v1/meta/lists');
    const option = lists
      .find(({ alias }) => alias === 'department')
      ?.options.find(({ name }) => name === 'Engineering');
    expect(list.data[0]?.['departmentId']).toBe(String(option?.id));
  });
});

describe('filters and order', () => {
  // SPEC: substring whatever the case for texts, exact for ids and dates, several are all needed.
  test.each([
    ['filter[status]=inactive', ['100']],
    ['filter[status]=active', ['9', '10', '101']],
    ['filter[ids]=10,100,7', ['10', '100']],
    ['filter[ids][]=9&filter[ids][]=100', ['9', '100']],
    ['filter[workEmail]=zoe@', ['10']],
    ['filter[lastName]=EE', ['100']],
    ['filter[hireDate]=2024-01', []],
    ['filter[hireDate]=2024-01-02&filter[firstName]=n', ['9']],
  ])('%s', async (query, expected) => {
    expect(ids(await bamboo.get<ListAnswer>(`/api/v1/employees?${query}`))).toEqual(expected);
  });

  test.each([
    ['sort=lastName', ['101', '9', '100', '10']],
    ['sort=-lastName', ['10', '100', '9', '101']],
    ['sort=status,-employeeId', ['101', '10', '9', '100']],
    ['sort=preferredName', ['9', '100', '101', '10']],
    ['sort=-preferredName', ['10', '9', '100', '101']],
  ])('%s, nulls first ascending and last descending (SPEC)', async (query, expected) => {
    expect(ids(await bamboo.get<ListAnswer>(`/api/v1/employees?${query}`))).toEqual(expected);
  });

  // SPEC: error.code BadRequest in JSON; unsupported filters 422.
  test.each([
    ['sort=hireDate', 400, 'BadRequest'],
    ['filter[status]=Active', 400, 'BadRequest'],
    ['page[limit]=2501', 400, 'BadRequest'],
    ['page[limit]=0', 400, 'BadRequest'],
    ['page[after]=a&page[before]=b', 400, 'BadRequest'],
    ['page[after]=nonsense', 400, 'BadPage'],
    ['filter[ssn]=1', 422, 'BadRequest'],
    ['filter[unheardOf]=1', 422, 'BadRequest'],
  ])('%s is %i %s', async (query, status, code) => {
    const reply = await bamboo.ask(`/api/v1/employees?${query}`);
    expect(reply.status).toBe(status);
    expect(reply.json()).toEqual({ error: { code, message: expect.stringMatching(/./) as string } });
  });
});

describe('paging', () => {
  async function walk(sort: string, limit: number): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const after = cursor === '' ? '' : `&page[after]=${encodeURIComponent(cursor)}`;
      const list: ListAnswer = await bamboo.get<ListAnswer>(
        `/api/v1/employees?sort=${sort}&page[limit]=${limit}${after}`,
      );
      expect(list.meta.total).toBe(4);
      seen.push(...ids(list));
      cursor = list.meta.page.nextCursor;
    }
    return seen;
  }

  test('cursors walk the whole list once, in any order, and back', async () => {
    expect(await walk('employeeId', 3)).toEqual(['9', '10', '100', '101']);
    expect(await walk('lastName', 1)).toEqual(['101', '9', '100', '10']);
    const second = await bamboo.get<ListAnswer>('/api/v1/employees?page[limit]=2');
    const next = await bamboo.get<ListAnswer>(
      `/api/v1/employees?page[limit]=2&page[after]=${second.meta.page.nextCursor}`,
    );
    expect(ids(next)).toEqual(['100', '101']);
    const back = await bamboo.get<ListAnswer>(
      `/api/v1/employees?page[limit]=2&page[before]=${next.meta.page.prevCursor}`,
    );
    expect(ids(back)).toEqual(['9', '10']);
    expect(back.meta.page.prevCursor).toBeNull();
  });

  // SPEC: BadPage for a cursor of the other direction, or when the boundary employee is gone.
  test('a cursor used backwards, or whose employee was deleted meanwhile, is BadPage', async () => {
    const other = await startBamboo({ employees: [person('1'), person('2'), person('3')] });
    const { nextCursor } = (await other.get<ListAnswer>('/api/v1/employees?page[limit]=2')).meta.page;
    expect((await other.ask(`/api/v1/employees?page[before]=${nextCursor}`)).json()).toMatchObject({
      error: { code: 'BadPage' },
    });
    expect((await other.ask('/api/v1/employees/2', { method: 'DELETE' })).status).toBe(204);
    const reply = await other.ask(`/api/v1/employees?page[limit]=2&page[after]=${nextCursor}`);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { code: 'BadPage' } });
  });

  test('a torn page loses a row, doubles a row, or shows another total, in turn', async () => {
    await bamboo.control('PUT', 'faults', [{ path: '/api/v1/employees', tornPage: true, times: 3 }]);
    const pages: [number, number, number][] = [];
    for (let count = 0; count < 4; count += 1) {
      const list = await bamboo.get<ListAnswer>('/api/v1/employees');
      pages.push([list.data.length, new Set(ids(list)).size, list.meta.total]);
    }
    expect(pages).toEqual([
      [3, 3, 4],
      [4, 3, 4],
      [4, 4, 5],
      [4, 4, 4],
    ]);
  });

  test('2500 fit one page', async () => {
    const many = await startBamboo({
      employees: Array.from({ length: 2501 }, (_, index) => person(String(index + 1))),
    });
    const list = await many.get<ListAnswer>('/api/v1/employees?page[limit]=2500');
    expect([list.data.length, list.meta.total, list.meta.page.nextCursor === null]).toEqual([
      2500,
      2501,
      false,
    ]);
    expect((await many.get<ListAnswer>('/api/v1/employees')).data.length).toBe(250);
  });
});
