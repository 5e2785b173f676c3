/** The job's summary, and the body of the issue that is kept up to date. */
import { details, escapeMarkdown, strong } from '../render/escape-markdown.ts';
import { fixedSection, layOut, type Section, sectionOfForms, sectionOfLines } from '../render/lay-out.ts';
import type { PeopleNames } from '../render/plan-view.ts';
import type { Drift } from './drift.ts';
import { byKind, type Report } from './report.ts';
import { aboutWords, comparedWords, headline, lineOf, logWords, REMEDY_WORDS } from './report-words.ts';

const MARK = { critical: '🔴', warning: '🟡', info: '⚪' } as const;

/** Kinds with at most so many differences stand open; longer ones are opened by the reader. */
const OPEN_UP_TO = 8;

/** Markdown of at most `budget` characters; nothing is cut inside, what has no room is counted. */
export function renderReportMarkdown(report: Report, budget?: number): string {
  const kinds = byKind(report.drift);
  const log = logWords(report.log);
  return layOut(
    [
      fixedSection(
        `## ${escapeMarkdown(headline(report))}\n\n${escapeMarkdown(sentence(comparedWords(report)))}`,
      ),
      tableSection(kinds),
      ...kinds.map((kind, index) => kindSection(kind, index, kinds.length, report.names)),
      ...(log === '' ? [] : [fixedSection(`<sub>${escapeMarkdown(log)}</sub>`)]),
    ],
    budget,
  );
}

/** Closed once everything agrees; told apart by the marker and not by its title. */
export function issueOf(report: Report): { title: string; body: string; open: boolean } {
  const worth = report.drift.filter(({ severity }) => severity !== 'info');
  const count = worth.length;
  return {
    title:
      count === 0
        ? 'JumpCloud is in step'
        : `JumpCloud is out of step: ${count} ${count === 1 ? 'difference' : 'differences'}`,
    body: renderReportMarkdown({ ...report, at: '' }),
    open: count > 0,
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function tableSection(kinds: ReturnType<typeof byKind>): Section {
  if (kinds.length === 0) return fixedSection('');
  const rows = kinds.map(({ title, items }) => {
    const remedies = new Set(items.map(({ remedy }) => REMEDY_WORDS[remedy]));
    const worst = (['critical', 'warning', 'info'] as const).find((severity) =>
      items.some((item) => item.severity === severity),
    );
    return `| ${MARK[worst ?? 'info']} | ${escapeMarkdown(title)} | ${items.length} | ${[...remedies].join(', or ')} |`;
  });
  return sectionOfForms(0, 1, [
    ['|  | what | how many | put right by |', '| --- | --- | ---: | --- |', ...rows].join('\n'),
  ]);
}

function kindSection(
  { title, items }: ReturnType<typeof byKind>[number],
  index: number,
  count: number,
  names: PeopleNames,
): Section {
  const lines = items.map((item) => markdownLine(item, names));
  const isLong = items.length > OPEN_UP_TO;
  return sectionOfLines(index + 1, 1 / count, lines, {
    wrap: (shown, over) => {
      const body = [...shown, ...(over === '' ? [] : [over])].join('\n');
      return isLong
        ? details(`${escapeMarkdown(title)}: ${items.length}`, body)
        : `### ${escapeMarkdown(title)}\n\n${body}`;
    },
    over: (left) => `- … and ${left} more: \`npm run reconcile -- --format html\` has them all.`,
  });
}

function markdownLine(item: Drift, names: PeopleNames): string {
  const { message, author, remedy } = lineOf(item);
  const about = aboutWords(item, names);
  const lead = about === '' ? '' : `${strong(about)}: `;
  const more = [author, remedy === '' ? '' : `put right by ${remedy}`]
    .filter((text) => text !== '')
    .map((text) => ` — ${escapeMarkdown(text)}`);
  return `- ${MARK[item.severity]} ${lead}${escapeMarkdown(message)}${more.join('')}`;
}
