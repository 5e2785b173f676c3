/**
 * Whether a plan's actions follow from what was committed: the person's facts put through the mappings give a desired
 * account, and each action must lead there. What the live directory was like is on the plan only (`before`), so it is
 * taken as written and must at least not be there already.
 *
 * | action             | follows when                                                                          |
 * |--------------------|---------------------------------------------------------------------------------------|
 * | create             | the account should exist, with this anchor, address and these attributes               |
 * | adopt              | the anchor is the person                                                               |
 * | update             | the mappings give this value, or no longer give one that we had set                    |
 * | rename             | the desired name or address is this one                                                |
 * | activate reinstate | the account should work                                                                |
 * | suspend            | the account should not work, and the stage is the one named                            |
 * | schedule           | the facts and lifecycle.yaml give this instant: a first, a last or a first day of leave |
 * | unschedule         | a receipt of ours armed the job                                                        |
 * | set-manager        | HR names this manager, or one above where policy passes reports on                     |
 * | join-group bind    | the rules give it, or leave took it                                                    |
 * | leave-group unbind | the rules do not give it, or the person is leaving                                     |
 * | delete             | the retention period is over                                                           |
 * | create-group       | a rule names it with `create: true`                                                    |
 */
import type { LiveAccount, LiveDirectory } from '../directory/live.ts';
import type { Match } from '../directory/match.ts';
import type { Policy } from '../mappings/policy.ts';
import type { Employee } from '../people/employee.ts';
import { derivePerson, inputOf } from '../people/person.ts';
import type { DesiredAccount, PersonFile } from '../people/person-file.ts';
import { lastDayOf } from '../people/stage.ts';
import { type Action, isRevocation } from '../plan/action.ts';
import { bindingKey } from '../plan/binding-key.ts';
import type { World } from '../plan/context.ts';
import { sameText } from '../plan/diff-attributes.ts';
import { withFiredJobs } from '../plan/fired-jobs.ts';
import { indexGroups } from '../plan/group-index.ts';
import { laneOf } from '../plan/lanes.ts';
import type { Lane } from '../plan/plan-file.ts';
import type { Ledger, PersonLedger } from '../record/ledger.ts';
import { addDays, type Day, instantOf } from '../values/calendar.ts';
import { canonicalJson, type Json } from '../values/canonical-json.ts';
import { foldEmail } from '../values/fold-name.ts';
import { fieldOf, isTrue, textIn } from '../values/json-fields.ts';

/** One state of the committed inputs, out of which a person's actions may follow. */
export interface Inputs {
  policy: Policy;
  person: PersonFile;
}

/** A person put through the mappings again. */
export interface Ground extends Inputs {
  /** The person as the file should say. */
  derived: PersonFile;
  ledger: PersonLedger | undefined;
  asOf: Day;
}

interface Standing extends Ground {
  desired: DesiredAccount;
}

const NO_NAMES = { usernames: new Map<string, string>(), emails: new Map<string, string>() };

export function groundOf(inputs: Inputs, ledger: PersonLedger | undefined, asOf: Day): Ground {
  const { policy, person } = inputs;
  return {
    ...inputs,
    ledger,
    asOf,
    derived: derivePerson(inputOf(person, { ledger, reserved: NO_NAMES, asOf }), policy),
  };
}

/** Why an action does not follow; undefined when it does. */
export function doubtAction(action: Action, ground: Ground): string | undefined {
  const { derived, ledger } = ground;
  const { account: desired, stage, hold } = derived;
  if (stage === 'hold' || desired === undefined)
    return action.kind === 'unschedule'
      ? doubtUnschedule(action, ledger)
      : `the person is on hold (${hold?.code ?? 'no account'})`;
  return RULES[action.kind](action, { ...ground, desired });
}

type Rule = (action: Action, ground: Standing) => string | undefined;

