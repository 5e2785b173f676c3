import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signPayload } from '../../../scripts/emulators/bamboohr/webhook-payloads.ts';
import { type Bamboo, person, type Reply, startBamboo } from './start-bamboohr.ts';

interface Delivery {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let deliveries: Delivery[] = [];
let answers: number[] = [];
let receiver = '';
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    deliveries.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(answers.shift() ?? 200).end();
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  deliveries = [];
  answers = [];
});

/** Waits until `count` deliveries came, then a moment longer for one too many. */
async function received(count: number): Promise<Delivery[]> {
  for (let waited = 0; deliveries.length < count && waited < 3000; waited += 5) await pause(5);
  await pause(40);
  expect(deliveries.length).toBe(count);
  return deliveries;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

type Fields = Record<string, unknown>;
const EVENTS = ['employee.created', 'employee.updated', 'employee.deleted'];
const MONITORED = ['status', 'employmentHistoryStatus', 'department', 'firstName', 'customBadge'];

async function company(extra: Fields = {}): Promise<Bamboo> {
  return startBamboo({
    company: 'acme',
    companyId: '12345',
    allowHttpWebhooks: true,
    employees: [person('1', { customBadge: 'A' }), person('2')],
    ...extra,
  });
}

function create(bamboo: Bamboo, body: Fields = {}, key = 'secret'): Promise<Reply> {
  return bamboo.ask('/api/v1/webhooks', {
    key,
    body: {
      name: 'Test',
      url: `${receiver}/hook`,
      format: 'json',
      events: EVENTS,
      monitorFields: MONITORED,
      ...body,
    },
  });
}

function parsed(delivery: Delivery | undefined): Fields {
  return JSON.parse(delivery?.body ?? '{}') as Fields;
}

describe('create, read, replace, delete', () => {
  // REC post_v1_webhooks.json: members and their order, default events, 32 hex digits, shown once.
  test('201 with the private key, shown only here', async () => {
    const bamboo = await company();
    const body = {
      name: 'Test Webhook',
      monitorFields: ['firstName'],
      postFields: { firstName: 'First Name' },
      url: 'https://example.com/webhook',
      format: 'json',
      includeCompanyDomain: true,
    };
    const reply = await bamboo.ask('/api/v1/webhooks', { body });
    expect(reply.status).toBe(201);
    const { privateKey, ...rest } = reply.json<Fields & { privateKey: string }>();
    expect(privateKey).toMatch(/^[0-9a-f]{32}$/);
    expect(rest).toEqual({
      id: '21',
      created: '2026-11-23 12:00:00',
      lastSent: null,
      events: [
        'employee_with_fields.updated',
        'employee_with_fields.deleted',
        'employee_with_fields.created',
      ],
      ...body,
    });
    expect(await bamboo.get('/api/v1/webhooks/21')).toEqual(rest);
    expect(await bamboo.get('/api/v1/webhooks')).toEqual({
      webhooks: [
        { id: '21', name: 'Test Webhook', created: '2026-11-23 12:00:00', lastSent: null, url: body.url },
      ],
    });
  });

  // SPEC: 400 with issues; https only; families cannot be mixed; monitorFields needed for updates.
  test.each([
    [{ url: 'http://example.com' }, /https/],
    [{ url: 'https://' }, /https/],
    [{ name: undefined }, /name/],
    [{ format: 'xml' }, /format/],
    [{ monitorFields: [] }, /monitorFields/],
    [{ events: [...EVENTS, 'employee_with_fields.created'] }, /mixed/],
    [{ events: ['employee.promoted'] }, /unknown event/],
  ])('%j is refused', async (body, issue) => {
    const bamboo = await company({ allowHttpWebhooks: false });
    const reply = await create(bamboo, { url: 'https://example.com/', ...body });
    expect(reply.status).toBe(400);
    expect(reply.json<{ errors: { issues: string[] }[] }>().errors[0]?.issues.join()).toMatch(issue);
  });

  test('events without updates need no monitored fields', async () => {
    const bamboo = await company();
    const reply = await create(bamboo, { events: ['employee.deleted'], monitorFields: undefined });
    expect([reply.status, reply.json()['monitorFields']]).toEqual([201, null]);
  });

  // SPEC: 403 lists fields that are unknown or that the creator may not read; the termination date is virtual.
  test('unknown, virtual and forbidden fields are 403', async () => {
    const bamboo = await company({ apiKeys: [{ key: 'secret', hideFields: ['department'] }] });
    const reply = await create(bamboo, {
      monitorFields: ['department', 'terminationDate', 'nope'],
      postFields: { department: 'D' },
    });
    expect(reply.status).toBe(403);
    expect(reply.json<{ errors: Fields[] }>().errors[0]).toMatchObject({
      unknownFields: [
        { id: null, name: 'terminationDate' },
        { id: null, name: 'nope' },
      ],
      monitorFields: [{ id: 4, name: 'Department' }],
      postFields: [{ id: 4, name: 'Department' }],
    });
    const open = await company({ terminationDateMonitorable: true });
    expect((await create(open, { monitorFields: ['terminationDate'] })).status).toBe(201);
  });

  // SPEC: owner only, 403 for another's, 404 for none; PUT replaces all and keeps the key.
  test('belongs to its owner; PUT reverts what it leaves out and keeps the key', async () => {
    const bamboo = await company({ apiKeys: [{ key: 'secret' }, { key: 'other' }] });
    const { id, privateKey } = (await create(bamboo, { includeCompanyDomain: true })).json<{
      id: string;
      privateKey: string;
    }>();
    for (const method of ['GET', 'DELETE'])
      expect((await bamboo.ask(`/api/v1/webhooks/${id}`, { method, key: 'other' })).json()).toEqual({
        errors: { error: `You do not have access to webhook ID: ${id}` },
      });
    expect(await bamboo.ask('/api/v1/webhooks', { key: 'other' }).then((reply) => reply.json())).toEqual({
      webhooks: [],
    });
    expect((await bamboo.ask('/api/v1/webhooks/7')).json()).toEqual({
      errors: { error: 'No webhook was found with ID: 7.' },
    });
    const replaced = await bamboo.ask(`/api/v1/webhooks/${id}`, {
      method: 'PUT',
      body: {
        name: 'New',
        url: `${receiver}/hook`,
        format: 'json',
        events: EVENTS,
        monitorFields: ['department'],
      },
    });
    expect(replaced.json()).toMatchObject({ id, name: 'New', includeCompanyDomain: false });
    expect(replaced.json()).not.toHaveProperty('privateKey');
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    const [delivery] = await received(1);
    const sentAt = String(delivery?.headers['x-bamboohr-timestamp']);
    expect(delivery?.headers['x-bamboohr-signature']).toBe(
      createHmac('sha256', privateKey).update(`${delivery?.body}${sentAt}`).digest('hex'),
    );
    expect(delivery?.headers['company-domain']).toBeUndefined();
  });

  // REC delete_v1_webhooks.json: 200 and a sentence of text/html, where the document says text/plain.
  test('DELETE', async () => {
    const bamboo = await company();
    const { id } = (await create(bamboo)).json<{ id: string }>();
    const reply = await bamboo.ask(`/api/v1/webhooks/${id}`, { method: 'DELETE' });
    expect([reply.status, reply.headers.get('content-type'), reply.text]).toEqual([
      200,
      'text/html; charset=UTF-8',
      'Web hook has been deleted.',
    ]);
    expect((await bamboo.ask(`/api/v1/webhooks/${id}`)).status).toBe(404);
  });

  test('monitor_fields and post-fields', async () => {
    const bamboo = await company();
    const { fields } = await bamboo.get<{ fields: Fields[] }>('/api/v1/webhooks/monitor_fields');
    expect(fields).toContainEqual({ id: '16', name: 'Employment Status', alias: 'employmentHistoryStatus' });
    expect(fields.some(({ alias }) => alias === 'terminationDate')).toBe(false);
    expect(fields.some(({ alias }) => alias === 'customBadge')).toBe(true);
    const post = await bamboo.get<{ fields: Fields[]; pages: unknown; tables: unknown }>(
      '/api/v1/webhooks/post-fields',
    );
    expect(post.fields.find(({ alias }) => alias === 'terminationDate')).toMatchObject({
      id: -38,
      pageId: -1,
    });
  });
});

describe('deliveries', () => {
  // VEC webhook_hmac_vector.json (real, 2022): body then timestamp, no separator, the key as ASCII text.
  test('the signature of the real vector', () => {
    const body =
      '{"employees":[{"changedFields":["First name"],"fields":{"Employee #":{"value":"300"},"First name":{"value":"Tefi"},"Last name":{"value":"Adams"}},"id":"5"}]}';
    expect(signPayload(body, '1658248023', '123b929362d51613054f71e5e5d4bf2c')).toBe(
      '56491dd9c2b352bc5f4fc627159aae20ddff9c8cb19f239a6de6771dc5310bac',
    );
  });

  // SPEC + DOC event-based: ids and names of changed fields only; VEC: Company-Domain; REC: unix seconds.
  test('an update: type, instant, ids, names; no values', async () => {
    const bamboo = await company();
    await create(bamboo, { includeCompanyDomain: true });
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales', workPhone: '5', jobTitle: 'X' } });
    const [delivery] = await received(1);
    expect(delivery?.headers).toMatchObject({
      'content-type': 'application/json',
      'company-domain': 'acme',
      'x-bamboohr-timestamp': String(Date.parse('2026-11-23T12:00:00Z') / 1000),
    });
    expect(parsed(delivery)).toEqual({
      type: 'employee.updated',
      timestamp: '2026-11-23T12:00:00Z',
      data: { companyId: '12345', employeeId: '1', changedFields: ['department'] },
    });
    expect(await bamboo.get('/api/v1/webhooks')).toMatchObject({
      webhooks: [{ lastSent: '2026-11-23 12:00:00' }],
    });
  });

  // SPEC: create-then-initialize fires created and then updated.
  test('a creation fires twice, a deletion once', async () => {
    const bamboo = await company({ webhookTimestampOffset: true });
    await create(bamboo);
    const { id } = (await bamboo.ask('/api/v1/employees', { body: { firstName: 'N', lastName: 'H' } })).json<{
      id: string;
    }>();
    await received(2);
    await bamboo.ask(`/api/v1/employees/${id}`, { method: 'DELETE' });
    const all = (await received(3)).map(parsed);
    expect(all.map(({ type }) => type)).toEqual(['employee.created', 'employee.updated', 'employee.deleted']);
    // DOC writes +0000 where SPEC writes Z: a switch.
    expect(all[0]).toEqual({
      type: 'employee.created',
      timestamp: '2026-11-23T12:00:00+0000',
      data: { companyId: '12345', employeeId: id },
    });
    expect(all[1]).toMatchObject({ data: { changedFields: ['firstName', 'status'] } });
  });

  // SPEC: custom and standard fields are grouped separately and may fire as two events.
  test('standard and custom fields come apart', async () => {
    const bamboo = await company();
    await create(bamboo);
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales', customBadge: 'B' } });
    const all = (await received(2)).map(parsed);
    expect(all.map(({ data }) => (data as Fields)['changedFields'])).toEqual([
      ['department'],
      ['customBadge'],
    ]);
  });

  // SPEC: history fields fire when they take effect, not when a future row is entered; and nobody writes at that time.
  test('a dated end fires at 23:59 of its day and not before', async () => {
    const bamboo = await company({ timezone: 'America/Denver' });
    await create(bamboo);
    await bamboo.ask('/api/v1_1/employees/1/tables/employmentStatus', {
      body: { date: '2026-11-30', employmentStatus: 'Terminated' },
    });
    await bamboo.control('PUT', 'clock', { now: '2026-12-01T06:58:00Z' });
    await received(0);
    await bamboo.control('PUT', 'clock', { now: '2026-12-01T09:00:00Z' });
    const [delivery] = await received(1);
    expect(parsed(delivery)).toEqual({
      type: 'employee.updated',
      timestamp: '2026-12-01T06:59:00Z',
      data: { companyId: '12345', employeeId: '1', changedFields: ['status', 'employmentHistoryStatus'] },
    });
  });

  test('a change put in by the state fires too', async () => {
    const bamboo = await company();
    await create(bamboo);
    const state = (await bamboo.control('GET', 'state')).json<{ employees: Fields[] }>();
    const [first] = state.employees;
    await bamboo.control('PUT', 'state', {
      ...state,
      employees: [{ ...first, status: 'Inactive', employmentHistoryStatus: 'Terminated' }],
    });
    const all = (await received(2)).map(parsed);
    expect(all.map(({ type, data }) => [type, (data as Fields)['employeeId']])).toEqual([
      ['employee.updated', '1'],
      ['employee.deleted', '2'],
    ]);
  });

  // VEC + DOC field-based: values wrapped in {value}, labels or the external names, several employees in one.
  test('field-based: posted values, batched', async () => {
    const bamboo = await company();
    await create(bamboo, {
      events: undefined,
      postFields: { employeeNumber: 'Employee #', department: 'Dept', hireDate: '' },
    });
    const state = (await bamboo.control('GET', 'state')).json<{ employees: Fields[] }>();
    await bamboo.control('PUT', 'state', {
      ...state,
      employees: state.employees.map((facts) => ({ ...facts, department: 'Sales' })),
    });
    const [delivery] = await received(1);
    const posted = (id: string): Fields => ({
      id,
      action: 'Updated',
      timestamp: '2026-11-23T12:00:00Z',
      changedFields: ['Department'],
      fields: {
        'Employee #': { value: `N${id}` },
        Dept: { value: 'Sales' },
        'Hire Date': { value: '2024-01-02' },
      },
    });
    expect(parsed(delivery)).toEqual({ employees: [posted('1'), posted('2')] });
  });

  // Reference §4: type=employee.updated&data[companyId]=…&data[changedFields][0]=firstName.
  test('form-encoded', async () => {
    const bamboo = await company();
    await create(bamboo, { format: 'form-encoded' });
    await bamboo.ask('/api/v1/employees/1', { body: { firstName: 'Ö' } });
    const [delivery] = await received(1);
    expect(delivery?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect([...new URLSearchParams(delivery?.body)]).toEqual([
      ['type', 'employee.updated'],
      ['timestamp', '2026-11-23T12:00:00Z'],
      ['data[companyId]', '12345'],
      ['data[employeeId]', '1'],
      ['data[changedFields][0]', 'firstName'],
    ]);
  });

  // SPEC + DOC permissioned webhooks: no update of what the owner may not read; created and deleted regardless; dead with its owner.
  test('what the owner lost sight of is not sent; a disabled owner gets nothing', async () => {
    const keys = [{ key: 'secret' }, { key: 'second' }];
    const bamboo = await company({ apiKeys: keys });
    await create(bamboo);
    await create(bamboo, { url: `${receiver}/second` }, 'second');
    const state = (await bamboo.control('GET', 'state')).json<Fields>();
    await bamboo.control('PUT', 'state', {
      ...state,
      apiKeys: [
        { key: 'secret', hideFields: ['department'] },
        { key: 'second', disabled: true },
      ],
    });
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    await received(0);
    await bamboo.ask('/api/v1/employees/2', { method: 'DELETE' });
    expect((await received(1)).map(({ path }) => path)).toEqual(['/hook']);
  });
});

describe('retries and the log', () => {
  async function log(bamboo: Bamboo): Promise<Fields[]> {
    return bamboo.get<Fields[]>('/api/v1/webhooks/21/log');
  }

  // SPEC responses: 5xx up to five more times, after 5, 10, 20, 40 and 80 minutes; the same bytes and signature.
  test('a failing receiver is tried at 0, 5, 15, 35, 75 and 155 minutes and no more', async () => {
    const bamboo = await company();
    await create(bamboo);
    answers = [500, 502, 503, 500, 500, 500, 500];
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    let count = 1;
    await received(count);
    for (const minutes of [5, 15, 35, 75, 155]) {
      await bamboo.control('PUT', 'clock', {
        now: new Date(Date.parse('2026-11-23T12:00:00Z') + minutes * 60_000 - 1000).toISOString(),
      });
      await received(count);
      await bamboo.control('PUT', 'clock', {
        now: new Date(Date.parse('2026-11-23T12:00:00Z') + minutes * 60_000).toISOString(),
      });
      count += 1;
      await received(count);
    }
    await bamboo.control('PUT', 'clock', { now: '2026-11-24T12:00:00Z' });
    const all = await received(6);
    expect(
      new Set(all.map(({ body, headers }) => `${body} ${String(headers['x-bamboohr-signature'])}`)).size,
    ).toBe(1);
    expect(await log(bamboo)).toEqual([
      {
        webhookId: '21',
        url: `${receiver}/hook`,
        lastAttempted: '2026-11-23 14:35:00',
        lastSuccess: 'Webhook Not Found',
        statusCode: '500',
        format: 'json',
        employeeIds: ['1'],
      },
    ]);
  });

  test('one jump of the clock runs all retries that fell due, until one succeeds', async () => {
    const bamboo = await company({ resignRetries: true });
    await create(bamboo);
    answers = [500, 500, 500, 204];
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    await received(1);
    await bamboo.control('PUT', 'clock', { now: '2026-11-23T18:00:00Z' });
    const all = await received(4);
    const start = Date.parse('2026-11-23T12:00:00Z') / 1000;
    expect(all.map(({ headers }) => Number(headers['x-bamboohr-timestamp']) - start)).toEqual([
      0, 300, 900, 2100,
    ]);
    expect(await log(bamboo)).toMatchObject([{ statusCode: '204', lastSuccess: '2026-11-23 12:35:00' }]);
  });

  // SPEC: a 4xx is a refusal and final.
  test('a 4xx is not tried again', async () => {
    const bamboo = await company();
    await create(bamboo);
    answers = [401];
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    await received(1);
    await bamboo.control('PUT', 'clock', { now: '2026-11-24T12:00:00Z' });
    await received(1);
    expect(await log(bamboo)).toMatchObject([{ statusCode: '401' }]);
  });

  test('nobody listening counts as failing, and the real-time scale retries without the clock', async () => {
    const bamboo = await company({ webhookRetryScale: 0.0001 });
    await create(bamboo);
    answers = [500, 200];
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    await received(2);
    const dead = await company();
    await create(dead, { url: 'http://127.0.0.1:9/' });
    await dead.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    for (let waited = 0; (await log(dead))[0]?.['statusCode'] === undefined && waited < 1000; waited += 10)
      await pause(10);
    expect(await log(dead)).toMatchObject([{ statusCode: '0', lastSuccess: 'Webhook Not Found' }]);
  });

  test('a receiver elsewhere than on loopback is never called and counts as down', async () => {
    const bamboo = await company();
    await create(bamboo, { url: `${receiver.replace('127.0.0.1', '127.0.0.1.example.com')}/hook` });
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    await received(0);
    expect(await log(bamboo)).toMatchObject([{ statusCode: '0' }]);
  });

  // SPEC: over its limit the log answers 200 with the error inside; 14 days, owner only.
  test('200 with a 429 inside; forgets after 14 days', async () => {
    const bamboo = await company({ webhookLogLimit: 2 });
    await create(bamboo);
    await bamboo.ask('/api/v1/employees/1', { body: { department: 'Sales' } });
    await received(1);
    expect(await log(bamboo)).toHaveLength(1);
    await bamboo.control('PUT', 'clock', { now: '2026-12-08T12:00:01Z' });
    expect(await log(bamboo)).toEqual([]);
    expect(await log(bamboo)).toEqual({
      error: { code: 429, message: 'Over rate limit, please try again in 60 seconds' },
    });
  });
});
