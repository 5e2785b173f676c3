/** A second clock beside GitHub's `schedule`, which may be hours late, dropped, or switched off with the account that wrote it. */

/** Runs something once, later; returns how to call it off. Does not keep the process alive. */
export type Later = (ms: number, run: () => void) => () => void;

/**
 * Beats at whole multiples of the interval since the epoch, so that restarts neither add beats nor swallow them.
 * A beat that fails is not repeated. Returns how to stop.
 */
export function startHeartbeat(
  hours: number | undefined,
  beat: () => Promise<void>,
  now: () => number,
  later: Later = onTimer,
): () => void {
  if (hours === undefined) return () => undefined;
  const everyMs = hours * 3_600_000;
  let callOff = next();
  function next(): () => void {
    return later(everyMs - (now() % everyMs), () => {
      beat().catch(() => undefined);
      callOff = next();
    });
  }
  return () => callOff();
}

function onTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
}
