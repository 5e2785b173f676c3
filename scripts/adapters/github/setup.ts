/** Settings, environments, rules, variables and labels of the repository: read, and changed one at a time. */
import type { RestEndpointMethodTypes } from '@octokit/rest';
import {
  type FoundEnvironment,
  type FoundRuleset,
  type FoundSetup,
  LABELS,
  MERGE_SETTINGS,
  RULES,
  RULESET,
  type SetupChange,
} from '../../core/forge/setup-wishes.ts';
import { ForgeRefusal, type GithubClient, orAbsent } from './client.ts';

/** Reads everything that setup looks at. Needs an administrator's token. */
export async function readSetup(client: GithubClient): Promise<FoundSetup> {
  const { octokit, here } = client;
  const { rest } = octokit;
  const { data: repository } = await rest.repos.get(here);
  const { data: tokens } = await rest.actions.getGithubActionsDefaultWorkflowPermissionsRepository(here);
  const variables = await octokit.paginate(rest.actions.listRepoVariables, { ...here, per_page: 30 });
  const secrets = await octokit.paginate(rest.actions.listRepoSecrets, { ...here, per_page: 100 });
  const labels = await octokit.paginate(rest.issues.listLabelsForRepo, { ...here, per_page: 100 });
  return {
    private: repository.private,
    defaultBranch: repository.default_branch,
    merging: repository as unknown as Record<string, unknown>,
    environments: await unlessUnavailable(async () => readEnvironments(client)),
    rulesets: await unlessUnavailable(async () => readRulesets(client)),
    variables: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
    repositorySecrets: secrets.map(({ name }) => name),
    labels: labels.map(({ name }) => name),
    tokens: {
      default: tokens.default_workflow_permissions,
      mayApprove: tokens.can_approve_pull_request_reviews,
    },
    owners: await readOwners(client, repository.default_branch),
  };
}

async function readEnvironments({ octokit, here }: GithubClient): Promise<FoundEnvironment[]> {
  const { rest } = octokit;
  const { data } = await rest.repos.getAllEnvironments({ ...here, per_page: 100 });
  const found: FoundEnvironment[] = [];
  for (const { name, deployment_branch_policy: policy } of data.environments ?? []) {
    const at = { ...here, environment_name: name, per_page: 100 };
    const secrets = await octokit.paginate(rest.actions.listEnvironmentSecrets, at);
    const isCustom = policy?.custom_branch_policies === true;
    const policies = isCustom ? (await rest.repos.listDeploymentBranchPolicies(at)).data.branch_policies : [];
    found.push({
      name,
      branches: isCustom
        ? policies.map(({ id, name: branch }) => ({ id: id ?? 0, name: branch ?? '' }))
        : undefined,
      secrets: secrets.map((secret) => secret.name),
    });
  }
  return found;
}

async function readRulesets({ octokit, here }: GithubClient): Promise<FoundRuleset[]> {
  const { rest } = octokit;
  const rows = await octokit.paginate(rest.repos.getRepoRulesets, { ...here, per_page: 100 });
  const found: FoundRuleset[] = [];
  for (const { id, name } of rows.filter((row) => row.name === RULESET)) {
    const { data } = await rest.repos.getRepoRuleset({ ...here, ruleset_id: id });
    found.push({
      id,
      name,
      enforcement: data.enforcement,
      target: data.target ?? 'branch',
      include:
        (data.conditions as { ref_name?: { include?: string[] } } | undefined)?.ref_name?.include ?? [],
      rules: (data.rules ?? []) as FoundRuleset['rules'],
      bypass: (data.bypass_actors ?? []) as FoundRuleset['bypass'],
    });
  }
  return found;
}

async function readOwners({ octokit, here }: GithubClient, branch: string): Promise<string | undefined> {
  const path = '.github/CODEOWNERS';
  const answer = await orAbsent(octokit.rest.repos.getContent({ ...here, path, ref: branch }));
  const data = answer?.data;
  if (data === undefined || Array.isArray(data) || data.type !== 'file') return undefined;
  return Buffer.from(data.content, 'base64').toString('utf8');
}

/**
 * A private repository without GitHub Team is refused these with 403 ("Upgrade to GitHub Pro or make this repository
 * public") or has no such address at all.
 */
async function unlessUnavailable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ForgeRefusal)) throw error;
    if (error.status === 404 || (error.status === 403 && /upgrade/i.test(error.said))) return undefined;
    throw error;
  }
}

/** Makes one change; repeating it changes nothing more. */
export async function changeSetup({ octokit, here }: GithubClient, change: SetupChange): Promise<void> {
  const { rest } = octokit;
  switch (change.kind) {
    case 'merging':
      await rest.repos.update({ ...here, ...MERGE_SETTINGS });
      return;
    case 'tokens':
      await rest.actions.setGithubActionsDefaultWorkflowPermissionsRepository({
        ...here,
        default_workflow_permissions: 'read',
        can_approve_pull_request_reviews: false,
      });
      return;
    case 'environment':
      await rest.repos.createOrUpdateEnvironment({
        ...here,
        environment_name: change.name,
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      });
      return;
    case 'branch':
      await addBranch({ octokit, here }, change);
      return;
    case 'variable': {
      const { name, value } = change;
      if (change.present) await rest.actions.updateRepoVariable({ ...here, name, value });
      else await rest.actions.createRepoVariable({ ...here, name, value });
      return;
    }
    case 'ruleset': {
      const body = rulesetOf(change.app);
      if (change.id === undefined) await rest.repos.createRepoRuleset({ ...here, ...body });
      else await rest.repos.updateRepoRuleset({ ...here, ...body, ruleset_id: change.id });
      return;
    }
    case 'label': {
      const label = LABELS.find(({ name }) => name === change.name);
      if (label !== undefined) await addLabel({ octokit, here }, label);
    }
  }
}

/** 303 is GitHub's answer for a branch that is there already. */
async function addBranch(
  { octokit, here }: Pick<GithubClient, 'octokit' | 'here'>,
  { environment, branch }: { environment: string; branch: string },
): Promise<void> {
  try {
    await octokit.rest.repos.createDeploymentBranchPolicy({
      ...here,
      environment_name: environment,
      name: branch,
    });
  } catch (error) {
    if (!(error instanceof ForgeRefusal) || error.status !== 303) throw error;
  }
}

/** 422 is GitHub's answer for a label that is there already: an answer that was lost, and the same request once more. */
async function addLabel(
  { octokit, here }: Pick<GithubClient, 'octokit' | 'here'>,
  label: (typeof LABELS)[number],
): Promise<void> {
  try {
    await octokit.rest.issues.createLabel({ ...here, ...label });
  } catch (error) {
    if (!(error instanceof ForgeRefusal && error.status === 422 && /already_exists/.test(error.said)))
      throw error;
  }
}

type RulesetBody = Pick<
  RestEndpointMethodTypes['repos']['createRepoRuleset']['parameters'],
  'name' | 'target' | 'enforcement' | 'conditions' | 'rules' | 'bypass_actors'
>;

function rulesetOf(app: number): RulesetBody {
  return {
    name: RULESET,
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [...RULES] as unknown as NonNullable<RulesetBody['rules']>,
    bypass_actors: [{ actor_id: app, actor_type: 'Integration', bypass_mode: 'always' }],
  };
}
