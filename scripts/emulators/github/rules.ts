/** Rulesets and classic protection: which rules hold for a ref and an actor, and what a direct move of it violates. */
import { isVerified, parseCommit } from './git/commits.ts';
import { isAncestor, listCommits } from './git/history.ts';
import type { Actor } from './people.ts';
import type { BypassActor, Rule, Ruleset } from './restrictions.ts';
import type { Repository } from './world.ts';

export interface RefMove {
  ref: string;
  from: string | undefined;
  to: string | undefined;
}

/** GitHub's words for each rule that a direct move can break; GH013 shows the same lines to a push. */
const VIOLATIONS = {
  pull_request: 'Changes must be made through a pull request.',
  deletion: 'Cannot delete this branch',
  non_fast_forward: 'Cannot force-push to this branch',
  update: 'Cannot update this protected ref.',
  creation: 'Cannot create ref due to creations being restricted.',
  required_signatures: 'Commits must have verified signatures.',
  required_linear_history: 'This branch must not contain merge commits.',
} as const;

const REPOSITORY_ROLES: Record<number, string[]> = {
  1: ['read', 'triage', 'write', 'maintain', 'admin'],
  2: ['maintain', 'admin'],
  4: ['write', 'maintain', 'admin'],
  5: ['admin'],
};

/**
 * The rules in force on a ref: for an actor, without the rulesets he bypasses, or without one, all of them. `via`
 * tells a merge from a push, for bypasses that count in pull requests only.
 */
export function activeRules(
  repository: Repository,
  ref: string,
  actor: Actor | undefined,
  via: 'push' | 'merge',
): Rule[] {
  const rulesets = [...repository.rulesets.values()].filter(
    (ruleset) =>
      ruleset.enforcement === 'active' &&
      matchesRef(repository, ruleset, ref) &&
      !(actor !== undefined && ruleset.bypassActors.some((entry) => isBypass(entry, actor, via))),
  );
  const classic = ref.startsWith('refs/heads/')
    ? repository.protections.get(ref.slice('refs/heads/'.length))
    : undefined;
  return [
    ...rulesets.flatMap(({ rules }) => rules),
    ...(classic === undefined ? [] : classicRules(classic, actor)),
  ];
}

/** What moving a ref directly breaks, as GitHub's sentences; empty when it may move. */
export async function listRefViolations(
  repository: Repository,
  actor: Actor,
  move: RefMove,
): Promise<string[]> {
  const rules = activeRules(repository, move.ref, actor, 'push');
  const violations: string[] = [];
  for (const { type } of rules) if (await breaks(repository, type, move)) violations.push(sentence(type));
  return [...new Set(violations)];
}

/** The rule types that a push can be judged on before its objects have arrived, and those that need them. */
export function pushVerdict(
  repository: Repository,
  actor: Actor,
  move: RefMove,
): { refused: string[]; forbidForce: boolean } {
  const types = new Set(activeRules(repository, move.ref, actor, 'push').map(({ type }) => type));
  const refused: string[] = [];
  if (move.to === undefined) {
    if (types.has('deletion')) refused.push(VIOLATIONS.deletion);
  } else {
    if (types.has('pull_request')) refused.push(VIOLATIONS.pull_request);
    if (types.has('required_signatures')) refused.push(VIOLATIONS.required_signatures);
    if (move.from === undefined && types.has('creation')) refused.push(VIOLATIONS.creation);
    if (move.from !== undefined && types.has('update')) refused.push(VIOLATIONS.update);
  }
  return { refused, forbidForce: move.from !== undefined && types.has('non_fast_forward') };
}

export const FORCE_VIOLATION = VIOLATIONS.non_fast_forward;

