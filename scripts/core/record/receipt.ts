/** state/receipts/<date>-<digest>.json: what happened to a plan. Added once, never modified. */
import { z } from 'zod';
import { canonicalFile, digestOf } from '../values/canonical-json.ts';
import { Finding } from '../values/finding.ts';

const Instant = z.iso.datetime().meta({ description: 'UTC' });
const Digest = z.string().regex(/^[0-9a-f]{64}$/);

export const ActionOutcome = z.enum(['done', 'already', 'skipped', 'failed', 'not-attempted']);
export type ActionOutcome = z.infer<typeof ActionOutcome>;

/** JumpCloud is as the action wants it: this run did it, or found it so. */
export function hasLanded(outcome: ActionOutcome): boolean {
  return outcome === 'done' || outcome === 'already';
}

export const ActionResult = z.strictObject({
  action: z.string().meta({ description: 'id of the action in the plan of the same name' }),
  outcome: ActionOutcome,
  reason: z.string().optional(),
  at: Instant,
  attempts: z.int().min(0),
  account: z
    .string()
    .optional()
    .meta({ description: 'JumpCloud id of the account that a create or adopt yielded' }),
  job: z.string().optional().meta({ description: "JumpCloud's id of the job that a schedule armed" }),
});
export type ActionResult = z.infer<typeof ActionResult>;

export const ReceiptOutcome = z.enum(['complete', 'partial', 'refused', 'expired']);
export type ReceiptOutcome = z.infer<typeof ReceiptOutcome>;

export const Receipt = z
  .strictObject({
    version: z.literal(1),
    digest: Digest.meta({ description: 'sha256 of the canonical JSON of everything else here' }),
    previous: z.string().nullable().meta({ description: 'Digest of the receipt before this one: the chain' }),
    plan: Digest.meta({ description: 'digest of the plan' }),
    startedAt: Instant,
    finishedAt: Instant,
    outcome: ReceiptOutcome,
    results: z.array(ActionResult),
    approvedBy: z.array(z.string()),
    mergedBy: z.string().optional(),
    run: z.string().optional().meta({ description: 'URL of the run' }),
    trigger: z.string().optional().meta({ description: 'bamboohr-webhook, schedule, manual …' }),
    times: z.record(z.string(), z.string()).optional().meta({
      description:
        'Instants: hrEffective, received, dispatched, suspended of the urgent lane; approved, merged of a review',
    }),
    findings: z.array(Finding).optional(),
  })
  .meta({ id: 'receipt', title: 'Receipt', description: 'What happened to the plan of the same name.' });
export type Receipt = z.infer<typeof Receipt>;

export function sealReceipt(content: Omit<Receipt, 'digest' | 'version'>): Receipt {
  const body = { version: 1 as const, ...content };
  return { ...body, digest: digestOf(body) };
}

export function receiptText(receipt: Receipt): string {
  return canonicalFile(receipt);
}

export function parseReceipt(text: string): { ok: true; receipt: Receipt } | { ok: false; message: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, message: 'it is not JSON' };
  }
  const parsed = Receipt.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      ok: false,
      message: `it does not read as a receipt at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}`,
    };
  }
  const { digest, ...body } = parsed.data;
  if (digestOf(body) !== digest) return { ok: false, message: 'its digest does not match its content' };
  if (receiptText(parsed.data) !== text)
    return { ok: false, message: 'its bytes are not the ones that were written' };
  return { ok: true, receipt: parsed.data };
}

/** Results by outcome, for counts and the commit subject. */
export function countByOutcome(results: Pick<ActionResult, 'outcome'>[]): Record<ActionOutcome, number> {
  const counts: Record<ActionOutcome, number> = {
    done: 0,
    already: 0,
    skipped: 0,
    failed: 0,
    'not-attempted': 0,
  };
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}
