/** guard: may this pull request touch what it touches? state/ belongs to machines. Run with main's code, without a key. */
import { z } from 'zod';
import type { PullRequestVerdict } from './core/forge/pull-request-rules.ts';
import { badInput, badUsage } from './core/values/failure.ts';
import { readVerdict } from './flow/judge-pull-request.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { openForge } from './shell/forge.ts';
import { readEvent } from './shell/read-event.ts';

/** The part of a `pull_request` event that matters (GitHub Docs, "Webhook events and payloads"). */
const PullRequestEvent = z.object({ pull_request: z.object({ number: z.int().positive() }) });

/** The number in the event; @throws Failure 2 for another event. */
export function numberOf(event: unknown): number {
  const parsed = PullRequestEvent.safeParse(event);
  if (parsed.success) return parsed.data.pull_request.number;
  throw badUsage('bad-event', 'the event is about no pull request', 'run this verb for pull_request_target');
}

/** @throws Failure 2 with every path that somebody may not touch. */
export function demandPass({ passes, problems }: PullRequestVerdict): void {
  if (passes) return;
  throw badInput(
    problems.map(({ path, message }) => ({ file: path ?? 'state', line: 1, column: 1, message })),
  );
}

const OPTIONS = {
  number: { type: 'string', value: 'N', description: 'the pull request (default: that of the event)' },
  app: { type: 'string', value: 'LOGIN', description: 'login of the app, where any bot is too many' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'guard',
  summary: 'Fails when a pull request touches state/ and is not the app’s own.',
  details:
    'The app’s own pull requests may touch state/ and nothing else, and hold no commit of anybody else. Needs to read contents and pull requests.',
  options: OPTIONS,
  variables: ['GITHUB_EVENT_PATH', 'GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL'],
  exits: { 2: 'it touches what it may not; each path is named' },
  examples: [['npm run guard -- --number 12', 'judges pull request 12']],
  async run({ environment, options, progress }) {
    const number =
      options.number === undefined ? await readNumber(environment.GITHUB_EVENT_PATH) : Number(options.number);
    if (!Number.isSafeInteger(number) || number < 1)
      throw badUsage('bad-number', '--number is no number', 'give the number of the pull request');
    const { forge } = openForge(environment, { progress });
    const verdict = await readVerdict(forge, number, options.app);
    demandPass(verdict);
    return {
      json: { pullRequest: number, ...verdict },
      text: `pull request ${number} touches ${verdict.own ? 'state/ and is the app’s own' : 'nothing of state/'}`,
    };
  },
};

async function readNumber(file: string | undefined): Promise<number> {
  if (file === undefined)
    throw badUsage('no-number', 'there is no event, and no --number', 'give the number of the pull request');
  return numberOf(await readEvent(file));
}

if (isMain(import.meta)) await runDoor(door);
