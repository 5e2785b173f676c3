/**
 * What can be out of step between HR, the mappings and JumpCloud: a closed list. What is done about each says the policy
 * that plans have (attribute owners, `members`, `auto` and `drift` of guardrails.yaml): where the next plan has an action
 * for it, its lane is the remedy; everything else is only reported.
 *
 * | kind                  | said when                                                                          |
 * |-----------------------|------------------------------------------------------------------------------------|
 * | active-without-person | an account works and belongs to no employee                                        |
 * | orphaned-account      | a staged or suspended account belongs to no employee                               |
 * | missing-user          | somebody should have an account and has none                                       |
 * | unlinked-account      | an account is somebody's, and not linked yet                                       |
 * | state-mismatch        | an account works that should not, or does not and should                           |
 * | attribute-mismatch    | an attribute, a name or the manager differs                                        |
 * | group-mismatch        | a membership that the rules give is missing, or one that we gave is too much        |
 * | binding-mismatch      | the same for devices, policies and applications                                    |
 * | schedule-mismatch     | a start or a last day is not armed in JumpCloud as it should be                    |
 * | unmanaged-member      | a managed group has a member whom neither rule nor record put there                |
 * | suspended-still-bound | a suspended person still has devices, groups, policies or applications             |
 * | stale-exception       | an exception has ended, or changes nothing any more                                |
 * | unmapped-value        | HR has a value of a field that rules read, and no rule treats it as its own        |
 * | unfillable-group      | no rule of a group holds for anybody                                               |
 * | dead-rule             | one rule of several of a group names a value that HR does not have                 |
 * | group-problem         | a group is missing, doubled, renamed, gone, dynamic or released                    |
 * | quarantined           | the same action failed again and again, or two systems fight over it               |
 * | held-person           | somebody is on hold: nothing is given, nothing is taken                            |
 * | unrecorded-write      | the key that Rollcall writes with did something that is on no receipt              |
 * | other                 | anything else that the planner says                                                |
 */
import type { Cause } from '../plan/action.ts';
import { compareText, type Severity } from '../values/finding.ts';
import { compareHrIds } from '../values/hr-id.ts';

export const DRIFT_KINDS = {
  'active-without-person': 'Accounts active without a person',
  'suspended-still-bound': 'Suspended people who still have something',
  'state-mismatch': 'Accounts in the wrong state',
  'unrecorded-write': "Writes by Rollcall's own key that no receipt has",
  'unmanaged-member': 'Unmanaged members of managed groups',
  'group-mismatch': 'Group memberships that differ',
  'binding-mismatch': 'Devices, policies and applications that differ',
  'attribute-mismatch': 'Attributes, names and managers that differ',
  'schedule-mismatch': 'Starts and last days that are not armed',
  'missing-user': 'People without an account',
  'unlinked-account': 'Accounts that are not linked yet',
  'orphaned-account': 'Inactive accounts of nobody',
  quarantined: 'Quarantined: failing again and again',
  'held-person': 'People on hold',
  'stale-exception': 'Stale exceptions',
  'group-problem': 'Groups that cannot be managed as they are',
  'unfillable-group': 'Groups that no rule can fill',
  'dead-rule': 'Rules that hold for nobody',
  'unmapped-value': 'HR values that no rule names',
  other: 'Further findings of the planner',
} as const;

export type DriftKind = keyof typeof DRIFT_KINDS;

export const KIND_ORDER = Object.keys(DRIFT_KINDS) as DriftKind[];

/** auto: the next plan does it without review. pull-request: it proposes it. report: a person decides. */
export type Remedy = 'auto' | 'pull-request' | 'report';

/** Who last touched what differs, from Directory Insights. */
export interface Author {
  /** others: somebody else. rollcall: our own, on a receipt. rollcall-key: by our key, on no receipt. jumpcloud: a rule or a job of JumpCloud. */
  kind: 'others' | 'rollcall' | 'rollcall-key' | 'jumpcloud';
  /** As the log names them; text of strangers. */
  who: string;
  /** "in the console", "with an API key" … */
  how: string;
  at: string;
  /** Id of the event. */
  event: string;
}

/** What to look for in Directory Insights: the newest change of this very thing. */
export type Watch =
  | { about: 'field'; account: string; fields: string[] }
  | { about: 'state' | 'created' | 'deleted'; account: string }
  | { about: 'bound'; account: string; to: string; op: 'add' | 'remove' }
  | { about: 'group'; group: string };

export interface Drift {
  kind: DriftKind;
  severity: Severity;
  /** HR id. */
  person?: string;
  /** JumpCloud id of the account. */
  account?: string;
  username?: string;
  /** Attribute, group, binding, file or HR field that it is about. */
  target?: string;
  should?: string | null;
  is?: string | null;
  /** One line; text of strangers in it. */
  message: string;
  remedy: Remedy;
  /** Id of the action that the next plan has for it. */
  action?: string;
  /** That action stands in a plan which waits for its receipt. */
  pending?: true;
  cause?: Cause;
  by?: Author;
  watch?: Watch;
}

export function compareDrift(a: Drift, b: Drift): number {
  const rank = { critical: 0, warning: 1, info: 2 };
  return (
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    rank[a.severity] - rank[b.severity] ||
    comparePeople(a.person, b.person) ||
    compareText(a.target ?? '', b.target ?? '') ||
    compareText(a.username ?? '', b.username ?? '') ||
    compareText(a.message, b.message)
  );
}

function comparePeople(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return compareHrIds(a, b);
}
