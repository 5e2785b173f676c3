import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idLines, idRangeLines } from '../../../scripts/core/render/id-list.ts';
import {
  fitMost,
  fixedSection,
  layOut,
  sectionOfForms,
  sectionOfLines,
} from '../../../scripts/core/render/lay-out.ts';

test('sections stand in their order and are served in the order of priority', () => {
  const text = layOut(
    [
      fixedSection('head'),
      sectionOfForms(2, 1, ['second in full, which is long', 'second']),
      sectionOfForms(1, 1, ['first in full, which is long', 'first']),
      fixedSection('foot'),
    ],
    60,
  );
  expect(text).toBe('head\n\nsecond\n\nfirst in full, which is long\n\nfoot\n');
});

test('a share keeps room for the others, and what is left over goes back to the first', () => {
  const sections = [
    sectionOfForms(1, 0.3, ['a'.repeat(60), 'a'.repeat(25), 'a']),
    sectionOfForms(2, 0.5, ['b'.repeat(40), 'b']),
  ];
  expect(layOut(sections, 100)).toBe(`${'a'.repeat(25)}\n\n${'b'.repeat(40)}\n`);
  expect(layOut(sections, 110)).toBe(`${'a'.repeat(60)}\n\n${'b'.repeat(40)}\n`);
});

test('when not even the shortest forms fit, the last ones say where to look, the least important first', () => {
  const sections = [
    sectionOfForms(1, 1, ['a'.repeat(50)], 'a: see plan'),
    sectionOfForms(2, 1, ['b'.repeat(50)], 'b: see plan'),
  ];
  expect(layOut(sections, 80)).toBe(`${'a'.repeat(50)}\n\nb: see plan\n`);
  expect(layOut(sections, 40)).toBe('a: see plan\n\nb: see plan\n');
  expect(() => layOut(sections, 20)).toThrow(RangeError);
});

test('lines are whole, and the rest is counted', () => {
  const lines = Array.from({ length: 50 }, (_unused, index) => `line ${index}`);
  fc.assert(
    fc.property(fc.integer({ min: 40, max: 700 }), (budget) => {
      const text = layOut(
        [
          sectionOfLines(1, 1, lines, {
            wrap: (shown, over) => ['head', ...shown, ...(over === '' ? [] : [over])].join('\n'),
            over: (left) => `${left} more`,
          }),
        ],
        budget,
      );
      expect(text.length).toBeLessThanOrEqual(budget);
      const shown = text.split('\n').filter((line) => /^line \d+$/.test(line));
      expect(shown).toEqual(lines.slice(0, shown.length));
      expect(text).toContain(shown.length === 50 ? 'line 49' : `${50 - shown.length} more`);
    }),
  );
});

test('the largest count that fits is found', () => {
  const parts = Array.from({ length: 9 }, () => 'xxx');
  const build = (count: number): string => parts.slice(0, count).join('') + (count === 9 ? '' : 'more');
  expect(fitMost(parts, 30, build)?.length).toBe(27);
  expect(fitMost(parts, 26, build)?.length).toBe(25);
  expect(fitMost(parts, 4, build)).toBe('more');
  expect(fitMost(parts, 3, build)).toBeUndefined();
});

test('a list of ids has every id once, whole, in order', () => {
  const anyIds = fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 3_000 }).map(String),
      fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/),
    ),
  );
  fc.assert(
    fc.property(anyIds, (ids) => {
      const unique = new Set(ids);
      const listed = idLines(ids).flatMap((line) => line.split(' '));
      expect(listed.length).toBe(unique.size);
      expect(new Set(listed)).toEqual(unique);
      for (const line of idLines(ids)) expect(line.length).toBeLessThanOrEqual(100);
    }),
  );
});

test('runs of ids stand for exactly the ids in them', () => {
  expect(idRangeLines(['7', '5', '6', '9', '10', '12', 'x-1'])).toEqual(['5-7 9 10 12 x-1']);
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 200 }), (numbers) => {
      const listed = idRangeLines(numbers.map(String))
        .flatMap((line) => line.split(' '))
        .flatMap((word) => {
          const [from = 0, to = from] = word.split('-').map(Number);
          return Array.from({ length: to - from + 1 }, (_unused, index) => from + index);
        });
      expect(listed).toEqual([...numbers].sort((a, b) => a - b));
    }),
  );
});
