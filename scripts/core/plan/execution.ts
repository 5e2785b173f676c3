/**
 * What apply may do with an approved action: approved ∩ fresh, decided in this order.
 *
 * | live equals after, anchor ours | the fresh plan wants it | allowed (lane, approval, HR read) | verdict       |
 * |--------------------------------|-------------------------|-----------------------------------|---------------|
 * | yes                            |                         |                                   | already       |
 * | no                             | no                      |                                   | skipped       |
 * | no                             | yes                     | no                                | not-attempted |
 * | no                             | yes                     | yes                               | run           |
 *
 * Nothing here trusts what a file says about lane or approval.
 */
import type { LiveAccount, LiveDirectory } from '../directory/live.ts';
import type { PersonLedger } from '../record/ledger.ts';
import { secondsBetween } from '../values/calendar.ts';
import { foldEmail } from '../values/fold-name.ts';
import type { Json } from '../values/canonical-json.ts';
import { type Action, cancelsActivation, isRevocation } from './action.ts';
import { sameText } from './diff-attributes.ts';
import type { Plan } from './plan-file.ts';
import type { Planned } from './planner.ts';
import type { GuardrailCode } from '../values/guardrail-codes.ts';
import { textIn } from '../values/json-fields.ts';

/** What the doors know about a plan besides its bytes; ages come from records, never from a clock here. */
export interface Authorisation {
  /** Whose approval counts, one a login, subjects of the plan left out; the age is the forge's when it was read. */
  approvals: { login: string; ageHours: number; at?: string }[];
  /** Hours since the plan was added to main; 0 without git. */
  planAgeHours: number;
  /** A complete export finished within the last hour. */
  freshHr: boolean;
}

export type Verdict =
  | { kind: 'already'; account?: string; job?: string }
  | { kind: 'skipped'; reason: string }
  | { kind: 'not-attempted'; reason: string; code: GuardrailCode | 'unjudged' | 'unread' }
  | { kind: 'run' };

/** Why a whole plan may not be touched, if so. */
export type Refusal = { outcome: 'expired' | 'refused'; code: GuardrailCode; message: string } | undefined;

export interface ExecutionContext {
  fresh: Planned;
  live: LiveDirectory;
  people: ReadonlyMap<string, PersonLedger>;
  authorisation: Authorisation;
  approvals: { required: number; requiredOverBudget: number; expireHours: number };
}

/** Revocations of a plan this young may run without a fresh HR read; grants never. */
const REVOCATIONS_WITHOUT_HR_HOURS = 24;

/** Judges the plan as a whole: approvals, and their age. Lane auto needs none here; its actions are judged one by one. */
export function judgePlan(plan: Plan, context: ExecutionContext): Refusal {
  if (plan.lane !== 'review') return undefined;
  const { approvals } = context.authorisation;
  const { expireHours } = context.approvals;
  const required = requiredApprovals(plan, context);
  const young = approvals.filter(({ ageHours }) => ageHours <= expireHours);
  if (young.length >= required) return undefined;
  if (approvals.length >= required)
    return {
      outcome: 'expired',
      code: 'approval-expired',
      message: `${approvals.length} of ${required} approvals, but ${approvals.length - young.length} of them more than ${expireHours} hours ago: the next plan asks again`,
    };
  return {
    outcome: 'refused',
    code: 'not-approved',
    message: `${young.length} of ${required} approvals by permitted people who are not its subjects`,
  };
}

export function requiredApprovals(
  plan: Plan,
  { fresh, approvals }: Pick<ExecutionContext, 'fresh' | 'approvals'>,
): number {
  return plan.actions.some(({ id }) => fresh.overBudget.has(id))
    ? Math.max(approvals.required, approvals.requiredOverBudget)
    : approvals.required;
}

export function judgeAction(action: Action, plan: Plan, context: ExecutionContext): Verdict {
  const done = isAlready(action, context);
  if (done !== undefined) return { kind: 'already', ...done };
  const wanted = context.fresh.actions.find(({ id }) => id === action.id);
  if (wanted === undefined) return { kind: 'skipped', reason: whyUnwanted(action, context) };
  const { authorisation, fresh } = context;
  if (!isRevocation(action) && action.kind !== 'unschedule' && awaitsReinstatement(action, plan, fresh))
    return {
      kind: 'skipped',
      reason: 'the account was suspended meanwhile, and bringing it back is not approved',
    };
  const lane = fresh.laneOf.get(action.id);
  const takesAway = isRevocation(action) || cancelsActivation(wanted);
  if (
    (plan.lane === 'auto' && lane !== 'auto') ||
    (plan.lane === 'urgent' && !(takesAway && (lane === 'urgent' || lane === 'auto')))
  )
    return {
      kind: 'not-attempted',
      code: 'needs-review',
      reason: 'guardrails.yaml does not let this happen without review',
    };
  if (!authorisation.freshHr && !(takesAway && authorisation.planAgeHours < REVOCATIONS_WITHOUT_HR_HOURS))
    return {
      kind: 'not-attempted',
      code: 'no-fresh-hr',
      reason: 'no complete read of BambooHR within the last hour',
    };
  if (!preconditionHolds(action, wanted))
    return { kind: 'skipped', reason: 'the account has changed since the plan was made' };
  return { kind: 'run' };
}

