/** Two runs arm the same job at the same moment: one job stays, whoever looks first, and never none. */
import { expect, test } from 'vitest';
import type { ArmedState } from '../../scripts/core/directory/live.ts';
import { armOnce } from '../../scripts/flow/arm-once.ts';
import type { DirectoryReader, DirectoryWriter } from '../../scripts/ports.ts';

const WANTED = { state: 'ACTIVATED' as const, at: '2026-11-27T07:00:00Z', mail: true };

/** `meanwhile` is armed by another run between our first look and our own job; `yields` takes it away again, as we do. */
function play({ there = [] as ArmedState[], meanwhile = [] as ArmedState[], yields = false, blind = false }) {
  let armed = [...there];
  let made = 0;
  const hands = {
    reader: {
      readArmed: () => (blind ? Promise.reject(new Error('cut')) : Promise.resolve([...armed])),
    } as unknown as DirectoryReader,
    writer: {
      armState: (account: string, state: ArmedState['state'], at: string) => {
        const own = { job: `own${(made += 1)}`, account, state, at };
        armed.push(...(made === 1 ? meanwhile : []), own);
        return Promise.resolve(own);
      },
      cancelArmed: (id: string) => {
        armed = armed.filter((each) => each.job !== id && !(yields && meanwhile.includes(each)));
        return Promise.resolve('done');
      },
    } as unknown as DirectoryWriter,
    pause: () => Promise.resolve(),
  };
  return { left: () => armed.map((each) => each.job), made: () => made, done: armOnce(hands, 'a', WANTED) };
}

const job = (id: string, more: Partial<ArmedState> = {}): ArmedState => ({
  job: id,
  account: 'a',
  state: WANTED.state,
  at: '2026-11-27T07:00:00.000Z',
  ...more,
});

test.each([
  ['alone', {}, 'own1', ['own1']],
  ['an equal one that is there is not armed again', { there: [job('j1')] }, 'j1', ['j1']],
  ['an equal one that came meanwhile stays instead', { meanwhile: [job('j1')] }, 'j1', ['j1']],
  ['also where its id is the greater', { meanwhile: [job('z1')] }, 'z1', ['z1']],
  ['where both yield it is armed once more', { meanwhile: [job('j1')], yields: true }, 'own2', ['own2']],
  [
    'another hour is another job',
    { there: [job('j1', { at: '2026-11-28T07:00:00Z' })] },
    'own1',
    ['j1', 'own1'],
  ],
  ['so is another state', { there: [job('j1', { state: 'SUSPENDED' })] }, 'own1', ['j1', 'own1']],
  ['and somebody else', { there: [job('j1', { account: 'b' })] }, 'own1', ['j1', 'own1']],
  ['a look that fails leaves what is armed', { meanwhile: [job('j1')], blind: true }, 'own1', ['j1', 'own1']],
] as const)('%s', async (_name, given, kept, rest) => {
  const { left, made, done } = play({ ...given } as Parameters<typeof play>[0]);
  expect(await done).toBe(kept);
  expect(left()).toEqual(rest);
  // Our jobs are numbered; one that was armed and taken back again would have been a mail and a moment of access.
  expect(made()).toBe(kept.startsWith('own') ? Number(kept.slice(3)) : 'there' in given ? 0 : 1);
});

test.each([
  ['in step', 0],
  ['the second one a step behind', 1],
  ['two steps behind', 2],
  ['three', 3],
])('two runs leave one job, and both know it: %s', async (_name, behind) => {
  for (const ids of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    let armed: ArmedState[] = [];
    const left = [...ids];
    const hands = {
      reader: { readArmed: () => Promise.resolve([...armed]) } as unknown as DirectoryReader,
      writer: {
        armState: (account: string, state: ArmedState['state'], at: string) => {
          const own = { job: left.shift() ?? 'c', account, state, at };
          armed.push(own);
          return Promise.resolve(own);
        },
        cancelArmed: (id: string) => {
          armed = armed.filter((each) => each.job !== id);
          return Promise.resolve('done');
        },
      } as unknown as DirectoryWriter,
      pause: () => Promise.resolve(),
    };
    const second = async (): Promise<string> => {
      for (let step = 0; step < behind; step += 1) await Promise.resolve();
      return armOnce(hands, 'a', WANTED);
    };
    const kept = await Promise.all([armOnce(hands, 'a', WANTED), second()]);
    expect(armed).toHaveLength(1);
    expect(kept).toEqual([armed[0]?.job, armed[0]?.job]);
  }
});
