/** What `reconcile` prints for people. */
import { escapeTerminal, paintWith, wrapText } from '../render/escape-terminal.ts';
import { byKind, type Report } from './report.ts';
import { aboutWords, comparedWords, headline, lineOf, logWords, remedyWords } from './report-words.ts';

const STYLE = { critical: 'red', warning: 'yellow', info: 'dim' } as const;
const SIGN = { critical: '!!', warning: ' !', info: '  ' } as const;

/** Text with a final line break; `lines` differences of each kind are shown, all of the critical ones. */
export function renderReportTerminal(
  report: Report,
  options: { colour?: boolean; width?: number; lines?: number } = {},
): string {
  const paint = paintWith(options.colour ?? false);
  const width = options.width ?? 100;
  const limit = options.lines ?? 50;
  const out = [paint('bold', headline(report)), ...wrapText(`  ${comparedWords(report)}`, width, 2)];
  if (report.drift.length > 0) out.push(...wrapText(`  ${remedyWords(report.drift)}`, width, 2));
  for (const { title, items } of byKind(report.drift)) {
    out.push('', paint('bold', `${title} (${items.length})`));
    const shown = items.filter((item, index) => index < limit || item.severity === 'critical');
    for (const item of shown) {
      const { message, author, remedy } = lineOf(item);
      const about = aboutWords(item, report.names);
      const lead = about === '' ? '' : `${about}: `;
      out.push(
        ...wrapText(`${SIGN[item.severity]} ${escapeTerminal(`${lead}${message}`)}`, width, 6).map((line) =>
          paint(STYLE[item.severity], line),
        ),
      );
      const more = [author, remedy === '' ? '' : `put right by ${remedy}`].filter((text) => text !== '');
      if (more.length > 0)
        out.push(
          ...wrapText(`      ${escapeTerminal(more.join('; '))}`, width, 6).map((line) => paint('dim', line)),
        );
    }
    if (shown.length < items.length)
      out.push(`   … and ${items.length - shown.length} more: --format html or --json has them all`);
  }
  const log = logWords(report.log);
  if (log !== '') out.push('', ...wrapText(escapeTerminal(log), width, 2).map((line) => paint('dim', line)));
  return `${out.join('\n')}\n`;
}
