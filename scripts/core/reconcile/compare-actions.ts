/** The planner's comparison told as drift: what the next plan would put right, and what it can only say. */
import { type Action, type ActionKind } from '../plan/action.ts';
import { describeAction } from '../render/describe-action.ts';
import type { Json } from '../values/canonical-json.ts';
import type { Finding } from '../values/finding.ts';
import { textIn } from '../values/json-fields.ts';
import type { Drift, DriftKind, Watch } from './drift.ts';
import type { Scene } from './scene.ts';

const KIND_OF: Record<ActionKind, DriftKind> = {
  'create-group': 'group-problem',
  create: 'missing-user',
  adopt: 'unlinked-account',
  update: 'attribute-mismatch',
  rename: 'attribute-mismatch',
  'set-manager': 'attribute-mismatch',
  activate: 'state-mismatch',
  suspend: 'state-mismatch',
  reinstate: 'state-mismatch',
  delete: 'state-mismatch',
  schedule: 'schedule-mismatch',
  unschedule: 'schedule-mismatch',
  'join-group': 'group-mismatch',
  'leave-group': 'group-mismatch',
  bind: 'binding-mismatch',
  unbind: 'binding-mismatch',
};

/** Findings of the planner that are a kind of drift of their own; all others are `other`. */
const FINDING_KINDS: Readonly<Record<string, DriftKind>> = {
  'group-missing': 'group-problem',
  'group-doubled': 'group-problem',
  'group-renamed': 'group-problem',
  'group-gone': 'group-problem',
  'group-unread': 'group-problem',
  'group-dynamic': 'group-problem',
  'group-protected': 'group-problem',
  'group-released': 'group-problem',
  'binding-missing': 'group-problem',
  'group-kept': 'suspended-still-bound',
  'exception-expired': 'stale-exception',
  'exception-expires': 'stale-exception',
  flapping: 'quarantined',
  quarantine: 'quarantined',
};

/** Told in full elsewhere: by compare-accounts.ts, and as the actions that would put it back; no action is about a leaver's lost account. */
const TOLD_ELSEWHERE = /^(?:accounts-without-employee|drift-[a-z]+)$/;
const isToldElsewhere = ({ code, severity }: Finding): boolean =>
  TOLD_ELSEWHERE.test(code) || (code === 'account-gone' && severity !== 'critical');

export function compareActions(scene: Scene): Drift[] {
  const { planned, ledger } = scene;
  const pending = new Set(ledger.pending.flatMap(({ actions }) => actions.map(({ id }) => id)));
  const joining = new Set(
    planned.actions.flatMap(({ kind, person }) => (kind === 'create' && person !== null ? [person] : [])),
  );
  return [...planned.actions, ...planned.reported].flatMap((action): Drift[] =>
    // What belongs to an account that does not exist yet comes with its create.
    action.kind !== 'create' && action.person !== null && joining.has(action.person)
      ? []
      : [driftOf(action, scene, pending)],
  );
}

function driftOf(action: Action, scene: Scene, pending: ReadonlySet<string>): Drift {
  const account = action.account === null ? undefined : scene.accounts.get(action.account);
  const isTakenFromSuspended =
    (action.kind === 'leave-group' || action.kind === 'unbind') && account?.state === 'SUSPENDED';
  const lane = scene.planned.laneOf.get(action.id);
  const group = textIn(action.after, 'group') || textIn(action.before, 'group');
  const isBinding = action.kind === 'bind' || action.kind === 'unbind';
  const thing = isBinding ? textIn(action.after, 'name') || textIn(action.before, 'name') : '';
  // Of an adoption the account is told already.
  const target = action.kind === 'adopt' ? null : group || thing || action.target;
  const watch = watchOf(action) ?? deletionOf(action, scene);
  return {
    kind: isTakenFromSuspended ? 'suspended-still-bound' : KIND_OF[action.kind],
    severity:
      isTakenFromSuspended || action.kind === 'suspend'
        ? 'critical'
        : action.kind === 'reinstate' || action.kind === 'create' || action.risk === 'high'
          ? 'warning'
          : action.cause === 'drift'
            ? 'warning'
            : 'info',
    ...(action.person === null ? {} : { person: action.person }),
    ...(account === undefined ? {} : { account: account.id, username: account.username }),
    ...(target === null || target === '' ? {} : { target }),
    ...valuesOf(action),
    message: describeAction(action, scene.names).line,
    // No lane: guardrails.yaml wants this drift reported and nothing else.
    remedy: lane === undefined ? 'report' : lane === 'auto' ? 'auto' : 'pull-request',
    ...(lane === undefined ? {} : { action: action.id }),
    ...(pending.has(action.id) ? { pending: true as const } : {}),
    cause: action.cause,
    ...(watch === undefined ? {} : { watch }),
  };
}

