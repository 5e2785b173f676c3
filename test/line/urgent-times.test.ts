/** The instants on an urgent receipt, by a run and by a job that JumpCloud had carried out before. */
import { afterAll, expect, test } from 'vitest';
import { COMPANY, EMPTY_DIRECTORY } from './company.ts';
import { type Line, startLine } from './line-world.ts';
import { settle, succeeded } from './settle.ts';

const lines: Line[] = [];
afterAll(async () => {
  for (const line of lines) await line.close();
});

async function startSettled(): Promise<Line> {
  const line = await startLine({ bamboohr: COMPANY, jumpcloud: EMPTY_DIRECTORY });
  lines.push(line);
  await settle(line);
  return line;
}

async function endUrgently(line: Line, ids: string, receivedAt: string): Promise<Record<string, string>> {
  const known = new Set((await line.receipts()).map(({ digest }) => digest));
  succeeded(await line.run('export', '--only', ids));
  succeeded(await line.run('plan', '--lane', 'urgent'));
  succeeded(
    await line.run('apply', '--lane', 'urgent', '--trigger', 'bamboohr-webhook', '--received-at', receivedAt),
  );
  return (await line.receipts()).find(({ digest }) => !known.has(digest))?.times ?? {};
}

const leaver = (terminationDate: string): Record<string, string> => ({
  status: 'Inactive',
  employmentHistoryStatus: 'Terminated',
  terminationDate,
});

test('a run suspends: the end of the last day in Denver, the delivery, the write', async () => {
  const line = await startSettled();
  await line.hr('105', leaver('2026-11-22'));
  const times = await endUrgently(line, '105', '2026-11-23T18:00:00Z');
  const receipt = (await line.receipts()).find(({ trigger }) => trigger === 'bamboohr-webhook');
  const [suspend] = receipt?.results ?? [];
  expect(times).toEqual({
    hrEffective: '2026-11-23T06:59:00.000Z',
    received: '2026-11-23T18:00:00.000Z',
    suspended: suspend?.at,
  });
});

test('an armed job had suspended before: then its hour counts, not that of the run that strips the rest', async () => {
  const line = await startSettled();
  await line.hr('105', { terminationDate: '2026-11-23' });
  await settle(line);
  const [job] = (await line.directory()).scheduled;
  expect(job).toMatch(/^eve\.okafor SUSPENDED 2026-11-24T06:59/);
  await line.goTo('2026-11-24T15:00:00Z');
  await line.hr('105', leaver('2026-11-23'));
  const times = await endUrgently(line, '105', '2026-11-24T15:00:30Z');
  expect(times).toEqual({
    hrEffective: '2026-11-24T06:59:00.000Z',
    received: '2026-11-24T15:00:30.000Z',
    suspended: '2026-11-24T06:59:00.000Z',
  });
});

test('two at once: the later of them', async () => {
  const line = await startSettled();
  for (const id of ['105', '106']) await line.hr(id, leaver('2026-11-22'));
  const times = await endUrgently(line, '105,106', '2026-11-23T18:00:00Z');
  const plan = (await line.plans()).find(({ lane }) => lane === 'urgent');
  const receipt = (await line.receipts()).find(({ trigger }) => trigger === 'bamboohr-webhook');
  const ends = plan?.actions
    .filter(({ kind }) => kind === 'suspend')
    .map(({ id }) => receipt?.results.find(({ action }) => action === id)?.at);
  expect(ends).toHaveLength(2);
  expect(times).toEqual({ received: '2026-11-23T18:00:00.000Z', suspended: ends?.sort().at(-1) });
});

test('nobody is called out while one of them is not', async () => {
  const line = await startSettled();
  for (const id of ['105', '106']) await line.hr(id, leaver('2026-11-22'));
  await line.faults('jumpcloud', [{ method: 'PUT', path: '/api/systemusers/', status: 400, times: 1 }]);
  succeeded(await line.run('export', '--only', '105,106'));
  succeeded(await line.run('plan', '--lane', 'urgent'));
  expect((await line.run('apply', '--lane', 'urgent')).exit).toBe(1);
  const receipt = (await line.receipts()).find(({ outcome }) => outcome === 'partial');
  expect(receipt).toBeDefined();
  expect(receipt?.times).toBeUndefined();
});
