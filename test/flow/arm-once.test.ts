/** Two runs arm the same job at the same moment: one job stays, whoever looks first, and never none. */
import { expect, test } from 'vitest';
import type { ArmedState } from '../../scripts/core/directory/live.ts';
import { armOnce } from '../../scripts/flow/arm-once.ts';
import type { DirectoryReader, DirectoryWriter } from '../../scripts/ports.ts';

const WANTED = { state: 'ACTIVATED' as const, at: '2026-11-27T07:00:00Z', mail: true };

function play(there: ArmedState[], made: string, look: 'sees' | 'fails' = 'sees') {
  const armed = [...there];
  const hands = {
    reader: {
      readArmed: () => (look === 'fails' ? Promise.reject(new Error('cut')) : Promise.resolve([...armed])),
    } as unknown as DirectoryReader,
    writer: {
      armState: (account: string, state: ArmedState['state'], at: string) => {
        const job = { job: made, account, state, at };
        armed.push(job);
        return Promise.resolve(job);
      },
      cancelArmed: (job: string) => {
        armed.splice(
          armed.findIndex((each) => each.job === job),
          1,
        );
        return Promise.resolve('done');
      },
    } as unknown as DirectoryWriter,
  };
  return { armed, done: armOnce(hands, 'a', WANTED) };
}
const job = (id: string, more: Partial<ArmedState> = {}): ArmedState => ({
  job: id,
  account: 'a',
  state: WANTED.state,
  at: '2026-11-27T07:00:00.000Z',
  ...more,
});

test.each([
  ['alone', [], 'j2', ['j2']],
  ['an equal one with a smaller id stays instead', [job('j1')], 'j1', ['j1']],
  ['an equal one with a greater id is not ours to cancel', [job('j3')], 'j2', ['j3', 'j2']],
  ['another hour is another job', [job('j1', { at: '2026-11-28T07:00:00Z' })], 'j2', ['j1', 'j2']],
  ['so is another state', [job('j1', { state: 'SUSPENDED' })], 'j2', ['j1', 'j2']],
  ['and somebody else', [job('j1', { account: 'b' })], 'j2', ['j1', 'j2']],
] as const)('%s', async (_name, there, kept, left) => {
  const { armed, done } = play([...there], 'j2');
  expect(await done).toBe(kept);
  expect(armed.map((each) => each.job)).toEqual(left);
});

test('a look that fails leaves what is armed', async () => {
  const { armed, done } = play([job('j1')], 'j2', 'fails');
  expect(await done).toBe('j2');
  expect(armed).toHaveLength(2);
});
