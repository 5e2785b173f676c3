/** The clients against the emulators over loopback, where more than one request has to add up. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { connectBambooHr } from '../../scripts/adapters/bamboohr/connect.ts';
import { confirmMembership } from '../../scripts/adapters/jumpcloud/read/confirm.ts';
import { connectDirectoryReader } from '../../scripts/adapters/jumpcloud/read/connect.ts';
import { connectDirectoryWriter } from '../../scripts/adapters/jumpcloud/write/connect.ts';
import { HR_FIELDS } from '../../scripts/core/people/hr-fields.ts';
import { failureOf } from './play-network.ts';
import { ID, startVendors, type Vendors } from './vendors.ts';

const ALL = HR_FIELDS.map(({ name }) => name);
const open: Vendors[] = [];
afterEach(async () => {
  for (const vendors of open.splice(0)) await vendors.close();
});
async function start(seed: Parameters<typeof startVendors>[0] = {}): Promise<Vendors> {
  const vendors = await startVendors(seed);
  open.push(vendors);
  return vendors;
}

const people = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index + 1),
    firstName: `First${index}`,
    lastName: `Last${index}`,
    status: 'Active',
    employmentHistoryStatus: 'Full-Time',
    hireDate: '2020-01-01',
  }));

describe('BambooHR', () => {
  test('5,100 people: three pages of the list and one report, through either address', async () => {
    const vendors = await start({ bamboohr: { employees: people(5_100), tables: {} } });
    const { hr } = vendors.connect();
    const read = await hr.readCompany(ALL, {});
    expect(read.total).toBe(5_100);
    expect(read.rows.map(({ id }) => id)).toEqual(
      Array.from({ length: 5_100 }, (_, index) => String(index + 1)),
    );
    expect(vendors.sent.length).toBe(4);
    const gateway = connectBambooHr({
      BAMBOOHR_COMPANY: 'acme',
      BAMBOOHR_API_KEY: 'any',
      BAMBOOHR_BASE_URL: `${vendors.bamboohr.url}/api/gateway.php/acme`,
    });
    expect((await gateway.readCompany(ALL, {})).total).toBe(5_100);
  }, 30_000);

  test('the current read keeps its status, the scheduled one knows the last day to come', async () => {
    const { hr } = (await start()).connect();
    const read = await hr.readCompany(ALL, {});
    const bo = read.rows.find(({ id }) => id === '102');
    expect(bo?.values).toMatchObject({ status: 'Active', employmentStatus: 'Full-Time', managerId: '101' });
    expect(bo?.values).not.toHaveProperty('terminationDate');
    expect(read.scheduled.get('102')?.['terminationDate']).toBe('2027-01-31');
    const some = await hr.readPeople(['102', '999'], ALL, {});
    expect(some.rows).toEqual([bo]);
    expect(some.scheduled.get('102')?.['terminationDate']).toBe('2027-01-31');
  });

  test('a key that sees less: hidden columns, hidden fields of one person, hidden people', async () => {
    const apiKeys = [
      { key: 'any', hideFields: ['department', 'customBadge'], hideFieldsOf: { 101: ['hireDate'] } },
      { key: 'blind', hideFields: ['terminationDate'], deny: ['tables'] },
    ];
    const vendors = await start({ bamboohr: { apiKeys } });
    const read = await vendors.connect().hr.readCompany([...ALL, 'badge'], { badge: 'customBadge' });
    expect(read.hiddenColumns).toEqual(['department', 'badge']);
    const hidden = Object.fromEntries(read.rows.map((row) => [row.id, row.hidden]));
    expect(hidden['101']).toEqual(['department', 'hireDate', 'badge']);
    expect(hidden['102']).toEqual(['department', 'badge']);

    const blind = connectBambooHr({
      BAMBOOHR_COMPANY: 'acme',
      BAMBOOHR_API_KEY: 'blind',
      BAMBOOHR_BASE_URL: vendors.bamboohr.url,
    });
    expect((await blind.readCompany(ALL, {})).hiddenColumns).toEqual(['terminationDate']);
    const wrong = connectBambooHr({
      BAMBOOHR_COMPANY: 'acme',
      BAMBOOHR_API_KEY: 'wrong',
      BAMBOOHR_BASE_URL: vendors.bamboohr.url,
    });
    expect(await failureOf(wrong.readCompany(ALL, {}))).toMatchObject({ exit: 2, code: 'bamboohr-key' });
    const elsewhere = connectBambooHr({
      BAMBOOHR_COMPANY: 'other',
      BAMBOOHR_API_KEY: 'any',
      BAMBOOHR_BASE_URL: `${vendors.bamboohr.url}/api/gateway.php`,
    });
    expect(await failureOf(elsewhere.readCompany(ALL, {}))).toMatchObject({ exit: 2 });
  });

  test('torn pages of every kind are read again, and refused when it does not end', async () => {
    const vendors = await start();
    const { hr } = vendors.connect();
    const torn = (times: number) => [{ path: '/api/v1/employees', tornPage: true, times }];
    await vendors.control('bamboohr', 'PUT', '/faults', torn(2));
    expect((await hr.readCompany(ALL, {})).total).toBe(3);
    await vendors.control('bamboohr', 'PUT', '/faults', torn(3));
    expect(await failureOf(hr.readCompany(ALL, {}))).toMatchObject({ exit: 3, code: 'incomplete-read' });
  });

  const recordings = resolve(
    import.meta.dirname,
    '../../../shared/reference/recordings/post_v1_reports_custom.json',
  );
  test.skipIf(!existsSync(recordings))('a recorded tenant of 114 (needs ../shared/reference)', async () => {
    const recorded = JSON.parse(readFileSync(recordings, 'utf8')) as {
      body: { employees: Record<string, unknown>[] };
    };
    const employees = recorded.body.employees.map((employee) => ({ status: 'Active', ...employee }));
    const { hr } = (await start({ bamboohr: { employees, tables: {} } })).connect();
    const read = await hr.readCompany(ALL, {});
    expect(read.total).toBe(employees.length);
    expect(read.hiddenColumns).toEqual([]);
    expect(JSON.stringify(read.rows)).not.toMatch(/0000-00-00|:""|null/);
  });
});

describe('JumpCloud', () => {
  test('1,050 accounts in eleven requests', async () => {
    const users = Array.from({ length: 1_050 }, (_, index) => ({
      username: `u${index}`,
      email: `u${index}@example.com`,
      state: 'ACTIVATED',
    }));
    const vendors = await start({ jumpcloud: { users, userGroups: [], associations: [], scheduled: [] } });
    const accounts = await vendors.connect().reader.readAccounts();
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(1_050);
    expect(vendors.sent.length).toBe(11);
  });

  test.each(['lost', 'doubled', 'shifted', 'count'])(
    'a page torn by "%s" is read again',
    async (tornPage) => {
      const users = Array.from({ length: 250 }, (_, index) => ({
        username: `u${index}`,
        email: `u${index}@example.com`,
        state: 'ACTIVATED',
      }));
      const vendors = await start({ jumpcloud: { users, userGroups: [], associations: [], scheduled: [] } });
      await vendors.control('jumpcloud', 'PUT', '/faults', [
        { path: '/api/systemusers', tornPage, times: 1 },
      ]);
      const accounts = await vendors.connect().reader.readAccounts();
      expect(new Set(accounts.map(({ id }) => id)).size).toBe(250);
      // Shifted for good is an account that was deleted: every page agrees.
      if (tornPage === 'shifted') return;
      await vendors.control('jumpcloud', 'PUT', '/faults', [
        { path: '/api/systemusers', tornPage, times: 50 },
      ]);
      expect(await failureOf(vendors.connect().reader.readAccounts())).toMatchObject({
        exit: 3,
        code: 'torn-read',
      });
    },
  );

  test('a group larger than a page, and its members', async () => {
    const users = Array.from({ length: 230 }, (_, index) => ({
      username: `u${index}`,
      email: `u${index}@example.com`,
      state: 'ACTIVATED',
    }));
    const members = users.slice(0, 220).map(({ username }) => username);
    const vendors = await start({
      jumpcloud: {
        users,
        userGroups: [{ name: 'Big', membershipMethod: 'STATIC', members }],
        associations: [],
        scheduled: [],
      },
    });
    const { reader } = vendors.connect();
    const [named] = await reader.readGroupNames();
    expect((await reader.readGroup(named?.id ?? ''))?.members.size).toBe(220);
  });

  test('membership, seen late: the confirming read waits for it', async () => {
    const vendors = await start({ jumpcloud: { switches: { graphLag: { reads: 2 } } } });
    const { reader, writer } = vendors.connect();
    const pauses: number[] = [];
    const sleep = (milliseconds: number) => Promise.resolve(pauses.push(milliseconds));
    expect(await writer.changeMembership('add', ID.sales, ID.ada)).toBe('done');
    expect(await confirmMembership(reader, sleep, ID.sales, ID.ada, true)).toBe(true);
    expect(pauses.length).toBeGreaterThan(0);
    expect(await writer.changeMembership('add', ID.sales, ID.ada)).toBe('already');
  });

  test('an add to a dynamic group is answered 204 and never seen', async () => {
    const dynamic = {
      id: 'd'.repeat(24),
      name: 'Everybody in Engineering',
      membershipMethod: 'DYNAMIC_AUTOMATED',
      memberQuery: {
        queryType: 'FilterQuery',
        filters: [{ field: 'department', operator: 'eq', value: 'Engineering' }],
      },
    };
    const { reader, writer } = (await start({ jumpcloud: { userGroups: [dynamic] } })).connect();
    expect((await reader.readGroup(dynamic.id))?.membershipMethod).toBe('DYNAMIC_AUTOMATED');
    expect(await writer.changeMembership('add', dynamic.id, ID.ada)).toBe('done');
    expect(await confirmMembership(reader, () => Promise.resolve(), dynamic.id, ID.ada, true)).toBe(false);
  });

  test('the member matrix: 404 for an unknown person, 400 for an unknown group', async () => {
    const { writer } = (await start()).connect();
    const nobody = 'f'.repeat(24);
    expect(await failureOf(writer.changeMembership('add', ID.staff, nobody))).toMatchObject({ exit: 1 });
    expect(await writer.changeMembership('remove', ID.staff, nobody)).toBe('already');
    const gone = await failureOf(writer.changeMembership('add', nobody, ID.ada));
    expect(gone.message).toContain('user_group not found');
  });

  test('what others keep in arrays survives our change, by the real answer of a real server', async () => {
    const { reader, writer } = (await start()).connect();
    await writer.changeAccount(ID.ada, {
      attributes: { 'phone.work': '1', 'custom.costCode': '7', jobTitle: 'Engineer' },
    });
    expect((await reader.readAccount(ID.ada))?.attributes).toMatchObject({
      'phone.home': '9',
      'phone.work': '1',
      'custom.costCode': '7',
      jobTitle: 'Engineer',
    });
    const cleared = await writer.changeAccount(ID.ada, {
      attributes: { 'phone.work': null, 'custom.costCode': null, jobTitle: null },
    });
    expect(cleared.attributes).toEqual({ 'phone.home': '9' });
  });

  test('a tenant that insists on the user name in updates', async () => {
    const { reader, writer } = (
      await start({ jumpcloud: { switches: { putNeedsUsername: true } } })
    ).connect();
    await writer.changeAccount(ID.ada, { attributes: { department: 'Sales' } });
    expect(await reader.readAccount(ID.ada)).toMatchObject({
      username: 'ada',
      attributes: { department: 'Sales' },
    });
  });

  test('managers set and cleared, a manager deleted with and without heir', async () => {
    const { reader, writer } = (await start()).connect();
    expect((await reader.readAccount(ID.bo))?.manager).toBe(ID.ada);
    await writer.changeAccount(ID.bo, { manager: null });
    expect((await reader.readAccount(ID.bo))?.manager).toBeNull();
    await writer.changeAccount(ID.bo, { manager: ID.ada });
    await writer.deleteAccount(ID.ada, null);
    expect((await reader.readAccount(ID.bo))?.manager).toBeNull();
    expect(await reader.readAccount(ID.ada)).toBeNull();
  });

  test('a service account: token, renewal, and a wrong secret', async () => {
    const vendors = await start({
      jumpcloud: {
        serviceAccounts: [{ clientId: 'svc', clientSecret: 's3cret', permission: 'read' }],
        switches: { tokenSeconds: 31 },
      },
    });
    const environment = { JUMPCLOUD_CLIENT_ID: 'svc', JUMPCLOUD_BASE_URL: vendors.jumpcloud.url };
    const right = { ...environment, JUMPCLOUD_CLIENT_SECRET: 's3cret' };
    expect(await connectDirectoryReader(right).readAccounts()).toHaveLength(2);
    const refused = await failureOf(connectDirectoryWriter(right).changeMembership('add', ID.sales, ID.ada));
    expect(refused).toMatchObject({ exit: 1, code: 'jumpcloud-permission' });
    const wrong = connectDirectoryReader({ ...environment, JUMPCLOUD_CLIENT_SECRET: 'canary' });
    const error = await failureOf(wrong.readAccounts());
    expect(error).toMatchObject({ exit: 2, code: 'jumpcloud-key' });
    expect(error.message).not.toContain('canary');
  });

  test('a wrong key, and none that arrives', async () => {
    const vendors = await start({ jumpcloud: { apiKeys: [{ key: 'right' }] } });
    const wrong = connectDirectoryReader({
      JUMPCLOUD_API_KEY: 'wrong',
      JUMPCLOUD_BASE_URL: vendors.jumpcloud.url,
    });
    expect(await failureOf(wrong.readAccounts())).toMatchObject({ exit: 2, code: 'jumpcloud-key' });
  });
});
