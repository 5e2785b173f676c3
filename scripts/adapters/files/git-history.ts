/** The history of a checkout in one pass of `git log`: metadata, trailers and raw changes, never contents. */
import { type History, type HistoryChange, type HistoryCommit, historyOf } from '../../core/audit/history.ts';
import { badUsage } from '../../core/values/failure.ts';
import type { ObjectReader } from './git-objects.ts';
import { readGit, streamGit } from './git-process.ts';
import { readSignatures } from './git-signatures.ts';

const FIELDS = ['%H', '%P', '%an', '%ae', '%cn', '%cI', '%s', '%(trailers:only,unfold)'];

/**
 * All that HEAD reaches. Throws exit 2 when `root` is no checkout of its own, has no commit, or is shallow: half a
 * history proves nothing.
 *
 * @param check whether signatures are held against keys; else it is only seen whether there is one
 */
export async function readHistory(root: string, objects: ObjectReader, check: boolean): Promise<History> {
  const head = await readHead(root);
  const commits = new Map<string, HistoryCommit>();
  const args = [
    'log',
    '-z',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--diff-merges=first-parent',
    '--no-ext-diff',
    '--no-color',
    `--format=%x01${FIELDS.join('%x00')}%x00`,
    head,
  ];
  for await (const commit of parseLog(streamGit(root, args))) commits.set(commit.id, commit);
  const touching = [...commits.values()].filter(({ changes }) => changes.length > 0).map(({ id }) => id);
  const signatures = await readSignatures(root, objects, touching, commits, check);
  for (const [id, signature] of signatures) {
    const commit = commits.get(id);
    if (commit !== undefined) commit.signature = signature;
  }
  return historyOf(commits, head);
}

/** The commit of HEAD. Throws exit 2 as `readHistory` does. */
export async function readHead(root: string): Promise<string> {
  const answer = await readGit(root, [
    'rev-parse',
    '--is-shallow-repository',
    '--show-prefix',
    '--verify',
    'HEAD^{commit}',
  ]);
  const [shallow, prefix, head] = answer?.split('\n') ?? [];
  if (answer === undefined || prefix !== '' || head === undefined || !/^[0-9a-f]{40,64}$/.test(head))
    throw badUsage(
      'no-history',
      'there is no git history to audit here',
      'run it in a clone of the repository (--root names its top folder) that has at least one commit',
    );
  if (shallow === 'true')
    throw badUsage(
      'shallow-history',
      'this clone has only part of the history',
      'run git fetch --unshallow; in a workflow, check out with fetch-depth: 0',
    );
  return head;
}

async function* parseLog(pieces: AsyncIterable<string>): AsyncGenerator<HistoryCommit> {
  const reader = pieces[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const result = await reader.next();
    return result.done === true ? undefined : result.value;
  };
  let commit: HistoryCommit | undefined;
  for (let piece = await next(); piece !== undefined; piece = await next()) {
    if (piece === '' || piece === '\n') continue;
    if (piece.startsWith('\u0001')) {
      if (commit !== undefined) yield commit;
      const fields = [piece.slice(1)];
      while (fields.length < FIELDS.length) fields.push((await next()) ?? '');
      commit = commitOf(fields);
      continue;
    }
    const raw = /^\n?:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/.exec(piece);
    if (raw === null || commit === undefined)
      throw new Error('git log answered in another form than was asked for');
    const path = (await next()) ?? '';
    if (path.startsWith('state/') || path.startsWith('mappings/')) commit.changes.push(changeOf(raw, path));
  }
  if (commit !== undefined) yield commit;
}

function commitOf(fields: string[]): HistoryCommit {
  const [
    id = '',
    parents = '',
    author = '',
    authorEmail = '',
    committer = '',
    date = '',
    subject = '',
    trailers = '',
  ] = fields;
  return {
    id,
    parents: parents === '' ? [] : parents.split(' '),
    author,
    authorEmail,
    committer,
    at: new Date(date).toISOString(),
    subject,
    trailers: trailers.split('\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()]];
    }),
    signature: 'none',
    changes: [],
  };
}

function changeOf(
  [, , mode = '', before = '', after = '', status = '']: RegExpExecArray,
  path: string,
): HistoryChange {
  const idOf = (text: string): string | null => (/^0+$/.test(text) ? null : text);
  return {
    path,
    kind: status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified',
    before: idOf(before),
    after: idOf(after),
    mode,
  };
}
