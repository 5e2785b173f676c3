/** Faults a test orders: consumed one by one, in the order in which they were given. */

export interface Fault {
  method?: string;
  /** Path prefix; several routes of one vendor share prefixes, so the first match wins. */
  path: string;
  status?: number;
  /** Sent as `Retry-After`: seconds, or an HTTP date as text. */
  retryAfter?: number | string;
  delayMs?: number;
  /** Body of the faulty answer; text is sent as it is (HTML by default), anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** `before`: the connection is cut and nothing happened. `after`: the write lands and its answer is lost. */
  cut?: 'before' | 'after';
  /** A text names the way in which it tears, where a vendor knows several; true is its first. */
  tornPage?: boolean | string;
  /** How many matching requests it hits; default 1. */
  times?: number;
}

const KEYS = new Set([
  'method',
  'path',
  'status',
  'retryAfter',
  'delayMs',
  'body',
  'headers',
  'cut',
  'tornPage',
  'times',
]);

export class FaultList {
  #faults: { fault: Fault; left: number }[] = [];

  /** @throws RangeError naming the entry that is not a fault. */
  replace(input: unknown): void {
    if (!Array.isArray(input)) throw new RangeError('faults are a JSON array');
    this.#faults = input.map((entry: unknown, index) => {
      if (typeof entry !== 'object' || entry === null)
        throw new RangeError(`fault ${index} is not an object`);
      const unknown = Object.keys(entry).find((key) => !KEYS.has(key));
      if (unknown !== undefined) throw new RangeError(`fault ${index} has an unknown key ${unknown}`);
      const fault = entry as Fault;
      if (typeof fault.path !== 'string') throw new RangeError(`fault ${index} needs a path`);
      return { fault, left: fault.times ?? 1 };
    });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that hits this request, if any; it is used up by one. */
  take(method: string, path: string): Fault | undefined {
    const hit = this.#faults.find(
      ({ fault, left }) =>
        left > 0 &&
        path.startsWith(fault.path) &&
        (fault.method === undefined || fault.method.toUpperCase() === method),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    return hit.fault;
  }
}
