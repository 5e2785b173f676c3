/** One repository's objects and refs through git processes that stay alive as long as the repository does. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLineProcess } from './line-process.ts';
import { blobSha, openObjects, writeManyBlobs, type GitObject } from './objects.ts';

export interface TreeEntry {
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  name: string;
}

export interface GitStore {
  dir: string;
  /** The object that an id, a ref or a revision expression stands for; undefined when there is none. */
  read(name: string): Promise<GitObject | undefined>;
  /** Size and type of an object by id; undefined when there is none. */
  inspect(sha: string): Promise<{ type: GitObject['type']; size: number } | undefined>;
  /** Writes a commit object and returns its id. Rejects when git finds it malformed. */
  writeCommit(bytes: Buffer): Promise<string>;
  writeBlobs(contents: Buffer[]): Promise<string[]>;
  /** Writes one folder; git sorts it. What it names has to be there. */
  writeTree(entries: TreeEntry[]): Promise<string>;
  /** Compare and swap: false when the ref does not stand at `from` (undefined: is not there), or its name cannot be taken. */
  swapRef(ref: string, from: string | undefined, to: string | undefined): Promise<boolean>;
  /** Puts a ref where it shall stand (undefined: nowhere), wherever it stood. */
  setRef(ref: string, to: string | undefined): Promise<void>;
  close(): void;
}

const ZERO = '0'.repeat(40);
// Beyond this one `git fast-import` is quicker than a question each.
const MANY_BLOBS = 16;

export function openStore(dir: string): GitStore {
  const objects = openObjects(dir);
  const check = openLineProcess(dir, ['cat-file', '--batch-check']);
  const commits = openLineProcess(dir, ['hash-object', '-w', '-t', 'commit', '--stdin-paths']);
  const blobs = openLineProcess(dir, ['hash-object', '-w', '-t', 'blob', '--no-filters', '--stdin-paths']);
  // `--missing`: this process looks at the packs once and would not know the ones that came later; callers have looked.
  const trees = openLineProcess(dir, ['mktree', '-z', '--batch', '--missing']);
  const refs = openLineProcess(dir, ['update-ref', '--stdin']);
  let serial = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function hash(process: typeof commits, bytes: Buffer): Promise<string> {
    serial += 1;
    const file = join(dir, `incoming-${serial}`);
    await writeFile(file, bytes);
    try {
      const [sha = ''] = await process.ask(`${file}\n`);
      return sha;
    } finally {
      await rm(file, { force: true });
    }
  }

  /** One at a time: git ends on a ref that stands elsewhere, which is the answer "no", and the next one starts it anew. */
  async function transact(command: string): Promise<boolean> {
    const done = turn.then(async () =>
      refs.ask(`start\n${command}\ncommit\n`, 2).then(
        () => true,
        () => false,
      ),
    );
    turn = done;
    return done;
  }

  return {
    dir,
    read: async (name) => objects.read(name),
    async inspect(sha) {
      if (!/^[0-9a-f]{40}$/.test(sha)) return undefined;
      const [line = ''] = await check.ask(`${sha}\n`);
      const [, type, size] = /^[0-9a-f]{40} (blob|tree|commit|tag) (\d+)$/.exec(line) ?? [];
      return type === undefined ? undefined : { type: type as GitObject['type'], size: Number(size) };
    },
    writeCommit: async (bytes) => hash(commits, bytes),
    async writeBlobs(contents) {
      if (contents.length > MANY_BLOBS) return writeManyBlobs(dir, contents);
      await Promise.all(contents.map(async (content) => hash(blobs, content)));
      return contents.map(blobSha);
    },
    async writeTree(entries) {
      const rows = entries.map(({ mode, type, sha, name }) => `${mode} ${type} ${sha}\t${name}\0`);
      const [sha = ''] = await trees.ask(`${rows.join('')}\0`);
      return sha;
    },
    async swapRef(ref, from, to) {
      const old = from ?? ZERO;
      return transact(to === undefined ? `delete ${ref} ${old}` : `update ${ref} ${to} ${old}`);
    },
    async setRef(ref, to) {
      await transact(to === undefined ? `delete ${ref}` : `update ${ref} ${to}`);
    },
    close() {
      for (const each of [objects, check, commits, blobs, trees, refs]) each.close();
    },
  };
}
