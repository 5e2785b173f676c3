/** Which commit a working tree was checked out from, as far as git on this machine knows. */
import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';

/** The commit, 40 hex; undefined when `root` is not the top of a git checkout, or git is not there. */
export async function readCheckedOut(root: string): Promise<string | undefined> {
  const top = await runGit(root, ['rev-parse', '--show-toplevel']);
  // A plain folder inside some other checkout is no checkout of its own.
  if (top === undefined || (await realpath(top)) !== (await realpath(root))) return undefined;
  const head = await runGit(root, ['rev-parse', '--verify', 'HEAD^{commit}']);
  return head !== undefined && /^[0-9a-f]{40}$/.test(head) ? head : undefined;
}

/** The newest commit that added a file, on the first-parent history of HEAD; undefined when nobody knows. */
export async function readAddingCommit(root: string, path: string): Promise<string | undefined> {
  if ((await readCheckedOut(root)) === undefined) return undefined;
  // A shallow history ends at a commit that seems to add everything.
  if ((await runGit(root, ['rev-parse', '--is-shallow-repository'])) !== 'false') return undefined;
  const args = [
    'log',
    '--first-parent',
    '-m',
    '--diff-filter=A',
    '--no-renames',
    '--max-count=1',
    '--format=%H',
    '--',
  ];
  const sha = await runGit(root, [...args, `:(literal)${path}`]);
  return sha !== undefined && /^[0-9a-f]{40}$/.test(sha) ? sha : undefined;
}

function runGit(root: string, args: string[]): Promise<string | undefined> {
  return new Promise((done) => {
    execFile('git', ['-C', root, ...args], { encoding: 'utf8' }, (error, stdout) =>
      done(error === null ? stdout.trim() : undefined),
    );
  });
}
