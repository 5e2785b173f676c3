/** What the forge shows us, in our words: the shapes that the decisions in this room read. */

export interface ForgeAccount {
  login: string;
  /** True for Apps and machine users that the forge calls bots. */
  bot: boolean;
}

export interface ForgeCommit {
  sha: string;
  /** Id of its root tree. */
  tree: string;
  parents: string[];
  message: string;
  author: { name: string; email: string };
  committer: { name: string; email: string };
  /** ISO instant of the committer, by the forge's clock when it made the commit itself. */
  committedAt: string;
  /** True when the forge vouches for the signature. */
  verified: boolean;
}

export interface ForgePullRequest {
  number: number;
  state: 'open' | 'closed';
  /** null when the account is gone. */
  author: ForgeAccount | null;
  title: string;
  body: string;
  /** `owner/name` of the head's repository; null when it was deleted. */
  headRepository: string | null;
  headBranch: string;
  headSha: string;
  baseBranch: string;
  labels: string[];
  /** Logins whose review is asked for. */
  reviewers: string[];
  mergedAt: string | null;
  /** Once merged: the commit that the merge put on the base (merge, squash, or last rebased commit). */
  mergeCommit: string | null;
  url: string;
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

export interface ForgeReview {
  /** null when the account is gone. */
  author: ForgeAccount | null;
  state: ReviewState;
  /** null when the commit is gone. */
  commit: string | null;
  /** ISO; null while pending. */
  submittedAt: string | null;
  /** OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR, NONE … */
  association: string;
}

export interface ForgeComment {
  id: number;
  author: ForgeAccount | null;
  body: string;
}

export type Permission = 'admin' | 'write' | 'read' | 'none';

/** A file to be put (text) or taken away (null). */
export interface FileChange {
  path: string;
  text: string | null;
}

export interface Annotation {
  path: string;
  line: number;
  column?: number;
  level: 'notice' | 'warning' | 'failure';
  message: string;
  title?: string;
}

export type Conclusion = 'success' | 'failure' | 'neutral';
