/** What a run has written since its checkout: tracked files that differ from the commit, and files that git does not know. */
import { execFile } from 'node:child_process';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Path from the root -> text, in the order of the paths; also what .gitignore hides. Only regular files: a link would
 * hand on what it points at. Files that were removed are not among them.
 */
export async function readChangedFiles(root: string, below: string[]): Promise<Map<string, string>> {
  const list = ['ls-files', '-z', '--modified', '--others', '--'];
  const { stdout } = await run('git', ['-C', root, '--literal-pathspecs', ...list, ...below], {
    maxBuffer: 64 * 1_048_576,
  });
  const paths = [...new Set(stdout.split('\0').filter((path) => path !== ''))].sort();
  const files = new Map<string, string>();
  for (const path of paths) {
    const entry = await lstat(join(root, path)).catch(() => undefined);
    if (entry?.isFile() === true) files.set(path, await readFile(join(root, path), 'utf8'));
  }
  return files;
}
