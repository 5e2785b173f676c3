/** Bulk jobs over users: accepted with 201 and a job id, run later, told row by row. */
import type { Answer } from '../kit/service.ts';
import { badRequest, isRefused, notFound } from './answers.ts';
import type { ApiRequest, Route } from './routing.ts';
import { isWaiting, startWaiting } from './switches.ts';
import { expirePassword, unlockUser } from './user-actions.ts';
import { sendMail } from './user-changes.ts';
import { createUser, updateUser, type StateDefault } from './user-writes.ts';
import { answerList } from './v2-query.ts';
import { isRecord } from './values.ts';
import { mintId, nextNumber, type BulkJob, type World } from './world.ts';

const SOURCES = [
  'jumpcloud:gapps',
  'jumpcloud:o365',
  'jumpcloud:workday',
  'jumpcloud:scim',
  'jumpcloud:bulk',
  'jumpcloud:custom_integration',
];

type Row = Record<string, unknown>;
/** What one row came to: the user's id, or why not. */
type RowResult = { id: string | null; persisted?: Row } | { id: string | null; error: string };

export const bulkJobRoutes: Route[] = [
  { method: 'POST', template: '/api/v2/bulk/users', answer: postUsers },
  {
    method: 'PATCH',
    template: '/api/v2/bulk/users',
    answer: (world, request) => startJob(world, request, (row, now) => patchRow(world, request, row, now)),
  },
  {
    method: 'POST',
    template: '/api/v2/bulk/user/expires',
    answer: (world, request) =>
      startJob(world, request, (row, now) =>
        onUser(world, row, (user) => expirePassword(world, user, request.actor, now)),
      ),
  },
  {
    method: 'POST',
    template: '/api/v2/bulk/user/unlocks',
    answer: (world, request) =>
      startJob(world, request, (row, now) =>
        onUser(world, row, (user) => unlockUser(world, user, request.actor, now)),
      ),
  },
  { method: 'GET', template: '/api/v2/bulk/users/{job_id}/results', answer: getResults },
];

/** Jobs that are due run at the start of whatever request comes next. */
export function runDueJobs(world: World, now: Date): void {
  for (const job of world.jobs.values())
    if (job.results === undefined && (job.waiting === undefined || !isWaiting(job.waiting)))
      job.results = job.run(now);
}

/** An omitted state takes csvImport for `jumpcloud:bulk`, else applicationImport (OpenAPI document). */
function postUsers(world: World, request: ApiRequest): Answer {
  const source = request.call.headers['creation-source'] ?? 'jumpcloud:bulk';
  if (typeof source !== 'string' || !SOURCES.includes(source)) return badRequest('invalid creation-source');
  const stateDefault: StateDefault = source === 'jumpcloud:bulk' ? 'csvImport' : 'applicationImport';
  return startJob(world, request, (row, now) => {
    const created = createUser(world, row, stateDefault, request.actor, now, source);
    if (isRefused(created)) return { id: null, error: messageOf(created.refused) };
    return { id: created.id, persisted: { username: created.username, email: created.email } };
  });
}

function patchRow(world: World, request: ApiRequest, row: Row, now: Date): RowResult {
  const user = world.users.get(String(row['id']));
  if (user === undefined) return { id: typeof row['id'] === 'string' ? row['id'] : null, error: 'Not Found' };
  const { id: _, ...fields } = row;
  const updated = updateUser(world, user, fields, request.actor, now);
  if (isRefused(updated)) return { id: user.id, error: messageOf(updated.refused) };
  return { id: user.id, persisted: fields };
}

function onUser(
  world: World,
  row: Row,
  act: (user: NonNullable<ReturnType<World['users']['get']>>) => void,
): RowResult {
  const user = world.users.get(String(row['id']));
  if (user === undefined) return { id: typeof row['id'] === 'string' ? row['id'] : null, error: 'Not Found' };
  act(user);
  return { id: user.id };
}

function startJob(world: World, request: ApiRequest, doRow: (row: Row, now: Date) => RowResult): Answer {
  const rows = request.body;
  if (!Array.isArray(rows) || !rows.every(isRecord)) return badRequest('The body must be a list of objects');
  const created = request.now;
  const job: BulkJob = {
    id: mintId(world, 'api', 'job', String(nextNumber(world))),
    waiting: startWaiting(world.switches.bulkLag),
    results: undefined,
    run: (now) => {
      const results = rows.map((row) => renderResult(doRow(row, now), created, now));
      // Without suppressEmail the administrator who asked is mailed the results.
      if (request.call.query.get('suppressEmail') !== 'true') {
        const to = request.actor.initiatedBy['email'];
        const at = now.toISOString();
        sendMail(world, { kind: 'bulk-job-results', to: String(to ?? ''), user: null, at });
      }
      return results;
    },
  };
  world.jobs.set(job.id, job);
  return { status: 201, json: { jobId: job.id } };
}

function renderResult(row: RowResult, created: Date, updated: Date): Row {
  const failed = 'error' in row;
  return {
    id: row.id,
    status: failed ? 'failed' : 'finished',
    statusMsg: failed ? row.error : '',
    persistedFields: failed ? null : (row.persisted ?? null),
    meta: {},
    createdAt: created.toISOString(),
    updatedAt: updated.toISOString(),
  };
}

/** Rows of a job that has run; an empty list while it has not. */
function getResults(world: World, { call, params }: ApiRequest): Answer {
  const job = world.jobs.get(params['job_id'] ?? '');
  if (job === undefined) return notFound;
  if (job.results === undefined && job.waiting !== undefined && job.waiting.readsLeft > 0)
    job.waiting.readsLeft -= 1;
  return answerList(call, job.results ?? []);
}

function messageOf(answer: Answer): string {
  const message = isRecord(answer.json) ? answer.json['message'] : undefined;
  return typeof message === 'string' ? message : JSON.stringify(answer.json ?? '');
}
