/** Issues, pull requests and what people say on them. */
import type { Account } from './people.ts';

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: string | null;
  user: Account;
  labels: Set<string>;
  assignees: Set<string>;
  locked: boolean;
  createdAt: Date;
  updatedAt: Date;
  closedAt: Date | undefined;
  closedBy: Account | undefined;
  /** Present on pull requests, which GitHub numbers and lists among the issues. */
  pull: Pull | undefined;
}

export interface PullIssue extends Issue {
  pull: Pull;
}

export interface Pull {
  head: { repository: string; ref: string; sha: string };
  base: { ref: string; sha: string };
  draft: boolean;
  merged: { at: Date; by: Account; sha: string; baseBefore: string } | undefined;
  requestedReviewers: Set<string>;
  requestedTeams: Set<string>;
  /** Login of whoever moved the head last: he cannot give the last approval. */
  lastPusher: string;
  mergeability: Mergeability | undefined;
  /** How often the present head and base were asked for; the first answers say `mergeable: null`. */
  asked: { key: string; times: number };
}

export interface Mergeability {
  /** `base..head` it was computed for. */
  key: string;
  /** The commit that merging would make; undefined when head and base conflict. */
  testMerge: string | undefined;
}

export interface Review {
  id: number;
  pull: number;
  user: Account;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  commitId: string;
  submittedAt: Date | undefined;
}

export interface Comment {
  id: number;
  issue: number;
  user: Account;
  body: string;
  createdAt: Date;
  updatedAt: Date;
}
