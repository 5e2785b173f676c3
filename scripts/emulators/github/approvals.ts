/** What stands between a pull request and its merge: reviews, checks and merge methods, by the rules of its base. */
import { roleOf } from './access.ts';
import { findOwners } from './code-owners.ts';
import { findMergeBase, listChangedFiles } from './git/history.ts';
import { branchTip } from './pull-follow.ts';
import { activeRules } from './rules.ts';
import type { PullIssue, Review } from './discussion.ts';
import { hasRole, type Actor } from './people.ts';
import type { Repository } from './world.ts';

const OPINIONS = new Set(['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED']);

/** Each reviewer's latest opinion. A dismissed review is still his latest: an older approval does not come back to life. */
export function latestOpinions(repository: Repository, pull: number): Review[] {
  const latest = new Map<string, Review>();
  for (const review of repository.reviews.values())
    if (review.pull === pull && OPINIONS.has(review.state)) latest.set(review.user.login, review);
  return [...latest.values()];
}

/** GitHub's sentences for everything that forbids this merge; empty when it may go ahead. Without an actor nobody's bypass counts. */
export async function listMergeViolations(
  repository: Repository,
  issue: PullIssue,
  actor: Actor | undefined,
  method: string,
): Promise<string[]> {
  const rules = activeRules(repository, `refs/heads/${issue.pull.base.ref}`, actor, 'merge');
  const violations: string[] = [];
  for (const { type, parameters = {} } of rules) {
    if (type === 'pull_request')
      violations.push(...(await listReviewViolations(repository, issue, method, parameters)));
    if (type === 'required_status_checks')
      violations.push(...listCheckViolations(repository, issue, parameters));
    if (type === 'required_linear_history' && method === 'merge')
      violations.push('This branch must not contain merge commits.');
    if (type === 'update') violations.push('Cannot update this protected ref.');
  }
  return [...new Set(violations)];
}

async function listReviewViolations(
  repository: Repository,
  issue: PullIssue,
  method: string,
  parameters: Record<string, unknown>,
): Promise<string[]> {
  const allowed = parameters['allowed_merge_methods'];
  const needed = Number(parameters['required_approving_review_count'] ?? 0);
  const opinions = latestOpinions(repository, issue.number).filter(({ user }) =>
    hasRole(roleOf(repository, user.login), 'write'),
  );
  const approvers = opinions.filter(({ state }) => state === 'APPROVED').map(({ user }) => user.login);
  const violations: string[] = [];
  if (Array.isArray(allowed) && !allowed.includes(method))
    violations.push(`Merge method ${method} is not allowed by the rules of this branch.`);
  if (opinions.some(({ state }) => state === 'CHANGES_REQUESTED'))
    violations.push('Changes have been requested by reviewers with write access.');
  if (approvers.length < needed)
    violations.push(
      `At least ${needed} approving review${needed === 1 ? ' is' : 's are'} required by reviewers with write access.`,
    );
  else if (
    parameters['require_last_push_approval'] === true &&
    !approvers.some((login) => login !== issue.pull.lastPusher)
  )
    violations.push('New changes require approval from someone other than the last pusher.');
  if (parameters['require_code_owner_review'] === true)
    violations.push(...(await listOwnerViolations(repository, issue, approvers)));
  return violations;
}

async function listOwnerViolations(
  repository: Repository,
  issue: PullIssue,
  approvers: string[],
): Promise<string[]> {
  const base = await branchTip(repository, issue.pull.base.ref);
  if (base === undefined) return [];
  const from = (await findMergeBase(repository.store.dir, base, issue.pull.head.sha)) ?? base;
  const files = await listChangedFiles(repository.store.dir, from, issue.pull.head.sha, { patches: false });
  const owners = await findOwners(repository, base);
  const waiting = new Set<string>();
  for (const { filename } of files) {
    const people = owners(filename).filter((owner) => hasRole(roleOf(repository, owner), 'write'));
    if (people.length > 0 && !people.some((owner) => approvers.includes(owner)))
      waiting.add(people.join(' and/or '));
  }
  return [...waiting].map((names) => `Waiting on code owner review from ${names}.`);
}

function listCheckViolations(
  repository: Repository,
  issue: PullIssue,
  parameters: Record<string, unknown>,
): string[] {
  const required = (parameters['required_status_checks'] ?? []) as {
    context: string;
    integration_id?: number;
  }[];
  return required.flatMap(({ context, integration_id: app }) => {
    const verdict = findVerdict(repository, issue.pull.head.sha, context, app);
    return verdict === 'success' ? [] : [`Required status check "${context}" is ${verdict}.`];
  });
}

/** `expected` when nothing has reported: such a check blocks for ever. */
function findVerdict(
  repository: Repository,
  sha: string,
  context: string,
  app: number | undefined,
): 'success' | 'failing' | 'in progress' | 'expected' {
  const run = [...repository.checkRuns.values()]
    .filter((each) => each.headSha === sha && each.name === context)
    .filter((each) => app === undefined || each.appId === app)
    .at(-1);
  if (run !== undefined) {
    if (run.status !== 'completed') return 'in progress';
    return ['success', 'neutral', 'skipped'].includes(run.conclusion ?? '') ? 'success' : 'failing';
  }
  const status = repository.statuses.filter((each) => each.sha === sha && each.context === context).at(-1);
  if (status === undefined || app !== undefined) return 'expected';
  if (status.state === 'pending') return 'in progress';
  return status.state === 'success' ? 'success' : 'failing';
}
