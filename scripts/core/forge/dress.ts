/**
 * Labels of the pull request, and whose review is asked for.
 *
 * | label        | when                                                           |
 * |--------------|----------------------------------------------------------------|
 * | rollcall     | always                                                         |
 * | risk:high    | an action of high risk                                         |
 * | over-budget  | a guardrail says that a class of revocations is over its budget |
 * | leavers      | somebody is suspended or deleted                               |
 * | mappings     | an action that an edit of mappings/ caused                     |
 */
import type { Approver } from '../mappings/guardrails-file.ts';
import { peopleOf, type Plan } from '../plan/plan-file.ts';
import type { z } from 'zod';

const LABELS: [string, (plan: Plan) => boolean][] = [
  ['rollcall', () => true],
  ['risk:high', ({ actions }) => actions.some(({ risk }) => risk === 'high')],
  ['over-budget', isOverBudget],
  ['leavers', ({ actions }) => actions.some(({ kind }) => kind === 'suspend' || kind === 'delete')],
  ['mappings', ({ actions }) => actions.some(({ cause }) => cause === 'mapping')],
];

/** GitHub asks so many people at most. */
const MOST_REVIEWERS = 15;

export function labelsOf(plan: Plan): string[] {
  return LABELS.filter(([, applies]) => applies(plan)).map(([label]) => label);
}

/** What to add and what to take away; labels that people put on stay. */
export function relabel(present: string[], plan: Plan): { add: string[]; remove: string[] } {
  const wanted = labelsOf(plan);
  const ours = new Set(LABELS.map(([label]) => label));
  return {
    add: wanted.filter((label) => !present.includes(label)),
    remove: present.filter((label) => ours.has(label) && !wanted.includes(label)),
  };
}

/**
 * All listed approvers for what is risky, over budget or takes access away; else as many as are needed. Never one of
 * the people the plan is about: they could not approve it.
 */
export function reviewersOf(
  plan: Plan,
  rules: { approvers: z.infer<typeof Approver>[]; required: number },
): string[] {
  const subjects = new Set(peopleOf(plan));
  const able = rules.approvers
    .filter(({ employee }) => employee === undefined || !subjects.has(employee))
    .map(({ login }) => login);
  const grave =
    isOverBudget(plan) ||
    plan.actions.some(({ risk, kind }) => risk === 'high' || kind === 'suspend' || kind === 'delete');
  return able.slice(0, grave ? MOST_REVIEWERS : Math.min(rules.required, MOST_REVIEWERS));
}

export function isOverBudget({ findings }: Pick<Plan, 'findings'>): boolean {
  return findings.some(({ code }) => code.startsWith('budget-') || code === 'over-budget');
}
