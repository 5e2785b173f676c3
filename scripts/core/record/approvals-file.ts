/**
 * What `approvals --out FILE` writes and `apply --approvals FILE` reads: who approved each pending plan, as the forge
 * had it. apply holds no token of the forge; it decides with guardrails.yaml of main which of these count.
 */
import { z } from 'zod';
import { canonicalFile } from '../values/canonical-json.ts';

export const PlanApproval = z.strictObject({
  login: z.string().min(1),
  at: z.iso.datetime().meta({ description: 'When it was submitted, by the clock of the forge' }),
  ageHours: z.number().min(0).meta({ description: "The forge's clock when it was read minus `at`" }),
  permission: z
    .enum(['admin', 'write', 'read', 'none'])
    .meta({ description: 'What the login may do in the repository at the time of reading' }),
});
export type PlanApproval = z.infer<typeof PlanApproval>;

export const PlanApprovals = z.strictObject({
  pullRequest: z
    .int()
    .nullable()
    .meta({ description: 'The merged pull request that brought the plan; null: it came without one' }),
  mergedBy: z.string().nullable(),
  mergedAt: z.iso.datetime().nullable(),
  approvals: z.array(PlanApproval).meta({
    description:
      'Effective ones only, given before the merge for these very bytes; one a login, oldest first',
  }),
  note: z.string().optional().meta({ description: 'Why an approval that one might expect is not here' }),
});
export type PlanApprovals = z.infer<typeof PlanApprovals>;

export const ApprovalsFile = z.strictObject({
  version: z.literal(1),
  plans: z
    .record(z.string().regex(/^[0-9a-f]{64}$/), PlanApprovals)
    .meta({ description: 'By digest of the plan' }),
});
export type ApprovalsFile = z.infer<typeof ApprovalsFile>;

export function approvalsText(file: ApprovalsFile): string {
  return canonicalFile(file);
}

export function parseApprovals(
  text: string,
): { ok: true; file: ApprovalsFile } | { ok: false; message: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, message: 'it is not JSON' };
  }
  const parsed = ApprovalsFile.safeParse(value);
  if (parsed.success) return { ok: true, file: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    ok: false,
    message: `it does not read as approvals at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}`,
  };
}
