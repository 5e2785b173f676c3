/** People who are away already, with the real doors: ended by hand, and brought back by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY } from './company.ts';
import { type Line, startLine } from './line-world.ts';
import { deedsOf, look, settle, succeeded } from './settle.ts';

const AWAY = { employmentHistoryStatus: 'Furloughed' };
const LEFT = { status: 'Inactive', employmentHistoryStatus: 'Terminated', terminationDate: '2026-11-22' };
const BACK = { status: 'Active', employmentHistoryStatus: 'Full-Time', terminationDate: undefined };
const BY_HAND = ['--lane', 'urgent', '--manual', 'security-incident', '--requested-by', 'ann', '--only'];
let line: Line;

beforeAll(async () => {
  line = await startLine({
    bamboohr: {
      ...COMPANY,
      employees: [...EMPLOYEES, employee('301', 'Jo', 'Eve', { hireDate: '2026-11-25' })],
    },
    jumpcloud: EMPTY_DIRECTORY,
  });
  await settle(line);
}, 60_000);
afterAll(() => line.close());

const stateOf = async (username: string): Promise<unknown> =>
  (await line.directory()).users[username]?.['state'];
async function endByHand(...ids: string[]): Promise<void> {
  succeeded(await line.run('plan', ...BY_HAND, ids.join(',')));
  succeeded(await line.run('apply', ...BY_HAND, ids.join(','), '--trigger', 'manual'));
}

test('a manual exit of somebody on leave writes nothing, stands on record, and HR alone brings nobody back', async () => {
  await line.hr('104', AWAY);
  await settle(line);
  expect(await stateOf('dee.nowak')).toBe('SUSPENDED');
  await line.forget();
  await endByHand('104');
  expect((await line.requests('jumpcloud')).filter(({ method }) => method === 'PUT')).toEqual([]);
  await line.hr('104', BACK);
  const { held, plans } = await look(line);
  expect(held).toMatchObject([{ person: '104', code: 'manual-exit' }]);
  expect(plans).toEqual([]);
});

test('of a joiner before the first day: no start is left armed', async () => {
  expect((await line.directory()).scheduled).toHaveLength(1);
  await endByHand('301');
  const { users, scheduled } = await line.directory();
  expect([users['jo.eve']?.['state'], scheduled]).toEqual(['SUSPENDED', []]);
  expect((await look(line)).plans).toEqual([]);
});

test('of somebody who has left already: nothing to do, and nothing of it on record', async () => {
  await line.hr('105', LEFT);
  await settle(line);
  succeeded(await line.run('plan', ...BY_HAND, '105'));
  expect((await look(line)).held.map(({ person }) => person)).toEqual(['104', '301']);
});

test('whom IT brought back from leave is on record as back, and waits for review when others suspend them', async () => {
  await line.hr('103', AWAY);
  await settle(line);
  const put = async (to: string): Promise<void> => {
    const now = await line.control<{ users: Record<string, unknown>[] }>('jumpcloud', 'GET', '/state');
    const users = now.users.map((user) => (user['username'] === 'cas.meyer' ? { ...user, state: to } : user));
    await line.control('jumpcloud', 'PUT', '/state', { ...now, users });
  };
  await put('ACTIVATED');
  await line.hr('103', BACK);
  await look(line);
  succeeded(await line.run('apply', '--lane', 'auto'));
  expect((await look(line)).plans).toEqual([]);
  await put('SUSPENDED');
  const planned = await look(line);
  const digests = planned.plans.map(({ digest }) => digest);
  expect(deedsOf((await line.plans()).filter(({ digest }) => digests.includes(digest)))).toEqual([
    'review: reinstate 103',
  ]);
});
