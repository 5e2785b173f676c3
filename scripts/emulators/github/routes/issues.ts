/** Issues, pull requests among them, and their comments (GitHub REST, "Issues"). */
import { reads, writes } from '../access.ts';
import {
  optionalChoice,
  optionalList,
  optionalText,
  optionalTexts,
  requiredText,
  isObject,
} from '../fields.ts';
import { answerPage } from '../paging.ts';
import { closePull } from '../pull-follow.ts';
import { invalid, notFound } from '../refusals.ts';
import { renderComment, renderIssue } from '../render/issue.ts';
import { created, noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { recordEvent } from '../triggers.ts';
import type { Comment, Issue } from '../discussion.ts';
import { isPull, nextId, nextNumber } from '../world.ts';
import { makeLabel } from './labels.ts';
import { BODY_LIMIT, demandBody } from './pulls.ts';

const ANY = ['issues', 'pull_requests'];
const COMMENTING = { ...writes(...ANY), role: 'read' } as const;

export const issueRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/issues', need: reads('issues'), run: listIssues },
  { method: 'POST', template: '/issues', need: { ...writes('issues'), role: 'read' }, run: createIssue },
  { method: 'GET', template: '/issues/{number}', need: reads(...ANY), run: getIssue },
  { method: 'PATCH', template: '/issues/{number}', need: writes(...ANY), run: updateIssue },
  { method: 'GET', template: '/issues/{number}/comments', need: reads(...ANY), run: listComments },
  { method: 'POST', template: '/issues/{number}/comments', need: COMMENTING, run: createComment },
  { method: 'GET', template: '/issues/comments', need: reads(...ANY), run: listAllComments },
  { method: 'GET', template: '/issues/comments/{comment_id}', need: reads(...ANY), run: getComment },
  { method: 'PATCH', template: '/issues/comments/{comment_id}', need: COMMENTING, run: updateComment },
  { method: 'DELETE', template: '/issues/comments/{comment_id}', need: COMMENTING, run: deleteComment },
];

export function demandIssue({ repository, params }: RepositoryExchange): Issue {
  const issue = repository.issues.get(Number(params['number']));
  if (issue === undefined) throw notFound();
  return issue;
}

async function listIssues(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const { query } = call;
  const state = query.get('state') ?? 'open';
  const wanted = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const creator = query.get('creator');
  const since = Date.parse(query.get('since') ?? '');
  const ascending = query.get('direction') === 'asc';
  const issues = [...repository.issues.values()]
    .filter((issue) => state === 'all' || issue.state === state)
    .filter(({ labels }) => wanted.every((name) => labels.has(name)))
    .filter(({ user }) => creator === null || user.login === creator)
    .filter(({ updatedAt }) => Number.isNaN(since) || updatedAt.getTime() >= since)
    .sort((a, b) => (a.number - b.number) * (ascending ? 1 : -1));
  return answerPage(exchange, call, issues, (issue) => renderIssue(exchange, repository, issue));
}

function createIssue(exchange: RepositoryExchange) {
  const { repository, actor, body, now, world } = exchange;
  const title = optionalText(body, 'title');
  const text = optionalText(body, 'body') ?? null;
  if (title === undefined || title.trim() === '')
    throw invalid({ resource: 'Issue', code: 'missing_field', field: 'title' });
  demandBody(text);
  const issue: Issue = {
    id: nextId(world),
    number: nextNumber(world, repository),
    title,
    body: text,
    state: 'open',
    stateReason: null,
    user: actor.account,
    labels: readLabels(exchange) ?? new Set(),
    assignees: new Set(optionalTexts(body, 'assignees') ?? []),
    locked: false,
    createdAt: now,
    updatedAt: now,
    closedAt: undefined,
    closedBy: undefined,
    pull: undefined,
  };
  repository.issues.set(issue.number, issue);
  recordIssueEvent(exchange, issue, 'opened');
  return created(renderIssue(exchange, repository, issue));
}

function getIssue(exchange: RepositoryExchange) {
  return ok(renderIssue(exchange, exchange.repository, demandIssue(exchange)));
}

