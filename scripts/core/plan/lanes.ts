/**
 * Which actions may happen without review: a table over guardrails.yaml. Whatever no row names is reviewed, and what an
 * edit of the mappings caused is always reviewed.
 */
import type { PersonLedger } from '../record/ledger.ts';
import { textIn } from '../values/json-fields.ts';
import { type Action, cancelsActivation } from './action.ts';
import type { World } from './context.ts';
import { riskOfUpdate } from './diff-attributes.ts';
import { driftChoice } from './drift-policy.ts';
import type { Lane } from './plan-file.ts';

export interface LaneContext {
  world: World;
  overBudget: ReadonlySet<string>;
}

type Row = { named: string; allows(action: Action, context: LaneContext): boolean };

/** All of these must hold for lane auto. */
const CONDITIONS: Row[] = [
  { named: 'not caused by a mapping', allows: (action) => action.cause !== 'mapping' },
  { named: 'within budget', allows: (action, { overBudget }) => !overBudget.has(action.id) },
  {
    named: 'of a person whose facts are unmistakable',
    allows: (action, { world }) =>
      action.person !== null && world.people.get(action.person)?.review === undefined,
  },
  {
    named: 'on an account that is linked already',
    // A job of ours is known by its receipt: whose account is in doubt must not get in by it meanwhile.
    allows: (action, { world }) =>
      cancelsActivation(action) || world.matches.get(action.person ?? '')?.kind === 'linked',
  },
  {
    named: 'on the account of whom HR means',
    allows: (action, { world }) => {
      const match = world.matches.get(action.person ?? '');
      return cancelsActivation(action) || match?.kind !== 'linked' || match.doubt === undefined;
    },
  },
  {
    named: 'no drift that is to be reviewed',
    allows: (action, { world }) => driftChoice(action, world.policy) !== 'review',
  },
];

/** One of these must hold for lane auto. */
const GRANTED: Row[] = [
  {
    named: 'revocations of people who left or are on leave',
    allows: (action, { world }) => world.policy.guardrails.auto.leavers && isLeaverRevocation(action, world),
  },
  {
    named: 'arming inside the window and cancelling jobs of our own',
    allows: (action, { world }) =>
      world.policy.guardrails.auto.schedules &&
      (action.kind === 'unschedule' || (action.kind === 'schedule' && !bringsBack(action, world))),
  },
  {
    named: 'returns from leave',
    allows: (action, { world }) => world.policy.guardrails.auto.returns && isReturn(action, world),
  },
  {
    named: 'noting that somebody is back already: nothing is written',
    allows: ({ kind, before }) => kind === 'reinstate' && textIn(before, 'state') === 'ACTIVATED',
  },
  {
    named: 'updates of low-risk attributes',
    allows: (action, { world }) =>
      action.kind === 'update' &&
      riskOfUpdate(action.target ?? '', world.policy.guardrails.auto.updates) === 'low',
  },
  {
    named: 'drift that is put back by itself',
    allows: (action, { world }) => driftChoice(action, world.policy) === 'auto' && action.risk !== 'high',
  },
];

/**
 * What the urgent lane may do: revocations of people who have unmistakably left or are on leave, within budget, and
 * cancelling armed activations of ours, of these and of people on hold.
 */
export function isUrgent(action: Action, context: LaneContext): boolean {
  const { world } = context;
  return (
    CONDITIONS.every((row) => row.allows(action, context)) &&
    (isLeaverRevocation(action, world) || (cancelsActivation(action) && mayBeGoing(action, world)))
  );
}

function mayBeGoing({ person }: Action, world: World): boolean {
  const stage = world.people.get(person ?? '')?.stage;
  return stage === 'left' || stage === 'leave' || stage === 'hold';
}

export function laneOf(action: Action, context: LaneContext): Exclude<Lane, 'urgent'> {
  const isFree = CONDITIONS.every((row) => row.allows(action, context));
  return isFree && GRANTED.some((row) => row.allows(action, context)) ? 'auto' : 'review';
}

function isLeaverRevocation(action: Action, world: World): boolean {
  const stage = world.people.get(action.person ?? '')?.stage;
  return (
    (stage === 'left' || stage === 'leave') &&
    (action.kind === 'suspend' || action.kind === 'leave-group' || action.kind === 'unbind')
  );
}

/** An armed activation of a suspended account is a reinstatement with a date: nobody who left comes back unseen. */
function bringsBack(action: Action, world: World): boolean {
  const match = world.matches.get(action.person ?? '');
  return action.target === 'ACTIVATED' && match?.kind === 'linked' && match.account.state === 'SUSPENDED';
}

/** Back from a leave that we made: the account, and what leave took, mapped or not. */
export function isReturn(action: Pick<Action, 'kind' | 'person' | 'target' | 'risk'>, world: World): boolean {
  const record = world.ledger.people.get(action.person ?? '');
  if (world.people.get(action.person ?? '')?.stage !== 'active' || record === undefined) return false;
  if (action.kind === 'reinstate') return record.suspended?.why === 'leave';
  if (action.kind !== 'join-group' && action.kind !== 'bind') return false;
  if (!isBackFromLeave(action, record, world)) return false;
  return wasTakenByLeave(record, action.target ?? '') && action.risk !== 'high';
}

/** Whose own return waits for review is given nothing else without it. */
function isBackFromLeave(
  { person }: Pick<Action, 'person'>,
  { suspended }: PersonLedger,
  world: World,
): boolean {
  if (suspended !== undefined) return suspended.why === 'leave';
  const match = world.matches.get(person ?? '');
  return match?.kind !== 'linked' || match.account.state !== 'SUSPENDED';
}

function wasTakenByLeave(record: PersonLedger, target: string): boolean {
  return record.taken.some((thing) => thing.target === target && thing.why === 'leave');
}
