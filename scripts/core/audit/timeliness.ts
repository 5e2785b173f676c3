/**
 * How long access lagged behind the facts.
 *
 * | who    | from                                                  | until                                            | goal by default |
 * |--------|-------------------------------------------------------|--------------------------------------------------|-----------------|
 * | leaver | the end of the last day, company time                 | the account is suspended, by a run or pre-armed  | 24 h            |
 * | joiner | the beginning of the first day, company time          | the account works                                | 24 h            |
 * | mover  | the export that saw the change (HR's day is not in git) | the last group of the old place is taken away  | 120 h           |
 *
 * What was due before the record began is inherited: it is shown, by how much it was late, and counts neither in percentiles nor as a
 * breach. Nobody promised anything then.
 *
 * Ahead of time is below zero. Where HR gives no last day, time runs from the export that saw the person leave.
 */
import { addDays, instantOf } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import { textIn } from '../values/json-fields.ts';
import type { RecordedCase } from './population.ts';
import { isWithin, type Period, type Span, spanOf } from './period.ts';

export type Passage = 'leaver' | 'joiner' | 'mover';
export const DEFAULT_GOALS: Record<Passage, number> = { leaver: 24, joiner: 24, mover: 120 };

/** What git knows of a person when a plan about them was made. */
export interface Facts {
  hireDate: string | undefined;
  lastDay: string | undefined;
}

export interface Timing {
  passage: Passage;
  person: string;
  /** HR's day, '' when git does not have it. */
  day: string;
  /** When it should have been so. */
  dueAt: string;
  /** When git first knew. */
  knownAt: string;
  /** '' while it has not happened. */
  doneAt: string;
  /** suspended, pre-armed, urgent, activated, moved, or '' */
  how: string;
  /** Hours from due until done, or until the end of the period while it has not happened. */
  hours: number;
  breach: boolean;
  /** It was due before the record began. */
  inherited: boolean;
  /** Why it was late, where git can tell. */
  why: string;
  plan: string;
}

interface Event {
  person: string;
  kind: 'exit' | 'armed-exit' | 'cancelled' | 'start' | 'armed-start' | 'created' | 'moved' | 'back';
  at: string;
  job: string;
  record: RecordedCase;
  urgent: boolean;
}

/** What the actions of all plans say of passages, oldest first. */
function eventsOf(cases: RecordedCase[]): Event[] {
  const events: Event[] = [];
  for (const record of cases) {
    const { plan, receipt } = record;
    if (receipt === undefined) continue;
    const results = new Map(receipt.results.map((result) => [result.action, result]));
    for (const action of plan.actions) {
      const result = results.get(action.id);
      const { person, kind, target, before, after } = action;
      if (
        person === null ||
        result === undefined ||
        (result.outcome !== 'done' && result.outcome !== 'already')
      )
        continue;
      const add = (kindOf: Event['kind'], at = result.at, job = result.job ?? ''): void => {
        events.push({ person, kind: kindOf, at, job, record, urgent: plan.lane === 'urgent' });
      };
      if (kind === 'suspend' && textIn(before, 'stage') === 'left') add('exit');
      else if (kind === 'schedule' && textIn(before, 'stage') !== 'leave')
        add(target === 'SUSPENDED' ? 'armed-exit' : 'armed-start', textIn(after, 'at'));
      else if (kind === 'unschedule') add('cancelled', result.at, target ?? '');
      else if (kind === 'create') add(textIn(after, 'state') === 'ACTIVATED' ? 'start' : 'created');
      else if (kind === 'activate') add('start');
      else if (kind === 'reinstate') add('back');
      else if (kind === 'leave-group' && textIn(before, 'taken') === 'moved') add('moved');
    }
  }
  return events.sort((a, b) => compareText(a.at, b.at));
}

export interface TimelinessInput {
  cases: RecordedCase[];
  /** ISO instant of the first facts on main; '' for none. */
  recordBegan: string;
  period: Period;
  goals: Record<Passage, number>;
  /** Facts as they stood when a plan came to main. */
  factsFor: (person: string, record: RecordedCase) => Facts;
  /** People who have left by the newest export, with an account of ours: nobody may be missing from the population. */
  leftNow: { person: string; lastDay: string | undefined; knownAt: string }[];
  startTime: string;
}

/** The period as instants, worked out once. */
type Spanned = TimelinessInput & { span: Span };

export function timingsOf(given: TimelinessInput): Timing[] {
  const { period } = given;
  const span = spanOf(period);
  const input: Spanned = { ...given, span };
  const events = eventsOf(input.cases);
  const byPerson = new Map<string, Event[]>();
  for (const event of events) byPerson.set(event.person, [...(byPerson.get(event.person) ?? []), event]);
  const timings: Timing[] = [];
  for (const [person, own] of byPerson) {
    timings.push(
      ...exitsOf(person, own, input),
      ...startsOf(person, own, input),
      ...movesOf(person, own, input),
    );
  }
  for (const { person, lastDay, knownAt } of input.leftNow) {
    const own = byPerson.get(person) ?? [];
    const back = own.filter(({ kind }) => kind === 'back').at(-1)?.at ?? '';
    if (own.some(({ kind, at }) => (kind === 'exit' || kind === 'armed-exit') && at > back)) continue;
    timings.push(
      timingOf(input, {
        passage: 'leaver',
        person,
        day: lastDay ?? '',
        dueAt: endOf(lastDay, period) ?? knownAt,
        knownAt,
        doneAt: '',
        how: '',
        plan: '',
      }),
    );
  }
  return timings
    .filter(({ doneAt, dueAt, passage }) =>
      isWithin(span, doneAt === '' ? dueAt : passage === 'mover' || doneAt > dueAt ? doneAt : dueAt),
    )
    .sort((a, b) => compareText(a.dueAt, b.dueAt) || compareText(a.person, b.person));
}

