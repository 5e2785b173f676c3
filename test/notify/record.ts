/** Plans and receipts by hand: real digests, any action with any outcome. */
import { type Action, type ActionKind, actionOf } from '../../scripts/core/plan/action.ts';
import { countByKind, type Held, type Lane, type Plan, sealPlan } from '../../scripts/core/plan/plan-file.ts';
import type { RecordedPlan } from '../../scripts/core/record/ledger.ts';
import {
  type ActionOutcome,
  type Receipt,
  type ReceiptOutcome,
  sealReceipt,
} from '../../scripts/core/record/receipt.ts';
import type { Json } from '../../scripts/core/values/canonical-json.ts';
import { digestOf } from '../../scripts/core/values/canonical-json.ts';
import type { Finding } from '../../scripts/core/values/finding.ts';

export function act(
  kind: ActionKind,
  person: string | null,
  more: { target?: string | null; before?: Json; after?: Json; because?: string } = {},
): Action {
  return actionOf({
    kind,
    person,
    account: person === null ? null : digestOf(person).slice(0, 24),
    target: more.target ?? null,
    before: more.before ?? null,
    after: more.after ?? null,
    because: more.because ?? 'because',
    cause: 'hr',
    risk: 'low',
  });
}

export const joins = (person: string, group: string): Action =>
  act('join-group', person, { target: digestOf(group).slice(0, 24), after: { group } });
export const suspends = (person: string, stage = 'left'): Action =>
  act('suspend', person, {
    before: { state: 'ACTIVATED', stage, hireDate: '2020-01-06' },
    after: { state: 'SUSPENDED' },
  });
export const arms = (person: string, state: 'ACTIVATED' | 'SUSPENDED', at = '2026-11-24T06:59:00Z'): Action =>
  act('schedule', person, { target: state, after: { state, at } });
export const creates = (person: string, state = 'STAGED', name = `user${person}`): Action =>
  act('create', person, {
    after: {
      username: name,
      email: `${name}@example.com`,
      state,
      anchor: person,
      attributes: {},
      mail: 'work',
    },
  });

export function planOf(
  actions: Action[],
  more: { asOf?: string; lane?: Lane; held?: Held[]; findings?: Finding[] } = {},
): Plan {
  return sealPlan({
    asOf: more.asOf ?? '2026-11-23',
    lane: more.lane ?? 'auto',
    base: digestOf([]),
    actions,
    findings: more.findings ?? [],
    held: more.held ?? [],
    counts: countByKind(actions),
  });
}

export function receiptOf(
  plan: Plan,
  outcomes: ActionOutcome | Record<string, ActionOutcome> = 'done',
  more: Partial<Pick<Receipt, 'run' | 'finishedAt' | 'findings' | 'approvedBy'>> & {
    outcome?: ReceiptOutcome;
    reason?: string;
  } = {},
): Receipt {
  const { outcome, reason, ...rest } = more;
  const at = more.finishedAt ?? '2026-11-23T12:00:00Z';
  return sealReceipt({
    previous: null,
    plan: plan.digest,
    startedAt: '2026-11-23T11:59:00Z',
    finishedAt: at,
    outcome: outcome ?? 'complete',
    results: plan.actions.map(({ id }) => ({
      action: id,
      outcome: typeof outcomes === 'string' ? outcomes : (outcomes[id] ?? 'done'),
      ...(reason === undefined ? {} : { reason }),
      at,
      attempts: 1,
    })),
    approvedBy: [],
    ...rest,
  });
}

export function recorded(
  actions: Action[],
  outcomes: Parameters<typeof receiptOf>[1] = 'done',
  more: Parameters<typeof receiptOf>[2] & Parameters<typeof planOf>[1] = {},
): RecordedPlan {
  const { asOf, lane, held, findings, ...rest } = more;
  const plan = planOf(actions, {
    ...(asOf === undefined ? {} : { asOf }),
    ...(lane === undefined ? {} : { lane }),
    ...(held === undefined ? {} : { held }),
    ...(findings === undefined ? {} : { findings }),
  });
  return { plan, receipt: receiptOf(plan, outcomes, rest) };
}
