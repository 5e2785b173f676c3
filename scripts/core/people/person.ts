/**
 * One person as export writes them: facts, stage, desired account, and what the record says was given and taken.
 * Deriving a person again from their own file changes nothing, so plan can derive over the newest mappings and
 * a file that was edited by hand is told from one that was written.
 */
import type { Policy } from '../mappings/policy.ts';
import { RuleFailure } from '../mappings/rule-failure.ts';
import type { Ledger, PersonLedger } from '../record/ledger.ts';
import { addDays, type Day, daysBetween } from '../values/calendar.ts';
import type { GuardrailCode } from '../values/guardrail-codes.ts';
import { guardrailHold } from '../values/guardrail-words.ts';
import { deriveAccount, exceptionsFor, onLeave, takenAt } from './account.ts';
import type { Employee } from './employee.ts';
import { isTimeOff, type Leave } from './leave.ts';
import { deriveMappingChanges } from './mapping-changes.ts';
import {
  followsFrom,
  proposeEmail,
  proposeUsername,
  type Reservations,
  usernameCandidates,
} from './naming.ts';
import type { DesiredAccount, PersonFile } from './person-file.ts';
import { givenOf, restoreOf } from './recorded-things.ts';
import { deriveStage, stageInputOf, type StageVerdict } from './stage.ts';

/** How long a group that the rules no longer give may still be taken away without a receipt that gave it. */
const MOVED_FROM_DAYS = 30;

export interface PersonInput {
  employee: Employee;
  /** The file as it was last written. */
  previous: PersonFile | undefined;
  ledger: PersonLedger | undefined;
  leave: Leave | undefined;
  /** Missing from a complete export since this day. */
  missingSince: Day | undefined;
  /** BambooHR's key may not see some of this person's facts: frozen until it may. */
  redacted?: PersonFile['hold'];
  reserved: Reservations;
  asOf: Day;
}

/** @param onFailure hears of a rule that cannot be worked out over this person's facts and keeps something from them */
export function derivePerson(
  input: PersonInput,
  policy: Policy,
  onFailure: (failure: RuleFailure) => void = () => undefined,
): PersonFile {
  const { previous, ledger, asOf, leave } = input;
  const employee = withholdFutureExit(input.employee, policy, asOf);
  const { verdict, account = previous?.account } = decide(input, employee, policy, onFailure);
  const movedFrom = deriveMovedFrom(previous, account, verdict, asOf);
  const takes = takenAt(verdict.stage, policy);
  const person: PersonFile = {
    employee,
    ...(leave === undefined ? {} : { leave }),
    ...(input.missingSince === undefined ? {} : { missingSince: input.missingSince }),
    stage: verdict.stage,
    ...(verdict.review === undefined ? {} : { review: verdict.review }),
    ...(verdict.hold === undefined ? {} : { hold: verdict.hold }),
    ...(account === undefined ? {} : { account }),
    ...(takes === undefined ? {} : { takes }),
  };
  const released = releasedBy(input, policy);
  const mappingChanged = deriveMappingChanges({ previous, next: person, ledger, released, asOf }, policy);
  const given = givenOf(ledger);
  const restore = verdict.stage === 'left' ? undefined : restoreOf(ledger, employee['hireDate']);
  return {
    ...person,
    ...(mappingChanged.length === 0 ? {} : { mappingChanged }),
    ...(movedFrom === undefined ? {} : { movedFrom }),
    ...(given === undefined ? {} : { given }),
    ...(restore === undefined ? {} : { restore }),
  };
}

/**
 * Stage and account. A rule that cannot be worked out over these facts is this person's affair, and stops nobody else:
 *
 * | stage                                       | then                                                                               |
 * |---------------------------------------------|------------------------------------------------------------------------------------|
 * | left                                        | only names are derived, and the known ones do: a rule keeps no leaver inside       |
 * | leave, from an account at work              | suspended; attributes, and what leave does not take, stay as they were last decided |
 * | scope fails, of who was ours and left in HR | left, for review: whether they still are ours is for a person to know              |
 * | any other, or scope itself                  | hold rule-failed                                                                   |
 */
