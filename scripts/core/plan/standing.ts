/** Whose approval counts: a permitted login that is not a subject of the plan. Files are evidence; guardrails.yaml of main decides. */
import type { GuardrailsFile } from '../mappings/guardrails-file.ts';
import type { PlanApprovals } from '../record/approvals-file.ts';
import type { Authorisation } from './execution.ts';
import { peopleOf, type Plan } from './plan-file.ts';

export interface Standing {
  authorisation: Authorisation;
  mergedBy: string | undefined;
  mergedAt: string | undefined;
  /** Nobody can approve any more: the plan was merged. */
  final: boolean;
}

type Approver = GuardrailsFile['approvals']['approvers'][number];
type Rest = Pick<Authorisation, 'planAgeHours' | 'freshHr'>;

/** `--approved-by`, on a local root: the logins are taken at their word, the rules are not. */
export function standingByHand(plan: Plan, logins: string[], approvers: Approver[], rest: Rest): Standing {
  const counted = logins.filter(
    (login) => isPermitted(login, approvers, 'write') && !isSubject(login, approvers, plan),
  );
  return {
    authorisation: { approvals: unique(counted.map((login) => ({ login, ageHours: 0 }))), ...rest },
    mergedBy: undefined,
    mergedAt: undefined,
    final: false,
  };
}

/** What the forge had when the plan was merged. */
export function standingByForge(
  plan: Plan,
  found: PlanApprovals | undefined,
  approvers: Approver[],
  rest: Rest,
): Standing {
  const counted = (found?.approvals ?? []).filter(
    ({ login, permission }) =>
      isPermitted(login, approvers, permission) && !isSubject(login, approvers, plan),
  );
  return {
    authorisation: {
      approvals: unique(counted.map(({ login, ageHours, at }) => ({ login, ageHours, at }))),
      ...rest,
    },
    mergedBy: found?.mergedBy ?? undefined,
    mergedAt: found?.mergedAt ?? undefined,
    final: true,
  };
}

function isPermitted(login: string, approvers: Approver[], permission: string): boolean {
  // Whoever lost write access no longer approves, listed or not.
  const mayWrite = permission === 'write' || permission === 'admin';
  return (
    mayWrite && (approvers.length === 0 || approvers.some((approver) => sameLogin(approver.login, login)))
  );
}

function isSubject(login: string, approvers: Approver[], plan: Plan): boolean {
  const employee = approvers.find((approver) => sameLogin(approver.login, login))?.employee;
  return employee !== undefined && peopleOf(plan).includes(employee);
}

/** GitHub logins do not differ by case. */
function sameLogin(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function unique(approvals: Authorisation['approvals']): Authorisation['approvals'] {
  return [...new Map(approvals.map((approval) => [approval.login.toLowerCase(), approval])).values()];
}
