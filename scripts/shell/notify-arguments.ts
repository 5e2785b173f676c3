/** The arguments of notify, read: names, instants and JSON become what they mean, or exit 2 says why not. */
import { NotificationEvent } from '../core/mappings/notifications-file.ts';
import { readFailedJobs } from '../core/notify/failed-jobs.ts';
import { type PersonCode, readPeopleWord } from '../core/notify/people-word.ts';
import { badUsage } from '../core/values/failure.ts';

/** `a, b` -> the names; undefined where nothing is said. */
export function listOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** `none`, and nothing at all from a job that did not come to it, are no plan. */
export function readProposed(text: string | undefined): string[] | undefined {
  return text === 'none' ? [] : listOf(text);
}

/** Output `name` of plan, or none. */
export function readPeople(name: 'held' | 'inside', text: string | undefined): PersonCode[] {
  const people = text === undefined || text === 'none' ? [] : readPeopleWord(text);
  if (people !== undefined) return people;
  throw badUsage(
    `bad-${name}`,
    `--${name} is not what plan gives`,
    `write --${name} "$${name.toUpperCase()}"`,
  );
}

export function readEvents(text: string | undefined): NotificationEvent[] | undefined {
  return listOf(text)?.map((name) => {
    const event = NotificationEvent.safeParse(name);
    if (event.success) return event.data;
    throw badUsage(
      'bad-event',
      `there is no event ${JSON.stringify(name.slice(0, 60))}`,
      `events are ${NotificationEvent.options.join(', ')}`,
    );
  });
}

export function readJobs(text: string | undefined): string[] {
  const jobs = text === undefined ? [] : readFailedJobs(text);
  if (jobs !== undefined) return jobs;
  throw badUsage('bad-needs', '--needs is not what toJSON(needs) gives', 'write --needs "$NEEDS"');
}

export function readInstant(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))
    return new Date(text).toISOString();
  throw badUsage('bad-last-success', '--last-success is no instant', 'write 2026-11-23T12:00:00Z');
}

/** Name of a workflow file. */
export function readWorkflowName(text: string | undefined): string | undefined {
  if (text === undefined || /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ya?ml$/.test(text)) return text;
  throw badUsage('bad-workflow', '--watch is no name of a workflow file', 'write --watch sync.yml');
}

/** `owner/name/.github/workflows/silence.yml@refs/heads/main` -> silence.yml, the workflow that runs us. */
export function ownWorkflow(reference: string | undefined): string | undefined {
  return /\/\.github\/workflows\/([A-Za-z0-9._-]+\.ya?ml)@/.exec(reference ?? '')?.[1];
}