async function updateIssue(exchange: RepositoryExchange) {
  const { repository, actor, body, now } = exchange;
  const issue = demandIssue(exchange);
  const title = optionalText(body, 'title');
  const state = optionalChoice(body, 'state', ['open', 'closed']);
  const text = 'body' in body ? (optionalText(body, 'body') ?? null) : issue.body;
  demandBody(text);
  issue.title = title ?? issue.title;
  issue.body = text;
  issue.labels = readLabels(exchange) ?? issue.labels;
  const assignees = optionalTexts(body, 'assignees');
  if (assignees !== undefined) issue.assignees = new Set(assignees);
  if (state !== undefined && state !== issue.state) {
    if (isPull(issue) && state === 'closed') await closePull(exchange, repository, actor, issue, now);
    else if (!isPull(issue)) {
      issue.state = state;
      issue.stateReason = state === 'open' ? 'reopened' : (optionalText(body, 'state_reason') ?? 'completed');
      issue.closedAt = state === 'closed' ? now : undefined;
      issue.closedBy = state === 'closed' ? actor.account : undefined;
      recordIssueEvent(exchange, issue, state === 'closed' ? 'closed' : 'reopened');
    }
  }
  issue.updatedAt = now;
  return ok(renderIssue(exchange, repository, issue));
}

/** Labels of a body, by name or as objects; those the repository lacks are made. */
function readLabels({ body, repository, world }: RepositoryExchange): Set<string> | undefined {
  const list = optionalList(body, 'labels');
  if (list === undefined) return undefined;
  const names = list.map((entry) => {
    const name = isObject(entry) ? entry['name'] : entry;
    if (typeof name !== 'string' || name === '')
      throw invalid({ resource: 'Label', code: 'missing_field', field: 'name' });
    return makeLabel(world, repository, name).name;
  });
  return new Set(names);
}

function recordIssueEvent(exchange: RepositoryExchange, issue: Issue, action: string): void {
  const { repository, actor, now } = exchange;
  recordEvent(exchange, repository, actor, now, {
    event: 'issues',
    action,
    payload: { issue: renderIssue(exchange, repository, issue) },
  });
}

async function listComments(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const issue = demandIssue(exchange);
  const since = Date.parse(call.query.get('since') ?? '');
  const comments = [...repository.comments.values()]
    .filter((comment) => comment.issue === issue.number)
    .filter(({ updatedAt }) => Number.isNaN(since) || updatedAt.getTime() >= since);
  return answerPage(exchange, call, comments, (comment) => renderComment(exchange, repository, comment));
}

async function listAllComments(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  return answerPage(exchange, call, [...repository.comments.values()], (comment) =>
    renderComment(exchange, repository, comment),
  );
}

function createComment(exchange: RepositoryExchange) {
  const { repository, actor, body, now, world } = exchange;
  const issue = demandIssue(exchange);
  const text = demandCommentBody(requiredText(body, 'body'));
  const comment: Comment = {
    id: nextId(world),
    issue: issue.number,
    user: actor.account,
    body: text,
    createdAt: now,
    updatedAt: now,
  };
  repository.comments.set(comment.id, comment);
  issue.updatedAt = now;
  recordCommentEvent(exchange, issue, comment, 'created');
  return created(renderComment(exchange, repository, comment));
}

function getComment(exchange: RepositoryExchange) {
  return ok(renderComment(exchange, exchange.repository, demandComment(exchange)));
}

function updateComment(exchange: RepositoryExchange) {
  const { repository, body, now } = exchange;
  const comment = demandComment(exchange);
  comment.body = demandCommentBody(requiredText(body, 'body'));
  comment.updatedAt = now;
  const issue = repository.issues.get(comment.issue);
  if (issue !== undefined) recordCommentEvent(exchange, issue, comment, 'edited');
  return ok(renderComment(exchange, repository, comment));
}

function deleteComment(exchange: RepositoryExchange) {
  const { repository } = exchange;
  const comment = demandComment(exchange);
  repository.comments.delete(comment.id);
  const issue = repository.issues.get(comment.issue);
  if (issue !== undefined) recordCommentEvent(exchange, issue, comment, 'deleted');
  return noContent();
}

function recordCommentEvent(
  exchange: RepositoryExchange,
  issue: Issue,
  comment: Comment,
  action: string,
): void {
  const { repository, actor, now } = exchange;
  recordEvent(exchange, repository, actor, now, {
    event: 'issue_comment',
    action,
    ...(issue.pull === undefined ? {} : { pull: issue.number }),
    payload: {
      issue: renderIssue(exchange, repository, issue),
      comment: renderComment(exchange, repository, comment),
    },
  });
}

function demandComment({ repository, params }: RepositoryExchange): Comment {
  const comment = repository.comments.get(Number(params['comment_id']));
  if (comment === undefined) throw notFound();
  return comment;
}

function demandCommentBody(body: string): string {
  if (body.trim() === '')
    throw invalid({
      resource: 'IssueComment',
      code: 'unprocessable',
      field: 'data',
      message: 'Body cannot be blank',
    });
  if ([...body].length > BODY_LIMIT)
    throw invalid({
      resource: 'IssueComment',
      code: 'unprocessable',
      field: 'data',
      message: `Body is too long (maximum is ${BODY_LIMIT} characters)`,
    });
  return body;
}
