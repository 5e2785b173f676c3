/** Trees of the git data API: the one request that can hold thousands of files. */
import { reads, writes } from '../access.ts';
import { buildTree, listFolder, listWholeTree, type TreeChange, type TreeRow } from '../git/trees.ts';
import { isObject, optionalList, optionalText, requiredText, type Body } from '../fields.ts';
import { invalidRequest, notFound, unprocessable } from '../refusals.ts';
import { repositoryUrl } from '../render/account.ts';
import { created, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { demandHistory } from './git-database.ts';

const MODES: Record<string, TreeRow['type']> = {
  '100644': 'blob',
  '100755': 'blob',
  '120000': 'blob',
  '040000': 'tree',
  '160000': 'commit',
};
// Documented for recursive reads: beyond either, `truncated` is true (GitHub REST, "Get a tree").
const ENTRY_LIMIT = 100_000;
const BYTE_LIMIT = 7 * 1024 * 1024;

export const gitTreeRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/git/trees/{ref}', need: reads('contents'), run: getTree },
  { method: 'POST', template: '/git/trees', need: writes('contents'), run: createTree },
];

async function getTree(exchange: RepositoryExchange) {
  await demandHistory(exchange);
  const { repository, call, params } = exchange;
  const tree = await repository.store.read(`${params['ref'] ?? ''}^{tree}`);
  if (tree === undefined) throw notFound();
  // Any value asks for it, `0` and `false` too.
  const recursive = call.query.has('recursive');
  return ok(await renderTree(exchange, tree.sha, recursive));
}

async function createTree(exchange: RepositoryExchange) {
  await demandHistory(exchange);
  const { repository, body } = exchange;
  const entries = optionalList(body, 'tree');
  if (entries === undefined) throw invalidRequest('"tree" wasn\'t supplied.');
  const baseName = optionalText(body, 'base_tree');
  const base = baseName === undefined ? undefined : await repository.store.read(`${baseName}^{tree}`);
  if (baseName !== undefined && base === undefined) throw unprocessable('base_tree is not a valid tree oid');
  if (entries.length === 0 && base === undefined) throw unprocessable('Invalid tree info');
  const changes = entries.map(readEntry);
  await demandObjects(exchange, changes);
  const built = await buildTree(repository.store, base?.sha, changes);
  // What GitHub answers to the removal of a path that is not there (google/go-github#2418).
  if (!built.ok) throw unprocessable('GitRPC::BadObjectState');
  return created(await renderTree(exchange, built.sha, false));
}

function readEntry(entry: unknown): TreeChange {
  if (!isObject(entry)) throw unprocessable('Invalid tree info');
  const path = requiredText(entry, 'path');
  const mode = readMode(entry);
  if (path.startsWith('/')) throw unprocessable('tree.path cannot start with a slash');
  if (path === '' || path.split('/').some((part) => ['', '.', '..', '.git'].includes(part.toLowerCase())))
    throw unprocessable('tree.path contains a malformed path component');
  const content = optionalText(entry, 'content');
  const hasSha = 'sha' in entry;
  if (hasSha === (content !== undefined))
    throw unprocessable(
      'Must supply either tree.sha or tree.content. Request will be rejected if both are present.',
    );
  if (content !== undefined) return { path, mode, content: Buffer.from(content, 'utf8') };
  return { path, mode, sha: entry['sha'] === null ? null : requiredText(entry, 'sha') };
}

function readMode(entry: Body): string {
  const mode = requiredText(entry, 'mode');
  if (MODES[mode] === undefined)
    throw unprocessable(`tree.mode must be one of ${Object.keys(MODES).join(', ')}`);
  return mode;
}

async function demandObjects({ repository }: RepositoryExchange, changes: TreeChange[]): Promise<void> {
  const named = changes.flatMap((change) =>
    'sha' in change && change.sha !== null && change.mode !== '160000'
      ? [{ sha: change.sha, type: MODES[change.mode] ?? 'blob' }]
      : [],
  );
  const types = await Promise.all(named.map(async ({ sha }) => (await repository.store.inspect(sha))?.type));
  for (const [index, { sha, type }] of named.entries())
    if (types[index] !== type) throw unprocessable(`tree.sha ${sha} is not a valid ${type}`);
}

async function renderTree(exchange: RepositoryExchange, sha: string, recursive: boolean) {
  const { repository } = exchange;
  const url = `${repositoryUrl(exchange, repository)}/git`;
  const rows = (await (recursive ? listWholeTree : listFolder)(repository.store, sha)) ?? [];
  const shown: unknown[] = [];
  let bytes = 0;
  for (const row of rows) {
    const entry = {
      path: row.path,
      mode: row.mode,
      type: row.type,
      sha: row.sha,
      ...(row.size === undefined ? {} : { size: row.size }),
      ...(row.type === 'commit' ? {} : { url: `${url}/${row.type}s/${row.sha}` }),
    };
    bytes += JSON.stringify(entry).length;
    if (recursive && (shown.length >= ENTRY_LIMIT || bytes > BYTE_LIMIT)) break;
    shown.push(entry);
  }
  return { sha, url: `${url}/trees/${sha}`, tree: shown, truncated: shown.length < rows.length };
}
