/**
 * Plans and receipts held against themselves and each other: everything that can be recomputed from their own bytes.
 *
 * | rule                                                                    | code               |
 * |-------------------------------------------------------------------------|--------------------|
 * | the file reads, its digest is that of its content, its name that digest | broken-plan, broken-receipt |
 * | every action's id is recomputed from what it does                       | action-id          |
 * | actions stand once, in their order, and are counted right               | plan-form          |
 * | a receipt has its plan, and answers for each of its actions once        | receipt-without-plan, receipt-form |
 * | its outcome is that of its results, and its times are in order          | receipt-form       |
 * | `previous` is the digest of a receipt that was finished before          | chain-broken       |
 * | only runs that overlap may follow the same receipt                      | chain-forked       |
 */
import { actionId, compareActions } from '../plan/action.ts';
import { countByKind, parsePlan, type Plan } from '../plan/plan-file.ts';
import { countByOutcome, parseReceipt, type Receipt } from '../record/receipt.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import { compareText, type Finding } from '../values/finding.ts';
import { broken, note, unattested } from './verdict.ts';

export interface ReadRecord {
  /** By name; only those that hold. */
  plans: Map<string, Plan>;
  receipts: Map<string, Receipt>;
  findings: Finding[];
}

/** @param plans @param receipts texts by name */
export function readRecordFiles(
  plans: ReadonlyMap<string, string>,
  receipts: ReadonlyMap<string, string>,
): ReadRecord {
  const record: ReadRecord = { plans: new Map(), receipts: new Map(), findings: [] };
  for (const [name, text] of [...plans].sort(byName)) {
    const parsed = parsePlan(name, text);
    if (parsed.ok) record.plans.set(name, parsed.plan);
    else record.findings.push(broken('broken-plan', parsed.message, { subject: `state/plans/${name}` }));
  }
  for (const [name, text] of [...receipts].sort(byName)) {
    const parsed = parseReceipt(text);
    const subject = `state/receipts/${name}`;
    if (!parsed.ok) record.findings.push(broken('broken-receipt', parsed.message, { subject }));
    else if (!name.endsWith(`-${parsed.receipt.plan}.json`))
      record.findings.push(
        broken('broken-receipt', 'is the receipt of another plan than its name says', { subject }),
      );
    else record.receipts.set(name, parsed.receipt);
  }
  return record;
}

function byName(a: [string, string], b: [string, string]): number {
  return compareText(a[0], b[0]);
}

export function checkPlanForm(name: string, plan: Plan): Finding[] {
  const subject = `state/plans/${name}`;
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const action of plan.actions) {
    if (actionId(action) !== action.id)
      findings.push(
        broken(
          'action-id',
          `${action.kind} has the id ${action.id.slice(0, 12)}, which is not that of what it does`,
          aboutAction(subject, action.person),
        ),
      );
    if (seen.has(action.id))
      findings.push(broken('plan-form', `the action ${action.id.slice(0, 12)} stands twice`, { subject }));
    seen.add(action.id);
  }
  if (plan.actions.some((action, index) => index > 0 && compareActions(plan.actions[index - 1]!, action) > 0))
    findings.push(
      broken('plan-form', 'its actions do not stand in the order in which a plan is written', { subject }),
    );
  if (canonicalJson(countByKind(plan.actions)) !== canonicalJson(plan.counts))
    findings.push(broken('plan-form', 'its counts are not those of its actions', { subject }));
  return findings;
}

function aboutAction(subject: string, person: string | null): Pick<Finding, 'subject' | 'person'> {
  return person === null ? { subject } : { subject, person };
}

