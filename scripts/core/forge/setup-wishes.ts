/** What a company's repository should be like: environments, rules, settings, labels; and the shapes that judge-setup.ts reads. */

/**
 * | environment     | secrets                                             | jobs                          |
 * |-----------------|-----------------------------------------------------|-------------------------------|
 * | hr              | BAMBOOHR_API_KEY                                    | export                        |
 * | directory-read  | JUMPCLOUD_API_KEY of a key that can only read       | plan, reconcile               |
 * | directory-write | JUMPCLOUD_API_KEY of a key that can write           | apply                         |
 * | forge           | ROLLCALL_APP_PRIVATE_KEY                            | propose, record, hold         |
 * | notify          | SLACK_WEBHOOK_URL, SMTP_URL, …, as you like         | notify, silence               |
 * | urgent          | all of them, with the key that can write            | urgent, where seconds count   |
 */
export const ENVIRONMENTS: readonly { name: string; secrets: readonly (readonly string[])[] }[] = [
  { name: 'hr', secrets: [['BAMBOOHR_API_KEY']] },
  { name: 'directory-read', secrets: [['JUMPCLOUD_API_KEY', 'JUMPCLOUD_CLIENT_SECRET']] },
  { name: 'directory-write', secrets: [['JUMPCLOUD_API_KEY', 'JUMPCLOUD_CLIENT_SECRET']] },
  { name: 'forge', secrets: [['ROLLCALL_APP_PRIVATE_KEY']] },
  { name: 'notify', secrets: [] },
  {
    name: 'urgent',
    secrets: [
      ['BAMBOOHR_API_KEY'],
      ['JUMPCLOUD_API_KEY', 'JUMPCLOUD_CLIENT_SECRET'],
      ['ROLLCALL_APP_PRIVATE_KEY'],
    ],
  },
];

/** Merge commits only: squashing destroys trailers, and a title could carry `[skip ci]`. */
export const MERGE_SETTINGS = {
  allow_merge_commit: true,
  allow_squash_merge: false,
  allow_rebase_merge: false,
  merge_commit_title: 'MERGE_MESSAGE',
  merge_commit_message: 'BLANK',
} as const;

export const LABELS: readonly { name: string; color: string; description: string }[] = [
  { name: 'rollcall', color: '1d76db', description: 'A plan of Rollcall' },
  { name: 'risk:high', color: 'b60205', description: 'The plan holds an action of high risk' },
  { name: 'over-budget', color: 'd93f0b', description: 'A class of revocations is over its budget' },
  { name: 'leavers', color: 'fbca04', description: 'Somebody is suspended or deleted' },
  { name: 'mappings', color: '5319e7', description: 'An edit of mappings/ caused it' },
];

export const RULESET = 'rollcall';
/** The app of GitHub Actions itself: only its checks count as these checks. */
const ACTIONS_APP = 15_368;
/** Jobs of checks.yml and guard.yml that run on every pull request, the app's own too. */
const REQUIRED_CHECKS = ['mappings', 'state'];

export interface Rule {
  type: string;
  parameters?: Record<string, unknown>;
}

export const RULES: readonly Rule[] = [
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
  {
    type: 'required_status_checks',
    parameters: {
      // "Up to date" would have to be pressed after every receipt.
      strict_required_status_checks_policy: false,
      required_status_checks: REQUIRED_CHECKS.map((context) => ({ context, integration_id: ACTIONS_APP })),
    },
  },
];

/** As the forge shows it; `undefined` where the plan of the account does not have the feature. */
export interface FoundSetup {
  private: boolean;
  defaultBranch: string;
  merging: Record<string, unknown>;
  environments: readonly FoundEnvironment[] | undefined;
  rulesets: readonly FoundRuleset[] | undefined;
  variables: Readonly<Record<string, string>>;
  /** Names of secrets of the repository, which every branch can read. */
  repositorySecrets: readonly string[];
  labels: readonly string[];
  tokens: { default: string; mayApprove: boolean };
  /** Text of .github/CODEOWNERS on the default branch. */
  owners: string | undefined;
}

export interface FoundEnvironment {
  name: string;
  /** Branch names and patterns; undefined: every branch. */
  branches: readonly { id: number; name: string }[] | undefined;
  secrets: readonly string[];
}

export interface FoundRuleset {
  id: number;
  name: string;
  enforcement: string;
  target: string;
  include: readonly string[];
  rules: readonly Rule[];
  bypass: readonly { actor_id: number | null; actor_type: string; bypass_mode: string }[];
}

/** What the API can do about it. */
export type SetupChange =
  | { kind: 'merging' }
  | { kind: 'tokens' }
  | { kind: 'environment'; name: string }
  | { kind: 'branch'; environment: string; branch: string }
  | { kind: 'variable'; name: string; value: string; present: boolean }
  | { kind: 'ruleset'; id: number | undefined; app: number }
  | { kind: 'label'; name: string };

/** ready: so already; change: the API can do it; person: somebody must click or paste; unavailable: the plan lacks it. */
export type SetupItem =
  | { state: 'ready' | 'person' | 'unavailable'; what: string; detail: string }
  | { state: 'change'; what: string; detail: string; change: SetupChange };

export interface SetupOptions {
  /** App id of the company's own GitHub App; undefined: not made yet. */
  app: number | undefined;
  clientId: string | undefined;
  company: string | undefined;
  /** The last step: workflows do nothing before it. */
  enable: boolean;
}

/** Where a company makes its GitHub App: the form, filled in (GitHub Docs, "Registering a GitHub App using URL parameters"). */
export function appRegistrationUrl(serverUrl: string, owner: string, repository: string): string {
  const url = new URL(`${serverUrl}/organizations/${encodeURIComponent(owner)}/settings/apps/new`);
  const parameters = {
    name: `rollcall ${owner}`,
    description: 'Proposes access plans and records what was done. Installed on one repository.',
    url: `${serverUrl}/${repository}`,
    public: 'false',
    webhook_active: 'false',
    // No workflows permission: then it cannot change what runs.
    contents: 'write',
    pull_requests: 'write',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
