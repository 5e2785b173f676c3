/**
 * What a pull request may touch, by whose it is.
 *
 * | it touches                      | it is the app's own            | anybody else's                                    |
 * |---------------------------------|--------------------------------|---------------------------------------------------|
 * | state/                          | passes                         | fails: machines write state/, people would forge a plan |
 * | state/ and anything else        | fails: the app writes state/ only | fails                                          |
 * | state/, with a person's commit  | fails: the plan was edited     |                                                   |
 * | mappings/ only, this repository |                                | passes, previewed with a key that reads           |
 * | mappings/, and code or a fork   |                                | passes, previewed from committed facts without secrets |
 * | anything else                   |                                | passes, no secrets                                |
 *
 * The app's own: opened by the app, from a branch rollcall/* of this very repository. A branch name alone proves
 * nothing: whoever may write may use it.
 */
import type { ForgeAccount } from './shapes.ts';

export interface PullRequestFacts {
  author: ForgeAccount | null;
  headBranch: string;
  /** False for a fork. */
  sameRepository: boolean;
  /** Every path, of moved files the old one too. */
  files: string[];
  /** `account`: the login the forge maps the author to; `merge`: made by the forge when the branch was brought up to date. */
  commits: { account: string | null; verified: boolean; merge: boolean }[];
  /** Login of the app, `rollcall[bot]`; undefined: any bot but those of the forge itself. */
  app: string | undefined;
}

export interface PullRequestVerdict {
  passes: boolean;
  problems: { code: string; path?: string; message: string }[];
  /** Whether a preview of its mappings is due, and whether that may read JumpCloud. */
  preview: 'none' | 'committed-facts' | 'live';
  own: boolean;
}

/** GitHub lists so many files of a pull request; of a larger one nobody knows the rest. */
const LISTED_FILES = 3_000;
/** Bots that any workflow of any branch can act as. */
const NOBODYS_BOTS = ['github-actions[bot]', 'dependabot[bot]', 'renovate[bot]'];

export function judgePullRequest(facts: PullRequestFacts): PullRequestVerdict {
  const own = isOwn(facts);
  const state = facts.files.filter((path) => /^state(?:\/|$)/i.test(path));
  const others = facts.files.filter((path) => !state.includes(path));
  const problems: PullRequestVerdict['problems'] = [];
  if (own) {
    for (const path of others.slice(0, 10))
      problems.push({
        code: 'app-beyond-state',
        path,
        message: 'a pull request of Rollcall changes state/ only',
      });
    const strangers = facts.commits.filter(
      ({ account, verified, merge }) => !merge && !(verified && isApp(account, facts)),
    );
    if (strangers.length > 0)
      problems.push({
        code: 'edited-plan',
        message: `${strangers.length} commits on this branch are not Rollcall's: a plan is approved as the bytes that it wrote. Close this pull request, or drop the commits; the next sync opens another`,
      });
  } else {
    for (const path of state.slice(0, 10))
      problems.push({
        code: 'state-by-hand',
        path,
        message: 'state/ is written by Rollcall only: change mappings/ or HR instead, and take this file out',
      });
    if (facts.files.length >= LISTED_FILES)
      problems.push({
        code: 'too-many-files',
        message: `GitHub lists ${LISTED_FILES} files of a pull request: of the others nobody can say that they leave state/ alone. Split it`,
      });
  }
  return { passes: problems.length === 0, problems, preview: previewOf(facts, problems.length === 0), own };
}

function previewOf(
  { files, sameRepository }: PullRequestFacts,
  passes: boolean,
): PullRequestVerdict['preview'] {
  if (!passes || !files.some((path) => path.startsWith('mappings/'))) return 'none';
  return sameRepository && files.every((path) => path.startsWith('mappings/')) ? 'live' : 'committed-facts';
}

function isOwn(facts: PullRequestFacts): boolean {
  const { author, headBranch, sameRepository } = facts;
  return (
    sameRepository && headBranch.startsWith('rollcall/') && author?.bot === true && isApp(author.login, facts)
  );
}

function isApp(login: string | null, { app, author }: PullRequestFacts): boolean {
  if (login === null) return false;
  const same = (other: string | undefined): boolean => other?.toLowerCase() === login.toLowerCase();
  return app === undefined ? same(author?.login) && !NOBODYS_BOTS.some(same) : same(app);
}
