/** The history here against one that was seen elsewhere: a commit that an auditor wrote down, or the remote as it is now. */
import type { Finding } from '../../core/values/finding.ts';
import { badUsage, serviceFailure } from '../../core/values/failure.ts';
import { broken, note } from '../../core/audit/verdict.ts';
import { shortId } from '../../core/audit/history.ts';
import { readGit } from './git-process.ts';

const COMMIT = /^[0-9a-f]{7,64}$/;
/** How many lost commits are named. */
const NAMED = 20;

/**
 * `against`: a commit id, or a remote (its name, URL or folder), which is asked for its main and fetched from.
 *
 * | what was seen                              | verdict            |
 * |--------------------------------------------|--------------------|
 * | a commit that head reaches                 | nothing            |
 * | the remote is ahead of here, or behind     | a note             |
 * | a commit that nobody here knows            | rewritten-history  |
 * | a commit beside head                       | rewritten-history, with the commits and records that are gone |
 */
export async function checkAgainst(root: string, head: string, against: string): Promise<Finding[]> {
  if (against.startsWith('-'))
    throw badUsage('bad-against', '--against begins with "-"', 'give a remote or a commit id');
  const isRemote =
    !COMMIT.test(against) || (await readGit(root, ['remote', 'get-url', '--', against])) !== undefined;
  return isRemote ? checkRemote(root, head, against) : checkCommit(root, head, against);
}

async function checkCommit(root: string, head: string, against: string): Promise<Finding[]> {
  const seen = (await readGit(root, ['rev-parse', '--verify', '--quiet', `${against}^{commit}`]))?.trim();
  if (seen === undefined || seen === '')
    return [
      broken(
        'rewritten-history',
        'was seen before and no commit here is that: the history was written anew',
        { subject: against },
      ),
    ];
  return (await isAncestor(root, seen, head)) ? [] : lostSince(root, head, seen);
}

async function checkRemote(root: string, head: string, against: string): Promise<Finding[]> {
  const answer = await readGit(root, ['ls-remote', '--', against, 'HEAD']);
  const tip = answer?.split('\t')[0];
  if (tip === undefined || !/^[0-9a-f]{40,64}$/.test(tip))
    throw serviceFailure(
      'remote-unreadable',
      'the remote of --against cannot be read',
      'look whether it can be reached from here, and with which rights',
    );
  if (tip === head || (await isAncestor(root, tip, head)))
    return tip === head
      ? []
      : [
          note('ahead-of-remote', `is ahead of the remote, which stands at ${shortId(tip)}`, {
            subject: shortId(head),
          }),
        ];
  // Only objects and FETCH_HEAD are written; no branch moves.
  if (
    (await readGit(root, ['cat-file', '-e', `${tip}^{commit}`])) === undefined &&
    (await readGit(root, ['fetch', '--quiet', '--no-tags', '--no-auto-gc', '--', against, 'HEAD'])) ===
      undefined
  )
    throw serviceFailure(
      'remote-unreadable',
      'the remote of --against cannot be fetched from',
      'look whether it can be reached from here, and with which rights',
    );
  if (await isAncestor(root, head, tip))
    return [
      note('behind-remote', `is behind the remote, which stands at ${shortId(tip)}`, {
        subject: shortId(head),
      }),
    ];
  return lostSince(root, head, tip);
}

async function isAncestor(root: string, old: string, young: string): Promise<boolean> {
  return (await readGit(root, ['merge-base', '--is-ancestor', old, young])) !== undefined;
}

async function lostSince(root: string, head: string, seen: string): Promise<Finding[]> {
  const commits = (
    (await readGit(root, ['rev-list', '--format=%H %cI', '--no-commit-header', seen, `^${head}`])) ?? ''
  )
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  const files = await Promise.all([seen, head].map((commit) => recordsIn(root, commit)));
  const [before = new Map<string, string>(), after = new Map<string, string>()] = files;
  const findings = [
    broken(
      'rewritten-history',
      `${commits.length} commits that ${shortId(seen)} reaches are not in the history of ${shortId(head)}: ${commits
        .slice(0, NAMED)
        .map((line) => `${shortId(line)} of ${line.split(' ')[1]?.slice(0, 10) ?? ''}`)
        .join(', ')}${commits.length > NAMED ? ' …' : ''}`,
      { subject: shortId(seen) },
    ),
  ];
  for (const [path, blob] of before) {
    const now = after.get(path);
    if (now === undefined)
      findings.push(broken('record-lost', `was there in ${shortId(seen)} and is gone`, { subject: path }));
    else if (now !== blob)
      findings.push(broken('record-rewritten', `is not what it was in ${shortId(seen)}`, { subject: path }));
  }
  return findings;
}

async function recordsIn(root: string, commit: string): Promise<Map<string, string>> {
  const list =
    (await readGit(root, ['ls-tree', '-r', '-z', commit, '--', 'state/plans/', 'state/receipts/'])) ?? '';
  return new Map(
    list.split('\0').flatMap((line): [string, string][] => {
      const match = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line);
      return match === null ? [] : [[match[2] ?? '', match[1] ?? '']];
    }),
  );
}
