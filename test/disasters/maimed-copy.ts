/** A copy of the program with something taken out of it, run as a process of its own. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Edit } from './guards.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

export interface Outcome {
  name: string;
  wrongWrites: number;
  missedWrites: number;
  told: string;
}

/** Plays disasters with `edits` made. @throws when a text is not there exactly once: the guard has moved, and the list must follow */
export async function playMaimed(edits: Edit[], disasters: string[]): Promise<Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-maimed-'));
  try {
    for (const name of ['scripts', 'mappings', 'package.json', 'tsconfig.json'])
      await cp(join(PROJECT, name), join(folder, name), { recursive: true });
    await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    for (const { path, from, to } of edits) {
      const text = await readFile(join(folder, path), 'utf8');
      const found = text.split(from).length - 1;
      if (found !== 1) throw new Error(`${path} has ${found} times: ${from}`);
      await writeFile(
        join(folder, path),
        text.replace(from, () => to),
      );
    }
    const args = ['--import', 'tsx', 'scripts/disasters.ts', '--json', '--play', disasters.join(',')];
    const stdout = await run(process.execPath, args, { cwd: folder, maxBuffer: 16 * 1_048_576 }).then(
      (ended) => ended.stdout,
      // Exit 1 is what a disaster that does harm ends with.
      (ended: { stdout: string }) => ended.stdout,
    );
    const { disasters: outcomes, error } = JSON.parse(stdout) as {
      disasters?: Outcome[];
      error?: { message: string };
    };
    // Something that does not even start proves no guard.
    if (outcomes === undefined)
      throw new Error(`the maimed copy played nothing: ${error?.message ?? stdout}`);
    return outcomes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
