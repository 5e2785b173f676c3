/** Pull requests: listed, opened, looked at, edited (GitHub REST, "Pulls"). Merging and reviewing have files of their own. */
import { holds, reads, writes } from '../access.ts';
import { listMergeViolations } from '../approvals.ts';
import { countCommits, findMergeBase, isAncestor, listChangedFiles, readDiff } from '../git/history.ts';
import { optionalChoice, optionalFlag, optionalText, requiredText } from '../fields.ts';
import { askMergeable, refreshMergeability } from '../mergeability.ts';
import { answerPage } from '../paging.ts';
import { recordPullEvent } from '../pull-events.ts';
import { branchTip, bringHead, bringObjects, closePull } from '../pull-follow.ts';
import { forbidden, invalid, notFound } from '../refusals.ts';
import { renderPull, renderPullSimple, type PullFigures } from '../render/pull.ts';
import { text, wantsMedia, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import type { PullIssue } from '../discussion.ts';
import {
  findPull,
  findRepository,
  fullName,
  listPulls as allPulls,
  nextId,
  nextNumber,
  type Repository,
} from '../world.ts';

export const BODY_LIMIT = 65_536;

export const pullRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/pulls', need: reads('pull_requests'), run: listPulls },
  { method: 'POST', template: '/pulls', need: { ...writes('pull_requests'), role: 'read' }, run: createPull },
  { method: 'GET', template: '/pulls/{number}', need: reads('pull_requests', 'contents'), run: getPull },
  { method: 'PATCH', template: '/pulls/{number}', need: writes('pull_requests'), run: updatePull },
];

/** The pull request a path names. @throws Refusal 404 */
export function demandPull({ repository, params }: RepositoryExchange): PullIssue {
  const issue = findPull(repository, Number(params['number']));
  if (issue === undefined) throw notFound();
  return issue;
}

/** What a pull request would bring to its base, counted from where the two parted. */
export async function pullRange(
  repository: Repository,
  { pull, state }: PullIssue,
): Promise<{ base: string; from: string; head: string }> {
  const head = pull.head.sha;
  const tip = state === 'open' ? await branchTip(repository, pull.base.ref) : undefined;
  const base = pull.merged?.baseBefore ?? tip ?? pull.base.sha;
  return { base, from: (await findMergeBase(repository.store.dir, base, head)) ?? base, head };
}

/** The answer of every call that returns one whole pull request. */
export async function answerPull(exchange: RepositoryExchange, issue: PullIssue, status: 200 | 201 = 200) {
  const { repository, now } = exchange;
  await refreshMergeability(repository, issue, now);
  const { base, from, head } = await pullRange(repository, issue);
  const files = await listChangedFiles(repository.store.dir, from, head, { patches: false });
  const mergeable = askMergeable(repository, issue, exchange.call.method === 'GET');
  const figures: PullFigures = {
    mergeable,
    mergeableState: await mergeableState(),
    testMerge: mergeable === true ? (issue.pull.mergeability?.testMerge ?? null) : null,
    commits: await countCommits(repository.store.dir, base, head),
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
  };
  return { status, json: renderPull(exchange, repository, issue, figures) };

  async function mergeableState(): Promise<string> {
    if (issue.state === 'closed' || mergeable === null) return 'unknown';
    if (!mergeable) return 'dirty';
    if (issue.pull.draft) return 'draft';
    const violations = await listMergeViolations(repository, issue, undefined, 'merge');
    return violations.length > 0 ? 'blocked' : 'clean';
  }
}

