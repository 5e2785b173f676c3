/**
 * notify: what happened, told to whom mappings/notifications.yaml says. It alone knows Slack, mail and the webhook; it
 * has nothing of JumpCloud or BambooHR, and of the forge at most a token that can read when a workflow last succeeded.
 *
 * Told once, across re-runs, by three things that each hold alone:
 *
 * | what                                     | keeps from telling again                                          |
 * |------------------------------------------|-------------------------------------------------------------------|
 * | news are what the checked-out commit has not | the whole run again: by then main has the receipts             |
 * | the ledger, state/notified.json or --ledger  | this job again, where the file was kept (handed on as an artifact) |
 * | one id an event and place                | a repetition on the wire: Idempotency-Key of the webhook, Message-ID of the mail |
 *
 * A delivery is remembered when it was taken, not before: killed in between, a run tells it again, since a page that
 * is lost is worse than one that comes twice. A place that failed is not remembered and gets it from the next try.
 */
import { join, resolve } from 'node:path';
import { peopleOfCheckout, readRecordOrWarn } from './adapters/files/notify-checkout.ts';
import { readNotifications, readSent, writeSent } from './adapters/files/notify-files.ts';
import { readLastRun, readNews } from './adapters/files/notify-news.ts';
import { readManifest } from './adapters/files/state-files.ts';
import { readGithubConnection } from './adapters/github/client.ts';
import { readLastSuccess } from './adapters/github/workflow-runs.ts';
import { connectNotifier } from './adapters/notify/connect.ts';
import { NotificationEvent, type NotificationsFile } from './core/mappings/notifications-file.ts';
import { composeMessage, type MessageContext } from './core/notify/compose-message.ts';
import { deriveNotices, type NewsInput } from './core/notify/derive-notices.ts';
import { namedReceipts } from './core/notify/named-receipts.ts';
import {
  notifyJson,
  notifySummary,
  notifyText,
  printedText,
  type ToldLine,
  warningsOf,
} from './core/notify/notify-text.ts';
import { routeNotices } from './core/notify/route-notices.ts';
import { withSent } from './core/notify/sent-file.ts';
import { sendNotifications } from './flow/send-notifications.ts';
import type { Notifier } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import {
  listOf,
  ownWorkflow,
  readEvents,
  readInstant,
  readJobs,
  readPeople,
  readProposed,
  readWorkflowName,
} from './shell/notify-arguments.ts';
import { type Environment, runUrlOf } from './shell/variables.ts';

export interface NotifyInput {
  root: string;
  /** undefined: print, send nothing and remember nothing. */
  notifier: ((file: NotificationsFile) => Notifier) | undefined;
  /** Absolute path of the ledger. */
  ledger: string;
  /** Only these events; undefined: all but silence. */
  events: NotificationEvent[] | undefined;
  /** Names of receipts, instead of those that are news. */
  receipts: string[] | undefined;
  /** Name of a receipt: those finished after it, instead of those that are news. */
  since: string | undefined;
  proposed: string[] | undefined;
  held: NewsInput['held'];
  inside: NewsInput['inside'];
  jobs: string[];
  run: NewsInput['run'];
  lastSuccess: string | undefined;
  watched: NewsInput['watched'];
  repository: MessageContext['repository'];
  now: string;
  isStopping: () => boolean;
  progress: (done: number, total: number) => void;
}

export interface Notified {
  told: ToldLine[];
  warnings: string[];
}

/** Tells what is news. A channel that fails is a warning; throws exit 2 for input that does not read. */
export async function notify(input: NotifyInput): Promise<Notified> {
  const { root, jobs, now, notifier, ledger } = input;
  const file = readNotifications(root);
  const sent = readSent(ledger);
  const events = new Set(input.events ?? NotificationEvent.options.filter((event) => event !== 'silence'));
  const { recorded, warning } = readRecordOrWarn(root, jobs.length > 0 || events.has('silence'));
  const isNamed = input.receipts !== undefined || input.since !== undefined;
  const news = await readNews(root);
  const notices = deriveNotices(
    {
      ...input,
      recorded,
      ...news,
      // Whoever asks for receipts by name is told of nothing else.
      receipts: isNamed ? namedReceipts(recorded, input.receipts, input.since) : news.receipts,
      standing: !isNamed,
      manifest: readManifest(root),
      lastSuccess: [input.lastSuccess, await readLastRun(root)],
    },
    events,
    file,
  );
  const deliveries = routeNotices(notices, file.routes, new Set(Object.keys(sent.sent)));
  const context: MessageContext = {
    templates: file.templates,
    repository: input.repository,
    ...peopleOfCheckout(root),
  };
  const told: ToldLine[] =
    notifier === undefined
      ? deliveries.map((delivery) => {
          const message = composeMessage(delivery, context);
          return { delivery, message, outcome: 'printed', attempts: 0 };
        })
      : await sendNotifications({
          ...input,
          deliveries,
          context,
          notifier: notifier(file),
          remember: (keys) => writeSent(ledger, withSent(readSent(ledger), keys, now)),
        });
  return { told, warnings: [...(warning === undefined ? [] : [warning]), ...warningsOf(told)] };
}

