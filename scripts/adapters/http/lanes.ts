/** At most so many at once; the others wait in the order in which they came. */

export interface Lanes {
  /** Resolves when it is this one's turn; whoever enters must call the function it got, once. */
  enter(): Promise<() => void>;
}

export function createLanes(count: number): Lanes {
  let free = count;
  const waiting: (() => void)[] = [];

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  return {
    async enter() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return leave;
    },
  };
}
