/** The three ways a pull request lands, computed by `git merge-tree` without a working tree. */
import { parseCommit, writeCommit, type Signature } from './commits.ts';
import { findMergeBase, listCommits } from './history.ts';
import type { GitStore } from './store.ts';
import { runGit } from './process.ts';
import { EMPTY_TREE } from './trees.ts';

/** The tree that merging `head` into `base` gives; undefined when they conflict or have no history in common. */
export async function mergeTrees(dir: string, base: string, head: string): Promise<string | undefined> {
  const result = await runGit(dir, ['merge-tree', '--write-tree', base, head]);
  return result.code === 0 ? result.stdout.toString('utf8').split('\n')[0] : undefined;
}

/** Replays the commits of `head` that `base` lacks on top of `base`; undefined when one of them does not apply. */
export async function rebaseOnto(
  store: GitStore,
  base: string,
  head: string,
  committer: Signature,
): Promise<string | undefined> {
  if ((await findMergeBase(store.dir, base, head)) === undefined) return undefined;
  const shas = await listCommits(store.dir, ['--reverse', '--no-merges', '--topo-order', head, `^${base}`]);
  let onto = base;
  for (const sha of shas) {
    const object = await store.read(sha);
    if (object === undefined) return undefined;
    const commit = parseCommit(sha, object.content);
    const parent = commit.parents[0];
    if (parent === undefined) return undefined;
    const tree = await pick(store, parent, onto, sha);
    if (tree === undefined) return undefined;
    onto = await writeCommit(store, {
      tree,
      parents: [onto],
      author: commit.author,
      committer,
      message: commit.message,
      signed: false,
    });
  }
  return onto;
}

/**
 * One commit's change applied elsewhere. merge-tree cannot be told the base in every git that is around (it learned
 * `--merge-base` in 2.40), so the change is put on a commit whose only parent is its own parent's tree.
 */
async function pick(store: GitStore, parent: string, onto: string, sha: string): Promise<string | undefined> {
  const stamp: Signature = { name: 'pick', email: 'pick@invalid', date: '1970-01-01T00:00:00Z' };
  const resolve = async (commit: string): Promise<string> =>
    (await store.read(`${commit}^{tree}`))?.sha ?? EMPTY_TREE;
  const make = async (tree: string, parents: string[]): Promise<string> =>
    writeCommit(store, { tree, parents, author: stamp, committer: stamp, message: 'pick\n', signed: false });
  const root = await make(await resolve(parent), []);
  const ours = await make(await resolve(onto), [root]);
  const theirs = await make(await resolve(sha), [root]);
  return mergeTrees(store.dir, ours, theirs);
}