const RULES: Record<Action['kind'], Rule> = {
  'create-group': () => 'a group is of nobody',
  create: ({ person: id, after }, { desired }) => {
    if (desired.state !== 'staged' && desired.state !== 'active')
      return `the account should be ${desired.state}`;
    if (textIn(after, 'anchor') !== id) return 'its anchor is another person';
    if (foldEmail(textIn(after, 'email')) !== foldEmail(desired.email ?? ''))
      return 'its address is not the one that HR gives';
    if (textIn(after, 'state') === 'ACTIVATED' && desired.state !== 'active')
      return 'it would work before the first day';
    return canonicalJson(fieldOf(after, 'attributes') ?? {}) === canonicalJson(desired.attributes)
      ? undefined
      : 'its attributes are not the ones that the mappings give';
  },
  adopt: ({ person: id, after }) =>
    textIn(after, 'anchor') === id ? undefined : 'its anchor is another person',
  update: ({ target, before, after }, { desired, ledger, policy }) => {
    const name = target ?? '';
    if (canonicalJson(before) === canonicalJson(after)) return 'it changes nothing';
    const wanted = desired.attributes[name];
    if (after === null) {
      if (wanted !== undefined) return `the mappings give ${name} a value`;
      return ledger?.attributes.has(name) === true ? undefined : `${name} was not set by Rollcall`;
    }
    if (wanted === undefined) return `the mappings give ${name} no value`;
    const isNamed = policy.attributes.some(
      (attribute) => attribute.name === name && attribute.owner !== 'ignore',
    );
    const isPinned = policy.exceptions.some(
      (entry) => entry.kind === 'pin' && 'person' in entry && entry.attribute === name,
    );
    if (!isNamed && !isPinned) return `no mapping names ${name}`;
    return typeof after === 'string' && sameText(after, wanted)
      ? undefined
      : `the mappings give ${name} another value`;
  },
  rename: ({ target, before, after }, { desired }) => {
    if (before === after) return 'it changes nothing';
    const wanted = target === 'email' ? desired.email : desired.username;
    return typeof after === 'string' && wanted !== undefined && foldEmail(after) === foldEmail(wanted)
      ? undefined
      : `the desired ${target ?? 'name'} is another one`;
  },
  activate: (_, { desired }) =>
    desired.state === 'active' ? undefined : `the account should be ${desired.state}`,
  reinstate: (_, { desired }) =>
    desired.state === 'active' ? undefined : `the account should be ${desired.state}`,
  suspend: ({ before }, { desired, derived: person }) => {
    if (desired.state !== 'suspended' && desired.state !== 'deleted')
      return `the account should be ${desired.state}`;
    return textIn(before, 'stage') === person.stage ? undefined : `the person's stage is ${person.stage}`;
  },
  schedule: doubtSchedule,
  unschedule: (action, { ledger }) => doubtUnschedule(action, ledger),
  'set-manager': ({ after }, { desired, policy }) => {
    if (after === null) return desired.managerId === undefined ? undefined : 'HR names a manager';
    if (after === desired.managerId) return undefined;
    return desired.managerId !== undefined && policy.lifecycle.leaving.reports === 'next-manager'
      ? undefined
      : 'HR names another manager';
  },
  'join-group': ({ target, before, after }, { desired, ledger }) => {
    if (isTrue(before, 'restored'))
      return wasTaken(ledger, 'group', target) ? undefined : 'nothing shows that it was taken before';
    return Object.hasOwn(desired.groups, textIn(after, 'group')) ? undefined : 'no rule gives this group';
  },
  'leave-group': ({ before }, { desired, derived: person }) =>
    person.stage === 'left' || !Object.hasOwn(desired.groups, textIn(before, 'group'))
      ? undefined
      : 'a rule gives this group',
  bind: ({ target, before, after }, { desired, ledger }) => {
    if (isTrue(before, 'restored'))
      return wasTaken(ledger, 'binding', target) ? undefined : 'nothing shows that it was taken before';
    return Object.hasOwn(desired.bindings ?? {}, bindingKey(target ?? '', textIn(after, 'name')))
      ? undefined
      : 'no rule gives this binding';
  },
  unbind: ({ target, before }, { desired, derived: person }) =>
    person.stage === 'left' ||
    !Object.hasOwn(desired.bindings ?? {}, bindingKey(target ?? '', textIn(before, 'name')))
      ? undefined
      : 'a rule gives this binding',
  delete: (_, { desired }) =>
    desired.state === 'deleted' ? undefined : `the account should be ${desired.state}`,
};

