/** apply: approved ∩ fresh. It alone holds the key that can write; it trusts no lane and no approval written in a file. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { openHistory } from './adapters/files/history.ts';
import { openWorkspace } from './adapters/files/workspace.ts';
import { connectDirectoryReader } from './adapters/jumpcloud/read/connect.ts';
import { connectDirectoryWriter } from './adapters/jumpcloud/write/connect.ts';
import { judgePlan } from './core/plan/execution.ts';
import type { ManualExit } from './core/plan/context.ts';
import { type Lane, type Plan, planName } from './core/plan/plan-file.ts';
import { type Standing, standingByForge, standingByHand } from './core/plan/standing.ts';
import { type ApprovalsFile, parseApprovals } from './core/record/approvals-file.ts';
import { type ActionResult, countByOutcome } from './core/record/receipt.ts';
import { personNameOf } from './core/render/plan-view.ts';
import { renderReceiptMarkdown } from './core/render/receipt-markdown.ts';
import { renderReceiptTerminal } from './core/render/receipt-terminal.ts';
import { instantOf, secondsBetween } from './core/values/calendar.ts';
import { badUsage, refusal } from './core/values/failure.ts';
import { type AppliedPlan, applyPlans, type FreshWorld } from './flow/apply-plans.ts';
import type { Hands } from './flow/perform.ts';
import { createReceiptWatch, type ReceiptWatch } from './flow/receipt-watch.ts';
import { type Desk, planDesk, readDesk } from './flow/plan-desk.ts';
import type { Workspace } from './flow/workspace.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { MANUAL_OPTIONS, readManual } from './shell/manual-exit.ts';
import { runUrl } from './shell/variables.ts';

/** How old the newest complete export may be for grants, and for revocations of older plans, in seconds. */
const FRESH_HR_SECONDS = 3_600;

export interface ApplyOptions {
  asOf: string | undefined;
  only: string[] | undefined;
  lane: Lane | undefined;
  /** `--approved-by`, outside GitHub only. */
  approvedBy: string[] | undefined;
  approvals: ApprovalsFile | undefined;
  /** Hours since a plan was added to main; 0 without git. */
  planAgeHours: (name: string) => Promise<number>;
  newerReceipt: ReceiptWatch;
  now: () => string;
  isStopping: () => boolean;
  progress: (text: string, done?: number, total?: number) => void;
  run: string | undefined;
  trigger: string | undefined;
  /** ISO instant at which the webhook came in. */
  receivedAt: string | undefined;
  manual: ManualExit | undefined;
  concurrency: number;
}

export interface Applied {
  plans: AppliedPlan[];
  desk: Desk;
  files: (string | undefined)[];
}

/** Applies what is pending. @throws refusal (3) before any write when a plan that needs approval has none and could still get it. */
export async function apply(hands: Hands, workspace: Workspace, options: ApplyOptions): Promise<Applied> {
  const desk = await readDesk(workspace, options);
  const pending = desk.ledger.pending.filter(
    (plan) => options.lane === undefined || plan.lane === options.lane,
  );
  const files: (string | undefined)[] = [];
  if (pending.length === 0) return { plans: [], desk, files };
  const standings = await readStandings(pending, desk, options);
  const planAgain = createPlanning(hands, workspace, options, desk);
  await refuseUnapproved(pending, standings, desk, planAgain);
  const plans = await applyPlans({
    pending,
    policy: desk.policy,
    planAgain,
    standingOf: (plan) => standings.get(plan.digest)!,
    hands,
    newerReceipt: options.newerReceipt,
    writeReceipt: async (name, receipt) => {
      files.push(await workspace.writeReceipt(name, receipt));
    },
    now: options.now,
    isStopping: options.isStopping,
    progress: options.progress,
    concurrency: options.concurrency,
    run: options.run,
    trigger: options.trigger,
    timesOf: (plan, results) => timesOf(plan, results, desk, options),
  });
  return { plans, desk, files };
}

async function readStandings(
  pending: Plan[],
  desk: Desk,
  options: ApplyOptions,
): Promise<Map<string, Standing>> {
  const standings = new Map<string, Standing>();
  const { approvers } = desk.policy.guardrails.approvals;
  for (const plan of pending) {
    const rest = {
      planAgeHours: await options.planAgeHours(planName(plan)),
      freshHr: isFresh(desk, plan, options.now()),
      urgent: options.lane === 'urgent',
    };
    const standing =
      options.approvals === undefined
        ? standingByHand(plan, options.approvedBy ?? [], approvers, rest)
        : standingByForge(plan, options.approvals.plans[plan.digest], approvers, rest);
    standings.set(plan.digest, standing);
  }
  return standings;
}

