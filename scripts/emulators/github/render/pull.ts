/** Pull requests in their two shapes: `pull-request-simple` of lists, which lacks `merged` and `merged_by`, and the full one. */
import { associationOf } from '../access.ts';
import type { View } from '../routing.ts';
import type { PullIssue, Review } from '../discussion.ts';
import { findRepository, fullName, instant, type Repository } from '../world.ts';
import { nodeId, renderRepository, renderUser, repositoryPage, repositoryUrl } from './account.ts';
import { renderLabel } from './issue.ts';

export function renderPullSimple(
  view: View,
  repository: Repository,
  issue: PullIssue,
  mergeCommitSha: string | null,
): Record<string, unknown> {
  const { pull } = issue;
  const url = `${repositoryUrl(view, repository)}/pulls/${issue.number}`;
  const issueUrl = `${repositoryUrl(view, repository)}/issues/${issue.number}`;
  const page = `${repositoryPage(view, repository)}/pull/${issue.number}`;
  const statuses = `${repositoryUrl(view, repository)}/statuses/${pull.head.sha}`;
  return {
    url,
    id: issue.id,
    node_id: nodeId('PullRequest', issue.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(view, repository)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statuses,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: renderUser(view, issue.user),
    body: issue.body,
    labels: [...issue.labels].map((name) => renderLabel(view, repository, name)),
    milestone: null,
    active_lock_reason: null,
    created_at: instant(issue.createdAt),
    updated_at: instant(issue.updatedAt),
    closed_at: issue.closedAt === undefined ? null : instant(issue.closedAt),
    merged_at: pull.merged === undefined ? null : instant(pull.merged.at),
    merge_commit_sha: pull.merged?.sha ?? mergeCommitSha,
    assignee: null,
    assignees: [...issue.assignees].map((login) => ({ login })),
    requested_reviewers: [...pull.requestedReviewers].map((login) =>
      renderUser(view, view.world.accounts.get(login.toLowerCase()) ?? { login, id: 0, type: 'User' }),
    ),
    requested_teams: [...pull.requestedTeams].map((slug) => ({ slug, name: slug })),
    head: renderSide(view, pull.head.repository, pull.head.ref, pull.head.sha),
    base: renderSide(view, fullName(repository), pull.base.ref, pull.base.sha),
    _links: {
      self: { href: url },
      html: { href: page },
      issue: { href: issueUrl },
      comments: { href: `${issueUrl}/comments` },
      review_comments: { href: `${url}/comments` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: associationOf(repository, issue.user.login),
    auto_merge: null,
    draft: pull.draft,
  };
}

export interface PullFigures {
  mergeable: boolean | null;
  mergeableState: string;
  testMerge: string | null;
  commits: number;
  additions: number;
  deletions: number;
  changedFiles: number;
}

export function renderPull(
  view: View,
  repository: Repository,
  issue: PullIssue,
  figures: PullFigures,
): Record<string, unknown> {
  const { pull } = issue;
  return {
    ...renderPullSimple(view, repository, issue, figures.testMerge),
    merged: pull.merged !== undefined,
    mergeable: figures.mergeable,
    rebaseable: figures.mergeable,
    mergeable_state: figures.mergeableState,
    merged_by: pull.merged === undefined ? null : renderUser(view, pull.merged.by),
    comments: [...repository.comments.values()].filter(({ issue: on }) => on === issue.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: figures.commits,
    additions: figures.additions,
    deletions: figures.deletions,
    changed_files: figures.changedFiles,
  };
}

export function renderReview(view: View, repository: Repository, review: Review): Record<string, unknown> {
  const url = `${repositoryUrl(view, repository)}/pulls/${review.pull}`;
  const page = `${repositoryPage(view, repository)}/pull/${review.pull}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: renderUser(view, review.user),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: url,
    author_association: associationOf(repository, review.user.login),
    _links: { html: { href: page }, pull_request: { href: url } },
    ...(review.submittedAt === undefined ? {} : { submitted_at: instant(review.submittedAt) }),
    commit_id: review.commitId,
  };
}

function renderSide(view: View, repositoryName: string, ref: string, sha: string): Record<string, unknown> {
  const [owner = '', name = ''] = repositoryName.split('/');
  const repository = findRepository(view.world, owner, name);
  return {
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: repository === undefined ? null : renderUser(view, repository.owner),
    repo: repository === undefined ? null : renderRepository(view, repository),
  };
}
