/** Commits, trees and blobs as the git data API shows them; what is named by its content is read once. */
import type { ForgeCommit } from '../../core/forge/shapes.ts';
import { serviceFailure } from '../../core/values/failure.ts';
import { ForgeRefusal, orAbsent, type GithubClient } from './client.ts';

/** What cannot change, kept for the length of a run. */
export interface GitCache {
  commits: Map<string, ForgeCommit>;
  /** `tree` or `tree/recursive` -> its files and folders. */
  trees: Map<string, TreeRow[]>;
}

interface TreeRow {
  path: string;
  type: string;
  sha: string;
}

interface GitCommitAnswer {
  sha: string;
  tree: { sha: string };
  parents: { sha: string }[];
  message: string;
  author: { name?: string; email?: string; date?: string } | null;
  committer: { name?: string; email?: string; date?: string } | null;
  verification?: { verified: boolean } | undefined;
}

export function createGitCache(): GitCache {
  return { commits: new Map(), trees: new Map() };
}

export async function readHead(client: GithubClient, branch: string): Promise<string | null> {
  const answer = await orAbsent(client.octokit.rest.git.getRef({ ...client.here, ref: `heads/${branch}` }));
  return answer?.data.object.sha ?? null;
}

/** null for a commit the forge does not have; a malformed or foreign id is answered with 404 or 422. */
export async function readCommit(
  client: GithubClient,
  cache: GitCache,
  sha: string,
): Promise<ForgeCommit | null> {
  const known = cache.commits.get(sha);
  if (known !== undefined) return known;
  try {
    const { data } = await client.octokit.rest.git.getCommit({ ...client.here, commit_sha: sha });
    return keep(cache, commitOf(data));
  } catch (error) {
    if (error instanceof ForgeRefusal && (error.status === 404 || error.status === 422)) return null;
    throw error;
  }
}

export function keep(cache: GitCache, commit: ForgeCommit): ForgeCommit {
  cache.commits.set(commit.sha, commit);
  return commit;
}

export function commitOf(data: GitCommitAnswer): ForgeCommit {
  return {
    sha: data.sha,
    tree: data.tree.sha,
    parents: data.parents.map(({ sha }) => sha),
    message: data.message,
    author: { name: data.author?.name ?? '', email: data.author?.email ?? '' },
    committer: { name: data.committer?.name ?? '', email: data.committer?.email ?? '' },
    committedAt: data.committer?.date ?? '',
    verified: data.verification?.verified === true,
  };
}

/** Files below a folder, as path from the root -> blob id; two requests, more where GitHub truncates (over 7 MB). */
export async function readFolder(
  client: GithubClient,
  cache: GitCache,
  commit: string,
  folder: string,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const root = await readCommit(client, cache, commit);
  if (root === null)
    throw serviceFailure('unknown-commit', `GitHub does not know commit ${commit.slice(0, 12)}`, 'run again');
  let tree = root.tree;
  for (const part of folder.split('/').filter((each) => each !== '')) {
    const rows = await readTree(client, cache, tree, false);
    const next = rows?.find(({ path, type }) => path === part && type === 'tree');
    if (next === undefined) return files;
    tree = next.sha;
  }
  await collect(client, cache, tree, folder, files);
  return files;
}

async function collect(
  client: GithubClient,
  cache: GitCache,
  tree: string,
  folder: string,
  files: Map<string, string>,
): Promise<void> {
  const below = (path: string): string => (folder === '' ? path : `${folder}/${path}`);
  const all = await readTree(client, cache, tree, true);
  if (all !== undefined) {
    for (const { path, type, sha } of all) if (type === 'blob') files.set(below(path), sha);
    return;
  }
  // Too large for one answer: a level at a time.
  for (const { path, type, sha } of (await readTree(client, cache, tree, false)) ?? [])
    if (type === 'blob') files.set(below(path), sha);
    else if (type === 'tree') await collect(client, cache, sha, below(path), files);
}

/** undefined when a recursive answer was truncated. */
async function readTree(
  client: GithubClient,
  cache: GitCache,
  sha: string,
  recursive: boolean,
): Promise<TreeRow[] | undefined> {
  const key = recursive ? `${sha}/recursive` : sha;
  const known = cache.trees.get(key);
  if (known !== undefined) return known;
  const { data } = await client.octokit.rest.git.getTree({
    ...client.here,
    tree_sha: sha,
    ...(recursive ? { recursive: '1' } : {}),
  });
  if (data.truncated) {
    if (recursive) return undefined;
    throw serviceFailure('folder-too-large', 'GitHub cannot list a folder of this repository', 'shard it');
  }
  const rows = data.tree.map(({ path, type, sha: id }) => ({ path, type, sha: id }));
  cache.trees.set(key, rows);
  return rows;
}

export async function readBlob(client: GithubClient, blob: string): Promise<string> {
  const { data } = await client.octokit.rest.git.getBlob({ ...client.here, file_sha: blob });
  return data.encoding === 'base64' ? Buffer.from(data.content, 'base64').toString('utf8') : data.content;
}

/** The contents API names the blob of a file of any size, also where it leaves the content out (over 1 MB). */
export async function readBlobId(client: GithubClient, commit: string, path: string): Promise<string | null> {
  const answer = await orAbsent(client.octokit.rest.repos.getContent({ ...client.here, path, ref: commit }));
  const data = answer?.data;
  return data === undefined || Array.isArray(data) || data.type !== 'file' ? null : data.sha;
}

export async function listCommits(
  client: GithubClient,
  cache: GitCache,
  branch: string,
  path: string,
  limit: number,
): Promise<ForgeCommit[]> {
  const answer = await orAbsent(
    client.octokit.rest.repos.listCommits({
      ...client.here,
      sha: branch,
      path,
      per_page: Math.min(limit, 100),
    }),
  );
  return (answer?.data ?? []).map(({ sha, parents, commit }) =>
    keep(cache, commitOf({ ...commit, sha, parents, verification: commit.verification })),
  );
}

export async function isAncestor(
  client: GithubClient,
  ancestor: string,
  descendant: string,
): Promise<boolean> {
  if (ancestor === descendant) return true;
  const answer = await orAbsent(
    client.octokit.rest.repos.compareCommitsWithBasehead({
      ...client.here,
      basehead: `${ancestor}...${descendant}`,
      per_page: 1,
    }),
  );
  return answer?.data.status === 'ahead' || answer?.data.status === 'identical';
}
