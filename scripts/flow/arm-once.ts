/**
 * Arms a change of state, once. JumpCloud takes the same job twice, and two runs at once send it twice: the job of the
 * run whose receipt is lost would stand on no receipt and outlive a moved date. So a run looks before it arms and again
 * after. Where it finds an equal job beside its own, the greater id goes: at once where it is its own, and where it is
 * the other's it waits for that to happen, and gives way to a run that had looked before there were two.
 */
import type { ArmedState } from '../core/directory/live.ts';
import { secondsBetween } from '../core/values/calendar.ts';
import type { DirectoryReader, DirectoryWriter } from '../ports.ts';
import { look } from './look.ts';

/** @returns the id of the job that stays: ours, or the equal one that was there */
export async function armOnce(
  {
    reader,
    writer,
    pause,
  }: { reader: DirectoryReader; writer: DirectoryWriter; pause: (ms: number) => Promise<void> },
  account: string,
  { state, at, mail }: Pick<ArmedState, 'state' | 'at'> & { mail: boolean | string },
): Promise<string> {
  const equalTo = async (own: string): Promise<string | undefined> => {
    // Armed is armed: a look that fails must not make a failure of it.
    const armed = await reader.readArmed([account]).catch(() => []);
    return armed
      .filter(
        (job) =>
          job.job !== own &&
          job.account === account &&
          job.state === state &&
          secondsBetween(job.at, at) === 0,
      )
      .map(({ job }) => job)
      .sort()[0];
  };
  const arm = async (): Promise<string> => (await writer.armState(account, state, at, mail)).job;
  const before = await equalTo('');
  if (before !== undefined) return before;
  const made = await arm();
  const other = await equalTo(made);
  if (other === undefined) return made;
  const isAlone = async (): Promise<true | undefined> =>
    (await equalTo(made)) === undefined ? true : undefined;
  if (made < other && (await look(pause, isAlone))) return made;
  await writer.cancelArmed(made);
  return (await equalTo(made)) ?? arm();
}
