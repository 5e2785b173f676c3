/** The people who review, on the forge as they would with a browser: look, approve, merge. */
import type { Plan } from '../core/plan/plan-file.ts';
import type { EmulatedVendors } from './emulated-vendors.ts';

export interface PullRequest {
  number: number;
  title: string;
  body: string;
  html_url: string;
  user: { login: string };
  head: { ref: string; sha: string };
  labels: { name: string }[];
  merged_by: { login: string } | null;
  created_at: string;
}

export interface Comment {
  body: string;
  user: { login: string };
}

export interface Reviewers {
  /** As it stands before anybody has answered. */
  look(number: number): Promise<PullRequest>;
  /** @returns the logins that approved; the first one merged */
  approveAndMerge(number: number, plan: Plan): Promise<string[]>;
  comments(number: number): Promise<Comment[]>;
}

export function createReviewers({ call }: EmulatedVendors, repository: string): Reviewers {
  const as = <T>(login: string, method: string, path: string, body?: unknown): Promise<T> =>
    call('github', `Bearer demo-${login}-token`, method, `/repos/${repository}${path}`, body);
  return {
    look: (number) => as('ann', 'GET', `/pulls/${number}`),
    async approveAndMerge(number, { findings }) {
      // More than the budgets allow without a second pair of eyes: guardrails.yaml, requiredOverBudget.
      const isOverBudget = findings.some(({ code }) => code.startsWith('budget-'));
      const logins = isOverBudget ? ['ann', 'ben'] : ['ann'];
      for (const login of logins) await as(login, 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE' });
      await as('ann', 'PUT', `/pulls/${number}/merge`, { merge_method: 'merge' });
      return logins;
    },
    comments: (number) => as('ann', 'GET', `/issues/${number}/comments?per_page=100`),
  };
}
