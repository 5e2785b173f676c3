/** A day on one terminal screen: when, who, what, in at most 100 columns. */
import { columnsOf, type Paint, wrapText } from '../core/render/escape-terminal.ts';

export interface Row {
  /** `09:00`, company time; '' under the same time. */
  time: string;
  /** Who or what: HR, plan, review, JumpCloud. */
  who: string;
  lines: Line[];
}

export type Line = string | { sign: '+' | '-' | '~'; text: string } | { dim: string } | { bold: string };

export interface Screen {
  /** `Tuesday, 8 December 2026` */
  day: string;
  title: string;
  place: string;
  rows: Row[];
}

const TIME = 7;
const WHO = 13;
const STYLES = { '+': 'green', '-': 'red', '~': 'yellow' } as const;

export function renderScreen({ day, title, place, rows }: Screen, paint: Paint, columns: number): string {
  const width = columns === 0 ? 100 : Math.min(Math.max(columns, 60), 100);
  const rule = '─'.repeat(width);
  const gap = ' '.repeat(Math.max(1, width - columnsOf(day) - columnsOf(title) - columnsOf(place) - 4));
  const head = `${paint('bold', `${day}    ${title}`)}${gap}${paint('dim', place)}`;
  const body = rows
    .filter(({ lines }) => lines.length > 0)
    .flatMap(({ time, who, lines }) => {
      const [first = '', ...others] = lines.flatMap((line) => layLine(line, width - TIME - WHO, paint));
      const lead = `${paint('dim', time.padEnd(TIME))}${paint('bold', who.padEnd(WHO))}`;
      return [`${lead}${first}`, ...others.map((other) => `${' '.repeat(TIME + WHO)}${other}`)];
    });
  return `${[rule, head, rule, ...body].join('\n')}\n\n`;
}

function layLine(line: Line, width: number, paint: Paint): string[] {
  if (typeof line === 'string') return wrapText(line, width, 2);
  if ('bold' in line) return wrapText(line.bold, width, 2).map((text) => paint('bold', text));
  if ('dim' in line) return wrapText(line.dim, width, 2).map((text) => paint('dim', text));
  return wrapText(`  ${line.sign} ${line.text}`, width, 6).map((text) => paint(STYLES[line.sign], text));
}