function decide(
  input: PersonInput,
  employee: Employee,
  policy: Policy,
  onFailure: (failure: RuleFailure) => void,
): { verdict: StageVerdict; account?: DesiredAccount | undefined } {
  const { previous, asOf } = input;
  const accountFor = ({ stage }: StageVerdict, { username, email }: Names): DesiredAccount | undefined =>
    deriveAccount({ employee, stage, username, email, asOf }, policy);
  let verdict: StageVerdict | undefined;
  try {
    verdict = judge(input, policy);
    const names = verdict.stage === 'hold' ? {} : deriveNames(input, policy);
    return { verdict, account: accountFor(verdict, names) };
  } catch (error) {
    if (!(error instanceof RuleFailure)) throw error;
    if (verdict?.stage === 'left') return { verdict, account: accountFor(verdict, knownNames(input)) };
    onFailure(error);
    const last = previous?.account;
    const left = verdict === undefined && last !== undefined ? leftForReview(input, policy) : undefined;
    if (left !== undefined) return { verdict: left, account: accountFor(left, knownNames(input)) };
    if (verdict?.stage === 'leave' && last !== undefined)
      if (last.state === 'active' || previous?.stage === 'leave')
        return { verdict, account: onLeave(last, policy) };
    return { verdict: { stage: 'hold', hold: guardrailHold('rule-failed', error.said) } };
  }
}

/** Holds that an edit of the mappings can end. */
const WAITS_FOR_MAPPINGS: readonly string[] = [
  'rule-failed',
  'unmapped-status',
  'out-of-scope',
] satisfies GuardrailCode[];

/** On hold for the mappings until now, and not for the same facts any more: the verdict that their edit, and not HR, brought. */
function releasedBy(input: PersonInput, policy: Policy): StageVerdict | undefined {
  const { previous } = input;
  if (previous?.hold === undefined || !WAITS_FOR_MAPPINGS.includes(previous.hold.code)) return undefined;
  const employee = previous.employee as Employee;
  const { verdict } = decide({ ...input, employee }, employee, policy, () => undefined);
  return verdict.hold?.code === previous.hold.code ? undefined : verdict;
}

/** A file's own facts as input, to derive it again. */
export function inputOf(
  file: PersonFile,
  rest: Pick<PersonInput, 'ledger' | 'reserved' | 'asOf'>,
): PersonInput {
  return {
    employee: file.employee as Employee,
    previous: file,
    leave: file.leave,
    missingSince: file.missingSince,
    // What only export could see must survive being derived again.
    ...(file.hold?.code === 'redacted-row' ? { redacted: file.hold } : {}),
    ...rest,
  };
}

/** Somebody derived again from their own file. */
export interface Rederived {
  person: PersonFile;
  /** A rule that cannot be worked out over these facts and keeps something from the person. */
  failure: RuleFailure | undefined;
}

export function rederive(
  file: PersonFile,
  { ledger, reserved, asOf }: { ledger: Pick<Ledger, 'people'> } & Pick<PersonInput, 'reserved' | 'asOf'>,
  policy: Policy,
): Rederived {
  const input = inputOf(file, { ledger: ledger.people.get(file.employee.id), reserved, asOf });
  let failure: RuleFailure | undefined;
  const person = derivePerson(input, policy, (told) => (failure = told));
  return { person, failure };
}

function judge(input: PersonInput, policy: Policy): StageVerdict {
  const { employee, asOf, missingSince } = input;
  if (missingSince !== undefined) {
    const decided = exceptionsFor(policy, 'left', employee.id, asOf)[0];
    if (decided !== undefined) return { stage: 'left', review: `decided by hand in ${decided.place}` };
    return {
      stage: 'hold',
      hold: guardrailHold('unexplained', 'missing from a complete export of BambooHR'),
    };
  }
  if (input.redacted !== undefined) return { stage: 'hold', hold: input.redacted };
  if (!policy.scope.evaluate(employee))
    return {
      stage: 'hold',
      hold: guardrailHold('out-of-scope', 'outside the scope of mappings/lifecycle.yaml'),
    };
  return stageOf(input, policy);
}

