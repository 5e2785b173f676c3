import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, details, escapeMarkdown, fence, link } from '../../../scripts/core/render/escape-markdown.ts';
import { visibleText } from '../../../scripts/core/render/visible-text.ts';
import { decode, FILTERS, filteredText, htmlOf, tagsOf } from './github-reading.ts';
import { HOSTILE } from './plan-world.ts';

/** Hostile pieces glued in any order, beside any Unicode at all. */
const hostileText = fc.oneof(
  fc
    .array(
      fc.oneof(fc.constantFrom(...HOSTILE.filter((text) => text.length < 200)), fc.string({ maxLength: 6 })),
      { maxLength: 5 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'@#:/.-_*`~[]()<>|\\$!&^+=1aw \n"\''), maxLength: 40 }),
);

const CONTEXTS: [string, (text: string) => string][] = [
  ['a paragraph', (text) => text],
  ['a list item', (text) => `- ${text}`],
  ['behind text', (text) => `x ${text} y`],
  ['in bold', (text) => `**x** ${text}`],
  ['a quote', (text) => `> [!WARNING]\n> - ${text}`],
  ['a table cell', (text) => `| a | b |\n|---|---|\n| ${text} | z |`],
  ['a summary', (text) => details(`<strong>${text}</strong>`, 'body')],
];

/** What a reader sees: the zero-width spaces and isolates that we put in, and math guards, are not text. */
function seen(html: string): string {
  return decode(html.replace(/<[^>]*>/g, '')).replace(/[\u200b\u2068\u2069]/g, '');
}

function squeeze(text: string): string {
  return text.replace(/[\s]+/g, ' ').trim();
}

describe.each(CONTEXTS)('hostile text in %s', (_name, place) => {
  const plain = tagsOf(htmlOf(place('plain')));

  function expectHarmless(text: string): void {
    const html = htmlOf(place(escapeMarkdown(text)));
    expect(tagsOf(html).filter((tag) => tag !== 'span' && tag !== '/span')).toEqual(
      squeeze(visibleText(text)) === '' ? expect.anything() : plain,
    );
    for (const [name, pattern] of FILTERS) expect(filteredText(html), name).not.toMatch(pattern);
    const [before = '', after = ''] = seen(htmlOf(place('¤'))).split('¤');
    expect(squeeze(seen(html))).toBe(squeeze(`${before}${visibleText(text)}${after}`));
  }

  test.each(HOSTILE.map((text, index) => [index, text] as const))(
    'number %i is shown, not obeyed',
    (_index, text) => {
      expectHarmless(text);
    },
  );

  test('whatever it is, it is shown as it is', () => {
    fc.assert(fc.property(hostileText, expectHarmless), { numRuns: 300 });
  });
});

test('a name, a date and an amount stay readable in the source', () => {
  expect(escapeMarkdown('Ada Lovelace (Staff Engineer), since 2026-11-20')).toBe(
    'Ada Lovelace (Staff Engineer), since 2026-11-20',
  );
  expect(escapeMarkdown("O'Brien & Söhne")).toBe("O'Brien &amp; Söhne");
});

test('math is guarded as GitHub documents it, and right-to-left script is isolated', () => {
  expect(escapeMarkdown('$x$')).toBe('<span>$</span>x<span>$</span>');
  expect(escapeMarkdown('دانا')).toBe('&#8296;دانا&#8297;');
});

test('a fence keeps every line as text and cannot be closed from inside', () => {
  fc.assert(
    fc.property(fc.array(hostileText, { minLength: 1, maxLength: 6 }), (lines) => {
      const html = htmlOf(`before\n\n${fence('diff', lines)}\n\nafter`);
      expect(tagsOf(html)).toEqual(['p', '/p', 'pre', 'code', '/code', '/pre', 'p', '/p']);
      const shown = decode(/<code[^>]*>([\s\S]*)<\/code>/.exec(html)?.[1] ?? '');
      expect(shown).toBe(`${lines.map((line) => visibleText(line)).join('\n')}\n`);
    }),
    { numRuns: 300 },
  );
});

test('code and links take text of ours only', () => {
  expect(code('/hold 1042 until 2026-12-01 reason')).toBe('`/hold 1042 until 2026-12-01 reason`');
  expect(() => code('a`b')).toThrow(RangeError);
  expect(() => code('a\nb')).toThrow(RangeError);
  expect(link('the plan', 'https://github.com/acme/identity/blob/main/state/plans/x.json')).toBe(
    '[the plan](https://github.com/acme/identity/blob/main/state/plans/x.json)',
  );
  expect(link('the plan', 'javascript:alert(1)')).toBe('the plan');
  expect(link('the plan', 'https://x.example/a b')).toBe('the plan');
  expect(() => link('[x](y)', 'https://x.example')).toThrow(RangeError);
});