function doubtSchedule(
  { target, before, after }: Action,
  { desired, derived: person, policy }: Standing,
): string | undefined {
  const { timeZone, start, lastDay } = policy.lifecycle;
  const employee = person.employee as Employee;
  const isStart = target === 'ACTIVATED';
  if (isStart ? desired.state !== 'staged' : desired.state !== 'active')
    return `the account should be ${desired.state}`;
  const isLeave = textIn(before, 'stage') === 'leave';
  const [day, time, name] = isStart
    ? [employee['hireDate'], start.time, 'first day']
    : isLeave
      ? [person.leave?.from, '00:00', 'leave ahead']
      : [lastDayOf(employee, policy.lifecycle), lastDay.time, 'last day'];
  if (day === undefined) return `HR gives no ${name}`;
  const wanted = instantOf(timeZone, day, time);
  return Date.parse(textIn(after, 'at')) === Date.parse(wanted) ? undefined : `the facts give ${wanted}`;
}

function doubtUnschedule({ target }: Action, ledger: PersonLedger | undefined): string | undefined {
  return ledger?.armed.has(target ?? '') === true ? undefined : 'no receipt of ours armed this job';
}

function wasTaken(
  ledger: PersonLedger | undefined,
  type: 'group' | 'binding',
  target: string | null,
): boolean {
  return ledger?.taken.some((thing) => thing.type === type && thing.target === target) === true;
}

/**
 * Why an action may not be in the lane that its plan is in: only what guardrails.yaml frees from review may be in lane
 * auto, and only what takes away in the urgent one.
 */
export function doubtLane(action: Action, lane: Lane, ground: Ground, ledger: Ledger): string | undefined {
  if (lane === 'review') return undefined;
  if (lane === 'urgent')
    return isRevocation(action) && action.kind !== 'delete'
      ? undefined
      : 'only revocations may go ahead of review';
  const id = action.person ?? '';
  const { policy, asOf, derived } = ground;
  const account = accountOf(action);
  const matches = new Map<string, Match>([[id, { kind: 'linked', account, recorded: true }]]);
  const tomorrow = instantOf(policy.lifecycle.timeZone, addDays(asOf, 1), '00:00');
  const world: World = {
    asOf,
    policy,
    live: NOBODY,
    // A leave that JumpCloud itself began has no receipt of its own: its return is free of review all the same.
    ledger: withFiredJobs(ledger, (person) => (person === id ? account.state : undefined), NOBODY, tomorrow),
    groups: indexGroups(policy, NOBODY, {}),
    people: new Map([[id, derived]]),
    adoptionsPending: new Set(),
    matches,
  };
  return laneOf(action, { world, overBudget: new Set() }) === 'auto'
    ? undefined
    : 'guardrails.yaml of that day asks for review of this';
}

const NOBODY: LiveDirectory = {
  accounts: [],
  groupNames: [],
  groups: new Map(),
  memberships: new Map(),
  bindings: new Map(),
  bindable: new Map(),
  armed: [],
  sshKeys: new Map(),
};

/** The account as the action found it, as far as the action tells. */
function accountOf({ kind, account, person, before }: Action): LiveAccount {
  return {
    id: account ?? '',
    username: '',
    email: '',
    state: kind === 'reinstate' && textIn(before, 'state') !== 'ACTIVATED' ? 'SUSPENDED' : 'ACTIVATED',
    anchor: person ?? '',
    manager: null,
    attributes: {},
    admin: false,
    restricted: [],
  };
}

/** Whether a person file says what its own facts and these mappings give. Names are decided against live ones and are not compared. */
export function followsFromFacts({ person, derived }: Ground): boolean {
  return (
    derived.stage === person.stage && canonicalJson(comparable(derived)) === canonicalJson(comparable(person))
  );
}

function comparable({ account }: PersonFile): Json {
  if (account === undefined) return null;
  const { state, attributes, managerId, groups, bindings } = account;
  // Where a rule stands may move when a file is edited; whom it lets in may not.
  return {
    state,
    attributes,
    managerId: managerId ?? null,
    groups: Object.keys(groups),
    bindings: Object.keys(bindings ?? {}),
  };
}
