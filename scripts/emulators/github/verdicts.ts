/** Statuses and check runs: what machines say about a commit. */
import type { Account } from './people.ts';

export interface Status {
  id: number;
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: Account;
  at: Date;
}

export interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  annotation_level: 'notice' | 'warning' | 'failure';
  message: string;
  title: string | null;
  raw_details: string | null;
  start_column: number | null;
  end_column: number | null;
}

export interface CheckRun {
  id: number;
  name: string;
  headSha: string;
  status: string;
  conclusion: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: Annotation[];
  detailsUrl: string | null;
  externalId: string;
  app: Account;
  appId: number;
  startedAt: Date;
  completedAt: Date | undefined;
}
