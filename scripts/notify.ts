/**
 * notify: what happened, told to whom mappings/notifications.yaml says. It alone knows Slack, mail and the webhook; it
 * has no token of the forge and nothing of JumpCloud or BambooHR.
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
import { basename, join, resolve } from 'node:path';
import { readNotifications, readSent, writeSent } from './adapters/files/notify-files.ts';
import { readLastRun, readNews } from './adapters/files/notify-news.ts';
import { namesOf } from './adapters/files/people-names.ts';
import { readFile } from './adapters/files/read-folder.ts';
import { readRecord } from './adapters/files/record-folder.ts';
import { readManifest } from './adapters/files/state-files.ts';
import { connectNotifier } from './adapters/notify/connect.ts';
import { NotificationEvent, type NotificationsFile } from './core/mappings/notifications-file.ts';
import { composeMessage, type MessageContext, peopleNamed } from './core/notify/compose-message.ts';
import { deriveNotices } from './core/notify/derive-notices.ts';
import { readFailedJobs } from './core/notify/failed-jobs.ts';
import {
  notifySummary,
  notifyText,
  printedText,
  type ToldLine,
  warningsOf,
} from './core/notify/notify-text.ts';
import { type Delivery, routeNotices } from './core/notify/route-notices.ts';
import { withSent } from './core/notify/sent-file.ts';
import { planName } from './core/plan/plan-file.ts';
import type { RecordedPlan } from './core/record/ledger.ts';
import { badUsage, Failure } from './core/values/failure.ts';
import { personFileOf } from './core/values/hr-id.ts';
import { sendNotifications } from './flow/send-notifications.ts';
import type { Notifier } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { runUrl } from './shell/variables.ts';

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
  jobs: string[];
  run: { id: string; url: string | undefined };
  lastSuccess: string | undefined;
  repository: MessageContext['repository'];
  now: string;
  isStopping: () => boolean;
  progress: (done: number, total: number) => void;
}

export interface Notified {
  told: (ToldLine & { attempts: number })[];
  warnings: string[];
}

/** Tells what is news. A channel that fails is a warning; throws exit 2 for input that does not read. */
export async function notify(input: NotifyInput): Promise<Notified> {
  const { root, now } = input;
  const file = readNotifications(root);
  const sent = readSent(input.ledger);
  const { recorded, warning } = readRecordOrWarn(input);
  const { standing, receipts } = receiptsOf(input, recorded);
  const news = await readNews(root);
  const events = new Set(input.events ?? NotificationEvent.options.filter((event) => event !== 'silence'));
  const notices = deriveNotices(
    {
      recorded,
      receipts: receipts ?? news.receipts,
      plans: news.plans,
      proposed: input.proposed,
      standing,
      people: news.people,
      before: news.before,
      manifest: readManifest(root),
      jobs: input.jobs,
      run: input.run,
      now,
      lastSuccess: [input.lastSuccess, await readLastRun(root)],
    },
    events,
    file,
  );
  const deliveries = routeNotices(notices, file.routes, new Set(Object.keys(sent.sent)));
  const context = contextOf(root, deliveries, file, input.repository);
  const told = await tell(input, { deliveries, context, file });
  return { told, warnings: [...(warning === undefined ? [] : [warning]), ...warningsOf(told)] };
}

async function tell(
  { notifier, ledger, now, isStopping, progress }: NotifyInput,
  { deliveries, context, file }: { deliveries: Delivery[]; context: MessageContext; file: NotificationsFile },
): Promise<Notified['told']> {
  if (notifier === undefined)
    return deliveries.map((delivery) => ({
      delivery,
      message: composeMessage(delivery, context),
      outcome: 'printed',
      attempts: 0,
    }));
  return sendNotifications({
    deliveries,
    context,
    notifier: notifier(file),
    remember: (keys) => writeSent(ledger, withSent(readSent(ledger), keys, now)),
    isStopping,
    progress,
  });
}

/** A record that does not read must not keep the news of the failed run from being told. */
function readRecordOrWarn({ root, jobs, events }: NotifyInput): {
  recorded: RecordedPlan[];
  warning?: string;
} {
  try {
    return { recorded: readRecord(root) };
  } catch (error) {
    const isAlarm = jobs.length > 0 || events?.includes('silence') === true;
    if (!(error instanceof Failure) || !isAlarm) throw error;
    return { recorded: [], warning: `the record does not read, so nothing of it is told: ${error.message}` };
  }
}

