/**
 * Machines for jobs: each job gets an empty one, and none is used twice at a time. Their folders have the same few names
 * for all jobs, as on GitHub, so that what Node keeps by path need not be made again for every job.
 */
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Machine {
  /** Empty. */
  folder: string;
  /** Empties it again. */
  free(): Promise<void>;
}

const taken = new Set<number>();

export async function takeMachine(): Promise<Machine> {
  let number = 0;
  while (taken.has(number)) number += 1;
  taken.add(number);
  const folder = join(tmpdir(), `rollcall-machine-${process.pid}-${number}`);
  const empty = async (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await empty();
  await mkdir(folder);
  return {
    folder,
    free: async () => {
      await empty();
      taken.delete(number);
    },
  };
}
