/**
 * YAML text -> a value that remembers where everything stood. Strict where YAML is treacherous: what people did not
 * mean is a problem with a place, never a silent reading.
 *
 * | in the text                                  | accident it would cause                              |
 * |----------------------------------------------|------------------------------------------------------|
 * | the same key twice                           | the second one wins and half a rule is gone          |
 * | anchors and aliases                          | a few lines grow to gigabytes                        |
 * | a second document after `---`                | everything below it is never read                    |
 * | 0123, 1e3, 0x1F, twenty digits, without quotes | an id becomes another number                       |
 * | a key named __proto__                        | it changes every object of the program               |
 * | tags such as !!binary, broken UTF-8          | values that are not what they look like              |
 */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import type { Problem } from '../../core/values/failure.ts';
import { compareText } from '../../core/values/finding.ts';
import { type Path, problemAt, type Source } from '../../core/values/source.ts';
import { offsetInScalar, type ScalarStyle } from './yaml-position.ts';

export interface ReadOptions {
  /** Lines are shown in messages; false for files with people's data. Default true. */
  excerpts?: boolean;
  /** Characters; default 1 Mi. */
  limit?: number;
}

export type ReadSource = { ok: true; source: Source } | { ok: false; problems: Problem[] };

const LIMIT = 1024 * 1024;
/** Deeper than anything a mapping needs; the parser recurses. */
const DEPTH = 100;
const MOST_PROBLEMS = 50;

/** Reads one document. `file` is the path below the root, for messages. An empty text reads as null. */
export function readYaml(file: string, text: string, options: ReadOptions = {}): ReadSource {
  const clean = text.replace(/^\ufeff/, '');
  const shown = options.excerpts ?? true;
  const limit = options.limit ?? LIMIT;
  const refuse = (message: string, remedy: string): ReadSource => ({
    ok: false,
    problems: [problemAt(sourceOf(file, clean, null, false), [], message, { remedy })],
  });
  if (clean.length > limit)
    return refuse(`the file is larger than ${limit} characters`, 'split it, or remove what does not belong');
  if (isTooDeep(clean)) return refuse('the file is nested too deeply', `use at most ${DEPTH} levels`);
  try {
    return compose(file, clean, shown);
  } catch {
    // The parser itself gave up; its message would be about its own inside.
    return refuse('this cannot be read as YAML', 'compare the file with the examples in mappings/');
  }
}

/** A file that is absent and need not be there: an empty document. */
export function emptySource(file: string): Source {
  return { file, value: {}, locate: () => ({ line: 1, column: 1 }), line: () => '' };
}

function compose(file: string, text: string, shown: boolean): ReadSource {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    // Ours is below: the parser's compares every key with every other one.
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const document = (documents as Document.Parsed[])[0];
  if (document === undefined) return { ok: true, source: sourceOf(file, text, null, shown) };
  const source = sourceOf(file, text, document, shown);
  const faults = [
    ...documents.flatMap(({ errors, warnings }) =>
      [...errors, ...warnings].map((error) => syntaxFault(error, text)),
    ),
    ...(documents as Document.Parsed[]).slice(1).map((extra): Fault => ({
      at: extra.range[0],
      message: 'a second document begins here',
      remedy: 'keep one document in a file: remove the line "---" or move what follows to a file of its own',
    })),
  ];
  if (document.directives.yaml.explicit === true || Object.keys(document.directives.tags).length > 1)
    faults.push({
      at: 0,
      message: 'directives (%) are not used here',
      remedy: 'remove the line that begins with %',
    });
  if (faults.length === 0) checkNode(document.contents, faults);
  if (faults.length > 0) return { ok: false, problems: problemsOf(source, faults, lineCounter) };
  return { ok: true, source: { ...source, value: document.toJS({ maxAliasCount: 0 }) as unknown } };
}

interface Fault {
  at: number;
  message: string;
  remedy: string;
  /** Smaller is said first of faults at one place. */
  rank?: number;
}

