/** What the emulated GitHub remembers beside git's own objects. */
import type { Comment, Issue, Label, PullIssue, Review } from './discussion.ts';
import type { GitStore } from './git/store.ts';
import { ACTIONS_BOT, type Account, type ActorKind, type Role, type TokenGrant } from './people.ts';
import type { Environment, Ruleset, SecretRecord, VariableRecord } from './restrictions.ts';
import type { CheckRun, Status } from './verdicts.ts';

export interface Dispatch {
  kind: 'repository_dispatch' | 'workflow_dispatch';
  at: string;
  actor: string;
  event_type?: string;
  client_payload?: Record<string, unknown>;
  workflow?: string;
  ref?: string;
  inputs?: Record<string, string>;
}

/** One event of the repository and what GitHub would have started for it. */
export interface TriggerEvent {
  id: number;
  at: string;
  event: string;
  action: string | null;
  actor: { login: string; type: Account['type']; kind: ActorKind };
  ref: string | null;
  sha: string | null;
  pull: number | null;
  outcome: 'run' | 'awaiting approval' | 'none';
  reason: string;
  /** What a workflow sees as `github.event`. */
  payload: Record<string, unknown>;
}

/** Repository settings in the API's own names. */
export interface Settings {
  default_branch: string;
  description: string | null;
  private: boolean;
  allow_merge_commit: boolean;
  allow_squash_merge: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_update_branch: boolean;
  delete_branch_on_merge: boolean;
  merge_commit_title: 'MERGE_MESSAGE' | 'PR_TITLE';
  merge_commit_message: 'PR_TITLE' | 'PR_BODY' | 'BLANK';
  squash_merge_commit_title: 'COMMIT_OR_PR_TITLE' | 'PR_TITLE';
  squash_merge_commit_message: 'COMMIT_MESSAGES' | 'PR_BODY' | 'BLANK';
  has_issues: boolean;
  archived: boolean;
}

export interface Repository {
  id: number;
  owner: Account;
  name: string;
  /** The bare repository on disk. */
  store: GitStore;
  parent: string | undefined;
  settings: Settings;
  createdAt: Date;
  pushedAt: Date;
  /** undefined: any token that is not empty is an administrator. */
  tokens: Map<string, TokenGrant> | undefined;
  collaborators: Map<string, Role>;
  issues: Map<number, Issue>;
  comments: Map<number, Comment>;
  reviews: Map<number, Review>;
  labels: Map<string, Label>;
  statuses: Status[];
  checkRuns: Map<number, CheckRun>;
  dispatches: Dispatch[];
  events: TriggerEvent[];
  runs: WorkflowRun[];
  rulesets: Map<number, Ruleset>;
  protections: Map<string, Record<string, unknown>>;
  environments: Map<string, Environment>;
  variables: Map<string, VariableRecord>;
  secrets: Map<string, SecretRecord>;
  workflowStates: Map<string, string>;
  actionsPermissions: { defaultWorkflowPermissions: 'read' | 'write'; canApprovePullRequestReviews: boolean };
  /** Who moved each ref last. */
  pushers: Map<string, string>;
  lags: Lags;
  /** Writes happen one after the other, as GitHub's locks make them. */
  queue: Promise<unknown>;
  anonymousClone: boolean;
}

/** A run that has ended; nothing is run here, it is told. */
export interface WorkflowRun {
  id: number;
  /** Name of the file: sync.yml. */
  workflow: string;
  /** null: it has not ended. */
  conclusion: string | null;
  event: string;
  branch: string;
  begunAt: string;
  at: string;
}

/** Delays a test orders, counted in calls. */
export interface Lags {
  /** `GET /commits/{sha}/pulls` stays empty for so many calls. */
  commitPulls: number;
  /** `mergeable` is null for so many reads of one head and base. */
  mergeable: number;
}

export interface World {
  repositories: Map<string, Repository>;
  accounts: Map<string, Account>;
  /** Root of this emulator's own address, for links in webhook-like payloads. */
  baseUrl: string;
  now: Date;
  nextId: number;
  nextNumber: Map<string, number>;
  rates: Map<string, { used: number; windowStart: number }>;
  /** Requests an hour and token; undefined: counted, never refused. */
  rateLimit: number | undefined;
  interleaves: Interleave[];
}

/** A commit that somebody else makes just before a request is answered. */
export interface Interleave {
  method: string | undefined;
  path: string;
  times: number;
  ref: string;
  login: string;
  message: string;
  files: Record<string, string | null>;
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

export function findRepository(world: World, owner: string, name: string): Repository | undefined {
  return world.repositories.get(`${owner}/${name}`.toLowerCase());
}

/** The account of a login; made when first heard of, with an id that depends on the login alone. */
export function accountOf(world: World, login: string, type?: Account['type']): Account {
  const known = world.accounts.get(login.toLowerCase());
  if (known !== undefined) return known;
  const isBot = login.endsWith('[bot]');
  const account: Account = {
    login,
    id: login === ACTIONS_BOT.login ? ACTIONS_BOT.accountId : stableId(login),
    type: type ?? (isBot ? 'Bot' : 'User'),
  };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

/** A number of six digits or more that depends on the text alone. */
export function stableId(text: string): number {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619) >>> 0;
  return 100_000 + (hash % 90_000_000);
}

export function nextId(world: World): number {
  world.nextId += 1;
  return world.nextId;
}

/** Issues and pull requests share one sequence. */
export function nextNumber(world: World, repository: Repository): number {
  const number = (world.nextNumber.get(fullName(repository)) ?? 0) + 1;
  world.nextNumber.set(fullName(repository), number);
  return number;
}

export function findPull(repository: Repository, number: number): PullIssue | undefined {
  const issue = repository.issues.get(number);
  return issue !== undefined && isPull(issue) ? issue : undefined;
}

export function isPull(issue: Issue): issue is PullIssue {
  return issue.pull !== undefined;
}

export function listPulls(repository: Repository): PullIssue[] {
  return [...repository.issues.values()].filter(isPull);
}

/** GitHub prints instants without a fraction. */
export function instant(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