function isFresh({ manifest }: Desk, plan: Plan, now: string): boolean {
  if (
    manifest === undefined ||
    !manifest.complete ||
    secondsBetween(manifest.finishedAt, now) > FRESH_HR_SECONDS
  )
    return false;
  const { only } = manifest;
  return only === undefined || plan.actions.every(({ person }) => person === null || only.includes(person));
}

/** Each plan is judged over a read of its own; the first one's serves the check of approvals as well. */
function createPlanning(
  hands: Hands,
  workspace: Workspace,
  options: ApplyOptions,
  first: Desk,
): () => Promise<FreshWorld> {
  const plan = async (desk: Desk): Promise<FreshWorld> => {
    const lane = options.lane === 'urgent' ? options.lane : undefined;
    const { planned, live } = await planDesk(desk, hands.reader, {
      only: options.only,
      lane,
      manual: options.manual,
      progress: options.progress,
    });
    return { fresh: planned, live, ledger: desk.ledger };
  };
  let unused: Promise<FreshWorld> | undefined;
  let looked = false;
  return async () => {
    if (!looked) {
      looked = true;
      unused = plan(first);
      return unused;
    }
    const ready = unused;
    unused = undefined;
    return ready ?? plan(await readDesk(workspace, options));
  };
}

/** By hand a plan can still be approved: then nothing at all is written, and the refusal says what is missing. */
async function refuseUnapproved(
  pending: Plan[],
  standings: ReadonlyMap<string, Standing>,
  desk: Desk,
  planAgain: ReturnType<typeof createPlanning>,
): Promise<void> {
  const open = pending.filter((plan) => plan.lane === 'review' && !standings.get(plan.digest)!.final);
  if (open.length === 0) return;
  const { fresh, live, ledger } = await planAgain();
  const { required, requiredOverBudget, expireHours } = desk.policy.guardrails.approvals;
  for (const plan of open) {
    const { authorisation } = standings.get(plan.digest)!;
    const verdict = judgePlan(plan, {
      fresh,
      live,
      people: ledger.people,
      authorisation,
      approvals: { required, requiredOverBudget, expireHours },
    });
    if (verdict !== undefined)
      throw refusal(
        verdict.code,
        `plan ${plan.digest.slice(0, 7)} (${plan.actions.length} actions): ${verdict.message}`,
        'run apply with --approved-by LOGIN of somebody permitted who is not in the plan, or with --approvals FILE',
      );
  }
}

/** The instants that timeliness is measured by; of the urgent lane, where seconds count. */
function timesOf(
  plan: Plan,
  results: ActionResult[],
  { policy, people }: Desk,
  { receivedAt }: ApplyOptions,
): Record<string, string> | undefined {
  if (plan.lane !== 'urgent') return undefined;
  const suspends = new Set(plan.actions.filter(({ kind }) => kind === 'suspend').map(({ id }) => id));
  const suspended = results
    .filter(({ action, outcome }) => suspends.has(action) && outcome === 'done')
    .map(({ at }) => at)
    .sort()[0];
  const lastDays = people
    .filter(({ employee }) => plan.actions.some(({ person }) => person === employee.id))
    .map(({ employee }) => employee['terminationDate'] as string | undefined);
  const { timeZone, lastDay } = policy.lifecycle;
  const effective =
    lastDays.length === 1 && lastDays[0] !== undefined
      ? instantOf(timeZone, lastDays[0], lastDay.time)
      : undefined;
  return {
    ...(effective === undefined ? {} : { hrEffective: effective }),
    ...(receivedAt === undefined ? {} : { received: receivedAt }),
    ...(suspended === undefined ? {} : { suspended }),
  };
}

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

/** What became of the run: everything done, something not, or refused as a whole. */
export function exitOf({ plans }: Applied): 0 | 1 | 3 {
  const receipts = plans.flatMap(({ receipt }) => receipt ?? []);
  if (plans.length > 0 && receipts.every(({ outcome }) => outcome === 'refused' || outcome === 'expired'))
    return 3;
  return receipts.some(({ outcome }) => outcome !== 'complete') ? 1 : 0;
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
    const run = runUrl(environment);
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
