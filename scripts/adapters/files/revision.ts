/** Files as they stood in a commit, for what looks back: audit, and previews of a pull request's mappings. */
import { spawn } from 'node:child_process';
import { badUsage } from '../../core/values/failure.ts';
import type { TextFile } from './read-folder.ts';

/**
 * Regular files below `folder` in `revision`, sorted by path; none when it has no such folder. Two processes of git, however many
 * files there are. Throws exit 2 when git does not know the revision.
 */
export async function readRevision(root: string, revision: string, folder: string): Promise<TextFile[]> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/@{}^~-]*$/.test(revision)) throw unknownRevision(revision);
  const list = await runGit(root, ['ls-tree', '-r', '-z', `${revision}^{commit}`, '--', `${folder}/`]);
  if (list === undefined) throw unknownRevision(revision);
  const entries = list
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      // Regular files only: a link or a submodule is no text of ours.
      const match = /^100(?:644|755) blob ([0-9a-f]{40,64})\t(.+)$/s.exec(line);
      return match === null ? [] : [{ id: match[1] ?? '', path: match[2] ?? '' }];
    });
  if (entries.length === 0) return [];
  const blobs = await runGit(root, ['cat-file', '--batch'], entries.map(({ id }) => `${id}\n`).join(''));
  if (blobs === undefined) throw unknownRevision(revision);
  let at = 0;
  return entries.map(({ path }) => {
    const end = blobs.indexOf(0x0a, at);
    const size = Number(/ blob (\d+)$/.exec(blobs.subarray(at, end).toString('latin1'))?.[1] ?? Number.NaN);
    if (!Number.isInteger(size)) throw new Error(`git cat-file answered something else for ${path}`);
    const text = blobs.subarray(end + 1, end + 1 + size).toString('utf8');
    at = end + 1 + size + 1;
    return { path, text };
  });
}

function unknownRevision(revision: string): Error {
  return badUsage(
    'unknown-revision',
    `git does not know ${JSON.stringify(revision.slice(0, 80))} here`,
    'name a commit, branch or tag of this checkout; a shallow clone needs git fetch --unshallow',
  );
}

/** stdout; undefined when git fails or is not there. */
function runGit(root: string, args: string[], input = ''): Promise<Buffer | undefined> {
  return new Promise((done) => {
    const child = spawn('git', ['-C', root, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on('error', () => undefined);
    child.on('error', () => done(undefined));
    child.on('close', (code) => done(code === 0 ? Buffer.concat(chunks) : undefined));
    child.stdin.end(input);
  });
}
