/** The scoreboard as a Markdown table that a terminal shows just as well: the README has it as it was printed. */
import type { DisasterResult } from './scoreboard.ts';

export function renderScoreboard(results: DisasterResult[]): string {
  const rows = results.map(({ name, what, wrong, missed, told, peers }) => [
    name,
    what,
    String(wrong.length),
    String(missed.length),
    told.join('; ') || 'nothing but the plan',
    peers ?? '',
  ]);
  return [
    row([
      'disaster',
      'what happens',
      'wrong writes',
      'missed writes',
      'told (exit, codes)',
      'others on that day',
    ]),
    row(['---', '---', '--:', '--:', '---', '---']),
    ...rows.map(row),
  ].join('\n');
}

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
