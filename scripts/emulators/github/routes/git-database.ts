/** The git data API: refs, commits and blobs (GitHub REST, "Git database"). Trees have a file of their own. */
import { reads, writes } from '../access.ts';
import { readCommit, writeApiCommit } from '../commit-making.ts';
import type { Signature } from '../git/commits.ts';
import { isAncestor } from '../git/history.ts';
import {
  optionalFlag,
  optionalObject,
  optionalText,
  optionalTexts,
  requiredText,
  type Body,
} from '../fields.ts';
import { isRefName } from '../ref-names.ts';
import { announceRefMove, demandRefMove, listRefs, readRef, swapRef } from '../refs.ts';
import { invalidRequest, notFound, Refusal, unprocessable } from '../refusals.ts';
import { encodePath, nodeId, repositoryUrl } from '../render/account.ts';
import { renderGitCommit } from '../render/commit.ts';
import {
  created,
  noContent,
  ok,
  text,
  wantsMedia,
  type RepositoryExchange,
  type RepositoryRoute,
} from '../routing.ts';
import { instant } from '../world.ts';

const SHA = /^[0-9a-f]{40}$/;
const BLOB_LIMIT = 40 * 1024 * 1024;

export const gitDatabaseRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/git/ref/{ref}', need: reads('contents'), run: getRef },
  { method: 'GET', template: '/git/matching-refs/{ref}', need: reads('contents'), run: listMatchingRefs },
  { method: 'POST', template: '/git/refs', need: writes('contents'), run: createRef },
  { method: 'PATCH', template: '/git/refs/{ref}', need: writes('contents'), run: updateRef },
  { method: 'DELETE', template: '/git/refs/{ref}', need: writes('contents'), run: deleteRef },
  { method: 'GET', template: '/git/commits/{sha}', need: reads('contents'), run: getCommit },
  { method: 'POST', template: '/git/commits', need: writes('contents'), run: createCommit },
  { method: 'GET', template: '/git/blobs/{sha}', need: reads('contents'), run: getBlob },
  { method: 'POST', template: '/git/blobs', need: writes('contents'), run: createBlob },
];

/** 409 of everything that needs a history where there is none. */
export async function demandHistory({ repository }: RepositoryExchange): Promise<void> {
  if ((await repository.store.read('HEAD')) !== undefined) return;
  if ((await listRefs(repository, 'refs/')).length === 0) throw new Refusal(409, 'Git Repository is empty.');
}

async function getRef(exchange: RepositoryExchange) {
  await demandHistory(exchange);
  const ref = `refs/${exchange.params['ref'] ?? ''}`;
  const sha = isRefName(ref) ? await readRef(exchange.repository, ref) : undefined;
  if (sha === undefined) throw notFound();
  return ok(await renderRef(exchange, ref, sha));
}

async function listMatchingRefs(exchange: RepositoryExchange) {
  const refs = await listRefs(exchange.repository, `refs/${exchange.params['ref'] ?? ''}`);
  return ok(await Promise.all(refs.map(async ({ ref, sha }) => renderRef(exchange, ref, sha))));
}

async function createRef(exchange: RepositoryExchange) {
  await demandHistory(exchange);
  const { repository, actor, body, now } = exchange;
  const ref = requiredText(body, 'ref');
  const to = requiredText(body, 'sha');
  if (!/^refs\/[^/]+\/./.test(ref))
    throw unprocessable("Reference name must start with 'refs/' and have at least two slashes.");
  if (!isRefName(ref)) throw unprocessable(`${ref} is not a valid ref name.`);
  await demandTarget(exchange, ref, to);
  if ((await readRef(repository, ref)) !== undefined) throw unprocessable('Reference already exists');
  const move = { ref, from: undefined, to };
  await demandRefMove(repository, actor, move);
  if (!(await swapRef(repository, move))) throw unprocessable('Reference update failed');
  await announceRefMove(exchange, repository, actor, move, now);
  return created(await renderRef(exchange, ref, to));
}

async function updateRef(exchange: RepositoryExchange) {
  await demandHistory(exchange);
  const { repository, actor, body, now, params } = exchange;
  const ref = `refs/${params['ref'] ?? ''}`;
  const to = requiredText(body, 'sha');
  const force = optionalFlag(body, 'force') ?? false;
  const from = isRefName(ref) ? await readRef(repository, ref) : undefined;
  if (from === undefined) throw unprocessable('Reference does not exist');
  await demandTarget(exchange, ref, to);
  if (!force && !(await isAncestor(repository.store.dir, from, to)))
    throw unprocessable('Update is not a fast forward');
  if (from !== to) {
    const move = { ref, from, to };
    await demandRefMove(repository, actor, move);
    // Somebody may have pushed since the ref was read: git compares and swaps, and the loser is told what he is.
    if (!(await swapRef(repository, move))) throw unprocessable('Update is not a fast forward');
    await announceRefMove(exchange, repository, actor, move, now);
  }
  return ok(await renderRef(exchange, ref, to));
}

