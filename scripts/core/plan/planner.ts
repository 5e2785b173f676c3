/** The planner: desired against live, as a value. The same inputs give the same bytes; there is no second one. */
import type { LiveAccount, LiveDirectory, LiveState } from '../directory/live.ts';
import { type Match, matchPeople } from '../directory/match.ts';
import { checkedOverrides, isJudgedByExport } from '../mappings/overrides.ts';
import type { Policy } from '../mappings/policy.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { Hold } from '../record/holds-file.ts';
import type { Ledger } from '../record/ledger.ts';
import { addDays, type Day, instantOf } from '../values/calendar.ts';
import { type Finding, orderFindings } from '../values/finding.ts';
import { compareHrIds } from '../values/hr-id.ts';
import {
  type Action,
  type ActionKind,
  actionOf,
  cancelsActivation,
  compareActions,
  isRevocation,
  type Wish,
} from './action.ts';
import { adviseEnds } from './advise.ts';
import type { ManualExit, Subject, World } from './context.ts';
import { createAccount } from './create-account.ts';
import { derivePeople, isManual, takesPart } from './derive-people.ts';
import { releasedGroups } from './diff-groups.ts';
import { cancelActivations } from './diff-schedules.ts';
import { driftChoice } from './drift-policy.ts';
import { withFiredJobs } from './fired-jobs.ts';
import { freezeReason } from './freeze.ts';
import { doubtGone, NOTHING_GONE } from './gone-accounts.ts';
import { type GroupPins, indexGroups } from './group-index.ts';
import { checkGuardrails, nameUnknownProtected } from './guardrails.ts';
import { isUrgent, laneOf } from './lanes.ts';
import { liveNames } from './live-names.ts';
import { wishesOf } from './person-wishes.ts';
import { baseOf, countByKind, type Held, type Lane, peopleOf, type Plan, sealPlan } from './plan-file.ts';

export interface PlanInput {
  asOf: Day;
  policy: Policy;
  /** Everybody in state/people. */
  people: PersonFile[];
  live: LiveDirectory;
  ledger: Ledger;
  pins: GroupPins;
  holds: Readonly<Record<string, Hold>>;
  /** Only these people, where it is given. */
  only: ReadonlySet<string> | undefined;
  /** `urgent`: revocations and cancelled activations only, in one plan. */
  lane: Lane | undefined;
  /** The people of `only` leave now, whatever HR says yet. */
  manual?: ManualExit | undefined;
}

export interface Planned {
  plans: Plan[];
  actions: Action[];
  /** Lane of each action, by id; apply trusts this and nothing that is written in a file. */
  laneOf: ReadonlyMap<string, Lane>;
  overBudget: ReadonlySet<string>;
  /** What would put back drift that guardrails.yaml only wants reported; in no plan. */
  reported: Action[];
  findings: Finding[];
  held: Held[];
  /** state/groups.yaml as it should be. */
  pins: Record<string, string>;
  /** Everybody, derived over these mappings. */
  people: PersonFile[];
  /** HR id -> account id of everybody whose account is linked. */
  linked: ReadonlyMap<string, string>;
}

export function planChanges(input: PlanInput): Planned {
  const { people, findings: ofRules } = derivePeople(input);
  const { wishes, held, findings, world } = wishAll(input, people);
  const isIncluded = (person: string | null): boolean =>
    input.only === undefined || (person !== null && input.only.has(person));
  const candidates = wishes
    .map(actionOf)
    .filter(
      (action) =>
        isIncluded(action.person) &&
        (input.lane !== 'urgent' ||
          (isRevocation(action) && action.kind !== 'delete') ||
          cancelsActivation(action)),
    );
  const verdict = checkGuardrails(candidates, world);
  const actions = dropHeadless(
    candidates.filter(({ id }) => !verdict.blocked.has(id)),
    candidates,
  ).sort(compareActions);
  const context = { world, overBudget: verdict.overBudget };
  const lanes = new Map(
    actions.map((action): [string, Lane] => [
      action.id,
      input.lane === 'urgent' && isUrgent(action, context) ? 'urgent' : laneOf(action, context),
    ]),
  );
  // The urgent lane reads a few people only: what it does not see of the rest is no finding.
  const isTold = ({ person }: Finding): boolean =>
    person === undefined ? input.lane !== 'urgent' : isIncluded(person);
  const isWhole = input.only === undefined && input.lane !== 'urgent';
  const overrides = checkedOverrides(
    input.policy.guardrails.overrides,
    input.asOf,
    (code) => !isJudgedByExport(code),
    [...findings, ...verdict.findings],
  );
  const allFindings = orderFindings([
    ...[...findings, ...ofRules].filter(isTold),
    ...(isWhole ? overrides : []),
    ...verdict.findings.filter((finding) => finding.person === undefined || isIncluded(finding.person)),
  ]);
  const allHeld = held
    .filter(({ person }) => isIncluded(person))
    .sort((a, b) => compareHrIds(a.person, b.person));
  const plans = (['urgent', 'auto', 'review'] as const).flatMap((lane): Plan[] => {
    const own = actions.filter(({ id }) => lanes.get(id) === lane);
    if (own.length === 0 || (input.lane !== undefined && input.lane !== lane)) return [];
    const base = baseOf(peopleOf({ actions: own }), input.ledger.newest);
    return [
      sealPlan({
        asOf: input.asOf,
        lane,
        base,
        actions: own,
        findings: allFindings,
        held: allHeld,
        counts: countByKind(own),
      }),
    ];
  });
  return {
    plans,
    actions,
    laneOf: lanes,
    overBudget: verdict.overBudget,
    reported: candidates.filter((action) => driftChoice(action, input.policy) === 'report'),
    findings: allFindings,
    held: allHeld,
    pins: world.groups.pins,
    people,
    linked: new Map(
      [...world.matches].flatMap(([person, match]): [string, string][] =>
        match.kind === 'linked' ? [[person, match.account.id]] : [],
      ),
    ),
  };
}

