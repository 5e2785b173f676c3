/** The evidence of a period as one value: what every format shows. */
import { compareText, type Finding } from '../values/finding.ts';
import type { AgedEntry } from './aged-entries.ts';
import { CONTROLS, type Control } from './controls.ts';
import { wasCarriedOut } from './duties.ts';
import type { Signature } from './history.ts';
import { isWithin, type Period, spanOf } from './period.ts';
import { type Change, type Population, type RecordedCase, type Week, weeksOf } from './population.ts';
import { type Distribution, distributionOf, type Passage, type Timing } from './timeliness.ts';
import { tally } from './verdict.ts';

export interface UrgentAction {
  plan: string;
  people: string[];
  trigger: string;
  /** Instants as the receipt has them. */
  times: Record<string, string>;
  /** Seconds from the first of them to the last; null where there are none. */
  seconds: number | null;
  finishedAt: string;
  outcome: string;
}

export interface Reviewer {
  login: string;
  approved: number;
  merged: number;
}

export interface Evidence {
  version: 1;
  period: Period;
  generatedAt: string;
  /** Commit of main that this was read from. */
  head: string;
  population: Population;
  weeks: Week[];
  timeliness: {
    goals: Record<Passage, number>;
    distributions: Record<Passage, Distribution>;
    timings: Timing[];
  };
  exceptions: AgedEntry[];
  overrides: AgedEntry[];
  urgent: UrgentAction[];
  /** Actions that put right what somebody changed in JumpCloud beside Rollcall. */
  drift: Change[];
  duties: { reviewers: Reviewer[]; findings: Finding[] };
  integrity: {
    holds: boolean;
    findings: Finding[];
    tally: { code: string; severity: Finding['severity']; count: number }[];
    signatures: Record<Signature, number>;
    /** Author of commits that changed state/, with how many. */
    authors: { author: string; commits: number }[];
    commits: number;
    derived: boolean;
  };
  controls: readonly Control[];
  /** HR id -> "1042 Ada Lovelace". */
  labels: Record<string, string>;
}

export interface EvidenceInput {
  period: Period;
  generatedAt: string;
  head: string;
  cases: RecordedCase[];
  population: Population;
  timings: Timing[];
  goals: Record<Passage, number>;
  exceptions: AgedEntry[];
  overrides: AgedEntry[];
  duties: Finding[];
  integrity: Omit<Evidence['integrity'], 'tally' | 'holds'>;
  labels: Record<string, string>;
}

export function evidenceOf(input: EvidenceInput): Evidence {
  const { period, population, timings, goals, cases } = input;
  const span = spanOf(period);
  const inPeriod = cases.filter(({ receipt }) => receipt !== undefined && isWithin(span, receipt.finishedAt));
  const of = (passage: Passage): Distribution => distributionOf(timings, passage, goals[passage]);
  const digests = new Set(inPeriod.map(({ plan }) => plan.digest.slice(0, 12)));
  return {
    version: 1,
    period,
    generatedAt: input.generatedAt,
    head: input.head,
    population,
    weeks: weeksOf(population.changes, period),
    timeliness: {
      goals,
      timings,
      distributions: { leaver: of('leaver'), joiner: of('joiner'), mover: of('mover') },
    },
    exceptions: input.exceptions,
    overrides: input.overrides,
    urgent: urgentOf(inPeriod),
    drift: population.changes.filter(({ cause }) => cause === 'drift'),
    duties: {
      reviewers: reviewersOf(inPeriod),
      findings: input.duties.filter(({ subject }) => subject !== undefined && digests.has(subject)),
    },
    integrity: {
      ...input.integrity,
      holds: !input.integrity.findings.some(({ severity }) => severity === 'critical'),
      tally: tally(input.integrity.findings),
    },
    controls: CONTROLS,
    labels: input.labels,
  };
}

function urgentOf(cases: RecordedCase[]): UrgentAction[] {
  return cases
    .flatMap(({ plan, receipt }): UrgentAction[] => {
      if (plan.lane !== 'urgent' || receipt === undefined) return [];
      const times = receipt.times ?? {};
      const instants = Object.values(times).map(Date.parse).filter(Number.isFinite);
      return [
        {
          plan: plan.digest,
          people: [...new Set(plan.actions.flatMap(({ person }) => person ?? []))],
          trigger: receipt.trigger ?? '',
          times,
          seconds: instants.length < 2 ? null : (Math.max(...instants) - Math.min(...instants)) / 1_000,
          finishedAt: receipt.finishedAt,
          outcome: receipt.outcome,
        },
      ];
    })
    .sort((a, b) => compareText(a.finishedAt, b.finishedAt));
}

