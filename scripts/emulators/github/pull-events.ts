/** Events about pull requests: `pull_request` and `pull_request_target` always come as a pair. */
import { renderUser } from './render/account.ts';
import { renderPullSimple } from './render/pull.ts';
import type { View } from './routing.ts';
import { recordEvent } from './triggers.ts';
import type { PullIssue } from './discussion.ts';
import type { Actor } from './people.ts';
import type { Repository } from './world.ts';

/** Records what happened to a pull request; `dismissed` and `submitted` are events of its reviews. */
export function recordPullEvent(
  view: View,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  now: Date,
  action: string,
  extra: Record<string, unknown> = {},
): void {
  const { pull } = issue;
  const testMerge = pull.mergeability?.testMerge;
  const conflicted = pull.mergeability !== undefined && testMerge === undefined && issue.state === 'open';
  const payload = {
    number: issue.number,
    ...extra,
    pull_request: {
      ...renderPullSimple(view, repository, issue, testMerge ?? null),
      merged: pull.merged !== undefined,
      merged_by: pull.merged === undefined ? null : renderUser(view, pull.merged.by),
    },
  };
  const isReview = action === 'submitted' || action === 'dismissed';
  const events = isReview ? ['pull_request_review'] : ['pull_request', 'pull_request_target'];
  for (const event of events) {
    const onBase = event === 'pull_request_target';
    recordEvent(view, repository, actor, now, {
      event,
      action,
      pull: issue.number,
      conflicted,
      ref: onBase ? `refs/heads/${pull.base.ref}` : `refs/pull/${issue.number}/merge`,
      sha: onBase ? pull.base.sha : (testMerge ?? pull.head.sha),
      payload,
    });
  }
}
