/** Pull requests follow their branches: heads synchronize, and requests close when there is nothing left of them. */
import { countCommits, findMergeBase, isAncestor, readChangeText } from './git/history.ts';
import { git } from './git/process.ts';
import { recordPullEvent } from './pull-events.ts';
import { refreshMergeability } from './mergeability.ts';
import type { View } from './routing.ts';
import { activeRules, type RefMove } from './rules.ts';
import type { PullIssue } from './discussion.ts';
import type { Actor } from './people.ts';
import { findRepository, fullName, listPulls, type Repository } from './world.ts';

/** Called after a branch of `repository` moved, with the open pull requests of its parent in view when it is a fork. */
export async function followPulls(
  view: View,
  repository: Repository,
  actor: Actor,
  move: RefMove,
  now: Date,
): Promise<void> {
  const branch = move.ref.slice('refs/heads/'.length);
  const [parentOwner = '', parentName = ''] = repository.parent?.split('/') ?? [];
  const parent = findRepository(view.world, parentOwner, parentName);
  for (const target of [repository, ...(parent === undefined ? [] : [parent])]) {
    for (const issue of listPulls(target).filter(({ state }) => state === 'open')) {
      const { head, base } = issue.pull;
      if (head.repository === fullName(repository) && head.ref === branch)
        await followHead(view, target, repository, actor, issue, move, now);
      else if (target === repository && base.ref === branch)
        await followBase(view, target, actor, issue, move, now);
    }
  }
}

async function followHead(
  view: View,
  target: Repository,
  source: Repository,
  actor: Actor,
  issue: PullIssue,
  move: RefMove,
  now: Date,
): Promise<void> {
  const { pull } = issue;
  if (move.to === undefined) {
    await closePull(view, target, actor, issue, now);
    return;
  }
  if (move.to === pull.head.sha) return;
  await bringObjects(target, source, move.to);
  await bringHead(target, issue, move.to);
  const before = pull.head.sha;
  const base = await branchTip(target, pull.base.ref);
  pull.head.sha = move.to;
  pull.lastPusher = actor.account.login;
  issue.updatedAt = now;
  if (base === undefined || (await countCommits(target.store.dir, base, move.to)) === 0) {
    await closePull(view, target, actor, issue, now);
    return;
  }
  await dismissStale(view, target, actor, issue, before, base, now);
  pull.base.sha = base;
  await refreshMergeability(target, issue, now);
  recordPullEvent(view, target, actor, issue, now, 'synchronize', { before, after: move.to });
}

async function followBase(
  view: View,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  move: RefMove,
  now: Date,
): Promise<void> {
  const { pull } = issue;
  if (move.to === undefined) {
    await closePull(view, repository, actor, issue, now);
    return;
  }
  // Somebody pushed the very commits of the pull request to its base: GitHub calls that merged.
  if (await isAncestor(repository.store.dir, pull.head.sha, move.to)) {
    pull.merged = { at: now, by: actor.account, sha: move.to, baseBefore: move.from ?? pull.base.sha };
    await closePull(view, repository, actor, issue, now);
  }
}

/** Closes a pull request and says so. */
export async function closePull(
  view: View,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  now: Date,
): Promise<void> {
  issue.state = 'closed';
  issue.closedAt = now;
  issue.closedBy = actor.account;
  issue.updatedAt = now;
  await repository.store.setRef(`refs/pull/${issue.number}/merge`, undefined);
  recordPullEvent(view, repository, actor, issue, now, 'closed');
}

/** Makes a fork's commits stand in the repository that the pull request is for. */
export async function bringObjects(target: Repository, source: Repository, sha: string): Promise<void> {
  if (source !== target) await git(target.store.dir, ['fetch', '--quiet', source.store.dir, sha]);
}

/** Puts `refs/pull/N/head` on the present head. */
export async function bringHead(target: Repository, issue: { number: number }, sha: string): Promise<void> {
  await target.store.setRef(`refs/pull/${issue.number}/head`, sha);
}

export async function branchTip(repository: Repository, branch: string): Promise<string | undefined> {
  return (await repository.store.read(`refs/heads/${branch}`))?.sha;
}

/**
 * `dismiss_stale_reviews_on_push`: approvals go when a push changes what the pull request would do. Merging the base
 * into the branch changes nothing of that and keeps them (GitHub Docs, "About protected branches").
 */
async function dismissStale(
  view: View,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  before: string,
  base: string,
  now: Date,
): Promise<void> {
  const rules = activeRules(repository, `refs/heads/${issue.pull.base.ref}`, undefined, 'push');
  const dismisses = rules.some(
    ({ type, parameters }) =>
      type === 'pull_request' && parameters?.['dismiss_stale_reviews_on_push'] === true,
  );
  if (!dismisses) return;
  const change = async (head: string): Promise<string> =>
    readChangeText(
      repository.store.dir,
      (await findMergeBase(repository.store.dir, base, head)) ?? base,
      head,
    );
  if ((await change(before)) === (await change(issue.pull.head.sha))) return;
  for (const review of repository.reviews.values()) {
    if (review.pull !== issue.number || review.state !== 'APPROVED') continue;
    review.state = 'DISMISSED';
    recordPullEvent(view, repository, actor, issue, now, 'dismissed', { review: { id: review.id } });
  }
}
