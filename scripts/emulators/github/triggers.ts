/**
 * What GitHub starts for an event, by whose credential caused it (github/docs "Events that trigger workflows" and
 * "GITHUB_TOKEN", reference/github.md section 1):
 *
 * | event                                              | person or App token | GITHUB_TOKEN                       |
 * |----------------------------------------------------|---------------------|------------------------------------|
 * | workflow_dispatch, repository_dispatch             | run                 | run                                |
 * | pull_request opened, synchronize, reopened         | run                 | awaiting approval (since 2026-06)  |
 * | anything else                                      | run                 | none                               |
 * | push and pull_request, `[skip ci]` in head message | none                | none                               |
 * | pull_request of a branch that conflicts            | none                | none                               |
 */
import { renderRepository, renderUser } from './render/account.ts';
import type { View } from './routing.ts';
import type { Actor } from './people.ts';
import { fullName, instant, nextId, type Repository, type TriggerEvent } from './world.ts';

export interface Happening {
  event: string;
  action?: string;
  ref?: string;
  sha?: string;
  pull?: number;
  /** Message of the head commit: it can ask for nothing to be run. */
  headMessage?: string;
  /** True for a pull request that cannot be merged as it stands. */
  conflicted?: boolean;
  payload: Record<string, unknown>;
}

const ALWAYS = new Set(['workflow_dispatch', 'repository_dispatch']);
const AWAITING = new Set(['opened', 'synchronize', 'reopened']);
const SKIPPABLE = new Set(['push', 'pull_request']);
const SKIP = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks: *true$/im;

/** Writes one event into the repository's log. */
export function recordEvent(
  view: View,
  repository: Repository,
  actor: Actor,
  now: Date,
  happening: Happening,
): void {
  const { outcome, reason } = deriveOutcome(actor, happening);
  repository.events.push({
    id: nextId(view.world),
    at: instant(now),
    event: happening.event,
    action: happening.action ?? null,
    actor: { login: actor.account.login, type: actor.account.type, kind: actor.kind },
    ref: happening.ref ?? null,
    sha: happening.sha ?? null,
    pull: happening.pull ?? null,
    outcome,
    reason,
    payload: {
      ...(happening.action === undefined ? {} : { action: happening.action }),
      ...happening.payload,
      repository: renderRepository(view, repository),
      sender: renderUser(view, actor.account),
    },
  });
}

export function deriveOutcome(
  actor: Pick<Actor, 'kind'>,
  { event, action, headMessage, conflicted }: Omit<Happening, 'payload'>,
): Pick<TriggerEvent, 'outcome' | 'reason'> {
  if (ALWAYS.has(event)) return { outcome: 'run', reason: `${event} always runs` };
  if (event === 'pull_request' && conflicted === true)
    return { outcome: 'none', reason: 'pull_request does not run while the pull request conflicts' };
  if (SKIPPABLE.has(event) && headMessage !== undefined && SKIP.test(headMessage))
    return { outcome: 'none', reason: 'the head commit message asks to skip' };
  if (actor.kind !== 'GITHUB_TOKEN') return { outcome: 'run', reason: `made with a token of ${actor.kind}` };
  if (event === 'pull_request' && AWAITING.has(action ?? ''))
    return { outcome: 'awaiting approval', reason: 'made with GITHUB_TOKEN: waits for somebody with write' };
  return { outcome: 'none', reason: 'events made with GITHUB_TOKEN start nothing' };
}

/** Name for the log of control routes: one list over all repositories. */
export function listEvents(repositories: Iterable<Repository>): (TriggerEvent & { repository: string })[] {
  return [...repositories]
    .flatMap((repository) =>
      repository.events.map((event) => ({ repository: fullName(repository), ...event })),
    )
    .sort((left, right) => left.id - right.id);
}
