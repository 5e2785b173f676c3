/** Commit statuses and check runs with their annotations (GitHub REST, "Statuses" and "Check runs"). */
import { reads, writes } from '../access.ts';
import { readCommit } from '../commit-making.ts';
import {
  isObject,
  optionalChoice,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  requiredText,
  type Body,
} from '../fields.ts';
import { answerPage } from '../paging.ts';
import { invalid, invalidRequest, notFound, unprocessable } from '../refusals.ts';
import { nodeId, renderUser, repositoryPage, repositoryUrl } from '../render/account.ts';
import { created, ok, type RepositoryExchange, type RepositoryRoute, type View } from '../routing.ts';
import type { Annotation, CheckRun, Status } from '../verdicts.ts';
import { instant, nextId, type Repository } from '../world.ts';
import { findRevision } from './commits.ts';

const STATES = ['error', 'failure', 'pending', 'success'] as const;
const RUN_STATES = ['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending'] as const;
const CONCLUSIONS = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'stale',
  'timed_out',
] as const;
const LEVELS = ['notice', 'warning', 'failure'] as const;
// Per call; more are added by updating the run again (GitHub REST, "Update a check run").
const ANNOTATION_LIMIT = 50;
const TEXT_LIMIT = 65_535;

export const checkRoutes: RepositoryRoute[] = [
  { method: 'POST', template: '/statuses/{sha}', need: writes('statuses'), run: createStatus },
  { method: 'GET', template: '/commits/{ref}/statuses', need: reads('statuses'), run: listStatuses },
  { method: 'GET', template: '/commits/{ref}/status', need: reads('statuses'), run: getCombined },
  { method: 'POST', template: '/check-runs', need: writes('checks'), run: createRun },
  { method: 'GET', template: '/check-runs/{run_id}', need: reads('checks'), run: getRun },
  { method: 'PATCH', template: '/check-runs/{run_id}', need: writes('checks'), run: updateRun },
  {
    method: 'GET',
    template: '/check-runs/{run_id}/annotations',
    need: reads('checks'),
    run: listAnnotations,
  },
  { method: 'GET', template: '/commits/{ref}/check-runs', need: reads('checks'), run: listRuns },
];

async function createStatus(exchange: RepositoryExchange) {
  const { repository, actor, body, now, params, world } = exchange;
  const sha = params['sha'] ?? '';
  if ((await readCommit(repository, sha))?.sha !== sha)
    throw unprocessable(`No commit found for SHA: ${sha}`);
  const state = optionalChoice(body, 'state', STATES);
  if (state === undefined) throw invalidRequest('"state" wasn\'t supplied.');
  const description = optionalText(body, 'description') ?? null;
  if (description !== null && [...description].length > 140)
    throw invalid({
      resource: 'Status',
      code: 'custom',
      field: 'description',
      message: 'description is too long (maximum is 140 characters)',
    });
  const status: Status = {
    id: nextId(world),
    sha,
    state,
    context: optionalText(body, 'context') ?? 'default',
    description,
    targetUrl: optionalText(body, 'target_url') ?? null,
    creator: actor.account,
    at: now,
  };
  repository.statuses.push(status);
  return created(renderStatus(exchange, repository, status));
}

async function listStatuses(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const sha = await demandSha(exchange);
  const statuses = repository.statuses.filter((status) => status.sha === sha).reverse();
  return answerPage(exchange, call, statuses, (status) => renderStatus(exchange, repository, status));
}

async function getCombined(exchange: RepositoryExchange) {
  const { repository } = exchange;
  const sha = await demandSha(exchange);
  const latest = new Map(
    repository.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status]),
  );
  const states = [...latest.values()].map(({ state }) => state);
  const failed = states.some((state) => state === 'failure' || state === 'error');
  const pending = states.length === 0 || states.includes('pending');
  return ok({
    state: failed ? 'failure' : pending ? 'pending' : 'success',
    statuses: [...latest.values()].map((status) => renderStatus(exchange, repository, status)),
    sha,
    total_count: latest.size,
    url: `${repositoryUrl(exchange, repository)}/commits/${sha}/status`,
  });
}

async function demandSha({ repository, params }: RepositoryExchange): Promise<string> {
  const commit = await findRevision(repository, params['ref'] ?? '');
  if (commit === undefined) throw unprocessable(`No commit found for SHA: ${params['ref'] ?? ''}`);
  return commit.sha;
}

async function createRun(exchange: RepositoryExchange) {
  const { repository, actor, body, now, world } = exchange;
  // Check runs are for Apps; a person's token may read them only (GitHub REST, "Create a check run").
  if (actor.kind === 'User') throw unprocessable('You must authenticate via a GitHub App.');
  const headSha = requiredText(body, 'head_sha');
  if ((await readCommit(repository, headSha))?.sha !== headSha)
    throw unprocessable(`No commit found for SHA: ${headSha}`);
  const run: CheckRun = {
    id: nextId(world),
    name: requiredText(body, 'name'),
    headSha,
    status: 'queued',
    conclusion: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    detailsUrl: null,
    externalId: '',
    app: actor.account,
    appId: actor.appId ?? 0,
    startedAt: now,
    completedAt: undefined,
  };
  applyRun(run, body, now);
  repository.checkRuns.set(run.id, run);
  return created(renderRun(exchange, repository, run));
}

