/**
 * Commits made through the git data API and branches moved by compare-and-swap: a commit whose only parent is the
 * head we read makes `force: false` fail exactly when somebody was faster.
 */
import { AnswerLost, type NewCommit, type Published } from '../../ports.ts';
import { isAppsOwn, isForgeMerge } from '../../core/forge/own-commit.ts';
import type { FileChange, ForgeCommit } from '../../core/forge/shapes.ts';
import { badUsage, serviceFailure } from '../../core/values/failure.ts';
import { ForgeRefusal, type GithubClient } from './client.ts';
import { commitOf, isAncestor, keep, readCommit, readHead, type GitCache } from './git-reading.ts';
import { isExistingRef, isLostRace, isMissingRef, isRuleViolation } from './refusals.ts';
import { cutTree } from './tree-chunks.ts';

/** Blobs that the forge has because we sent them in this run, and whether we have warned about signatures. */
export interface GitUploads {
  blobs: Set<string>;
  warned: boolean;
}

/** A lost race costs a few requests; so many in a row mean that something else is wrong. */
const RACES = 8;

/** Adds commits to `branch`; `build` is asked again on the newer head after every lost race. */
export async function commitOnto(
  client: GithubClient,
  cache: GitCache,
  uploads: GitUploads,
  branch: string,
  build: (head: string) => Promise<NewCommit[]>,
): Promise<ForgeCommit[]> {
  for (let race = 1; race <= RACES; race += 1) {
    const head = await readHead(client, branch);
    if (head === null)
      throw badUsage('no-branch', `${branch} does not exist on the forge`, 'push its first commit');
    const made: ForgeCommit[] = [];
    for (const wish of await build(head))
      made.push(await writeCommit(client, cache, uploads, made.at(-1)?.sha ?? head, wish));
    const last = made.at(-1);
    if (last === undefined) return [];
    if (await moveForward(client, branch, head, last.sha)) return made;
    client.progress(`${branch} moved meanwhile: building again on its new head`);
    await client.sleep(100 * 2 ** race * (0.5 + client.random()));
  }
  throw serviceFailure(
    'branch-contended',
    `${branch} moved ${RACES} times while a commit for it was made`,
    'find out what writes to it so often, and run again',
  );
}

/** Makes a branch of the app's own one commit on top of `parent`, whatever it was before. */
export async function publishBranch(
  client: GithubClient,
  cache: GitCache,
  uploads: GitUploads,
  branch: string,
  parent: string,
  wish: NewCommit,
): Promise<Published> {
  demandOwnBranch(branch);
  const commit = await writeCommit(client, cache, uploads, parent, wish);
  for (let race = 1; race <= RACES; race += 1) {
    const head = await readHead(client, branch);
    if (head === commit.sha) return { outcome: 'published', commit };
    if (head === null) {
      if (await createBranch(client, branch, commit.sha)) return { outcome: 'published', commit };
      continue;
    }
    const present = await readCommit(client, cache, head);
    if (present !== null && !(await isDisposable(client, cache, present, commit, parent)))
      return { outcome: 'foreign', head: present };
    if (await moveBranch(client, branch, commit.sha, true)) return { outcome: 'published', commit };
  }
  throw serviceFailure(
    'branch-contended',
    `${branch} moved ${RACES} times while it was rebuilt`,
    'run again',
  );
}

/** The app's own work, with or without "Update branch" on top, or what main has anyway: moving away from it loses nothing. */
async function isDisposable(
  client: GithubClient,
  cache: GitCache,
  present: ForgeCommit,
  ours: ForgeCommit,
  parent: string,
): Promise<boolean> {
  let below: ForgeCommit | null = present;
  while (below !== null && isForgeMerge(below))
    below = await readCommit(client, cache, below.parents[0] ?? '');
  return (below !== null && isAppsOwn(below, ours)) || isAncestor(client, present.sha, parent);
}

/** Deletes a branch of the app's own while it still stands at `head`; a branch that is gone already counts as deleted. */
export async function deleteBranch(client: GithubClient, branch: string, head: string): Promise<boolean> {
  demandOwnBranch(branch);
  const present = await readHead(client, branch);
  if (present === null) return true;
  if (present !== head) return false;
  try {
    await client.octokit.rest.git.deleteRef({ ...client.here, ref: `heads/${branch}` });
  } catch (error) {
    if (!(error instanceof ForgeRefusal && (error.status === 404 || isMissingRef(error.said)))) throw error;
  }
  return true;
}

