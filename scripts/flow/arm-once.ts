/**
 * Arms a change of state, once. JumpCloud takes the same job twice, and two runs at once send it twice: the job of the
 * run whose receipt is lost would stand on no receipt and outlive a moved date. So whoever has armed looks again, and
 * takes back the job that it has just made where an equal one with a smaller id is there. Both runs then name the same.
 */
import type { ArmedState } from '../core/directory/live.ts';
import { secondsBetween } from '../core/values/calendar.ts';
import type { DirectoryReader, DirectoryWriter } from '../ports.ts';

/** @returns the id of the job that stays: ours, or the equal one that was there */
export async function armOnce(
  { reader, writer }: { reader: DirectoryReader; writer: DirectoryWriter },
  account: string,
  { state, at, mail }: Pick<ArmedState, 'state' | 'at'> & { mail: boolean | string },
): Promise<string> {
  const made = await writer.armState(account, state, at, mail);
  // Armed is armed: a look that fails must not make a failure of it.
  const armed = await reader.readArmed([account]).catch(() => []);
  const [first] = armed
    .filter((job) => job.account === account && job.state === state && secondsBetween(job.at, at) === 0)
    .map(({ job }) => job)
    .sort();
  if (first === undefined || first >= made.job) return made.job;
  await writer.cancelArmed(made.job);
  return first;
}
