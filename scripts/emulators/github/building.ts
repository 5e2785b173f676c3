/** Builds the emulated world out of a seed: bare repositories with a first commit, people, tokens and rules. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeedError } from '../kit/service.ts';
import { openStore } from './git/store.ts';
import { git } from './git/process.ts';
import { writeFirstCommit } from './first-commit.ts';
import { writeHook } from './git-push.ts';
import { readRuleset } from './routes/rulesets.ts';
import { makeLabel } from './routes/labels.ts';
import { Refusal } from './refusals.ts';
import type { Ruleset } from './restrictions.ts';
import type { RepositorySeed, TokenSeed } from './seed.ts';
import { ACTIONS_BOT, type ActorKind, type Role, type TokenGrant } from './people.ts';
import {
  accountOf,
  findRepository,
  nextId,
  stableId,
  type Repository,
  type Settings,
  type World,
} from './world.ts';

/** The ruleset of reference/github.md section 4, which `rules: "protected"` stands for. */
const PROTECTED = {
  name: 'main',
  target: 'branch',
  enforcement: 'active',
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
  rules: [
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    {
      type: 'pull_request',
      parameters: {
        required_approving_review_count: 1,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: true,
        require_last_push_approval: true,
        required_review_thread_resolution: false,
        allowed_merge_methods: ['merge'],
      },
    },
  ],
};

export function emptyWorld(): World {
  return {
    repositories: new Map(),
    accounts: new Map(),
    baseUrl: 'http://127.0.0.1',
    now: new Date(),
    nextId: 1_000_000,
    nextNumber: new Map(),
    rates: new Map(),
    rateLimit: undefined,
    interleaves: [],
  };
}

/** Adds one repository. @throws SeedError for a folder that is not there, or a bypass GitHub would not grant. */
export async function buildRepository(world: World, seed: RepositorySeed, now: Date): Promise<Repository> {
  const [owner = '', name = ''] = seed.repository.split('/');
  const parent = findParent(world, seed);
  const dir = await mkdtemp(join(tmpdir(), `emulated-github-${owner}-${name}-`));
  await git(dir, ['init', '--quiet', '--bare', '--initial-branch=main']);
  await configure(dir);
  await writeHook(dir);
  const repository: Repository = {
    id: stableId(seed.repository),
    owner: accountOf(world, owner, seed.forkOf === undefined ? 'Organization' : 'User'),
    name,
    store: openStore(dir),
    parent: seed.forkOf,
    settings: { ...defaultSettings(seed), ...(seed.settings as Partial<Settings> | undefined) },
    createdAt: now,
    pushedAt: now,
    tokens: undefined,
    collaborators: new Map(),
    issues: new Map(),
    comments: new Map(),
    reviews: new Map(),
    labels: new Map(),
    statuses: [],
    checkRuns: new Map(),
    dispatches: [],
    events: [],
    runs: [],
    rulesets: new Map(),
    protections: new Map(),
    environments: new Map(),
    variables: new Map(),
    secrets: new Map(),
    workflowStates: new Map(Object.entries(seed.workflows ?? {})),
    actionsPermissions: {
      defaultWorkflowPermissions: 'read',
      canApprovePullRequestReviews: seed.actionsMayOpenPullRequests,
    },
    pushers: new Map(),
    lags: { commitPulls: 0, mergeable: 1, ...seed.lags },
    queue: Promise.resolve(),
    anonymousClone: seed.anonymousClone,
  };
  // Known to the world before anything can fail, so that closing it takes the folder off the disk.
  world.repositories.set(seed.repository.toLowerCase(), repository);
  for (const label of seed.labels ?? []) makeLabel(world, repository, label);
  applyPeople(world, repository, seed);
  applyVariables(world, repository, seed, now);
  applyRules(world, repository, seed, now);
  if (parent !== undefined) await forkHistory(repository, parent);
  else if (seed.from !== null) await writeFirstCommit(world, repository, seed.from, now);
  return repository;
}

/** Takes a repository off the disk. */
export async function removeRepository(repository: Repository): Promise<void> {
  repository.store.close();
  await rm(repository.store.dir, { recursive: true, force: true, maxRetries: 5 });
}

/** Makes a token known. @throws SeedError when GITHUB_TOKEN is given a bypass, which GitHub grants to nobody. */
export function addToken(world: World, repository: Repository, token: string, seed: TokenSeed): TokenGrant {
  const isActions = seed.login === ACTIONS_BOT.login;
  const kind: ActorKind = seed.kind ?? (seed.type === 'Bot' ? (isActions ? 'GITHUB_TOKEN' : 'App') : 'User');
  if (kind === 'GITHUB_TOKEN' && seed.bypass === true)
    throw new SeedError(`github.tokens: ${seed.login} cannot be put on a bypass list`, ['tokens', token]);
  const account = accountOf(world, seed.login, seed.type);
  const appId =
    kind === 'User' ? undefined : kind === 'GITHUB_TOKEN' ? ACTIONS_BOT.appId : stableId(`app ${seed.login}`);
  const grant: TokenGrant = {
    account,
    kind,
    permissions: seed.permissions === undefined ? undefined : underscored(seed.permissions),
    bypass: seed.bypass === true,
    appId,
  };
  repository.tokens ??= new Map();
  repository.tokens.set(token, grant);
  if (kind === 'User' && (seed.permission !== undefined || !repository.collaborators.has(account.login)))
    repository.collaborators.set(account.login, seed.permission ?? 'write');
  return grant;
}

