/**
 * The closed list of what Rollcall can do to JumpCloud, and the one order in which it is done.
 *
 * | kind         | target                 | before (information)            | after                                   |
 * |--------------|------------------------|---------------------------------|-----------------------------------------|
 * | create-group | group name             | null                            | { name }                                |
 * | create       | null                   | null                            | { username, email, state, anchor, attributes, mail } |
 * | adopt        | account id             | { username, email, name } (precondition), groups taken over, proposed user name where it differs | { anchor } |
 * | update       | attribute name         | text or null                    | text or null                            |
 * | rename       | username or email      | text (precondition)             | text                                    |
 * | activate     | null                   | { state }                       | { state: ACTIVATED, mail }              |
 * | suspend      | null                   | { state, stage, hireDate }      | { state: SUSPENDED }                    |
 * | reinstate    | null                   | { state, by, lapsed? }          | { state: ACTIVATED }                    |
 * | schedule     | ACTIVATED or SUSPENDED | null, or { stage, hireDate } it begins | { state, at, mail? }             |
 * | unschedule   | job id                 | { state, at }                   | null                                    |
 * | set-manager  | manager's HR id, or null | manager's account id, or null | manager's HR id, or null                |
 * | join-group   | group id               | { restored? }                   | { group }                               |
 * | leave-group  | group id               | { group, taken, ours, hireDate } | null                                    |
 * | bind         | type:id                | { restored? }                   | { name }                                |
 * | unbind       | type:id                | { name, taken, ours, hireDate } | null                                    |
 * | delete       | account id             | { username, email } (precondition), reportsTo: who inherits the reports | null |
 */
import { z } from 'zod';
import { digestOf, type Json } from '../values/canonical-json.ts';
import { compareText } from '../values/finding.ts';
import { compareHrIds, HrId } from '../values/hr-id.ts';
import { textIn } from '../values/json-fields.ts';

export const ActionKind = z.enum([
  'create-group',
  'create',
  'adopt',
  'update',
  'rename',
  'activate',
  'suspend',
  'reinstate',
  'schedule',
  'unschedule',
  'set-manager',
  'join-group',
  'leave-group',
  'bind',
  'unbind',
  'delete',
]);
export type ActionKind = z.infer<typeof ActionKind>;

export const Cause = z.enum(['hr', 'date', 'drift', 'mapping']);
export type Cause = z.infer<typeof Cause>;

export const Risk = z.enum(['low', 'medium', 'high']);
export type Risk = z.infer<typeof Risk>;

const JsonValue = z.json() as z.ZodType<Json>;

export const Action = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  kind: ActionKind,
  person: HrId.nullable().meta({ description: 'HR id; null for create-group' }),
  account: z.string().nullable().meta({ description: 'JumpCloud user id; null before creation' }),
  target: z.string().nullable(),
  before: JsonValue,
  after: JsonValue,
  because: z.string().min(1),
  cause: Cause,
  risk: Risk,
});
export type Action = z.infer<typeof Action>;

/** What an action is made of before it has its id. */
export type Wish = Omit<Action, 'id'>;

/** The same need has the same id whenever and from whatever live state it is planned. */
export function actionId(wish: Pick<Action, 'kind' | 'person' | 'target' | 'after'>): string {
  const { kind, person, target, after } = wish;
  return digestOf({ kind, person, target, after }).slice(0, 32);
}

export function actionOf(wish: Wish): Action {
  return { id: actionId(wish), ...wish };
}

/** Why something was taken from a person; what leave took is given back on return. */
export type Taken = 'moved' | 'leave' | 'left' | 'unmapped';

/** True for what only takes away access: it never waits for anything else and may run on its own. */
export function isRevocation(action: Pick<Action, 'kind' | 'target'>): boolean {
  switch (action.kind) {
    case 'suspend':
    case 'leave-group':
    case 'unbind':
    case 'delete':
      return true;
    case 'schedule':
      return action.target === 'SUSPENDED';
    case 'unschedule':
    case 'create-group':
    case 'create':
    case 'adopt':
    case 'update':
    case 'rename':
    case 'activate':
    case 'reinstate':
    case 'set-manager':
    case 'join-group':
    case 'bind':
      return false;
  }
}

/** An update that puts another value, or none, where there is one. */
export function overwrites({ kind, before }: Pick<Action, 'kind' | 'before'>): boolean {
  return kind === 'update' && before !== null && before !== '';
}

/** Nobody gets in any more by a job of ours. */
export function cancelsActivation({ kind, before }: Pick<Action, 'kind' | 'before'>): boolean {
  return kind === 'unschedule' && textIn(before, 'state') === 'ACTIVATED';
}

/** Now, or at the hour for which it is armed. */
export function isSuspension({ kind, target }: Pick<Action, 'kind' | 'target'>): boolean {
  return kind === 'suspend' || (kind === 'schedule' && target === 'SUSPENDED');
}

/** The action that opens a person's chain: when it is not done, none of the person's grants is. */
export function isHead(kind: ActionKind): boolean {
  return (
    kind === 'create' || kind === 'adopt' || kind === 'activate' || kind === 'reinstate' || kind === 'rename'
  );
}

/** From then on the person has that account: its receipt says which. Every other action finds it in the plan or the record. */
export function yieldsAccount(kind: ActionKind): boolean {
  return kind === 'create' || kind === 'adopt';
}

/**
 * Cancelled activations, revocations, creates, updates, managers, joins, binds, deletions. Read aloud:
 * who must not get in is kept out first; nobody is given anything before the account is right.
 */
export type Phase = 'cancel' | 'revoke' | 'create' | 'update' | 'manager' | 'join' | 'bind' | 'delete';
export const PHASES: Phase[] = ['cancel', 'revoke', 'create', 'update', 'manager', 'join', 'bind', 'delete'];

export function phaseOf(action: Pick<Action, 'kind' | 'target' | 'before' | 'account'>): Phase {
  switch (action.kind) {
    case 'unschedule':
      // A cancelled suspension belongs to a date that moved: the new job is armed first.
      return textIn(action.before, 'state') === 'SUSPENDED' ? 'bind' : 'cancel';
    case 'suspend':
    case 'leave-group':
    case 'unbind':
      return 'revoke';
    case 'schedule':
      // A job needs an account: that of a joiner is made first.
      return action.target === 'SUSPENDED' && action.account !== null ? 'revoke' : 'join';
    case 'create-group':
    case 'create':
    case 'adopt':
    case 'rename':
    case 'activate':
    case 'reinstate':
      return 'create';
    case 'update':
      return 'update';
    case 'set-manager':
      return 'manager';
    case 'join-group':
      return 'join';
    case 'bind':
      return 'bind';
    case 'delete':
      return 'delete';
  }
}

/** Within a phase and a person: heads before the rest, a suspension before what is stripped. */
const KIND_ORDER: ActionKind[] = [
  'create-group',
  'unschedule',
  'suspend',
  'schedule',
  'adopt',
  'create',
  'rename',
  'activate',
  'reinstate',
  'update',
  'set-manager',
  'leave-group',
  'join-group',
  'unbind',
  'bind',
  'delete',
];

export function compareActions(a: Action, b: Action): number {
  return (
    PHASES.indexOf(phaseOf(a)) - PHASES.indexOf(phaseOf(b)) ||
    comparePeople(a.person, b.person) ||
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    compareText(a.target ?? '', b.target ?? '') ||
    compareText(a.id, b.id)
  );
}

function comparePeople(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return compareHrIds(a, b);
}
