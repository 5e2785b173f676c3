/**
 * One plan of more than two hundred actions, of every kind, and apply killed at every one of its requests, with eight
 * people side by side as it runs by default. Only with ROLLCALL_LONG=1; crash.test.ts is the sample of every run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  applyOf,
  expectRepaired,
  expectRepairedOnRecord,
  playUndisturbed,
  RECOVERIES,
  type Undisturbed,
} from './after-crash.ts';
import { type Eve, prepareEve } from './eve.ts';
import { killAt } from './killed-process.ts';
import { isWrite } from './line-world.ts';

/** The history of every place is looked at in crash.test.ts; here of one in so many. */
const STRIDE = 12;

describe.skipIf(process.env['ROLLCALL_LONG'] !== '1')('a plan of two hundred actions', () => {
  let eve: Eve;
  let undisturbed: Undisturbed;

  beforeAll(async () => {
    const guardrails = `auto: { leavers: false, schedules: false, returns: false, updates: [] }\n`;
    eve = await prepareEve({ copies: 5, mappings: { 'mappings/guardrails.yaml': guardrails } });
    undisturbed = await playUndisturbed(eve);
  }, 600_000);
  afterAll(() => eve.close());

  test('is one, of every kind', () => {
    expect(eve.plans).toHaveLength(1);
    expect(eve.plans[0]!.actions.length).toBeGreaterThan(200);
    expect(new Set(eve.plans[0]!.actions.map(({ kind }) => kind)).size).toBe(16);
  });

  /** Reads before, writes after: before a write is where the request in front of it left off. */
  async function sweep(nth: number): Promise<'killed' | 'ended'> {
    const morning = await eve.startMorning();
    try {
      const when = isWrite(undisturbed.heard[nth - 1]!) ? 'after' : 'before';
      const { victim, exit, err } = await killAt(
        applyOf(morning),
        { when, isIt: (_, at) => at === nth },
        morning.moveOrigin,
      );
      if (victim === undefined) expect(exit, err).toBe(0);
      const check = nth % STRIDE === 0 ? expectRepairedOnRecord : expectRepaired;
      await check(eve, morning, Object.values(RECOVERIES)[nth % 3]!, undisturbed);
      return victim === undefined ? 'ended' : 'killed';
    } finally {
      await morning.close();
    }
  }

  test('dies at every request, and is taken up again', async () => {
    let ended = 0;
    for (let nth = 1; nth <= undisturbed.heard.length; nth += 1)
      await sweep(nth).then(
        (how) => (ended += how === 'ended' ? 1 : 0),
        (error: unknown) => {
          throw new Error(`at request ${nth}`, { cause: error });
        },
      );
    // People side by side share looks at main, so that one run may need some requests less than another.
    expect(ended).toBeLessThan(undisturbed.heard.length / 10);
  }, 7_200_000);
});
