/** The world as one JSON document, and the part of it that can be put back. */
import { SeedError } from '../kit/service.ts';
import { applyPeople, applyRules, applyVariables } from './building.ts';
import { isObject } from './fields.ts';
import { listRefs } from './refs.ts';
import { parseSeed } from './seed.ts';
import type { Issue } from './discussion.ts';
import { findRepository, fullName, instant, isPull, type Repository, type World } from './world.ts';

/** What the history holds: shown, never taken back. */
const HISTORY = [
  'refs',
  'pulls',
  'issues',
  'reviews',
  'comments',
  'statuses',
  'checkRuns',
  'dispatches',
  'events',
  'rulesets',
  'labels',
];
/** What a PUT may change. */
const REPLACEABLE = [
  'tokens',
  'collaborators',
  'rules',
  'variables',
  'environments',
  'workflows',
  'settings',
  'lags',
];

/** One object, or a list of them when the seed had several repositories. */
export async function exportWorld(world: World): Promise<unknown> {
  const all = await Promise.all([...world.repositories.values()].map(exportRepository));
  return all.length === 1 ? all[0] : all;
}

async function exportRepository(repository: Repository): Promise<Record<string, unknown>> {
  const issues = [...repository.issues.values()];
  return {
    repository: fullName(repository),
    ...(repository.parent === undefined ? {} : { forkOf: repository.parent }),
    settings: repository.settings,
    ...(repository.tokens === undefined ? {} : { tokens: exportTokens(repository) }),
    collaborators: Object.fromEntries(repository.collaborators),
    variables: Object.fromEntries([...repository.variables].map(([name, { value }]) => [name, value])),
    environments: Object.fromEntries(
      [...repository.environments].map(([name, environment]) => [
        name,
        {
          deployment_branch_policy: environment.deploymentBranchPolicy,
          branches: environment.branchPolicies.map((policy) => policy.name),
          secrets: [...environment.secrets.keys()],
          variables: Object.fromEntries(
            [...environment.variables].map(([variable, { value }]) => [variable, value]),
          ),
        },
      ]),
    ),
    lags: repository.lags,
    refs: Object.fromEntries((await listRefs(repository, 'refs/')).map(({ ref, sha }) => [ref, sha])),
    pulls: issues.filter(isPull).map((issue) => ({
      ...exportIssue(issue),
      draft: issue.pull.draft,
      head: issue.pull.head,
      base: issue.pull.base,
      merged:
        issue.pull.merged === undefined
          ? null
          : {
              at: instant(issue.pull.merged.at),
              by: issue.pull.merged.by.login,
              sha: issue.pull.merged.sha,
            },
      requestedReviewers: [...issue.pull.requestedReviewers],
    })),
    issues: issues.filter((issue) => !isPull(issue)).map(exportIssue),
    reviews: [...repository.reviews.values()].map((review) => ({
      id: review.id,
      pull: review.pull,
      user: review.user.login,
      state: review.state,
      body: review.body,
      commitId: review.commitId,
      submittedAt: review.submittedAt === undefined ? null : instant(review.submittedAt),
    })),
    comments: [...repository.comments.values()].map((comment) => ({
      id: comment.id,
      issue: comment.issue,
      user: comment.user.login,
      body: comment.body,
      createdAt: instant(comment.createdAt),
      updatedAt: instant(comment.updatedAt),
    })),
    labels: [...repository.labels.values()].map(({ name }) => name),
    statuses: repository.statuses.map(({ creator, at, ...status }) => ({
      ...status,
      creator: creator.login,
      at: instant(at),
    })),
    checkRuns: [...repository.checkRuns.values()].map(({ app, startedAt, completedAt, ...run }) => ({
      ...run,
      app: app.login,
      startedAt: instant(startedAt),
      completedAt: completedAt === undefined ? null : instant(completedAt),
    })),
    rulesets: [...repository.rulesets.values()].map(({ createdAt, updatedAt, ...ruleset }) => ({
      ...ruleset,
      createdAt: instant(createdAt),
      updatedAt: instant(updatedAt),
    })),
    dispatches: repository.dispatches,
    events: repository.events.map(({ payload: _payload, ...event }) => event),
  };
}

function exportIssue(issue: Issue): Record<string, unknown> {
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    user: issue.user.login,
    labels: [...issue.labels],
    createdAt: instant(issue.createdAt),
    updatedAt: instant(issue.updatedAt),
    closedAt: issue.closedAt === undefined ? null : instant(issue.closedAt),
  };
}

function exportTokens({ tokens, collaborators }: Repository): Record<string, unknown> {
  return Object.fromEntries(
    [...(tokens ?? [])].map(([token, { account, kind, permissions, bypass }]) => [
      token,
      {
        login: account.login,
        type: account.type === 'Bot' ? 'Bot' : 'User',
        kind,
        ...(kind === 'User' ? { permission: collaborators.get(account.login) ?? 'none' } : {}),
        ...(permissions === undefined ? {} : { permissions }),
        ...(bypass ? { bypass } : {}),
      },
    ]),
  );
}

/**
 * Puts back what is not history: people, tokens, rules, variables, environments, settings. Refs, pull requests and
 * what hangs on them are git's and the clients' doing; they may stand in the document and are left as they are.
 */
export function importWorld(world: World, state: unknown, now: Date): void {
  const list: unknown[] = Array.isArray(state) ? state : [state];
  const plans = list.map((entry) => {
    if (!isObject(entry)) throw new SeedError('the state of a repository is an object');
    const name = typeof entry['repository'] === 'string' ? entry['repository'] : '';
    const [owner = '', repo = ''] = name.split('/');
    const repository = findRepository(world, owner, repo);
    if (repository === undefined)
      throw new SeedError(`there is no repository ${name}; restart with another seed`);
    const given = Object.fromEntries(Object.entries(entry).filter(([key]) => !HISTORY.includes(key)));
    const [seed] = parseSeed(given);
    if (seed === undefined) throw new SeedError('no repository in this state');
    if ('from' in given)
      throw new SeedError('github.from: the history is not replaced; restart with another seed');
    return { repository, given, seed };
  });
  for (const { repository, given, seed } of plans) {
    const has = (key: (typeof REPLACEABLE)[number]): boolean => key in given;
    if (has('tokens') || has('collaborators')) applyPeople(world, repository, seed);
    if (has('variables') || has('environments')) applyVariables(world, repository, seed, now);
    if (has('rules')) applyRules(world, repository, seed, now);
    if (has('settings')) Object.assign(repository.settings, seed.settings);
    if (has('workflows')) repository.workflowStates = new Map(Object.entries(seed.workflows ?? {}));
    if (seed.lags !== undefined) repository.lags = seed.lags;
  }
}
