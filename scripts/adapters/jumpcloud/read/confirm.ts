/**
 * JumpCloud's graph does not always show what was just written; the official module reads again up to five times
 * after every change. Neither 204 nor 409 nor 404 is proof: an add to a dynamic group is answered 204 and does nothing.
 */
import type { DirectoryReader } from '../../../ports.ts';

/** Milliseconds before each look; the first is at once. */
const PAUSES = [0, 250, 500, 1_000, 2_000, 4_000];

/** True as soon as `look` gives true; false when it never did, about 8 seconds later. */
export async function confirm(
  look: () => Promise<boolean>,
  sleep: (milliseconds: number) => Promise<unknown>,
): Promise<boolean> {
  for (const pause of PAUSES) {
    if (pause > 0) await sleep(pause);
    if (await look()) return true;
  }
  return false;
}

/** Whether the membership is seen to be as expected. */
export function confirmMembership(
  reader: Pick<DirectoryReader, 'isMember'>,
  sleep: (milliseconds: number) => Promise<unknown>,
  group: string,
  account: string,
  expected: boolean,
): Promise<boolean> {
  return confirm(async () => (await reader.isMember(group, account)) === expected, sleep);
}

/** Whether the association is seen to be as expected. */
export function confirmBinding(
  reader: Pick<DirectoryReader, 'readBindings'>,
  sleep: (milliseconds: number) => Promise<unknown>,
  account: string,
  binding: { type: string; id: string },
  expected: boolean,
): Promise<boolean> {
  return confirm(async () => {
    const bindings = await reader.readBindings(account, [binding.type]);
    return bindings.some(({ id }) => id === binding.id) === expected;
  }, sleep);
}
