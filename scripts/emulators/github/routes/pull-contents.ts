/** What a pull request holds, and which pull request brought a commit (GitHub REST, "Pulls" and "Commits"). */
import { reads } from '../access.ts';
import { readCommits } from '../commit-making.ts';
import type { PullIssue } from '../discussion.ts';
import { isAncestor, listChangedFiles, listCommits } from '../git/history.ts';
import { answerPage } from '../paging.ts';
import { branchTip } from '../pull-follow.ts';
import { notFound } from '../refusals.ts';
import { renderCommit, renderFile } from '../render/commit.ts';
import { renderPullSimple } from '../render/pull.ts';
import type { RepositoryExchange, RepositoryRoute } from '../routing.ts';
import { listPulls, type Repository } from '../world.ts';
import { demandPull, pullRange } from './pulls.ts';

const FILE_LIMIT = 3_000;
const COMMIT_LIMIT = 250;

export const pullContentRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/pulls/{number}/files', need: reads('pull_requests'), run: listFiles },
  { method: 'GET', template: '/pulls/{number}/commits', need: reads('pull_requests'), run: listPullCommits },
  { method: 'GET', template: '/commits/{sha}/pulls', need: reads('pull_requests'), run: listPullsOfCommit },
];

async function listFiles(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const issue = demandPull(exchange);
  const { from, head } = await pullRange(repository, issue);
  const files = (await listChangedFiles(repository.store.dir, from, head, { patches: true })).slice(
    0,
    FILE_LIMIT,
  );
  return answerPage(exchange, call, files, (file) => renderFile(exchange, repository, head, file));
}

async function listPullCommits(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const issue = demandPull(exchange);
  const { base, head } = await pullRange(repository, issue);
  const shas = await listCommits(repository.store.dir, ['--reverse', head, `^${base}`]);
  const commits = await readCommits(repository, shas.slice(0, COMMIT_LIMIT));
  return answerPage(exchange, call, commits, (commit) => renderCommit(exchange, repository, commit));
}

/**
 * The merged pull request that brought a commit to the default branch; for commits that are not on it, also those
 * still open (GitHub REST, "List pull requests associated with a commit"). May lag behind a merge.
 */
async function listPullsOfCommit(exchange: RepositoryExchange) {
  const { repository, call, params } = exchange;
  const object = await repository.store.read(`${params['sha'] ?? ''}^{commit}`);
  if (object === undefined) throw notFound(`No commit found for SHA: ${params['sha'] ?? ''}`);
  const lagging = repository.lags.commitPulls > 0;
  if (lagging) repository.lags.commitPulls -= 1;
  const pulls = lagging ? [] : await findPullsOf(repository, object.sha);
  return answerPage(exchange, call, pulls, (issue) =>
    renderPullSimple(exchange, repository, issue, issue.pull.mergeability?.testMerge ?? null),
  );
}

async function findPullsOf(repository: Repository, sha: string): Promise<PullIssue[]> {
  const main = await branchTip(repository, repository.settings.default_branch);
  const onMain = main !== undefined && (await isAncestor(repository.store.dir, sha, main));
  const found: PullIssue[] = [];
  for (const issue of listPulls(repository)) {
    const { merged, head } = issue.pull;
    if (onMain && merged === undefined) continue;
    const { base } = await pullRange(repository, issue);
    const brought =
      merged?.sha === sha ||
      ((await isAncestor(repository.store.dir, sha, head.sha)) &&
        !(await isAncestor(repository.store.dir, sha, base)));
    if (brought) found.push(issue);
  }
  return found;
}
