/** What an exit waits for: neither for a mass edit in HR, nor for anything but the account itself. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY } from './company.ts';
import { type Line, startLine } from './line-world.ts';
import { type PlanDocument, settle, succeeded } from './settle.ts';

const OTHERS = Array.from({ length: 30 }, (_, index) =>
  employee(String(201 + index), `Kim${'a'.repeat(index + 1)}`, 'Li'),
);
const LEFT = { status: 'Inactive', employmentHistoryStatus: 'Terminated' };
const BACK = { status: 'Active', employmentHistoryStatus: 'Full-Time', terminationDate: undefined };
let line: Line;

beforeAll(async () => {
  line = await startLine({
    bamboohr: { ...COMPANY, employees: [...EMPLOYEES, ...OTHERS] },
    jumpcloud: EMPTY_DIRECTORY,
  });
  await settle(line);
}, 60_000);
afterAll(() => line.close());

test('everybody is read in pages, and JumpCloud is asked about the leaver alone', async () => {
  for (const { id } of OTHERS) await line.hr(id, { jobTitle: 'Analyst' });
  await line.hr('105', { ...LEFT, terminationDate: '2026-11-22' });
  await line.forget();
  succeeded(await line.run('export', '--changed', '--only', '105'));
  const files = await Promise.all(
    OTHERS.map(({ id }) => line.read(`state/people/${id.slice(-2)}/${id}.yaml`)),
  );
  expect(files.every((text) => text.includes('jobTitle: Analyst'))).toBe(true);
  // Who changed, the list, the scheduled report; no two requests a person.
  expect((await line.requests('bamboohr')).length).toBeLessThanOrEqual(6);

  succeeded(await line.run('plan', '--lane', 'urgent'));
  const asked = await line.requests('jumpcloud');
  expect(asked.length).toBeLessThanOrEqual(8);
  succeeded(await line.run('apply', '--lane', 'urgent'));
  const { users } = await line.directory();
  expect(users['eve.okafor']?.['state']).toBe('SUSPENDED');
  expect(Object.values(users).filter(({ state }) => state === 'SUSPENDED')).toHaveLength(1);
});

test('a joiner who is let go on the eve is kept out first, and then suspended', async () => {
  await line.hire(employee('301', 'Jo', 'Eve', { hireDate: '2026-11-24' }));
  await settle(line);
  expect((await line.directory()).scheduled).toHaveLength(1);
  await line.hr('301', { ...LEFT, terminationDate: '2026-11-23' });
  succeeded(await line.run('export', '--only', '301'));
  succeeded(await line.run('plan', '--lane', 'urgent'));
  await line.forget();
  succeeded(await line.run('apply', '--lane', 'urgent'));
  const { users, scheduled } = await line.directory();
  expect({ state: users['jo.eve']?.['state'], scheduled }).toEqual({ state: 'SUSPENDED', scheduled: [] });
  const writes = (await line.requests('jumpcloud')).filter(({ method }) => method !== 'GET');
  expect(writes.slice(0, 2).map(({ method, path }) => `${method} ${path.split('/')[2] ?? ''}`)).toEqual([
    'DELETE v2',
    'PUT systemusers',
  ]);
}, 60_000);

test('an active employee costs no request, and by hand everybody who is named is looked at', async () => {
  await line.forget();
  succeeded(await line.run('export', '--only', '101'));
  expect(succeeded(await line.run('plan', '--lane', 'urgent', '--json')).json()).toMatchObject({ plans: [] });
  expect(await line.requests('jumpcloud')).toEqual([]);
  const manual = [
    '--lane',
    'urgent',
    '--only',
    '104',
    '--manual',
    'security-incident',
    '--requested-by',
    'ann',
  ];
  succeeded(await line.run('plan', ...manual));
  succeeded(await line.run('apply', ...manual, '--trigger', 'manual'));
  expect((await line.directory()).users['dee.nowak']?.['state']).toBe('SUSPENDED');
});

test('a mass over budget leaves nobody inside in silence: names, codes, an output for notify, one count of accounts', async () => {
  const many = OTHERS.slice(10, 16).map(({ id }) => id);
  for (const id of many) await line.hr(id, { ...LEFT, terminationDate: '2026-11-22' });
  succeeded(await line.run('export', '--only', many.join(',')));
  await line.forget();
  await line.write('outputs', '');
  line.environment['GITHUB_OUTPUT'] = join(line.root, 'outputs');
  const { out } = succeeded(await line.run('plan', '--lane', 'urgent'));
  delete line.environment['GITHUB_OUTPUT'];
  expect(out).toContain('6 leavers stay inside until the plan of the next sync is approved');
  for (const id of many) expect(out).toContain(`${id} (budget-suspend)`);
  const outputs = (await line.read('outputs')).split('\n');
  expect(outputs).toContain(`inside=${many.map((id) => `${id}:budget-suspend`).join('/')}`);
  // urgent.yml looks a last time unless the second look planned nothing.
  expect(outputs).toContain('actions=0');
  const counts = (await line.requests('jumpcloud')).filter(
    ({ path, query }) => path === '/api/systemusers' && query['limit'] === '1',
  );
  expect(counts).toHaveLength(1);
  for (const id of many) await line.hr(id, BACK);
});

test('an exit by hand that does not happen says so, and the others go', async () => {
  const by = ['--lane', 'urgent', '--manual', 'security-incident', '--requested-by', 'ann', '--only'];
  const refused = await line.run('plan', ...by, '9999');
  expect({ exit: refused.exit, code: /9999 \(no-linked-account\)/.test(refused.err) }).toEqual({
    exit: 3,
    code: true,
  });
  const some = await line.run('plan', ...by, '106,9999');
  expect({ exit: some.exit, says: some.err.includes('1 of 2 named people stay inside') }).toEqual({
    exit: 3,
    says: true,
  });
  succeeded(await line.run('apply', ...by, '106', '--trigger', 'manual'));
  expect((await line.directory()).users['fay.quist']?.['state']).toBe('SUSPENDED');
  expect((await line.run('plan', ...by, '106')).exit).toBe(0);
  const many = OTHERS.slice(0, 8).map(({ id }) => id);
  const over = await line.run('plan', ...by, many.join(','));
  expect(over.exit).toBe(3);
  expect(over.err).toContain(`${many.length} of ${many.length} named people stay inside`);
  expect(over.err).toContain('budget-suspend');
});

describe('an exit whose groups and devices JumpCloud does not tell', () => {
  const leaver = OTHERS[20]!;
  const username = `${String(leaver['firstName'])}.li`.toLowerCase();
  const board = async (): Promise<string[]> => (await line.directory()).groups['Board'] ?? [];

  beforeAll(async () => {
    // Somebody gave it by hand: no receipt of ours knows of it.
    const state = await line.control<{ userGroups: object[] }>('jumpcloud', 'GET', '/state');
    const userGroups = [...state.userGroups, { name: 'Board', members: [username] }];
    await line.control('jumpcloud', 'PUT', '/state', { ...state, userGroups });
    await line.hr(leaver.id, {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-22',
    });
  });

  test('is carried out, says what was not seen, and asks for nothing but the account before', async () => {
    // BambooHR's list of changes is out of order as well: whoever was named goes all the same.
    await line.faults('bamboohr', [{ path: '/api/v1/employees/changed', status: 502, times: 50 }]);
    const exported = succeeded(await line.run('export', '--changed', '--only', leaver.id));
    expect(exported.out).toContain('[changes-unread]');
    await line.faults('jumpcloud', [{ path: '/api/v2/users', status: 403, times: 50 }]);
    const { findings } = succeeded(await line.run('plan', '--lane', 'urgent', '--json')).json<PlanDocument>();
    expect(findings).toContainEqual(expect.objectContaining({ code: 'holdings-unread', person: leaver.id }));
    await line.forget();
    succeeded(await line.run('apply', '--lane', 'urgent'));
    const asked = (await line.requests('jumpcloud')).map(({ method, path }) => `${method} ${path}`);
    const suspended = asked.findIndex((each) => each.startsWith('PUT'));
    expect(suspended).toBeGreaterThan(0);
    expect(asked.findIndex((each) => each.endsWith('/memberof'))).toBeGreaterThan(suspended);
    expect((await line.directory()).users[username]?.['state']).toBe('SUSPENDED');
    expect(await board()).toEqual([username]);
    await line.faults('bamboohr', []);
    await line.faults('jumpcloud', []);
  });

  test('is finished by the next plan that sees', async () => {
    succeeded(await line.run('export'));
    succeeded(await line.run('plan'));
    succeeded(await line.run('apply', '--lane', 'auto'));
    expect(await board()).toEqual([]);
  });
});
