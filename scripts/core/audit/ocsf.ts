/**
 * Changes as OCSF events, one JSON document a line, for a SIEM. Category 3, Identity & Access Management; schema 1.3.0
 * (events/iam of ocsf-schema: account_change, user_access, group_management, entity_management).
 *
 * | kind                        | class                          | activity                 |
 * |-----------------------------|--------------------------------|--------------------------|
 * | create                      | 3001 Account Change            | 1 Create                 |
 * | activate, reinstate         | 3001 Account Change            | 2 Enable                 |
 * | suspend                     | 3001 Account Change            | 5 Disable                |
 * | delete                      | 3001 Account Change            | 6 Delete                 |
 * | update, rename, adopt, …    | 3001 Account Change            | 99 Other, named          |
 * | bind, unbind                | 3005 User Access Management    | 1 Assign, 2 Revoke Privileges |
 * | join-group, leave-group     | 3006 Group Management          | 3 Add User, 4 Remove User |
 * | create-group                | 3004 Entity Management         | 1 Create                 |
 *
 * 3005 is deprecated from schema 1.9.0 on and still the class for this in the version named here.
 */
import type { ActionKind, Risk } from '../plan/action.ts';
import type { ActionOutcome } from '../record/receipt.ts';
import type { Json } from '../values/canonical-json.ts';
import { jsonText } from '../render/json-text.ts';
import { visibleText } from '../render/visible-text.ts';
import type { Change } from './population.ts';

const SCHEMA = '1.3.0';

const CLASSES = {
  3001: 'Account Change',
  3004: 'Entity Management',
  3005: 'User Access Management',
  3006: 'Group Management',
} as const;

type ClassUid = keyof typeof CLASSES;

const KINDS: Record<ActionKind, [classUid: ClassUid, activity: number, name: string]> = {
  'create-group': [3004, 1, 'Create'],
  create: [3001, 1, 'Create'],
  adopt: [3001, 99, 'Adopt'],
  update: [3001, 99, 'Update Attribute'],
  rename: [3001, 99, 'Rename'],
  activate: [3001, 2, 'Enable'],
  suspend: [3001, 5, 'Disable'],
  reinstate: [3001, 2, 'Enable'],
  schedule: [3001, 99, 'Schedule'],
  unschedule: [3001, 99, 'Unschedule'],
  'set-manager': [3001, 99, 'Set Manager'],
  'join-group': [3006, 3, 'Add User'],
  'leave-group': [3006, 4, 'Remove User'],
  bind: [3005, 1, 'Assign Privileges'],
  unbind: [3005, 2, 'Revoke Privileges'],
  delete: [3001, 6, 'Delete'],
};

const STATUSES: Record<ActionOutcome, [id: number, name: string]> = {
  done: [1, 'Success'],
  already: [1, 'Success'],
  skipped: [99, 'Skipped'],
  failed: [2, 'Failure'],
  'not-attempted': [99, 'Not Attempted'],
};

/** 1 Informational, 2 Low, 3 Medium; what failed is one step graver. */
const SEVERITIES: Record<Risk, number> = { low: 1, medium: 1, high: 2 };
const SEVERITY_NAMES = ['Unknown', 'Informational', 'Low', 'Medium'];

/** Every change as a line, oldest first; '' when there is none. */
export function ocsfLines(changes: Change[]): string {
  return changes.map((change) => `${jsonText(ocsfEvent(change))}\n`).join('');
}

export function ocsfEvent(change: Change): Json {
  const [classUid, activity, activityName] = KINDS[change.kind];
  const [statusId, status] = STATUSES[change.outcome];
  const severity = SEVERITIES[change.risk] + (change.outcome === 'failed' ? 1 : 0);
  return {
    category_uid: 3,
    category_name: 'Identity & Access Management',
    class_uid: classUid,
    class_name: CLASSES[classUid],
    activity_id: activity,
    activity_name: activityName,
    type_uid: classUid * 100 + activity,
    type_name: `${CLASSES[classUid]}: ${activityName}`,
    time: Date.parse(change.at),
    severity_id: severity,
    severity: SEVERITY_NAMES[severity] ?? 'Unknown',
    status_id: statusId,
    status,
    ...(change.reason === '' ? {} : { status_detail: visibleText(change.reason) }),
    message: visibleText(`${change.what}: ${change.because}`),
    metadata: {
      version: SCHEMA,
      uid: `${change.plan}:${change.action}`,
      correlation_uid: change.plan,
      product: { name: 'Rollcall', vendor_name: 'Rollcall', feature: { name: change.lane } },
      ...(change.run === '' ? {} : { original_time: change.startedAt, log_provider: change.run }),
    },
    actor: { app_name: 'Rollcall', ...actorUser(change) },
    ...targetsOf(change, classUid),
    unmapped: {
      authorisation: change.authorisation,
      approved_by: change.approvedBy,
      cause: change.cause,
      class: change.counted,
      plan_commit: change.plannedIn,
      receipt_commit: change.recordedIn,
      plan_on_main_at: change.plannedAt,
    },
  };
}

function actorUser({ mergedBy, approvedBy }: Change): { user?: Json } {
  const login = mergedBy === '' ? approvedBy[0] : mergedBy;
  return login === undefined ? {} : { user: { name: login, type: 'Admin', type_id: 2 } };
}

function targetsOf(change: Change, classUid: ClassUid): { [key: string]: Json } {
  const { target, what, account, person, label } = change;
  const user: Json = {
    // The directory's id, and the HR id, which outlives it.
    ...(account === null ? {} : { uid: account }),
    ...(person === null ? {} : { uid_alt: person }),
    name: visibleText(label === '' ? (person ?? '') : label),
    type: 'User',
    type_id: 1,
  };
  const group = visibleText(what.replace(/^(?:joins|leaves|gets|new group) /, '').replace(/ back$/, ''));
  switch (classUid) {
    case 3001:
      return { user };
    case 3004:
      return { entity: { name: group, type: 'Group', ...(target === null ? {} : { uid: target }) } };
    case 3005:
      return {
        user,
        privileges: [visibleText(what)],
        resource: {
          uid: target ?? '',
          name: visibleText(what.replace(/^(?:gets|loses) /, '').replace(/ back$/, '')),
          type: (target ?? '').split(':')[0] ?? '',
        },
      };
    case 3006:
      return {
        user,
        group: { name: group, type: 'User Group', ...(target === null ? {} : { uid: target }) },
      };
  }
}
