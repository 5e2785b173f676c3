/** Everything that is news, from the record, person files and what the run says of itself. */
import type { NotificationEvent, NotificationsFile } from '../mappings/notifications-file.ts';
import type { PersonFile } from '../people/person-file.ts';
import { type Plan, planName } from '../plan/plan-file.ts';
import type { RecordedPlan } from '../record/ledger.ts';
import type { Manifest } from '../record/manifest.ts';
import { addDays } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import type { PersonCode } from './people-word.ts';
import type { Notice } from './notice.ts';
import { receiptNotices } from './receipt-notices.ts';
import {
  exportNotice,
  heldIn,
  insideNotices,
  type Known,
  refusedIn,
  runNotice,
  silenceNotice,
  standingNotices,
} from './standing-notices.ts';

export interface NewsInput {
  recorded: RecordedPlan[];
  /** Names of receipts that are news; undefined: all. */
  receipts: ReadonlySet<string> | undefined;
  /** Names of plans that are news; undefined: all that are pending. */
  plans: ReadonlySet<string> | undefined;
  /** Digests of the review plans that the pull request got in this run; undefined: those among the news. */
  proposed: readonly string[] | undefined;
  /** False: only receipts and jobs are told of. */
  standing: boolean;
  people: PersonFile[];
  before: PersonFile[];
  /** HR ids of whom HR tells something new in this run; undefined: of everybody. */
  changed: ReadonlySet<string> | undefined;
  /** Whom the planner holds, also where no plan is written because nobody has anything to do. */
  held: PersonCode[];
  /** Leavers whom the urgent lane leaves inside until somebody reviews their exit. */
  inside: PersonCode[];
  manifest: Manifest | undefined;
  jobs: string[];
  run: { id: string; url: string | undefined };
  /** ISO. */
  now: string;
  /** When a run last succeeded, by anything but the record; ISO. */
  lastSuccess: (string | undefined)[];
  /** Of the one workflow that is watched: when it last succeeded, and when that was looked at before. Then nothing else counts. */
  watched?: { last: string | undefined; looked: string | undefined } | undefined;
}

/** A hold or a guardrail that the plans of this many days before had already is no news. */
const KNOWN_DAYS = 7;

/** @param events those that anybody wants; silence is looked at only where it is among them */
export function deriveNotices(
  input: NewsInput,
  events: ReadonlySet<NotificationEvent>,
  { silenceHours }: Pick<NotificationsFile, 'silenceHours'>,
): Notice[] {
  const { recorded, run, now } = input;
  const receipts = input.receipts ?? new Set(recorded.map(({ plan }) => planName(plan)));
  const notices = [
    ...receiptNotices(recorded, receipts),
    ...(input.standing ? standingOf(input) : []),
    ...runNotice(input.jobs, run, now),
    ...(events.has('silence')
      ? silenceNotice(lastSuccessOf(input), now, silenceHours, input.watched?.looked)
      : []),
  ];
  return notices.filter(({ event }) => events.has(event));
}

function standingOf(input: NewsInput): Notice[] {
  const { recorded, people, before, now, run, manifest } = input;
  const plans = recorded.filter((each) => isNews(each, input)).map(({ plan }) => plan);
  const news = new Set(plans.map(({ digest }) => digest));
  const newest = plans
    .map(({ asOf }) => asOf)
    .sort(compareText)
    .at(-1);
  const older = recorded
    .map(({ plan }) => plan)
    .filter(
      (plan) =>
        !news.has(plan.digest) &&
        isRead(plan, input) &&
        (newest === undefined || plan.asOf >= addDays(newest, -KNOWN_DAYS)),
    );
  const known: Known = {
    held: new Set(heldIn(older, before).map(({ person, code }) => `${person} ${code}`)),
    refused: new Set(refusedIn(older)),
  };
  return [
    ...standingNotices({
      plans,
      people,
      // Of a hold that lasts nobody is told again by every run that has something else to tell.
      held: input.held.filter(({ person }) => input.changed?.has(person) ?? true),
      known,
      at: now,
      run: run.url,
    }),
    ...insideNotices(input.inside, now, run.url),
    ...exportNotice(manifest, run.url),
  ];
}

/** A plan of lane review waits in the pull request and is made again every hour: only propose knows when it is new. */
function isNews({ plan, receipt }: RecordedPlan, { plans, proposed }: NewsInput): boolean {
  if (plan.lane === 'review' && proposed !== undefined) return proposed.includes(plan.digest);
  if (plans === undefined) return receipt === undefined;
  return plans.has(planName(plan)) && (plan.lane !== 'review' || receipt === undefined);
}

/** What the checked-out commit has was read by whoever wanted to; what lies in the pull request was told with it. */
function isRead(plan: Plan, { plans }: NewsInput): boolean {
  return plans === undefined || !plans.has(planName(plan));
}

function lastSuccessOf({ recorded, manifest, lastSuccess, watched }: NewsInput): string | undefined {
  // A plan that was merged and applied says nothing of whether HR is still being read.
  if (watched !== undefined) return watched.last;
  const ends = recorded.flatMap(({ receipt }) =>
    receipt !== undefined && (receipt.outcome === 'complete' || receipt.outcome === 'partial')
      ? [receipt.finishedAt]
      : [],
  );
  const known = [...ends, ...lastSuccess, manifest?.complete === true ? manifest.finishedAt : undefined];
  return known
    .flatMap((at) => (at === undefined ? [] : [new Date(at).toISOString()]))
    .sort(compareText)
    .at(-1);
}
