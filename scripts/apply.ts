/** apply: approved ∩ fresh. It alone holds the key that can write; it trusts no lane and no approval written in a file. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { openHistory } from './adapters/files/history.ts';
import { openWorkspace } from './adapters/files/workspace.ts';
import { readRunBegun } from './adapters/github/read-run.ts';
import { connectDirectoryReader } from './adapters/jumpcloud/read/connect.ts';
import { connectDirectoryWriter } from './adapters/jumpcloud/write/connect.ts';
import { type ApprovalsFile, parseApprovals } from './core/record/approvals-file.ts';
import { countByOutcome } from './core/record/receipt.ts';
import { personNameOf } from './core/render/plan-view.ts';
import { renderReceiptMarkdown } from './core/render/receipt-markdown.ts';
import { renderReceiptTerminal } from './core/render/receipt-terminal.ts';
import { badUsage } from './core/values/failure.ts';
import { apply, exitOf } from './flow/apply-desk.ts';
import type { Hands } from './flow/perform.ts';
import { createReceiptWatch } from './flow/receipt-watch.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { MANUAL_OPTIONS, readManual } from './shell/manual-exit.ts';
import { runUrlOf } from './shell/variables.ts';

function readTrigger(text: string | undefined): string | undefined {
  if (text !== undefined && !['bamboohr-webhook', 'schedule', 'manual'].includes(text))
    throw badUsage(
      'bad-trigger',
      '--trigger is none of bamboohr-webhook, schedule, manual',
      'leave it out when none fits',
    );
  return text;
}

/** Comes out of an event's payload: whatever is no instant is left out, an exit never fails for it. */
function readInstant(text: string | undefined): string | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

async function readApprovals(path: string): Promise<ApprovalsFile> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw badUsage('bad-approvals', `--approvals ${path} cannot be read`, 'run approvals --out FILE first');
  const parsed = parseApprovals(text);
  if (!parsed.ok)
    throw badUsage(
      'bad-approvals',
      `--approvals ${path}: ${parsed.message}`,
      'run approvals --out FILE again; the file is not written by hand',
    );
  return parsed.file;
}

function readConcurrency(text: string | undefined): number {
  const number = Number(text ?? 8);
  if (!Number.isInteger(number) || number < 1 || number > 64)
    throw badUsage(
      'bad-concurrency',
      `--concurrency ${text ?? ''} is no number from 1 to 64`,
      'leave it out for 8',
    );
  return number;
}

const OPTIONS = {
  ...MANUAL_OPTIONS,
  trigger: {
    type: 'string',
    value: 'bamboohr-webhook|schedule|manual',
    description: 'what started the run; written on the receipt',
  },
  'received-at': {
    type: 'string',
    value: 'INSTANT',
    description: 'urgent lane: when the webhook came in; written on the receipt',
  },
  'approved-by': {
    type: 'string',
    value: 'LOGIN[,LOGIN]',
    description: 'who approved, outside GitHub only; written on the receipt',
  },
  approvals: { type: 'string', value: 'FILE', description: 'what the approvals verb wrote' },
  concurrency: { type: 'string', value: 'N', description: 'people side by side (default 8)' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'apply',
  summary: 'Carries out what was approved and is still wanted, and leaves a receipt of what really happened.',
  details:
    'It plans again over fresh reads: an approved action is done only if the fresh plan wants that very action. What is newly wanted waits for its own approval. Run it again at any time: what is done is not done twice.',
  options: OPTIONS,
  shared: ['as-of', 'only', 'lane'],
  variables: [
    'JUMPCLOUD_API_KEY',
    'JUMPCLOUD_CLIENT_ID',
    'JUMPCLOUD_CLIENT_SECRET',
    'JUMPCLOUD_BASE_URL',
    'JUMPCLOUD_ORG_ID',
  ],
  exits: {
    0: 'all done, or nothing pending',
    1: 'something was not done; the receipt says what',
    3: 'refused: not approved, expired, or not allowed without review',
  },
  examples: [
    ['npm run apply -- --approved-by ann', 'applies every pending plan of this checkout'],
    ['npm run apply -- --lane auto', 'applies only what needs no review'],
  ],
  async run({ root, asOf, only, lane, now, environment, options, progress, log, colour, columns, stopped }) {
    const inActions = environment.GITHUB_ACTIONS === 'true';
    const byHand = options['approved-by'];
    if (byHand !== undefined && inActions)
      throw badUsage(
        'approved-by-in-actions',
        '--approved-by does not count on GitHub',
        'give --approvals FILE of the approvals verb, which reads the reviews',
      );
    const workspace = openWorkspace(root);
    const wire = { progress: log };
    const hands: Hands = {
      reader: connectDirectoryReader(environment, { wire }),
      writer: connectDirectoryWriter(environment, { wire }),
      pause: (ms) => pause(ms),
    };
    const history = openHistory(root, { fetch: inActions, token: environment.GITHUB_TOKEN });
    const run = runUrlOf(environment);
    const applied = await apply(hands, workspace, {
      asOf,
      only,
      lane,
      approvedBy: byHand
        ?.split(',')
        .map((login) => login.trim())
        .filter((login) => login !== ''),
      approvals:
        options.approvals === undefined
          ? inActions
            ? { version: 1, plans: {} }
            : undefined
          : await readApprovals(options.approvals),
      planAgeHours:
        byHand === undefined ? (name) => history.planAgeHours(name, now()) : () => Promise.resolve(0),
      newerReceipt: createReceiptWatch(history.readReceipts),
      now,
      isStopping: () => stopped.aborted,
      progress: (text, done, total) => progress.update(text, done, total),
      run,
      trigger: readTrigger(options.trigger),
      receivedAt: readInstant(options['received-at']),
      readDispatched: () => readRunBegun(environment),
      manual: readManual(options, only, lane),
      concurrency: readConcurrency(options.concurrency),
    });
    const names = new Map(applied.desk.people.map((person) => [person.employee.id, personNameOf(person)]));
    const receipts = applied.plans.flatMap(({ plan, receipt }) =>
      receipt === undefined ? [] : [{ plan, receipt }],
    );
    const text = receipts
      .map(({ plan, receipt }) => renderReceiptTerminal(plan, receipt, names, { colour, width: columns }))
      .join('\n');
    return {
      exit: exitOf(applied),
      json: {
        receipts: receipts.map(({ receipt }, index) => ({
          file: applied.files[index],
          outcome: receipt.outcome,
          counts: countByOutcome(receipt.results),
        })),
      },
      text: text === '' ? 'Nothing is pending: every plan has its receipt.' : text,
      summary: receipts.map(({ plan, receipt }) => renderReceiptMarkdown(plan, receipt, names)).join('\n'),
    };
  },
};

if (isMain(import.meta)) await runDoor(door);
