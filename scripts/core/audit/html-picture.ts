/** The company's state on one page: what waits, who is on hold, what is excepted, how fast leavers are out. */
import type { AgedEntry } from './aged-entries.ts';
import { type Evidence, hoursText } from './evidence.ts';
import { agedChart, agedTable, suspensionChart, weeksChart } from './html-figures.ts';
import { badge, empty, facts, html, type Markup, NOTHING, page, section, table } from './html-page.ts';
import { instantText } from './instant-text.ts';

export interface PendingPlan {
  plan: string;
  lane: string;
  /** "3 joiners, 1 leaver" */
  people: string;
  actions: number;
  since: string;
  over: boolean;
}

export interface PersonOnHold {
  person: string;
  code: string;
  why: string;
  /** '' when nobody knows. */
  since: string;
  /** Last day, '' when it has no end. */
  until: string;
}

export interface Picture {
  evidence: Evidence;
  stages: Record<string, number>;
  pending: PendingPlan[];
  holds: PersonOnHold[];
}

const STAGES: [stage: string, words: string][] = [
  ['active', 'active'],
  ['prehire', 'start soon'],
  ['future', 'start later'],
  ['leave', 'on leave'],
  ['hold', 'on hold'],
  ['left', 'have left'],
  // Files that do not read: whoever they are of stands in no other figure.
  ['unreadable', 'do not read'],
];

export function renderPicturePage({ evidence, stages, pending, holds }: Picture): string {
  const { period, labels, timeliness, exceptions, overrides, weeks } = evidence;
  const inForce = exceptions.filter(({ until }) => until === '');
  const title = `Rollcall on ${period.to}`;
  const lead = html`<h1>${title}</h1>
    <p class="lead">
      From commit <code>${evidence.head.slice(0, 12)}</code>, read
      ${instantText(evidence.generatedAt, period.timeZone)} (${period.timeZone}). Charts begin on
      ${period.from}.
    </p>
    ${facts(STAGES.filter(([stage]) => (stages[stage] ?? 0) > 0).map(([stage, words]) => [words, stages[stage] ?? 0, stage === 'hold' || stage === 'unreadable' ? 'bad' : 'plain'] as const))}`;
  const { leaver } = timeliness.distributions;
  const body: Markup[] = [
    section('pending', 'Waiting to be done', '', [pendingTable(pending, period.timeZone)]),
    section(
      'holds',
      'People on hold and in quarantine',
      'Nothing is granted to whoever is on hold and nothing is taken until somebody decides. What fails again and again is in quarantine, and tried with growing pauses.',
      [holdTable(holds, labels)],
    ),
    section('exceptions', 'Exceptions', '', [agedSection(inForce, labels, 'Exceptions')]),
    overrides.some(({ until }) => until === '')
      ? section('overrides', 'Overridden guardrails', '', [
          agedSection(
            overrides.filter(({ until }) => until === ''),
            labels,
            'Overrides',
          ),
        ])
      : NOTHING,
    section(
      'suspensions',
      'Time to suspend',
      leaver.count === 0
        ? ''
        : `Median ${hoursText(leaver.p50)}, 95th percentile ${hoursText(leaver.p95)}, longest ${hoursText(leaver.max)}.`,
      [suspensionChart(evidence)],
    ),
    section('changes', 'Changes per week', '', [weeksChart(weeks)]),
  ];
  return page(title, lead, body);
}

function agedSection(entries: AgedEntry[], labels: Record<string, string>, what: string): Markup {
  if (entries.length === 0) return empty('There are none.');
  return html`${agedChart(entries, what)}${agedTable(entries, labels, what)}`;
}

function pendingTable(pending: PendingPlan[], zone: string): Markup {
  if (pending.length === 0) return empty('Every plan on main has its receipt.');
  return table(
    'Plans on main without a receipt',
    [
      { title: 'plan' },
      { title: 'lane' },
      { title: 'people' },
      { title: 'actions', numeric: true },
      { title: 'since' },
    ],
    pending.map(({ plan, lane, people, actions, since, over }) => [
      html`<code>${plan.slice(0, 12)}</code>`,
      lane,
      people,
      actions,
      html`${instantText(since, zone)} ${over ? badge('bad', 'overdue') : NOTHING}`,
    ]),
  );
}

function holdTable(holds: PersonOnHold[], labels: Record<string, string>): Markup {
  if (holds.length === 0) return empty('Nobody is on hold.');
  return table(
    'People on hold',
    [{ title: 'person' }, { title: 'code' }, { title: 'why' }, { title: 'since' }, { title: 'until' }],
    holds.map(({ person, code, why, since, until }) => [
      labels[person] ?? person,
      code,
      why,
      since.slice(0, 10),
      until,
    ]),
  );
}
