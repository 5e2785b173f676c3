/** Applying over a checkout: what is pending is judged, refused before any write where it may still be approved, and carried out. */
import { judgePlan } from '../core/plan/execution.ts';
import type { ManualExit } from '../core/plan/context.ts';
import { isFreshHr } from '../core/plan/fresh-hr.ts';
import { type Lane, type Plan, planName } from '../core/plan/plan-file.ts';
import { receiptTimes } from '../core/plan/receipt-times.ts';
import { type Standing, standingByForge, standingByHand } from '../core/plan/standing.ts';
import type { ApprovalsFile } from '../core/record/approvals-file.ts';
import { refusal } from '../core/values/failure.ts';
import { type AppliedPlan, applyPlans, contextOf, type FreshWorld } from './apply-plans.ts';
import type { Hands } from './perform.ts';
import { type Desk, planDesk, readDesk } from './plan-desk.ts';
import type { ReceiptWatch } from './receipt-watch.ts';
import type { Workspace } from './workspace.ts';

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
  /** ISO instant at which the forge accepted the event of this run; asked once everything is done. */
  readDispatched: () => Promise<string | undefined>;
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
  const planning = createPlanning(hands, workspace, options, desk);
  await refuseUnapproved(pending, standings, desk, planning);
  const plans = await applyPlans({
    pending,
    policy: desk.policy,
    planAgain: () => planning.next(),
    planSuspensions:
      options.lane === 'urgent' ? () => planOnce(hands, options, desk, { statesOnly: true }) : undefined,
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
    timesOf: async (plan, results, standing, { fresh, live, ledger }) =>
      receiptTimes({
        plan,
        results,
        standing,
        policy: desk.policy,
        people: desk.people,
        ledger,
        live,
        linked: fresh.linked,
        receivedAt: options.receivedAt,
        dispatchedAt: plan.lane === 'urgent' ? await options.readDispatched() : undefined,
        now: options.now(),
      }),
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
      freshHr: isFreshHr(desk.manifest, plan, options.now()),
    };
    const standing =
      options.approvals === undefined
        ? standingByHand(plan, options.approvedBy ?? [], approvers, rest)
        : standingByForge(plan, options.approvals.plans[plan.digest], approvers, rest);
    standings.set(plan.digest, standing);
  }
  return standings;
}

interface Planning {
  /** Before anything is done: the check of approvals looks, and the first plan is judged over the same read. */
  look(): Promise<FreshWorld>;
  /** For the plan that comes next: a read of its own, because its world is what the one before has made of it. */
  next(): Promise<FreshWorld>;
}

function createPlanning(hands: Hands, workspace: Workspace, options: ApplyOptions, first: Desk): Planning {
  let looked: Promise<FreshWorld> | undefined;
  let begun = false;
  const look = (): Promise<FreshWorld> => (looked ??= planOnce(hands, options, first));
  return {
    look,
    async next() {
      if (begun) return planOnce(hands, options, await readDesk(workspace, options));
      begun = true;
      return look();
    },
  };
}

async function planOnce(
  hands: Hands,
  options: ApplyOptions,
  desk: Desk,
  { statesOnly = false }: { statesOnly?: boolean } = {},
): Promise<FreshWorld> {
  const { planned, live } = await planDesk(desk, hands.reader, {
    only: options.only,
    lane: options.lane === 'urgent' ? options.lane : undefined,
    manual: options.manual,
    progress: options.progress,
    statesOnly,
  });
  return { fresh: planned, live, ledger: desk.ledger };
}

/** By hand a plan can still be approved: then nothing at all is written, and the refusal says what is missing. */
async function refuseUnapproved(
  pending: Plan[],
  standings: ReadonlyMap<string, Standing>,
  desk: Desk,
  planning: Planning,
): Promise<void> {
  const open = pending.filter((plan) => plan.lane === 'review' && !standings.get(plan.digest)!.final);
  if (open.length === 0) return;
  const world = await planning.look();
  for (const plan of open) {
    const verdict = judgePlan(plan, contextOf(world, standings.get(plan.digest)!, desk.policy));
    if (verdict !== undefined)
      throw refusal(
        verdict.code,
        `plan ${plan.digest.slice(0, 7)} (${plan.actions.length} actions): ${verdict.message}`,
      );
  }
}

/** What became of the run: everything done, something not, or refused as a whole. */
export function exitOf({ plans }: Applied): 0 | 1 | 3 {
  const receipts = plans.flatMap(({ receipt }) => receipt ?? []);
  if (plans.length > 0 && receipts.every(({ outcome }) => outcome === 'refused' || outcome === 'expired'))
    return 3;
  return receipts.some(({ outcome }) => outcome !== 'complete') ? 1 : 0;
}
