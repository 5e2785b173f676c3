import { beforeAll, describe, expect, test } from 'vitest';
import { type Bamboo, person, startBamboo } from './start-bamboohr.ts';

let bamboo: Bamboo;
beforeAll(async () => {
  bamboo = await startBamboo({
    employees: [
      person('1', { employeeNumber: '77', firstName: 'Jennifer', lastName: 'Caldwell' }),
      person('2', {
        firstName: 'Tom & <Jo>',
        preferredName: 'Tommy',
        supervisorId: '77',
        '4340.4': '12',
        customBadge: 'B-7',
      }),
      person('3', {
        department: undefined,
        departmentName: 'Sales',
        email: 'other@example.com',
        workEmail: undefined,
      }),
      person('4', { hireDate: '0000-00-00' }),
      person('5', { hireDate: '2026-12-24' }),
      person('6', { status: 'Inactive' }),
      person('7'),
    ],
    directory: { hidden: ['7'] },
  });
});

describe('employees/{id}', () => {
  // SPEC get-employee: only id without fields; unknown names dropped; comma form only.
  test('answers the fields asked for, comma-separated, and nothing else', async () => {
    expect(await bamboo.get('/api/v1/employees/1')).toEqual({ id: '1' });
    expect(await bamboo.get('/api/v1/employees/1?fields=firstName,unheardOf,workPhone')).toEqual({
      id: '1',
      firstName: 'Jennifer',
      workPhone: null,
    });
    expect(await bamboo.get('/api/v1/employees/1?fields[]=firstName')).toEqual({ id: '1' });
  });

  // SPEC: standard names, numeric ids, custom aliases, mixed. REC meta_fields: 387 has two aliases, 4340.4 is an id.
  test('knows fields by alias, id, deprecated alias and custom name', async () => {
    expect(
      await bamboo.get('/api/v1/employees/2?fields=4,387,employmentStatus,16,4340.4,customBadge,nickname'),
    ).toEqual({
      id: '2',
      '4': 'Engineering',
      '387': 'Active',
      employmentStatus: 'Active',
      '16': 'Full-Time',
      '4340.4': '12',
      customBadge: 'B-7',
      nickname: 'Tommy',
    });
  });

  // REC: 106 of 106 supervisorId values are employee numbers; names come "Last, First" here.
  test('supervisorId is the manager\'s number, supervisorEId the id, supervisor "Last, First"', async () => {
    expect(
      await bamboo.get(
        '/api/v1/employees/2?fields=supervisorId,supervisorEId,supervisor,reportsTo,supervisorEmail',
      ),
    ).toEqual({
      id: '2',
      supervisorId: '77',
      supervisorEId: '1',
      supervisor: 'Caldwell, Jennifer',
      reportsTo: 'Jennifer Caldwell',
      supervisorEmail: 'p1@example.com',
    });
  });

  test('facts given under list or dataset names read under the report names', async () => {
    expect(await bamboo.get('/api/v1/employees/3?fields=department,workEmail')).toEqual({
      id: '3',
      department: 'Sales',
      workEmail: 'other@example.com',
    });
  });

  // HAR id with preferred name "Bob": displayName ignores it. Unset dates are 0000-00-00, other unset values null.
  test('displayName, unset dates, unset texts', async () => {
    expect(
      await bamboo.get('/api/v1/employees/2?fields=displayName,terminationDate,originalHireDate,middleName'),
    ).toEqual({
      id: '2',
      displayName: 'Tom & <Jo> Last2',
      terminationDate: '0000-00-00',
      originalHireDate: '0000-00-00',
      middleName: null,
    });
  });

  // SPEC: at most 400 fields.
  test('refuses more than 400 fields', async () => {
    const fields = Array.from({ length: 401 }, (_, index) => `f${index}`).join(',');
    expect((await bamboo.ask(`/api/v1/employees/1?fields=${fields}`)).status).toBe(400);
  });

  // Reference §1: XML is the default; only an Accept for JSON gives JSON.
  test.each([{}, { accept: '*/*' }, { accept: 'application/xml' }])('XML for %j', async (headers) => {
    const response = await fetch(`${bamboo.url}/api/v1/employees/2?fields=firstName,middleName`, {
      headers: { authorization: `Basic ${btoa('k:x')}`, ...headers },
    });
    expect(response.headers.get('content-type')).toBe('text/xml; charset=UTF-8');
    expect(await response.text()).toBe(
      '<?xml version="1.0"?>\n<employee id="2">\n <field id="firstName">Tom &amp; &lt;Jo&gt;</field>\n <field id="middleName"></field>\n</employee>\n',
    );
  });
});

describe('employees/directory', () => {
  interface Directory {
    fields: { id: string; type: string; name: string }[];
    employees: Record<string, unknown>[];
  }

  // SPEC + REC (91 of 97): active, hired already, not hidden; no hire date means absent.
  test('is the visible part of the company only', async () => {
    const directory = await bamboo.get<Directory>('/api/v1/employees/directory');
    expect(directory.employees.map(({ id }) => id)).toEqual(['1', '2', '3']);
    const future = await bamboo.get<Directory>('/api/v1/employees/directory?onlyCurrent=false');
    expect(future.employees.map(({ id }) => id)).toEqual(['1', '2', '3', '5']);
  });

  // Reference §2.2: "First Last" here; photoUploaded boolean, canUploadPhoto 0 or 1.
  test('its own formats', async () => {
    const { employees, fields } = await bamboo.get<Directory>('/api/v1/employees/directory');
    expect(employees[1]).toMatchObject({
      supervisor: 'Jennifer Caldwell',
      displayName: 'Tommy Last2',
      photoUploaded: false,
      canUploadPhoto: 0,
    });
    for (const { id } of fields) expect(employees[1]).toHaveProperty(id);
  });

  test('XML by default', async () => {
    const reply = await bamboo.ask('/api/v1/employees/directory', { headers: { accept: 'text/html' } });
    expect(reply.text).toContain('<directory>\n <fieldset>\n  <field id="displayName">Display name</field>');
    expect(reply.text).toContain('<employee id="2">\n   <field id="displayName">Tommy Last2</field>');
    expect(reply.text).toContain('<field id="canUploadPhoto">no</field>');
  });

  // SPEC: 403 when sharing is off, 404 when nobody is left.
  test('403 when not shared, 404 when empty', async () => {
    const closed = await startBamboo({ employees: [person('1')], directory: { shared: false } });
    expect((await closed.ask('/api/v1/employees/directory')).status).toBe(403);
    const empty = await startBamboo({});
    expect((await empty.ask('/api/v1/employees/directory')).status).toBe(404);
  });
});
