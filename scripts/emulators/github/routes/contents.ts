/** Files by path, read and written one at a time, as the web editor does (GitHub REST, "Contents"). */
import { reads, writes } from '../access.ts';
import { readCommit, writeApiCommit } from '../commit-making.ts';
import type { Commit, Signature } from '../git/commits.ts';
import { buildTree, findRow, listFolder, type TreeChange, type TreeRow } from '../git/trees.ts';
import { optionalObject, optionalText, requiredText } from '../fields.ts';
import { branchTip } from '../pull-follow.ts';
import { announceRefMove, demandRefMove, swapRef } from '../refs.ts';
import { invalidRequest, notFound, Refusal, unprocessable } from '../refusals.ts';
import { encodePath, repositoryPage, repositoryUrl } from '../render/account.ts';
import { renderGitCommit } from '../render/commit.ts';
import { ok, text, wantsMedia, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { instant } from '../world.ts';
import { findRevision } from './commits.ts';
import { wrapBase64 } from './git-database.ts';

const INLINE_LIMIT = 1024 * 1024;
const RAW_LIMIT = 100 * 1024 * 1024;
const FOLDER_LIMIT = 1_000;

export const contentRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/contents', need: reads('contents'), run: getContents },
  { method: 'GET', template: '/contents/{path}', need: reads('contents'), run: getContents },
  { method: 'PUT', template: '/contents/{path}', need: writes('contents'), run: putFile },
  { method: 'DELETE', template: '/contents/{path}', need: writes('contents'), run: deleteFile },
];

