/** Events sent from outside, and the workflows that a person or a relay can start (GitHub REST, "Actions"). */
import { parse } from 'yaml';
import { reads, writes } from '../access.ts';
import { isObject, optionalObject, requiredText } from '../fields.ts';
import { answerPage } from '../paging.ts';
import { branchTip } from '../pull-follow.ts';
import { listFolder } from '../git/trees.ts';
import { invalidRequest, notFound, unprocessable } from '../refusals.ts';
import { nodeId, repositoryPage, repositoryUrl } from '../render/account.ts';
import { noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { recordEvent } from '../triggers.ts';
import { instant, stableId } from '../world.ts';
import { findRevision } from './commits.ts';

const EVENT_TYPE_LIMIT = 100;
const PROPERTY_LIMIT = 10;
const PAYLOAD_LIMIT = 65_535;
const INPUT_LIMIT = 25;

export const dispatchRoutes: RepositoryRoute[] = [
  { method: 'POST', template: '/dispatches', need: writes('contents'), run: dispatchRepository },
  { method: 'GET', template: '/actions/workflows', need: reads('actions'), run: listWorkflows },
  { method: 'GET', template: '/actions/workflows/{workflow_id}', need: reads('actions'), run: getWorkflow },
  {
    method: 'POST',
    template: '/actions/workflows/{workflow_id}/dispatches',
    need: writes('actions'),
    run: dispatchWorkflow,
  },
  {
    method: 'PUT',
    template: '/actions/workflows/{workflow_id}/enable',
    need: writes('actions'),
    run: enableWorkflow,
  },
  {
    method: 'PUT',
    template: '/actions/workflows/{workflow_id}/disable',
    need: writes('actions'),
    run: disableWorkflow,
  },
];

/** 204 without a run id, and without a word if no workflow listens (reference/github.md section 3). */
async function dispatchRepository(exchange: RepositoryExchange) {
  const { repository, actor, body, now } = exchange;
  const type = requiredText(body, 'event_type');
  const payload = optionalObject(body, 'client_payload') ?? {};
  if (type.length > EVENT_TYPE_LIMIT)
    throw invalidRequest(`Only ${EVENT_TYPE_LIMIT} characters are allowed; ${type.length} were supplied.`);
  const count = Object.keys(payload).length;
  if (count > PROPERTY_LIMIT)
    throw invalidRequest(`No more than ${PROPERTY_LIMIT} properties are allowed; ${count} were supplied.`);
  if (JSON.stringify(payload).length > PAYLOAD_LIMIT) throw unprocessable('client_payload is too large.');
  repository.dispatches.push({
    kind: 'repository_dispatch',
    at: instant(now),
    actor: actor.account.login,
    event_type: type,
    client_payload: payload,
  });
  const branch = repository.settings.default_branch;
  const sha = await branchTip(repository, branch);
  recordEvent(exchange, repository, actor, now, {
    event: 'repository_dispatch',
    action: type,
    ref: `refs/heads/${branch}`,
    ...(sha === undefined ? {} : { sha }),
    payload: { branch, client_payload: payload },
  });
  return noContent();
}

export interface Workflow {
  id: number;
  name: string;
  path: string;
  state: string;
  text: string;
}

/** Workflow files of the default branch: schedules and dispatches know no others. */
async function readWorkflows({ repository }: RepositoryExchange): Promise<Workflow[]> {
  const branch = `refs/heads/${repository.settings.default_branch}`;
  const rows = (await listFolder(repository.store, `${branch}:.github/workflows`)) ?? [];
  const files = rows.filter(({ path, type }) => type === 'blob' && /\.ya?ml$/.test(path));
  return Promise.all(
    files.map(async ({ path: file, sha }) => {
      const path = `.github/workflows/${file}`;
      const text = (await repository.store.read(sha))?.content.toString('utf8') ?? '';
      const name = readDocument(text)['name'];
      const state = repository.workflowStates.get(file) ?? 'active';
      return { id: stableId(path), name: typeof name === 'string' ? name : path, path, state, text };
    }),
  );
}

async function listWorkflows(exchange: RepositoryExchange) {
  return answerPage(
    exchange,
    exchange.call,
    await readWorkflows(exchange),
    (workflow) => renderWorkflow(exchange, workflow),
    (rows, total) => ({ total_count: total, workflows: rows }),
  );
}

/** By id or by file name. */
export async function demandWorkflow(
  exchange: RepositoryExchange,
  key = exchange.params['workflow_id'] ?? '',
): Promise<Workflow> {
  const workflow = (await readWorkflows(exchange)).find(
    ({ id, path }) => String(id) === key || path === `.github/workflows/${key}`,
  );
  if (workflow === undefined) throw notFound();
  return workflow;
}

async function getWorkflow(exchange: RepositoryExchange) {
  return ok(renderWorkflow(exchange, await demandWorkflow(exchange)));
}

async function dispatchWorkflow(exchange: RepositoryExchange) {
  const { repository, actor, body, now } = exchange;
  const workflow = await demandWorkflow(exchange);
  const ref = requiredText(body, 'ref').replace(/^refs\/(heads|tags)\//, '');
  const given = optionalObject(body, 'inputs') ?? {};
  const commit = await findRevision(repository, ref);
  if (commit === undefined) throw unprocessable(`No ref found for: ${ref}`);
  if (workflow.state !== 'active')
    throw unprocessable("Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  const file = await repository.store.read(`${commit.sha}:${workflow.path}`);
  const trigger = readTrigger(file?.content.toString('utf8') ?? '');
  if (trigger === undefined) throw unprocessable("Workflow does not have 'workflow_dispatch' trigger");
  const inputs = readInputs(given, trigger);
  repository.dispatches.push({
    kind: 'workflow_dispatch',
    at: instant(now),
    actor: actor.account.login,
    workflow: workflow.path,
    ref,
    inputs,
  });
  recordEvent(exchange, repository, actor, now, {
    event: 'workflow_dispatch',
    ref: `refs/heads/${ref}`,
    sha: commit.sha,
    payload: { inputs, ref: `refs/heads/${ref}`, workflow: workflow.path },
  });
  return noContent();
}

interface InputSpec {
  required?: boolean;
  default?: unknown;
  type?: string;
  options?: unknown[];
}

/** The `workflow_dispatch` inputs a file declares; undefined when it does not listen to it. */
function readTrigger(source: string): Record<string, InputSpec> | undefined {
  const document = readDocument(source);
  const on = document['on'] ?? document['true'];
  if (on === 'workflow_dispatch' || (Array.isArray(on) && on.includes('workflow_dispatch'))) return {};
  if (!isObject(on) || !('workflow_dispatch' in on)) return undefined;
  const trigger = on['workflow_dispatch'];
  const inputs = isObject(trigger) ? trigger['inputs'] : undefined;
  return isObject(inputs) ? (inputs as Record<string, InputSpec>) : {};
}

function readInputs(
  given: Record<string, unknown>,
  specs: Record<string, InputSpec>,
): Record<string, string> {
  const unexpected = Object.keys(given).filter((name) => !(name in specs));
  if (unexpected.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  if (Object.keys(given).length > INPUT_LIMIT)
    throw unprocessable(`No more than ${INPUT_LIMIT} inputs are allowed`);
  const inputs: Record<string, string> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name] ?? spec.default;
    if (value === undefined && spec.required === true)
      throw unprocessable(`Required input '${name}' not provided`);
    if (spec.type === 'choice' && value !== undefined && !(spec.options ?? []).includes(value))
      throw unprocessable(
        `Provided value '${String(value)}' for input '${name}' not in the list of allowed values`,
      );
    inputs[name] = value === undefined ? '' : String(value);
  }
  return inputs;
}

function readDocument(source: string): Record<string, unknown> {
  try {
    const document: unknown = parse(source);
    return isObject(document) ? document : {};
  } catch {
    return {};
  }
}

async function enableWorkflow(exchange: RepositoryExchange) {
  return setState(exchange, 'active');
}

async function disableWorkflow(exchange: RepositoryExchange) {
  return setState(exchange, 'disabled_manually');
}

async function setState(exchange: RepositoryExchange, state: string) {
  const { path } = await demandWorkflow(exchange);
  exchange.repository.workflowStates.set(path.slice('.github/workflows/'.length), state);
  return noContent();
}

function renderWorkflow(exchange: RepositoryExchange, { id, name, path, state }: Workflow) {
  const { repository } = exchange;
  return {
    id,
    node_id: nodeId('Workflow', id),
    name,
    path,
    state,
    created_at: instant(repository.createdAt),
    updated_at: instant(repository.pushedAt),
    url: `${repositoryUrl(exchange, repository)}/actions/workflows/${id}`,
    html_url: `${repositoryPage(exchange, repository)}/blob/${repository.settings.default_branch}/${path}`,
    badge_url: `${repositoryPage(exchange, repository)}/workflows/${encodeURIComponent(name)}/badge.svg`,
  };
}
