/** The one way a ref moves: judged, compared and swapped by git, then told to the pull requests that hang on it. */
import { parseCommit } from './git/commits.ts';
import { isAncestor, listCommits } from './git/history.ts';
import { git } from './git/process.ts';
import { forbidden, ruleViolations } from './refusals.ts';
import { followPulls } from './pull-follow.ts';
import { noreplyAddress } from './render/commit.ts';
import { holds } from './access.ts';
import type { View } from './routing.ts';
import { listRefViolations, type RefMove } from './rules.ts';
import { recordEvent } from './triggers.ts';
import type { Actor } from './people.ts';
import type { Repository } from './world.ts';

export type { RefMove };

const ZERO = '0'.repeat(40);

/** What a ref points at; undefined when it does not exist. A full name (`refs/...`) has no other reading. */
export async function readRef(repository: Repository, ref: string): Promise<string | undefined> {
  return (await repository.store.read(ref))?.sha;
}

/** Refs below a prefix with what they point at, in name order. */
export async function listRefs(
  repository: Repository,
  prefix: string,
): Promise<{ ref: string; sha: string }[]> {
  const text = await git(repository.store.dir, ['for-each-ref', '--format=%(objectname) %(refname)']);
  return text
    .split('\n')
    .map((line) => ({ sha: line.slice(0, 40), ref: line.slice(41) }))
    .filter(({ ref }) => ref !== '' && ref.startsWith(prefix));
}

/** @throws Refusal 422 with the ruleset's sentences, or 403 for workflow files an App may not touch. */
export async function demandRefMove(repository: Repository, actor: Actor, move: RefMove): Promise<void> {
  const violations = await listRefViolations(repository, actor, move);
  if (violations.length > 0) throw ruleViolations(violations);
  if (move.to !== undefined && (await touchesWorkflows(repository, actor, move.to)))
    throw forbidden('Resource not accessible by integration');
}

/** True when the actor brings commits that change workflow files and lacks the permission for them. */
export async function touchesWorkflows(repository: Repository, actor: Actor, to: string): Promise<boolean> {
  if (holds(actor, 'workflows', 'write')) return false;
  const args = ['--max-count=1', to, '--not', '--all', '--', '.github/workflows'];
  return (await listCommits(repository.store.dir, args)).length > 0;
}

/** Swaps the ref if it still stands where the move says; false when somebody was faster, or git refuses the name. */
export async function swapRef(repository: Repository, { ref, from, to }: RefMove): Promise<boolean> {
  return repository.store.swapRef(ref, from, to);
}

/** Tells everybody that a ref has moved: the event log, and the open pull requests from and to it. */
export async function announceRefMove(
  view: View,
  repository: Repository,
  actor: Actor,
  move: RefMove,
  now: Date,
): Promise<void> {
  repository.pushedAt = now;
  repository.pushers.set(move.ref, actor.account.login);
  await recordPush(view, repository, actor, move, now);
  if (move.ref.startsWith('refs/heads/')) await followPulls(view, repository, actor, move, now);
}

async function recordPush(
  view: View,
  repository: Repository,
  actor: Actor,
  { ref, from, to }: RefMove,
  now: Date,
): Promise<void> {
  const object = to === undefined ? undefined : await repository.store.read(`${to}^{commit}`);
  const commit = object === undefined ? undefined : parseCommit(object.sha, object.content);
  const forced =
    from !== undefined && to !== undefined && !(await isAncestor(repository.store.dir, from, to));
  // Deleting a ref makes a push event on the webhook but starts no workflow of the branch that is gone.
  recordEvent(view, repository, actor, now, {
    event: to === undefined ? 'delete' : 'push',
    ref,
    ...(to === undefined ? {} : { sha: to }),
    ...(commit === undefined ? {} : { headMessage: commit.message }),
    payload: {
      ref,
      before: from ?? ZERO,
      after: to ?? ZERO,
      created: from === undefined,
      deleted: to === undefined,
      forced,
      pusher: { name: actor.account.login, email: noreplyAddress(actor.account) },
      head_commit:
        commit === undefined
          ? null
          : {
              id: commit.sha,
              tree_id: commit.tree,
              message: commit.message,
              timestamp: commit.committer.date,
              author: commit.author,
              committer: commit.committer,
            },
    },
  });
}
