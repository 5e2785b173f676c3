import { describe, expect, test } from 'vitest';
import { escapeMarkdown, fence } from '../../scripts/core/render/escape-markdown.ts';
import { escapeHtml } from '../../scripts/core/render/escape-html.ts';
import { badInput } from '../../scripts/core/values/failure.ts';
import { type Door, openDoor } from '../../scripts/shell/door.ts';
import { createRedactor } from '../../scripts/shell/redaction.ts';
import { createOutside } from './outside.ts';

const SECRET = `k_y"50%<3a>&*p4ss'word`;

describe('a secret is taken out', () => {
  const { redact } = createRedactor({ JUMPCLOUD_API_KEY: SECRET });
  test.each([
    ['as it is', SECRET],
    ['in a URL', encodeURIComponent(SECRET)],
    ['as JSON', JSON.stringify(SECRET)],
    ['as base64 behind a user', Buffer.from(`user:${SECRET}`).toString('base64')],
    ['as Markdown', `- ${escapeMarkdown(SECRET)}, `],
    ['in a fence', fence('text', [SECRET])],
    ['as HTML', `<bdi>${escapeHtml(SECRET)}</bdi>`],
  ])('%s', (_form, text) => {
    expect(redact(text)).toContain('***');
    expect(redact(text)).not.toContain('4ss');
  });

  test.each([
    ['as JSON', JSON.stringify({ key: SECRET }), '{"key":"***"}'],
    ['as a query', `?${new URLSearchParams({ k: SECRET, z: '1' }).toString()}`, '?k=***&z=1'],
    ['as hex', `0x${Buffer.from(SECRET).toString('hex')};`, '0x***;'],
    ['twice', `${SECRET}, ${SECRET}`, '***, ***'],
  ])('%s, and what stands beside it stays', (_form, text, left) => {
    expect(redact(text)).toBe(left);
  });

  // At whatever place it stands, all but the characters that hold bits of a neighbour, too.
  test.each([0, 1, 2, 3, 4, 5])('as base64 behind %i bytes, in either alphabet', (before) => {
    for (const alphabet of ['base64', 'base64url'] as const)
      for (const after of ['', '!', '!!', '!!!']) {
        const secret = '\u00fb\u00ff\u00fe~~~???>>>';
        const hidden = createRedactor({ JUMPCLOUD_API_KEY: secret });
        const encoded = Buffer.from(`${'x'.repeat(before)}${secret}${after}`).toString(alphabet);
        const bytes = before + Buffer.byteLength(secret);
        expect(hidden.redact(encoded)).toBe(
          `${encoded.slice(0, Math.ceil((before * 8) / 6))}***${encoded.slice(Math.floor((bytes * 8) / 6))}`,
        );
      }
  });

  test('of six characters or more, without the blanks around it; a shorter word is no secret', () => {
    expect(createRedactor({ JUMPCLOUD_API_KEY: ' abcdef\n' }).redact('(abcdef) YWJjZGVm')).toBe('(***) ***');
    expect(createRedactor({ JUMPCLOUD_API_KEY: 'abcde' }).redact('(abcde) YWJjZGU')).toBe('(abcde) YWJjZGU');
    const learnt = createRedactor({});
    learnt.hide(' tok ');
    learnt.hide(' token-7 ');
    expect(learnt.redact('tok, token-7')).toBe('tok, ***');
  });

  test('the token at the end of an address, without the rest of it', () => {
    const slack = createRedactor({
      SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx',
    });
    expect(slack.redact('POST …/abcdefghijklmnopqrstuvwx and services')).toBe('POST …/*** and services');
  });
});

test('out of a failure before it is escaped: in an annotation "%" is written otherwise', async () => {
  const door: Door = {
    name: 'leak',
    summary: '',
    examples: [],
    run: () => {
      const excerpt = `key: ${SECRET} + x\n${' '.repeat(5)}^`;
      throw badInput([
        {
          file: `mappings/${SECRET}.yaml`,
          line: 1,
          column: 6,
          message: `not ${SECRET}`,
          remedy: SECRET,
          excerpt,
        },
      ]);
    },
  };
  const outside = createOutside(['--json'], {
    environment: { GITHUB_ACTIONS: 'true', JUMPCLOUD_API_KEY: SECRET },
  });
  expect(await openDoor(door, outside)).toBe(2);
  expect(outside.err()).toContain('::error file=mappings/***.yaml');
  expect(outside.err()).toContain('key: *** + x');
  expect(outside.out() + outside.err()).not.toMatch(/4ss|50%/);
});

test('what could not be parsed is not quoted by an error that nobody foresaw', async () => {
  const door: Door = {
    name: 'parse',
    summary: '',
    examples: [],
    run: () => JSON.parse('Ada Lovelace') as never,
  };
  const outside = createOutside([], {});
  expect(await openDoor(door, outside)).toBe(1);
  expect(outside.err()).toContain('unexpected error: SyntaxError');
  expect(outside.err()).not.toContain('Ada');
});
