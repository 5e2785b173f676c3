/** Environments, their branch policies, and what GITHUB_TOKEN may do by default (GitHub REST, "Deployment environments"). */
import { administers, reads } from '../access.ts';
import {
  isObject,
  optionalFlag,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  requiredText,
} from '../fields.ts';
import { answerPage } from '../paging.ts';
import { invalidRequest, notFound, unprocessable } from '../refusals.ts';
import { nodeId, repositoryPage, repositoryUrl } from '../render/account.ts';
import type { Environment, SecretRecord, VariableRecord } from '../restrictions.ts';
import { noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { instant, nextId, stableId } from '../world.ts';

export const ENVIRONMENT = '/environments/{environment_name}';

export const environmentRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/environments', need: reads('actions', 'environments'), run: listEnvironments },
  { method: 'GET', template: ENVIRONMENT, need: reads('actions', 'environments'), run: getEnvironment },
  {
    method: 'PUT',
    template: ENVIRONMENT,
    need: administers('administration', 'environments'),
    run: putEnvironment,
  },
  {
    method: 'DELETE',
    template: ENVIRONMENT,
    need: administers('administration', 'environments'),
    run: removeEnvironment,
  },
  {
    method: 'GET',
    template: `${ENVIRONMENT}/deployment-branch-policies`,
    need: reads('actions', 'environments'),
    run: listPolicies,
  },
  {
    method: 'POST',
    template: `${ENVIRONMENT}/deployment-branch-policies`,
    need: administers('administration', 'environments'),
    run: addPolicy,
  },
  {
    method: 'GET',
    template: '/actions/permissions/workflow',
    need: { ...reads('administration'), role: 'admin' },
    run: getWorkflowPermissions,
  },
  {
    method: 'PUT',
    template: '/actions/permissions/workflow',
    need: administers('administration'),
    run: setWorkflowPermissions,
  },
];

async function listEnvironments(exchange: RepositoryExchange) {
  return answerPage(
    exchange,
    exchange.call,
    [...exchange.repository.environments.values()],
    (environment) => renderEnvironment(exchange, environment),
    (rows, total) => ({ total_count: total, environments: rows }),
  );
}

export function demandEnvironment({ repository, params }: RepositoryExchange): Environment {
  const environment = repository.environments.get(params['environment_name'] ?? '');
  if (environment === undefined) throw notFound();
  return environment;
}

function getEnvironment(exchange: RepositoryExchange) {
  return ok(renderEnvironment(exchange, demandEnvironment(exchange)));
}

/** Creates or replaces; what is left out goes back to its default, as on GitHub. */
function putEnvironment(exchange: RepositoryExchange) {
  const { repository, params, body, now, world } = exchange;
  const name = params['environment_name'] ?? '';
  const policy = optionalObject(body, 'deployment_branch_policy');
  const protectedOnly = policy === undefined ? undefined : optionalFlag(policy, 'protected_branches');
  const custom = policy === undefined ? undefined : optionalFlag(policy, 'custom_branch_policies');
  if (policy !== undefined && protectedOnly === custom)
    throw unprocessable('protected_branches and custom_branch_policies cannot have the same value');
  const known = repository.environments.get(name);
  const environment: Environment = {
    id: known?.id ?? nextId(world),
    name,
    deploymentBranchPolicy:
      policy === undefined
        ? null
        : { protected_branches: protectedOnly ?? false, custom_branch_policies: custom ?? false },
    branchPolicies: custom === true ? (known?.branchPolicies ?? []) : [],
    reviewers: (optionalList(body, 'reviewers') ?? []).filter(isObject).map((entry) => ({
      type: requiredText(entry, 'type'),
      id: optionalNumber(entry, 'id') ?? 0,
    })),
    waitTimer: optionalNumber(body, 'wait_timer') ?? 0,
    secrets: known?.secrets ?? new Map<string, SecretRecord>(),
    variables: known?.variables ?? new Map<string, VariableRecord>(),
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  };
  repository.environments.set(name, environment);
  return ok(renderEnvironment(exchange, environment));
}

function removeEnvironment(exchange: RepositoryExchange) {
  exchange.repository.environments.delete(demandEnvironment(exchange).name);
  return noContent();
}

async function listPolicies(exchange: RepositoryExchange) {
  const { branchPolicies } = demandEnvironment(exchange);
  return answerPage(
    exchange,
    exchange.call,
    branchPolicies,
    (policy) => ({ ...policy, node_id: nodeId('BranchPolicy', policy.id) }),
    (rows, total) => ({ total_count: total, branch_policies: rows }),
  );
}

function addPolicy(exchange: RepositoryExchange) {
  const environment = demandEnvironment(exchange);
  const name = requiredText(exchange.body, 'name');
  // Without custom policies switched on the endpoint is not there (GitHub REST, "Create a deployment branch policy").
  if (environment.deploymentBranchPolicy?.custom_branch_policies !== true) throw notFound();
  const type = optionalText(exchange.body, 'type') ?? 'branch';
  if (environment.branchPolicies.some((policy) => policy.name === name && policy.type === type))
    return { status: 303 };
  const policy = { id: nextId(exchange.world), name, type };
  environment.branchPolicies.push(policy);
  return ok({ ...policy, node_id: nodeId('BranchPolicy', policy.id) });
}

function renderEnvironment(exchange: RepositoryExchange, environment: Environment) {
  const { repository } = exchange;
  const rule = (type: string): { id: number; node_id: string; type: string } => {
    const id = stableId(`${environment.name}/${type}`);
    return { id, node_id: nodeId('Gate', id), type };
  };
  return {
    id: environment.id,
    node_id: nodeId('Environment', environment.id),
    name: environment.name,
    url: `${repositoryUrl(exchange, repository)}/environments/${encodeURIComponent(environment.name)}`,
    html_url: `${repositoryPage(exchange, repository)}/deployments/activity_log?environments_filter=${environment.name}`,
    created_at: instant(environment.createdAt),
    updated_at: instant(environment.updatedAt),
    protection_rules: [
      ...(environment.waitTimer > 0 ? [{ ...rule('wait_timer'), wait_timer: environment.waitTimer }] : []),
      ...(environment.reviewers.length > 0
        ? [{ ...rule('required_reviewers'), prevent_self_review: false, reviewers: environment.reviewers }]
        : []),
      ...(environment.deploymentBranchPolicy === null ? [] : [rule('branch_policy')]),
    ],
    deployment_branch_policy: environment.deploymentBranchPolicy,
  };
}

function getWorkflowPermissions({ repository }: RepositoryExchange) {
  const { defaultWorkflowPermissions, canApprovePullRequestReviews } = repository.actionsPermissions;
  return ok({
    default_workflow_permissions: defaultWorkflowPermissions,
    can_approve_pull_request_reviews: canApprovePullRequestReviews,
  });
}

function setWorkflowPermissions({ repository, body }: RepositoryExchange) {
  const level = optionalText(body, 'default_workflow_permissions');
  if (level !== undefined && level !== 'read' && level !== 'write')
    throw invalidRequest(
      `For 'properties/default_workflow_permissions', ${level} is not a member of ["read", "write"].`,
    );
  repository.actionsPermissions = {
    defaultWorkflowPermissions: level ?? repository.actionsPermissions.defaultWorkflowPermissions,
    canApprovePullRequestReviews:
      optionalFlag(body, 'can_approve_pull_request_reviews') ??
      repository.actionsPermissions.canApprovePullRequestReviews,
  };
  return noContent();
}
