/**
 * What Rollcall has done so far, folded from plans and their receipts and from nothing else: what it gave, what it
 * took, which jobs it armed. The planner takes away only what stands here.
 */
import { type Action, type ActionKind, type Cause, isRevocation, overwrites } from '../plan/action.ts';
import { peopleOf, type Plan, planName } from '../plan/plan-file.ts';
import { compareText } from '../values/finding.ts';
import { isTrue, objectIn, textIn, textsIn } from '../values/json-fields.ts';
import { type ActionOutcome, type ActionResult, hasLanded, type Receipt } from './receipt.ts';

/** The finding of a plan that takes what somebody has without having seen all of it. */
export const HOLDINGS_UNREAD = 'holdings-unread';

/** A plan, and its receipt once there is one. */
export interface RecordedPlan {
  plan: Plan;
  receipt: Receipt | undefined;
}

/** Something that was taken from a person and may be given back. */
export interface TakenThing {
  /** group: `target` is the group id; binding: `target` is `type:id`. */
  type: 'group' | 'binding';
  target: string;
  name: string;
  why: string;
  /** The rules gave it, so on return they decide anew; what somebody else had given comes back as it was. */
  ours: boolean;
  /** The person's hire date at that time: the same date on return means that the exit was rescinded. */
  hireDate: string;
  at: string;
}

export interface PersonLedger {
  person: string;
  /** JumpCloud id of the account that a receipt of ours created or adopted. */
  account: string | undefined;
  /** When that was; undefined: the account came with its anchor. */
  linkedAt: string | undefined;
  createdByUs: boolean;
  username: string | undefined;
  /** The account came with a user name that we would not have given: it stays, whatever HR changes. */
  isNamedByOthers: boolean;
  email: string | undefined;
  /** Attributes that we set, with the value. */
  attributes: Map<string, string>;
  /** HR id of the manager that we set; undefined: none of ours. */
  manager: string | undefined;
  /** Group id -> name of every membership that we gave. */
  groups: Map<string, string>;
  /** type:id -> name. */
  bindings: Map<string, string>;
  taken: TakenThing[];
  /** Set while the account is suspended by us. */
  suspended: { at: string; why: string; hireDate: string } | undefined;
  /** The newest plan that took something from this person left something: a removal that failed, or what was not read. */
  unstripped: boolean;
  /** Jobs that we armed and have not cancelled: job id -> what it does, and why somebody is suspended by it. */
  armed: Map<string, { state: string; at: string; why: string; hireDate: string }>;
  deleted: boolean;
  /** Name of the newest receipt with a result for this person. */
  newest: string | undefined;
}

/** One finished action, for windows, budgets and flapping. */
export interface Deed {
  person: string | null;
  /** An update of what we had set before: HR changed its mind, or lost it. */
  renews: boolean;
  /** An update where there was a value, whoever had set it. */
  overwrites: boolean;
  kind: ActionKind;
  target: string | null;
  outcome: ActionOutcome;
  at: string;
  plan: string;
  cause: Cause;
  reason: string | undefined;
}

export interface Ledger {
  people: ReadonlyMap<string, PersonLedger>;
  /** Name of each person's newest receipt, for `base`. */
  newest: ReadonlyMap<string, string>;
  deeds: Deed[];
  /** When the first of them landed: before that nothing was ours, and what the company had was not aligned. */
  began: string | undefined;
  /** Names of the receipts that were folded. */
  receipts: ReadonlySet<string>;
  /** Plans without a receipt: they spend their budget in full. */
  pending: Plan[];
  /** When the newest receipt of the urgent lane was finished. */
  lastUrgent: string | undefined;
  /** Digest of the newest receipt: the next one's `previous`. */
  head: string | null;
}

