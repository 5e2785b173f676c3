/** The half of propose that is reviewed: one rolling branch, one pull request, refreshed in place. */
import { relabel, reviewersOf } from '../core/forge/dress.ts';
import { decideRefresh, type Decision, SYNC_BRANCHES } from '../core/forge/refresh.ts';
import type { ForgePullRequest } from '../core/forge/shapes.ts';
import { deriveDifference, planChange } from '../core/forge/what-goes-where.ts';
import type { GuardrailsFile } from '../core/mappings/guardrails-file.ts';
import { peopleOf, type Plan } from '../core/plan/plan-file.ts';
import { commitMessage } from '../core/render/commit-message.ts';
import { countPeople, pullRequestTitle } from '../core/render/count-people.ts';
import { escapeMarkdown } from '../core/render/escape-markdown.ts';
import { renderPlanMarkdown } from '../core/render/plan-markdown.ts';
import { type PeopleNames, planViewOf } from '../core/render/plan-view.ts';
import { serviceFailure } from '../core/values/failure.ts';
import type { Forge } from '../ports.ts';
import { findClosedProposal, findOpenProposal } from './find-proposal.ts';
import { findMappingPullRequest } from './find-mapping-pull-request.ts';
import { type ProposalContext, readBase, type ToMain } from './propose-to-main.ts';

export interface ReviewContext extends ProposalContext {
  approvals: GuardrailsFile['approvals'];
  /** Names for the people of a plan, from the working tree. */
  namesFor: (plan: Plan) => PeopleNames;
  /** `https://github.com` */
  serverUrl: string;
  /** ISO instant at which the newest receipt of a reviewed plan was finished; mappings merged before it are dealt with. */
  lastReviewed: () => string | undefined;
}

export interface Proposed {
  pullRequest: number | undefined;
  /** Digest of a plan that reviewers have not seen before this run. */
  fresh?: string;
  changed: boolean;
  notes: string[];
}

/** `toMain` says where main stands and which plan waits for review. */
export async function proposeReview(context: ReviewContext, { head, review }: ToMain): Promise<Proposed> {
  const { forge, main } = context;
  const { found, others } = await findOpenProposal(forge, main, head);
  const closed =
    review !== undefined && found === undefined ? await findClosedProposal(forge, main, head) : undefined;
  const decision = decideRefresh(review, found?.proposal, closed);
  const proposed = await carryOut(context, decision, found?.pull, head);
  for (const twin of others) {
    await closeWith(
      forge,
      twin,
      'twin',
      `The plan is in #${proposed.pullRequest ?? found?.pull.number ?? 0}.`,
    );
    proposed.changed = true;
    proposed.notes.push(`closed pull request ${twin.number}: there is one for all of the plan`);
  }
  return proposed;
}

async function carryOut(
  context: ReviewContext,
  decision: Decision,
  pull: ForgePullRequest | undefined,
  head: string,
): Promise<Proposed> {
  switch (decision.kind) {
    case 'nothing':
      return { pullRequest: undefined, changed: false, notes: [] };
    case 'close':
      return closeNothingLeft(context, demand(pull), decision.editedBy);
    case 'keep': {
      const changed = await dress(context, demand(pull), decision.plan, demand(pull).headSha);
      return { pullRequest: decision.number, changed, notes: ['the pull request has this plan already'] };
    }
    case 'respect':
      return respect(context, decision);
    case 'replace': {
      const from = demand(pull);
      const opened = await publish(context, decision.plan, head, undefined, [from.headBranch]);
      const text = `${escapeMarkdown(decision.editedBy)} has changed the branch of this pull request. A plan is approved as the bytes that Rollcall wrote, so the plan is now in #${opened.pullRequest ?? 0}; the branch ${from.headBranch} stays as it is.`;
      await closeWith(context.forge, from, 'edited', text);
      opened.notes.push(`pull request ${from.number} was closed: its branch was changed by hand`);
      return opened;
    }
    case 'rebuild': {
      const rebuilt = await publish(context, decision.plan, head, demand(pull), []);
      if (!decision.kept) return rebuilt;
      const { fresh: _, ...seen } = rebuilt;
      seen.notes.push('main has changed its people: rebuilt on main, the plan unchanged');
      return seen;
    }
    case 'open':
      return publish(context, decision.plan, head, undefined, []);
  }
}

function demand(pull: ForgePullRequest | undefined): ForgePullRequest {
  if (pull === undefined) throw new Error('a pull request that is open must have been found');
  return pull;
}