/** Receipts that were asked for by name, and then nothing else of the checkout is told. */
function receiptsOf(
  { receipts, since }: NotifyInput,
  recorded: RecordedPlan[],
): { standing: boolean; receipts: ReadonlySet<string> | undefined } {
  if (receipts === undefined && since === undefined) return { standing: true, receipts: undefined };
  const finished = new Map(
    recorded.flatMap(({ plan, receipt }) =>
      receipt === undefined ? [] : [[planName(plan), receipt.finishedAt] as const],
    ),
  );
  const names = [...(receipts ?? []), ...(since === undefined ? [] : [since])].map((path) => basename(path));
  const unknown = names.find((name) => !finished.has(name));
  if (unknown !== undefined)
    throw badUsage(
      'no-such-receipt',
      `there is no receipt ${JSON.stringify(unknown.slice(0, 100))} in state/receipts`,
      'name a file of that folder',
    );
  if (since === undefined) return { standing: false, receipts: new Set(names) };
  const from = finished.get(basename(since)) ?? '';
  const later = [...finished].filter(([, at]) => at > from).map(([name]) => name);
  return {
    standing: false,
    receipts: new Set([...later, ...(receipts ?? []).map((path) => basename(path))]),
  };
}

/** Person files are read for those alone whose name is going to be shown. */
function contextOf(
  root: string,
  deliveries: Delivery[],
  { templates }: NotificationsFile,
  repository: MessageContext['repository'],
): MessageContext {
  const named = peopleNamed(deliveries);
  const texts = new Map<string, string>();
  for (const person of named) {
    const file = readFile(root, personFileOf(person));
    if (file !== undefined && 'text' in file) texts.set(file.path, file.text);
  }
  const names = namesOf(texts, named);
  return { templates, repository, nameOf: (person) => names.get(person)?.name };
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
  ],
  exits: { 0: 'told, or nothing to tell, or a channel failed: then a warning names it' },
  examples: [
    ['npm run notify', 'after record, in the same checkout'],
    ['npm run notify -- --print --since 2026-11-23-….json', 'shows what would be sent'],
    ['npm run notify -- --event silence', 'once a day: has anything succeeded lately?'],
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
      proposed: options.proposed === 'none' ? [] : listOf(options.proposed),
      jobs: readJobs(options.needs),
      run: { id: environment.GITHUB_RUN_ID ?? at, url: runUrl(environment) },
      lastSuccess: readInstant(options['last-success']),
      repository:
        repository !== undefined && /^[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/.test(repository)
          ? { name: repository, serverUrl: environment.GITHUB_SERVER_URL ?? 'https://github.com' }
          : undefined,
      now: at,
      isStopping: () => stopped.aborted,
      progress: (done, total) => progress.update('telling', done, total),
    });
    for (const warning of warnings) log(`notify: warning: ${warning}`);
    const messages = told.map(({ delivery, message, outcome, attempts, reason }) => ({
      id: delivery.id,
      event: delivery.notice.event,
      channel: delivery.channel,
      people: delivery.notice.people.length,
      title: message.title,
      ...(options.print ? { lines: message.lines } : {}),
      outcome,
      attempts,
      ...(reason === undefined ? {} : { reason }),
    }));
    const count = (wanted: string): number => told.filter(({ outcome }) => outcome === wanted).length;
    return {
      json: { sent: count('sent'), failed: count('failed'), skipped: count('skipped'), messages, warnings },
      text: options.print ? printedText(told) : notifyText(told),
      ...(options.print ? {} : { summary: notifySummary(told) }),
    };
  },
};

function listOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function readEvents(text: string | undefined): NotificationEvent[] | undefined {
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

function readJobs(text: string | undefined): string[] {
  const jobs = text === undefined ? [] : readFailedJobs(text);
  if (jobs !== undefined) return jobs;
  throw badUsage('bad-needs', '--needs is not what toJSON(needs) gives', 'write --needs "$NEEDS"');
}

function readInstant(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))
    return new Date(text).toISOString();
  throw badUsage('bad-last-success', '--last-success is no instant', 'write 2026-11-23T12:00:00Z');
}

if (isMain(import.meta)) await runDoor(door);
