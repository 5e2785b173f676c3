/** The first commit of main: the files of a folder, or a README. */
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { SeedError } from '../kit/service.ts';
import { writeWebCommit } from './commit-making.ts';
import { buildTree, type TreeChange } from './git/trees.ts';
import { accountOf, type Repository, type World } from './world.ts';

/** @throws SeedError when `from` is no folder */
export async function writeFirstCommit(
  world: World,
  repository: Repository,
  from: string | undefined,
  now: Date,
): Promise<void> {
  const changes: TreeChange[] =
    from === undefined
      ? [{ path: 'README.md', mode: '100644', content: Buffer.from(`# ${repository.name}\n`) }]
      : await readFolder(from);
  const tree = await buildTree(repository.store, undefined, changes);
  if (!tree.ok) throw new Error('a tree without removals cannot miss a path');
  const author = accountOf(world, repository.owner.login);
  const commit = await writeWebCommit(
    repository,
    author,
    { tree: tree.sha, parents: [], message: 'Initial commit' },
    now,
  );
  await repository.store.setRef('refs/heads/main', commit.sha);
}

/** Every file and link of a folder but git's own and installed packages; hidden files belong to it as much as any other. */
async function readFolder(folder: string): Promise<TreeChange[]> {
  const info = await stat(folder).catch(() => undefined);
  if (info?.isDirectory() !== true) throw new SeedError(`github.from: ${folder} is not a folder`, ['from']);
  const root = resolve(folder);
  const changes: TreeChange[] = [];
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = relative(root, full).split(sep).join('/');
    if (path.split('/').some((part) => part === '.git' || part === 'node_modules')) continue;
    if (entry.isSymbolicLink())
      changes.push({ path, mode: '120000', content: Buffer.from(await readlink(full)) });
    if (!entry.isFile()) continue;
    const executable = ((await stat(full)).mode & 0o111) !== 0;
    changes.push({ path, mode: executable ? '100755' : '100644', content: await readFile(full) });
  }
  return changes;
}
