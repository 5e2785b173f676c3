/** Runs: one of them, and those of one workflow, newest first (GitHub REST, "Workflow runs"). What ran is told by `POST /_emulator/runs`. */
import { reads } from '../access.ts';
import { answerPage } from '../paging.ts';
import { notFound } from '../refusals.ts';
import { ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { repositoryUrl } from '../render/account.ts';
import type { WorkflowRun } from '../world.ts';
import { demandWorkflow } from './dispatches.ts';

export const workflowRunRoutes: RepositoryRoute[] = [
  {
    method: 'GET',
    template: '/actions/workflows/{workflow_id}/runs',
    need: reads('actions'),
    run: listRuns,
  },
  { method: 'GET', template: '/actions/runs/{run_id}', need: reads('actions'), run: getRun },
];

async function getRun(exchange: RepositoryExchange) {
  const id = Number(exchange.params['run_id']);
  const run = exchange.repository.runs.find((each) => each.id === id);
  if (run === undefined) throw notFound();
  const workflow = await demandWorkflow(exchange, run.workflow);
  return ok(renderRun(exchange, run, workflow));
}

async function listRuns(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const { id, path, name } = await demandWorkflow(exchange);
  const [status, branch, event] = ['status', 'branch', 'event'].map((key) => call.query.get(key));
  const rows = repository.runs
    .filter((run) => `.github/workflows/${run.workflow}` === path)
    // `status` takes a status or a conclusion.
    .filter(
      (run) =>
        status === null ||
        status === run.conclusion ||
        status === (run.conclusion === null ? 'in_progress' : 'completed'),
    )
    .filter((run) => branch === null || branch === run.branch)
    .filter((run) => event === null || event === run.event)
    .sort((a, b) => b.id - a.id);
  return answerPage(
    exchange,
    call,
    rows,
    (run) => renderRun(exchange, run, { id, path, name }),
    (page, total) => ({ total_count: total, workflow_runs: page }),
  );
}

function renderRun(
  exchange: RepositoryExchange,
  run: WorkflowRun,
  workflow: { id: number; path: string; name: string },
): Record<string, unknown> {
  const url = repositoryUrl(exchange, exchange.repository);
  return {
    id: run.id,
    name: workflow.name,
    path: workflow.path,
    workflow_id: workflow.id,
    workflow_url: `${url}/actions/workflows/${workflow.id}`,
    head_branch: run.branch,
    event: run.event,
    status: run.conclusion === null ? 'in_progress' : 'completed',
    conclusion: run.conclusion,
    run_number: run.id,
    run_attempt: 1,
    created_at: run.begunAt,
    run_started_at: run.begunAt,
    updated_at: run.at,
    url: `${url}/actions/runs/${run.id}`,
  };
}
