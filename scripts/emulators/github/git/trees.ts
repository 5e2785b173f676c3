/** Trees: listed, and built folder by folder from a base and a list of changes. */
import type { GitStore, TreeEntry } from './store.ts';
import { runGit } from './process.ts';

export interface TreeRow {
  mode: string;
  type: TreeEntry['type'];
  sha: string;
  /** Bytes; undefined for trees and submodules. */
  size: number | undefined;
  path: string;
}

/** One change of a tree: an object put at a path, bytes put at a path, or (`null`) the path removed with all below it. */
export type TreeChange = { path: string; mode: string } & ({ sha: string | null } | { content: Buffer });

export type BuiltTree = { ok: true; sha: string } | { ok: false; missing: string };

/** git's own name for the tree that holds nothing. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** All rows below a tree, folders too, as GitHub's recursive listing has them; undefined when `treeish` is no tree. */
export async function listWholeTree(store: GitStore, treeish: string): Promise<TreeRow[] | undefined> {
  const args = ['ls-tree', '-z', '-l', '-r', '-t', '--end-of-options', treeish];
  const result = await runGit(store.dir, args);
  if (result.code !== 0) return undefined;
  return result.stdout
    .toString('utf8')
    .split('\0')
    .filter((row) => row !== '')
    .map((row) => {
      const [, mode = '', type = '', sha = '', size = '', path = ''] =
        /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([\s\S]*)$/.exec(row) ?? [];
      return {
        mode,
        type: type as TreeRow['type'],
        sha,
        size: size === '-' ? undefined : Number(size),
        path,
      };
    });
}

/** The rows of one folder; undefined when there is no such folder. */
export async function listFolder(store: GitStore, treeish: string): Promise<TreeRow[] | undefined> {
  const entries = await readFolder(store, treeish);
  if (entries === undefined) return undefined;
  return Promise.all(
    entries.map(async ({ mode, type, sha, name }) => {
      const size = type === 'blob' ? (await store.inspect(sha))?.size : undefined;
      return { mode, type, sha, size, path: name };
    }),
  );
}

/** The row at a path of a commit; undefined when nothing stands there. */
export async function findRow(store: GitStore, commit: string, path: string): Promise<TreeRow | undefined> {
  const folder = path.split('/').slice(0, -1).join('/');
  const name = path.split('/').at(-1);
  const entry = (await readFolder(store, `${commit}:${folder}`))?.find((each) => each.name === name);
  if (entry === undefined) return undefined;
  const size = entry.type === 'blob' ? (await store.inspect(entry.sha))?.size : undefined;
  return { mode: entry.mode, type: entry.type, sha: entry.sha, size, path };
}

/** Applies changes to a base tree (none: the empty one). Removals come first; removing what is not there is refused. */
export async function buildTree(
  store: GitStore,
  base: string | undefined,
  changes: TreeChange[],
): Promise<BuiltTree> {
  const inline = changes.flatMap((change) => ('content' in change ? [change.content] : []));
  const written = await store.writeBlobs(inline);
  const root = folderOf(base);
  for (const change of changes) {
    if (!('sha' in change) || change.sha !== null) continue;
    if (!(await remove(store, root, change.path.split('/')))) return { ok: false, missing: change.path };
  }
  for (const change of changes) {
    const sha = 'content' in change ? written.shift() : change.sha;
    if (sha === undefined || sha === null) continue;
    await put(store, root, change.path.split('/'), change.mode, sha);
  }
  return { ok: true, sha: (await writeFolder(store, root)) ?? (await store.writeTree([])) };
}

/** A folder while it is worked on: what it was, and, once it was opened, what is in it. */
interface Folder {
  sha: string | undefined;
  children: Map<string, Child> | undefined;
}
type Child = TreeEntry | Folder;

function folderOf(sha: string | undefined): Folder {
  return { sha, children: sha === undefined ? new Map() : undefined };
}

function isFolder(child: Child): child is Folder {
  return 'children' in child;
}

async function open(store: GitStore, folder: Folder): Promise<Map<string, Child>> {
  folder.children ??= new Map(
    ((await readFolder(store, folder.sha ?? EMPTY_TREE)) ?? []).map((entry) => [
      entry.name,
      entry.type === 'tree' ? folderOf(entry.sha) : entry,
    ]),
  );
  return folder.children;
}

async function remove(store: GitStore, folder: Folder, [name = '', ...rest]: string[]): Promise<boolean> {
  const children = await open(store, folder);
  const child = children.get(name);
  if (child === undefined) return false;
  if (rest.length === 0) return children.delete(name);
  return isFolder(child) && remove(store, child, rest);
}

async function put(
  store: GitStore,
  folder: Folder,
  [name = '', ...rest]: string[],
  mode: string,
  sha: string,
): Promise<void> {
  const children = await open(store, folder);
  if (rest.length === 0) {
    const type = mode === '160000' ? 'commit' : 'blob';
    children.set(name, mode === '040000' ? folderOf(sha) : { mode, type, sha, name });
    return;
  }
  const standing = children.get(name);
  // A file gives way to a folder of its name.
  const child = standing !== undefined && isFolder(standing) ? standing : folderOf(undefined);
  children.set(name, child);
  await put(store, child, rest, mode, sha);
}

/** Writes what was opened, deepest first; undefined for a folder with nothing in it, which git does not keep. */
async function writeFolder(store: GitStore, folder: Folder): Promise<string | undefined> {
  if (folder.children === undefined) return folder.sha;
  const entries: TreeEntry[] = [];
  for (const [name, child] of folder.children) {
    if (!isFolder(child)) entries.push(child);
    else {
      const sha = await writeFolder(store, child);
      if (sha !== undefined) entries.push({ mode: '040000', type: 'tree', sha, name });
    }
  }
  return entries.length === 0 ? undefined : store.writeTree(entries);
}

/** The entries of a tree object, as they lie in it. */
async function readFolder(store: GitStore, treeish: string): Promise<TreeEntry[] | undefined> {
  const tree = await store.read(treeish.includes(':') ? treeish : `${treeish}^{tree}`);
  if (tree?.type !== 'tree') return undefined;
  const entries: TreeEntry[] = [];
  const bytes = tree.content;
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space);
    const mode = bytes.toString('latin1', at, space).padStart(6, '0');
    const sha = bytes.toString('hex', end + 1, end + 21);
    const type = mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob';
    entries.push({ mode, type, sha, name: bytes.toString('utf8', space + 1, end) });
    at = end + 21;
  }
  return entries;
}
