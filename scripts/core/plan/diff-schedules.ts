/**
 * Starts, last days and first days of leave pre-armed in JumpCloud itself, so that access changes on time with no run at
 * all. Only jobs found on our receipts are ours to cancel. A moved last day arms the new job before the old one is
 * cancelled; a moved start cancels first (action.ts, phaseOf): too late is better than too early.
 *
 * A job of ours that stands at no hour of the present mappings was armed under others: that it moves is the doing of an
 * edit (time zone, hour of the first or last day) and waits for review, where a day that HR moved does not.
 */
import type { ArmedState } from '../directory/live.ts';
import type { LifecycleFile } from '../mappings/lifecycle-file.ts';
import type { DesiredAccount, PersonFile } from '../people/person-file.ts';
import { lastDayOf } from '../people/stage.ts';
import { dayIn, instantOf, secondsBetween } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import type { Employee } from '../people/employee.ts';
import type { Cause, Wish } from './action.ts';
import { causeOf, hireDateOf, type Subject, wishFor, type World } from './context.ts';
import { activationMail } from './diff-account.ts';

/** Company time. */
const LEAVE_BEGINS = '00:00';

export function diffSchedules(subject: Subject, desired: DesiredAccount, world: World): Wish[] {
  const wanted = wantedState(subject, desired, world);
  const ours = armedByUs(subject, world);
  const isWanted = (job: ArmedState): boolean =>
    wanted !== undefined && job.state === wanted.state && secondsBetween(job.at, wanted.at) === 0;
  const isRemapped = (job: ArmedState): boolean =>
    job.state === wanted?.state && !isWanted(job) && !standsAtOurHour(job, world.policy.lifecycle);
  const causeFor = (remapped: boolean): Cause =>
    remapped ? 'mapping' : causeOf(subject.person, 'stage', 'date');
  const wishes: Wish[] = [];
  if (wanted !== undefined && !ours.some(isWanted))
    wishes.push(
      wishFor(subject, {
        kind: 'schedule',
        target: wanted.state,
        before:
          wanted.stage === undefined ? null : { stage: wanted.stage, hireDate: hireDateOf(subject.person) },
        after:
          wanted.state === 'ACTIVATED'
            ? { state: wanted.state, at: wanted.at, mail: activationMail(subject, world) }
            : { state: wanted.state, at: wanted.at },
        because: wanted.because,
        cause: causeFor(ours.some(isRemapped)),
        risk: wanted.state === 'SUSPENDED' ? 'medium' : 'low',
      }),
    );
  for (const job of ours.filter((each) => !isWanted(each)))
    wishes.push({
      ...cancel(subject, job, wanted === undefined ? 'HR no longer has this date' : 'the date moved'),
      cause: causeFor(isRemapped(job)),
    });
  return wishes;
}

/** Whoever is frozen keeps no armed activation of ours. */
export function cancelActivations(subject: Subject, world: World): Wish[] {
  return armedByUs(subject, world)
    .filter((job) => job.state === 'ACTIVATED')
    .map((job) => cancel(subject, job, 'on hold: nobody is activated unseen'));
}

function cancel(subject: Subject, job: ArmedState, because: string): Wish {
  return {
    ...wishFor(subject, {
      kind: 'unschedule',
      target: job.job,
      before: { state: job.state, at: job.at },
      after: null,
      because,
      cause: causeOf(subject.person, 'stage', 'date'),
      risk: 'low',
    }),
    account: job.account,
  };
}

/** At the hour at which the mappings let a first day, a leave or a last day turn, on whatever day. */
function standsAtOurHour({ state, at }: ArmedState, { timeZone, start, lastDay }: LifecycleFile): boolean {
  const hours = state === 'ACTIVATED' ? [start.time] : [lastDay.time, LEAVE_BEGINS];
  const day = dayIn(timeZone, at);
  return hours.some((hour) => secondsBetween(at, instantOf(timeZone, day, hour)) === 0);
}

/** By the receipts and not by the account: whose account is in doubt keeps no armed activation either. */
function armedByUs({ record }: Subject, world: World): ArmedState[] {
  if (record === undefined) return [];
  return world.live.armed.filter(({ job }) => record.armed.has(job)).sort((a, b) => (a.job < b.job ? -1 : 1));
}

interface WantedState {
  state: 'ACTIVATED' | 'SUSPENDED';
  at: string;
  because: string;
  /** The stage that a suspension begins. */
  stage?: 'leave' | 'left';
}

function wantedState(
  { person, account, record }: Subject,
  desired: DesiredAccount,
  world: World,
): WantedState | undefined {
  const { lifecycle } = world.policy;
  const hireDate = hireDateOf(person);
  if (desired.state === 'staged' && lifecycle.start.arm && hireDate !== '')
    return {
      state: 'ACTIVATED',
      at: instantOf(lifecycle.timeZone, hireDate, lifecycle.start.time),
      because: `first day ${hireDate}`,
    };
  if (desired.state !== 'active') return undefined;
  const ahead = suspensionsAhead(person, world).sort((a, b) => compareText(a.at, b.at));
  return account?.state === 'SUSPENDED' ? ahead.find((job) => isKept(job, record, world)) : ahead.at(0);
}

/**
 * Somebody else's suspension may be lifted before the last day is over, with no run in between: what is armed for that
 * day stays armed. Nothing is armed for a suspended account, and a leave that fired over it would pass for ours.
 */
function isKept({ state, at, stage }: WantedState, record: Subject['record'], { live }: World): boolean {
  return (
    stage === 'left' &&
    live.armed.some(
      (job) => record?.armed.has(job.job) && job.state === state && secondsBetween(job.at, at) === 0,
    )
  );
}

/** One job at a time: whichever comes first ends access, and the next plan sees to what follows. */
function suspensionsAhead(person: PersonFile, world: World): WantedState[] {
  const { timeZone, lastDay: ending } = world.policy.lifecycle;
  const lastDay = dueLastDay(person, world);
  const { leave } = person;
  return [
    ...(lastDay === undefined
      ? []
      : [
          {
            state: 'SUSPENDED' as const,
            at: instantOf(timeZone, lastDay, ending.time),
            because: `last day ${lastDay}`,
            stage: 'left' as const,
          },
        ]),
    ...(leave === undefined || leave.from <= world.asOf
      ? []
      : [
          {
            state: 'SUSPENDED' as const,
            at: instantOf(timeZone, leave.from, LEAVE_BEGINS),
            because: `leave begins on ${leave.from}`,
            stage: 'leave' as const,
          },
        ]),
  ];
}

/** The last day that the file knows: it stays out of the file until the arming window opens. */
function dueLastDay(person: PersonFile, world: World): string | undefined {
  const day = lastDayOf(person.employee as Employee, world.policy.lifecycle);
  return day !== undefined && day >= world.asOf ? day : undefined;
}
