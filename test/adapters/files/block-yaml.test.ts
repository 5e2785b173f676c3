import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Block, readBlock, writeBlock } from '../../../scripts/adapters/files/block-yaml.ts';

/** Text that YAML, a terminal or a merge could misread, besides anything at all. */
const TRICKY =
  "true|False|NO|y|null|~|Null|.inf|.NaN|0123|0x1F|1e3|1_000|12:30:45|2026-09-01|2026-13-99|=|<<|-|--- a|a: b|a #b|#a|a:|- a|? a|@a|`a|%a|!a|&a|*a|[a]|{a}|a, b|'a'|\"a\"|a\\b|a\nb|a\r\nb|\ttab| lead|trail |a\u0000b|\ufeffa|a\u0085b|a\u2028b|a\u202eb|é|e\u0301|山田|Ünïcödé O'Brien|R&D (UK)|a+b@c.de|😀|\ud800|constructor|toString|...|O|On|nan".split(
    '|',
  );
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...TRICKY));
const key = text.filter((name) => name !== '__proto__');
const scalar = fc.oneof(text, fc.nat());
const block = fc.letrec<{ map: { [key: string]: Block }; value: Block }>((tie) => ({
  map: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 4 }), tie('map')),
})).map;

describe('the YAML of state/', () => {
  it('reads back as it was written, here and by everybody else', () => {
    fc.assert(
      fc.property(block, (value) => {
        const written = writeBlock(value);
        expect(parse(written, { stringKeys: true })).toEqual(value);
        // Undefined would be no fault, only slow; for what we write ourselves it would always be slow.
        expect(Object.keys(value).length === 0 ? value : readBlock(written)).toEqual(value);
      }),
      { numRuns: 1_500 },
    );
  });

  it.each(TRICKY)('%j stands as text, in YAML 1.1 too', (value) => {
    const written = writeBlock({ key: value, [value]: 'value', list: [value] });
    expect(parse(written, { stringKeys: true })).toEqual({ key: value, [value]: 'value', list: [value] });
    // YAML 1.1 reads a day as a date; the example of the design shows it without quotes all the same.
    if (!/^\d{4}-/.test(value))
      expect(parse(writeBlock({ key: value }), { version: '1.1' })).toEqual({ key: value });
    // One line each, and nothing in it that cannot be seen.
    expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e\ufeff]/);
    expect(written.split('\n')).toHaveLength(5);
  });

  it('is either read as everybody reads it or left to a parser', () => {
    const piece = fc.oneof(
      {
        arbitrary: fc.constantFrom(
          'a: b',
          'c: "d"',
          'e:',
          '  f: g',
          '  - h',
          '- i',
          '    j: k',
          '# l',
          'm: n # o',
          'p: {}',
          'q: []',
          '',
          '  "r": 1',
          '2026-01-01: 2026-01-02',
          's: "t" # "u"',
          'v:w: x',
          'y : z',
        ),
        weight: 4,
      },
      { arbitrary: fc.stringMatching(/^ {0,4}(?:- )?[a-c"'0-9:#~{}&*!|>. -]{0,8}$/), weight: 1 },
    );
    let read = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const written = `${pieces.join('\n')}\n`;
        const value = readBlock(written);
        if (value === undefined || Object.keys(value).length === 0) return;
        read += 1;
        expect(parse(written, { stringKeys: true })).toEqual(value);
      }),
      { numRuns: 6_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it.each([
    ['a key twice', 'a: b\na: c\n'],
    ['a wrong indent', 'a:\n   b: c\n'],
    ['deeper without a parent', 'a: b\n  c: d\n'],
    ['an id without quotes', 'a: 0123\n'],
    ['single quotes', "a: 'b'\n"],
    ['a flow map', 'a: {b: c}\n'],
    ['no final newline', 'a: b'],
    ['a list in a list', 'a:\n  - - b\n'],
    ['__proto__', 'a:\n  __proto__: b\n'],
    ['__proto__ in quotes', 'a:\n  "__proto__": b\n'],
    ['Windows line ends', 'a: b\r\n'],
    ['nothing below', 'a:\n'],
  ])('leaves %s to a parser', (_name, written) => {
    expect(readBlock(written)).toBeUndefined();
  });
});
