/** SIGINT and SIGTERM: what has begun is brought to an end that can be read later, an apply's receipt above all. */

export type StopSignal = 'SIGINT' | 'SIGTERM';
export type StopCallback = (signal: StopSignal) => void | Promise<void>;

export interface Stopping {
  /** Aborted by the first signal: start nothing new. */
  readonly signal: AbortSignal;
  /** Runs on the first signal, and on an error that nobody caught; the process waits for it. Returns how to take it back. */
  onStop(callback: StopCallback): () => void;
  /** Runs the callbacks, once, and tells which of them failed. */
  stop(signal: StopSignal): Promise<unknown[]>;
}

export function createStopping(): Stopping {
  const controller = new AbortController();
  const callbacks = new Set<StopCallback>();
  let stopped: Promise<unknown[]> | undefined;
  return {
    signal: controller.signal,
    onStop(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    stop(signal) {
      stopped ??= (async () => {
        controller.abort(signal);
        const settled = await Promise.allSettled([...callbacks].map(async (callback) => callback(signal)));
        return settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      })();
      return stopped;
    },
  };
}
