/**
 * The small part of YAML in which machines write state/: maps of maps of text, lists of text, two blanks of indent,
 * one line a value, keys in the order given. Written and read here, and not by a library, for two reasons: the bytes
 * of 50,000 files must not change with a version of somebody's formatter, and reading them takes a fifth of the time.
 *
 * What is written is plain YAML to everybody else (a test holds both against the library), and what cannot be read
 * here, because a hand has edited it, is simply read by yaml-source.ts instead.
 */

export type Block = string | number | Block[] | { [key: string]: Block | undefined };

/**
 * Text that means itself in every YAML: begins with a letter, holds nothing that YAML or a reader could take for
 * something else. Everything else stands in double quotes.
 */
const PLAIN = /^\p{L}(?:[\p{L}\p{M}\p{N} _.,@/()&+'-]*[\p{L}\p{M}\p{N}_.)+])?$/u;
/** Plain words that YAML 1.1 or 1.2 reads as something else. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i;
/** A day stays as DESIGN shows it: YAML 1.2 reads it as text. */
const DAY = /^\d{4}-\d\d-\d\d$/;
const UNSEEN = /[\u007f-\u009f\u2028\u2029\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069\u00ad\u061c]/g;

/** @param comments put behind top-level keys; `undefined` members are left out. */
export function writeBlock(
  value: { [key: string]: Block | undefined },
  comments: Readonly<Record<string, string>> = {},
): string {
  const lines: string[] = [];
  writeMap(value, '', lines, comments);
  return lines.length === 0 ? '{}\n' : `${lines.join('\n')}\n`;
}

function writeMap(
  map: { [key: string]: Block | undefined },
  indent: string,
  lines: string[],
  comments: Readonly<Record<string, string>>,
): void {
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined) continue;
    const comment = Object.hasOwn(comments, key) ? ` # ${comments[key] ?? ''}` : '';
    const head = `${indent}${writeText(key, true)}:`;
    if (typeof value === 'string') lines.push(`${head} ${writeText(value, false)}${comment}`);
    else if (typeof value === 'number') lines.push(`${head} ${value}${comment}`);
    else if (Array.isArray(value)) {
      lines.push(value.length === 0 ? `${head} []${comment}` : `${head}${comment}`);
      for (const item of value) lines.push(`${indent}  - ${writeItem(item)}`);
    } else if (Object.values(value).every((member) => member === undefined))
      lines.push(`${head} {}${comment}`);
    else {
      lines.push(`${head}${comment}`);
      writeMap(value, `${indent}  `, lines, {});
    }
  }
}

function writeItem(item: Block): string {
  if (typeof item === 'string') return writeText(item, false);
  if (typeof item === 'number') return String(item);
  throw new TypeError('lists in state/ hold text only');
}

function writeText(text: string, key: boolean): string {
  if (PLAIN.test(text) && !WORDS.test(text)) return text;
  if (!key && DAY.test(text)) return text;
  return JSON.stringify(text).replaceAll(
    UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `  key: value # comment`; quoted or plain, never both. */
const LINE = /^( *)("(?:[^"\\]|\\.)*"|[^\s"#:{}[\]&*!|>%@`'?,-][^"#:{}[\]]*):(?: (.*))?$/u;
const ITEM = /^( *)- (.*)$/;
/** Plain text holds no `#`, so outside quotes this is a comment. */
const COMMENT = /(?:^| )# [^"]*$/;

interface Level {
  indent: number;
  /** One of the two. */
  map: { [key: string]: Block } | undefined;
  list: Block[] | undefined;
}

/** The value, or undefined when the text is not what `writeBlock` writes: then a real parser must look at it. */
export function readBlock(text: string): { [key: string]: Block } | undefined {
  const root: { [key: string]: Block } = {};
  const open: Level[] = [{ indent: 0, map: root, list: undefined }];
  const lines = text.split('\n');
  if (lines.pop() !== '') return undefined;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('#')) continue;
    const item = ITEM.exec(line);
    const entry = item === null ? LINE.exec(line) : null;
    const indent = (item ?? entry)?.[1]?.length ?? -1;
    while ((open.at(-1)?.indent ?? 0) > indent && open.length > 1) open.pop();
    const level = open.at(-1);
    if (level === undefined || level.indent !== indent) return undefined;
    if (item !== null) {
      const value = readScalar(item[2] ?? '');
      if (level.list === undefined || value === undefined) return undefined;
      level.list.push(value);
      continue;
    }
    const key = readKey(entry?.[2] ?? '');
    if (level.map === undefined || key === undefined || Object.hasOwn(level.map, key)) return undefined;
    const rest = entry?.[3]?.replace(COMMENT, '') ?? '';
    if (rest !== '') {
      const value = rest === '{}' ? {} : rest === '[]' ? [] : readScalar(rest);
      if (value === undefined) return undefined;
      level.map[key] = value;
      continue;
    }
    const below = levelBelow(lines[index + 1] ?? '', indent + 2);
    if (below === undefined) return undefined;
    level.map[key] = below.list ?? below.map ?? {};
    open.push(below);
  }
  return root;
}

/** What a key without a value opens; undefined when the next line is not two blanks deeper. */
function levelBelow(next: string, indent: number): Level | undefined {
  if (!next.startsWith(' '.repeat(indent)) || next[indent] === ' ') return undefined;
  return next.startsWith('- ', indent)
    ? { indent, map: undefined, list: [] }
    : { indent, map: {}, list: undefined };
}

function readKey(written: string): string | undefined {
  const key = readScalar(written);
  return typeof key === 'string' && key !== '__proto__' ? key : undefined;
}

function readScalar(written: string): string | number | undefined {
  if (written.startsWith('"')) {
    try {
      const value: unknown = JSON.parse(written);
      return typeof value === 'string' ? value : undefined;
    } catch {
      return undefined;
    }
  }
  if (PLAIN.test(written)) return WORDS.test(written) ? undefined : written;
  if (DAY.test(written)) return written;
  return /^(?:0|[1-9]\d{0,14})$/.test(written) ? Number(written) : undefined;
}
