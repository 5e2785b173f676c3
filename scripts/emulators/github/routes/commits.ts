/** Commits with their files, and the comparison of two (GitHub REST, "Commits"). */
import { reads } from '../access.ts';
import { readCommit, readCommits } from '../commit-making.ts';
import {
  countCommits,
  findMergeBase,
  listChangedFiles,
  listCommits,
  readDiff,
  type ChangedFile,
} from '../git/history.ts';
import type { Commit } from '../git/commits.ts';
import { EMPTY_TREE } from '../git/trees.ts';
import { answerPage, pageOf } from '../paging.ts';
import { branchTip } from '../pull-follow.ts';
import { notFound, Refusal, unprocessable } from '../refusals.ts';
import { repositoryPage, repositoryUrl } from '../render/account.ts';
import { renderCommit, renderFile } from '../render/commit.ts';
import { ok, text, wantsMedia, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import type { Repository } from '../world.ts';

const FILE_LIMIT = 3_000;
const FILES_A_PAGE = 300;
const COMPARE_COMMITS = 250;

export const commitRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/commits', need: reads('contents'), run: listHistory },
  { method: 'GET', template: '/commits/{ref}', need: reads('contents'), run: getCommit },
  { method: 'GET', template: '/compare/{basehead}', need: reads('contents'), run: compare },
];

async function listHistory(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const { query } = call;
  const start = query.get('sha') ?? repository.settings.default_branch;
  const tip = await findRevision(repository, start);
  if (tip === undefined) {
    const empty = (await branchTip(repository, repository.settings.default_branch)) === undefined;
    throw empty ? new Refusal(409, 'Git Repository is empty.') : notFound();
  }
  const path = query.get('path');
  const filters = [
    ...(query.has('since') ? [`--since=${query.get('since') ?? ''}`] : []),
    ...(query.has('until') ? [`--until=${query.get('until') ?? ''}`] : []),
    ...(query.has('author') ? ['-i', '-F', `--author=${query.get('author') ?? ''}`] : []),
  ];
  const shas = await listCommits(repository.store.dir, [
    ...filters,
    tip.sha,
    '--',
    ...(path === null || path === '' ? [] : [`:(literal)${path}`]),
  ]);
  return answerPage(exchange, call, shas, async (sha) => {
    const commit = await readCommit(repository, sha);
    return commit === undefined ? null : renderCommit(exchange, repository, commit);
  });
}

async function getCommit(exchange: RepositoryExchange) {
  const { repository, call, params } = exchange;
  const name = params['ref'] ?? '';
  const commit = await findRevision(repository, name);
  if (commit === undefined) throw unprocessable(`No commit found for SHA: ${name}`);
  if (wantsMedia(call, 'sha')) return text('sha', commit.sha);
  const from = commit.parents[0] ?? EMPTY_TREE;
  if (wantsMedia(call, 'diff') || wantsMedia(call, 'patch'))
    return text('diff', await readDiff(repository.store.dir, from, commit.sha));
  const files = (await listChangedFiles(repository.store.dir, from, commit.sha, { patches: true })).slice(
    0,
    FILE_LIMIT,
  );
  return ok({
    ...renderCommit(exchange, repository, commit, files),
    files: pageFiles(exchange, files).map((file) => renderFile(exchange, repository, commit.sha, file)),
  });
}

/** `base...head`: from where the two parted, as a pull request shows it. */
async function compare(exchange: RepositoryExchange) {
  const { repository, call, params } = exchange;
  const [baseName = '', headName] = (params['basehead'] ?? '').split('...');
  if (headName === undefined) throw notFound();
  const base = await findRevision(repository, baseName.replace(/^[^:]*:/, ''));
  const head = await findRevision(repository, headName.replace(/^[^:]*:/, ''));
  if (base === undefined || head === undefined) throw notFound();
  const from = await findMergeBase(repository.store.dir, base.sha, head.sha);
  const mergeBase = from === undefined ? undefined : await readCommit(repository, from);
  if (from === undefined || mergeBase === undefined)
    throw notFound(`No common ancestor between ${baseName} and ${headName}.`);
  if (wantsMedia(call, 'diff') || wantsMedia(call, 'patch'))
    return text('diff', await readDiff(repository.store.dir, from, head.sha));
  const ahead = await countCommits(repository.store.dir, base.sha, head.sha);
  const behind = await countCommits(repository.store.dir, head.sha, base.sha);
  const files = (await listChangedFiles(repository.store.dir, from, head.sha, { patches: true })).slice(
    0,
    FILES_A_PAGE,
  );
  const url = `${repositoryUrl(exchange, repository)}/compare/${baseName}...${headName}`;
  const page = `${repositoryPage(exchange, repository)}/compare/${baseName}...${headName}`;
  return ok({
    url,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: renderCommit(exchange, repository, base),
    merge_base_commit: renderCommit(exchange, repository, mergeBase),
    status: ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: (await pageCommits(exchange, base, head)).map((commit) =>
      renderCommit(exchange, repository, commit),
    ),
    files:
      pageOf(call).number === 1 ? files.map((file) => renderFile(exchange, repository, head.sha, file)) : [],
  });
}

async function pageCommits(
  { repository, call }: RepositoryExchange,
  base: Commit,
  head: Commit,
): Promise<Commit[]> {
  const paged = call.query.has('page') || call.query.has('per_page');
  const { number, size } = paged ? pageOf(call) : { number: 1, size: COMPARE_COMMITS };
  const shas = await listCommits(repository.store.dir, ['--reverse', head.sha, `^${base.sha}`]);
  return readCommits(repository, shas.slice((number - 1) * size, number * size));
}

function pageFiles({ call }: RepositoryExchange, files: ChangedFile[]): ChangedFile[] {
  const { number } = pageOf(call);
  const size = call.query.has('per_page') ? pageOf(call).size : FILES_A_PAGE;
  return files.slice((number - 1) * size, number * size);
}

/** A branch, a tag or a commit id; refs of other kinds are no names here. */
export async function findRevision(repository: Repository, name: string): Promise<Commit | undefined> {
  for (const candidate of [
    `refs/heads/${name}`,
    `refs/tags/${name}`,
    ...(/^[0-9a-f]{7,40}$/.test(name) ? [name] : []),
  ]) {
    const commit = await readCommit(repository, candidate);
    if (commit !== undefined) return commit;
  }
  return name === 'HEAD' ? readCommit(repository, 'HEAD') : undefined;
}
