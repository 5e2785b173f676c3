/** The merged pull request that brought a plan to main, proven by the plan's own bytes. */
import { blobIdOf } from '../core/forge/blob-id.ts';
import type { ForgePullRequest } from '../core/forge/shapes.ts';
import { secondsBetween } from '../core/values/calendar.ts';
import type { Forge } from '../ports.ts';

export type MergedPullRequest = ForgePullRequest & {
  mergedBy: string | null;
  mergedAt: string;
  mergeCommit: string;
};

export interface PlanPlace {
  /** `state/plans/<name>` */
  path: string;
  text: string;
}

export interface HistoryReading {
  forge: Forge;
  /** The default branch, and its head. */
  main: string;
  head: string;
  /** The commit that added a path, by git on this machine; undefined when it does not know. */
  addedBy: (path: string) => Promise<string | undefined>;
  sleep: (milliseconds: number) => Promise<unknown>;
  /** ISO instant */
  now: () => string;
}

/** GitHub may not know for seconds which pull request a fresh merge belongs to. */
const LAG_WAITS_MS = [2_000, 4_000, 8_000];
const LAG_WINDOW_SECONDS = 600;

/**
 * @returns the pull request, or why there is none: the plan was committed to main directly, or what is found does not
 * hold these bytes. Several pushes may have collapsed into one run, so the commit that added the file is asked, never
 * the commit of the run; what a commit message says about pull requests is never believed.
 */
export async function findMergedPullRequest(
  { forge, main, head, addedBy, sleep, now }: HistoryReading,
  { path, text }: PlanPlace,
): Promise<{ pull: MergedPullRequest } | { pull: undefined; note: string }> {
  const listed = await addedBy(path);
  const commit = await (listed === undefined
    ? forge.listCommits(main, path, 1).then(([newest]) => newest ?? null)
    : forge.readCommit(listed));
  if (commit === null)
    return { pull: undefined, note: 'the history of main does not show who added the plan' };
  let candidates = await forge.findPullRequestsOf(commit.sha);
  const fresh = commit.committedAt === '' || secondsBetween(commit.committedAt, now()) < LAG_WINDOW_SECONDS;
  for (const wait of fresh ? LAG_WAITS_MS : []) {
    if (candidates.length > 0) break;
    await sleep(wait);
    candidates = await forge.findPullRequestsOf(commit.sha);
  }
  for (const { number, baseBranch } of candidates) {
    if (baseBranch !== main) continue;
    const pull = await forge.readPullRequest(number);
    if (pull === null || pull.mergedAt === null || pull.mergeCommit === null || pull.baseBranch !== main)
      continue;
    const { mergedAt, mergeCommit } = pull;
    const holdsPlan = (await forge.readBlobId(mergeCommit, path)) === blobIdOf(text);
    // The history of main itself named this commit, or else the forge must say that it is there.
    const isOnMain = mergeCommit === listed || (await forge.isAncestor(mergeCommit, head));
    if (holdsPlan && isOnMain) return { pull: { ...pull, mergedAt, mergeCommit } };
  }
  return candidates.length === 0
    ? { pull: undefined, note: 'it was committed to main without a pull request' }
    : { pull: undefined, note: 'no merged pull request into main holds these bytes of the plan' };
}
