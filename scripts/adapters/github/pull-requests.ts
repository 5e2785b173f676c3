/** Pull requests, the labels on them and who is asked to look (GitHub REST, "Pulls", "Review requests", "Labels"). */
import { AnswerLost } from '../../ports.ts';
import type { ForgeAccount, ForgeCommit, ForgePullRequest } from '../../core/forge/shapes.ts';
import { serviceFailure } from '../../core/values/failure.ts';
import { ForgeRefusal, orAbsent, type GithubClient } from './client.ts';
import { commitOf } from './git-reading.ts';

interface AccountAnswer {
  login: string;
  type?: string;
}

interface PullAnswer {
  number: number;
  state: string;
  user: AccountAnswer | null;
  title: string;
  body: string | null;
  /** Without `repo`: this repository; null: the fork is gone. */
  head: { ref: string; sha: string; repo?: { full_name: string } | null };
  base: { ref: string };
  labels?: { name?: string }[];
  requested_reviewers?: ({ login?: string } | null)[] | null;
  merged_at: string | null;
  merge_commit_sha: string | null;
  html_url: string;
}

export function accountOf(user: AccountAnswer | null | undefined): ForgeAccount | null {
  return user === null || user === undefined ? null : { login: user.login, bot: user.type === 'Bot' };
}

function pullOf(data: PullAnswer, here: { owner: string; repo: string }): ForgePullRequest {
  return {
    number: data.number,
    state: data.state === 'open' ? 'open' : 'closed',
    author: accountOf(data.user),
    title: data.title,
    body: data.body ?? '',
    headRepository:
      data.head.repo === undefined ? `${here.owner}/${here.repo}` : (data.head.repo?.full_name ?? null),
    headBranch: data.head.ref,
    headSha: data.head.sha,
    baseBranch: data.base.ref,
    labels: (data.labels ?? []).flatMap(({ name }) => (name === undefined ? [] : [name])),
    reviewers: (data.requested_reviewers ?? []).flatMap((user) =>
      user?.login === undefined ? [] : [user.login],
    ),
    mergedAt: data.merged_at,
    // Before the merge this field names the test merge of GitHub, which is on no branch.
    mergeCommit: data.merged_at === null ? null : data.merge_commit_sha,
    url: data.html_url,
  };
}

/** The `head` filter of GitHub is ignored without an owner and misses nothing we could not filter here. */
export async function listPullRequests(
  { octokit, here }: GithubClient,
  state: 'open' | 'closed',
  base: string,
): Promise<ForgePullRequest[]> {
  const wish = { ...here, state, base, sort: 'created', direction: 'desc', per_page: 100 } as const;
  // A repository's closed pull requests are its history; only the newest of them still say something.
  const data =
    state === 'open'
      ? await octokit.paginate(octokit.rest.pulls.list, wish)
      : (await octokit.rest.pulls.list(wish)).data;
  return data.map((each) => pullOf(each, here)).filter(({ baseBranch }) => baseBranch === base);
}

export async function readPullRequest(
  { octokit, here }: GithubClient,
  number: number,
): Promise<(ForgePullRequest & { mergedBy: string | null }) | null> {
  const answer = await orAbsent(octokit.rest.pulls.get({ ...here, pull_number: number }));
  if (answer === undefined) return null;
  return { ...pullOf(answer.data, here), mergedBy: answer.data.merged_by?.login ?? null };
}

export async function readClosedBy(
  { octokit, here }: GithubClient,
  number: number,
): Promise<ForgeAccount | null> {
  const { data } = await octokit.rest.issues.get({ ...here, issue_number: number });
  return accountOf(data.closed_by);
}

/** Opens a pull request once: after a lost answer, or when a second sync was faster, the open one is found. */
export async function openPullRequest(
  client: GithubClient,
  { head, base, title, body }: { head: string; base: string; title: string; body: string },
): Promise<ForgePullRequest> {
  const { octokit, here } = client;
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    try {
      const { data } = await octokit.rest.pulls.create({ ...here, head, base, title, body });
      return pullOf(data, here);
    } catch (error) {
      const exists =
        error instanceof ForgeRefusal && error.status === 422 && /already exists/i.test(error.said);
      if (!exists && !(error instanceof AnswerLost)) throw error;
      const open = await listPullRequests(client, 'open', base);
      const ours = open.find(
        ({ headBranch, headRepository }) =>
          headBranch === head && headRepository?.toLowerCase() === `${here.owner}/${here.repo}`.toLowerCase(),
      );
      if (ours !== undefined) return ours;
      await client.sleep(1_000 * attempt);
    }
  }
  throw serviceFailure(
    'forge-down',
    'GitHub neither opened the pull request nor shows one that is open',
    'look at githubstatus.com and run again',
  );
}

export async function changePullRequest(
  { octokit, here }: GithubClient,
  number: number,
  changes: { title?: string; body?: string; state?: 'open' | 'closed' },
): Promise<void> {
  await octokit.rest.pulls.update({ ...here, pull_number: number, ...changes });
}

/** Labels that the repository does not have yet are made by GitHub. */
export async function addLabels(
  { octokit, here }: GithubClient,
  number: number,
  labels: string[],
): Promise<void> {
  if (labels.length > 0)
    await orAbsent(octokit.rest.issues.addLabels({ ...here, issue_number: number, labels }));
}

export async function removeLabel(
  { octokit, here }: GithubClient,
  number: number,
  label: string,
): Promise<void> {
  await orAbsent(octokit.rest.issues.removeLabel({ ...here, issue_number: number, name: label }));
}

/**
 * Asks for reviews. GitHub refuses the whole list when one of them has no access (422), so then each is asked alone.
 * @returns those who could not be asked.
 */
export async function requestReviewers(
  client: GithubClient,
  number: number,
  logins: string[],
): Promise<string[]> {
  const { octokit, here } = client;
  if (logins.length === 0) return [];
  try {
    await octokit.rest.pulls.requestReviewers({ ...here, pull_number: number, reviewers: logins });
    return [];
  } catch (error) {
    if (!(error instanceof ForgeRefusal) || (error.status !== 422 && error.status !== 404)) throw error;
    if (logins.length === 1 || error.status === 404) return logins;
    const refused: string[] = [];
    for (const login of logins) refused.push(...(await requestReviewers(client, number, [login])));
    return refused;
  }
}

export async function findPullRequestsOf(
  { octokit, here }: GithubClient,
  commit: string,
): Promise<ForgePullRequest[]> {
  const answer = await orAbsent(
    octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...here, commit_sha: commit, per_page: 100 }),
  );
  return (answer?.data ?? []).map((each) => pullOf(each, here));
}

/** Paths that a pull request touches, 3,000 at most (GitHub REST, "List pull requests files"); old names of moved files too. */
export async function listFiles({ octokit, here }: GithubClient, number: number): Promise<string[]> {
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, {
    ...here,
    pull_number: number,
    per_page: 100,
  });
  return files.flatMap(({ filename, previous_filename: before }) =>
    before === undefined ? [filename] : [filename, before],
  );
}

/** Commits of a pull request, oldest first, 250 at most; `account` is the login the forge maps the author to. */
export async function listPullRequestCommits(
  { octokit, here }: GithubClient,
  number: number,
): Promise<(ForgeCommit & { account: string | null })[]> {
  const commits = await octokit.paginate(octokit.rest.pulls.listCommits, {
    ...here,
    pull_number: number,
    per_page: 100,
  });
  return commits.map(({ sha, parents, commit, author }) => ({
    ...commitOf({ ...commit, sha, parents }),
    account: author !== null && 'login' in author && typeof author.login === 'string' ? author.login : null,
  }));
}
