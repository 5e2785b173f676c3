/** Reviews and who was asked for one (GitHub REST, "Reviews" and "Review requests"). A review is bound to the commit it was given for. */
import { reads, roleOf, writes } from '../access.ts';
import { readCommit } from '../commit-making.ts';
import { optionalChoice, optionalText, optionalTexts, requiredText } from '../fields.ts';
import { answerPage } from '../paging.ts';
import { recordPullEvent } from '../pull-events.ts';
import { notFound, unprocessable, unprocessableEntity } from '../refusals.ts';
import { renderPullSimple, renderReview } from '../render/pull.ts';
import { renderUser } from '../render/account.ts';
import { created, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import type { PullIssue, Review } from '../discussion.ts';
import { accountOf, fullName, nextId } from '../world.ts';
import { demandPull } from './pulls.ts';

const EVENTS = ['APPROVE', 'REQUEST_CHANGES', 'COMMENT'] as const;
type Event = (typeof EVENTS)[number];

const STATES: Record<Event, Review['state']> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

// Anyone who can read may give a review; whether it counts is for the rules of the branch.
const REVIEWING = { ...writes('pull_requests'), role: 'read' } as const;
const REVIEWS = '/pulls/{number}/reviews';

export const reviewRoutes: RepositoryRoute[] = [
  { method: 'GET', template: REVIEWS, need: reads('pull_requests'), run: listReviews },
  { method: 'POST', template: REVIEWS, need: REVIEWING, run: createReview },
  { method: 'GET', template: `${REVIEWS}/{review_id}`, need: reads('pull_requests'), run: getReview },
  { method: 'PUT', template: `${REVIEWS}/{review_id}`, need: REVIEWING, run: editReview },
  { method: 'DELETE', template: `${REVIEWS}/{review_id}`, need: REVIEWING, run: deletePending },
  { method: 'POST', template: `${REVIEWS}/{review_id}/events`, need: REVIEWING, run: submitPending },
  {
    method: 'PUT',
    template: `${REVIEWS}/{review_id}/dismissals`,
    need: writes('pull_requests'),
    run: dismissReview,
  },
  {
    method: 'GET',
    template: '/pulls/{number}/requested_reviewers',
    need: reads('pull_requests'),
    run: listRequested,
  },
  {
    method: 'POST',
    template: '/pulls/{number}/requested_reviewers',
    need: writes('pull_requests'),
    run: requestReviewers,
  },
  {
    method: 'DELETE',
    template: '/pulls/{number}/requested_reviewers',
    need: writes('pull_requests'),
    run: withdrawRequests,
  },
];

async function listReviews(exchange: RepositoryExchange) {
  const { repository, call, actor } = exchange;
  const issue = demandPull(exchange);
  const reviews = [...repository.reviews.values()]
    .filter(({ pull }) => pull === issue.number)
    // A pending review is seen by nobody but its author.
    .filter(({ state, user }) => state !== 'PENDING' || user.login === actor.account.login);
  return answerPage(exchange, call, reviews, (review) => renderReview(exchange, repository, review));
}

async function createReview(exchange: RepositoryExchange) {
  const { repository, actor, body, now, world } = exchange;
  const issue = demandPull(exchange);
  const event = optionalChoice(body, 'event', EVENTS);
  const text = optionalText(body, 'body') ?? '';
  const commitId = optionalText(body, 'commit_id') ?? issue.pull.head.sha;
  if ((await readCommit(repository, commitId))?.sha !== commitId)
    throw unprocessableEntity('The commit_id is not part of the pull request');
  const review: Review = {
    id: nextId(world),
    pull: issue.number,
    user: actor.account,
    body: text,
    state: 'PENDING',
    commitId,
    submittedAt: undefined,
  };
  if (event === undefined) {
    const pending = [...repository.reviews.values()].some(
      ({ pull, state, user }) =>
        pull === issue.number && state === 'PENDING' && user.login === actor.account.login,
    );
    if (pending) throw unprocessableEntity('User can only have one pending review per pull request');
    repository.reviews.set(review.id, review);
    return ok(renderReview(exchange, repository, review));
  }
  demandSubmission(exchange, issue, event, text);
  repository.reviews.set(review.id, review);
  submit(exchange, issue, review, event, now);
  return ok(renderReview(exchange, repository, review));
}

function demandSubmission(
  { actor, repository }: RepositoryExchange,
  issue: PullIssue,
  event: Event,
  body: string,
): void {
  const own = issue.user.login === actor.account.login;
  if (event === 'APPROVE' && own) throw unprocessableEntity('Can not approve your own pull request');
  if (event === 'REQUEST_CHANGES' && own)
    throw unprocessableEntity('Can not request changes on your own pull request');
  if (
    event === 'APPROVE' &&
    actor.kind === 'GITHUB_TOKEN' &&
    !repository.actionsPermissions.canApprovePullRequestReviews
  )
    throw unprocessableEntity('GitHub Actions is not permitted to approve pull requests.');
  if (event !== 'APPROVE' && body.trim() === '')
    throw unprocessableEntity(
      `Could not ${event === 'COMMENT' ? 'comment' : 'request changes for'} pull request review.`,
    );
}

function submit(
  exchange: RepositoryExchange,
  issue: PullIssue,
  review: Review,
  event: Event,
  now: Date,
): void {
  const { repository, actor } = exchange;
  review.state = STATES[event];
  review.submittedAt = now;
  issue.pull.requestedReviewers.delete(actor.account.login);
  issue.updatedAt = now;
  recordPullEvent(exchange, repository, actor, issue, now, 'submitted', {
    review: { ...renderReview(exchange, repository, review), state: review.state.toLowerCase() },
  });
}

function demandReview({ repository, params }: RepositoryExchange, issue: PullIssue): Review {
  const review = repository.reviews.get(Number(params['review_id']));
  if (review === undefined || review.pull !== issue.number) throw notFound();
  return review;
}

function getReview(exchange: RepositoryExchange) {
  const review = demandReview(exchange, demandPull(exchange));
  return ok(renderReview(exchange, exchange.repository, review));
}

function editReview(exchange: RepositoryExchange) {
  const review = demandReview(exchange, demandPull(exchange));
  if (review.user.login !== exchange.actor.account.login) throw notFound();
  review.body = requiredText(exchange.body, 'body');
  return ok(renderReview(exchange, exchange.repository, review));
}

function deletePending(exchange: RepositoryExchange) {
  const review = demandReview(exchange, demandPull(exchange));
  if (review.state !== 'PENDING')
    throw unprocessableEntity('Can not delete a non-pending pull request review');
  exchange.repository.reviews.delete(review.id);
  return ok(renderReview(exchange, exchange.repository, review));
}

function submitPending(exchange: RepositoryExchange) {
  const issue = demandPull(exchange);
  const review = demandReview(exchange, issue);
  const event = optionalChoice(exchange.body, 'event', EVENTS);
  if (event === undefined) throw unprocessable('Invalid request.\n\n"event" wasn\'t supplied.');
  if (review.state !== 'PENDING' || review.user.login !== exchange.actor.account.login) throw notFound();
  review.body = optionalText(exchange.body, 'body') ?? review.body;
  demandSubmission(exchange, issue, event, review.body);
  submit(exchange, issue, review, event, exchange.now);
  return ok(renderReview(exchange, exchange.repository, review));
}

/** A dismissed review keeps its id and changes its own state. */
function dismissReview(exchange: RepositoryExchange) {
  const { repository, actor, body, now } = exchange;
  const issue = demandPull(exchange);
  const review = demandReview(exchange, issue);
  requiredText(body, 'message');
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED')
    throw unprocessableEntity(`Can not dismiss a ${review.state.toLowerCase()} pull request review`);
  review.state = 'DISMISSED';
  recordPullEvent(exchange, repository, actor, issue, now, 'dismissed', {
    review: { ...renderReview(exchange, repository, review), state: 'dismissed' },
  });
  return ok(renderReview(exchange, repository, review));
}

function listRequested(exchange: RepositoryExchange) {
  const { pull } = demandPull(exchange);
  return ok({
    users: [...pull.requestedReviewers].map((login) =>
      renderUser(exchange, accountOf(exchange.world, login)),
    ),
    teams: [...pull.requestedTeams].map((slug) => ({ slug, name: slug })),
  });
}

function requestReviewers(exchange: RepositoryExchange) {
  const { repository, actor, body, now, world } = exchange;
  const issue = demandPull(exchange);
  const logins = optionalTexts(body, 'reviewers') ?? [];
  const teams = optionalTexts(body, 'team_reviewers') ?? [];
  if (logins.includes(issue.user.login))
    throw unprocessable('Review cannot be requested from pull request author.');
  if (logins.some((login) => roleOf(repository, login) === 'none'))
    throw unprocessable(
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${fullName(repository)} repository.`,
    );
  for (const login of logins) issue.pull.requestedReviewers.add(accountOf(world, login).login);
  for (const team of teams) issue.pull.requestedTeams.add(team);
  issue.updatedAt = now;
  if (logins.length + teams.length > 0)
    recordPullEvent(exchange, repository, actor, issue, now, 'review_requested');
  return created(renderPullSimple(exchange, repository, issue, issue.pull.mergeability?.testMerge ?? null));
}

function withdrawRequests(exchange: RepositoryExchange) {
  const { repository, body } = exchange;
  const issue = demandPull(exchange);
  for (const login of optionalTexts(body, 'reviewers') ?? []) issue.pull.requestedReviewers.delete(login);
  for (const team of optionalTexts(body, 'team_reviewers') ?? []) issue.pull.requestedTeams.delete(team);
  return ok(renderPullSimple(exchange, repository, issue, issue.pull.mergeability?.testMerge ?? null));
}
