/** The evidence as one page that an auditor reads from top to bottom and prints. */
import { dotsOverTime, bars, stackedBars } from './html-charts.ts';
import { controlsOf, type SectionId } from './controls.ts';
import { ageBuckets, type Evidence, headlinesOf, hoursText } from './evidence.ts';
import { badge, empty, facts, html, type Markup, NOTHING, page, section, table } from './html-page.ts';
import { spanOf } from './period.ts';
import type { AgedEntry } from './aged-entries.ts';
import type { Change, Week } from './population.ts';
import type { Timing } from './timeliness.ts';
import type { Finding } from '../values/finding.ts';
import { instantText } from './instant-text.ts';

/** A page of more rows than this is slow to open; the rest stands in changes.csv. */
const MOST_ROWS = 5_000;

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

const CLASSES: [key: string, name: string, colour: string][] = [
  ['joiner', 'joiners', 'c1'],
  ['mover', 'movers', 'c2'],
  ['leaver', 'leavers', 'c3'],
  ['leave', 'on leave', 'c4'],
  ['return', 'returns', 'c5'],
  ['adoption', 'adoptions', 'c6'],
  ['rescheduled', 'rescheduled', 'c6'],
];

export function weeksChart(weeks: Week[]): Markup {
  const total = (key: string): number => weeks.reduce((sum, { counts }) => sum + (counts[key] ?? 0), 0);
  const said = CLASSES.filter(([key]) => total(key) > 0).map(([key, name]) => `${total(key)} ${name}`);
  if (said.length === 0) return empty('Nothing was changed.');
  return stackedBars(
    {
      id: 'weeks',
      title: 'People whose access changed, by week',
      description: `${weeks.length} weeks with ${said.join(', ')}; each bar is one week, named by its Monday.`,
    },
    weeks.map(({ week }) => week),
    CLASSES.map(([key, name, colour]) => ({
      name,
      colour,
      values: weeks.map(({ counts }) => counts[key] ?? 0),
    })),
  );
}

/** Time to suspend, one mark a leaver; shared with the picture of the company's state. */
export function suspensionChart({
  period,
  timeliness,
  labels,
}: Pick<Evidence, 'period' | 'timeliness' | 'labels'>): Markup {
  const leavers = timeliness.timings.filter(({ passage, doneAt }) => passage === 'leaver' && doneAt !== '');
  const { p50, p95, max, breaches, goal } = timeliness.distributions.leaver;
  if (leavers.length === 0) return empty('Nobody was suspended for leaving.');
  const { from, until } = spanOf(period);
  return dotsOverTime(
    {
      id: 'suspensions',
      title: 'Hours from the end of the last day until the account was suspended',
      description: `${leavers.length} leavers: the median is ${hoursText(p50)}, the 95th percentile ${hoursText(p95)}, the longest ${hoursText(max)}; ${breaches} later than the goal of ${goal} hours. Below zero is ahead of time. Values beyond the scale stand at its upper edge.`,
    },
    leavers.map((timing) => ({
      at: Math.min(until, Math.max(from, Date.parse(timing.doneAt))),
      value: timing.hours,
      tone: timing.breach ? 'bad' : 'plain',
      label: `${labels[timing.person] ?? timing.person}: ${hoursText(timing.hours)}, ${timing.how}`,
    })),
    { from, until, unit: 'h', goal, goalText: `goal ${goal} h` },
  );
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
      : table(
          'Everything that was later than its goal',
          [
            { title: 'passage' },
            { title: 'person' },
            { title: 'due' },
            { title: 'known' },
            { title: 'done' },
            { title: 'took', numeric: true },
            { title: 'why' },
          ],
          breaches.map((timing) => timingRow(timing, labels, period.timeZone)),
        ),
  ];
}

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

export function agedChart(entries: AgedEntry[], what: string): Markup {
  const buckets = ageBuckets(entries);
  const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  return bars(
    {
      id: `ages-${what.toLowerCase()}`,
      title: `${what} in force, by age`,
      description: `${count} in all: ${buckets.map(({ label, count: own }) => `${own} ${label}`).join(', ')}.`,
    },
    buckets,
    'c4',
  );
}