function reviewersOf(cases: RecordedCase[]): Reviewer[] {
  const reviewers = new Map<string, Reviewer>();
  const of = (login: string): Reviewer => {
    const key = login.toLowerCase();
    const known = reviewers.get(key) ?? { login, approved: 0, merged: 0 };
    reviewers.set(key, known);
    return known;
  };
  for (const { receipt } of cases) {
    if (receipt === undefined || !wasCarriedOut(receipt)) continue;
    for (const login of receipt.approvedBy) of(login).approved += 1;
    if (receipt.mergedBy !== undefined) of(receipt.mergedBy).merged += 1;
  }
  return [...reviewers.values()].sort((a, b) => b.approved - a.approved || compareText(a.login, b.login));
}

/** Sentences that a person reads first. */
export function headlinesOf(evidence: Evidence): string[] {
  const { population, timeliness, integrity, duties, exceptions, overrides, urgent, drift } = evidence;
  const { byOutcome } = population;
  const answered = population.plans - byOutcome.pending;
  const unapproved = population.changes.filter(
    ({ authorisation, outcome }) => authorisation === 'missing' && outcome === 'done',
  ).length;
  const leaver = timeliness.distributions.leaver;
  const grave = (findings: Finding[]): number =>
    findings.filter(({ severity }) => severity === 'critical').length;
  return [
    `${population.plans} plans: ${answered} with receipts (${byOutcome.complete} complete, ${byOutcome.partial} partial, ${byOutcome.refused} refused, ${byOutcome.expired} expired) and ${byOutcome.pending} pending. ${population.done} changes were made.`,
    unapproved === 0
      ? 'Every change was approved, freed from review by guardrails.yaml, or an urgent revocation.'
      : `${unapproved} changes have no approval on record.`,
    leaver.count === 0
      ? 'No exit fell due.'
      : `${leaver.count} leavers: half within ${hoursText(leaver.p50)}, 95 % within ${hoursText(leaver.p95)}, the longest ${hoursText(leaver.max)} after the end of the last day; ${leaver.breaches} later than ${leaver.goal} h.`,
    ...inheritedText(timeliness.timings),
    `${urgent.length} urgent runs, ${drift.length} corrections of drift, ${exceptions.filter(({ until }) => until === '').length} exceptions, ${overrides.filter(({ until }) => until === '').length} overrides of guardrails.`,
    grave(duties.findings) === 0
      ? 'No breach of segregation of duties.'
      : `${grave(duties.findings)} breaches of segregation of duties.`,
    integrity.holds
      ? 'The record holds.'
      : `The record does not hold: ${grave(integrity.findings)} contradictions.`,
  ];
}

/** What was late before anybody could have been on time, in a sentence or none. */
function inheritedText(timings: Timing[]): string[] {
  const count = (passage: Passage): number =>
    timings.filter((timing) => timing.passage === passage && timing.inherited).length;
  const [leavers, joiners] = [count('leaver'), count('joiner')];
  return leavers + joiners === 0
    ? []
    : [
        `Due before the record began, and put right since: ${leavers} leavers and ${joiners} joiners. They are listed and count in no figure.`,
      ];
}

/** "6 h", "45 min", "3.2 days", "-2 h" */
export function hoursText(hours: number | null): string {
  if (hours === null) return 'no value';
  const size = Math.abs(hours);
  if (size < 1) return `${Math.round(hours * 60)} min`;
  if (size < 48) return `${Math.round(hours * 10) / 10} h`;
  return `${Math.round((hours / 24) * 10) / 10} days`;
}

/** Days from one to the other that a picture of ages shows, as buckets. */
export const AGE_BUCKETS: readonly (readonly [label: string, upTo: number])[] = [
  ['up to a week', 7],
  ['up to a month', 31],
  ['up to 3 months', 92],
  ['up to a year', 366],
  ['older', Infinity],
];

export function ageBuckets(
  entries: Pick<AgedEntry, 'ageDays' | 'until'>[],
): { label: string; count: number }[] {
  const present = entries.filter(({ until }) => until === '');
  let above = -1;
  return AGE_BUCKETS.map(([label, upTo]) => {
    const count = present.filter(({ ageDays }) => ageDays > above && ageDays <= upTo).length;
    above = upTo;
    return { label, count };
  });
}
