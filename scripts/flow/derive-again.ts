/**
 * Every plan derived again, from the facts and mappings that its commit had. What is not provable there is looked for a
 * little further, because runs overlap and lanes split:
 *
 * | case                                                     | then                                                     |
 * |----------------------------------------------------------|----------------------------------------------------------|
 * | a mapping was merged between planning and the commit     | the mappings before it are tried too                     |
 * | the person's facts waited on the pull request's branch   | the next two versions of the person file are tried too   |
 * | the urgent lane acts before the facts are exported       | the same                                                 |
 * | such facts have not come yet                             | not attested for a week, then it does not hold           |
 */
import {
  doubtAction,
  doubtLane,
  followsFromFacts,
  type Ground,
  groundOf,
} from '../core/audit/check-derivation.ts';
import { type AnsweredChange, isVouched, shortId, trailersOf } from '../core/audit/history.ts';
import { cutByPerson, knownUntil, type PersonRecord } from '../core/audit/person-record.ts';
import { unreadablePerson } from '../core/audit/check-tree.ts';
import { type Accounts, doubtTarget, noteAccount } from '../core/audit/check-target.ts';
import { broken, note, unattested } from '../core/audit/verdict.ts';
import type { Policy } from '../core/mappings/policy.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import type { Action } from '../core/plan/action.ts';
import { peopleOf, type Plan, planName } from '../core/plan/plan-file.ts';
import { dayIn, isDay } from '../core/values/calendar.ts';
import type { Finding } from '../core/values/finding.ts';
import { personFileOf } from '../core/values/hr-id.ts';
import type { Archive } from './archive.ts';
import { type CommittedInputs, openInputs } from './committed-inputs.ts';
import type { RecordOfMain, VerifyOptions } from './verify-record.ts';

/** Person files that are read before they are needed. */
const AT_ONCE = 200;
const FACTS_MAY_COME_MS = 7 * 86_400_000;

interface Again {
  findings: Finding[];
  derived: number;
  personFiles: number;
}

interface Context {
  archive: Archive;
  record: RecordOfMain;
  people: PersonRecord;
  inputs: CommittedInputs;
  now: number;
  /** Who has which account, as plans name it, while going through them in time. */
  accounts: Accounts;
}

export async function derivePlansAgain(
  archive: Archive,
  record: RecordOfMain,
  options: VerifyOptions,
): Promise<Again> {
  const context: Context = {
    archive,
    record,
    people: cutByPerson(record.plans, record.receipts),
    inputs: openInputs(archive, record.changes),
    now: Date.parse(options.now),
    accounts: { ofPerson: new Map(), ownerOf: new Map() },
  };
  const findings: Finding[] = [];
  const plans = [...record.plans].flatMap(([name, plan]) => {
    const arrival = record.arrivals.get(`state/plans/${name}`);
    return arrival === undefined ? [] : [{ plan, arrival }];
  });
  plans.sort((a, b) => a.arrival.index - b.arrival.index);
  let derived = 0;
  await Promise.all(plans.map(({ arrival }) => archive.policyAt((arrival.origin ?? arrival.main).id)));
  for (const [index, { plan, arrival }] of plans.entries()) {
    if (index % 20 === 0) options.progress('deriving plans again', index, plans.length);
    findings.push(...(await checkPlan(plan, arrival, context)));
    derived += plan.actions.length;
  }
  options.progress('deriving person files again');
  const files = await checkPersonFiles(context);
  return { findings: [...findings, ...files.findings], derived, personFiles: files.count };
}

async function checkPlan(plan: Plan, arrival: AnsweredChange, context: Context): Promise<Finding[]> {
  const { people: record } = context;
  const { id: commit, at: committed } = arrival.origin ?? arrival.main;
  const before = knownUntil(committed, context.record.receipts.get(planName(plan))?.startedAt);
  const subject = plan.digest.slice(0, 12);
  const findings: Finding[] = [];
  const policies = await context.inputs.policiesFor(arrival);
  if (policies.length === 0)
    return [
      unattested(
        'mappings-unreadable',
        `the mappings of ${shortId(commit)} do not compile with this version of Rollcall: it was not derived again`,
        { subject },
      ),
    ];
  const people = peopleOf(plan);
  const ledger = record.ledgerAt(people, before);
  if (!record.knowsBase(plan, before))
    findings.push(
      unattested('base-unknown', 'was made over receipts that main did not have: one may be missing', {
        subject,
      }),
    );
  const pins = await context.inputs.pinsFor(arrival);
  for (const action of plan.actions) {
    const about = { subject, ...(action.person === null ? {} : { person: action.person }) };
    const wrong = doubtTarget(action, pins, context.accounts);
    if (wrong !== undefined) findings.push(broken('wrong-target', `${action.kind}: ${wrong}`, about));
    const moved = noteAccount(action, context.accounts);
    if (moved !== undefined) findings.push(moved(about));
    if (
      action.kind === 'create-group' &&
      !policies.some(({ groups }) => groups.some(({ name, create }) => create && name === action.target))
    )
      findings.push(
        broken('not-derivable', 'create-group: no rule names this group with "create: true"', about),
      );
  }
  const byPerson = new Map(people.map((person): [string, Action[]] => [person, []]));
  for (const action of plan.actions) if (action.person !== null) byPerson.get(action.person)?.push(action);
  const files = await Promise.all(people.map((person) => context.inputs.personVersions(person, arrival)));
  for (const [position, person] of people.entries()) {
    const own = byPerson.get(person) ?? [];
    const versions = files[position]!;
    const grounds = groundsFor(versions.files, policies, plan.asOf, before, (asOf, inputs) =>
      groundOf(inputs, ledger.people.get(person), asOf),
    );
    const about = { subject, person };
    for (const action of own) {
      const verdict = prove(action, plan, grounds, ledger);
      if (verdict === undefined) continue;
      const isEarly =
        plan.lane !== 'review' && !versions.isLater && context.now - Date.parse(before) < FACTS_MAY_COME_MS;
      const isOvertaken = plan.lane === 'auto' && action.kind === 'update' && !versions.cameWithPlan;
      if (verdict.code === 'not-derivable' && (isEarly || isOvertaken))
        findings.push(
          unattested(
            'facts-not-here',
            `${action.kind}: the facts that it follows from are not on main${isEarly ? ' yet' : ''} (${verdict.why})`,
            about,
          ),
        );
      else findings.push(broken(verdict.code, `${action.kind}: ${verdict.why}`, about));
    }
  }
  return findings;
}

