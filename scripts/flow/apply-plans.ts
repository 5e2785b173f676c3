/**
 * Applies every pending plan, oldest first: judges it against a fresh plan over fresh reads, executes what may run, and
 * leaves a receipt whatever happens. Plans are taken one after another, because the second one's world is the first
 * one's result.
 */
import type { LiveDirectory } from '../core/directory/live.ts';
import type { Policy } from '../core/mappings/policy.ts';
import type { Action } from '../core/plan/action.ts';
import { type ExecutionContext, judgeAction, judgePlan, type Verdict } from '../core/plan/execution.ts';
import { peopleOf, type Plan, planName } from '../core/plan/plan-file.ts';
import type { Planned } from '../core/plan/planner.ts';
import type { Standing } from '../core/plan/standing.ts';
import type { Ledger } from '../core/record/ledger.ts';
import {
  type ActionResult,
  countByOutcome,
  type Receipt,
  type ReceiptOutcome,
  sealReceipt,
} from '../core/record/receipt.ts';
import { compareText, type Finding } from '../core/values/finding.ts';
import { executePlan } from './execute-plan.ts';
import { reasonOf } from './failure-reason.ts';
import type { Hands } from './perform.ts';
import type { ReceiptWatch } from './receipt-watch.ts';
import { suspendFirst } from './suspend-first.ts';

/** A fresh plan, and what it was made over. */
export interface FreshWorld {
  fresh: Planned;
  live: LiveDirectory;
  ledger: Ledger;
}

export interface ApplyInput {
  pending: Plan[];
  policy: Policy;
  /** Reads JumpCloud and plans again, over main's mappings and the newest export. Called before each plan. */
  planAgain: () => Promise<FreshWorld>;
  /** Lane urgent: the same planning over the accounts alone, by which whoever must go is out first. */
  planSuspensions: (() => Promise<FreshWorld>) | undefined;
  standingOf: (plan: Plan) => Standing;
  hands: Hands;
  newerReceipt: ReceiptWatch;
  /** Writes state/receipts/<name>, once. */
  writeReceipt: (name: string, receipt: Receipt) => Promise<void>;
  now: () => string;
  isStopping: () => boolean;
  progress: (text: string, done?: number, total?: number) => void;
  concurrency: number;
  run: string | undefined;
  trigger: string | undefined;
  timesOf: (
    plan: Plan,
    results: ActionResult[],
    standing: Standing,
    world: FreshWorld,
  ) => Promise<Record<string, string> | undefined>;
}

export interface AppliedPlan {
  plan: Plan;
  name: string;
  /** Undefined when the plan was left pending: it can still be approved. */
  receipt: Receipt | undefined;
  refusal: { code: string; message: string } | undefined;
}

export async function applyPlans(input: ApplyInput): Promise<AppliedPlan[]> {
  const applied: AppliedPlan[] = [];
  for (const plan of [...input.pending].sort(
    (a, b) => compareText(a.asOf, b.asOf) || laneRank(a) - laneRank(b) || compareText(a.digest, b.digest),
  )) {
    if (input.isStopping()) break;
    applied.push(await applyPlan(plan, input));
  }
  return applied;
}

/** Exits do not wait behind joiners. */
function laneRank(plan: Plan): number {
  return ['urgent', 'auto', 'review'].indexOf(plan.lane);
}