function stageOf(input: PersonInput, policy: Policy): StageVerdict {
  const { employee, leave, asOf } = input;
  const seen = { working: isWorking(input), timeOff: isTimeOff(leave, asOf) };
  return deriveStage(stageInputOf(employee, policy.lifecycle, asOf, seen));
}

/** Somebody whose scope cannot be worked out, if HR says that they left. */
function leftForReview(input: PersonInput, policy: Policy): StageVerdict | undefined {
  const { stage } = stageOf(input, policy);
  return stage === 'left'
    ? { stage, review: 'the scope of mappings/lifecycle.yaml cannot be worked out' }
    : undefined;
}

/** How long a person has been missing: a finding that ages. */
export function sinceText(since: Day, asOf: Day): string {
  const days = daysBetween(since, asOf);
  return days < 1 ? `since ${since}` : `since ${since}, for ${days} ${days === 1 ? 'day' : 'days'}`;
}

/** The account works as far as the record tells; plan asks JumpCloud itself. */
export function isWorking({ previous, ledger }: Pick<PersonInput, 'previous' | 'ledger'>): boolean {
  return previous?.account?.state === 'active' && ledger?.suspended === undefined;
}

interface Names {
  username?: string | undefined;
  email?: string | undefined;
}

/** As the previous file or the record has them. */
function knownNames({ ledger, previous }: PersonInput): Names {
  const isForeign = ledger?.isNamedByOthers === true;
  return {
    username: (isForeign ? ledger.username : previous?.account?.username) ?? ledger?.username,
    email: previous?.account?.email ?? ledger?.email,
  };
}

/** Names are given once and kept; a changed name proposes another only where policy says so, and never for somebody who leaves. */
function deriveNames(input: PersonInput, policy: Policy): Names {
  const { employee, ledger, previous, reserved } = input;
  const isForeign = ledger?.isNamedByOthers === true;
  const known = knownNames(input);
  const kept = known.username;
  const candidates = usernameCandidates(employee, policy.naming);
  const wasDerived =
    previous === undefined || ledger?.username === undefined
      ? false
      : followsFrom(ledger.username, usernameCandidates(previous.employee as Employee, policy.naming));
  const outgrown =
    kept !== undefined &&
    !isForeign &&
    policy.naming.onNameChange === 'propose' &&
    wasDerived &&
    candidates.length > 0 &&
    !followsFrom(kept, candidates);
  const proposed = proposeEmail(employee, policy.naming, reserved);
  // An address that is somebody else's (HR swapped two) names nobody anew.
  const isOthers = proposed.email === undefined && proposed.taken !== undefined;
  const username =
    kept !== undefined && (!outgrown || isOthers)
      ? kept
      : (proposeUsername(employee, policy.naming, reserved) ?? kept);
  return { username, email: proposed.email ?? known.email };
}

/** A future last day stays out of git until the arming window opens: a pull request must not announce a dismissal. */
export function withholdFutureExit(employee: Employee, policy: Policy, asOf: Day): Employee {
  const opens = addDays(asOf, policy.lifecycle.lastDay.armDays);
  const withheld = ['terminationDate', 'contractEndDate'].filter(
    (field) =>
      (employee[field] ?? '') > opens && (field === 'terminationDate' || policy.lifecycle.contractEnd),
  );
  if (withheld.length === 0) return employee;
  return Object.fromEntries(
    Object.entries(employee).filter(([name]) => !withheld.includes(name)),
  ) as Employee;
}

function deriveMovedFrom(
  previous: PersonFile | undefined,
  account: DesiredAccount | undefined,
  verdict: StageVerdict,
  asOf: Day,
): Record<string, Day> | undefined {
  if (verdict.stage === 'hold') return previous?.movedFrom;
  const wanted = account?.groups ?? {};
  const moved: Record<string, Day> = {};
  for (const [group, day] of Object.entries(previous?.movedFrom ?? {}))
    if (!Object.hasOwn(wanted, group) && addDays(day, MOVED_FROM_DAYS) >= asOf) moved[group] = day;
  for (const group of Object.keys(previous?.account?.groups ?? {}))
    if (!Object.hasOwn(wanted, group)) moved[group] ??= asOf;
  return Object.keys(moved).length === 0 ? undefined : moved;
}