/** Puts the plan and its people on a branch and shows them in `pull`, or in a new pull request. */
async function publish(
  context: ReviewContext,
  plan: Plan,
  head: string,
  pull: ForgePullRequest | undefined,
  avoid: string[],
): Promise<Proposed> {
  const { forge, main, run } = context;
  const mapping = await findMappingPullRequest(context, plan);
  const state = await forge.readFolder(head, 'state');
  const base = await readBase(context, head, state);
  const people = new Set(peopleOf(plan));
  const difference = deriveDifference(
    context.tree,
    state,
    base,
    (_, person) => person !== undefined && people.has(person),
  );
  const message = commitMessage({
    kind: 'sync',
    counts: countPeople(plan.actions),
    facts: difference.people.length,
    plans: [plan.digest],
    asOf: plan.asOf,
    ...(mapping === undefined ? {} : { mappingPullRequest: mapping }),
    ...(run === undefined ? {} : { run }),
  });
  const wish = { message, changes: [...difference.changes, planChange(plan)] };
  const candidates = pull === undefined ? SYNC_BRANCHES : [pull.headBranch, ...SYNC_BRANCHES];
  const notes: string[] = [];
  for (const branch of candidates.filter((each) => !avoid.includes(each))) {
    const published = await forge.publishBranch(branch, head, wish);
    if (published.outcome === 'foreign') {
      notes.push(`${branch} holds a commit of somebody else and is left as it is`);
      continue;
    }
    const { title, body } = describe(context, plan, published.commit.sha, mapping);
    const shown =
      pull?.headBranch === branch
        ? pull
        : await forge.openPullRequest({ head: branch, base: main, title, body });
    await dress(context, shown, plan, published.commit.sha, { title, body });
    if (pull !== undefined && pull.headBranch !== branch)
      await closeWith(forge, pull, 'edited', `The plan is now in #${shown.number}.`);
    return { pullRequest: shown.number, fresh: plan.digest, changed: true, notes };
  }
  throw serviceFailure(
    'no-branch-left',
    `${SYNC_BRANCHES[0] ?? ''} and all that could stand in for it hold commits of other people`,
    'delete the branches rollcall/sync* that nobody needs',
  );
}

/**
 * Title, body, labels and reviewers, as far as they differ. Nobody's approval is touched by any of them. A branch that
 * a second sync has moved meanwhile is left to that one: its plan is not the one we would describe.
 */
async function dress(
  context: ReviewContext,
  pull: ForgePullRequest,
  plan: Plan,
  commit: string,
  text?: { title: string; body: string },
): Promise<boolean> {
  const { forge, approvals } = context;
  const { title, body } =
    text ?? describe(context, plan, commit, await findMappingPullRequest(context, plan));
  let changed = false;
  if (text !== undefined && (await forge.readHead(pull.headBranch)) !== commit) return true;
  if (pull.title !== title || normalise(pull.body) !== normalise(body)) {
    await forge.changePullRequest(pull.number, { title, body });
    changed = true;
  }
  const { add, remove } = relabel(pull.labels, plan);
  if (add.length > 0) await forge.addLabels(pull.number, add);
  for (const label of remove) await forge.removeLabel(pull.number, label);
  // Only when the plan is new: who has answered is no longer asked, and must not be asked again for the same.
  if (text !== undefined) {
    const present = new Set([pull.author?.login, ...pull.reviewers].map((login) => login?.toLowerCase()));
    const asked = reviewersOf(plan, approvals).filter((login) => !present.has(login.toLowerCase()));
    await forge.requestReviewers(pull.number, asked);
  }
  return changed || add.length > 0 || remove.length > 0;
}

function describe(
  { forge, approvals, namesFor, serverUrl }: ReviewContext,
  plan: Plan,
  commit: string,
  mapping: number | undefined,
): { title: string; body: string } {
  const view = planViewOf(plan.asOf, [plan], namesFor(plan));
  const body = renderPlanMarkdown(view, {
    planUrl: (path) => `${serverUrl}/${forge.repository}/blob/${commit}/${path}`,
    expireHours: approvals.expireHours,
    required: requiredOf(plan, approvals),
    ...(mapping === undefined ? {} : { mappingPullRequest: mapping }),
  });
  return { title: pullRequestTitle(plan.actions), body };
}

function requiredOf(plan: Plan, approvals: GuardrailsFile['approvals']): number {
  return plan.findings.some(({ code }) => code.startsWith('budget-'))
    ? Math.max(approvals.required, approvals.requiredOverBudget)
    : approvals.required;
}

/** The forge may keep other line ends and no white space at the end. */
function normalise(body: string): string {
  return body.replaceAll('\r\n', '\n').trim();
}

async function closeNothingLeft(
  { forge }: ReviewContext,
  pull: ForgePullRequest,
  editedBy: string | undefined,
): Promise<Proposed> {
  const text =
    'Nothing is left to do: JumpCloud is as HR and the mappings want it, or what is wanted needs no review any more.';
  await closeWith(forge, pull, 'nothing-left', text);
  const deleted = editedBy === undefined && (await forge.deleteBranch(pull.headBranch, pull.headSha));
  return {
    pullRequest: pull.number,
    changed: true,
    notes: [
      `closed pull request ${pull.number}: nothing is left to do`,
      ...(deleted ? [] : [`${pull.headBranch} was changed by hand and is left as it is`]),
    ],
  };
}

async function respect(
  { forge }: ReviewContext,
  { number, closedBy }: { number: number; closedBy: string },
): Promise<Proposed> {
  const text = `This plan was closed by ${escapeMarkdown(closedBy)}, so it is not proposed again while its actions stay the same. What it holds does not happen. To go on, reopen this pull request, or hold single people with \`/hold\`.`;
  const said = await forge.putComment(number, `closed-by-a-person`, text, false);
  return {
    pullRequest: number,
    changed: said,
    notes: [`pull request ${number} with the same actions was closed by ${closedBy}: it is not opened again`],
  };
}

/** A comment that says why, then the closing; in this order nobody meets a closed pull request without a reason. */
async function closeWith(forge: Forge, pull: ForgePullRequest, marker: string, text: string): Promise<void> {
  await forge.putComment(pull.number, `${marker}:${pull.headSha}`, text, false);
  await forge.changePullRequest(pull.number, { state: 'closed' });
}