function valuesOf({ kind, before, after, target }: Action): Pick<Drift, 'should' | 'is'> {
  switch (kind) {
    case 'update':
    case 'rename':
      return { should: textOrNull(after), is: textOrNull(before) };
    case 'set-manager':
      return { should: target };
    case 'activate':
    case 'suspend':
    case 'reinstate':
      return { should: textIn(after, 'state'), is: textIn(before, 'state') };
    case 'join-group':
    case 'bind':
      return { should: 'member', is: null };
    case 'leave-group':
    case 'unbind':
      return { should: null, is: 'member' };
    case 'create-group':
    case 'create':
    case 'adopt':
    case 'schedule':
    case 'unschedule':
    case 'delete':
      return {};
  }
}

function textOrNull(value: Json): string | null {
  return typeof value === 'string' ? value : null;
}

function watchOf({ kind, account, target }: Action): Watch | undefined {
  if (account === null) return undefined;
  switch (kind) {
    case 'update':
      return { about: 'field', account, fields: [jumpCloudField(target ?? '')] };
    case 'rename':
      return { about: 'field', account, fields: [target ?? ''] };
    case 'set-manager':
      return { about: 'field', account, fields: ['manager'] };
    case 'activate':
    case 'suspend':
    case 'reinstate':
      return { about: 'state', account };
    case 'join-group':
      return { about: 'bound', account, to: target ?? '', op: 'remove' };
    case 'leave-group':
      return { about: 'bound', account, to: target ?? '', op: 'add' };
    case 'bind':
      return { about: 'bound', account, to: idOf(target), op: 'remove' };
    case 'unbind':
      return { about: 'bound', account, to: idOf(target), op: 'add' };
    case 'adopt':
      return { about: 'created', account };
    case 'create-group':
    case 'create':
    case 'schedule':
    case 'unschedule':
    case 'delete':
      return undefined;
  }
}

/** Somebody who had an account by our record and has none: it was deleted, and somebody did that. */
function deletionOf({ kind, person }: Action, { ledger }: Scene): Watch | undefined {
  const account = kind === 'create' ? ledger.people.get(person ?? '')?.account : undefined;
  return account === undefined ? undefined : { about: 'deleted', account };
}

/** `type:id` -> id */
function idOf(target: string | null): string {
  return (target ?? '').slice((target ?? '').indexOf(':') + 1);
}

/** JumpCloud's field that holds a flat attribute of ours, as `changes` of an event names it. */
export function jumpCloudField(attribute: string): string {
  const family = attribute.split('.')[0] ?? attribute;
  if (family === attribute) return attribute;
  if (family === 'phone') return 'phoneNumbers';
  return family === 'address' ? 'addresses' : 'attributes';
}

/** People on hold, and what the planner says beside its actions. */
export function compareFindings(scene: Scene): Drift[] {
  const { held, findings } = scene.planned;
  const heldCodes = new Set(held.map(({ person, code }) => `${person} ${code}`));
  const critical = new Set(
    findings.flatMap(({ severity, person, code }) => (severity === 'critical' ? [`${person} ${code}`] : [])),
  );
  return [
    ...held.map(({ person, code, message }): Drift => {
      const account = accountIdOf(person, scene);
      const watch: Watch | undefined =
        account !== undefined && code === 'anchor-lost'
          ? { about: 'field', account, fields: ['employeeIdentifier'] }
          : undefined;
      return {
        kind: 'held-person',
        severity: critical.has(`${person} ${code}`) ? 'critical' : 'warning',
        person,
        target: code,
        message,
        remedy: 'report',
        ...(account === undefined ? {} : { account }),
        ...(watch === undefined ? {} : { watch }),
      };
    }),
    ...findings
      .filter((finding) => !isToldElsewhere(finding) && !heldCodes.has(`${finding.person} ${finding.code}`))
      .map((finding) => fromFinding(finding, scene)),
  ];
}

function fromFinding({ code, severity, person, subject, message }: Finding, scene: Scene): Drift {
  const group = subject === undefined ? undefined : scene.pins[subject];
  const kind = Object.hasOwn(FINDING_KINDS, code) ? (FINDING_KINDS[code] ?? 'other') : 'other';
  return {
    kind,
    severity,
    ...(person === undefined ? {} : { person }),
    target: subject ?? code,
    message,
    remedy: 'report',
    ...(kind === 'group-problem' && group !== undefined ? { watch: { about: 'group' as const, group } } : {}),
  };
}

function accountIdOf(person: string, scene: Scene): string | undefined {
  const match = scene.matches.get(person);
  return match !== undefined && match.kind !== 'none' ? match.account?.id : undefined;
}
