import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadOpenApi, type OpenApi } from '../../openapi/validate-openapi.ts';
import { BAMBOOHR_CONTRADICTIONS, unexplained } from '../../openapi/bamboohr-contradictions.ts';
import { hasRecordings, readExchanges, RECORDED_AT, recordedSeed } from './recorded-company.ts';
import { type Ask, type Bamboo, startBamboo } from './start-bamboohr.ts';

const FILE = join(
  import.meta.dirname,
  '../../../../shared/reference/specs/bamboohr-public-openapi-2026-06-10.yaml',
);

const WEBHOOK = {
  name: 'W',
  url: 'https://example.com/hook',
  format: 'json',
  monitorFields: ['status'],
  events: ['employee.updated'],
};

/** One request for each answer worth checking: method and path, what is sent, the status expected. */
const REQUESTS: [string, Ask, number][] = [
  ['GET /api/v1/employees', {}, 200],
  ['GET /api/v1/employees?page[limit]=2&sort=-lastName', {}, 200],
  [
    'GET /api/v1/employees?fields=workEmail,departmentName,departmentId,divisionName,locationName,locationId,reportsToId,reportsToName,employmentStatusName,employmentStatusId,hireDate,terminationDate,originalHireDate,employeeNumber,isManager,teams,displayName,nickName,mobilePhone,genderIdentityId,veteranStatusId,proofOfVaccination,age',
    {},
    200,
  ],
  ['GET /api/v1/employees?filter[status]=active&filter[ids][]=4&filter[ids][]=5', {}, 200],
  ['GET /api/v1/employees?filter[workEmail]=a&filter[departmentId]=5', {}, 200],
  ['GET /api/v1/employees?sort=hireDate', {}, 400],
  ['GET /api/v1/employees?page[after]=bad', {}, 400],
  ['GET /api/v1/employees/4', {}, 200],
  [
    'GET /api/v1/employees/4?fields=firstName,status,terminationDate,supervisorEId,4&onlyCurrent=false',
    {},
    200,
  ],
  ['GET /api/v1/employees/0', {}, 200],
  ['GET /api/v1/employees/4?fields=firstName', { headers: { accept: 'application/xml' } }, 200],
  ['GET /api/v1/employees/directory', {}, 200],
  ['GET /api/v1/employees/directory?onlyCurrent=false', {}, 200],
  ['GET /api/v1/employees/changed?since=2026-01-01T00:00:00Z', {}, 200],
  ['GET /api/v1/employees/changed?since=2026-01-01T00:00:00Z&type=deleted', {}, 200],
  ['GET /api/v1/employees/4/tables/jobInfo', {}, 200],
  ['GET /api/v1/employees/all/tables/employmentStatus', {}, 200],
  ['GET /api/v1/employees/4/tables/compensation', {}, 200],
  ['GET /api/v1/employees/changed/tables/jobInfo?since=2026-01-01T00:00:00Z', {}, 200],
  ['GET /api/v1/meta/fields', {}, 200],
  ['GET /api/v1/meta/lists', {}, 200],
  ['GET /api/v1/meta/lists?format=json', {}, 200],
  ['GET /api/v1/meta/tables', {}, 200],
  ['GET /api/v1/meta/users?status=enabled', {}, 200],
  ['GET /api/v1/meta/time_off/types?mode=request', {}, 200],
  ['GET /api/v1_2/datasets', {}, 200],
  ['GET /api/v1_2/datasets/employee/fields?page=2&page_size=100', {}, 200],
  ['GET /api/v1_2/datasets/nope/fields', {}, 422],
  [
    'POST /api/v2/datasets/employee/data',
    {
      body: {
        fields: ['eeid', 'firstName', 'jobInformationReportsTo', 'isSupervisor'],
        orderBy: 'eeid asc',
        pageSize: 10,
        page: 2,
      },
    },
    200,
  ],
  ['POST /api/v2/datasets/employee/data', { body: { fields: ['eeid'], filter: "status eq 'Active'" } }, 200],
  ['POST /api/v2/datasets/employee/data', { body: { fields: ['eeid'], orderBy: 'firstName asc' } }, 400],
  ['POST /api/v2/datasets/employee/data', { body: { fields: ['eeid'], filter: 'x' } }, 422],
  ['POST /api/v2/datasets/nope/data', { body: { fields: ['eeid'] } }, 404],
  [
    'POST /api/v1/reports/custom?format=json&onlyCurrent=false',
    { body: { title: 'T', fields: ['firstName', 'terminationDate', '4'] } },
    200,
  ],
  ['POST /api/v1/reports/custom?format=csv', { body: { fields: ['firstName'] } }, 200],
  ['POST /api/v1/reports/custom?format=xml', { body: { fields: ['firstName'] } }, 200],
  ['GET /api/v1/time_off/requests?start=2026-01-01&end=2026-12-31&status=approved', {}, 200],
  ['GET /api/v1/time_off/whos_out?start=2026-04-01&end=2026-04-30&filter=off', {}, 200],
  ['GET /api/v1/webhooks', {}, 200],
  ['POST /api/v1/webhooks', { body: WEBHOOK }, 201],
  ['POST /api/v1/webhooks', { body: { ...WEBHOOK, events: ['employee.deleted'], monitorFields: [] } }, 201],
  ['POST /api/v1/webhooks', { body: { ...WEBHOOK, monitorFields: ['unheardOf'] } }, 403],
  ['GET /api/v1/webhooks/21', {}, 200],
  ['GET /api/v1/webhooks/99', {}, 404],
  ['PUT /api/v1/webhooks/21', { body: WEBHOOK }, 200],
  ['GET /api/v1/webhooks/21/log', {}, 200],
  ['GET /api/v1/webhooks/monitor_fields', {}, 200],
  ['GET /api/v1/webhooks/post-fields', {}, 200],
  ['DELETE /api/v1/webhooks/21', {}, 200],
  ['DELETE /api/v1/webhooks/99', {}, 404],
  ['POST /api/v1/employees', { body: { firstName: 'New', lastName: 'Hire', hireDate: '2026-07-01' } }, 201],
  ['POST /api/v1/employees/5', { body: { department: 'Sales' } }, 200],
  [
    'POST /api/v1_1/employees/5/tables/jobInfo',
    { body: { date: '2026-07-01', department: 'Marketing' } },
    200,
  ],
  ['POST /api/v1_1/employees/5/tables/jobInfo/38564', { body: { department: 'Marketing' } }, 200],
  ['POST /api/v1/employees/5/tables/jobInfo', { body: { date: '2026-08-01', department: 'Marketing' } }, 200],
  ['DELETE /api/v1/employees/5/tables/jobInfo/38564', {}, 200],
  ['DELETE /api/v1/employees/6', {}, 204],
  ['GET /api/v1/employees/changed?since=2026-06-02T17:00:00Z', {}, 200],
];