async function getContents(exchange: RepositoryExchange) {
  const { repository, call, params } = exchange;
  const path = (params['path'] ?? '').replace(/\/$/, '');
  const ref = call.query.get('ref') ?? repository.settings.default_branch;
  const commit = await findRevision(repository, ref.replace(/^refs\/(heads|tags)\//, ''));
  if (commit === undefined)
    throw notFound(
      call.query.has('ref') ? `No commit found for the ref ${ref}` : 'This repository is empty.',
    );
  const row = path === '' ? undefined : await findRow(repository.store, commit.sha, path);
  if (path !== '' && row === undefined) throw notFound();
  if (row === undefined || row.type === 'tree') {
    const rows = (await listFolder(repository.store, `${commit.sha}:${path}`)) ?? [];
    const prefix = path === '' ? '' : `${path}/`;
    return ok(
      rows
        .slice(0, FOLDER_LIMIT)
        .map((each) => renderEntry(exchange, ref, { ...each, path: prefix + each.path })),
    );
  }
  const blob = await repository.store.read(row.sha);
  if (wantsMedia(call, 'raw')) return text('raw', blob?.content ?? Buffer.alloc(0));
  const size = row.size ?? 0;
  if (size > RAW_LIMIT) throw new Refusal(403, 'This API returns blobs up to 100 MB in size.');
  // Between 1 and 100 MB there is no content and no encoding, but no error either.
  const inline = size <= INLINE_LIMIT;
  return ok({
    ...renderEntry(exchange, ref, row),
    content: inline ? wrapBase64(blob?.content ?? Buffer.alloc(0)) : '',
    encoding: inline ? 'base64' : 'none',
  });
}

async function putFile(exchange: RepositoryExchange) {
  const { repository, body, params } = exchange;
  const path = params['path'] ?? '';
  const message = requiredText(body, 'message');
  const content = requiredText(body, 'content');
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) throw unprocessable('content is not valid Base64');
  const given = optionalText(body, 'sha');
  const bytes = Buffer.from(content, 'base64');
  const { standing, commit } = await change(exchange, message, (row) => {
    if (row !== undefined && given === undefined) throw invalidRequest('"sha" wasn\'t supplied.');
    if (given !== undefined && row?.sha !== given) throw new Refusal(409, `${path} does not match ${given}`);
    return { path, mode: row?.mode ?? '100644', content: bytes };
  });
  const row = await findRow(repository.store, commit.sha, path);
  return {
    status: standing === undefined ? 201 : 200,
    json: {
      content: row === undefined ? null : renderEntry(exchange, branchOf(exchange), row),
      commit: renderGitCommit(exchange, exchange.repository, commit),
    },
  };
}

async function deleteFile(exchange: RepositoryExchange) {
  const { body, params } = exchange;
  const path = params['path'] ?? '';
  const message = requiredText(body, 'message');
  const given = requiredText(body, 'sha');
  const { commit } = await change(exchange, message, (row) => {
    if (row === undefined) throw notFound();
    if (row.sha !== given) throw new Refusal(409, `${path} does not match ${given}`);
    return { path, mode: row.mode, sha: null };
  });
  return ok({ content: null, commit: renderGitCommit(exchange, exchange.repository, commit) });
}

/** Makes one commit with one change on a branch, judged against what stands at the path. */
async function change(
  exchange: RepositoryExchange,
  message: string,
  decide: (standing: TreeRow | undefined) => TreeChange,
): Promise<{ standing: TreeRow | undefined; commit: Commit }> {
  const { repository, actor, params, now } = exchange;
  const branch = branchOf(exchange);
  const tip = await branchTip(repository, branch);
  const base = tip === undefined ? undefined : await readCommit(repository, tip);
  if (base === undefined) throw notFound(`Branch ${branch} not found`);
  const path = params['path'] ?? '';
  if (path.split('/').some((part) => ['', '.', '..', '.git'].includes(part.toLowerCase())))
    throw unprocessable('path contains a malformed path component');
  const standing = await findRow(repository.store, base.sha, path);
  const built = await buildTree(repository.store, base.tree, [decide(standing)]);
  if (!built.ok) throw notFound();
  const wish = {
    tree: built.sha,
    parents: [base.sha],
    message,
    author: readSignature(exchange, 'author'),
    committer: readSignature(exchange, 'committer'),
  };
  const commit = await writeApiCommit(repository, actor, wish, now);
  const move = { ref: `refs/heads/${branch}`, from: base.sha, to: commit.sha };
  await demandRefMove(repository, actor, move);
  if (!(await swapRef(repository, move)))
    throw new Refusal(409, `is at ${base.sha} but expected another commit`);
  await announceRefMove(exchange, repository, actor, move, now);
  return { standing, commit };
}

function branchOf({ body, repository }: RepositoryExchange): string {
  return (optionalText(body, 'branch') ?? repository.settings.default_branch).replace(/^refs\/heads\//, '');
}

function readSignature({ body, now }: RepositoryExchange, name: string): Signature | undefined {
  const given = optionalObject(body, name);
  if (given === undefined) return undefined;
  return {
    name: requiredText(given, 'name'),
    email: requiredText(given, 'email'),
    date: optionalText(given, 'date') ?? instant(now),
  };
}

function renderEntry(exchange: RepositoryExchange, ref: string, row: TreeRow) {
  const { repository } = exchange;
  const base = repositoryUrl(exchange, repository);
  const page = repositoryPage(exchange, repository);
  const path = encodePath(row.path);
  const type = { blob: row.mode === '120000' ? 'symlink' : 'file', tree: 'dir', commit: 'submodule' }[
    row.type
  ];
  const url = `${base}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const gitUrl = row.type === 'commit' ? null : `${base}/git/${row.type}s/${row.sha}`;
  const htmlUrl = `${page}/${row.type}/${encodePath(ref)}/${path}`;
  return {
    name: row.path.split('/').at(-1) ?? '',
    path: row.path,
    sha: row.sha,
    size: row.size ?? 0,
    url,
    html_url: htmlUrl,
    git_url: gitUrl,
    download_url: row.type === 'blob' ? `${page}/raw/${encodePath(ref)}/${path}` : null,
    type,
    _links: { self: url, git: gitUrl, html: htmlUrl },
  };
}
