/** Reads what core/forge/pull-request-rules.ts judges; needs to read contents and pull requests, no secret. */
import { isForgeMerge } from '../core/forge/own-commit.ts';
import { judgePullRequest, type PullRequestVerdict } from '../core/forge/pull-request-rules.ts';
import { badUsage } from '../core/values/failure.ts';
import type { Forge } from '../ports.ts';

/** `app`: login of the GitHub App, `rollcall[bot]`, where it is known. */
export async function readVerdict(
  forge: Forge,
  number: number,
  app: string | undefined,
): Promise<PullRequestVerdict> {
  const pull = await forge.readPullRequest(number);
  if (pull === null)
    throw badUsage('no-pull-request', `there is no pull request ${number}`, 'name one of this repository');
  const commits = await forge.listPullRequestCommits(number);
  return judgePullRequest({
    author: pull.author,
    headBranch: pull.headBranch,
    sameRepository: pull.headRepository?.toLowerCase() === forge.repository.toLowerCase(),
    files: await forge.listFiles(number),
    commits: commits.map((commit) => ({
      account: commit.account,
      verified: commit.verified,
      merge: isForgeMerge(commit),
    })),
    app,
  });
}
