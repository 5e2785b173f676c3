/** Text of strangers on a terminal: no control character survives, so no colour, no title, no cursor, no forged line. */
import { visibleText } from './visible-text.ts';

export function escapeTerminal(text: string): string {
  return visibleText(text);
}

export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string) => string;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

/** Colours of ours, around text that is escaped already; without colour the text alone. */
export function paintWith(colour: boolean): Paint {
  return (style, text) => (colour ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
}

/** Breaks between words so that no line is wider than `width`; later lines hang at `indent` blanks. A long word stays whole. */
export function wrapText(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  const margin = ' '.repeat(indent);
  const lead = /^ */.exec(text)?.[0] ?? '';
  let line = lead;
  for (const word of text.slice(lead.length).split(' ')) {
    const empty = line.trim() === '';
    if (!empty && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = `${margin}${word}`;
    } else line = empty ? `${line}${word}` : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Columns that a text takes: two for East Asian wide characters and emoji, none for marks. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/[\p{M}\u200c\u200d\ufe0f]/u.test(character)) continue;
    columns +=
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000\uff01-\uff60]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}