/** Folds the record in the order in which receipts were finished; the order of `recorded` does not matter. */
export function foldRecord(recorded: RecordedPlan[]): Ledger {
  const people = new Map<string, PersonLedger>();
  const deeds: Deed[] = [];
  let began: string | undefined;
  const finished = recorded
    .flatMap(({ plan, receipt }) => (receipt === undefined ? [] : [{ plan, receipt }]))
    .sort(
      (a, b) =>
        compareText(a.receipt.finishedAt, b.receipt.finishedAt) || compareText(a.plan.digest, b.plan.digest),
    );
  for (const { plan, receipt } of finished) {
    const results = new Map(receipt.results.map((result) => [result.action, result]));
    for (const action of plan.actions) {
      const result = results.get(action.id);
      if (result === undefined) continue;
      const { person, kind, target } = action;
      deeds.push({
        person,
        renews: kind === 'update' && people.get(person ?? '')?.attributes.has(target ?? '') === true,
        overwrites: overwrites(action),
        kind,
        target,
        outcome: result.outcome,
        at: result.at,
        plan: plan.digest,
        cause: action.cause,
        reason: result.reason,
      });
      if (hasLanded(result.outcome) && (began === undefined || compareText(result.at, began) < 0))
        began = result.at;
      if (person === null) continue;
      const ledger = people.get(person) ?? emptyLedger(person);
      people.set(person, ledger);
      ledger.newest = planName(plan);
      if (hasLanded(result.outcome)) foldAction(ledger, action, result);
    }
    for (const person of peopleOf(plan)) foldRemainder(people.get(person), plan, results);
  }
  return {
    people,
    newest: new Map(
      [...people.values()].flatMap((ledger): [string, string][] =>
        ledger.newest === undefined ? [] : [[ledger.person, ledger.newest]],
      ),
    ),
    deeds,
    began,
    receipts: new Set(finished.map(({ plan }) => planName(plan))),
    pending: recorded.filter(({ receipt }) => receipt === undefined).map(({ plan }) => plan),
    lastUrgent: finished.filter(({ plan }) => plan.lane === 'urgent').at(-1)?.receipt.finishedAt,
    head: finished.at(-1)?.receipt.digest ?? null,
  };
}

export function emptyLedger(person: string): PersonLedger {
  return {
    person,
    account: undefined,
    linkedAt: undefined,
    createdByUs: false,
    username: undefined,
    isNamedByOthers: false,
    email: undefined,
    attributes: new Map(),
    manager: undefined,
    groups: new Map(),
    bindings: new Map(),
    taken: [],
    suspended: undefined,
    unstripped: false,
    armed: new Map(),
    deleted: false,
    newest: undefined,
  };
}