function agedBody({ labels }: Evidence, entries: AgedEntry[], what: string): Markup[] {
  if (entries.length === 0) return [empty(`No ${what.toLowerCase()} in this period.`)];
  return [agedChart(entries, what), agedTable(entries, labels, what)];
}

export function agedTable(entries: AgedEntry[], labels: Record<string, string>, what: string): Markup {
  return table(
    `${what}, oldest first`,
    [
      { title: 'what' },
      { title: 'about' },
      { title: 'owner' },
      { title: 'reason' },
      { title: 'since' },
      { title: 'age', numeric: true },
      { title: 'ends' },
      { title: 'renewed', numeric: true },
    ],
    entries.map(({ kind, about, owner, reason, since, by, ageDays, expires, renewals, stale, until }) => [
      kind,
      labels[about] ?? about,
      owner,
      reason,
      `${since.slice(0, 10)}, by ${by}`,
      `${ageDays} d`,
      until !== ''
        ? badge('plain', `gone ${until.slice(0, 10)}`)
        : stale
          ? badge('warn', `ended ${expires}, still there`)
          : expires,
      renewals,
    ]),
  );
}

function urgentBody({ urgent, labels, period }: Evidence): Markup[] {
  if (urgent.length === 0) return [empty('No urgent run in this period.')];
  return [
    table(
      'Revocations ahead of review',
      [
        { title: 'when' },
        { title: 'people' },
        { title: 'trigger' },
        { title: 'outcome' },
        { title: 'from event to suspension', numeric: true },
        { title: 'plan' },
      ],
      urgent.map(({ finishedAt, people, trigger, outcome, seconds, plan }) => [
        instantText(finishedAt, period.timeZone),
        people.map((person) => labels[person] ?? person).join(', '),
        trigger,
        outcome,
        seconds === null ? 'not on the receipt' : `${seconds} s`,
        digest(plan),
      ]),
    ),
  ];
}

function driftBody({ drift, period }: Evidence): Markup[] {
  if (drift.length === 0) return [empty('Nothing had been changed in JumpCloud beside Rollcall.')];
  return [changeTable('Changes made beside Rollcall, and what was done about them', drift, period.timeZone)];
}

function dutiesBody({ duties }: Evidence): Markup[] {
  const { reviewers, findings } = duties;
  const grave = findings.filter(({ severity }) => severity === 'critical');
  const notes = new Map<string, number>();
  for (const { severity, message } of findings)
    if (severity !== 'critical') notes.set(message, (notes.get(message) ?? 0) + 1);
  return [
    reviewers.length === 0
      ? empty('Nobody approved or merged anything.')
      : table(
          'Who approved and who merged',
          [
            { title: 'login' },
            { title: 'plans approved', numeric: true },
            { title: 'plans merged', numeric: true },
          ],
          reviewers.map(({ login, approved, merged }) => [login, approved, merged]),
        ),
    grave.length === 0 ? empty('No breach.') : findingTable('Breaches', grave),
    notes.size === 0
      ? NOTHING
      : table(
          'Worth knowing',
          [{ title: 'plans', numeric: true }, { title: 'what' }],
          [...notes].map(([message, count]) => [count, message]),
        ),
  ];
}

