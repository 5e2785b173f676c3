/**
 * Which consequences an edit of the mappings caused, as opposed to HR or the calendar. They are never done without
 * review: merging a mapping must change nobody's access.
 *
 * A consequence counts as caused by the mappings when the person's old facts at their old stage, put through the new
 * mappings, no longer give what the old file says. It stays marked until a receipt shows it done, or HR changes it anew.
 */
import type { Policy } from '../mappings/policy.ts';
import { workedOut } from '../mappings/rule-failure.ts';
import type { PersonLedger } from '../record/ledger.ts';
import { addDays, type Day } from '../values/calendar.ts';
import { deriveAccount } from './account.ts';
import type { Employee } from './employee.ts';
import type { DesiredAccount, PersonFile } from './person-file.ts';
import { isTimeOff } from './leave.ts';
import { deriveStage, stageInputOf, type StageVerdict } from './stage.ts';

/** Key of a kind of things that leave or leaving takes: `takes:group`. */
const TAKES = 'takes:';

interface ChangeInput {
  previous: PersonFile | undefined;
  next: PersonFile;
  ledger: PersonLedger | undefined;
  /** What an edit of the mappings made of somebody whom it released from a hold: nobody knows what else it did meanwhile. */
  released: StageVerdict | undefined;
  asOf: Day;
}

/** Keys such as `stage`, `group:Engineering`, `attribute:jobTitle`, `binding:system_group:Laptops`, `takes:group`, sorted. */
export function deriveMappingChanges(
  { previous, next, ledger, released, asOf }: ChangeInput,
  policy: Policy,
): string[] {
  if (previous === undefined) return [];
  if (next.stage === 'hold') return previous.mappingChanged ?? [];
  const before = consequencesOf(previous);
  const after = consequencesOf(next);
  const changed = (key: string): boolean => before.get(key) !== after.get(key);
  const keys = new Set([...before.keys(), ...after.keys(), ...(previous.mappingChanged ?? [])]);
  // Most people have not changed: nothing is to be explained then.
  const isRemapped = [...keys].some(changed) ? remap(previous, before, policy, asOf) : undefined;
  const isStageRemapped = (): boolean =>
    previous.stage === 'hold'
      ? released !== undefined && certaintyOf(released) === certaintyOf(next) && !isAsBefore(previous, next)
      : !couldComeByDate(previous, policy, asOf);
  const marked = new Set(previous.mappingChanged ?? []);
  for (const key of keys) {
    if (changed(key)) {
      if (key === 'stage') toggle(marked, key, isStageRemapped());
      else toggle(marked, key, released !== undefined || isRemapped?.(key) === true);
    } else if (!key.startsWith(TAKES) && marked.has(key) && isSettled(key, after.get(key), ledger))
      marked.delete(key);
  }
  markTaken(marked, previous, next);
  return [...marked].sort();
}

/**
 * What an edit takes from people who are away already: at the same stage only the mappings can change that. What somebody
 * gives a leaver by hand afterwards cannot be told from it, so each kind stays marked until the stage changes.
 */
function markTaken(marked: Set<string>, previous: PersonFile, next: PersonFile): void {
  const isSameStage = previous.stage === next.stage && previous.takes !== undefined;
  const takes = isSameStage ? (next.takes ?? []) : [];
  for (const key of marked)
    if (key.startsWith(TAKES) && !takes.includes(key.slice(TAKES.length))) marked.delete(key);
  for (const kind of takes) if (previous.takes?.includes(kind) === false) marked.add(`${TAKES}${kind}`);
}

function toggle(set: Set<string>, key: string, on: boolean): void {
  if (on) set.add(key);
  else set.delete(key);
}

/** An exit that stops needing review is as much a change as the exit itself. */
function certaintyOf({ stage, review }: { stage: string; review?: string | undefined }): string {
  return review === undefined ? stage : `${stage}, for review`;
}

/** The account is in the state that it had when the hold began. */
function isAsBefore(previous: PersonFile, next: PersonFile): boolean {
  return previous.account?.state === next.account?.state;
}

/** Group becauses are not compared: a reworded rule that keeps everybody is no change of access. */
function consequencesOf(person: Pick<PersonFile, 'stage' | 'account' | 'review'>): Map<string, string> {
  const map = accountConsequences(person.account);
  map.set('stage', certaintyOf(person));
  return map;
}

function accountConsequences(account: DesiredAccount | undefined): Map<string, string> {
  const map = new Map<string, string>();
  for (const group of Object.keys(account?.groups ?? {})) map.set(`group:${group}`, 'member');
  for (const [name, value] of Object.entries(account?.attributes ?? {})) map.set(`attribute:${name}`, value);
  for (const binding of Object.keys(account?.bindings ?? {})) map.set(`binding:${binding}`, 'bound');
  return map;
}

/**
 * Which consequences the old facts at the old stage no longer have under the new mappings; undefined when the old file
 * decided nothing. Where a rule cannot be worked out over them, any of them may have changed.
 */
function remap(
  previous: PersonFile,
  before: ReadonlyMap<string, string>,
  policy: Policy,
  asOf: Day,
): ((key: string) => boolean) | undefined {
  const { stage, account, employee } = previous;
  if (stage === 'hold' || account === undefined) return undefined;
  const { username, email } = account;
  const again = workedOut(() =>
    deriveAccount({ employee: employee as Employee, stage, username, email, asOf }, policy),
  );
  if (again === undefined) return () => true;
  const now = accountConsequences(again);
  return (key) => now.get(key) !== before.get(key);
}

/** True when the new mappings give the old stage for the old facts on some earlier day: then time, or HR, changed it. */
function couldComeByDate(previous: PersonFile, policy: Policy, asOf: Day): boolean {
  const employee = previous.employee as Employee;
  const { hireDate, terminationDate, contractEndDate } = employee;
  const turns = [
    hireDate,
    hireDate && addDays(hireDate, -policy.lifecycle.prehire.days),
    terminationDate,
    contractEndDate,
    previous.leave?.from,
    previous.leave?.until,
  ];
  const days = [
    asOf,
    ...turns.flatMap((day) =>
      day === undefined || day === '' ? [] : [addDays(day, -1), day, addDays(day, 1)],
    ),
  ].filter((day) => day <= asOf);
  return days.some((day) =>
    [true, false].some((working) => {
      const timeOff = isTimeOff(previous.leave, day);
      const verdict = deriveStage(stageInputOf(employee, policy.lifecycle, day, { working, timeOff }));
      return certaintyOf(verdict) === certaintyOf(previous);
    }),
  );
}

function isSettled(key: string, wanted: string | undefined, ledger: PersonLedger | undefined): boolean {
  if (ledger === undefined) return false;
  const [type, ...rest] = key.split(':');
  const name = rest.join(':');
  switch (type) {
    case 'stage':
      // A leave, or a manual exit, is not yet the exit that an edit has made of it.
      if (wanted?.startsWith('left') === true) return ledger.suspended?.why === 'left';
      return (wanted === 'leave') === (ledger.suspended !== undefined);
    case 'group':
      return [...ledger.groups.values()].includes(name) === (wanted !== undefined);
    case 'attribute':
      return ledger.attributes.get(name) === wanted;
    default:
      return (
        [...ledger.bindings.values()].includes(name.slice(name.indexOf(':') + 1)) === (wanted !== undefined)
      );
  }
}