function demandOwnBranch(branch: string): void {
  if (!branch.startsWith('rollcall/'))
    throw new Error(`${branch} is not a branch of Rollcall's own: only rollcall/* may be rebuilt or deleted`);
}

/** Author, committer and signature are left to the forge: only then is the commit shown as Verified. */
async function writeCommit(
  client: GithubClient,
  cache: GitCache,
  uploads: GitUploads,
  parent: string,
  { message, changes }: NewCommit,
): Promise<ForgeCommit> {
  const before = await readCommit(client, cache, parent);
  if (before === null)
    throw serviceFailure('unknown-commit', `GitHub does not know commit ${parent.slice(0, 12)}`, 'run again');
  const tree = await writeTree(client, uploads, before.tree, changes);
  const { data } = await client.octokit.rest.git.createCommit({
    ...client.here,
    message,
    tree,
    parents: [parent],
  });
  const commit = keep(cache, commitOf(data));
  if (!commit.verified && !uploads.warned) {
    uploads.warned = true;
    client.progress(
      'commits made with this token are not shown as Verified: use the token of a GitHub App, not of a person',
    );
  }
  return commit;
}

async function writeTree(
  client: GithubClient,
  uploads: GitUploads,
  base: string,
  changes: FileChange[],
): Promise<string> {
  const { blobs, chunks } = cutTree(changes, uploads.blobs);
  for (const { id, text } of blobs) {
    const { data } = await client.octokit.rest.git.createBlob({
      ...client.here,
      content: Buffer.from(text, 'utf8').toString('base64'),
      encoding: 'base64',
    });
    if (data.sha !== id) throw wrongContent();
    uploads.blobs.add(id);
  }
  let tree = base;
  for (const { entries, brings } of chunks) {
    const { data } = await client.octokit.rest.git.createTree({
      ...client.here,
      base_tree: tree,
      // octokit's type knows no deletion (sha: null); GitHub's own documentation does.
      tree: entries as {
        path: string;
        mode: '100644';
        type: 'blob';
        sha?: string | null;
        content?: string;
      }[],
    });
    tree = data.sha;
    for (const id of brings) uploads.blobs.add(id);
    if (chunks.length > 3) client.progress(`sent ${uploads.blobs.size} files`);
  }
  return tree;
}

/** The forge stored other bytes than ours: what is approved would not be what was planned. */
function wrongContent(): Error {
  return serviceFailure(
    'content-changed',
    'GitHub stored other bytes than were sent',
    'a proxy may rewrite what passes; check GITHUB_API_URL',
  );
}

async function moveForward(client: GithubClient, branch: string, from: string, to: string): Promise<boolean> {
  if (await moveBranch(client, branch, to, false)) return true;
  const now = await readHead(client, branch);
  // Our move may have landed although its answer was lost, and somebody may stand on it already.
  return now !== null && now !== from && (await isAncestor(client, to, now));
}

/** False when somebody was faster, or nobody knows: the caller looks. */
async function moveBranch(
  client: GithubClient,
  branch: string,
  to: string,
  force: boolean,
): Promise<boolean> {
  try {
    await client.octokit.rest.git.updateRef({ ...client.here, ref: `heads/${branch}`, sha: to, force });
    return true;
  } catch (error) {
    if (error instanceof AnswerLost) return false;
    if (error instanceof ForgeRefusal && !isRuleViolation({ status: error.status, message: error.said }))
      if (isLostRace(error.said) || isMissingRef(error.said) || error.status === 409) return false;
    throw error;
  }
}

async function createBranch(client: GithubClient, branch: string, sha: string): Promise<boolean> {
  try {
    await client.octokit.rest.git.createRef({ ...client.here, ref: `refs/heads/${branch}`, sha });
    return true;
  } catch (error) {
    if (error instanceof AnswerLost) return false;
    if (error instanceof ForgeRefusal && isExistingRef(error.said)) return false;
    throw error;
  }
}
