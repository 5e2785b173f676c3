/** Landing a pull request, and bringing its branch up to date (GitHub REST, "Merge a pull request"). */
import { writes } from '../access.ts';
import { listMergeViolations } from '../approvals.ts';
import { readCommits, signatureOf, writeWebCommit } from '../commit-making.ts';
import { isAncestor, listCommits } from '../git/history.ts';
import { mergeTrees, rebaseOnto } from '../git/merge.ts';
import { optionalChoice, optionalText } from '../fields.ts';
import { refreshMergeability } from '../mergeability.ts';
import { branchTip, closePull } from '../pull-follow.ts';
import { announceRefMove, demandRefMove, swapRef, touchesWorkflows } from '../refs.ts';
import { forbidden, notFound, Refusal, ruleViolations, unprocessable } from '../refusals.ts';
import { noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import type { PullIssue } from '../discussion.ts';
import { fullName, type Settings } from '../world.ts';
import { demandPull } from './pulls.ts';

type Method = 'merge' | 'squash' | 'rebase';

const ALLOWED: Record<Method, { setting: keyof Settings; refusal: string }> = {
  merge: { setting: 'allow_merge_commit', refusal: 'Merge commits are not allowed on this repository.' },
  squash: { setting: 'allow_squash_merge', refusal: 'Squash merges are not allowed on this repository.' },
  rebase: { setting: 'allow_rebase_merge', refusal: 'Rebase merges are not allowed on this repository.' },
};

const MODIFIED = 'Head branch was modified. Review and try the merge again.';

export const pullMergeRoutes: RepositoryRoute[] = [
  {
    method: 'GET',
    template: '/pulls/{number}/merge',
    need: writes('contents', 'pull_requests'),
    run: isMerged,
  },
  { method: 'PUT', template: '/pulls/{number}/merge', need: writes('contents'), run: mergePull },
  {
    method: 'PUT',
    template: '/pulls/{number}/update-branch',
    need: writes('pull_requests'),
    run: updateBranch,
  },
];

function isMerged(exchange: RepositoryExchange) {
  if (demandPull(exchange).pull.merged === undefined) throw notFound();
  return noContent();
}

async function mergePull(exchange: RepositoryExchange) {
  const { repository, actor, body, now } = exchange;
  const issue = demandPull(exchange);
  const { pull } = issue;
  const method = optionalChoice(body, 'merge_method', ['merge', 'squash', 'rebase']) ?? 'merge';
  const expected = optionalText(body, 'sha');
  if (issue.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable');
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  if (expected !== undefined && expected !== pull.head.sha) throw new Refusal(409, MODIFIED);
  const { setting, refusal } = ALLOWED[method];
  if (repository.settings[setting] !== true) throw new Refusal(405, refusal);
  const base = await branchTip(repository, pull.base.ref);
  await refreshMergeability(repository, issue, now);
  if (base === undefined || pull.mergeability?.testMerge === undefined)
    throw new Refusal(405, 'Pull Request is not mergeable');
  const violations = await listMergeViolations(repository, issue, actor, method);
  if (violations.length > 0) throw ruleViolations(violations, 405);
  if (await touchesWorkflows(repository, actor, pull.head.sha))
    throw forbidden('Resource not accessible by integration');
  const sha = await land(exchange, issue, method, base);
  const move = { ref: `refs/heads/${pull.base.ref}`, from: base, to: sha };
  if (!(await swapRef(repository, move)))
    throw new Refusal(405, 'Base branch was modified. Review and try the merge again.');
  pull.merged = { at: now, by: actor.account, sha, baseBefore: base };
  await closePull(exchange, repository, actor, issue, now);
  await announceRefMove(exchange, repository, actor, move, now);
  if (repository.settings.delete_branch_on_merge) await deleteHead(exchange, issue);
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

/** Makes the commit that the base will stand on. */
async function land(
  exchange: RepositoryExchange,
  issue: PullIssue,
  method: Method,
  base: string,
): Promise<string> {
  const { repository, actor, body, now } = exchange;
  const head = issue.pull.head.sha;
  if (method === 'rebase') {
    const committer = signatureOf(actor.account, now);
    const tip = await rebaseOnto(repository.store, base, head, committer);
    if (tip === undefined) throw new Refusal(405, "This branch can't be rebased");
    return tip;
  }
  const tree = await mergeTrees(repository.store.dir, base, head);
  if (tree === undefined) throw new Refusal(405, 'Pull Request is not mergeable');
  const standard =
    method === 'merge' ? mergeMessage(exchange, issue) : await squashMessage(exchange, issue, base);
  const title = optionalText(body, 'commit_title') ?? standard.title;
  const message = optionalText(body, 'commit_message') ?? standard.message;
  const parents = method === 'merge' ? [base, head] : [base];
  const author = method === 'merge' ? actor.account : issue.user;
  const wish = { tree, parents, message: message === '' ? title : `${title}\n\n${message}` };
  return (await writeWebCommit(repository, author, wish, now)).sha;
}

function mergeMessage(
  { repository }: RepositoryExchange,
  issue: PullIssue,
): { title: string; message: string } {
  const { merge_commit_title: titles, merge_commit_message: messages } = repository.settings;
  const { head } = issue.pull;
  const from = `${head.repository.split('/')[0] ?? ''}/${head.ref}`;
  return {
    title:
      titles === 'PR_TITLE'
        ? `${issue.title} (#${issue.number})`
        : `Merge pull request #${issue.number} from ${from}`,
    message: { PR_TITLE: issue.title, PR_BODY: issue.body ?? '', BLANK: '' }[messages],
  };
}

async function squashMessage(
  { repository }: RepositoryExchange,
  issue: PullIssue,
  base: string,
): Promise<{ title: string; message: string }> {
  const { squash_merge_commit_title: titles, squash_merge_commit_message: messages } = repository.settings;
  const shas = await listCommits(repository.store.dir, [
    '--reverse',
    '--no-merges',
    issue.pull.head.sha,
    `^${base}`,
  ]);
  const commits = await readCommits(repository, shas);
  const only = commits.length === 1 ? commits[0] : undefined;
  const title =
    titles === 'COMMIT_OR_PR_TITLE' && only !== undefined ? (only.message.split('\n')[0] ?? '') : issue.title;
  const listed =
    only === undefined
      ? commits.map(({ message }) => `* ${message.trim()}`).join('\n\n')
      : only.message.split('\n').slice(1).join('\n').trim();
  return {
    title: `${title} (#${issue.number})`,
    message: { COMMIT_MESSAGES: listed, PR_BODY: issue.body ?? '', BLANK: '' }[messages],
  };
}

async function deleteHead(exchange: RepositoryExchange, { pull }: PullIssue): Promise<void> {
  const { repository, actor, now } = exchange;
  if (pull.head.repository !== fullName(repository)) return;
  const move = { ref: `refs/heads/${pull.head.ref}`, from: pull.head.sha, to: undefined };
  if (await swapRef(repository, move)) await announceRefMove(exchange, repository, actor, move, now);
}

/** Merges the base into the head: the head moves, what the pull request would do does not (202: GitHub does it later). */
async function updateBranch(exchange: RepositoryExchange) {
  const { repository, actor, body, now } = exchange;
  const issue = demandPull(exchange);
  const { pull } = issue;
  const expected = optionalText(body, 'expected_head_sha');
  if (expected !== undefined && expected !== pull.head.sha)
    throw unprocessable("expected head sha didn't match current head ref.");
  const base = await branchTip(repository, pull.base.ref);
  if (base === undefined || issue.state === 'closed') throw unprocessable('Pull Request is not open');
  if (await isAncestor(repository.store.dir, base, pull.head.sha))
    throw unprocessable('There are no new commits on the base branch.');
  const tree = await mergeTrees(repository.store.dir, pull.head.sha, base);
  if (tree === undefined) throw unprocessable('merge conflict between base and head');
  const message = `Merge branch '${pull.base.ref}' into ${pull.head.ref}`;
  const commit = await writeWebCommit(
    repository,
    actor.account,
    { tree, parents: [pull.head.sha, base], message },
    now,
  );
  const move = { ref: `refs/heads/${pull.head.ref}`, from: pull.head.sha, to: commit.sha };
  await demandRefMove(repository, actor, move);
  if (!(await swapRef(repository, move)))
    throw unprocessable("expected head sha didn't match current head ref.");
  await announceRefMove(exchange, repository, actor, move, now);
  return { status: 202, json: { message: 'Updating pull request branch.', url: exchange.api } };
}
