/**
 * Text of strangers on one line, with nothing in it that a reader cannot see. HR fields are typed by people or
 * imported by machines: a line break forges a list item, ESC recolours a terminal, a right-to-left override swaps
 * "granted" and "revoked" before the eyes of the approver, a zero-width character makes two names look alike.
 *
 * | in the text                                   | shown as                 |
 * |-----------------------------------------------|--------------------------|
 * | line break of any kind                        | ↵                        |
 * | C0 control, DEL                               | its picture: ␛ ␇ ␉ ␡     |
 * | C1, format, bidi, zero-width, tag, private use, lone surrogate, odd blanks | ⟨U+202E⟩ |
 * | joiners inside emoji and scripts that need them, emoji and Han variants    | kept     |
 * | more than eight combining marks on a letter   | eight, and how many more |
 */
const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/gu;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]|(?![ \u3000])\p{Zs}/gu;
const MARKS = /(\p{M}{8})(\p{M}+)/gu;

const JOINED_BEFORE = /[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
const JOINED_AFTER = /^[\p{L}\p{M}\p{Extended_Pictographic}]/u;

export function visibleText(text: string): string {
  return text
    .replace(LINE_BREAK, '↵')
    .replace(INVISIBLE, (character: string, offset: number, whole: string) =>
      isNeeded(
        character,
        whole.slice(Math.max(0, offset - 2), offset),
        whole.slice(offset + character.length),
      )
        ? character
        : pictureOf(character),
    )
    .replace(MARKS, (_run: string, kept: string, more: string) => `${kept}⟨+${[...more].length} marks⟩`);
}

function pictureOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function isNeeded(character: string, before: string, after: string): boolean {
  if (character === '\u200c' || character === '\u200d')
    return (
      JOINED_BEFORE.test(before) &&
      !/[\x20-\x7e]$/.test(before) &&
      JOINED_AFTER.test(after) &&
      !/^[\x20-\x7e]/.test(after)
    );
  if (character === '\ufe0e' || character === '\ufe0f')
    return /\p{Extended_Pictographic}$/u.test(before) || after.startsWith('\u20e3');
  if (/[\u{e0100}-\u{e01ef}]/u.test(character)) return /\p{Script=Han}$/u.test(before);
  return false;
}

/** Visible text of at most `limit` characters (code points) and a note of how many more there are. */
export function clampText(text: string, limit = 120): string {
  return clampVisible(visibleText(text), limit);
}

function clampVisible(visible: string, limit: number): string {
  const characters = [...visible];
  if (characters.length <= limit) return visible;
  let end = limit;
  // Never between a letter and its marks, nor inside an emoji.
  while (end > 1 && (isAttached(characters[end]) || /^[\u200c\u200d]$/u.test(characters[end - 1] ?? '')))
    end -= 1;
  return `${characters.slice(0, end).join('')}… (${characters.length - end} more characters)`;
}

function isAttached(character: string | undefined): boolean {
  return /^[\p{M}\p{Emoji_Modifier}\u200c\u200d]$/u.test(character ?? '');
}

/**
 * A value before and after, each at most about `limit` characters, and never two that look the same: two long texts
 * that differ far behind are shown from just before the place where they part.
 */
export function clampPair(before: string, after: string, limit = 80): [string, string] {
  const [a, b] = [[...visibleText(before)], [...visibleText(after)]];
  if (a.length <= limit && b.length <= limit) return [a.join(''), b.join('')];
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  const start = same > limit / 2 ? same - 16 : 0;
  return [from(a, start, limit), from(b, start, limit)];
}

function from(characters: string[], start: number, limit: number): string {
  return `${start > 0 ? '…' : ''}${clampVisible(characters.slice(start).join(''), limit)}`;
}
