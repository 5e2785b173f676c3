import { describe, expect, test } from 'vitest';
import { addressOf, type Repeat, type WireRequest } from '../../../scripts/adapters/http/request.ts';
import type { Limits } from '../../../scripts/adapters/http/retry-policy.ts';
import { type Client, createClient, send } from '../../../scripts/adapters/http/send.ts';
import { Failure, serviceFailure } from '../../../scripts/core/values/failure.ts';
import { AnswerLost } from '../../../scripts/ports.ts';
import { failureOf, type Played, playNetwork, type PlayedNetwork } from '../play-network.ts';

const ORIGIN = 'https://vendor.example';
const ROUTES: Record<Repeat, WireRequest> = {
  read: { route: 'GET /things/{id}', params: { id: 'x' } },
  idempotent: { route: 'PUT /things/{id}', params: { id: 'x' }, body: { a: 1 } },
  once: { route: 'POST /things', body: { name: 'Ada' } },
};

function clientOn(network: PlayedNetwork, limits: Partial<Limits> = {}): Client {
  return createClient({
    service: 'Vendor',
    baseUrl: ORIGIN,
    baseUrlVariable: 'VENDOR_URL',
    wire: network.wire,
    limits,
    authorize: () => Promise.resolve({ 'x-api-key': 'canary-key' }),
    explain: (request, answer) => serviceFailure('refused', `${request.route} ${answer.status}`, 'look'),
  });
}

async function play(
  repeat: Repeat,
  first: Played,
): Promise<{ outcome: string; sent: number; error: Error | undefined }> {
  const network = playNetwork(ORIGIN, first, { body: { ok: true } });
  const error = await send(clientOn(network), ROUTES[repeat]).then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  );
  const outcome = error === undefined ? 'again' : error instanceof AnswerLost ? 'lost' : 'stop';
  return { outcome, sent: network.sent.length, error };
}

