import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkAddress, requireVariables } from '../../../scripts/adapters/http/environment.ts';
import { breakOf } from '../../../scripts/adapters/http/exchange.ts';
import { errorCodeOf } from '../../../scripts/adapters/bamboohr/explain.ts';
import { parseJson, refusePage } from '../../../scripts/adapters/http/read-json.ts';
import { echoOf, leaksOf, NAMED, PRIVATE, SECRETS } from '../../privacy/planted.ts';
import { knownPhrases } from '../../../scripts/adapters/http/known-phrases.ts';
import { addressOf } from '../../../scripts/adapters/http/request.ts';
import { parseRetryAfter } from '../../../scripts/adapters/http/retry-after.ts';
import { START } from '../play-network.ts';

describe('Retry-After', () => {
  test.each([
    ['7', 7_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['Mon, 23 Nov 2026 12:01:00 GMT', 60_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['', undefined],
    ['soon', undefined],
    ['-3', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => {
    expect(parseRetryAfter(header, START)).toBe(expected);
  });
});

describe('bodies', () => {
  const schema = z.looseObject({ people: z.array(z.looseObject({ id: z.string() })) });
  const parse = (text: string) => parseJson({ status: 200, headers: {}, text }, schema);
  test.each([
    ['', 'an empty body instead of JSON'],
    ['  \n', 'an empty body instead of JSON'],
    ['<!DOCTYPE html><html>Ada</html>', 'HTML instead of JSON'],
    ['<html>', 'HTML instead of JSON'],
    [' \n<html>', 'HTML instead of JSON'],
    ['<?xml version="1.0"?><table/>', 'XML instead of JSON'],
    ['{"people":[', 'broken JSON'],
    ['null', 'the body: Invalid input: expected object, received null'],
    [
      '{"people":[{"id":"1"},{"id":7}]}',
      'field people.1.id: Invalid input: expected string, received number',
    ],
  ])('%s', (text, problem) => {
    expect(parse(text)).toEqual({ ok: false, problem });
  });
  test('what is not needed may be anything', () => {
    expect(parse('{"people":[{"id":"1","pay":{}}],"new":1}').ok).toBe(true);
  });
});

test('a write answered with a page, also one that begins with blank lines, was answered by somebody else', () => {
  const answered = (text: string) => () =>
    refusePage('JumpCloud', { route: 'POST /a' }, { status: 200, headers: {}, text });
  expect(answered('\n\n<!DOCTYPE html>')).toThrow(
    'JumpCloud, POST /a: answered 200 with HTML instead of JSON',
  );
  expect(answered('{"a":"<html>"}')).not.toThrow();
});

describe('no answer', () => {
  const wrapped = (message: string, name = 'Error', code?: string) =>
    Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error(message), { name }, code === undefined ? {} : { code }),
    });
  test.each([
    ['a proxy that says no', wrapped('Proxy response (407) !== 200 when HTTP Tunneling'), 'barred'],
    [
      'a proxy that failed itself',
      wrapped('Proxy response (500) !== 200 when HTTP Tunneling'),
      'unreachable',
    ],
    [
      'a proxy that did not get there',
      wrapped('Proxy response (504) !== 200 when HTTP Tunneling'),
      'unreachable',
    ],
    ['a time limit', wrapped('', 'TimeoutError'), 'silent'],
    ['a time limit of octokit', wrapped('', 'AbortError'), 'silent'],
    ['an unknown host', wrapped('', 'Error', 'ENOTFOUND'), 'no-such-host'],
    ['a broken connection', wrapped('', 'Error', 'ECONNRESET'), 'cut'],
  ])('%s', (_, error, kind) => {
    expect(breakOf(error)).toMatchObject({ kind, detail: expect.stringMatching(/./) as string });
  });
  test.each([
    ['a mistake of ours', new TypeError('x is not a function')],
    ['no error at all', 'text'],
    ['nothing', undefined],
  ])('is not what came: %s', (_, error) => expect(breakOf(error)).toBeUndefined());
});

describe('messages of vendors', () => {
  test.each([
    'Attribute names may not contain spaces',
    'Attribute names may only contain letters and numbers',
    'User already exists or Bad Request',
    'start_date must be in the future',
    'Update is not a fast forward',
    'Resource not accessible by integration',
    'Changes must be made through a pull request',
    'Unauthorized',
    'INVALID_ARGUMENT',
  ])('whose phrases we know are shown: %s', (message) => {
    expect(knownPhrases(message)).toBe(message);
  });
  test.each([
    ['Unauthorized: api key user not found', 'Unauthorized api key user not found'],
    ['user ada.lovelace already exists', '… already exists'],
    ['Priya Raman-O’Neill <priya@example.com> already exists.', '… already exists'],
    ['User Will May already exists', '… already exists'],
    ['user Olivia Field of Head office', ''],
    ['E11000 duplicate key error: { email: "ada@example.com" }', '… duplicate key …'],
    ['user 5b844aedd123fe7eed341d2f not found', '… not found'],
    ['jca-0123456789abcdef is not a valid key', '… is not a valid key'],
    ['Unexpected: Engineering Manager, Security Policy, Internal Branch', ''],
    ['Unauthorized Base Will be suspended, please review', ''],
    ['a\u001b[31mred\nline of 山田 太郎 already\u200bexists', '… already exists'],
    ['Łukasz Żółć', ''],
    ['', ''],
  ])('%j', (message, expected) => {
    expect(knownPhrases(message)).toBe(expected);
  });
  test('are cut at a readable length, and a huge one costs nothing', () => {
    expect(knownPhrases('already exists. '.repeat(20_000)).length).toBeLessThanOrEqual(201);
  });
  test('an echo of all that is planted shows what is wrong and nothing that was planted', () => {
    const { message } = echoOf(Object.values(SECRETS));
    const canaries = [...Object.values(SECRETS), ...Object.values(NAMED), ...Object.values(PRIVATE)];
    expect(leaksOf(message, canaries).length).toBe(canaries.length);
    expect(knownPhrases(message)).toBe('… already exists …');
  });
});

describe("BambooHR's codes of an error", () => {
  test.each(['BadPage', 'BadRequest', 'UE-1001', 'INVALID_FILTER', 'DATASET_NOT_FOUND', '429'])(
    '%s',
    (code) => {
      expect(errorCodeOf({ status: 400, headers: {}, text: JSON.stringify({ error: { code } }) })).toBe(code);
    },
  );
  test.each([
    'Lovelace',
    'LOVELACE',
    'JEAN-LUC',
    'ada_lovelace',
    'Jean-Luc',
    'bhrSECRET0123456789',
    '0781234567',
  ])('no code: %s', (code) => {
    expect(errorCodeOf({ status: 400, headers: {}, text: JSON.stringify({ code }) })).toBeUndefined();
  });
});

describe('addresses', () => {
  test('blanks are %20, lists keep their commas', () => {
    expect(
      addressOf({ route: 'GET /a/{id}', params: { id: 'x y/z' }, query: { fields: 'a b', list: 'a,b' } }),
    ).toBe('/a/x%20y%2Fz?fields=a%20b&list=a,b');
  });
  test.each([{}, { params: {} }, { params: { id: '' } }, { params: { id: '..' } }])(
    'one without its id is no address: %j',
    (parts) => {
      expect(() => addressOf({ route: 'GET /a/{id}', ...parts })).toThrow('GET /a/{id} needs id');
    },
  );
  test.each([
    'https://console.jumpcloud.com',
    'http://127.0.0.1:80',
    'http://localhost:1',
    'http://[::1]:9',
    'http://proxy:4010',
  ])('%s may be sent a key', (text) => expect(checkAddress('X_URL', text).origin).toBe(new URL(text).origin));
  test.each([
    ['http://console.jumpcloud.com', 'insecure-address'],
    ['http://10.0.0.1', 'insecure-address'],
    ['ftp://x', 'bad-address'],
    ['nonsense', 'bad-address'],
    ['https://key@host', 'bad-address'],
    ['https://:password@host', 'bad-address'],
  ])('%s may not, with exit 2 naming the variable', (text, code) => {
    expect(() => checkAddress('X_URL', text)).toThrow(
      expect.objectContaining({
        exit: 2,
        code,
        message: expect.stringContaining('X_URL') as string,
      }) as Error,
    );
  });
  test('every missing variable is named at once', () => {
    expect(() => requireVariables({ A: ' ', C: 'x' }, ['A', 'B', 'C'], 'set them')).toThrow(
      expect.objectContaining({ exit: 2, code: 'missing-variable', message: 'A and B are not set' }) as Error,
    );
  });
});
