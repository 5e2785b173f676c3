/** Receipts on their way to main: each in a commit of its own, fast-forward only, and told on the merged pull request. */
import { blobIdOf } from '../core/forge/blob-id.ts';
import type { FileChange } from '../core/forge/shapes.ts';
import { parsePlan, peopleOf, type Plan } from '../core/plan/plan-file.ts';
import { countByOutcome, hasLanded, parseReceipt, type Receipt } from '../core/record/receipt.ts';
import { type Commit, commitMessage } from '../core/render/commit-message.ts';
import type { PeopleNames } from '../core/render/plan-view.ts';
import { renderReceiptMarkdown } from '../core/render/receipt-markdown.ts';
import { compareText } from '../core/values/finding.ts';
import { personFileOf } from '../core/values/hr-id.ts';
import type { NewCommit } from '../ports.ts';
import { findMergedPullRequest, type HistoryReading } from './find-merged-pull-request.ts';

export interface RecordContext extends Omit<HistoryReading, 'head'> {
  /** Of the working tree: name -> text. */
  receipts: ReadonlyMap<string, string>;
  plans: ReadonlyMap<string, string>;
  /** A person file by its path; undefined where there is none that reads. */
  personText: (path: string) => string | undefined;
  /** Commit that the working tree was checked out from; undefined when nobody knows. */
  checkedOut: string | undefined;
  namesFor: (plan: Plan) => PeopleNames;
  serverUrl: string;
}

export interface Recorded {
  /** The merged pull request that was told last. */
  pullRequest: number | undefined;
  commit: string | undefined;
  changed: boolean;
  /** Receipts that cannot be recorded, and why. */
  broken: { name: string; message: string }[];
}

interface Sealed {
  name: string;
  text: string;
  receipt: Receipt;
  plan: Plan | undefined;
}

export async function recordReceipts(context: RecordContext): Promise<Recorded> {
  const { forge, main } = context;
  const { sealed, broken } = readReceipts(context);
  const conflicting = new Set<string>();
  const recorded = new Set<string>();
  const made = await forge.commitOnto(main, async (head) => {
    const state = await forge.readFolder(head, 'state');
    conflicting.clear();
    recorded.clear();
    const commits: NewCommit[] = [];
    for (const each of sealed) {
      const path = `state/receipts/${each.name}`;
      const present = state.get(path);
      if (present === undefined) {
        recorded.add(each.name);
        commits.push(commitOf(each, context, state));
      } else if (present !== blobIdOf(each.text)) conflicting.add(each.name);
    }
    return commits;
  });
  for (const name of conflicting)
    broken.push({ name, message: 'main has another receipt of this name; a receipt is never modified' });
  const head = made.at(-1)?.sha ?? (await forge.readHead(main)) ?? '';
  const told = await tellPullRequests(
    context,
    head,
    sealed.filter(({ name }) => !conflicting.has(name)),
    recorded,
  );
  return {
    pullRequest: told.pullRequest,
    commit: made.at(-1)?.sha,
    changed: made.length > 0 || told.wrote,
    broken,
  };
}

/** Receipts that read, oldest first: the record is a chain. */
function readReceipts({ receipts, plans }: RecordContext): Pick<Recorded, 'broken'> & { sealed: Sealed[] } {
  const sealed: Sealed[] = [];
  const broken: Recorded['broken'] = [];
  for (const [name, text] of receipts) {
    const parsed = parseReceipt(text);
    if (!parsed.ok) broken.push({ name, message: parsed.message });
    else if (!name.endsWith(`-${parsed.receipt.plan}.json`))
      broken.push({ name, message: 'its name is not the name of the plan that it is about' });
    else {
      const plan = parsePlan(name, plans.get(name) ?? '');
      sealed.push({ name, text, receipt: parsed.receipt, plan: plan.ok ? plan.plan : undefined });
    }
  }
  sealed.sort(
    (a, b) => compareText(a.receipt.finishedAt, b.receipt.finishedAt) || compareText(a.name, b.name),
  );
  return { sealed, broken };
}

