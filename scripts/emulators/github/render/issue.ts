/** Issues, labels and comments as the API shows them. */
import { associationOf } from '../access.ts';
import type { View } from '../routing.ts';
import type { Comment, Issue } from '../discussion.ts';
import { instant, type Repository } from '../world.ts';
import { nodeId, renderUser, repositoryPage, repositoryUrl } from './account.ts';

export function renderIssue(view: View, repository: Repository, issue: Issue): Record<string, unknown> {
  const url = `${repositoryUrl(view, repository)}/issues/${issue.number}`;
  const kind = issue.pull === undefined ? 'issues' : 'pull';
  const page = `${repositoryPage(view, repository)}/${kind}/${issue.number}`;
  const pullUrl = `${repositoryUrl(view, repository)}/pulls/${issue.number}`;
  const assignees = [...issue.assignees].map((login) =>
    renderUser(view, view.world.accounts.get(login.toLowerCase()) ?? { login, id: 0, type: 'User' }),
  );
  return {
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    url,
    repository_url: repositoryUrl(view, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: renderUser(view, issue.user),
    labels: [...issue.labels].map((name) => renderLabel(view, repository, name)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: issue.locked,
    active_lock_reason: null,
    comments: [...repository.comments.values()].filter((comment) => comment.issue === issue.number).length,
    closed_at: issue.closedAt === undefined ? null : instant(issue.closedAt),
    closed_by: issue.closedBy === undefined ? null : renderUser(view, issue.closedBy),
    created_at: instant(issue.createdAt),
    updated_at: instant(issue.updatedAt),
    author_association: associationOf(repository, issue.user.login),
    ...(issue.pull === undefined
      ? {}
      : {
          draft: issue.pull.draft,
          pull_request: {
            url: pullUrl,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: issue.pull.merged === undefined ? null : instant(issue.pull.merged.at),
          },
        }),
  };
}

export function renderLabel(view: View, repository: Repository, name: string): Record<string, unknown> {
  const label = repository.labels.get(name.toLowerCase());
  return {
    id: label?.id ?? 0,
    node_id: nodeId('Label', label?.id ?? 0),
    url: `${repositoryUrl(view, repository)}/labels/${encodeURIComponent(name)}`,
    name: label?.name ?? name,
    description: label?.description ?? null,
    color: label?.color ?? 'ededed',
    default: false,
  };
}

export function renderComment(view: View, repository: Repository, comment: Comment): Record<string, unknown> {
  const base = repositoryUrl(view, repository);
  const kind = repository.issues.get(comment.issue)?.pull === undefined ? 'issues' : 'pull';
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: `${base}/issues/comments/${comment.id}`,
    html_url: `${repositoryPage(view, repository)}/${kind}/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${base}/issues/${comment.issue}`,
    body: comment.body,
    user: renderUser(view, comment.user),
    created_at: instant(comment.createdAt),
    updated_at: instant(comment.updatedAt),
    author_association: associationOf(repository, comment.user.login),
    performed_via_github_app: null,
  };
}
