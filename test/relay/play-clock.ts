/** A clock that only the test moves; whoever sleeps wakes in order. */
export interface PlayClock {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Moves on, waking everybody who is due on the way, and lets them run. */
  advance(ms: number): Promise<void>;
}

export function createPlayClock(start = Date.parse('2026-11-23T12:00:00Z')): PlayClock {
  let at = start;
  let sleepers: { due: number; wake: () => void }[] = [];

  return {
    now: () => at,
    sleep: (ms) => new Promise((wake) => sleepers.push({ due: at + ms, wake })),
    async advance(ms) {
      const end = at + ms;
      for (;;) {
        await settle();
        const [next] = sleepers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
        if (next === undefined) break;
        sleepers = sleepers.filter((sleeper) => sleeper !== next);
        at = Math.max(at, next.due);
        next.wake();
      }
      at = end;
    },
  };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
