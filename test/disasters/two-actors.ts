/** Two runs before one JumpCloud, and a scheduler that decides which of their requests is carried out next. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Exchange, startProxy } from '../../scripts/disasters/tapped-proxy.ts';

export type When = 'before' | 'after';

/**
 * The first actor runs until its n-th request, which is held before JumpCloud hears it or after it was carried out;
 * then the second actor runs from beginning to end, and the first one goes on.
 * @returns how many requests the first one made
 */
export async function runBetween(
  jumpcloud: string,
  { nth, when }: { nth: number; when: When },
  first: (url: string) => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<number> {
  let seen = 0;
  let between: Promise<unknown> | undefined;
  const numbers = new WeakMap<Exchange, number>();
  const proxy = await startProxy(jumpcloud, {
    async before(exchange): Promise<'pass'> {
      seen += 1;
      numbers.set(exchange, seen);
      if (seen === nth && when === 'before') await (between ??= second());
      return 'pass';
    },
    async after(exchange): Promise<'pass'> {
      if (numbers.get(exchange) === nth && when === 'after') await (between ??= second());
      return 'pass';
    },
  });
  try {
    await first(proxy.url);
    await between;
    return seen;
  } finally {
    await proxy.close();
  }
}

interface Waiting {
  actor: 0 | 1;
  go(): void;
}

/** So long a request waits for the other actor's next one; who computes is not waited for longer. */
const PATIENCE_MS = 25;

/**
 * Both actors run at once, and one request at a time is carried out: `choose` says whose is next while both wait.
 * The same choices give the same order, as far as the actors themselves are the same.
 */
export async function runTogether(
  jumpcloud: string,
  choose: () => 0 | 1,
  actors: readonly [(url: string) => Promise<unknown>, (url: string) => Promise<unknown>],
): Promise<void> {
  const waiting: Waiting[] = [];
  const ended = [false, false];
  let current: { done: Promise<void>; end: () => void } | undefined;
  const over = (): boolean => ended[0] === true && ended[1] === true;

  const openFor = (actor: 0 | 1): ReturnType<typeof startProxy> =>
    startProxy(jumpcloud, {
      async before(): Promise<'pass'> {
        await new Promise<void>((go) => waiting.push({ actor, go }));
        return 'pass';
      },
      after() {
        current?.end();
        return 'pass';
      },
    });
  const proxies = await Promise.all([openFor(0), openFor(1)]);

  async function schedule(): Promise<void> {
    while (!over()) {
      const isFull = (): boolean =>
        ([0, 1] as const).every((actor) => ended[actor] || waiting.some((each) => each.actor === actor));
      for (let waited = 0; waited < PATIENCE_MS && !isFull(); waited += 5) await pause(5);
      if (waiting.length === 0) continue;
      const wanted = choose();
      const at = Math.max(
        0,
        waiting.findIndex(({ actor }) => actor === wanted),
      );
      const [next] = waiting.splice(at, 1);
      let end = (): void => undefined;
      const done = new Promise<void>((resolve) => (end = resolve));
      current = { done, end };
      next?.go();
      await done;
    }
  }

  const scheduling = schedule();
  try {
    await Promise.all(
      actors.map(async (run, index) => {
        try {
          await run(proxies[index]!.url);
        } finally {
          ended[index] = true;
        }
      }),
    );
    await scheduling;
  } finally {
    ended.fill(true);
    waiting.forEach(({ go }) => go());
    for (const proxy of proxies) await proxy.close();
  }
}

/** A fair coin that falls the same way for the same seed (mulberry32). */
export function coinOf(seed: number): () => 0 | 1 {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) & 1) as 0 | 1;
  };
}
