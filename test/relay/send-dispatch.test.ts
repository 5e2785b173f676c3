import { describe, expect, it } from 'vitest';
import { createSendDispatch, type SendResult } from '../../scripts/adapters/relay/send-dispatch.ts';
import { employeesDispatch } from '../../scripts/core/relay/dispatch.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const TARGET = { apiUrl: 'https://api.github.com', repository: 'acme/identity', token: 'github_pat_canary' };
const DISPATCH = employeesDispatch(['1042'], NOW);

interface Seen {
  url: string;
  authorization: string | null;
  body: string;
}

function play(...answers: (Response | Error)[]): { fetch: typeof fetch; seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    fetch: (input, init) => {
      const request = new Request(input as URL, init);
      const answer = answers[seen.length];
      return request.text().then((body) => {
        seen.push({ url: request.url, authorization: request.headers.get('authorization'), body });
        if (answer instanceof Error) throw answer;
        return answer ?? new Response(null, { status: 599 });
      });
    },
  };
}

function answer(status: number, headers: Record<string, string> = {}, body = ''): Response {
  return new Response([204, 304].includes(status) ? null : body, { status, headers });
}

const table: [name: string, answer: Response | Error, expected: SendResult][] = [
  ['204', answer(204), { result: 'landed' }],
  ['500', answer(500), { result: 'retry', reason: 'status-500' }],
  ['502 from a proxy', answer(502, {}, '<html>'), { result: 'retry', reason: 'status-502' }],
  [
    '503 with Retry-After',
    answer(503, { 'retry-after': '7' }),
    { result: 'retry', reason: 'status-503', waitMs: 7000 },
  ],
  ['429', answer(429), { result: 'retry', reason: 'limited-429', waitMs: 60_000 }],
  [
    'a secondary limit',
    answer(403, { 'retry-after': '30' }),
    { result: 'retry', reason: 'limited-403', waitMs: 30_000 },
  ],
  [
    'a secondary limit without a time',
    answer(403, {}, '{"message":"You have exceeded a secondary rate limit."}'),
    { result: 'retry', reason: 'limited-403', waitMs: 60_000 },
  ],
  [
    'the primary limit',
    answer(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 120) }),
    { result: 'retry', reason: 'limited-403', waitMs: 120_000 },
  ],
  [
    'a reset hours away',
    answer(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 50_000) }),
    { result: 'retry', reason: 'limited-429', waitMs: 900_000 },
  ],
  ['401', answer(401), { result: 'refused', reason: 'status-401' }],
  [
    'a missing permission',
    answer(403, { 'x-ratelimit-remaining': '4999' }, '{"message":"Resource not accessible by integration"}'),
    { result: 'refused', reason: 'status-403' },
  ],
  ['404', answer(404), { result: 'refused', reason: 'status-404' }],
  ['422', answer(422), { result: 'refused', reason: 'status-422' }],
  ['a broken connection', new TypeError('fetch failed'), { result: 'retry', reason: 'unreachable' }],
  ['silence', new DOMException('timed out', 'TimeoutError'), { result: 'retry', reason: 'timeout' }],
];

describe('sending a dispatch', () => {
  it.each(table)('%s', async (_, given, expected) => {
    const { fetch, seen } = play(given);
    expect(await createSendDispatch(TARGET, fetch, () => NOW)(DISPATCH)).toEqual(expected);
    expect(seen).toEqual([
      {
        url: 'https://api.github.com/repos/acme/identity/dispatches',
        authorization: 'Bearer github_pat_canary',
        body: JSON.stringify(DISPATCH),
      },
    ]);
  });

  it('follows a renamed repository, with method and body', async () => {
    const { fetch, seen } = play(
      answer(301, { location: 'https://api.github.com/repositories/7/dispatches' }),
      answer(204),
    );
    expect(await createSendDispatch(TARGET, fetch)(DISPATCH)).toEqual({ result: 'landed' });
    expect(seen[1]).toMatchObject({
      url: 'https://api.github.com/repositories/7/dispatches',
      body: JSON.stringify(DISPATCH),
    });
  });

  it('carries the token to no other host, and follows no circle', async () => {
    const away = play(answer(307, { location: 'https://evil.example/x' }), answer(204));
    expect(await createSendDispatch(TARGET, away.fetch)(DISPATCH)).toEqual({
      result: 'refused',
      reason: 'redirected-elsewhere',
    });
    expect(away.seen).toHaveLength(1);
    const circle = play(...Array.from({ length: 9 }, () => answer(307, { location: '/x' })));
    expect(await createSendDispatch(TARGET, circle.fetch)(DISPATCH)).toEqual({
      result: 'refused',
      reason: 'too-many-redirects',
    });
  });

  it('keeps the path of a GitHub Enterprise Server', async () => {
    const { fetch, seen } = play(answer(204));
    await createSendDispatch({ ...TARGET, apiUrl: 'https://ghe.acme.com/api/v3/' }, fetch)(DISPATCH);
    expect(seen[0]?.url).toBe('https://ghe.acme.com/api/v3/repos/acme/identity/dispatches');
  });
});
