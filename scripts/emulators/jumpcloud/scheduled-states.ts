/**
 * Scheduled state changes, `/api/v2/bulk/userstates`: JumpCloud's own clock ends or starts access. There is no GET by
 * id. Due changes run when the emulated clock passes them.
 */
import type { Answer } from '../kit/service.ts';
import { badRequest, isRefused, noContent, notFound, refuse, type Refused } from './answers.ts';
import { recordEvent } from './events.ts';
import { readPage } from './paging.ts';
import type { ApiRequest, Route } from './routing.ts';
import { changeUser, sendActivationMail, userResource } from './user-changes.ts';
import { answerList, readList } from './v2-query.ts';
import { isRecord } from './values.ts';
import { mintId, nextNumber, type Actor, type ScheduledChange, type World } from './world.ts';

const BASE = '/api/v2/bulk/userstates';
/** eventlist/next takes at most this many users. */
const MAX_USERS = 100;

export const scheduledStateRoutes: Route[] = [
  { method: 'GET', template: `${BASE}/eventlist/next`, answer: listNext },
  { method: 'GET', template: BASE, answer: listScheduled },
  { method: 'POST', template: BASE, answer: postScheduled },
  { method: 'DELETE', template: `${BASE}/{id}`, answer: deleteScheduled },
];

/** Runs everything that is due, each at its own moment. */
export function runDueChanges(world: World, now: Date): void {
  while (world.scheduled[0] !== undefined && world.scheduled[0].at <= now) {
    const change = world.scheduled.shift();
    if (change !== undefined) runChange(world, change);
  }
}

export function insertScheduled(world: World, change: ScheduledChange): void {
  const at = world.scheduled.findIndex((other) => other.at > change.at);
  world.scheduled.splice(at < 0 ? world.scheduled.length : at, 0, change);
}

function runChange(world: World, change: ScheduledChange): void {
  const user = world.users.get(change.userId);
  if (user === undefined || user.state === change.state) return;
  const fields = { state: change.state, suspended: change.state === 'SUSPENDED' };
  const correlation = { correlation: { id: change.jobId, type: 'scheduled_state_change' } };
  const after = changeUser(world, user, fields, change.actor, change.at, correlation);
  if (change.state === 'ACTIVATED' && change.sendEmails)
    sendActivationMail(world, after, change.emailOverride, change.actor, change.at);
}

function render(change: ScheduledChange): Record<string, string> {
  return {
    scheduledJobId: change.jobId,
    scheduledDate: change.at.toISOString(),
    state: change.state,
    systemUserId: change.userId,
  };
}

function listScheduled(world: World, { call }: ApiRequest): Answer {
  const userId = call.query.get('userid');
  const changes = world.scheduled.filter((change) => userId === null || change.userId === userId);
  return answerList(call, changes.map(render));
}

/** The next change of each state for each of the users. */
function listNext(world: World, { call }: ApiRequest): Answer {
  const users = readList(call.query, 'users');
  if (!call.query.has('users') && !call.query.has('users[]')) return badRequest('users is required');
  if (users.length > MAX_USERS) return badRequest(`users is limited to ${MAX_USERS} items`);
  const seen = new Set<string>();
  const next = world.scheduled.filter((change) => {
    const key = `${change.userId} ${change.state}`;
    if (!users.includes(change.userId) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const page = readPage(call.query.get('limit'), call.query.get('skip'));
  return {
    status: 200,
    json: {
      events_count: next.length,
      results: next.slice(page.skip, page.skip + page.limit).map(render),
    },
  };
}

function postScheduled(world: World, request: ApiRequest): Answer {
  const order = readOrder(world, request);
  if (isRefused(order)) return order.refused;
  const { actor, now } = request;
  const shared = mintId(world, 'api', 'job', String(nextNumber(world)));
  const changes = order.userIds.map((userId, index): ScheduledChange => {
    const own = index === 0 || world.switches.sharedScheduleIds;
    const jobId = own ? shared : mintId(world, 'api', 'job', String(nextNumber(world)));
    return { jobId, userId, state: order.state, at: order.at, ...order.mail, actor };
  });
  for (const change of changes) {
    insertScheduled(world, change);
    recordSchedule(world, change, 'create', actor, now);
  }
  runDueChanges(world, now);
  return { status: 201, json: changes.map(render) };
}

function deleteScheduled(world: World, { params, actor, now }: ApiRequest): Answer {
  const gone = world.scheduled.filter((change) => change.jobId === params['id']);
  if (gone.length === 0) return notFound;
  world.scheduled = world.scheduled.filter((change) => change.jobId !== params['id']);
  for (const change of gone) recordSchedule(world, change, 'delete', actor, now);
  return noContent;
}

interface Order {
  userIds: string[];
  state: 'ACTIVATED' | 'SUSPENDED';
  at: Date;
  mail: { sendEmails: boolean; emailOverride: string | undefined };
}

/** The mail fields are for activations only, the override for a single user (OpenAPI document). */
function readOrder(world: World, { body, now }: ApiRequest): Order | Refused {
  if (!isRecord(body)) return refuse(400, 'The body must be an object');
  const { user_ids: ids, state, start_date: start } = body;
  const { send_activation_emails: send, activation_email_override: override } = body;
  if (!Array.isArray(ids) || ids.length === 0) return refuse(400, 'user_ids is required');
  const unknown = ids.find((id) => typeof id !== 'string' || world.users.get(id) === undefined);
  if (unknown !== undefined) return refuse(400, `user not found: ${String(unknown)}`);
  if (state !== 'ACTIVATED' && state !== 'SUSPENDED')
    return refuse(400, 'state must be ACTIVATED or SUSPENDED');
  const at = typeof start === 'string' ? new Date(start) : new Date(Number.NaN);
  if (Number.isNaN(at.getTime())) return refuse(400, 'start_date must be a date-time');
  if (at <= now && world.switches.pastSchedule === 'refuse')
    return refuse(400, 'start_date must be in the future');
  if (send !== undefined && state !== 'ACTIVATED')
    return refuse(400, 'send_activation_emails can only be used with scheduled activations');
  if (override !== undefined && (state !== 'ACTIVATED' || ids.length > 1 || typeof override !== 'string'))
    return refuse(400, 'activation_email_override can only be used with a single scheduled activation');
  return {
    userIds: ids as string[],
    state,
    at,
    mail: { sendEmails: send !== false, emailOverride: typeof override === 'string' ? override : undefined },
  };
}

export function recordSchedule(
  world: World,
  change: ScheduledChange,
  op: 'create' | 'delete',
  actor: Actor,
  now: Date,
): void {
  const user = world.users.get(change.userId);
  const kind = change.state === 'SUSPENDED' ? 'suspension' : 'activation';
  recordEvent(world, actor, now, `user_${kind}_schedule_${op}`, {
    resource: user === undefined ? { type: 'user', id: change.userId } : userResource(user),
    correlation: { id: change.jobId, type: 'scheduled_state_change' },
    changes: [
      {
        field: 'scheduledDate',
        from: op === 'delete' ? change.at.toISOString() : null,
        to: op === 'create' ? change.at.toISOString() : null,
      },
    ],
  });
}
