import { describe, expect, it } from 'vitest';
import { createMemoryLedger, type ReplayLedger } from '../../scripts/adapters/relay/replay-ledger.ts';
import { FRESHNESS } from '../../scripts/core/relay/freshness.ts';
import type { Landing } from '../../scripts/shell/relay/dispatch-queue.ts';
import { createRelay, type RelayParts } from '../../scripts/shell/relay/relay.ts';
import { createRelayLog } from '../../scripts/shell/relay/relay-log.ts';
import { createRelayMetrics } from '../../scripts/shell/relay/relay-metrics.ts';
import { createPlayClock } from './play-clock.ts';
import { eventBody, KEY, requestOf, signedDelivery, type SignedDelivery } from './signed-delivery.ts';

function setUp(
  change: Partial<RelayParts> = {},
  land: () => Promise<Landing> = () => Promise.resolve({ landed: true }),
) {
  const clock = createPlayClock();
  const lines: string[] = [];
  const dispatched: string[][] = [];
  const metrics = createRelayMetrics();
  const answer = createRelay({
    keys: () => [KEY],
    replay: createMemoryLedger(),
    dispatch: (employees) => {
      dispatched.push(employees);
      return land();
    },
    now: clock.now,
    sleep: clock.sleep,
    log: createRelayLog((line) => lines.push(line), clock.now),
    metrics,
    ...change,
  });
  async function post(delivery: SignedDelivery): Promise<[status: number, outcome: unknown]> {
    const response = await answer(requestOf(delivery));
    return [response.status, ((await response.json()) as { outcome: unknown }).outcome];
  }
  return { answer, clock, lines, dispatched, metrics, post };
}

const MISSED = { landed: false, reason: 'status-500', retryAfterMs: 2500 } as const;

