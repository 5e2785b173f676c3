/** Whose approval counts: a permitted login that is not a subject of the plan. Files are evidence; guardrails.yaml of main decides. */
import type { GuardrailsFile } from '../mappings/guardrails-file.ts';
import type { PlanApprovals } from '../record/approvals-file.ts';
import type { Authorisation } from './execution.ts';
import { peopleOf, type Plan } from './plan-file.ts';

export interface Standing {
  authorisation: Authorisation;
  mergedBy: string | undefined;
  /** Nobody can approve any more: the plan was merged. */
  final: boolean;
}

type Approver = GuardrailsFile['approvals']['approvers'][number];
type Rest = Pick<Authorisation, 'planAgeHours' | 'freshHr' | 'urgent'>;

/** `--approved-by`, on a local root: the logins are taken at their word, the rules are not. */
export function standingByHand(plan: Plan, logins: string[], approvers: Approver[], rest: Rest): Standing {
  const counted = logins.filter(
    (login) => isPermitted(login, approvers, 'write') && !isSubject(login, approvers, plan),
  );
  return {
    authorisation: {
      approvedBy: unique(counted),
      approvalAgeHours: counted.length === 0 ? Infinity : 0,
      ...rest,
    },
    mergedBy: undefined,
    final: false,
  };
}

/** What the forge had when the plan was merged. The age is that of the oldest approval among the newest that are needed. */
export function standingByForge(
  plan: Plan,
  found: PlanApprovals | undefined,
  approvers: Approver[],
  required: number,
  rest: Rest,
): Standing {
  const counted = (found?.approvals ?? []).filter(
    ({ login, permission }) =>
      isPermitted(login, approvers, permission) && !isSubject(login, approvers, plan),
  );
  const ages = counted.map(({ ageHours }) => ageHours).sort((a, b) => a - b);
  return {
    authorisation: {
      approvedBy: unique(counted.map(({ login }) => login)),
      approvalAgeHours: ages[required - 1] ?? Infinity,
      ...rest,
    },
    mergedBy: found?.mergedBy ?? undefined,
    final: true,
  };
}

function isPermitted(login: string, approvers: Approver[], permission: string): boolean {
  if (approvers.length === 0) return permission === 'write' || permission === 'admin';
  return approvers.some((approver) => sameLogin(approver.login, login));
}

function isSubject(login: string, approvers: Approver[], plan: Plan): boolean {
  const employee = approvers.find((approver) => sameLogin(approver.login, login))?.employee;
  return employee !== undefined && peopleOf(plan).includes(employee);
}

/** GitHub logins do not differ by case. */
function sameLogin(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function unique(logins: string[]): string[] {
  return [...new Map(logins.map((login) => [login.toLowerCase(), login])).values()];
}