/** A plan that main lacks goes with its receipt: the urgent lane acts before it commits. */
function commitOf(
  { name, text, receipt, plan }: Sealed,
  { plans, personText }: RecordContext,
  state: ReadonlyMap<string, string>,
): NewCommit {
  const changes: FileChange[] = [{ path: `state/receipts/${name}`, text }];
  const planText = plans.get(name);
  if (planText !== undefined && plan !== undefined && !state.has(`state/plans/${name}`))
    changes.unshift({ path: `state/plans/${name}`, text: planText });
  // The urgent lane acts before anybody has committed why: the facts go with what was done.
  if (plan?.lane === 'urgent')
    for (const person of peopleOf(plan)) {
      const path = personFileOf(person);
      const file = personText(path);
      if (file !== undefined && state.get(path) !== blobIdOf(file)) changes.unshift({ path, text: file });
    }
  return { message: messageOf(receipt, plan), changes };
}

function messageOf(receipt: Receipt, plan: Plan | undefined): string {
  const { outcome, run } = receipt;
  const wish: Commit =
    plan?.lane === 'urgent'
      ? {
          kind: 'urgent',
          plan: receipt.plan,
          people: peopleOf(plan),
          suspended: hasSuspended(plan, receipt),
          outcome,
          trigger: triggerOf(receipt.trigger),
        }
      : {
          kind: 'receipt',
          plan: receipt.plan,
          counts: countByOutcome(receipt.results),
          outcome,
          approvedBy: receipt.approvedBy,
          ...(receipt.mergedBy === undefined ? {} : { mergedBy: receipt.mergedBy }),
        };
  try {
    return commitMessage(run === undefined ? wish : { ...wish, run });
  } catch (error) {
    // What a person typed for --approved-by may not be fit for a message; the receipt has it, and must get to main.
    if (!(error instanceof RangeError)) throw error;
    return commitMessage({
      kind: 'receipt',
      plan: receipt.plan,
      counts: countByOutcome(receipt.results),
      outcome,
      approvedBy: [],
    });
  }
}

function hasSuspended(plan: Plan, receipt: Receipt): boolean {
  const done = new Set(
    receipt.results.filter(({ outcome }) => hasLanded(outcome)).map(({ action }) => action),
  );
  return plan.actions.some(({ kind, id }) => kind === 'suspend' && done.has(id));
}

function triggerOf(trigger: string | undefined): 'bamboohr-webhook' | 'schedule' | 'manual' {
  return trigger === 'bamboohr-webhook' || trigger === 'schedule' ? trigger : 'manual';
}

/**
 * One comment a receipt. Those of this run are the ones that its checkout did not have, also when an earlier try was
 * killed between commit and comment.
 */
async function tellPullRequests(
  context: RecordContext,
  head: string,
  sealed: Sealed[],
  recorded: ReadonlySet<string>,
): Promise<{ pullRequest: number | undefined; wrote: boolean }> {
  const { forge, checkedOut } = context;
  const base =
    checkedOut === undefined || (await forge.readCommit(checkedOut)) === null
      ? undefined
      : await forge.readFolder(checkedOut, 'state');
  const result: { pullRequest: number | undefined; wrote: boolean } = {
    pullRequest: undefined,
    wrote: false,
  };
  for (const { name, receipt, plan } of sealed) {
    const ofThisRun = base === undefined ? recorded.has(name) : !base.has(`state/receipts/${name}`);
    if (plan === undefined || plan.lane !== 'review' || !ofThisRun) continue;
    const text = context.plans.get(name) ?? '';
    const { pull } = await findMergedPullRequest({ ...context, head }, { path: `state/plans/${name}`, text });
    if (pull === undefined) continue;
    const body = renderReceiptMarkdown(plan, receipt, context.namesFor(plan), {
      receiptUrl: `${context.serverUrl}/${forge.repository}/blob/${head}/state/receipts/${name}`,
    });
    const wrote = await forge.putComment(pull.number, `receipt:${receipt.plan}`, body, false);
    result.pullRequest = pull.number;
    result.wrote ||= wrote;
  }
  return result;
}