function problemsOf(source: Source, faults: Fault[], lineCounter: LineCounter): Problem[] {
  const seen = new Set<string>();
  return faults
    .sort((a, b) => a.at - b.at || (a.rank ?? 0) - (b.rank ?? 0) || compareText(a.message, b.message))
    .flatMap(({ at, message, remedy }) => {
      const { line, col } = lineCounter.linePos(at);
      const place = { line: Math.max(1, line), column: Math.max(1, col) };
      // Of several faults at one place the first says what is the matter, the others are its echo.
      const key = `${place.line}:${place.column}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [problemAt({ ...source, locate: () => place }, [], message, { remedy })];
    })
    .slice(0, MOST_PROBLEMS);
}

/** The parser's errors in words for people who edit files, the most telling first. */
const SYNTAX: Partial<Record<string, [message: string, remedy: string]>> = {
  MISSING_CHAR: ['a bracket, quote or comma is missing', 'close what was opened on this line or above'],
  TAB_AS_INDENT: ['a tab is used to indent', 'indent with blanks'],
  BAD_INDENT: ['the indentation does not fit', 'line it up with the lines above it'],
  BAD_SCALAR_START: ['a value cannot begin with this character', 'put the value in quotes'],
  BLOCK_AS_IMPLICIT_KEY: [
    'a second ": " on this line, or wrong indentation',
    'put the value in quotes, or begin a new line',
  ],
  BLOCK_IN_FLOW: ['a list or map of several lines stands inside brackets', 'close the bracket first'],
  MULTILINE_IMPLICIT_KEY: ['a key reaches over several lines', 'check quotes and colons of the lines above'],
  BAD_ALIAS: ['an alias (*) points nowhere', 'put the value in quotes if it is text'],
  BAD_DQ_ESCAPE: ['an escape in double quotes is not known', 'use single quotes, or double the backslash'],
  TAG_RESOLVE_FAILED: ['tags (!) are not used here', 'remove the tag, or put the value in quotes'],
  UNEXPECTED_TOKEN: ['this does not belong here', 'check quotes, brackets and indentation around it'],
};

function syntaxFault(error: YAMLParseError | YAMLWarning, text: string): Fault {
  // "… must be sufficiently indented and end with a ]" is about a bracket that nobody closed.
  const code = error.code === 'BAD_INDENT' && / end with /.test(error.message) ? 'MISSING_CHAR' : error.code;
  // What is missing at the end is missed after the last word, not on the empty line below it.
  const end = text.trimEnd().length;
  const [message, remedy] = SYNTAX[code] ?? [
    'this is not valid YAML',
    'check quotes, colons and indentation around it',
  ];
  const rank = Object.keys(SYNTAX).indexOf(code);
  return { at: Math.min(error.pos[0], end), message, remedy, rank: rank === -1 ? Infinity : rank };
}

function checkNode(root: Node | null, faults: Fault[]): void {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isAlias(node) || (isNode(node) && node.anchor !== undefined))
      faults.push({
        at: node.range?.[0] ?? 0,
        message: 'anchors (&) and aliases (*) are not used here',
        remedy: 'write the value out; put it in quotes if it is text',
      });
    if (isScalar(node)) checkNumber(node, faults);
    if (isMap(node)) checkKeys(node, faults);
    if (isCollection(node)) waiting.push(...node.items);
    else if (isPair(node)) waiting.push(node.key, node.value);
  }
}

function isNode(value: unknown): value is Scalar | YAMLMap {
  return isScalar(value) || isCollection(value);
}

/** A plain number stands for itself only when writing it again gives the same characters. */
function checkNumber(node: Scalar, faults: Fault[]): void {
  if (typeof node.value !== 'number' || /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(node.source ?? ''))
    return;
  faults.push({
    at: node.range?.[0] ?? 0,
    message: `${node.source ?? 'this'} without quotes is read as the number ${node.value}`,
    remedy: `quote it if it is text or an id: "${node.source ?? ''}"`,
  });
}

function checkKeys(map: YAMLMap, faults: Fault[]): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const at = key.range?.[0] ?? 0;
    if (name === '__proto__')
      faults.push({ at, message: '"__proto__" cannot be a key', remedy: 'choose another name' });
    if (seen.has(name))
      faults.push({
        at,
        message: `the key ${JSON.stringify(name.slice(0, 80))} stands here twice`,
        remedy: 'keep one of them: YAML would silently take the last',
      });
    seen.add(name);
  }
}

/** The parser recurses. What stands in quotes can make this too careful, never too lenient. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > DEPTH) return true;
  }
  return /^ {400}\S/m.test(text) || /^ *(?:[-?:] +){50}/m.test(text);
}

function sourceOf(file: string, text: string, document: Document.Parsed | null, shown: boolean): Source {
  let starts: number[] | undefined;
  let lines: string[] | undefined;
  function placeOf(at: number): { line: number; column: number } {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  }
  return {
    file,
    value: null,
    locate: (path, offset) => placeOf(document === null ? 0 : offsetOf(text, document, path, offset)),
    line(number) {
      if (!shown) return '';
      lines ??= text.split(/\r?\n/);
      return lines[number - 1] ?? '';
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** A scalar is found at its first character, a list or map at its key, something absent at what would hold it. */
function offsetOf(
  text: string,
  document: Document.Parsed,
  path: Path,
  offset: number | 'key' | undefined,
): number {
  let node: unknown = document.contents;
  let at = 0;
  for (const part of path) {
    const pair: unknown = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      : undefined;
    if (isPair(pair)) {
      node = pair.value;
      at = startOf(pair.key) ?? at;
    } else if (
      isCollection(node) &&
      !isMap(node) &&
      typeof part === 'number' &&
      node.items[part] !== undefined
    ) {
      node = node.items[part];
      at = startOf(node) ?? at;
    } else return at;
  }
  if (offset === 'key' || !isScalar(node) || node.range === undefined || node.range === null) return at;
  const [start, end] = node.range;
  if (start === end) return at;
  return offset === undefined
    ? start
    : offsetInScalar(text, (node.type ?? 'PLAIN') as ScalarStyle, start, end, offset);
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isCollection(node) ? node.range?.[0] : undefined;
}