function wishAll(
  input: PlanInput,
  people: PersonFile[],
): { wishes: Wish[]; held: Held[]; findings: Finding[]; world: World } {
  const { policy, live, asOf, pins } = input;
  const matches = matchPeople({ people, accounts: live.accounts, ledger: input.ledger, policy, asOf });
  const tomorrow = instantOf(policy.lifecycle.timeZone, addDays(asOf, 1), '00:00');
  const stateOf = (id: string): LiveState | undefined => {
    const match = matches.get(id);
    return match?.kind === 'linked' ? match.account.state : undefined;
  };
  const ledger = withFiredJobs(input.ledger, stateOf, live, tomorrow);
  const groups = indexGroups(policy, live, pins);
  const world: World = {
    asOf,
    policy,
    live,
    ledger,
    groups,
    people: new Map(people.map((person) => [person.employee.id, person])),
    matches,
    adoptionsPending: new Set(
      ledger.pending.flatMap(({ actions }) =>
        actions.flatMap(({ kind, person: id }) => (kind === 'adopt' && id !== null ? [id] : [])),
      ),
    ),
  };
  const held: Held[] = [];
  // The urgent lane reads a few accounts only: what it does not see is not gone.
  const gone = input.lane === 'urgent' ? NOTHING_GONE : doubtGone(world);
  const findings: Finding[] = [
    ...gone.findings,
    ...groups.findings,
    ...releasedGroups(world),
    ...adviseEnds(policy, asOf),
    ...unlinkedAccounts(live.accounts, matches),
    ...nameUnknownProtected(world),
  ];
  const wishes: Wish[] = groups.toCreate.map((name) => ({
    kind: 'create-group' as const,
    person: null,
    account: null,
    target: name,
    before: null,
    after: { name },
    because: 'named by the mappings with "create: true" and not in JumpCloud',
    cause: 'mapping' as const,
    risk: 'medium' as const,
  }));
  const names = liveNames(live.accounts, matches, people, ledger);
  const created = new Map<string, Subject>();
  const subjects: Subject[] = [];
  for (const person of people) {
    const id = person.employee.id;
    if (!takesPart(id, input)) continue;
    const match = matches.get(id) ?? { kind: 'none' as const };
    const subject: Subject = {
      id,
      person,
      account: accountOf(match),
      record: ledger.people.get(id),
      linked: match.kind === 'linked',
      ...(isManual(person, input) && input.manual !== undefined ? { manual: input.manual } : {}),
    };
    const frozen = freezeReason(subject, match, input);
    if (frozen !== undefined) {
      if (frozen.tell) held.push({ person: id, code: frozen.code, message: frozen.message });
      if (frozen.finding !== undefined) findings.push(frozen.finding);
      wishes.push(...cancelActivations(subject, world));
      continue;
    }
    const desired = person.account;
    if (desired === undefined) continue;
    if (match.kind === 'none') {
      const lost = gone.held.get(id);
      if (lost !== undefined) {
        held.push(lost);
        continue;
      }
      if (desired.state !== 'staged' && desired.state !== 'active') continue;
      const verdict = createAccount(subject, desired, world, names.reservations);
      if (!verdict.ok) held.push(verdict.held);
      else {
        names.reserve(id, verdict.username, verdict.email);
        created.set(id, subject);
        wishes.push(...verdict.wishes);
        subjects.push(subject);
      }
      continue;
    }
    subjects.push(subject);
  }
  for (const subject of subjects) {
    const result = wishesOf(subject, world, new Set(created.keys()), names);
    wishes.push(...result.wishes);
    findings.push(...result.findings);
  }
  return { wishes, held, findings, world };
}

function accountOf(match: Match): LiveAccount | null {
  return match.kind === 'linked' || match.kind === 'adopt'
    ? match.account
    : match.kind === 'held'
      ? (match.account ?? null)
      : null;
}

const BEHEADING: ReadonlySet<ActionKind> = new Set(['create', 'adopt', 'reinstate']);

/**
 * Grants of a person whose head was blocked are not proposed either: they could never run, and whoever stays suspended
 * is given nothing meanwhile. A rename that waits keeps nobody from their groups.
 */
function dropHeadless(actions: Action[], all: Action[]): Action[] {
  const kept = new Set(actions.map(({ id }) => id));
  const beheaded = new Set(
    all.filter((action) => BEHEADING.has(action.kind) && !kept.has(action.id)).map(({ person }) => person),
  );
  return actions.filter((action) => !beheaded.has(action.person) || isRevocation(action));
}

/** Accounts with no employee are reported, never touched. */
function unlinkedAccounts(accounts: LiveAccount[], matches: ReadonlyMap<string, Match>): Finding[] {
  const owned = new Set(
    [...matches.values()].flatMap((match) =>
      'account' in match && match.account !== undefined ? [match.account.id] : [],
    ),
  );
  const count = accounts.filter(({ id, state }) => !owned.has(id) && state !== 'SUSPENDED').length;
  if (count === 0) return [];
  return [
    {
      code: 'accounts-without-employee',
      severity: 'info',
      message: `${count} active ${count === 1 ? 'account belongs' : 'accounts belong'} to no employee and ${count === 1 ? 'is' : 'are'} left alone: npm run reconcile names them`,
    },
  ];
}
