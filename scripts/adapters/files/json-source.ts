/** JSON text -> a value that remembers where everything stood: seeds, approvals and manifests that people may have written. */
import { problemAt, type Path, type Source } from '../../core/values/source.ts';
import type { ReadOptions, ReadSource } from './yaml-source.ts';

const LIMIT = 64 * 1024 * 1024;

/** Reads one document. Unlike JSON.parse it says where a mistake stands and refuses the same key twice. */
export function readJson(file: string, text: string, options: ReadOptions = {}): ReadSource {
  const clean = text.replace(/^\ufeff/, '');
  const shown = options.excerpts ?? false;
  const limit = options.limit ?? LIMIT;
  const refuse = (at: number, message: string, remedy: string): ReadSource => ({
    ok: false,
    problems: [problemAt(sourceOf(file, clean, null, new Map(), at, shown), [], message, { remedy })],
  });
  if (clean.length > limit) return refuse(0, `the file is larger than ${limit} characters`, 'split it');
  const scan = scanJson(clean);
  if ('fault' in scan) return refuse(scan.at, scan.fault, scan.remedy);
  return { ok: true, source: sourceOf(file, clean, JSON.parse(clean), scan.places, 0, shown) };
}

const DEPTH = 200;
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b))/y;

type Scan = { places: Map<string, number> } | { fault: string; at: number; remedy: string };

/** One pass over the tokens: the grammar of RFC 8259, keys once each, and the place of every value by its path. */
function scanJson(text: string): Scan {
  const places = new Map<string, number>();
  const open: { keys: Set<string> | undefined; key: string; index: number }[] = [];
  let wanted: 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma' | 'nothing' = 'value';
  let at = 0;
  const fault = (message: string, remedy: string): Scan => ({ fault: message, at, remedy });
  const expected = (): Scan =>
    fault(
      `this is not valid JSON: ${WANTED[wanted]} is expected here`,
      'check quotes, commas and brackets around it',
    );
  while (true) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      at += /^[ \t\n\r]*/.exec(text.slice(at))?.[0].length ?? 0;
      return at === text.length && wanted === 'nothing' ? { places } : expected();
    }
    const [whole, sign, string, other] = match;
    at += whole.length - (sign ?? string ?? other ?? '').length;
    const top = open.at(-1);
    if (string !== undefined && (wanted === 'key' || wanted === 'key-or-end')) {
      const key = JSON.parse(string) as string;
      if (key === '__proto__') return fault('"__proto__" cannot be a key', 'choose another name');
      if (top?.keys?.has(key) === true)
        return fault(`the key ${string.slice(0, 80)} stands here twice`, 'keep one of them');
      top?.keys?.add(key);
      if (top !== undefined) top.key = key;
      wanted = 'colon';
    } else if (string !== undefined || other !== undefined || sign === '{' || sign === '[') {
      if (wanted !== 'value' && wanted !== 'value-or-end') return expected();
      places.set(pathKey(open), at);
      if (sign === undefined) wanted = top === undefined ? 'nothing' : 'comma';
      else {
        if (open.length >= DEPTH)
          return fault('the file is nested too deeply', `use at most ${DEPTH} levels`);
        open.push({ keys: sign === '{' ? new Set() : undefined, key: '', index: 0 });
        wanted = sign === '{' ? 'key-or-end' : 'value-or-end';
      }
    } else if (sign === ':' && wanted === 'colon') wanted = 'value';
    else if (sign === ',' && wanted === 'comma' && top !== undefined) {
      top.index += 1;
      wanted = top.keys === undefined ? 'value' : 'key';
    } else if (
      (sign === '}' && top?.keys !== undefined && (wanted === 'comma' || wanted === 'key-or-end')) ||
      (sign === ']' &&
        top !== undefined &&
        top.keys === undefined &&
        (wanted === 'comma' || wanted === 'value-or-end'))
    ) {
      open.pop();
      wanted = open.length === 0 ? 'nothing' : 'comma';
    } else return expected();
    at = TOKEN.lastIndex;
  }
}

const WANTED = {
  value: 'a value',
  'value-or-end': 'a value or "]"',
  key: 'a key in double quotes',
  'key-or-end': 'a key in double quotes or "}"',
  colon: '":"',
  comma: '"," or the closing bracket',
  nothing: 'the end of the file',
} as const;

function pathKey(open: { keys: Set<string> | undefined; key: string; index: number }[]): string {
  return open.map(({ keys, key, index }) => (keys === undefined ? String(index) : key)).join('\u0000');
}

function sourceOf(
  file: string,
  text: string,
  value: unknown,
  places: ReadonlyMap<string, number>,
  at: number,
  shown: boolean,
): Source {
  const offsetOf = (path: Path): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const place = places.get(path.slice(0, length).join('\u0000'));
      if (place !== undefined) return place;
    }
    return places.get('') ?? at;
  };
  return {
    file,
    value,
    locate(path, into = 0) {
      const offset = into === 'key' ? 0 : into;
      const place = offsetOf(path);
      const before = text.slice(0, place);
      const quote = text[place] === '"' && offset > 0 ? 1 : 0;
      return {
        line: before.split('\n').length,
        column: place - before.lastIndexOf('\n') + quote + offset,
      };
    },
    line: (number) => (shown ? (text.split(/\r?\n/)[number - 1] ?? '') : ''),
  };
}
