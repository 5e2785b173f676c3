/** hold: a comment of a reviewer, `/hold 1042 until 2026-12-01 why`, becomes a hold on main, and an answer. */
import { z } from 'zod';
import { readGuardrails } from './adapters/files/guardrails.ts';
import { parseHoldsText } from './adapters/files/holds-text.ts';
import { holdsText } from './adapters/files/state-files.ts';
import { HOLD_SYNTAX, RELEASE_SYNTAX } from './core/forge/hold-commands.ts';
import { badUsage } from './core/values/failure.ts';
import { answerHold, type HoldAnswer } from './flow/answer-hold.ts';
import type { Forge } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { openForge } from './shell/forge.ts';
import { runUrlOf } from './shell/variables.ts';
import { readEvent } from './shell/read-event.ts';

/** The parts of an `issue_comment` event that matter (GitHub Docs, "Webhook events and payloads"). */
const IssueComment = z.object({
  action: z.string(),
  issue: z.object({ number: z.int(), pull_request: z.unknown().optional() }),
  comment: z.object({
    id: z.int(),
    body: z.string().nullable(),
    created_at: z.string(),
    author_association: z.string().default('NONE'),
    user: z.object({ login: z.string(), type: z.string().optional() }).nullable(),
  }),
});

export interface HoldInput {
  /** Checkout of main: who may hold stands in its mappings/guardrails.yaml. */
  root: string;
  forge: Forge;
  /** What GitHub wrote to GITHUB_EVENT_PATH. */
  event: unknown;
  run: string | undefined;
}

/** Only a comment that was just written counts: one that was edited may hold the words of somebody else. */
export async function hold({
  root,
  forge,
  event,
  run,
}: HoldInput): Promise<HoldAnswer & { pullRequest?: number }> {
  const parsed = IssueComment.safeParse(event);
  if (!parsed.success)
    throw badUsage('bad-event', 'the event is not a comment', 'run this verb for the event issue_comment');
  const { action, issue, comment } = parsed.data;
  const nothing = { answered: false, commit: undefined, changed: false, notes: [] };
  if (action !== 'created' || issue.pull_request === undefined || comment.user === null) return nothing;
  const answer = await answerHold(
    {
      forge,
      approvals: readGuardrails(root).approvals,
      run,
      parseHolds: parseHoldsText,
      holdsText,
    },
    {
      id: comment.id,
      pullRequest: issue.number,
      author: { login: comment.user.login, bot: comment.user.type === 'Bot' },
      association: comment.author_association,
      body: comment.body ?? '',
      at: new Date(comment.created_at).toISOString(),
    },
  );
  return { ...answer, pullRequest: issue.number };
}

export const door: Door = {
  name: 'hold',
  summary: 'Puts one person on hold, or releases them, when a reviewer says so in a comment.',
  details: `Reads the comment of the event, and the line "${HOLD_SYNTAX}" or "${RELEASE_SYNTAX}" in it; writes state/holds.yaml on main and answers the comment. The plan is made again by the sync that follows.`,
  variables: ['GITHUB_EVENT_PATH', 'GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL', 'GITHUB_RUN_ID'],
  examples: [['npm run hold', 'in a workflow of the event issue_comment']],
  async run({ root, environment, progress }) {
    if (environment.GITHUB_EVENT_PATH === undefined)
      throw badUsage('missing-variable', 'GITHUB_EVENT_PATH is not set', 'run this verb in a workflow');
    const event = await readEvent(environment.GITHUB_EVENT_PATH);
    const { forge } = openForge(environment, { progress });
    const { answered, commit, changed, notes, pullRequest } = await hold({
      root,
      forge,
      event,
      run: runUrlOf(environment),
    });
    const json = {
      ...(pullRequest === undefined ? {} : { pullRequest }),
      ...(commit === undefined ? {} : { commit }),
      changed,
    };
    const outputs = { changed };
    return { json, outputs, text: answered ? notes.join('\n') : ['no command', ...notes].join(': ') };
  },
};

if (isMain(import.meta)) await runDoor(door);