describe('what is sent again', () => {
  // The table of retry-policy.ts, written out a second time.
  const TABLE: [string, Played, Record<Repeat, 'again' | 'lost' | 'stop'>][] = [
    ['429', { status: 429 }, { read: 'again', idempotent: 'again', once: 'again' }],
    ['408', { status: 408 }, { read: 'again', idempotent: 'again', once: 'lost' }],
    ['500', { status: 500 }, { read: 'again', idempotent: 'lost', once: 'lost' }],
    ['502', { status: 502 }, { read: 'again', idempotent: 'again', once: 'lost' }],
    ['503', { status: 503 }, { read: 'again', idempotent: 'again', once: 'lost' }],
    ['504', { status: 504 }, { read: 'again', idempotent: 'again', once: 'lost' }],
    ['nobody listens', { error: 'ECONNREFUSED' }, { read: 'again', idempotent: 'again', once: 'again' }],
    ['cut', { error: 'ECONNRESET' }, { read: 'again', idempotent: 'again', once: 'lost' }],
    ['cut in the answer', { error: 'UND_ERR_SOCKET' }, { read: 'again', idempotent: 'again', once: 'lost' }],
    ['unknown host', { error: 'ENOTFOUND' }, { read: 'stop', idempotent: 'stop', once: 'stop' }],
    ['certificate', { error: 'CERT_HAS_EXPIRED' }, { read: 'stop', idempotent: 'stop', once: 'stop' }],
    [
      'self-signed',
      { error: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      { read: 'stop', idempotent: 'stop', once: 'stop' },
    ],
    ['400', { status: 400 }, { read: 'stop', idempotent: 'stop', once: 'stop' }],
    ['409', { status: 409 }, { read: 'stop', idempotent: 'stop', once: 'stop' }],
    [
      '302',
      { status: 302, headers: { location: '/login' } },
      { read: 'stop', idempotent: 'stop', once: 'stop' },
    ],
  ];
  for (const [name, first, expected] of TABLE)
    for (const repeat of ['read', 'idempotent', 'once'] as const)
      test(`${name}, ${repeat}: ${expected[repeat]}`, async () => {
        const { outcome, sent } = await play(repeat, first);
        expect(outcome).toBe(expected[repeat]);
        expect(sent).toBe(expected[repeat] === 'again' ? 2 : 1);
      });

  test('an unknown host and a bad certificate say what to check, with exit 1', async () => {
    const host = (await play('read', { error: 'ENOTFOUND' })).error as Failure;
    expect([host.exit, host.code]).toEqual([1, 'unreachable']);
    expect(host.message).toBe('Vendor, GET /things/{id}: no such host');
    expect(host.remedy).toContain('VENDOR_URL');
    const tls = (await play('read', { error: 'CERT_HAS_EXPIRED' })).error as Failure;
    expect(tls.message).toContain('certificate is not to be trusted (CERT_HAS_EXPIRED)');
  });

  test('a write that was doubtful once stays doubtful, whatever comes after', async () => {
    const network = playNetwork(ORIGIN, { error: 'ECONNRESET' }, { error: 'ENOTFOUND' });
    await expect(send(clientOn(network), ROUTES.idempotent)).rejects.toBeInstanceOf(AnswerLost);
  });

  test('but a refusal after it is a refusal', async () => {
    const network = playNetwork(ORIGIN, { error: 'ECONNRESET' }, { status: 400 });
    await expect(send(clientOn(network), ROUTES.idempotent)).rejects.toMatchObject({ code: 'refused' });
  });

  test('five attempts and no more', async () => {
    const network = playNetwork(ORIGIN, ...Array.from({ length: 9 }, () => ({ status: 503 })));
    const error = (await failureOf(send(clientOn(network), ROUTES.read))) as Failure;
    expect(error).toMatchObject({ exit: 1, code: 'service-down' });
    expect(error.message).toContain('answered 503 after 5 attempts');
    expect(network.sent.length).toBe(5);
    expect(network.wire.traffic).toMatchObject({ requests: 5, retries: 4 });
    expect(network.wire.traffic.byRoute.get('GET /things/{id}')).toBe(5);
  });

  test.each([{}, { 'retry-after': '1' }])(
    'thirty seconds of 429 are waited for, with the shortest pauses that chance gives (%o)',
    async (headers: Record<string, string>) => {
      const network = playNetwork(ORIGIN, ...Array.from({ length: 99 }, () => ({ status: 429, headers })));
      const client = clientOn(network);
      client.wire.random = () => 0;
      const error = (await failureOf(send(client, ROUTES.once))) as Failure;
      expect(error).toMatchObject({ exit: 1, code: 'throttled' });
      expect(network.sent.length).toBe(8);
      expect(network.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(30_000);
    },
  );

  test('a mistake of our own is thrown, not retried', async () => {
    const network = playNetwork(ORIGIN, { error: 'UND_ERR_INVALID_ARG' }, { body: {} });
    expect(await failureOf(send(clientOn(network), ROUTES.read))).not.toBeInstanceOf(Failure);
    expect(network.sent.length).toBe(1);
  });
});

describe('waiting', () => {
  test('doubles from half a second, three quarters of it when chance is in the middle', async () => {
    const network = playNetwork(ORIGIN, ...Array.from({ length: 4 }, () => ({ status: 502 })), { body: {} });
    await send(clientOn(network), ROUTES.read);
    expect(network.waits).toEqual([375, 750, 1500, 3000]);
    expect(network.lines[0]).toBe('waiting 1 s: Vendor: answered 502');
  });

  test('Retry-After in seconds is honoured and told', async () => {
    const network = playNetwork(ORIGIN, { status: 429, headers: { 'retry-after': '12' } }, { body: {} });
    await send(clientOn(network), ROUTES.once);
    expect(network.waits[0]).toBe(12_000);
    expect(network.lines).toEqual(['waiting 12 s: Vendor asks for it']);
    expect(network.wire.traffic.waitedMs).toBe(12_000);
  });

  test('Retry-After as a date too', async () => {
    const network = playNetwork(
      ORIGIN,
      { status: 503, headers: { 'retry-after': 'Mon, 23 Nov 2026 12:00:07 GMT' } },
      { body: {} },
    );
    await send(clientOn(network), ROUTES.read);
    expect(network.waits[0]).toBe(7_000);
  });

  test('more than there is time for stops at once and says so', async () => {
    const network = playNetwork(ORIGIN, { status: 429, headers: { 'retry-after': '3600' } });
    const error = (await failureOf(send(clientOn(network), ROUTES.once))) as Failure;
    expect(error).toMatchObject({ exit: 1, code: 'throttled' });
    expect(error.message).toContain('asks for more time than we have');
    expect(network.waits).toEqual([]);
  });

  test('nobody else knocks while the vendor asks us to wait', async () => {
    const network = playNetwork(
      ORIGIN,
      { status: 429, headers: { 'retry-after': '30' } },
      { body: { n: 1 } },
      { body: { n: 2 } },
    );
    const client = clientOn(network);
    const start = network.wire.now();
    client.pausedUntil = start + 5_000;
    await send(client, ROUTES.read);
    expect(network.waits).toEqual([5_000, 30_000]);
    // What was asked of this request holds for all others of the client.
    expect(client.pausedUntil).toBe(start + 35_000);
  });

  test('a pause of our own choosing keeps nobody else waiting, and never grows beyond half a minute', async () => {
    const network = playNetwork(ORIGIN, ...Array.from({ length: 9 }, () => ({ status: 502 })), { body: {} });
    const client = clientOn(network, { attempts: 10 });
    await send(client, ROUTES.read);
    expect(network.waits.slice(-3)).toEqual([22_500, 22_500, 22_500]);
    expect(client.pausedUntil).toBe(0);
  });
});

describe('what goes out', () => {
  test('keys, Accept and a content type without charset; no body on DELETE', async () => {
    const network = playNetwork(ORIGIN, { body: {} }, { body: {} });
    const client = clientOn(network);
    await send(client, ROUTES.once);
    await send(client, { route: 'DELETE /things/{id}', params: { id: 'a/../b' } });
    const [post, remove] = network.sent;
    expect(post?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-api-key': 'canary-key',
    });
    expect(remove?.body).toBeUndefined();
    expect(remove?.headers).not.toHaveProperty('content-type');
    expect(remove?.path).toBe('/things/a/../b');
  });

  test('an id cannot change the path', async () => {
    const network = playNetwork(ORIGIN);
    for (const id of ['..', '.', ''])
      await expect(send(clientOn(network), { route: 'GET /things/{id}', params: { id } })).rejects.toThrow(
        TypeError,
      );
    expect(network.sent).toEqual([]);
    expect(addressOf({ route: 'GET /things/{id}', params: { id: '../a?b=c#d' } })).toBe(
      '/things/..%2Fa%3Fb%3Dc%23d',
    );
  });

  test('at most eight at once', async () => {
    const network = playNetwork(ORIGIN, ...Array.from({ length: 40 }, () => ({ body: {} })));
    const client = clientOn(network);
    let running = 0;
    let most = 0;
    client.authorize = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return {};
    };
    await Promise.all(Array.from({ length: 40 }, () => send(client, ROUTES.read)));
    expect(network.sent.length).toBe(40);
    expect(most).toBe(8);
  });

  test('an answer without end is cut off', async () => {
    const network = playNetwork(ORIGIN, { body: 'x'.repeat(5_000) });
    const error = await failureOf(send(clientOn(network, { maxBytes: 1_000 }), ROUTES.read));
    expect(error).toMatchObject({ exit: 1, code: 'answer-too-large' });
  });

  test('no key and no body in any message', async () => {
    for (const first of [
      { status: 400, body: { message: 'Ada' } },
      { status: 500 },
      { error: 'ENOTFOUND' },
    ] as Played[])
      for (const repeat of ['read', 'idempotent', 'once'] as const) {
        const { error } = await play(repeat, first);
        if (error !== undefined) expect(`${error.message} ${error.stack ?? ''}`).not.toMatch(/canary|Ada/);
      }
  });
});
