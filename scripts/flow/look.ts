/** Looking again: graph writes are not read-your-writes, and the vendor's own module looks again about five times. */

/** Pauses before each look, in milliseconds. */
const LOOKS = [0, 200, 500, 1_000, 2_000];

/** Looks a few times with growing pauses until there is something; undefined when there never is. */
export async function look<T>(
  pause: (ms: number) => Promise<void>,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const ms of LOOKS) {
    if (ms > 0) await pause(ms);
    const found = await read();
    if (found !== undefined) return found;
  }
  return undefined;
}
