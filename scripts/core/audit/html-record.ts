/** The sections of the evidence that list the record: urgent runs, drift, duties, integrity, and every change. */
import type { Finding } from '../values/finding.ts';
import type { Evidence } from './evidence.ts';
import { badge, empty, html, type Markup, NOTHING, table } from './html-page.ts';
import { instantText } from './instant-text.ts';
import type { Change } from './population.ts';
import { hasLanded } from '../record/receipt.ts';

/** A page of more rows than this is slow to open; the rest stands in changes.csv. */
const MOST_ROWS = 5_000;

export function urgentBody({ urgent, labels, period }: Evidence): Markup[] {
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

export function driftBody({ drift, period }: Evidence): Markup[] {
  if (drift.length === 0) return [empty('Nothing had been changed in JumpCloud beside Rollcall.')];
  return [changeTable('Changes made beside Rollcall, and what was done about them', drift, period.timeZone)];
}

export function dutiesBody({ duties }: Evidence): Markup[] {
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

export function integrityBody({ integrity }: Evidence): Markup[] {
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

function severityBadge(severity: Finding['severity']): Markup {
  return severity === 'critical'
    ? badge('bad', 'broken')
    : severity === 'warning'
      ? badge('warn', 'not attested')
      : badge('plain', 'note');
}

export function populationBody({ population, period }: Evidence): Markup[] {
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
  const tone = hasLanded(outcome) ? 'plain' : outcome === 'skipped' ? 'warn' : 'bad';
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

function digest(plan: string): Markup {
  return html`<code>${plan.slice(0, 12)}</code>`;
}
