/** The evidence as a person reads it in a terminal. */
import { clampText } from '../render/visible-text.ts';
import { type Evidence, headlinesOf, hoursText } from './evidence.ts';
import { instantText } from './instant-text.ts';
import type { Finding } from '../values/finding.ts';

const MOST_LINES = 20;

export function renderEvidenceText(evidence: Evidence, files: string[]): string {
  const { period, timeliness, labels, integrity, duties } = evidence;
  const late = timeliness.timings.filter(({ breach }) => breach);
  const lines = [
    `Access changes from ${period.from} to ${period.to} (${period.timeZone}), as of ${evidence.head.slice(0, 12)}`,
    '',
    ...headlinesOf(evidence).map((line) => `  ${line}`),
    ...listed(
      'Later than the goal',
      late,
      ({ passage, person, hours, dueAt, why }) =>
        `${passage} ${clampText(labels[person] ?? person, 60)}: due ${instantText(dueAt, period.timeZone)}, took ${hoursText(hours)} (${clampText(why, 200)})`,
    ),
    ...listed(
      'Segregation of duties',
      duties.findings.filter(({ severity }) => severity === 'critical'),
      findingText,
    ),
    ...listed(
      'Integrity',
      integrity.findings.filter(({ severity }) => severity === 'critical'),
      findingText,
    ),
    ...(files.length === 0
      ? ['', '  Write it with --out DIR --format html,csv,json,ocsf.']
      : ['', ...files.map((file) => `  ${file}`)]),
  ];
  return lines.join('\n');
}

function listed<T>(title: string, entries: T[], textOf: (entry: T) => string): string[] {
  if (entries.length === 0) return [];
  const more = entries.length - MOST_LINES;
  return [
    '',
    `  ${title}:`,
    ...entries.slice(0, MOST_LINES).map((entry) => `    ${textOf(entry)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

/** "broken: state/receipts/…: was modified in … [record-modified]" */
export function findingText({ severity, code, subject, person, message }: Finding): string {
  const word = { critical: 'broken', warning: 'not attested', info: 'note' }[severity];
  const where = [subject, person === undefined ? undefined : `employee ${person}`]
    .filter((part) => part !== undefined)
    .map((part) => clampText(part, 120));
  return `${word}: ${[...where, clampText(message, 400)].join(': ')} [${code}]`;
}
