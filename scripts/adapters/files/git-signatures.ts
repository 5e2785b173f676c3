/**
 * How commits are signed. Seeing whether there is a signature costs nothing; holding it against a key starts a process
 * of gpg or ssh for every commit. So a few commits of each committer are tried first, and where none of their keys is
 * here, the rest of that committer's are unchecked without being tried.
 *
 * | `%G?`   | means                                     | signature |
 * |---------|-------------------------------------------|-----------|
 * | G U X Y | good; of unknown validity; expired since   | good      |
 * | R       | good, made by a key that was revoked      | doubtful  |
 * | B       | does not fit the commit                   | bad       |
 * | E       | cannot be checked: the key is not here    | unchecked |
 * | N       | nothing to check with (no gpg), or unsigned | unchecked where there is a signature |
 */
import type { HistoryCommit, Signature } from '../../core/audit/history.ts';
import type { ObjectReader } from './git-objects.ts';
import { readGit } from './git-process.ts';

const MEANINGS: Readonly<Record<string, Signature>> = {
  G: 'good',
  U: 'good',
  X: 'good',
  Y: 'good',
  R: 'doubtful',
  B: 'bad',
};
const TRIED_FIRST = 3;

export async function readSignatures(
  root: string,
  objects: ObjectReader,
  ids: string[],
  commits: ReadonlyMap<string, HistoryCommit>,
  check: boolean,
): Promise<Map<string, Signature>> {
  const signatures = new Map<string, Signature>();
  const signed: string[] = [];
  await Promise.all(
    ids.map(async (id) => {
      const body = (await objects.read(id))?.body.toString('utf8') ?? '';
      const head = body.slice(0, body.indexOf('\n\n'));
      const isSigned = /^gpgsig(?:-sha256)? /m.test(head);
      signatures.set(id, isSigned ? 'unchecked' : 'none');
      if (isSigned) signed.push(id);
    }),
  );
  if (!check || signed.length === 0) return signatures;
  const byCommitter = new Map<string, string[]>();
  for (const id of ids.filter((each) => signatures.get(each) === 'unchecked')) {
    const committer = commits.get(id)?.committer ?? '';
    byCommitter.set(committer, [...(byCommitter.get(committer) ?? []), id]);
  }
  for (const theirs of byCommitter.values()) {
    const first = spread(theirs, TRIED_FIRST);
    const tried = await judge(root, first);
    const isCheckable = [...tried.values()].some((signature) => signature !== 'unchecked');
    const rest = isCheckable
      ? await judge(
          root,
          theirs.filter((id) => !tried.has(id)),
        )
      : [];
    for (const [id, signature] of [...tried, ...rest]) signatures.set(id, signature);
  }
  return signatures;
}

/** The first, the last and what lies evenly between. */
function spread(ids: string[], count: number): string[] {
  if (ids.length <= count) return ids;
  return Array.from(
    { length: count },
    (_, index) => ids[Math.round((index * (ids.length - 1)) / (count - 1))] ?? '',
  );
}

async function judge(root: string, ids: string[]): Promise<Map<string, Signature>> {
  if (ids.length === 0) return new Map();
  const args = ['log', '--no-walk=unsorted', '--stdin', '--format=%H %G?'];
  const text = (await readGit(root, args, `${ids.join('\n')}\n`)) ?? '';
  return new Map(
    text
      .trim()
      .split('\n')
      .flatMap((line): [string, Signature][] => {
        const [id = '', code = ''] = line.split(' ');
        return id === '' ? [] : [[id, MEANINGS[code] ?? 'unchecked']];
      }),
  );
}