async function applyPlan(plan: Plan, input: ApplyInput): Promise<AppliedPlan> {
  const startedAt = input.now();
  const standing = input.standingOf(plan);
  const first = await suspendUrgent(plan, standing, input);
  const { world, unread } = await lookAgain(first, input);
  const { fresh, live, ledger } = world;
  const context = contextOf(world, standing, input.policy);
  const name = planName(plan);
  const refusal = judgePlan(plan, context);
  if (refusal !== undefined) {
    if (!standing.final) return { plan, name, receipt: undefined, refusal };
    const results = plan.actions.map((action): ActionResult => ({
      action: action.id,
      outcome: 'not-attempted',
      reason: refusal.message,
      at: startedAt,
      attempts: 0,
    }));
    return { plan, name, receipt: await leave(refusal.outcome, results), refusal };
  }
  const verdicts = new Map(
    plan.actions.map((action): [string, Verdict] => [
      action.id,
      unread === undefined
        ? judgeAction(action, plan, context)
        : { kind: 'not-attempted', code: 'unread', reason: unread },
    ]),
  );
  const linked = new Map([...fresh.linked]);
  const results = await executePlan({
    plan,
    verdicts,
    settled: first?.results,
    live,
    linked,
    hands: input.hands,
    newerReceipt: (person) => input.newerReceipt(person, ledger.receipts),
    now: input.now,
    isStopping: input.isStopping,
    progress: (done, total) =>
      input.progress(`applying ${plan.lane} plan ${plan.digest.slice(0, 7)}`, done, total),
    concurrency: input.concurrency,
  });
  const counts = countByOutcome(results);
  const isRefused =
    counts['not-attempted'] === results.length &&
    [...verdicts.values()].every(
      (verdict) => verdict.kind === 'not-attempted' && verdict.code === 'needs-review',
    );
  const outcome: ReceiptOutcome = isRefused
    ? 'refused'
    : counts.failed + counts['not-attempted'] > 0
      ? 'partial'
      : 'complete';
  const receipt = await leave(outcome, results);
  return {
    plan,
    name,
    receipt,
    refusal: isRefused
      ? { code: 'needs-review', message: 'guardrails.yaml does not let this plan happen without review' }
      : undefined,
  };

  async function leave(outcome: ReceiptOutcome, results: ActionResult[]): Promise<Receipt> {
    const { authorisation, mergedBy } = standing;
    const findings: Finding[] = fresh.findings
      .filter(({ severity }) => severity === 'critical')
      .filter(({ person }) => person === undefined || peopleOf(plan).includes(person));
    const times = await input.timesOf(plan, results, standing, world);
    const receipt = sealReceipt({
      previous: ledger.head,
      plan: plan.digest,
      startedAt,
      finishedAt: input.now(),
      outcome,
      results,
      approvedBy: authorisation.approvals.map(({ login }) => login).sort(),
      ...(mergedBy === undefined ? {} : { mergedBy }),
      ...(input.run === undefined ? {} : { run: input.run }),
      ...(input.trigger === undefined ? {} : { trigger: input.trigger }),
      ...(times === undefined ? {} : { times }),
      ...(findings.length === 0 ? {} : { findings }),
    });
    await input.writeReceipt(name, receipt);
    return receipt;
  }
}

/** Lane urgent: suspends, and says over which reads. Undefined in any other lane, and for a plan that an urgent run has left. */
async function suspendUrgent(
  plan: Plan,
  standing: Standing,
  { planSuspensions, policy, hands, now, isStopping, concurrency }: ApplyInput,
): Promise<{ results: ReadonlyMap<string, ActionResult>; world: FreshWorld } | undefined> {
  if (plan.lane !== 'urgent' || planSuspensions === undefined) return undefined;
  const world = await planSuspensions();
  const context = contextOf(world, standing, policy);
  const judge = (action: Action): Verdict => judgeAction(action, plan, context);
  return { results: await suspendFirst(plan, { judge, hands, now, isStopping, concurrency }), world };
}

/** Once somebody is suspended nothing may be lost any more: a read that fails ends on the receipt, not the run. */
async function lookAgain(
  first: { results: ReadonlyMap<string, ActionResult>; world: FreshWorld } | undefined,
  { planAgain }: ApplyInput,
): Promise<{ world: FreshWorld; unread?: string }> {
  try {
    return { world: await planAgain() };
  } catch (error) {
    if (first === undefined || first.results.size === 0) throw error;
    return { world: first.world, unread: reasonOf(error) };
  }
}

/** What a plan and its actions are judged by. */
export function contextOf(
  { fresh, live, ledger }: FreshWorld,
  { authorisation }: Standing,
  policy: Policy,
): ExecutionContext {
  const { required, requiredOverBudget, expireHours } = policy.guardrails.approvals;
  return {
    fresh,
    live,
    people: ledger.people,
    authorisation,
    approvals: { required, requiredOverBudget, expireHours },
  };
}