function earlier(a: string | undefined, b: string): string {
  return a !== undefined && Date.parse(a) < Date.parse(b) ? a : b;
}

function endOf(lastDay: string | undefined, { timeZone }: Period): string | undefined {
  return lastDay === undefined || lastDay === ''
    ? undefined
    : new Date(instantOf(timeZone, addDays(lastDay, 1), '00:00')).toISOString();
}

/** An exit ends with the first suspension; what comes after it until somebody is back belongs to the same exit. */
function exitsOf(person: string, events: Event[], input: Spanned): Timing[] {
  const timings: Timing[] = [];
  const cancelled = new Map(
    events.filter(({ kind }) => kind === 'cancelled').map(({ job, at }) => [job, at]),
  );
  let open = true;
  for (const event of events) {
    if (event.kind === 'back') open = true;
    const isArmed =
      event.kind === 'armed-exit' && !(event.job !== '' && (cancelled.get(event.job) ?? '9') < event.at);
    if (!open || (event.kind !== 'exit' && !isArmed)) continue;
    if (isArmed && Date.parse(event.at) >= input.span.until) continue;
    open = false;
    const { lastDay } = input.factsFor(person, event.record);
    // The urgent lane commits after acting.
    const knownAt = earlier(event.record.proposedAt, event.record.receipt?.startedAt ?? event.at);
    timings.push(
      timingOf(input, {
        passage: 'leaver',
        person,
        day: lastDay ?? '',
        dueAt: endOf(lastDay, input.period) ?? knownAt,
        knownAt,
        doneAt: event.at,
        how: isArmed ? 'pre-armed' : event.urgent ? 'urgent' : 'suspended',
        plan: event.record.plan.digest,
      }),
    );
  }
  return timings;
}

function startsOf(person: string, events: Event[], input: Spanned): Timing[] {
  const created = events.find(({ kind }) => kind === 'created' || kind === 'start');
  if (created === undefined) return [];
  const { hireDate } = input.factsFor(person, created.record);
  if (hireDate === undefined) return [];
  const dueAt = new Date(instantOf(input.period.timeZone, hireDate, input.startTime)).toISOString();
  const cancelled = new Set(events.filter(({ kind }) => kind === 'cancelled').map(({ job }) => job));
  const ready = events.find(
    ({ kind, job }) => kind === 'start' || (kind === 'armed-start' && !cancelled.has(job)),
  );
  const isOver = Date.parse(dueAt) < input.span.until;
  if (ready === undefined && !isOver) return [];
  return [
    timingOf(input, {
      passage: 'joiner',
      person,
      day: hireDate,
      dueAt,
      knownAt: created.record.plannedAt ?? created.at,
      doneAt: ready?.at ?? '',
      how: ready === undefined ? '' : ready.kind === 'armed-start' ? 'pre-armed' : 'activated',
      plan: created.record.plan.digest,
    }),
  ];
}

function movesOf(person: string, events: Event[], input: Spanned): Timing[] {
  const byPlan = new Map<string, Event>();
  for (const event of events) if (event.kind === 'moved') byPlan.set(event.record.plan.digest, event);
  return [...byPlan.values()].map((event) => {
    const seen = event.record.proposedAt ?? event.record.plannedAt ?? event.at;
    return timingOf(input, {
      passage: 'mover',
      person,
      day: '',
      dueAt: seen,
      knownAt: seen,
      doneAt: event.at,
      how: 'moved',
      plan: event.record.plan.digest,
    });
  });
}

type Measured = Omit<Timing, 'hours' | 'breach' | 'inherited' | 'why'>;

function timingOf(input: Spanned, rest: Measured): Timing {
  const until = rest.doneAt === '' ? input.span.until : Date.parse(rest.doneAt);
  const hours = Math.round(((until - Date.parse(rest.dueAt)) / 3_600_000) * 100) / 100;
  const goal = input.goals[rest.passage];
  const isLate = hours > goal;
  const inherited =
    isLate && input.recordBegan !== '' && Date.parse(rest.dueAt) < Date.parse(input.recordBegan);
  const why = inherited ? 'due before the record began' : isLate ? whyLate(rest, goal) : '';
  return { ...rest, hours, breach: isLate && !inherited, inherited, why };
}

function whyLate({ dueAt, knownAt, doneAt, passage }: Measured, goal: number): string {
  const late = (Date.parse(knownAt) - Date.parse(dueAt)) / 3_600_000;
  if (doneAt === '')
    return passage === 'leaver' ? 'no suspension is on record' : 'the account does not work yet';
  return late > goal ? `known ${Math.round(late)} h after it was due` : 'known in time, carried out late';
}

export interface Distribution {
  count: number;
  breaches: number;
  goal: number;
  p50: number | null;
  p95: number | null;
  max: number | null;
}

/** Percentiles by nearest rank, in hours; without what was inherited. */
export function distributionOf(timings: Timing[], passage: Passage, goal: number): Distribution {
  const own = timings.filter((timing) => timing.passage === passage && !timing.inherited);
  const hours = own.map((timing) => timing.hours).sort((a, b) => a - b);
  const rank = (share: number): number | null =>
    hours[Math.max(0, Math.ceil(share * hours.length) - 1)] ?? null;
  return {
    count: own.length,
    breaches: own.filter(({ breach }) => breach).length,
    goal,
    p50: rank(0.5),
    p95: rank(0.95),
    max: hours.at(-1) ?? null,
  };
}
