/** Reads of JumpCloud what the planner needs, with the fewest requests: people by pages, and only groups and devices that matter. */
import pMap from 'p-map';
import type { LiveAccount, LiveBinding, LiveDirectory, LiveGroup } from '../core/directory/live.ts';
import { matchPeople } from '../core/directory/match.ts';
import type { Policy } from '../core/mappings/policy.ts';
import type { Employee } from '../core/people/employee.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import { lastDayOf } from '../core/people/stage.ts';
import { type GroupPins, namedGroups } from '../core/plan/group-index.ts';
import { peopleOf } from '../core/plan/plan-file.ts';
import { type Ledger, type PersonLedger, restorable } from '../core/record/ledger.ts';
import { addDays, type Day } from '../core/values/calendar.ts';
import { Failure } from '../core/values/failure.ts';
import type { DirectoryReader } from '../ports.ts';

export interface LiveScope {
  policy: Policy;
  people: PersonFile[];
  ledger: Ledger;
  pins: GroupPins;
  asOf: Day;
  /** Only these people's groups and devices, where it is given. */
  only?: ReadonlySet<string> | undefined;
  progress: (text: string) => void;
}

/** Requests side by side: enough to hide latency, few enough to stay clear of limits that JumpCloud does not publish. */
export const CONCURRENCY = 8;

/** How long after the last day a leaver whom JumpCloud suspended by itself is still looked at for what is left to strip. */
const STRIP_DAYS = 30;

export async function readLive(reader: DirectoryReader, scope: LiveScope): Promise<LiveDirectory> {
  const { policy, people, ledger, asOf, progress } = scope;
  progress('reading accounts');
  const [accounts, groupNames] = await Promise.all([reader.readAccounts(), reader.readGroupNames()]);
  const matches = matchPeople({ people, accounts, ledger, policy, asOf });
  const subjects = people.flatMap((person): Subject[] => {
    const match = matches.get(person.employee.id);
    const isIn = scope.only === undefined || scope.only.has(person.employee.id);
    return isIn && (match?.kind === 'linked' || match?.kind === 'adopt')
      ? [{ person, account: match.account, record: ledger.people.get(person.employee.id) }]
      : [];
  });
  progress('reading groups');
  const groups = await readGroups(reader, groupIds(scope, subjects, groupNames), progress);
  const unfinished = new Set(ledger.pending.flatMap(peopleOf));
  const ending = subjects.filter((subject) => mustStrip(subject, asOf, unfinished));
  if (ending.length > 0) progress(`reading what ${ending.length} leavers still have`);
  const unread = new Set<string>();
  const memberships = await readEach(
    ending,
    ({ account }) => account.id,
    (id) => reader.readMemberships(id),
    unread,
  );
  const [bindings, bindable] = await readBindings(reader, scope, subjects, ending, unread);
  const keysOf =
    policy.lifecycle.leaving.sshKeys === 'remove'
      ? ending.filter(({ person }) => person.stage === 'left')
      : [];
  const sshKeys = await readEach(
    keysOf,
    ({ account }) => account.id,
    (id) => reader.readSshKeys(id),
    unread,
  );
  const armed = needsArmed(scope, subjects) ? await reader.readArmed() : [];
  return { accounts, groupNames, groups, memberships, bindings, bindable, armed, sshKeys, unread };
}

interface Subject {
  person: PersonFile;
  account: LiveAccount;
  record: PersonLedger | undefined;
}

/** Groups by name or pin, and by id what is to be given back or taken with an exception that ended. */
function groupIds(
  { policy, pins, ledger }: LiveScope,
  subjects: Subject[],
  groupNames: { id: string; name: string }[],
): string[] {
  const named = new Set(namedGroups(policy));
  const ids = new Set(groupNames.filter(({ name }) => named.has(name)).map(({ id }) => id));
  for (const name of named) if (pins[name] !== undefined) ids.add(pins[name]);
  for (const { person, record } of subjects)
    if (person.stage === 'active')
      for (const thing of restorable(record, person.employee['hireDate'] as string | undefined))
        if (thing.type === 'group') ids.add(thing.target);
  const ended = new Set(
    policy.exceptions.flatMap((exception) => (exception.kind === 'group' ? [exception.group] : [])),
  );
  for (const record of ledger.people.values())
    for (const [id, name] of record.groups) if (ended.has(name)) ids.add(id);
  const existing = new Set(groupNames.map(({ id }) => id));
  return [...ids].filter((id) => existing.has(id)).sort();
}

async function readGroups(
  reader: DirectoryReader,
  ids: string[],
  progress: (text: string) => void,
): Promise<Map<string, LiveGroup>> {
  let done = 0;
  const groups = await pMap(
    ids,
    async (id) => {
      const group = await answerOf(reader.readGroup(id));
      progress(`reading groups: ${(done += 1)} of ${ids.length}`);
      return group;
    },
    { concurrency: CONCURRENCY },
  );
  return new Map(besides(groups).flatMap(({ value: group }) => (group === null ? [] : [[group.id, group]])));
}

