/** Commits and changed files as the API shows them: one shape for git/commits, another for everything else. */
import { isVerified, type Commit } from '../git/commits.ts';
import type { ChangedFile } from '../git/history.ts';
import type { View } from '../routing.ts';
import type { Account } from '../people.ts';
import type { Repository } from '../world.ts';
import { encodePath, nodeId, renderUser, repositoryPage, repositoryUrl } from './account.ts';

/** `GET /git/commits/{sha}`. */
export function renderGitCommit(view: View, repository: Repository, commit: Commit): Record<string, unknown> {
  const url = repositoryUrl(view, repository);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${repositoryPage(view, repository)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: renderParents(view, repository, commit, 'git/commits'),
    verification: renderVerification(commit),
  };
}

/** A row of `GET /commits`, and with files `GET /commits/{ref}`. */
export function renderCommit(
  view: View,
  repository: Repository,
  commit: Commit,
  files?: ChangedFile[],
): Record<string, unknown> {
  const url = repositoryUrl(view, repository);
  const author = accountByEmail(view, commit.author.email);
  const committer = accountByEmail(view, commit.committer.email);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: renderVerification(commit),
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: `${repositoryPage(view, repository)}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: author === undefined ? null : renderUser(view, author),
    committer: committer === undefined ? null : renderUser(view, committer),
    parents: renderParents(view, repository, commit, 'commits'),
    ...(files === undefined ? {} : { stats: renderStats(files) }),
  };
}

export function renderStats(files: ChangedFile[]): { total: number; additions: number; deletions: number } {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return { total: additions + deletions, additions, deletions };
}

export function renderFile(
  view: View,
  repository: Repository,
  sha: string,
  file: ChangedFile,
): Record<string, unknown> {
  const path = encodePath(file.filename);
  const page = repositoryPage(view, repository);
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${page}/blob/${sha}/${path}`,
    raw_url: `${page}/raw/${sha}/${path}`,
    contents_url: `${repositoryUrl(view, repository)}/contents/${path}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousFilename === undefined ? {} : { previous_filename: file.previousFilename }),
  };
}

export function renderVerification(commit: Commit): Record<string, unknown> {
  const verified = isVerified(commit);
  const reason = commit.signature === undefined ? 'unsigned' : verified ? 'valid' : 'unknown_key';
  return {
    verified,
    reason,
    signature: commit.signature ?? null,
    payload: commit.signature === undefined ? null : commit.payload,
    verified_at: verified ? commit.committer.date : null,
  };
}

/** The address GitHub gives to whoever hides his own, and to every bot. */
export function noreplyAddress(account: Account): string {
  return `${account.id}+${account.login}@users.noreply.github.com`;
}

export const WEB_FLOW = { name: 'GitHub', email: 'noreply@github.com' };

function accountByEmail({ world }: View, email: string): Account | undefined {
  if (email === WEB_FLOW.email) return { login: 'web-flow', id: 19864447, type: 'User' };
  return [...world.accounts.values()].find((account) => noreplyAddress(account) === email);
}

function renderParents(view: View, repository: Repository, commit: Commit, kind: string): unknown[] {
  return commit.parents.map((sha) => ({
    sha,
    url: `${repositoryUrl(view, repository)}/${kind}/${sha}`,
    html_url: `${repositoryPage(view, repository)}/commit/${sha}`,
  }));
}