/** Workflow files write `pull-requests`, the API `pull_requests`; both are taken. */
function underscored<T>(permissions: Record<string, T>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(permissions).map(([name, level]) => [name.replaceAll('-', '_'), level]),
  );
}

export function applyPeople(world: World, repository: Repository, seed: RepositorySeed): void {
  repository.tokens = undefined;
  repository.collaborators = new Map<string, Role>();
  for (const [login, role] of Object.entries(seed.collaborators ?? {}))
    repository.collaborators.set(accountOf(world, login).login, role);
  if (seed.tokens !== undefined) repository.tokens = new Map();
  for (const [token, grant] of Object.entries(seed.tokens ?? {})) addToken(world, repository, token, grant);
}

export function applyRules(world: World, repository: Repository, seed: RepositorySeed, now: Date): void {
  repository.rulesets.clear();
  const given = seed.rules === 'open' ? [] : seed.rules === 'protected' ? [PROTECTED] : seed.rules;
  const bypass = [...(repository.tokens?.values() ?? [])]
    .filter((grant) => grant.bypass)
    .map(({ kind, account, appId }) =>
      kind === 'App'
        ? { actor_id: appId ?? null, actor_type: 'Integration', bypass_mode: 'always' }
        : { actor_id: account.id, actor_type: 'User', bypass_mode: 'always' },
    );
  for (const body of given) {
    const ruleset = readSeededRuleset({ bypass_actors: bypass, ...body }, nextId(world), now);
    repository.rulesets.set(ruleset.id, ruleset);
  }
}

function readSeededRuleset(body: Record<string, unknown>, id: number, now: Date): Ruleset {
  try {
    return readRuleset(body, id, now, undefined);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new SeedError(`github.rules: ${JSON.stringify(error.answer.json)}`, ['rules']);
  }
}

export function applyVariables(world: World, repository: Repository, seed: RepositorySeed, now: Date): void {
  const records = (values: Record<string, string> | undefined) =>
    new Map(
      Object.entries(values ?? {}).map(([name, value]) => [
        name.toUpperCase(),
        { value, createdAt: now, updatedAt: now },
      ]),
    );
  repository.variables = records(seed.variables);
  repository.environments = new Map(
    Object.entries(seed.environments ?? {}).map(([name, environment]) => {
      const branches = environment.branches ?? [];
      const policy =
        environment.deployment_branch_policy ??
        (branches.length === 0 ? null : { protected_branches: false, custom_branch_policies: true });
      return [
        name,
        {
          id: nextId(world),
          name,
          deploymentBranchPolicy: policy,
          branchPolicies: branches.map((branch) => ({ id: nextId(world), name: branch, type: 'branch' })),
          reviewers: [],
          waitTimer: 0,
          secrets: new Map(
            (environment.secrets ?? []).map((secret) => [secret, { createdAt: now, updatedAt: now }]),
          ),
          variables: records(environment.variables),
          createdAt: now,
          updatedAt: now,
        },
      ];
    }),
  );
}

function defaultSettings(seed: RepositorySeed): Settings {
  return {
    default_branch: 'main',
    description: null,
    private: seed.private ?? true,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    allow_update_branch: false,
    delete_branch_on_merge: false,
    merge_commit_title: 'MERGE_MESSAGE',
    merge_commit_message: 'PR_TITLE',
    squash_merge_commit_title: 'COMMIT_OR_PR_TITLE',
    squash_merge_commit_message: 'COMMIT_MESSAGES',
    has_issues: true,
    archived: false,
  };
}

/** As GitHub's servers are set: any object may be asked for by id, pull request refs are read-only, nothing packs itself. */
async function configure(dir: string): Promise<void> {
  const config = [
    ['http.receivepack', 'true'],
    ['uploadpack.allowFilter', 'true'],
    ['uploadpack.allowAnySHA1InWant', 'true'],
    ['receive.hideRefs', 'refs/pull'],
    ['receive.autogc', 'false'],
    ['receive.fsckObjects', 'true'],
    ['gc.auto', '0'],
    ['core.fsync', 'none'],
  ];
  const text = await readFile(join(dir, 'config'), 'utf8');
  const lines = config.map(([key = '', value = '']) => {
    const [section = '', name = ''] = key.split('.');
    return `[${section}]\n\t${name} = ${value}\n`;
  });
  await writeFile(join(dir, 'config'), text + lines.join(''));
}

function findParent(world: World, seed: RepositorySeed): Repository | undefined {
  if (seed.forkOf === undefined) return undefined;
  const [owner = '', name = ''] = seed.forkOf.split('/');
  const parent = findRepository(world, owner, name);
  if (parent === undefined)
    throw new SeedError(
      `github.forkOf: ${seed.repository} is a fork of ${seed.forkOf}, which does not stand before it`,
      ['forkOf'],
    );
  return parent;
}

async function forkHistory(repository: Repository, parent: Repository): Promise<void> {
  await git(repository.store.dir, ['fetch', '--quiet', parent.store.dir, '+refs/heads/*:refs/heads/*']);
}