function demandRun({ repository, params }: RepositoryExchange): CheckRun {
  const run = repository.checkRuns.get(Number(params['run_id']));
  if (run === undefined) throw notFound();
  return run;
}

function getRun(exchange: RepositoryExchange) {
  return ok(renderRun(exchange, exchange.repository, demandRun(exchange)));
}

function updateRun(exchange: RepositoryExchange) {
  const run = demandRun(exchange);
  applyRun(run, exchange.body, exchange.now);
  return ok(renderRun(exchange, exchange.repository, run));
}

async function listAnnotations(exchange: RepositoryExchange) {
  return answerPage(exchange, exchange.call, demandRun(exchange).annotations, (annotation) => annotation);
}

async function listRuns(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const sha = await demandSha(exchange);
  const name = call.query.get('check_name');
  const runs = [...repository.checkRuns.values()].filter(
    (run) => run.headSha === sha && (name === null || run.name === name),
  );
  return answerPage(
    exchange,
    call,
    runs,
    (run) => renderRun(exchange, repository, run),
    (rows, total) => ({ total_count: total, check_runs: rows }),
  );
}

/** Takes over what the body says; annotations are added to those that stand. Nothing is changed when anything is refused. */
function applyRun(run: CheckRun, body: Body, now: Date): void {
  const conclusion = optionalChoice(body, 'conclusion', CONCLUSIONS);
  const status =
    optionalChoice(body, 'status', RUN_STATES) ?? (conclusion === undefined ? run.status : 'completed');
  if (status === 'completed' && conclusion === undefined && run.conclusion === null)
    throw invalidRequest('"conclusion" wasn\'t supplied.');
  const output = optionalObject(body, 'output');
  const annotations = output === undefined ? [] : readAnnotations(output);
  const texts =
    output === undefined
      ? undefined
      : {
          title: optionalText(output, 'title') ?? run.output.title,
          summary: limited(output, 'summary') ?? run.output.summary,
          text: limited(output, 'text') ?? run.output.text,
        };
  if (texts !== undefined && texts.summary === null) throw invalidRequest('"summary" wasn\'t supplied.');
  run.name = optionalText(body, 'name') ?? run.name;
  run.status = status;
  run.conclusion = conclusion ?? run.conclusion;
  run.completedAt = status === 'completed' ? (run.completedAt ?? now) : undefined;
  run.output = texts ?? run.output;
  run.annotations.push(...annotations);
  run.detailsUrl = optionalText(body, 'details_url') ?? run.detailsUrl;
  run.externalId = optionalText(body, 'external_id') ?? run.externalId;
}

function readAnnotations(output: Body): Annotation[] {
  const list = optionalList(output, 'annotations') ?? [];
  if (list.length > ANNOTATION_LIMIT)
    throw invalidRequest(`No more than ${ANNOTATION_LIMIT} items are allowed; ${list.length} were supplied.`);
  return list.map((entry) => {
    if (!isObject(entry)) throw invalidRequest(`${JSON.stringify(entry)} is not an object.`);
    const start = optionalNumber(entry, 'start_line');
    const end = optionalNumber(entry, 'end_line');
    const level = optionalChoice(entry, 'annotation_level', LEVELS);
    if (start === undefined) throw invalidRequest('"start_line" wasn\'t supplied.');
    if (end === undefined) throw invalidRequest('"end_line" wasn\'t supplied.');
    if (level === undefined) throw invalidRequest('"annotation_level" wasn\'t supplied.');
    return {
      path: requiredText(entry, 'path'),
      start_line: start,
      end_line: end,
      annotation_level: level,
      message: requiredText(entry, 'message'),
      title: optionalText(entry, 'title') ?? null,
      raw_details: optionalText(entry, 'raw_details') ?? null,
      start_column: optionalNumber(entry, 'start_column') ?? null,
      end_column: optionalNumber(entry, 'end_column') ?? null,
    };
  });
}

function limited(body: Body, name: string): string | undefined {
  const value = optionalText(body, name);
  if (value !== undefined && value.length > TEXT_LIMIT)
    throw invalidRequest(`Only ${TEXT_LIMIT} characters are allowed; ${value.length} were supplied.`);
  return value;
}

function renderStatus(view: View, repository: Repository, status: Status) {
  return {
    url: `${repositoryUrl(view, repository)}/statuses/${status.sha}`,
    id: status.id,
    node_id: nodeId('Status', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: instant(status.at),
    updated_at: instant(status.at),
    creator: renderUser(view, status.creator),
    avatar_url: `${view.html}/avatars/${status.creator.id}`,
  };
}

function renderRun(view: View, repository: Repository, run: CheckRun) {
  const url = `${repositoryUrl(view, repository)}/check-runs/${run.id}`;
  const slug = run.app.login.replace(/\[bot\]$/, '');
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: `${repositoryPage(view, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: instant(run.startedAt),
    completed_at: run.completedAt === undefined ? null : instant(run.completedAt),
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    app: { id: run.appId, slug, name: slug },
    check_suite: null,
    pull_requests: [],
  };
}
