/**
 * Who approved, who merged, whose access: by the receipt and by guardrails.yaml as it stood when the plan came to main.
 *
 * | what                                                   | code                | is        |
 * |--------------------------------------------------------|---------------------|-----------|
 * | lane review was carried out and nobody approved        | not-approved        | broken    |
 * | by fewer than guardrails.yaml asks for                 | too-few-approvals   | broken    |
 * | by somebody whom the plan is about                     | approved-own-access | broken    |
 * | by somebody who is not among the approvers             | not-an-approver     | broken    |
 * | it ran before the plan was on main                     | ran-before-merge    | broken    |
 * | plan and receipt came to main in one commit            | approved-by-hand    | note      |
 * | by the one who merged it, alone                        | approver-merged     | note      |
 * | by somebody whom guardrails.yaml maps to no employee   | approver-unmapped   | note      |
 */
import type { GuardrailsFile } from '../mappings/guardrails-file.ts';
import { peopleOf, type Plan } from '../plan/plan-file.ts';
import type { Receipt } from '../record/receipt.ts';
import type { Finding } from '../values/finding.ts';
import { broken, note } from './verdict.ts';

export interface Duties {
  plan: Plan;
  receipt: Receipt;
  /** When plan and receipt came to main, ISO; undefined when git does not know. */
  planOnMain: string | undefined;
  sameCommit: boolean;
  guardrails: GuardrailsFile | undefined;
}

/** Clocks of the forge and of a runner differ by no more than this. */
const CLOCK_SKEW_MS = 120_000;

export function wasCarriedOut({ results }: Pick<Receipt, 'results'>): boolean {
  return results.some(({ outcome }) => outcome === 'done');
}

export function checkDuties({ plan, receipt, planOnMain, sameCommit, guardrails }: Duties): Finding[] {
  if (plan.lane !== 'review' || !wasCarriedOut(receipt)) return [];
  const subject = plan.digest.slice(0, 12);
  const findings: Finding[] = [];
  const { approvedBy, mergedBy } = receipt;
  if (approvedBy.length === 0)
    findings.push(
      broken('not-approved', 'was carried out and its receipt names nobody who approved it', { subject }),
    );
  if (guardrails !== undefined) findings.push(...checkApprovers(plan, approvedBy, guardrails, subject));
  if (sameCommit)
    findings.push(
      note(
        'approved-by-hand',
        'came to main in one commit with its receipt: when it was approved cannot be told from git',
        { subject },
      ),
    );
  else if (planOnMain !== undefined && Date.parse(receipt.startedAt) + CLOCK_SKEW_MS < Date.parse(planOnMain))
    findings.push(
      broken('ran-before-merge', `ran at ${receipt.startedAt}, before it came to main at ${planOnMain}`, {
        subject,
      }),
    );
  if (mergedBy !== undefined && approvedBy.length === 1 && same(approvedBy[0] ?? '', mergedBy))
    findings.push(note('approver-merged', `was approved and merged by ${mergedBy} alone`, { subject }));
  return findings;
}

function checkApprovers(
  plan: Plan,
  approvedBy: string[],
  { approvals }: GuardrailsFile,
  subject: string,
): Finding[] {
  const findings: Finding[] = [];
  const subjects = new Set(peopleOf(plan));
  if (approvedBy.length > 0 && approvedBy.length < approvals.required)
    findings.push(
      broken(
        'too-few-approvals',
        `was approved by ${approvedBy.length}, and guardrails.yaml asks for ${approvals.required}`,
        { subject },
      ),
    );
  for (const login of approvedBy) {
    const listed = approvals.approvers.find((approver) => same(approver.login, login));
    if (approvals.approvers.length > 0 && listed === undefined)
      findings.push(
        broken(
          'not-an-approver',
          `was approved by ${login}, who is not among the approvers of guardrails.yaml`,
          { subject },
        ),
      );
    else if (listed?.employee !== undefined && subjects.has(listed.employee))
      findings.push(
        broken('approved-own-access', `was approved by ${login}, whose own access it changes`, {
          subject,
          person: listed.employee,
        }),
      );
    else if (listed?.employee === undefined)
      findings.push(
        note('approver-unmapped', `was approved by ${login}, whom guardrails.yaml maps to no employee`, {
          subject,
        }),
      );
  }
  return findings;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
