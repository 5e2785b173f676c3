/** What the doors need from outside. Adapters implement these; the planner is handed a reader and cannot write. */
import type { DirectoryEvent } from './core/directory/event.ts';
import type { ArmedState, LiveAccount, LiveBinding, LiveGroup } from './core/directory/live.ts';
import type {
  Annotation,
  Conclusion,
  FileChange,
  ForgeAccount,
  ForgeComment,
  ForgeCommit,
  ForgePullRequest,
  ForgeReview,
  Permission,
} from './core/forge/shapes.ts';
import type { NotificationChannel } from './core/mappings/notifications-file.ts';
import type { Message, MessageContext } from './core/notify/compose-message.ts';
import type { Delivery } from './core/notify/route-notices.ts';
import type { HrRead } from './core/people/hr-read.ts';

/** BambooHR. Every method throws a Failure (exit 1: not reachable; 2: key or company wrong; 3: the read cannot be trusted). */
export interface HrReader {
  /**
   * Every employee, proven complete: as many unique ids as BambooHR counts, walked again when a page was torn.
   * `fields` are names of core/people/hr-fields.ts; `custom` maps further names to BambooHR's own.
   */
  readCompany(fields: string[], custom: Record<string, string>): Promise<HrRead>;
  /** The same for some people; ids that BambooHR does not know are missing from the rows. */
  readPeople(ids: string[], fields: string[], custom: Record<string, string>): Promise<HrRead>;
  /** Ids of employees changed since an ISO instant, and of those deleted from BambooHR altogether. */
  readChanges(since: string): Promise<{ changed: string[]; deleted: string[]; latest: string }>;
  /** Approved time off of the given types that touches the days; the type is not returned, it must not be kept. */
  readTimeOff(
    from: string,
    to: string,
    types: string[],
  ): Promise<{ person: string; start: string; end: string }[]>;
}

/** JumpCloud, reading. */
export interface DirectoryReader {
  /** All accounts, by pages of 100 sorted by _id; read again when torn. */
  readAccounts(): Promise<LiveAccount[]>;
  /** How many accounts there are, in one request. */
  countAccounts(): Promise<number>;
  readAccount(id: string): Promise<LiveAccount | null>;
  /** Accounts with exactly this value; what a create looks at before it is repeated. */
  findAccounts(by: 'username' | 'email' | 'employeeIdentifier', value: string): Promise<LiveAccount[]>;
  readGroupNames(): Promise<{ id: string; name: string }[]>;
  /** One group with its direct members, or null. Only here is the membership method told. */
  readGroup(id: string): Promise<LiveGroup | null>;
  /** True when the account is a direct member. */
  isMember(group: string, account: string): Promise<boolean>;
  readMemberships(account: string): Promise<{ id: string; name: string }[]>;
  readBindings(account: string, types: string[]): Promise<LiveBinding[]>;
  /** Everything of these types that could be bound to. */
  readBindable(types: string[]): Promise<LiveBinding[]>;
  readArmed(accounts?: string[]): Promise<ArmedState[]>;
  readSshKeys(account: string): Promise<string[]>;
}

/** What a new account is made of; `anchor` becomes employeeIdentifier in the create itself. */
export interface NewAccount {
  username: string;
  email: string;
  state: 'STAGED' | 'ACTIVATED';
  anchor: string;
  attributes: Record<string, string>;
}

/** Changes of one account, sent as one PUT; attribute `null` clears. Array attributes are merged into the copy read just before. */
export interface AccountChanges {
  username?: string;
  email?: string;
  anchor?: string;
  state?: 'ACTIVATED' | 'SUSPENDED';
  /** Account id; null clears. */
  manager?: string | null;
  attributes?: Record<string, string | null>;
}

/**
 * JumpCloud, writing. Every method returns after JumpCloud's own answer, or throws a Failure when it is certain that
 * nothing was done, or `AnswerLost` when nobody can say: creates, arming and activation at the first 5xx, cut or
 * unreadable answer (they are never sent twice), all others after the retries they may have.
 */
export interface DirectoryWriter {
  createAccount(account: NewAccount): Promise<LiveAccount>;
  changeAccount(id: string, changes: AccountChanges): Promise<LiveAccount>;
  /** STAGED -> ACTIVATED. `mail`: true sends to the account's own address, an address sends there, false sends none. */
  activateAccount(id: string, mail: boolean | string): Promise<void>;
  deleteAccount(id: string, reportsTo: string | null): Promise<void>;
  createGroup(name: string): Promise<{ id: string; name: string }>;
  /** 'already': 409, or 404 on removal; ambiguous answers, to be confirmed by a read. */
  changeMembership(op: 'add' | 'remove', group: string, account: string): Promise<'done' | 'already'>;
  changeBinding(
    op: 'add' | 'remove',
    account: string,
    binding: { type: string; id: string },
  ): Promise<'done' | 'already'>;
  armState(
    account: string,
    state: 'ACTIVATED' | 'SUSPENDED',
    at: string,
    mail: boolean | string,
  ): Promise<ArmedState>;
  cancelArmed(job: string): Promise<'done' | 'already'>;
  deleteSshKey(account: string, key: string): Promise<'done' | 'already'>;
}

/**
 * A write whose answer never came: it may have landed. Only a read can tell; a create is never repeated blindly
 * (a duplicate account is worse than a late one).
 */
export class AnswerLost extends Error {
  override name = 'AnswerLost';
}

/** A commit to be made: who made it and when is the forge's to say, so that it vouches for it (shown as Verified). */
export interface NewCommit {
  message: string;
  changes: FileChange[];
}