/** The first ground that an action follows from ends the search; the doubt that is told is the one about the plan's own commit. */
function prove(
  action: Action,
  plan: Plan,
  grounds: () => Iterable<Ground>,
  ledger: ReturnType<PersonRecord['ledgerAt']>,
): { code: 'not-derivable' | 'wrong-lane'; why: string } | undefined {
  let first: { code: 'not-derivable' | 'wrong-lane'; why: string } | undefined;
  for (const ground of grounds()) {
    const why = doubtAction(action, ground);
    if (why !== undefined) {
      first ??= { code: 'not-derivable', why };
      continue;
    }
    const lane = doubtLane(action, plan.lane, ground, ledger);
    if (lane === undefined) return undefined;
    first = { code: 'wrong-lane', why: lane };
  }
  return first ?? { code: 'not-derivable', why: 'there is no file of this person' };
}

/** Every combination worth trying, most likely first; each is derived once and only when it is asked for. */
function groundsFor(
  files: PersonFile[],
  policies: Policy[],
  asOf: string,
  committed: string,
  make: (asOf: string, inputs: { policy: Policy; person: PersonFile }) => Ground,
): () => Iterable<Ground> {
  const zone = policies[0]?.lifecycle.timeZone ?? 'UTC';
  const days = [...new Set([asOf, dayIn(zone, committed)])];
  const recipes = files.flatMap((person) =>
    policies.flatMap((policy) => days.map((day) => ({ person, policy, day }))),
  );
  const made: Ground[] = [];
  return function* () {
    for (const [index, { person, policy, day }] of recipes.entries()) {
      made[index] ??= make(day, { policy, person });
      yield made[index];
    }
  };
}

/** Person files that nothing vouches for, and all that stand at head, must follow from their own facts. */
async function checkPersonFiles(context: Context): Promise<{ findings: Finding[]; count: number }> {
  const findings: Finding[] = [];
  const wanted: AnsweredChange[] = [];
  for (const [path, changes] of context.inputs.people) {
    const newest = changes.at(-1);
    if (newest?.change.kind === 'deleted')
      findings.push(note('person-removed', 'is no longer there', { subject: path }));
    for (const answered of changes)
      if (answered.change.after !== null && (answered === newest || !isVouched(answered)))
        wanted.push(answered);
  }
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const some = wanted.slice(start, start + AT_ONCE);
    const files = await Promise.all(some.map(({ change }) => context.archive.person(change.after ?? '')));
    for (const [index, answered] of some.entries())
      findings.push(...(await checkPersonFile(answered, files[index], context)));
  }
  return { findings, count: wanted.length };
}

async function checkPersonFile(
  answered: AnsweredChange,
  person: PersonFile | undefined,
  context: Context,
): Promise<Finding[]> {
  const { path } = answered.change;
  const commit = answered.origin ?? answered.main;
  const about = { subject: path };
  if (person === undefined) return [unreadablePerson(path, commit.id)];
  const { id } = person.employee;
  const findings: Finding[] = [];
  if (personFileOf(id) !== path) findings.push(broken('person-misplaced', `is the file of ${id}`, about));
  const policies = await context.inputs.policiesFor(answered);
  if (policies.length === 0) return findings;
  const asOf = trailersOf(commit, 'As-Of')[0];
  const ledger = context.people.ledgerAt([id], commit.at).people.get(id);
  const day = asOf !== undefined && isDay(asOf) ? asOf : dayIn(policies[0]!.lifecycle.timeZone, commit.at);
  const grounds = groundsFor([person], policies, day, commit.at, (on, inputs) =>
    groundOf(inputs, ledger, on),
  );
  for (const ground of grounds()) if (followsFromFacts(ground)) return findings;
  return [
    ...findings,
    broken(
      'person-edited',
      `as committed in ${shortId(commit.id)} does not follow from its own facts and the mappings`,
      { ...about, person: id },
    ),
  ];
}