type Read<T> = { value: T } | { failure: Failure };

/** A failure of this one read as a value: one group that cannot be read is left alone, and everybody else goes on. */
async function answerOf<T>(work: Promise<T>): Promise<Read<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (error instanceof Failure && OF_ONE.has(error.code)) return { failure: error };
    throw error;
  }
}

/** What can be wrong with one thing alone; a key, an address, a limit or the network is everybody's. */
const OF_ONE: ReadonlySet<string> = new Set([
  'service-down',
  'unreadable-answer',
  'answer-too-large',
  'jumpcloud-refused',
  'torn-read',
]);

/** Those that were answered. When none of several was, it is JumpCloud that fails and not one of them. */
function besides<T>(reads: Read<T>[]): { value: T }[] {
  const answered = reads.filter((read) => 'value' in read);
  const failed = reads.find((read) => 'failure' in read);
  if (failed !== undefined && answered.length === 0 && reads.length > 1) throw failed.failure;
  return answered;
}

/**
 * A leaver is looked at until the record shows the exit done: while the account is not suspended, or was suspended for a
 * leave, or when JumpCloud suspended it by a job of ours and nothing has been stripped yet.
 */
function mustStrip(
  { person, account, record }: Subject,
  asOf: Day,
  unfinished: ReadonlySet<string>,
): boolean {
  if (person.stage !== 'left' && person.stage !== 'leave') return false;
  // A run that died between the suspension and the rest has left no receipt that could tell.
  if (account.state !== 'SUSPENDED' || unfinished.has(person.employee.id)) return true;
  if (record === undefined) return false;
  // Suspended for a leave, which takes less than an exit does; once that is on the record it is an exit's.
  if (person.stage === 'left' && record.suspended?.why === 'leave') return true;
  // What failed, or was not seen, when the exit was made; it may be nothing that we gave.
  if (record.unstripped || record.groups.size > 0 || record.bindings.size > 0) return true;
  const isStripped = record.suspended !== undefined || record.taken.some(({ why }) => why === person.stage);
  const lastDay = person.employee['terminationDate'] as string | undefined;
  return !isStripped && (lastDay === undefined || addDays(lastDay, STRIP_DAYS) >= asOf);
}

/** Bindings of leavers, and of people whose device rules want something that the record does not show. */
async function readBindings(
  reader: DirectoryReader,
  { policy }: LiveScope,
  subjects: Subject[],
  ending: Subject[],
  unread: Set<string>,
): Promise<[Map<string, LiveBinding[]>, Map<string, LiveBinding>]> {
  const { leave, leaving } = policy.lifecycle;
  const types = [
    ...new Set([...policy.bindings.map(({ type }) => type), ...leave.bindings, ...leaving.bindings]),
  ].sort();
  const bound =
    policy.bindings.length === 0
      ? []
      : await reader.readBindable([...new Set(policy.bindings.map(({ type }) => type))].sort());
  const bindable = new Map(bound.map((thing) => [`${thing.type}:${thing.name}`, thing]));
  const changing = subjects.filter(({ person, record }) => {
    if (person.stage !== 'active' && person.stage !== 'prehire') return false;
    const wanted = Object.keys(person.account?.bindings ?? {})
      .flatMap((key) => bindable.get(key) ?? [])
      .map(({ type, id }) => `${type}:${id}`);
    const known = record?.bindings ?? new Map<string, string>();
    const isReturning = (record?.taken ?? []).some(({ type }) => type === 'binding');
    return isReturning || wanted.length !== known.size || wanted.some((target) => !known.has(target));
  });
  const asked = [...new Set([...ending, ...changing])];
  return [
    await readEach(
      asked,
      ({ account }) => account.id,
      (id) => reader.readBindings(id, types),
      unread,
    ),
    bindable,
  ];
}

function needsArmed({ ledger, policy, asOf }: LiveScope, subjects: Subject[]): boolean {
  if ([...ledger.people.values()].some(({ armed }) => armed.size > 0)) return true;
  return subjects.some(
    ({ person }) =>
      (person.stage === 'prehire' && policy.lifecycle.start.arm) ||
      (person.stage === 'active' &&
        (lastDayOf(person.employee as Employee, policy.lifecycle) !== undefined ||
          (person.leave?.from ?? asOf) > asOf)),
  );
}

/** By account id; those of whom JumpCloud does not answer go into `unread`. */
async function readEach<T, V>(
  items: T[],
  idOf: (item: T) => string,
  read: (id: string) => Promise<V>,
  unread: Set<string>,
): Promise<Map<string, V>> {
  const reads = await pMap(
    items,
    async (item) => {
      const answer = await answerOf(read(idOf(item)));
      if ('failure' in answer) unread.add(idOf(item));
      return 'failure' in answer ? answer : { value: [idOf(item), answer.value] as const };
    },
    { concurrency: CONCURRENCY },
  );
  return new Map(besides(reads).map(({ value }) => value));
}
