/** The evidence as one page that an auditor reads from top to bottom and prints. */
import type { AgedEntry } from './aged-entries.ts';
import { controlsOf, type SectionId } from './controls.ts';
import { type Evidence, headlinesOf, hoursText } from './evidence.ts';
import { agedChart, agedTable, suspensionChart, weeksChart } from './html-figures.ts';
import { badge, type Column, empty, facts, html, type Markup, page, section, table } from './html-page.ts';
import { driftBody, dutiesBody, integrityBody, populationBody, urgentBody } from './html-record.ts';
import { instantText } from './instant-text.ts';
import type { Timing } from './timeliness.ts';

const TITLES: Record<Exclude<SectionId, 'access'>, string> = {
  population: 'Every change',
  timeliness: 'Timeliness',
  exceptions: 'Exceptions by age',
  overrides: 'Overridden guardrails',
  urgent: 'Urgent actions',
  drift: 'Unexplained drift, put right',
  duties: 'Segregation of duties',
  integrity: 'Integrity of the record',
};

export function renderEvidencePage(evidence: Evidence): string {
  const { period, integrity, population, timeliness } = evidence;
  const leaver = timeliness.distributions.leaver;
  const sections: Markup[] = [
    summary(evidence),
    chapter('timeliness', timelinessBody(evidence)),
    chapter('exceptions', agedBody(evidence, evidence.exceptions, 'Exceptions')),
    chapter('overrides', agedBody(evidence, evidence.overrides, 'Overrides')),
    chapter('urgent', urgentBody(evidence)),
    chapter('drift', driftBody(evidence)),
    chapter('duties', dutiesBody(evidence)),
    chapter('integrity', integrityBody(evidence)),
    chapter('population', populationBody(evidence)),
    controls(evidence),
  ];
  const title = `Access changes, ${period.from} to ${period.to}`;
  const lead = html`<h1>${title}</h1>
    <p class="lead">
      From git log and receipts of commit <code>${evidence.head.slice(0, 12)}</code>, read
      ${instantText(evidence.generatedAt, period.timeZone)}. Times are in ${period.timeZone}.
    </p>
    ${facts([
      ['changes made', population.done],
      ['plans', population.plans],
      ['leavers', leaver.count],
      [
        'longest to suspend',
        leaver.count === 0 ? 'nobody left' : hoursText(leaver.max),
        leaver.breaches > 0 ? 'bad' : 'good',
      ],
      ['the record', integrity.holds ? 'holds' : 'does not hold', integrity.holds ? 'good' : 'bad'],
    ])}
    <nav aria-label="Sections">
      <ul>
        ${Object.entries(TITLES).map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
        <li><a href="#controls">Controls</a></li>
      </ul>
    </nav>`;
  return page(title, lead, sections);
}

function chapter(id: Exclude<SectionId, 'access'>, body: Markup[]): Markup {
  return section(id, TITLES[id], controlsOf(id), body);
}

function summary(evidence: Evidence): Markup {
  return html`<ul class="headlines">
      ${headlinesOf(evidence).map((line) => html`<li>${line}</li>`)}
    </ul>
    ${weeksChart(evidence.weeks)}`;
}

function timelinessBody(evidence: Evidence): Markup[] {
  const { timeliness, labels, period } = evidence;
  const names = {
    leaver: 'Leavers: from the end of the last day until access was removed',
    joiner: 'Joiners: from the beginning of the first day until the account worked',
    mover: 'Movers: from the export that saw the move until the old groups were taken away',
  };
  const rows = (['leaver', 'joiner', 'mover'] as const).map((passage) => {
    const { count, p50, p95, max, goal, breaches } = timeliness.distributions[passage];
    const late = breaches === 0 ? badge('good', 'none') : badge('bad', String(breaches));
    return [names[passage], count, hoursText(p50), hoursText(p95), hoursText(max), `${goal} h`, late];
  });
  const breaches = timeliness.timings.filter(({ breach }) => breach);
  const inherited = timeliness.timings.filter((timing) => timing.inherited);
  const rowOf = (timing: Timing): (string | Markup)[] => timingRow(timing, labels, period.timeZone);
  return [
    suspensionChart(evidence),
    table(
      'Timeliness',
      [
        { title: 'from and until' },
        { title: 'people', numeric: true },
        { title: 'p50', numeric: true },
        { title: 'p95', numeric: true },
        { title: 'longest', numeric: true },
        { title: 'goal', numeric: true },
        { title: 'later' },
      ],
      rows,
    ),
    breaches.length === 0
      ? empty('Nothing was later than its goal.')
      : table('Everything that was later than its goal', TIMING_COLUMNS, breaches.map(rowOf)),
    ...(inherited.length === 0
      ? []
      : [table('Due before the record began: in no figure above', TIMING_COLUMNS, inherited.map(rowOf))]),
  ];
}

const TIMING_COLUMNS: Column[] = [
  { title: 'passage' },
  { title: 'person' },
  { title: 'due' },
  { title: 'known' },
  { title: 'done' },
  { title: 'took', numeric: true },
  { title: 'why' },
];

function timingRow(timing: Timing, labels: Record<string, string>, zone: string): (string | Markup)[] {
  const { passage, person, dueAt, knownAt, doneAt, hours, why } = timing;
  return [
    passage,
    labels[person] ?? person,
    instantText(dueAt, zone),
    instantText(knownAt, zone),
    doneAt === '' ? badge('bad', 'not done') : instantText(doneAt, zone),
    hoursText(hours),
    why,
  ];
}

function agedBody({ labels }: Evidence, entries: AgedEntry[], what: string): Markup[] {
  if (entries.length === 0) return [empty(`No ${what.toLowerCase()} in this period.`)];
  return [agedChart(entries, what), agedTable(entries, labels, what)];
}

function controls(evidence: Evidence): Markup {
  return section(
    'controls',
    'Controls that this speaks to',
    'References only: what suffices is for the auditor to say.',
    [
      table(
        'Controls',
        [{ title: 'framework' }, { title: 'control' }, { title: 'about' }, { title: 'sections' }],
        evidence.controls.map(({ framework, control, title, sections }) => [
          framework,
          control,
          title,
          sections.join(', '),
        ]),
      ),
    ],
  );
}