/** When the workflow last succeeded, and when the one that runs us last looked. Throws exit 1 when GitHub does not say. */
async function watch(environment: Environment, workflow: string | undefined): Promise<NewsInput['watched']> {
  if (workflow === undefined) return undefined;
  const connection = readGithubConnection(environment);
  const own = ownWorkflow(environment.GITHUB_WORKFLOW_REF);
  return {
    last: await readLastSuccess(connection, workflow),
    looked: own === undefined ? undefined : await readLastSuccess(connection, own),
  };
}

const OPTIONS = {
  receipts: {
    type: 'string',
    value: 'FILE[,FILE]',
    description: 'tell of these receipts (default: those that the checked-out commit does not have)',
  },
  since: { type: 'string', value: 'RECEIPT', description: 'tell of the receipts finished after this one' },
  proposed: {
    type: 'string',
    value: 'DIGEST[,DIGEST]',
    description:
      'review plans that the pull request got in this run, or none (default: those that are new here)',
  },
  held: {
    type: 'string',
    value: 'ID:CODE[/ID:CODE]',
    description: 'output "held" of plan, or none: whom it holds, also where it wrote no plan',
  },
  inside: {
    type: 'string',
    value: 'ID:CODE[/ID:CODE]',
    description:
      'output "inside" of plan, or none: leavers who stay inside until somebody reviews their exit',
  },
  event: {
    type: 'string',
    value: 'EVENT[,EVENT]',
    description: 'only these; silence is looked at only when it is named here',
  },
  needs: {
    type: 'string',
    value: 'JSON',
    description: 'toJSON(needs) of the job: jobs that failed are told of',
  },
  'last-success': {
    type: 'string',
    value: 'ISO',
    description: 'silence: when a run last succeeded, besides what the record says',
  },
  watch: {
    type: 'string',
    value: 'WORKFLOW',
    description: 'silence: a workflow file whose last success GitHub is asked for, and which alone counts',
  },
  ledger: {
    type: 'string',
    value: 'FILE',
    description: 'what was told already (default: state/notified.json, ignored by git)',
  },
  print: { type: 'boolean', description: 'show the messages instead of sending them; needs no secret' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'notify',
  summary: 'Tells what happened by Slack, mail and webhook, as mappings/notifications.yaml says.',
  details:
    'News is what this checkout has and its commit has not: receipts, plans, people newly on hold. A channel that fails, or whose secret is missing, is a warning and never a failure. What was told is remembered in the ledger and not told again.',
  options: OPTIONS,
  variables: [
    'SLACK_WEBHOOK_URL',
    'SMTP_URL',
    'NOTIFY_WEBHOOK_URL',
    'WEBHOOK_SIGNING_SECRET',
    'GITHUB_REPOSITORY',
    'GITHUB_TOKEN',
    'GITHUB_API_URL',
  ],
  exits: {
    0: 'told, or nothing to tell, or a channel failed: then a warning names it',
    1: '--watch: GitHub does not say when the workflow last succeeded',
  },
  examples: [
    ['npm run notify', 'after record, in the same checkout'],
    ['npm run notify -- --print --since 2026-11-23-….json', 'shows what would be sent'],
    ['npm run notify -- --event silence --watch sync.yml', 'by a clock: has a sync succeeded lately?'],
  ],
  async run({ root, options, environment, now, log, progress, stopped }) {
    const at = now();
    const { GITHUB_REPOSITORY: repository } = environment;
    const { told, warnings } = await notify({
      root,
      notifier: options.print ? undefined : (file) => connectNotifier(environment, { from: file.from }),
      ledger:
        options.ledger === undefined ? join(root, 'state', 'notified.json') : resolve(root, options.ledger),
      events: readEvents(options.event),
      receipts: listOf(options.receipts),
      since: options.since,
      proposed: readProposed(options.proposed),
      held: readPeople('held', options.held),
      inside: readPeople('inside', options.inside),
      jobs: readJobs(options.needs),
      run: { id: environment.GITHUB_RUN_ID ?? at, url: runUrlOf(environment) },
      lastSuccess: readInstant(options['last-success']),
      watched: await watch(environment, readWorkflowName(options.watch)),
      repository:
        repository !== undefined && /^[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/.test(repository)
          ? { name: repository, serverUrl: environment.GITHUB_SERVER_URL ?? 'https://github.com' }
          : undefined,
      now: at,
      isStopping: () => stopped.aborted,
      progress: (done, total) => progress.update('telling', done, total),
    });
    for (const warning of warnings) log(`notify: warning: ${warning}`);
    return {
      json: notifyJson(told, warnings, options.print),
      text: options.print ? printedText(told) : notifyText(told),
      ...(options.print ? {} : { summary: notifySummary(told) }),
    };
  },
};

if (isMain(import.meta)) await runDoor(door);
