/** Whether a pull request can be merged: worked out by git at once, told to clients only after they have asked in vain. */
import { writeCommit } from './git/commits.ts';
import { mergeTrees } from './git/merge.ts';
import { WEB_FLOW } from './render/commit.ts';
import type { PullIssue } from './discussion.ts';
import { instant, type Repository } from './world.ts';

/**
 * Makes the test merge of the present head into the present base and puts `refs/pull/N/merge` on it. GitHub does so
 * when the head moves and when somebody asks; a base that moves only makes the last one stale.
 */
export async function refreshMergeability(
  repository: Repository,
  issue: PullIssue,
  now: Date,
): Promise<void> {
  const { pull } = issue;
  const base = (await repository.store.read(`refs/heads/${pull.base.ref}`))?.sha;
  if (issue.state === 'closed' || base === undefined) return;
  const key = `${base}..${pull.head.sha}`;
  if (pull.mergeability?.key === key) return;
  const tree = await mergeTrees(repository.store.dir, base, pull.head.sha);
  const ref = `refs/pull/${issue.number}/merge`;
  if (tree === undefined) {
    await repository.store.setRef(ref, undefined);
    pull.mergeability = { key, testMerge: undefined };
    return;
  }
  const who = { ...WEB_FLOW, date: instant(now) };
  const testMerge = await writeCommit(repository.store, {
    tree,
    parents: [base, pull.head.sha],
    author: who,
    committer: who,
    message: `Merge ${pull.head.sha} into ${base}`,
    signed: true,
  });
  await repository.store.setRef(ref, testMerge);
  pull.mergeability = { key, testMerge };
}

/**
 * What a read of the pull request says: `null` while GitHub is still working it out, which it starts on being asked
 * (GitHub REST, "Get a pull request"), then true or false. Only a read of the pull request counts as asking.
 */
export function askMergeable(repository: Repository, issue: PullIssue, counts: boolean): boolean | null {
  const { pull } = issue;
  if (issue.state === 'closed' || pull.mergeability === undefined) return null;
  const { key, testMerge } = pull.mergeability;
  if (pull.asked.key !== key) pull.asked = { key, times: 0 };
  const early = pull.asked.times < repository.lags.mergeable;
  if (counts) pull.asked.times += 1;
  if (early) return null;
  return testMerge !== undefined;
}
