/** An exit overtakes a run that gives: everything that was given is taken back, and the receipt says so. */
import { expect, test } from 'vitest';
import type { Action } from '../../scripts/core/plan/action.ts';
import type { ActionResult } from '../../scripts/core/record/receipt.ts';
import { takeBackOvertaken } from '../../scripts/flow/take-back.ts';
import type { NewerReceipt } from '../../scripts/flow/receipt-watch.ts';
import type { DirectoryReader, DirectoryWriter } from '../../scripts/ports.ts';
import { anAction } from '../world.ts';

function action(kind: Action['kind'], person: string, target: string | null = null): Action {
  return anAction(kind, { person, account: `account ${person}`, target });
}

const given = [
  action('reinstate', '1'),
  action('join-group', '1', 'sales'),
  action('bind', '1', 'system:s1'),
  action('schedule', '1', 'ACTIVATED'),
  action('join-group', '2', 'sales'),
];
const taken = [
  action('leave-group', '1', 'staff'),
  action('schedule', '1', 'SUSPENDED'),
  action('update', '1', 'jobTitle'),
];
const failed = action('join-group', '1', 'finance');

async function play({
  newer,
  state = 'ACTIVATED',
  refuses = '',
}: {
  newer: (person: string) => Promise<NewerReceipt | undefined>;
  state?: string;
  refuses?: string;
}) {
  const writes: string[] = [];
  const results = new Map<string, ActionResult>(
    [...given, ...taken, failed].map(({ id, kind, target }) => [
      id,
      {
        action: id,
        outcome: id === failed.id ? ('failed' as const) : ('done' as const),
        at: 'before',
        attempts: 1,
        ...(kind === 'schedule' ? { job: `job ${target ?? ''}` } : {}),
      },
    ]),
  );
  const write =
    (name: string) =>
    (...parts: unknown[]) => {
      writes.push(`${name} ${JSON.stringify(parts)}`);
      return name === refuses ? Promise.reject(new Error('refused')) : Promise.resolve('done');
    };
  await takeBackOvertaken(
    [...given, ...taken, failed],
    results,
    new Map([
      ['1', 'account 1'],
      ['2', 'account 2'],
    ]),
    {
      hands: {
        reader: { readAccount: () => Promise.resolve({ state }) } as unknown as DirectoryReader,
        writer: {
          changeAccount: write('change'),
          changeMembership: write('member'),
          changeBinding: write('binding'),
          cancelArmed: write('cancel'),
        } as unknown as DirectoryWriter,
        pause: () => Promise.resolve(),
      },
      newerReceipt: newer,
      now: () => 'after',
      concurrency: 2,
    },
  );
  const marked = [...results.values()].filter(({ at }) => at === 'after');
  return { writes, marked };
}

const exitOf =
  (person: string, suspended = true) =>
  (asked: string) =>
    Promise.resolve(asked === person ? { name: 'urgent.json', suspended } : undefined);

test('suspended first, then every grant of this run, and nothing of anybody else', async () => {
  const { writes, marked } = await play({ newer: exitOf('1') });
  expect(writes).toEqual([
    'change ["account 1",{"state":"SUSPENDED"}]',
    'member ["remove","sales","account 1"]',
    'binding ["remove","account 1",{"type":"system","id":"s1"}]',
    'cancel ["job ACTIVATED"]',
  ]);
  expect(marked.map(({ action: id }) => id)).toEqual(given.slice(0, 4).map(({ id }) => id));
  for (const { outcome, reason } of marked) {
    expect(outcome).toBe('failed');
    expect(reason).toMatch(/taken back at once.*urgent\.json/);
  }
});

test('who is suspended already is not suspended again, and loses the rest all the same', async () => {
  const { writes } = await play({ newer: exitOf('1'), state: 'SUSPENDED' });
  expect(writes).toHaveLength(3);
  expect(writes[0]).toMatch(/^member/);
});

test('another run that suspended nobody is no reason to take anything', async () => {
  expect(await play({ newer: exitOf('1', false) })).toEqual({ writes: [], marked: [] });
});

test.each([
  ['could not be asked', { newer: () => Promise.reject(new Error('no network')) }, 5],
  ['could not be undone', { newer: exitOf('1'), refuses: 'member' }, 4],
])('what %s stands on the receipt as a failure', async (_name, parts, count) => {
  const { marked } = await play(parts);
  expect(marked).toHaveLength(count);
  for (const { outcome, reason } of marked) {
    expect(outcome).toBe('failed');
    expect(reason).toMatch(/look at the account/);
  }
});
