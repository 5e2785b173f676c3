import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf, paintWith, wrapText } from '../../../scripts/core/render/escape-terminal.ts';
import { clampPair, clampText, visibleText } from '../../../scripts/core/render/visible-text.ts';

test.each([
  ['a\nb', 'a↵b'],
  ['a\r\nb\u2028c', 'a↵b↵c'],
  ['\u001b[31mred\u0007\u007f', '␛[31mred␇␡'],
  ['\u009b31m', '⟨U+009B⟩31m'],
  ['\u202Etxt.exe', '⟨U+202E⟩txt.exe'],
  ['ad\u200bmin\ufeff', 'ad⟨U+200B⟩min⟨U+FEFF⟩'],
  ['so\u00adft\u00a0hard\u3164', 'so⟨U+00AD⟩ft⟨U+00A0⟩hard⟨U+3164⟩'],
  ['\ud800 lone', '⟨U+D800⟩ lone'],
  ['\u{e0041}\u{e0042}', '⟨U+E0041⟩⟨U+E0042⟩'],
  ['ad\u200dmin', 'ad⟨U+200D⟩min'],
])('%j is shown as %s', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test.each(['👩‍💻', '👩🏽‍🚀', '❤️', '🇬🇧', '1️⃣', 'Zoë Müller', '山田　太郎', 'می‌خواهم', 'क्‍ष', '辻󠄀', 'دانا'])(
  '%s stays as it is',
  (text) => {
    expect(visibleText(text)).toBe(text);
  },
);

test('nothing invisible is left, and what is shown once is shown the same again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const shown = visibleText(text);
      expect(shown).not.toMatch(
        /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/u,
      );
      expect(visibleText(shown)).toBe(shown);
    }),
  );
});

test('towers of marks are shortened', () => {
  expect(visibleText(`z${'\u0335'.repeat(60)}`)).toBe(`z${'\u0335'.repeat(8)}⟨+52 marks⟩`);
});

describe('long text', () => {
  test('says how much is missing', () => {
    expect(clampText('x'.repeat(10_000), 20)).toBe(`${'x'.repeat(20)}… (9980 more characters)`);
    expect(clampText('short', 20)).toBe('short');
  });

  test('is not cut between a letter and its marks or inside an emoji', () => {
    expect(clampText('abce\u0301fgh', 4)).toBe('abc… (5 more characters)');
    expect(clampText('ab👩‍💻cd', 3)).toBe('ab… (5 more characters)');
    expect(clampText('ab👩‍💻cd', 4)).toBe('ab… (5 more characters)');
  });

  test('a pair that differs far behind is not shown as equal', () => {
    const [a, b] = clampPair(`${'x'.repeat(500)}A`, `${'x'.repeat(500)}B`);
    expect(a).not.toBe(b);
    expect([a, b]).toEqual([`…${'x'.repeat(16)}A`, `…${'x'.repeat(16)}B`]);
    expect(clampPair('a', 'b')).toEqual(['a', 'b']);
  });

  test('two different texts never look the same', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 60, maxLength: 200 }),
        fc.string({ maxLength: 90 }),
        fc.string({ maxLength: 90 }),
        (same, x, y) => {
          fc.pre(visibleText(same + x) !== visibleText(same + y));
          const [a, b] = clampPair(same + x, same + y);
          expect(a).not.toBe(b);
        },
      ),
    );
  });
});

describe('a terminal', () => {
  test('lines break between words, hang, and keep a long word whole', () => {
    expect(wrapText('  + joins Engineering: department is Engineering', 30, 6)).toEqual([
      '  + joins Engineering:',
      '      department is',
      '      Engineering',
    ]);
    expect(wrapText(`  ${'x'.repeat(40)} y`, 20, 4)).toEqual([`  ${'x'.repeat(40)}`, '    y']);
  });

  test('wide characters take two columns, marks none', () => {
    expect(columnsOf('山田')).toBe(4);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(columnsOf('Zoë')).toBe(3);
  });

  test('colour is only ever ours', () => {
    expect(paintWith(true)('red', 'x')).toBe('\u001b[31mx\u001b[0m');
    expect(paintWith(false)('red', 'x')).toBe('x');
  });
});