async function listPulls(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const { query } = call;
  const state = query.get('state') ?? 'open';
  const base = query.get('base');
  const [, owner, branch] = /^([^:]+):(.+)$/.exec(query.get('head') ?? '') ?? [];
  const sort = query.get('sort') ?? 'created';
  const ascending = (query.get('direction') ?? (sort === 'created' ? 'desc' : 'asc')) === 'asc';
  const time = (issue: PullIssue): number =>
    sort === 'updated' ? issue.updatedAt.getTime() : issue.createdAt.getTime();
  const pulls = allPulls(repository)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => base === null || issue.pull.base.ref === base)
    // A head without an owner is not an error: it is ignored, and everything is listed.
    .filter(({ pull: { head } }) => {
      if (owner === undefined) return true;
      return head.repository.split('/')[0]?.toLowerCase() === owner.toLowerCase() && head.ref === branch;
    })
    .sort((a, b) => (time(a) - time(b) || a.number - b.number) * (ascending ? 1 : -1));
  return answerPage(exchange, call, pulls, (issue) =>
    renderPullSimple(exchange, repository, issue, issue.pull.mergeability?.testMerge ?? null),
  );
}

async function createPull(exchange: RepositoryExchange) {
  const { repository, actor, body, now, world } = exchange;
  if (actor.kind === 'GITHUB_TOKEN' && !repository.actionsPermissions.canApprovePullRequestReviews)
    throw forbidden('GitHub Actions is not permitted to create or approve pull requests.');
  const title = optionalText(body, 'title');
  const headName = requiredText(body, 'head');
  const base = requiredText(body, 'base');
  const text = optionalText(body, 'body') ?? null;
  const source = findSource(exchange, headName);
  const branch = headName.replace(/^[^:]*:/, '');
  const head = source === undefined ? undefined : await branchTip(source, branch);
  const baseSha = await branchTip(repository, base);
  if (source === undefined || head === undefined)
    throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  if (baseSha === undefined) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  if (title === undefined || title.trim() === '')
    throw invalid({ resource: 'PullRequest', code: 'missing_field', field: 'title' });
  demandBody(text);
  const twin = allPulls(repository).find(
    ({ state, pull }) =>
      state === 'open' &&
      pull.head.repository === fullName(source) &&
      pull.head.ref === branch &&
      pull.base.ref === base,
  );
  if (twin !== undefined)
    throw invalid({
      resource: 'PullRequest',
      code: 'custom',
      message: `A pull request already exists for ${source.owner.login}:${branch}.`,
    });
  await bringObjects(repository, source, head);
  if ((await countCommits(repository.store.dir, baseSha, head)) === 0)
    throw invalid({
      resource: 'PullRequest',
      code: 'custom',
      message: `No commits between ${label(repository, base, headName)} and ${headName}`,
    });
  const number = nextNumber(world, repository);
  await bringHead(repository, { number }, head);
  const issue: PullIssue = {
    id: nextId(world),
    number,
    title,
    body: text,
    state: 'open',
    stateReason: null,
    user: actor.account,
    labels: new Set(),
    assignees: new Set(),
    locked: false,
    createdAt: now,
    updatedAt: now,
    closedAt: undefined,
    closedBy: undefined,
    pull: {
      head: { repository: fullName(source), ref: branch, sha: head },
      base: { ref: base, sha: baseSha },
      draft: optionalFlag(body, 'draft') ?? false,
      merged: undefined,
      requestedReviewers: new Set(),
      requestedTeams: new Set(),
      lastPusher: source.pushers.get(`refs/heads/${branch}`) ?? actor.account.login,
      mergeability: undefined,
      asked: { key: '', times: 0 },
    },
  };
  repository.issues.set(number, issue);
  await refreshMergeability(repository, issue, now);
  recordPullEvent(exchange, repository, actor, issue, now, 'opened');
  return answerPull(exchange, issue, 201);
}

async function getPull(exchange: RepositoryExchange) {
  const issue = demandPull(exchange);
  const { repository, call } = exchange;
  if (wantsMedia(call, 'diff') || wantsMedia(call, 'patch')) {
    const { from, head } = await pullRange(repository, issue);
    return text('diff', await readDiff(repository.store.dir, from, head));
  }
  return answerPull(exchange, issue);
}

