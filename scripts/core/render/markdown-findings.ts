/** Guardrail findings and people on hold, as a pull request shows them. */
import type { Held } from '../plan/plan-file.ts';
import type { Finding } from '../values/finding.ts';
import { alert, details, escapeMarkdown, strong } from './escape-markdown.ts';
import { type Section, sectionOfForms, sectionOfLines } from './lay-out.ts';
import { labelOf, type PeopleNames } from './plan-view.ts';
import { clampText } from './visible-text.ts';

/** People named on one line of a warning or a note; findings.length says how many there are. */
const NAMED = 5;

export interface FindingSections {
  critical: Section;
  warning: Section;
  info: Section;
}

export function findingSections(findings: Finding[], people: PeopleNames, rest: string): FindingSections {
  const of = (severity: Finding['severity']): Finding[] =>
    findings.filter((finding) => finding.severity === severity);
  const notes = findingLines(of('info'), people, NAMED);
  return {
    critical: sectionOfLines(5, 0.3, findingLines(of('critical'), people, Infinity), {
      wrap: (lines, over) => alert('CAUTION', withOver(lines, over)),
      over: (left) => `- ${left} more critical findings: ${rest} has them all.`,
    }),
    warning: sectionOfLines(7, 0.15, findingLines(of('warning'), people, NAMED), {
      wrap: (lines, over) => alert('WARNING', withOver(lines, over)),
      over: (left) => `- ${left} more warnings: ${rest} has them all.`,
    }),
    info: sectionOfLines(11, 0.1, notes, {
      wrap: (lines, over) =>
        details(notes.length === 1 ? '1 note' : `${notes.length} notes`, withOver(lines, over).join('\n')),
      over: (left) => `- ${left} more notes: ${rest} has them all.`,
    }),
  };
}

function withOver(lines: string[], over: string): string[] {
  return over === '' ? lines : [...lines, over];
}

/** One list item for each message of a code; the people it is about stand together, `named` of them. */
function findingLines(findings: Finding[], people: PeopleNames, named: number): string[] {
  const byMessage = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.code, finding.subject ?? '', finding.message]);
    const same = byMessage.get(key);
    if (same === undefined) byMessage.set(key, [finding]);
    else same.push(finding);
  }
  return [...byMessage.values()].flatMap((same) => {
    const first = same[0];
    if (first === undefined) return [];
    const about = same.flatMap(({ person }) => (person === undefined ? [] : [labelOf(person, people)]));
    const more = about.length - named;
    const who = [...about.slice(0, named), ...(more > 0 ? [`${more} more`] : [])].join(', ');
    const subject = first.subject === undefined ? '' : ` ${escapeMarkdown(clampText(first.subject, 80))}`;
    const names = who === '' ? '' : ` ${escapeMarkdown(who)}`;
    return [`- ${strong(first.code)}${subject}${names}: ${escapeMarkdown(clampText(first.message, 400))}`];
  });
}

export function heldSection(held: Held[], people: PeopleNames, rest: string): Section {
  if (held.length === 0) return sectionOfForms(6, 0, ['']);
  const count = new Set(held.map(({ person }) => person)).size;
  const heading = `### On hold: ${count === 1 ? '1 person' : `${count} people`}\n\nNothing is given to them and nothing is taken from them until this is decided.\n\n`;
  const byReason = new Map<string, Held[]>();
  for (const hold of held) {
    const key = JSON.stringify([hold.code, hold.message]);
    const same = byReason.get(key);
    if (same === undefined) byReason.set(key, [hold]);
    else same.push(hold);
  }
  const groups = [...byReason.values()].flatMap((same) => {
    const first = same[0];
    return first === undefined ? [] : [{ ...first, people: same.map(({ person }) => person) }];
  });
  const grouped = (who: (ids: string[]) => string): string =>
    groups
      .map(
        ({ code, message, people: ids }) =>
          `- ${strong(code)}${who(ids)}: ${escapeMarkdown(clampText(message, 400))}`,
      )
      .join('\n');
  return sectionOfForms(6, 0.2, [
    heading + grouped((ids) => ` ${ids.map((id) => escapeMarkdown(labelOf(id, people))).join(', ')}`),
    heading + grouped((ids) => ` ${ids.map((id) => escapeMarkdown(id)).join(' ')}`),
    heading + grouped((ids) => `, ${ids.length} people`),
    `### On hold: ${count} people\n\nToo many to name here: ${rest} says who and why.`,
  ]);
}
