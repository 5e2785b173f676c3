/** Mutations of texts: what an editor, a merge, a broken vendor or an attacker leaves. Reproducible: the seed decides everything. */
import fc from 'fast-check';

/** Pieces that broke a parser, a renderer or a rule somewhere. */
const PIECES = [
  '__proto__',
  'constructor',
  '{"__proto__":{"polluted":true}}',
  '__proto__: { polluted: true }\n',
  '../../../etc/passwd',
  '..%2f..%2f',
  '\u0000',
  '\u001b]0;title\u0007\u001b[31m',
  '\u202e',
  '\ud800',
  '&a [*a,*a]',
  'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]\n',
  '!!js/function "x"',
  '!!binary aGk=',
  '<<: *x',
  '---\n',
  '...\n',
  '\t',
  '- - - - -',
  '? [complex]\n: key',
  'null',
  'true',
  '1e999',
  '-0',
  '99999999999999999999',
  '{"a":'.repeat(40),
  '['.repeat(300),
  "')' + '",
  "department.matches('(a+)+$')",
  "['a'].map(x, x + x)",
  '{{constructor.constructor("return process")()}}',
  '</details><script>alert(1)</script>',
  '[x](javascript:alert(1))',
  '@everyone #1',
  'A'.repeat(2_000),
];

export type Edit = { at: number; cut: number; put: string };

/** One to four edits: a piece put in, something cut out, a stretch doubled. Places are shares of the length. */
export const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60)),
    put: fc.oneof(fc.constantFrom(...PIECES), fc.constant(''), fc.string({ unit: 'binary', maxLength: 8 })),
  }),
  { minLength: 1, maxLength: 4 },
);

export function mutate(text: string, changes: Edit[]): string {
  return changes.reduce((now, { at, cut, put }) => {
    const from = Math.floor(at * now.length);
    return now.slice(0, from) + put + now.slice(from + cut);
  }, text);
}

/** A value of a JSON document replaced, at a place that `at` chooses. */
export function mutateJson(value: unknown, at: number, by: unknown): unknown {
  const places: (string | number)[][] = [];
  const walk = (node: unknown, path: (string | number)[]): void => {
    places.push(path);
    if (typeof node === 'object' && node !== null)
      for (const [key, inner] of Object.entries(node)) walk(inner, [...path, key]);
  };
  walk(value, []);
  const path = places[Math.floor(at * places.length) % places.length] ?? [];
  const set = (node: unknown, rest: (string | number)[]): unknown => {
    const [key, ...deeper] = rest;
    if (key === undefined) return by;
    if (Array.isArray(node))
      return node.map((item, index) => (String(index) === key ? set(item, deeper) : item));
    return { ...(node as object), [key]: set((node as Record<string, unknown>)[key], deeper) };
  };
  return set(value, path);
}