function integrityBody({ integrity }: Evidence): Markup[] {
  const { signatures, authors, findings, tally, commits, derived, holds } = integrity;
  const signed = Object.entries(signatures).filter(([, count]) => count > 0);
  const grave = findings.filter(({ severity }) => severity === 'critical');
  return [
    html`<p>
      ${holds ? badge('good', 'The record holds.') : badge('bad', 'The record does not hold.')} ${commits}
      commits of main were read.
      ${derived ? 'Every plan was derived again from the facts and mappings of its commit.' : 'Digests, chain and history were checked; audit verify also derives every plan again.'}
    </p>`,
    tally.length === 0
      ? empty('Nothing was found.')
      : table(
          'What was found',
          [{ title: 'is' }, { title: 'code' }, { title: 'times', numeric: true }],
          tally.map(({ severity, code, count }) => [severityBadge(severity), code, count]),
        ),
    grave.length === 0 ? NOTHING : findingTable('What does not hold', grave),
    table(
      'Commits that changed state/, by signature',
      [{ title: 'signature' }, { title: 'commits', numeric: true }],
      signed.map(([name, count]) => [name === 'unchecked' ? 'signed, key not here' : name, count]),
    ),
    table(
      'Authors of those commits',
      [{ title: 'author' }, { title: 'commits', numeric: true }],
      authors.map(({ author, commits: count }) => [author, count]),
    ),
  ];
}

function findingTable(caption: string, findings: Finding[]): Markup {
  return table(
    caption,
    [{ title: 'is' }, { title: 'code' }, { title: 'where' }, { title: 'what' }],
    findings
      .slice(0, MOST_ROWS)
      .map(({ severity, code, subject = '', person, message }) => [
        severityBadge(severity),
        code,
        `${subject}${person === undefined ? '' : ` (${person})`}`,
        message,
      ]),
  );
}

export function severityBadge(severity: Finding['severity']): Markup {
  return severity === 'critical'
    ? badge('bad', 'broken')
    : severity === 'warning'
      ? badge('warn', 'not attested')
      : badge('plain', 'note');
}

function populationBody({ population, period }: Evidence): Markup[] {
  const { changes, byLane, pending } = population;
  const shown = changes.slice(0, MOST_ROWS);
  return [
    html`<p>
      ${byLane.review} plans were reviewed, ${byLane.auto} were freed from review by guardrails.yaml,
      ${byLane.urgent} were urgent. A plan is on main before it runs; receipts answer for each of its actions.
    </p>`,
    pending.length === 0
      ? NOTHING
      : table(
          'Plans without a receipt yet',
          [{ title: 'plan' }, { title: 'lane' }, { title: 'actions', numeric: true }, { title: 'since' }],
          pending.map(({ plan, lane, actions, since }) => [
            digest(plan),
            lane,
            actions,
            since === '' ? '' : instantText(since, period.timeZone),
          ]),
        ),
    shown.length === 0
      ? empty('No change in this period.')
      : changeTable(`${changes.length} actions, oldest first`, shown, period.timeZone),
    shown.length < changes.length
      ? html`<p>The other ${changes.length - shown.length} stand in changes.csv.</p>`
      : NOTHING,
  ];
}

function changeTable(caption: string, changes: Change[], zone: string): Markup {
  return table(
    caption,
    [
      { title: 'when' },
      { title: 'person' },
      { title: 'change' },
      { title: 'because' },
      { title: 'outcome' },
      { title: 'authorised' },
      { title: 'plan' },
    ],
    changes.map((change) => [
      instantText(change.at, zone),
      change.label,
      change.what,
      change.because,
      outcomeBadge(change),
      authorised(change),
      digest(change.plan),
    ]),
  );
}

function outcomeBadge({ outcome, reason }: Change): Markup {
  const tone = outcome === 'done' || outcome === 'already' ? 'plain' : outcome === 'skipped' ? 'warn' : 'bad';
  return html`${badge(tone, outcome)}${reason === '' ? '' : `: ${reason}`}`;
}

function authorised({ authorisation, approvedBy, mergedBy }: Change): Markup | string {
  switch (authorisation) {
    case 'approved':
      return `${approvedBy.join(', ')}${mergedBy === '' ? '' : `; merged by ${mergedBy}`}`;
    case 'policy':
      return 'guardrails.yaml';
    case 'urgent':
      return 'urgent revocation';
    case 'missing':
      return badge('bad', 'nobody');
  }
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

function digest(plan: string): Markup {
  return html`<code>${plan.slice(0, 12)}</code>`;
}
