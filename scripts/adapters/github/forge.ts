/** The port, put together from its parts; see ports.ts for what each promises. */
import type { Forge } from '../../ports.ts';
import { createCheck } from './checks.ts';
import {
  createGithubClient,
  type GithubClient,
  type GithubConnection,
  type GithubSurroundings,
} from './client.ts';
import { listComments, putComment } from './comments.ts';
import {
  createGitCache,
  isAncestor,
  listCommits,
  readBlob,
  readBlobId,
  readCommit,
  readFolder,
  readHead,
} from './git-reading.ts';
import { commitOnto, deleteBranch, publishBranch, type GitUploads } from './git-writing.ts';
import * as pulls from './pull-requests.ts';
import { listReviews, readPermission } from './reviews.ts';

export function connectForge(connection: GithubConnection, parts: Partial<GithubSurroundings> = {}): Forge {
  return forgeOf(createGithubClient(connection, parts));
}

export function forgeOf(client: GithubClient): Forge {
  const { octokit, here } = client;
  const cache = createGitCache();
  const uploads: GitUploads = { blobs: new Set(), warned: false };
  return {
    repository: `${here.owner}/${here.repo}`,
    readDefaultBranch: async () => (await octokit.rest.repos.get(here)).data.default_branch,
    readHead: (branch) => readHead(client, branch),
    readCommit: (sha) => readCommit(client, cache, sha),
    readFolder: (commit, folder) => readFolder(client, cache, commit, folder),
    readBlob: (blob) => readBlob(client, blob),
    readBlobId: (commit, path) => readBlobId(client, commit, path),
    listCommits: (branch, path, limit) => listCommits(client, cache, branch, path, limit),
    isAncestor: (ancestor, descendant) => isAncestor(client, ancestor, descendant),
    commitOnto: (branch, build) => commitOnto(client, cache, uploads, branch, build),
    publishBranch: (branch, parent, commit) => publishBranch(client, cache, uploads, branch, parent, commit),
    deleteBranch: (branch, head) => deleteBranch(client, branch, head),
    listPullRequests: (state, base) => pulls.listPullRequests(client, state, base),
    readPullRequest: (number) => pulls.readPullRequest(client, number),
    readClosedBy: (number) => pulls.readClosedBy(client, number),
    openPullRequest: (wanted) => pulls.openPullRequest(client, wanted),
    changePullRequest: (number, changes) => pulls.changePullRequest(client, number, changes),
    addLabels: (number, labels) => pulls.addLabels(client, number, labels),
    removeLabel: (number, label) => pulls.removeLabel(client, number, label),
    requestReviewers: (number, logins) => pulls.requestReviewers(client, number, logins),
    listReviews: (number) => listReviews(client, number),
    findPullRequestsOf: (commit) => pulls.findPullRequestsOf(client, commit),
    listFiles: (number) => pulls.listFiles(client, number),
    listPullRequestCommits: (number) => pulls.listPullRequestCommits(client, number),
    listComments: (number) => listComments(client, number),
    putComment: (number, marker, body, replace) => putComment(client, number, marker, body, replace),
    createCheck: (check) => createCheck(client, check),
    readPermission: (login) => readPermission(client, login),
  };
}