describe('the relay', () => {
  it('refuses to be made without a key', () => {
    expect(() => setUp({ keys: () => [] })).toThrow('key');
  });

  it('passes a delivery on once, however often it comes', async () => {
    const { clock, post, dispatched, metrics } = setUp();
    const delivery = signedDelivery(eventBody('1042'), clock.now());
    expect(await post(delivery)).toEqual([200, 'accepted']);
    expect(await post(delivery)).toEqual([200, 'duplicate']);
    await clock.advance(155 * 60_000);
    expect(await post(delivery)).toEqual([200, 'duplicate']);
    expect(dispatched).toEqual([['1042']]);
    expect(metrics.snapshot().deliveries).toMatchObject({ accepted: 1, duplicate: 2 });
  });

  it('dispatches twins in flight once and answers both after it landed', async () => {
    let land: (landing: Landing) => void = () => undefined;
    const { clock, post, dispatched } = setUp({}, () => new Promise((resolve) => (land = resolve)));
    const delivery = signedDelivery(eventBody('1042'), clock.now());
    const answers = Promise.all(Array.from({ length: 10 }, () => post(delivery)));
    await clock.advance(100);
    land({ landed: true });
    expect((await answers).map(([, outcome]) => outcome).sort()).toEqual([
      'accepted',
      ...Array.from({ length: 9 }, () => 'duplicate'),
    ]);
    expect(dispatched).toHaveLength(1);
  });

  it('keeps no mark of a failure: the retry counts, signed anew or not', async () => {
    let landing: Landing = MISSED;
    const { answer, clock, post, dispatched } = setUp({}, () => Promise.resolve(landing));
    const delivery = signedDelivery(eventBody('1042'), clock.now());
    const failed = await answer(requestOf(delivery));
    expect(failed.status).toBe(503);
    expect(failed.headers.get('retry-after')).toBe('3');
    await clock.advance(5 * 60_000);
    landing = { landed: true };
    expect(await post(delivery)).toEqual([200, 'accepted']);
    expect(await post(signedDelivery(eventBody('1042'), clock.now()))).toEqual([200, 'accepted']);
    expect(dispatched).toHaveLength(3);
  });

  it('waits for a twin in another process, and takes over when that one failed', async () => {
    const replay = createMemoryLedger();
    const one = setUp({ replay });
    const delivery = signedDelivery(eventBody('1042'), one.clock.now());
    const signature = delivery.headers['x-bamboohr-signature'] ?? '';
    const { post, clock, dispatched } = one;
    await replay.claim(signature, clock.now());
    const waiting = post(delivery);
    await clock.advance(1000);
    await replay.settle(signature, true, clock.now() + 60_000);
    await clock.advance(200);
    expect(await waiting).toEqual([200, 'duplicate']);

    const next = signedDelivery(eventBody('1043'), clock.now());
    const other = next.headers['x-bamboohr-signature'] ?? '';
    await replay.claim(other, clock.now());
    const second = post(next);
    await clock.advance(1000);
    await replay.settle(other, false, 0);
    await clock.advance(200);
    expect(await second).toEqual([200, 'accepted']);

    const third = signedDelivery(eventBody('1044'), clock.now());
    await replay.claim(third.headers['x-bamboohr-signature'] ?? '', clock.now());
    const given = post(third);
    await clock.advance(10_000);
    expect(await given).toEqual([503, 'failed']);
    expect(dispatched).toEqual([['1043']]);
  });

  it.each([
    ['a company event', '{"type":"company.updated","data":{"companyId":"1"}}', 'other-event'],
    ['nobody', '{"employees":[]}', 'no-ids'],
    ['no payload', 'hello', 'unreadable'],
  ])('ignores %s with 200 and a counted reason', async (_, body, reason) => {
    const { clock, post, dispatched, metrics } = setUp();
    expect(await post(signedDelivery(body, clock.now()))).toEqual([200, 'ignored']);
    expect(metrics.snapshot().reasons).toEqual({ [reason]: 1 });
    expect(dispatched).toEqual([]);
  });

  it('refuses what is forged, stale or ahead of its time with 401, and does not say why', async () => {
    const { clock, post, dispatched, metrics } = setUp();
    const good = signedDelivery(eventBody('1042'), clock.now());
    const forged = signedDelivery(eventBody('1042'), clock.now(), 'another key of somebody else');
    const { 'x-bamboohr-signature': _, ...unsigned } = good.headers;
    const bad = [
      forged,
      { ...good, body: good.body.slice(0, -1) },
      { ...good, body: `${good.body} ` },
      { body: good.body, headers: unsigned },
      signedDelivery(eventBody('1042'), clock.now() - FRESHNESS.pastMs - 1000),
      signedDelivery(eventBody('1042'), clock.now() + FRESHNESS.futureMs + 1000),
    ];
    for (const delivery of bad) expect(await post(delivery)).toEqual([401, 'refused']);
    expect(dispatched).toEqual([]);
    expect(metrics.snapshot().reasons).toEqual({
      'wrong-signature': 3,
      'no-signature': 1,
      stale: 1,
      future: 1,
    });
  });

  it('takes forms, and a form that is labelled JSON', async () => {
    const { clock, post, dispatched } = setUp();
    const body = 'type=employee.updated&data%5BcompanyId%5D=1&data%5BemployeeId%5D=1042';
    expect(await post(signedDelivery(body, clock.now()))).toEqual([200, 'accepted']);
    expect(dispatched).toEqual([['1042']]);
  });

  it('counts which key fitted while rotating', async () => {
    const { clock, post, metrics } = setUp({ keys: () => ['new key', KEY] });
    await post(signedDelivery(eventBody('1'), clock.now()));
    await post(signedDelivery(eventBody('2'), clock.now(), 'new key'));
    await post(signedDelivery(eventBody('3'), clock.now(), 'new key'));
    expect(metrics.snapshot().keys).toEqual([2, 1]);
    expect(metrics.prometheus()).toContain('rollcall_relay_key_used_total{key="1"} 2');
  });

  it('stops reading at the limit, whatever content-length says', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(1024));
        },
      },
      { highWaterMark: 0 },
    );
    const { answer } = setUp({ bodyLimit: 10_000 });
    const request = new Request('http://relay/webhook', { method: 'POST', body, duplex: 'half' });
    expect((await answer(request)).status).toBe(413);
    expect(pulled).toBe(10);
    const announced = new Request('http://relay/webhook', {
      method: 'POST',
      headers: { 'content-length': '10001' },
      body: 'x',
    });
    expect((await answer(announced)).status).toBe(413);
  });

  it('answers 503 to a body that breaks off', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('reset'));
      },
    });
    const { answer } = setUp();
    const request = new Request('http://relay/webhook', { method: 'POST', body, duplex: 'half' });
    expect((await answer(request)).status).toBe(503);
  });

  it('answers 503 to a bug of ours, frees the claim, and logs no text of it', async () => {
    const replay = createMemoryLedger();
    const { clock, lines, post } = setUp({ replay }, () => Promise.reject(new Error('canary-in-an-error')));
    const delivery = signedDelivery(eventBody('1042'), clock.now());
    expect(await post(delivery)).toEqual([503, 'failed']);
    expect(lines.join('')).not.toContain('canary');
    expect(await replay.claim(delivery.headers['x-bamboohr-signature'] ?? '', clock.now())).toBe('claimed');
  });

  it('goes on without its ledger, says so, and still dispatches once', async () => {
    const replay: ReplayLedger = {
      claim: () => Promise.reject(new Error('canary-disk')),
      settle: () => Promise.reject(new Error('canary-disk')),
    };
    const { clock, dispatched, lines, metrics, post } = setUp({ replay });
    const delivery = signedDelivery(eventBody('1042'), clock.now());
    expect(await post(delivery)).toEqual([200, 'accepted']);
    expect(await post(delivery)).toEqual([200, 'duplicate']);
    expect(dispatched).toHaveLength(1);
    expect(metrics.snapshot().ledgerFailures).toBe(2);
    expect(lines.filter((line) => line.includes('"event":"ledger"'))).toHaveLength(2);
    expect(lines.join('')).not.toContain('canary');
  });

  it('knows its routes', async () => {
    const { answer } = setUp();
    const status = async (method: string, path: string): Promise<number> =>
      (await answer(new Request(`http://relay${path}`, { method }))).status;
    expect(await status('GET', '/health')).toBe(200);
    expect(await status('HEAD', '/health/')).toBe(200);
    expect(await status('GET', '/metrics?x=1')).toBe(200);
    expect(await status('GET', '/webhook')).toBe(405);
    expect(await status('PUT', '/webhook')).toBe(405);
    expect(await status('POST', '/health')).toBe(405);
    expect(await status('GET', '/')).toBe(404);
    expect(await status('POST', '/webhook/x')).toBe(404);
    expect(await status('POST', '/webhook/')).toBe(401);
  });

  it('tells its health: ok, degraded while GitHub fails, draining at the end', async () => {
    let isDraining = false;
    const { answer, metrics, clock } = setUp({ draining: () => isDraining });
    const health = async (): Promise<[number, unknown]> => {
      const response = await answer(new Request('http://relay/health'));
      return [response.status, ((await response.json()) as { status: unknown }).status];
    };
    expect(await health()).toEqual([200, 'ok']);
    metrics.attempt('retry', 'status-500', 1, clock.now());
    expect(await health()).toEqual([200, 'degraded']);
    metrics.attempt('landed', undefined, 1, clock.now());
    expect(await health()).toEqual([200, 'ok']);
    isDraining = true;
    expect(await health()).toEqual([503, 'draining']);
  });

  it('lets no person, body, signature, key or address into log, answer, health or metrics', async () => {
    const { answer, clock, lines, post } = setUp({
      keys: () => [KEY, 'canary-second-key'],
      company: 'canary-company',
    });
    const canaries = ['Canaria', 'canary@example.com', 'canary-second-key', KEY, '777000777'];
    const body = JSON.stringify({
      employees: [
        {
          id: '777000777',
          fields: { 'Last name': { value: 'Canaria' }, Mail: { value: 'canary@example.com' } },
        },
      ],
    });
    const good = signedDelivery(body, clock.now());
    await post(good);
    await post(good);
    await post({ ...good, body: `${body}x` });
    await post(signedDelivery('Canaria', clock.now()));
    await post(signedDelivery(eventBody('Canaria Bird', 'canary@example.com'), clock.now()));
    await post({ ...good, headers: { ...good.headers, 'company-domain': 'canary@example.com' } });
    await post({ ...good, headers: { ...good.headers, 'x-bamboohr-timestamp': 'Canaria' } });
    const told = [
      ...lines,
      await (await answer(new Request('http://relay/health'))).text(),
      await (await answer(new Request('http://relay/metrics'))).text(),
    ].join('\n');
    expect(lines).toHaveLength(7);
    for (const canary of [...canaries, good.headers['x-bamboohr-signature'] ?? ''])
      expect(told).not.toContain(canary);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ event: 'delivery' });
  });
});
