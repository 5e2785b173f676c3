/** A folder for all that the tests of one run write, gone when the run has ended. */
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    runFolder: string;
  }
}

/** Linux keeps what stands here in memory. */
const MEMORY = '/dev/shm';
/** Bytes; a run was seen to fill 71 MB at a time. */
const ROOM_NEEDED = 2 ** 30;

// vitest wants a default export, and calls what it returns at the end.
export default function provideRunFolder({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(isRoomy(MEMORY) ? MEMORY : tmpdir(), 'rollcall-tests-'));
  // Read by the workers, which start later, and by their children.
  process.env['TMPDIR'] = folder;
  provide('runFolder', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

/**
 * Whole flows check out and delete hundreds of files for each job; in memory that takes half the time (ext4 looks at
 * every file that was deleted lately before it makes a new one). A container's 64 MB are not enough.
 */
function isRoomy(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ROOM_NEEDED;
  } catch {
    return false;
  }
}