function foldAction(ledger: PersonLedger, action: Action, result: ActionResult): void {
  const target = action.target ?? '';
  switch (action.kind) {
    case 'create-group':
      return;
    case 'create':
    case 'adopt': {
      ledger.account = result.account ?? action.account ?? undefined;
      ledger.linkedAt = result.at;
      ledger.createdByUs = action.kind === 'create';
      ledger.deleted = false;
      const names = action.kind === 'create' ? action.after : action.before;
      ledger.username = textIn(names, 'username') || undefined;
      ledger.email = textIn(names, 'email') || undefined;
      ledger.isNamedByOthers = action.kind === 'adopt' && textIn(action.before, 'proposed') !== '';
      for (const [name, value] of Object.entries(objectIn(action.after, 'attributes')))
        if (typeof value === 'string') ledger.attributes.set(name, value);
      // Adoption takes over the memberships that the rules already want.
      for (const [id, name] of Object.entries(objectIn(action.before, 'groups')))
        ledger.groups.set(id, String(name));
      return;
    }
    case 'update':
      if (typeof action.after === 'string') ledger.attributes.set(target, action.after);
      else ledger.attributes.delete(target);
      return;
    case 'rename':
      if (target === 'username')
        Object.assign(ledger, { username: String(action.after), isNamedByOthers: false });
      else ledger.email = String(action.after);
      return;
    case 'activate':
    case 'reinstate': {
      const lapsed = new Set(textsIn(action.before, 'lapsed'));
      const taken = ledger.taken.filter((thing) => !lapsed.has(thing.target));
      Object.assign(ledger, { suspended: undefined, unstripped: false, taken });
      forgetPassed(ledger, result.at);
      return;
    }
    case 'suspend':
      forgetPassed(ledger, result.at);
      ledger.suspended = {
        at: result.at,
        why: textIn(action.before, 'stage'),
        hireDate: textIn(action.before, 'hireDate'),
      };
      // Whoever leaves from leave does not return from leave: what leave took is given back as an exit's is, or never.
      if (ledger.suspended.why !== 'leave')
        ledger.taken = ledger.taken.map((thing) => ({ ...thing, why: 'left' }));
      return;
    case 'schedule':
      if (result.job !== undefined)
        ledger.armed.set(result.job, {
          state: target,
          at: textIn(action.after, 'at'),
          why: textIn(action.before, 'stage'),
          hireDate: textIn(action.before, 'hireDate'),
        });
      return;
    case 'unschedule':
      ledger.armed.delete(target);
      return;
    case 'set-manager':
      ledger.manager = action.after === null ? undefined : target;
      return;
    case 'join-group':
      ledger.taken = ledger.taken.filter((thing) => thing.type !== 'group' || thing.target !== target);
      // What leave took is given back as it was: somebody else's gift stays theirs.
      if (!isTrue(action.before, 'restored')) ledger.groups.set(target, textIn(action.after, 'group'));
      return;
    case 'leave-group':
      ledger.groups.delete(target);
      keepTaken(ledger, 'group', action, textIn(action.before, 'group'), result.at);
      return;
    case 'bind':
      ledger.taken = ledger.taken.filter((thing) => thing.type !== 'binding' || thing.target !== target);
      if (!isTrue(action.before, 'restored')) ledger.bindings.set(target, textIn(action.after, 'name'));
      return;
    case 'unbind':
      ledger.bindings.delete(target);
      keepTaken(ledger, 'binding', action, textIn(action.before, 'name'), result.at);
      return;
    case 'delete':
      Object.assign(ledger, { ...emptyLedger(ledger.person), newest: ledger.newest, deleted: true });
      return;
  }
}

/** A failed removal of what somebody else had given is known from nowhere else: the ledger only holds what is ours. */
function foldRemainder(
  ledger: PersonLedger | undefined,
  { actions, findings }: Plan,
  results: ReadonlyMap<string, ActionResult>,
): void {
  if (ledger === undefined) return;
  const taking = actions.filter((action) => action.person === ledger.person && isRevocation(action));
  if (taking.length === 0) return;
  ledger.unstripped =
    taking.some(({ id }) => ['failed', 'not-attempted'].includes(results.get(id)?.outcome ?? '')) ||
    findings.some(({ code, person }) => code === HOLDINGS_UNREAD && person === ledger.person);
}

/** A job whose time is over by the next change of state has done what it would ever do. */
function forgetPassed(ledger: PersonLedger, at: string): void {
  for (const [job, armed] of ledger.armed)
    if (Date.parse(armed.at) <= Date.parse(at)) ledger.armed.delete(job);
}

function keepTaken(
  ledger: PersonLedger,
  type: TakenThing['type'],
  action: Action,
  name: string,
  at: string,
): void {
  const why = textIn(action.before, 'taken');
  if (why !== 'leave' && why !== 'left') return;
  const target = action.target ?? '';
  ledger.taken = ledger.taken.filter((thing) => thing.type !== type || thing.target !== target);
  ledger.taken.push({
    type,
    target,
    name,
    why,
    ours: isTrue(action.before, 'ours'),
    hireDate: textIn(action.before, 'hireDate'),
    at,
  });
}

/**
 * What is to be given back to a person who works again. After an exit only what was taken during this same employment;
 * after leave all of it, also when HR corrects the hire date meanwhile.
 */
export function restorable(ledger: PersonLedger | undefined, hireDate: string | undefined): TakenThing[] {
  return (ledger?.taken ?? []).filter(
    (thing) => thing.why === 'leave' || thing.hireDate === (hireDate ?? ''),
  );
}
