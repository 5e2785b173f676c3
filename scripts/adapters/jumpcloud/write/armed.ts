/** Arms and cancels state changes that JumpCloud makes by itself: `/api/v2/bulk/userstates`. */
import { z } from 'zod';
import type { ArmedState } from '../../../core/directory/live.ts';
import { AnswerLost } from '../../../ports.ts';
import { readJson, requireNoContent } from '../../http/read-json.ts';
import type { WireRequest } from '../../http/request.ts';
import { type Client, send } from '../../http/send.ts';
import { ScheduledState } from '../scheduled-state.ts';

/**
 * One account per job, so that one can be cancelled alone. `at` is an ISO instant, UTC. Mail settings only go with an
 * activation (OpenAPI document). Never sent twice (AnswerLost): a second job would be nobody's to cancel.
 */
export async function armState(
  client: Client,
  account: string,
  state: 'ACTIVATED' | 'SUSPENDED',
  at: string,
  mail: boolean | string,
): Promise<ArmedState> {
  const mails =
    state !== 'ACTIVATED'
      ? {}
      : typeof mail === 'string'
        ? { activation_email_override: mail }
        : { send_activation_emails: mail };
  const request: WireRequest = {
    route: 'POST /api/v2/bulk/userstates',
    body: { user_ids: [account], state, start_date: at, ...mails },
  };
  const jobs = readJson(client.service, request, await send(client, request), z.array(ScheduledState));
  const job = jobs.find((candidate) => candidate.account === account && candidate.state === state);
  if (job === undefined)
    throw new AnswerLost(`${client.service}, ${request.route}: answered without the job that was asked for`);
  return job;
}

/** 'already' when no such job is waiting: it was cancelled, or has run. */
export async function cancelArmed(client: Client, job: string): Promise<'done' | 'already'> {
  const request: WireRequest = {
    route: 'DELETE /api/v2/bulk/userstates/{job}',
    params: { job },
    accept: [404],
  };
  const answer = await send(client, request);
  if (answer.status === 404) return 'already';
  requireNoContent(client.service, request, answer);
  return 'done';
}