async function updatePull(exchange: RepositoryExchange) {
  const issue = demandPull(exchange);
  const { repository, actor, body, now } = exchange;
  const title = optionalText(body, 'title');
  const state = optionalChoice(body, 'state', ['open', 'closed']);
  const base = optionalText(body, 'base');
  const newBody = 'body' in body ? (optionalText(body, 'body') ?? null) : undefined;
  if (title?.trim() === '') throw invalid({ resource: 'PullRequest', code: 'missing_field', field: 'title' });
  demandBody(newBody ?? null);
  if (base !== undefined && base !== issue.pull.base.ref) await changeBase(exchange, issue, base);
  const edited = (title ?? issue.title) !== issue.title || (newBody !== undefined && newBody !== issue.body);
  if (title !== undefined) issue.title = title;
  if (newBody !== undefined) issue.body = newBody;
  if (edited) recordPullEvent(exchange, repository, actor, issue, now, 'edited');
  if (state === 'closed' && issue.state === 'open') await closePull(exchange, repository, actor, issue, now);
  if (state === 'open' && issue.state === 'closed') await reopen(exchange, issue);
  issue.updatedAt = now;
  return answerPull(exchange, issue);
}

async function changeBase(
  { repository, now }: RepositoryExchange,
  issue: PullIssue,
  base: string,
): Promise<void> {
  if (issue.state === 'closed')
    throw invalid({
      resource: 'PullRequest',
      field: 'base',
      code: 'invalid',
      message: 'Cannot change the base branch of a closed pull request.',
    });
  const sha = await branchTip(repository, base);
  if (sha === undefined) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  issue.pull.base = { ref: base, sha };
  await refreshMergeability(repository, issue, now);
}

async function reopen(exchange: RepositoryExchange, issue: PullIssue): Promise<void> {
  const { repository, actor, now, world } = exchange;
  const { head, base } = issue.pull;
  const refuse = (message: string) =>
    invalid({
      resource: 'PullRequest',
      code: 'custom',
      field: 'state',
      message: `state cannot be changed. ${message}`,
    });
  if (issue.pull.merged !== undefined) throw refuse('The pull request is already merged.');
  const [owner = '', name = ''] = head.repository.split('/');
  const source = findRepository(world, owner, name);
  const tip = source === undefined ? undefined : await branchTip(source, head.ref);
  const baseTip = await branchTip(repository, base.ref);
  if (source === undefined || tip === undefined) throw refuse(`The ${head.ref} branch has been deleted.`);
  if (baseTip === undefined) throw refuse(`The ${base.ref} branch has been deleted.`);
  await bringObjects(repository, source, tip);
  if (!(await isAncestor(repository.store.dir, head.sha, tip)))
    throw refuse(`The ${head.ref} branch was force-pushed or recreated.`);
  if ((await countCommits(repository.store.dir, baseTip, tip)) === 0)
    throw refuse(`There are no new commits on the ${head.ref} branch.`);
  await bringHead(repository, issue, tip);
  head.sha = tip;
  base.sha = baseTip;
  issue.state = 'open';
  issue.closedAt = undefined;
  issue.closedBy = undefined;
  await refreshMergeability(repository, issue, now);
  recordPullEvent(exchange, repository, actor, issue, now, 'reopened');
}

/** `branch`, `owner:branch` of this repository, or `owner:branch` of a fork of it. */
function findSource({ repository, world, actor }: RepositoryExchange, head: string): Repository | undefined {
  const [, owner] = /^([^:]+):/.exec(head) ?? [];
  if (owner === undefined || owner.toLowerCase() === repository.owner.login.toLowerCase())
    return holds(actor, 'contents', 'read') ? repository : undefined;
  return [...world.repositories.values()].find(
    (each) => each.parent === fullName(repository) && each.owner.login.toLowerCase() === owner.toLowerCase(),
  );
}

function label(repository: Repository, branch: string, head: string): string {
  return head.includes(':') ? `${repository.owner.login}:${branch}` : branch;
}

export function demandBody(body: string | null): void {
  if (body !== null && [...body].length > BODY_LIMIT)
    throw invalid({
      resource: 'Issue',
      code: 'custom',
      field: 'body',
      message: `body is too long (maximum is ${BODY_LIMIT} characters)`,
    });
}
