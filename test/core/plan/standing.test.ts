/** Whose approval counts: rules of guardrails.yaml over what the forge says, or over logins taken at their word. */
import { expect, test } from 'vitest';
import { actionOf } from '../../../scripts/core/plan/action.ts';
import { type Plan, sealPlan } from '../../../scripts/core/plan/plan-file.ts';
import { standingByForge, standingByHand } from '../../../scripts/core/plan/standing.ts';
import type { PlanApproval } from '../../../scripts/core/record/approvals-file.ts';

const REST = { planAgeHours: 3, freshHr: true };
const AT = '2026-11-23T09:00:00Z';

const plan: Plan = sealPlan({
  asOf: '2026-11-23',
  lane: 'review',
  base: '0'.repeat(64),
  actions: [
    actionOf({
      kind: 'suspend',
      person: '1042',
      account: 'a'.repeat(24),
      target: null,
      before: null,
      after: null,
      because: 'left',
      cause: 'hr',
      risk: 'high',
    }),
  ],
  findings: [],
  held: [],
  counts: {},
});

type Approvers = Parameters<typeof standingByForge>[2];

const approval = (
  login: string,
  permission: PlanApproval['permission'] = 'write',
  ageHours = 1,
): PlanApproval => ({
  login,
  at: AT,
  ageHours,
  permission,
});
const byForge = (approvals: PlanApproval[], approvers: Approvers = []): string[] =>
  standingByForge(
    plan,
    { pullRequest: 7, mergedBy: 'ann', mergedAt: AT, approvals },
    approvers,
    REST,
  ).authorisation.approvals.map(({ login }) => login);
const byHand = (logins: string[], approvers: Approvers = []): string[] =>
  standingByHand(plan, logins, approvers, REST).authorisation.approvals.map(({ login }) => login);

test('without a list anyone with write access approves, and nobody with less', () => {
  const everyone = (['admin', 'write', 'read', 'none'] as const).map((permission) =>
    approval(permission, permission),
  );
  expect(byForge(everyone)).toEqual(['admin', 'write']);
});

test('with a list only who is on it, by whatever case, and only while they may still write', () => {
  const approvers: Approvers = [{ login: 'Ann' }, { login: 'bo' }];
  expect(byForge([approval('ann'), approval('BO', 'read'), approval('eve', 'admin')], approvers)).toEqual([
    'ann',
  ]);
  expect(byHand(['ANN', 'eve'], approvers)).toEqual(['ANN']);
});

test('nobody approves a plan about themselves, however they write their login; others who are employees do', () => {
  const approvers: Approvers = [
    { login: 'ann', employee: '1042' },
    { login: 'bo', employee: '1043' },
  ];
  expect(byForge([approval('Ann', 'admin'), approval('bo')], approvers)).toEqual(['bo']);
  expect(byHand(['Ann', 'bo'], approvers)).toEqual(['bo']);
});

test('one person counts once, whatever they write', () => {
  expect(byForge([approval('ann'), approval('Ann')])).toHaveLength(1);
  expect(byHand(['ann', 'ANN', 'bo'])).toHaveLength(2);
});

test('what the forge knew goes on: ages, instants, who merged; nobody can approve any more', () => {
  const found = { pullRequest: 7, mergedBy: 'ann', mergedAt: AT, approvals: [approval('bo', 'write', 5)] };
  expect(standingByForge(plan, found, [], REST)).toEqual({
    authorisation: { approvals: [{ login: 'bo', ageHours: 5, at: AT }], ...REST },
    mergedBy: 'ann',
    mergedAt: AT,
    final: true,
  });
});

test('a plan that no pull request brought has no approval, and gets none later', () => {
  const nobody = {
    authorisation: { approvals: [], ...REST },
    mergedBy: undefined,
    mergedAt: undefined,
    final: true,
  };
  expect(standingByForge(plan, undefined, [], REST)).toEqual(nobody);
  const direct = { pullRequest: null, mergedBy: null, mergedAt: null, approvals: [] };
  expect(standingByForge(plan, direct, [], REST)).toEqual(nobody);
});

test('by hand an approval is as old as the run, and more may still be given', () => {
  expect(standingByHand(plan, ['ann'], [], REST)).toEqual({
    authorisation: { approvals: [{ login: 'ann', ageHours: 0 }], ...REST },
    mergedBy: undefined,
    mergedAt: undefined,
    final: false,
  });
});