describe.skipIf(!hasRecordings || !existsSync(FILE))('the official document', () => {
  let api: OpenApi;
  let bamboo: Bamboo;
  beforeAll(async () => {
    api = loadOpenApi(FILE, {
      rewritePath: (path) => path.replace(/^\/api\/gateway\.php\/[^/]+\//, '/api/'),
    });
    bamboo = await startBamboo(
      {
        ...recordedSeed(),
        users: [{ id: 1, employeeId: 8, firstName: 'V', lastName: 'N', email: 'v@example.com' }],
      },
      RECORDED_AT,
    );
  });

  test.each(
    REQUESTS.map(
      ([route, options, status]) =>
        [`${route} ${JSON.stringify(options.body ?? '')}`.slice(0, 120), route, options, status] as const,
    ),
  )('%s', async (_, route, options, status) => {
    const [method = '', target = ''] = route.split(' ');
    const [path = '', query = ''] = target.split('?');
    const asked = api.checkRequest({
      method,
      path,
      query,
      body: options.body,
      contentType: options.body === undefined ? undefined : 'application/json',
    });
    // Requests that are wrong on purpose are wrong for the document too, or at least for the vendor.
    if (status < 400) expect(unexplained(route, asked)).toEqual([]);
    const reply = await bamboo.ask(target, { method, ...options });
    expect(reply.status, reply.text.slice(0, 200)).toBe(status);
    const problems = api.checkResponse({
      method,
      path,
      status: reply.status,
      contentType: reply.headers.get('content-type'),
      body: reply.text,
    });
    expect(unexplained(route, problems)).toEqual([]);
  });

  test('the check can fail: wrong types planted into true answers are found', () => {
    const plant = (path: string, method: string, body: unknown): string[] =>
      api.checkResponse({ method, path, status: 200, contentType: 'application/json', body });
    const row = {
      employeeId: 4,
      firstName: null,
      lastName: null,
      preferredName: null,
      photoUrl: null,
      jobTitleName: null,
      status: null,
      _restrictedFields: [],
    };
    const list = {
      data: [row],
      meta: { total: 1, page: { limit: 1, nextCursor: null, prevCursor: null } },
      _links: {},
    };
    expect(plant('/api/v1/employees', 'GET', list).join()).toContain('/data/0/employeeId: must be string');
    expect(plant('/api/v1/employees', 'GET', { ...list, meta: {} }).join()).toContain('/meta');
    expect(plant('/api/v1/webhooks', 'GET', { webhooks: [{ id: 1 }] }).join()).toContain(
      '/webhooks/0/id: must be string',
    );
    expect(plant('/api/v1/employees/changed', 'GET', { latest: 'now', employees: {} }).join()).toContain(
      'date-time',
    );
  });

  // The document against the live service itself: whatever it says wrongly is on the list, and each entry is needed.
  test('recordings keep to the document but for the listed contradictions', () => {
    const used = new Set<string>();
    for (const { name, request, status, headers, body } of readExchanges()) {
      const path = request.url === undefined ? `/api${request.path}` : new URL(request.url).pathname;
      // Legacy errors are empty although the document has nothing to say of that.
      if (status >= 400) continue;
      const route = `${request.method} ${path}`;
      const { method, params, data } = request;
      const problems = [
        ...api.checkRequest({
          method,
          path,
          query: new URLSearchParams(params),
          body: data,
          contentType: data === undefined ? undefined : 'application/json',
        }),
        ...api.checkResponse({ method, path, status, contentType: headers['content-type'], body }),
      ];
      expect(unexplained(route, problems), name).toEqual([]);
      for (const problem of problems)
        for (const entry of BAMBOOHR_CONTRADICTIONS)
          if (entry.route.test(route) && entry.problem.test(problem)) used.add(entry.source);
    }
    for (const source of new Set(BAMBOOHR_CONTRADICTIONS.map((entry) => entry.source)))
      if (/^(get|post|delete)_/.test(source)) expect(used, source).toContain(source);
  });
});
