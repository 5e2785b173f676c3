/** HR edits everybody at the hour at which somebody must go: the exit does not wait behind them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY } from './company.ts';
import { type Line, startLine } from './line-world.ts';
import { settle, succeeded } from './settle.ts';

const OTHERS = Array.from({ length: 30 }, (_, index) =>
  employee(String(201 + index), `Kim${'a'.repeat(index + 1)}`, 'Li'),
);
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
  await line.hr('105', {
    status: 'Inactive',
    employmentHistoryStatus: 'Terminated',
    terminationDate: '2026-11-22',
  });
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