export function checkReceiptForm(name: string, receipt: Receipt, plan: Plan | undefined): Finding[] {
  const subject = `state/receipts/${name}`;
  if (plan === undefined)
    return [
      broken('receipt-without-plan', 'has no plan of its name: what was approved cannot be shown', {
        subject,
      }),
    ];
  const findings: Finding[] = [];
  const wrong = (message: string): void => {
    findings.push(broken('receipt-form', message, { subject }));
  };
  const answered = new Set(receipt.results.map(({ action }) => action));
  const unknown = receipt.results.filter(
    ({ action }) => !plan.actions.some(({ id }) => id === action),
  ).length;
  const unanswered = plan.actions.filter(({ id }) => !answered.has(id)).length;
  if (unknown > 0) wrong(`${unknown} results are of actions that the plan does not have`);
  if (unanswered > 0) wrong(`${unanswered} actions of the plan have no result`);
  if (answered.size !== receipt.results.length) wrong('an action has two results');
  const counts = countByOutcome(receipt.results);
  const open = counts.failed + counts['not-attempted'];
  if (receipt.outcome === 'complete' && open > 0)
    wrong(`it says complete, and ${open} actions failed or were not tried`);
  if (receipt.outcome === 'partial' && open === 0)
    wrong('it says partial, and nothing failed or was left out');
  if ((receipt.outcome === 'refused' || receipt.outcome === 'expired') && open !== receipt.results.length)
    wrong(`it says ${receipt.outcome}, and something was done`);
  if (instant(receipt.startedAt) > instant(receipt.finishedAt))
    wrong('it was finished before it was started');
  if (
    receipt.results.some(
      ({ at }) => instant(at) < instant(receipt.startedAt) || instant(at) > instant(receipt.finishedAt),
    )
  )
    wrong('a result has a time outside of the run');
  return findings;
}

/** Plans that were never answered for. `to`: the newest instant that the record knows; `expireHours`: as guardrails.yaml says. */
export function checkPending(
  plans: ReadonlyMap<string, Plan>,
  receipts: ReadonlyMap<string, Receipt>,
  arrivedAt: (name: string) => string | undefined,
  now: string,
  expireHours: number,
): Finding[] {
  return [...plans.keys()]
    .filter((name) => !receipts.has(name))
    .map((name) => {
      const since = arrivedAt(name);
      const hours = since === undefined ? 0 : (instant(now) - instant(since)) / 3_600_000;
      const subject = `state/plans/${name}`;
      return hours > expireHours
        ? broken(
            'plan-without-receipt',
            `has no receipt ${Math.floor(hours)} hours after it came to main: even a plan that expired has one`,
            { subject },
          )
        : note('plan-pending', 'has no receipt yet', { subject });
    });
}

/** A run reads the record when it checks out main, some time before it starts to act. */
const CHECKOUT_HOURS = 1;

/** The chain of digests: every receipt names one that was there when its run began. */
export function checkChain(
  receipts: ReadonlyMap<string, Receipt>,
  arrivedAt: (name: string) => string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  const byDigest = new Map([...receipts].map(([name, receipt]) => [receipt.digest, { name, receipt }]));
  const followers = new Map<string, { name: string; receipt: Receipt }[]>();
  for (const [name, receipt] of [...receipts].sort((a, b) => compareText(a[1].finishedAt, b[1].finishedAt))) {
    const subject = `state/receipts/${name}`;
    const key = receipt.previous ?? 'the beginning';
    const previous = receipt.previous === null ? undefined : byDigest.get(receipt.previous);
    if (receipt.previous !== null && previous === undefined)
      findings.push(
        broken(
          'chain-broken',
          `follows ${receipt.previous.slice(0, 12)}, which is not here: a receipt is missing or was changed`,
          { subject },
        ),
      );
    if (previous !== undefined && instant(previous.receipt.finishedAt) > instant(receipt.finishedAt))
      findings.push(broken('chain-broken', 'follows a receipt that was finished after it', { subject }));
    const others = followers.get(key) ?? [];
    for (const other of others)
      if (!couldNotKnow(receipt, arrivedAt(other.name)))
        findings.push(
          unattested(
            'chain-forked',
            `follows the same receipt as state/receipts/${other.name}, which was on main long before`,
            { subject },
          ),
        );
    followers.set(key, [...others, { name, receipt }]);
  }
  return findings;
}

/** Urgent runs act beside others: who started before the other's receipt was on main could not follow it. */
function couldNotKnow(receipt: Receipt, arrived: string | undefined): boolean {
  return arrived === undefined || instant(receipt.startedAt) <= instant(arrived) + CHECKOUT_HOURS * 3_600_000;
}

function instant(text: string): number {
  return Date.parse(text);
}