async function breaks(repository: Repository, type: string, { from, to }: RefMove): Promise<boolean> {
  switch (type) {
    case 'pull_request':
      return to !== undefined;
    case 'deletion':
      return to === undefined;
    case 'creation':
      return from === undefined && to !== undefined;
    case 'update':
      return from !== undefined && to !== undefined;
    case 'non_fast_forward':
      return from !== undefined && to !== undefined && !(await isAncestor(repository.store.dir, from, to));
    case 'required_linear_history':
      return (
        to !== undefined &&
        (await listCommits(repository.store.dir, ['--merges', ...range(from, to)])).length > 0
      );
    case 'required_signatures':
      return (
        to !== undefined &&
        (await hasUnsigned(repository, await listCommits(repository.store.dir, range(from, to))))
      );
    default:
      return false;
  }
}

async function hasUnsigned(repository: Repository, shas: string[]): Promise<boolean> {
  for (const sha of shas) {
    const object = await repository.store.read(sha);
    if (object !== undefined && !isVerified(parseCommit(sha, object.content))) return true;
  }
  return false;
}

function range(from: string | undefined, to: string): string[] {
  return from === undefined ? [to] : [to, `^${from}`];
}

function sentence(type: string): string {
  return VIOLATIONS[type as keyof typeof VIOLATIONS];
}

function isBypass(entry: BypassActor, actor: Actor, via: 'push' | 'merge'): boolean {
  if (entry.bypass_mode === 'pull_request' && via === 'push') return false;
  switch (entry.actor_type) {
    case 'Integration':
      return actor.kind === 'App' && actor.appId === entry.actor_id;
    case 'User':
      return actor.kind === 'User' && actor.account.id === entry.actor_id;
    case 'OrganizationAdmin':
      return actor.kind === 'User' && actor.role === 'admin';
    case 'RepositoryRole':
      return actor.kind === 'User' && (REPOSITORY_ROLES[entry.actor_id ?? 0] ?? []).includes(actor.role);
    default:
      return false;
  }
}

function matchesRef(repository: Repository, ruleset: Ruleset, ref: string): boolean {
  const prefix = ruleset.target === 'branch' ? 'refs/heads/' : 'refs/tags/';
  if (!ref.startsWith(prefix)) return false;
  const matches = (pattern: string): boolean => {
    if (pattern === '~ALL') return true;
    if (pattern === '~DEFAULT_BRANCH') return ref === `refs/heads/${repository.settings.default_branch}`;
    return globToPattern(pattern).test(ref);
  };
  const { include, exclude } = ruleset.conditions.ref_name;
  return include.some(matches) && !exclude.some(matches);
}

/** Ruby's fnmatch with FNM_PATHNAME, which rulesets use: `*` stays within a segment, `**` crosses them. */
export function globToPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '.*');
  return new RegExp(`^${source}$`);
}

function classicRules(protection: Record<string, unknown>, actor: Actor | undefined): Rule[] {
  const enforceAdmins = protection['enforce_admins'] === true;
  if (actor?.kind === 'User' && actor.role === 'admin' && !enforceAdmins) return [];
  const reviews = protection['required_pull_request_reviews'] as Record<string, unknown> | null | undefined;
  const checks = protection['required_status_checks'] as { contexts?: string[] } | null | undefined;
  return [
    ...(reviews === null || reviews === undefined
      ? []
      : [
          {
            type: 'pull_request',
            parameters: {
              required_approving_review_count: reviews['required_approving_review_count'] ?? 1,
              dismiss_stale_reviews_on_push: reviews['dismiss_stale_reviews'] === true,
              require_code_owner_review: reviews['require_code_owner_reviews'] === true,
              require_last_push_approval: reviews['require_last_push_approval'] === true,
            },
          },
        ]),
    ...(checks === null || checks === undefined
      ? []
      : [
          {
            type: 'required_status_checks',
            parameters: {
              required_status_checks: (checks.contexts ?? []).map((context) => ({ context })),
            },
          },
        ]),
    ...(protection['allow_force_pushes'] === true ? [] : [{ type: 'non_fast_forward' }]),
    ...(protection['allow_deletions'] === true ? [] : [{ type: 'deletion' }]),
  ];
}
