/**
 * Tables as CSV (RFC 4180), for spreadsheets: names are text of strangers, and a cell that begins with `=`, `+`, `-`,
 * `@`, a tab or a line break is a formula to a spreadsheet. Such a cell gets an apostrophe in front (OWASP, CSV injection);
 * numbers are written as numbers and are left alone.
 */
import { visibleText } from '../render/visible-text.ts';
import { controlsOf } from './controls.ts';
import type { Evidence } from './evidence.ts';

export type Cell = string | number | boolean | null;

/** Rows with CRLF, and a byte order mark, without which Excel reads UTF-8 as something else. */
export function csvText(head: string[], rows: Cell[][]): string {
  return `\ufeff${[head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`;
}

export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = visibleText(cell);
  // Looked at behind blanks and invisible signs too: spreadsheets trim before they read.
  const safe = /^[\s\p{Cf}]*[=+\-@\t\r＝＋－＠]/u.test(text) ? `'${text}` : text;
  return /[",\n\r;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** File name -> text. */
export function evidenceCsv(evidence: Evidence): Map<string, string> {
  const { population, timeliness, exceptions, overrides, duties, integrity, labels } = evidence;
  const labelOf = (person: string): string => labels[person] ?? person;
  return new Map([
    [
      'changes.csv',
      csvText(
        [
          'at',
          'plan',
          'lane',
          'class',
          'person',
          'name',
          'kind',
          'change',
          'because',
          'cause',
          'risk',
          'outcome',
          'reason',
          'authorisation',
          'approved by',
          'merged by',
          'plan on main at',
          'run started at',
          'account',
          'target',
          'plan commit',
          'receipt commit',
          'run',
          'trigger',
          'action',
        ],
        population.changes.map((change) => [
          change.at,
          change.plan,
          change.lane,
          change.counted,
          change.person,
          change.label,
          change.kind,
          change.what,
          change.because,
          change.cause,
          change.risk,
          change.outcome,
          change.reason,
          change.authorisation,
          change.approvedBy.join(' '),
          change.mergedBy,
          change.plannedAt,
          change.startedAt,
          change.account,
          change.target,
          change.plannedIn,
          change.recordedIn,
          change.run,
          change.trigger,
          change.action,
        ]),
      ),
    ],
    [
      'timeliness.csv',
      csvText(
        [
          'passage',
          'person',
          'name',
          'day in HR',
          'due at',
          'known at',
          'done at',
          'how',
          'hours',
          'later than the goal',
          'due before the record began',
          'why',
          'plan',
        ],
        timeliness.timings.map((timing) => [
          timing.passage,
          timing.person,
          labelOf(timing.person),
          timing.day,
          timing.dueAt,
          timing.knownAt,
          timing.doneAt,
          timing.how,
          timing.hours,
          timing.breach,
          timing.inherited,
          timing.why,
          timing.plan,
        ]),
      ),
    ],
    [
      'exceptions.csv',
      csvText(
        [
          'list',
          'kind',
          'about',
          'name',
          'owner',
          'reason',
          'since',
          'by',
          'commit',
          'age in days',
          'expires',
          'renewals',
          'expired and still there',
          'gone at',
        ],
        [
          ...exceptions.map((entry) => ['exception', entry] as const),
          ...overrides.map((entry) => ['override', entry] as const),
        ].map(([list, entry]) => [
          list,
          entry.kind,
          entry.about,
          labelOf(entry.about),
          entry.owner,
          entry.reason,
          entry.since,
          entry.by,
          entry.commit,
          entry.ageDays,
          entry.expires,
          entry.renewals,
          entry.stale,
          entry.until,
        ]),
      ),
    ],
    [
      'findings.csv',
      csvText(
        ['section', 'severity', 'code', 'subject', 'person', 'message', 'controls'],
        [
          ...duties.findings.map((finding) => ['duties', finding] as const),
          ...integrity.findings.map((finding) => ['integrity', finding] as const),
        ].map(([section, finding]) => [
          section,
          finding.severity,
          finding.code,
          finding.subject ?? '',
          finding.person ?? '',
          finding.message,
          controlsOf(section),
        ]),
      ),
    ],
    [
      'controls.csv',
      csvText(
        ['framework', 'control', 'title', 'sections'],
        evidence.controls.map(({ framework, control, title, sections }) => [
          framework,
          control,
          title,
          sections.join(' '),
        ]),
      ),
    ],
  ]);
}
