/** The emulated clock: the wall's until somebody sets it, then it stands still where it was put. */
export class EmulatedClock {
  #fixed: Date | undefined;

  constructor(now?: string) {
    this.#fixed = now === undefined ? undefined : parseInstant(now);
  }

  now(): Date {
    return this.#fixed === undefined ? new Date() : new Date(this.#fixed);
  }

  set(now: string): void {
    this.#fixed = parseInstant(now);
  }
}

/** @throws RangeError when `text` is no ISO instant. */
export function parseInstant(text: unknown): Date {
  const instant = typeof text === 'string' ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(instant.getTime())) throw new RangeError(`not an ISO instant: ${JSON.stringify(text)}`);
  return instant;
}