async function deleteRef(exchange: RepositoryExchange) {
  await demandHistory(exchange);
  const { repository, actor, now, params } = exchange;
  const ref = `refs/${params['ref'] ?? ''}`;
  const from = isRefName(ref) ? await readRef(repository, ref) : undefined;
  if (from === undefined) throw unprocessable('Reference does not exist');
  if (ref === `refs/heads/${repository.settings.default_branch}`)
    throw unprocessable('Cannot delete the default branch');
  const move = { ref, from, to: undefined };
  await demandRefMove(repository, actor, move);
  if (!(await swapRef(repository, move))) throw unprocessable('Reference does not exist');
  await announceRefMove(exchange, repository, actor, move, now);
  return noContent();
}

async function getCommit(exchange: RepositoryExchange) {
  const sha = exchange.params['sha'] ?? '';
  const commit = SHA.test(sha) ? await readCommit(exchange.repository, sha) : undefined;
  if (commit?.sha !== sha) throw notFound();
  return ok(renderGitCommit(exchange, exchange.repository, commit));
}

async function createCommit(exchange: RepositoryExchange) {
  await demandHistory(exchange);
  const { repository, actor, body, now } = exchange;
  const message = requiredText(body, 'message');
  const tree = requiredText(body, 'tree');
  if ((await repository.store.read(tree))?.type !== 'tree' || !SHA.test(tree))
    throw unprocessable('Tree SHA does not exist');
  const parents = optionalTexts(body, 'parents') ?? [];
  for (const parent of parents)
    if (!SHA.test(parent) || (await repository.store.read(parent))?.type !== 'commit')
      throw unprocessable('Parent SHA does not exist or is not a commit object');
  const author = readSignature(body, 'author', now);
  const committer = readSignature(body, 'committer', now);
  const signature = optionalText(body, 'signature');
  const wish = { tree, parents, message, author, committer, signature };
  const commit = await writeApiCommit(repository, actor, wish, now);
  return created(renderGitCommit(exchange, repository, commit));
}

async function getBlob(exchange: RepositoryExchange) {
  const { repository, call, params } = exchange;
  const sha = params['sha'] ?? '';
  const blob = SHA.test(sha) ? await repository.store.read(sha) : undefined;
  if (blob?.type !== 'blob') throw notFound();
  if (wantsMedia(call, 'raw')) return text('raw', blob.content);
  return ok({
    sha,
    node_id: nodeId('Blob', sha),
    size: blob.content.length,
    url: `${repositoryUrl(exchange, repository)}/git/blobs/${sha}`,
    content: wrapBase64(blob.content),
    encoding: 'base64',
  });
}

async function createBlob(exchange: RepositoryExchange) {
  await demandHistory(exchange);
  const { repository, body } = exchange;
  const content = requiredText(body, 'content');
  const encoding = optionalText(body, 'encoding') ?? 'utf-8';
  if (encoding !== 'utf-8' && encoding !== 'base64')
    throw invalidRequest(`For 'properties/encoding', ${encoding} is not a member of ["utf-8", "base64"].`);
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
  if (bytes.length > BLOB_LIMIT) throw unprocessable('content is too large (maximum is 40 MB)');
  const [sha = ''] = await repository.store.writeBlobs([bytes]);
  return created({ sha, url: `${repositoryUrl(exchange, repository)}/git/blobs/${sha}` });
}

/** Base64 as GitHub sends it: lines of 60 characters, each ended (GitHub REST, "Get a blob"). */
export function wrapBase64(content: Buffer): string {
  return content.toString('base64').replaceAll(/.{1,60}/g, '$&\n');
}

async function demandTarget({ repository }: RepositoryExchange, ref: string, sha: string): Promise<void> {
  const target = SHA.test(sha) ? await repository.store.read(sha) : undefined;
  if (target === undefined) throw unprocessable('Object does not exist');
  if (ref.startsWith('refs/heads/') && target.type !== 'commit')
    throw unprocessable('Reference update failed');
}

async function renderRef(exchange: RepositoryExchange, ref: string, sha: string) {
  const { repository } = exchange;
  const url = repositoryUrl(exchange, repository);
  const type = (await repository.store.read(sha))?.type ?? 'commit';
  return {
    ref,
    node_id: nodeId('Ref', ref),
    url: `${url}/git/${encodePath(ref)}`,
    object: { sha, type, url: `${url}/git/${type}s/${sha}` },
  };
}

function readSignature(body: Body, name: string, now: Date): Signature | undefined {
  const given = optionalObject(body, name);
  if (given === undefined) return undefined;
  const date = optionalText(given, 'date') ?? instant(now);
  if (Number.isNaN(Date.parse(date)))
    throw invalidRequest(`For 'properties/date', ${date} is not a valid date-time.`);
  return { name: requiredText(given, 'name'), email: requiredText(given, 'email'), date };
}
