/**
 * Whether a commit is the app's own. The forge names the author of what is made through its API, so a commit that the
 * app has just made shows how the app is called; an author can be forged in a push, a signature of the forge cannot.
 */
import type { ForgeCommit } from './shapes.ts';

/** `ours` was made by this run: the same author, and vouched for in the same way. */
export function isAppsOwn(commit: ForgeCommit, ours: ForgeCommit): boolean {
  return (
    commit.author.name === ours.author.name &&
    commit.author.email.toLowerCase() === ours.author.email.toLowerCase() &&
    commit.verified === ours.verified
  );
}

/**
 * The same question without a commit of this run to compare with: by the login of the app, which is the author of the
 * pull request. An author's name can be forged; nothing is overwritten on this answer alone.
 */
export function isBy(commit: ForgeCommit, login: string | undefined): boolean {
  if (login === undefined) return false;
  const address = /^(?:\d+\+)?(.+)@users\.noreply\./i.exec(commit.author.email)?.[1] ?? '';
  return [commit.author.name, address].some((name) => name.toLowerCase() === login.toLowerCase());
}

/** The message names this very plan: written by the app, or by somebody who did not change the plan. */
export function carriesPlan({ message }: ForgeCommit, digest: string): boolean {
  return message.split('\n').includes(`Plan-Digest: ${digest}`);
}

/** "Update branch" on the pull request: a merge that the forge made itself and that brings the base, nothing else. */
export function isForgeMerge(commit: ForgeCommit): boolean {
  return (
    commit.parents.length === 2 && commit.verified && /^(noreply@github\.com)$/i.test(commit.committer.email)
  );
}