/** Somebody suspended the account since: the fresh plan would bring it back first, and nobody approved that here. */
function awaitsReinstatement(action: Action, plan: Plan, fresh: Planned): boolean {
  return fresh.actions.some(
    ({ id, kind, person }) =>
      kind === 'reinstate' && person === action.person && !plan.actions.some((own) => own.id === id),
  );
}

/**
 * `before` is a precondition of adopt, rename, delete and reinstate; the fresh action carries what is live now. A
 * reinstate of whoever was back already writes nothing: suspended since, they were suspended by somebody else.
 */
function preconditionHolds(action: Action, fresh: Action): boolean {
  if (action.kind === 'reinstate') return textIn(action.before, 'state') === textIn(fresh.before, 'state');
  if (action.kind === 'rename') return sameJson(action.before, fresh.before);
  if (action.kind !== 'adopt' && action.kind !== 'delete') return true;
  return ['username', 'email', 'name'].every(
    (key) => textIn(action.before, key) === textIn(fresh.before, key),
  );
}

function whyUnwanted(action: Action, { fresh }: ExecutionContext): string {
  const held = fresh.held.find(({ person }) => person === action.person);
  return held === undefined ? 'no longer wanted' : `on hold now: ${held.code}`;
}

/** The account that a person's action is about: by its id, else by the anchor. */
function accountOf(action: Action, live: LiveDirectory): LiveAccount | undefined {
  return live.accounts.find(({ id, anchor }) =>
    action.account === null ? anchor === action.person : id === action.account,
  );
}

function isAlready(
  action: Action,
  { live, people }: ExecutionContext,
): { account?: string; job?: string } | undefined {
  if (action.kind === 'create-group')
    return live.groupNames.some(({ name }) => name === action.target) ? {} : undefined;
  const account = accountOf(action, live);
  const target = action.target ?? '';
  if (action.kind === 'delete') return account === undefined ? {} : undefined;
  // The anchor is ours, or it is being set by this very plan.
  if (account === undefined || (account.anchor !== action.person && !isRevocation(action))) return undefined;
  const yes = (fact: boolean): { account?: string } | undefined => (fact ? {} : undefined);
  switch (action.kind) {
    case 'create':
      return foldEmail(account.email) === foldEmail(textIn(action.after, 'email')) ||
        account.username === textIn(action.after, 'username')
        ? { account: account.id }
        : undefined;
    case 'adopt':
      return yes(account.id === target);
    case 'update':
      return yes(
        sameText(account.attributes[target] ?? '', typeof action.after === 'string' ? action.after : ''),
      );
    case 'rename':
      return yes(
        target === 'username'
          ? account.username === action.after
          : foldEmail(account.email) === foldEmail(String(action.after)),
      );
    case 'activate':
    case 'reinstate':
      return yes(account.state === 'ACTIVATED');
    case 'suspend':
      return yes(account.state === 'SUSPENDED');
    case 'schedule': {
      const job = live.armed.find(
        (armed) =>
          armed.account === account.id &&
          armed.state === target &&
          secondsBetween(armed.at, textIn(action.after, 'at')) === 0,
      );
      return job === undefined ? undefined : { job: job.job };
    }
    case 'unschedule':
      return yes(!live.armed.some(({ job }) => job === target));
    case 'set-manager': {
      const manager =
        action.after === null
          ? null
          : (people.get(String(action.after))?.account ??
            live.accounts.find(({ anchor }) => anchor === action.after)?.id);
      return yes(manager !== undefined && account.manager === manager);
    }
    case 'join-group':
      return yes(live.groups.get(target)?.members.has(account.id) === true);
    case 'leave-group': {
      const group = live.groups.get(target);
      const memberships = live.memberships.get(account.id);
      if (group === undefined && memberships === undefined) return undefined;
      return yes(
        group?.members.has(account.id) !== true && memberships?.some(({ id }) => id === target) !== true,
      );
    }
    case 'bind':
      return yes(isBound(live, account.id, target) === true);
    case 'unbind':
      return target.startsWith('ssh_key:')
        ? yes(live.sshKeys.get(account.id)?.includes(target.slice('ssh_key:'.length)) === false)
        : yes(isBound(live, account.id, target) === false);
  }
}

function isBound(live: LiveDirectory, account: string, target: string): boolean | undefined {
  return live.bindings.get(account)?.some(({ type, id }) => `${type}:${id}` === target);
}

function sameJson(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
