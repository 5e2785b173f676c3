/** Who is written as author and committer of a commit that GitHub makes, and whether GitHub signs it. */
import { parseCommit, writeCommit, type Commit, type Signature } from './git/commits.ts';
import { noreplyAddress, WEB_FLOW } from './render/commit.ts';
import type { Account, Actor } from './people.ts';
import { instant, type Repository } from './world.ts';

export interface CommitWish {
  tree: string;
  parents: string[];
  message: string;
  author?: Signature | undefined;
  committer?: Signature | undefined;
  signature?: string | undefined;
}

/**
 * Writes a commit for an API call. Signed only for a bot that leaves author, committer and signature out (GitHub Docs,
 * "About commit signature verification", signature verification for bots); a person's API commits are unsigned.
 */
export async function writeApiCommit(
  repository: Repository,
  actor: Actor,
  wish: CommitWish,
  now: Date,
): Promise<Commit> {
  const untouched = wish.author === undefined && wish.committer === undefined && wish.signature === undefined;
  const signed = untouched && actor.account.type === 'Bot';
  const author = wish.author ?? signatureOf(actor.account, now);
  const committer = signed ? { ...WEB_FLOW, date: instant(now) } : (wish.committer ?? author);
  return readBack(repository, { ...wish, author, committer, signed });
}

/** Writes what the merge button writes: made for somebody, committed and signed by GitHub. */
export async function writeWebCommit(
  repository: Repository,
  author: Account,
  wish: Pick<CommitWish, 'tree' | 'parents' | 'message'>,
  now: Date,
): Promise<Commit> {
  const committer = { ...WEB_FLOW, date: instant(now) };
  return readBack(repository, { ...wish, author: signatureOf(author, now), committer, signed: true });
}

/** A commit by name; undefined when there is no such commit. */
export async function readCommit(repository: Repository, name: string): Promise<Commit | undefined> {
  const object = await repository.store.read(`${name}^{commit}`);
  return object === undefined ? undefined : parseCommit(object.sha, object.content);
}

/** The same for many, in order; those that are not there are left out. */
export async function readCommits(repository: Repository, names: string[]): Promise<Commit[]> {
  const commits = await Promise.all(names.map(async (name) => readCommit(repository, name)));
  return commits.filter((commit) => commit !== undefined);
}

export function signatureOf(account: Account, now: Date): Signature {
  return { name: account.login, email: noreplyAddress(account), date: instant(now) };
}

async function readBack(repository: Repository, commit: Parameters<typeof writeCommit>[1]): Promise<Commit> {
  const sha = await writeCommit(repository.store, commit);
  const made = await readCommit(repository, sha);
  if (made === undefined) throw new Error(`commit ${sha} was written and cannot be read`);
  return made;
}
