/**
 * Where the n-th character of a scalar stands in the text that it was written in. The value of a rule has lost its
 * quotes, escapes, folded line breaks and indentation; a caret must find them again.
 */

export type ScalarStyle = 'PLAIN' | 'QUOTE_SINGLE' | 'QUOTE_DOUBLE' | 'BLOCK_LITERAL' | 'BLOCK_FOLDED';

/** Offset into `text` of character `offset` of the scalar's value that begins at `start`; at most `end`. */
export function offsetInScalar(
  text: string,
  style: ScalarStyle,
  start: number,
  end: number,
  offset: number,
): number {
  switch (style) {
    case 'PLAIN':
    case 'QUOTE_SINGLE':
    case 'QUOTE_DOUBLE':
      return inFlow(text, style, style === 'PLAIN' ? start : start + 1, end, offset);
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return inBlock(text, style === 'BLOCK_FOLDED', start, end, offset);
  }
}

function inFlow(text: string, style: ScalarStyle, start: number, end: number, offset: number): number {
  let at = start;
  let seen = 0;
  while (at < end && seen < offset) {
    const fold = /^[ \t]*\r?\n\s*/.exec(text.slice(at, Math.min(end, at + 2_000)));
    if (fold !== null) {
      // One line break is a blank, each further one is itself.
      seen += Math.max(1, [...fold[0].matchAll(/\n/g)].length - 1);
      at += fold[0].length;
      continue;
    }
    const [length, characters] = stepOf(text, at, style);
    at += length;
    seen += characters;
  }
  return Math.min(at, end);
}

/** How much of the text the next character of the value takes, and how many units of the value that is. */
function stepOf(text: string, at: number, style: ScalarStyle): [length: number, characters: number] {
  if (style === 'QUOTE_SINGLE' && text.startsWith("''", at)) return [2, 1];
  if (style !== 'QUOTE_DOUBLE' || text[at] !== '\\') return [1, 1];
  const lineEnd = /^\\\r?\n\s*/.exec(text.slice(at, at + 2_000));
  if (lineEnd !== null) return [lineEnd[0].length, 0];
  switch (text.charAt(at + 1)) {
    case 'x':
      return [4, 1];
    case 'u':
      return [6, 1];
    case 'U':
      return [10, Number.parseInt(text.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1];
    default:
      return [2, 1];
  }
}

function inBlock(text: string, folded: boolean, start: number, end: number, offset: number): number {
  const header = text.indexOf('\n', start);
  if (header === -1 || header >= end) return start;
  const declared = /^[|>][+-]?([1-9])/.exec(text.slice(start, header))?.[1];
  const body = text.slice(header + 1, end);
  const parentIndent = /^ */.exec(text.slice(text.lastIndexOf('\n', start) + 1))?.[0].length ?? 0;
  const indent =
    declared === undefined
      ? (/^(?: *\r?\n)*( *)/.exec(body)?.[1]?.length ?? 0)
      : parentIndent + Number(declared);
  let at = header + 1;
  let seen = 0;
  const lines = body.split('\n');
  for (const [index, line] of lines.entries()) {
    const content = line.replace(/\r$/, '').slice(indent);
    if (seen + content.length >= offset)
      return Math.min(end, at + Math.min(line.length, indent) + (offset - seen));
    seen += content.length;
    at += line.length + 1;
    // A folded break before an empty line is swallowed: the empty line is the break.
    const swallowed = folded && content.trim() !== '' && (lines[index + 1] ?? '').trim() === '';
    if (!swallowed) seen += 1;
  }
  return end;
}
