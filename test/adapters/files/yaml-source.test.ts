import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readJson } from '../../../scripts/adapters/files/json-source.ts';
import { readYaml } from '../../../scripts/adapters/files/yaml-source.ts';
import type { Problem } from '../../../scripts/core/values/failure.ts';
import { checkSource, type Path, problemAt, type Source } from '../../../scripts/core/values/source.ts';

function sourceOf(text: string): Source {
  const read = readYaml('x.yaml', text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.source;
}

function problemsOf(text: string): Problem[] {
  const read = readYaml('x.yaml', text);
  return read.ok ? [] : read.problems;
}

describe('reading YAML', () => {
  it.each([
    ['a: 1\nb: x\n', { a: 1, b: 'x' }],
    ['\ufeffa: 1\r\nb: x\r\n', { a: 1, b: 'x' }],
    ['', null],
    ['# only a comment\n', null],
    ['---\na: [1, two]\n...\n', { a: [1, 'two'] }],
    ['0123: x\n"": y\ntrue: z\n', { '0123': 'x', '': 'y', true: 'z' }],
    ['a: 2026-09-01\nb: no\nc: "0123"\nd: 1.5\n', { a: '2026-09-01', b: 'no', c: '0123', d: 1.5 }],
    ['a: >\n  one\n  two\n', { a: 'one two\n' }],
    ['<<: {a: 1}\n', { '<<': { a: 1 } }],
  ])('%j', (text, value) => {
    expect(sourceOf(text).value).toEqual(value);
  });

  it.each([
    ['a: 1\nb: 2\na: 3\n', 3, 1, 'the key "a" stands here twice', 'keep one'],
    ['x:\n  a: 1\n  a: 2\n', 3, 3, 'stands here twice', 'keep one'],
    ['a:\n\t- b\n', 2, 1, 'a tab is used to indent', 'blanks'],
    ['a: 1\n---\nb: 2\n', 2, 1, 'a second document begins here', 'one document'],
    ['a: &x [1]\nb: *x\n', 1, 7, 'anchors (&) and aliases (*)', 'write the value out'],
    [
      'id: 0123\n',
      1,
      5,
      '0123 without quotes is read as the number 123',
      'quote it if it is text or an id: "0123"',
    ],
    ['id: 1e3\n', 1, 5, 'read as the number 1000', 'quote it'],
    ['id: 12345678901234567890\n', 1, 5, 'without quotes is read as the number', 'quote it'],
    ['id: 0x1F\n', 1, 5, 'read as the number 31', 'quote it'],
    ['a:\n  __proto__: {x: 1}\n', 2, 3, '"__proto__" cannot be a key', 'another name'],
    ['a: !!binary aGk=\n', 1, 4, 'tags (!)', 'remove the tag'],
    ['%YAML 1.1\n---\na: yes\n', 1, 1, 'directives (%)', 'remove the line'],
    ['a: b: c\n', 1, 4, 'a second ": "', 'quotes'],
    ["a: 'x\n", 1, 6, 'missing', 'close'],
    ['a: [1, 2\n', 1, 9, 'missing', 'close'],
    ['a: @x\n', 1, 4, 'cannot begin with this character', 'quotes'],
    ['? [a]\n: b\n', 1, 3, 'not valid YAML', 'check'],
    ['- a\nb: c\n', 2, 1, 'does not belong here', 'check'],
  ])('%j is refused at its place', (text, line, column, message, remedy) => {
    const [problem] = problemsOf(text);
    expect(problem).toMatchObject({ file: 'x.yaml', line, column });
    expect(problem?.message).toContain(message);
    expect(problem?.remedy).toContain(remedy);
  });

  it('says every fault of a file, each place once', () => {
    const problems = problemsOf('a: 0123\na: 1\nb: &x 1\nc: *x\n__proto__: 2\n');
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });

  it('never grows a small text into a large value', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 20 }, (_, i) => `b${i}: &b${i} [*a,*a,*a,*a,*a]`),
    ];
    expect(problemsOf(bomb.join('\n'))[0]?.message).toContain('anchors');
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', '{a: '.repeat(30_000)],
    ['dashes', '- '.repeat(30_000)],
    ['question marks', '? '.repeat(30_000)],
    ['deep indentation', Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['too much', 'a: b\n'.repeat(300_000)],
    ['many keys', Array.from({ length: 30_000 }, (_, i) => `k${i}: v`).join('\n')],
  ])('survives %s in seconds', (_name, text) => {
    const start = performance.now();
    readYaml('x.yaml', text);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('never throws, whatever it is given', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...'{}[]:,-?&*!|>\'"%@`#\n\t \\~'.split(''),
        '\n  ',
        ': ',
        '- ',
        '---\n',
        '...\n',
        '\ufeff',
        '"\\u',
        '0',
        '<<',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        for (const read of [readYaml('x.yaml', text), readJson('x.json', text)])
          if (!read.ok) {
            expect(read.problems.length).toBeGreaterThan(0);
            for (const { line, column } of read.problems) {
              expect(line).toBeGreaterThan(0);
              expect(column).toBeGreaterThan(0);
            }
          } else read.source.locate(['a', 0, 'b'], 3);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('places in YAML', () => {
  it('finds values, keys of maps, and what would hold something absent', () => {
    const source = sourceOf('groups:\n  - group: A\n    when: x == 1\n  - group: B\nrest: {}\n');
    const at = (...path: Path): string => Object.values(source.locate(path)).join(':');
    expect(at('groups', 0, 'when')).toBe('3:11');
    expect(at('groups', 1)).toBe('4:5');
    expect(at('groups', 1, 'when')).toBe('4:5');
    expect(at('groups')).toBe('1:1');
    expect(at('rest')).toBe('5:1');
    expect(at('nowhere', 3)).toBe('1:1');
  });

  it('shows the line with a caret, also with Windows line ends, and no line of people files', () => {
    const text = 'a: x\r\nwhen: dep == 1\r\n';
    expect(problemAt(sourceOf(text), ['when'], 'no', { offset: 4 }).excerpt).toBe(
      `when: dep == 1\n${' '.repeat(10)}^`,
    );
    const hidden = readYaml('p.yaml', text, { excerpts: false });
    expect(hidden.ok && problemAt(hidden.source, ['when'], 'no')).not.toHaveProperty('excerpt');
  });

  /** Ways to write one text; each must lead back from a character of the value to that character of the file. */
  const styles: Record<string, (value: string) => string> = {
    plain: (value) => `k: ${value}`,
    single: (value) => `k: '${value.replaceAll("'", "''")}'`,
    double: (value) => `k: ${JSON.stringify(value)}`,
    'double with escapes': (value) =>
      `k: "${[...value].map((c) => (c === 'e' ? '\\x65' : c === 'o' ? '\\u006f' : c.replaceAll(/["\\]/g, '\\$&'))).join('')}"`,
    literal: (value) => `k: |\n    ${value}\n`,
    'literal with a declared indent': (value) => `k: |2-\n  ${value}\n`,
    folded: (value) => `k: >-\n  ${value}\n`,
    'folded over lines': (value) => `k: >-\n  ${value.replaceAll(' ', '\n  ')}\n`,
    'plain over lines': (value) => `k: ${value.replaceAll(' ', '\n  ')}\n`,
    'single over lines': (value) => `k: '${value.replaceAll("'", "''").replaceAll(' ', '  \n   ')}'\n`,
    'in a list of a list': (value) => `- - 1\n  - '${value.replaceAll("'", "''")}'`,
  };
  const word = fc
    .stringMatching(/^[a-z=('][a-z=.)']{0,6}$/)
    .filter((text) => !text.startsWith("'") && /[a-z]/.test(text));

  it.each(Object.entries(styles))('a character of a %s scalar', (name, write) => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.nat(), (words, pick) => {
        const plain = words.join(' ');
        const offset = pick % plain.length;
        fc.pre(plain[offset] !== ' ' && !plain.startsWith('='));
        // One character like no other: where it stands in the file is the answer.
        const value = `${plain.slice(0, offset)}Z${plain.slice(offset + 1)}`;
        const text = write(value);
        const source = sourceOf(text);
        const path: Path = name.includes('list') ? [0, 1] : ['k'];
        const read = path.reduce<unknown>(
          (node, key) => (node as Record<string, unknown>)[key],
          source.value,
        );
        expect(String(read).trimEnd()).toBe(value);
        const { line, column } = source.locate(path, offset);
        expect((text.split('\n')[line - 1] ?? '').charAt(column - 1)).toBe('Z');
      }),
      { numRuns: 300 },
    );
  });
});

describe('schemas over YAML', () => {
  it('asks for quotes where text was wanted and YAML read something else', () => {
    const checked = checkSource(
      sourceOf('id: 42\nflag: true\n'),
      z.strictObject({ id: z.string(), flag: z.string() }),
    );
    expect(
      checked.ok ? [] : checked.problems.map(({ line, column, remedy }) => [line, column, remedy]),
    ).toEqual([
      [1, 5, 'put it in quotes if it is text'],
      [2, 7, 'put it in quotes if it is text'],
    ]);
  });
});

describe('reading JSON', () => {
  it('reads what JSON.parse reads, and knows the place of everything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, pretty) => {
        const text = JSON.stringify(value, undefined, pretty ? 2 : 0);
        fc.pre(!text.includes('__proto__'));
        const read = readJson('x.json', text);
        expect(read.ok && read.source.value).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
    const read = readJson('x.json', '{\n  "a": [1, {"b": "x"}]\n}\n');
    expect(read.ok && read.source.locate(['a', 1, 'b'])).toEqual({ line: 2, column: 18 });
    expect(read.ok && read.source.locate(['a', 1, 'c'])).toEqual({ line: 2, column: 12 });
  });

  it('refuses what JSON.parse refuses, at its place', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', ':', 'x', '1', '\u0000'),
        (value, pick, junk) => {
          const whole = JSON.stringify(value);
          const at = pick % (whole.length + 1);
          const text = whole.slice(0, at) + junk + whole.slice(at + 1);
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          const read = readJson('x.json', text);
          if (!valid) expect(read.ok).toBe(false);
          else if (!read.ok) expect(read.problems[0]?.message).toMatch(/twice|__proto__/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"a": 1,}', 1, 9, 'a key in double quotes'],
    ['{"a": 1 "b": 2}', 1, 9, '","'],
    ["{'a': 1}", 1, 2, 'a key in double quotes'],
    ['{"a": 1}\n{"b": 2}', 2, 1, 'the end of the file'],
    ['{"a": 1,\n "a": 2}', 2, 2, 'twice'],
    ['{"__proto__": 1}', 1, 2, '__proto__'],
    ['', 1, 1, 'a value'],
  ])('%j', (text, line, column, message) => {
    const read = readJson('x.json', text);
    expect(read.ok ? undefined : read.problems[0]).toMatchObject({ line, column });
    expect(read.ok ? '' : read.problems[0]?.message).toContain(message);
  });
});

describe('the parser itself', () => {
  it('still reads a day and a word like no as text, on which the files rely', () => {
    expect(parse('a: 2026-09-01\nb: no\n')).toEqual({ a: '2026-09-01', b: 'no' });
  });
});