/** What happened to a branch that only the app writes to. */
export type Published =
  | { outcome: 'published'; commit: ForgeCommit }
  /** Its head is somebody else's work; nothing was moved. */
  | { outcome: 'foreign'; head: ForgeCommit };

/**
 * The forge: GitHub. Every method throws a Failure: 1 when it cannot be reached or limits us, 2 when the token, its
 * permissions, the rules or the repository's settings do not let it (the message names which).
 * Writes are safe to repeat: a lost answer is looked up before anything is sent again.
 */
export interface Forge {
  /** `owner/name` */
  repository: string;
  readDefaultBranch(): Promise<string>;
  /** Commit at the head of a branch; null when there is no such branch. */
  readHead(branch: string): Promise<string | null>;
  /** null when the forge does not know the commit. */
  readCommit(sha: string): Promise<ForgeCommit | null>;
  /** Every file below `folder` at a commit: path from the root -> blob id. Empty when the folder is not there. */
  readFolder(commit: string, folder: string): Promise<ReadonlyMap<string, string>>;
  /** The text of a blob. */
  readBlob(blob: string): Promise<string>;
  /** Blob id of one file at a commit, however large; null when either is not there. */
  readBlobId(commit: string, path: string): Promise<string | null>;
  /** Commits on a branch that touched `path`, newest first, at most `limit`. */
  listCommits(branch: string, path: string, limit: number): Promise<ForgeCommit[]>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /**
   * Puts commits on top of a branch, fast-forward only. `build` is called with the head and again with the newer
   * one whenever somebody was faster; no commits end it. Yields the shas of what was made.
   */
  commitOnto(branch: string, build: (head: string) => Promise<NewCommit[]>): Promise<ForgeCommit[]>;
  /** Makes `branch` (rollcall/* only) one commit on top of `parent`, if its head is the app's own or already in `parent`. */
  publishBranch(branch: string, parent: string, commit: NewCommit): Promise<Published>;
  /** Deletes a rollcall/* branch while its head is `head`; false when it is not. */
  deleteBranch(branch: string, head: string): Promise<boolean>;
  /** Newest first; closed ones no more than the newest 100. */
  listPullRequests(state: 'open' | 'closed', base: string): Promise<ForgePullRequest[]>;
  readPullRequest(number: number): Promise<(ForgePullRequest & { mergedBy: string | null }) | null>;
  /** Who closed it; null when nobody is named. */
  readClosedBy(number: number): Promise<ForgeAccount | null>;
  /** Opens it, or finds the one that is open already. */
  openPullRequest(wanted: {
    head: string;
    base: string;
    title: string;
    body: string;
  }): Promise<ForgePullRequest>;
  changePullRequest(
    number: number,
    changes: { title?: string; body?: string; state?: 'open' | 'closed' },
  ): Promise<void>;
  addLabels(number: number, labels: string[]): Promise<void>;
  removeLabel(number: number, label: string): Promise<void>;
  /** Yields the logins that cannot be asked (no access to the repository). */
  requestReviewers(number: number, logins: string[]): Promise<string[]>;
  /** All submissions, oldest first, and the forge's clock when they were read (ISO). */
  listReviews(number: number): Promise<{ reviews: ForgeReview[]; readAt: string }>;
  /** Pull requests that brought a commit; may lag seconds behind a merge. */
  findPullRequestsOf(commit: string): Promise<ForgePullRequest[]>;
  listFiles(number: number): Promise<string[]>;
  listPullRequestCommits(number: number): Promise<(ForgeCommit & { account: string | null })[]>;
  listComments(number: number): Promise<ForgeComment[]>;
  /**
   * One comment a `marker` (hidden in it): made when there is none, replaced when `replace` and its text differs.
   * True when something was written.
   */
  putComment(number: number, marker: string, body: string, replace: boolean): Promise<boolean>;
  createCheck(check: {
    name: string;
    head: string;
    conclusion: Conclusion;
    title: string;
    summary: string;
    annotations: Annotation[];
  }): Promise<void>;
  /** null when the forge cannot say. */
  readPermission(login: string): Promise<Permission | null>;
}

/** JumpCloud's log of what was done to it (Directory Insights), of the last 90 days. */
export interface DirectoryLog {
  /**
   * Changes of users, groups and associations since an ISO instant, from the newest back, page by page, until `take`
   * says that it has enough. cut: there was more than is ever read. not-enabled: the organisation has no such log.
   */
  readChanges(
    since: string,
    take: (events: DirectoryEvent[]) => boolean,
  ): Promise<'read' | 'cut' | 'not-enabled'>;
}

/** Issues of the forge, apart from pull requests. */
export interface IssueTracker {
  /**
   * Keeps one issue a `marker` (hidden in its body): made when it is to be open and there is none, its title and body
   * replaced when they differ, closed and opened again. null: there is none and none is needed.
   */
  putIssue(
    marker: string,
    issue: { title: string; body: string; open: boolean; labels: string[] },
  ): Promise<{ number: number; url: string; changed: boolean } | null>;
}

/** What became of one delivery; `reason` is fit for a log: never an address, a person or a secret. */
export type Sent =
  /** `reason` here: not everybody got it. */
  | { outcome: 'sent'; attempts: number; reason?: string }
  | { outcome: 'failed'; attempts: number; reason: string };

/** Slack, mail and webhook. A failing channel is an outcome, nothing is thrown. */
export interface Notifier {
  /** Why this channel cannot be used: the variable that is missing or wrong; undefined when it can. */
  missing(channel: NotificationChannel): string | undefined;
  send(delivery: Delivery, message: Message, context: MessageContext): Promise<Sent>;
}
