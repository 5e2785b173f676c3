import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../scripts/adapters/relay/send-dispatch.ts';
import type { Dispatch } from '../../scripts/core/relay/dispatch.ts';
import {
  createDispatchQueue,
  type Landing,
  PACE,
  type QueuePace,
} from '../../scripts/shell/relay/dispatch-queue.ts';
import { createPlayClock } from './play-clock.ts';

function setUp(answer: (attempt: number) => SendResult | Promise<SendResult>, pace: Partial<QueuePace> = {}) {
  const clock = createPlayClock();
  const sent: { at: number; ids: string[]; receivedAt: unknown }[] = [];
  const start = clock.now();
  const queue = createDispatchQueue({
    now: clock.now,
    sleep: clock.sleep,
    sent: () => undefined,
    pace,
    send: async ({ client_payload: payload }: Dispatch) => {
      sent.push({
        at: clock.now() - start,
        ids: payload['employees'] as string[],
        receivedAt: payload['receivedAt'],
      });
      return answer(sent.length);
    },
  });
  const told: { id: string; at: number; landing: Landing }[] = [];
  function submit(...ids: string[]): void {
    void queue
      .submit(ids, clock.now())
      .then((landing) => told.push({ id: ids[0] ?? '', at: clock.now() - start, landing }));
  }
  return { clock, sent, told, submit, start };
}

const LANDED: SendResult = { result: 'landed' };
const DOWN: SendResult = { result: 'retry', reason: 'status-500' };

describe('the dispatch queue', () => {
  it('gathers five hundred at once into one dispatch, and answers each after it has landed', async () => {
    const { clock, sent, told, submit } = setUp(async () => {
      await clock.sleep(300);
      return LANDED;
    });
    for (let id = 1; id <= 500; id += 1) submit(String(id));
    await clock.advance(PACE.gatherMs + 299);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toHaveLength(500);
    expect(told.every(({ landing }) => landing.landed)).toBe(true);
    expect(sent).toHaveLength(1);
    expect(new Set(sent[0]?.ids).size).toBe(500);
  });

  it('names an id once, and the oldest receipt', async () => {
    const { clock, sent, submit, start } = setUp(() => LANDED);
    submit('7');
    await clock.advance(50);
    submit('7', '8');
    await clock.advance(1000);
    expect(sent.map(({ ids }) => ids)).toEqual([['7', '8']]);
    expect(sent[0]?.receivedAt).toBe(new Date(start).toISOString());
  });

  it('gathers what arrives while a dispatch is on its way', async () => {
    const { clock, sent, submit } = setUp(async () => {
      await clock.sleep(1000);
      return LANDED;
    });
    submit('1');
    await clock.advance(200);
    for (const id of ['2', '3', '4']) submit(id);
    await clock.advance(5000);
    expect(sent.map(({ ids }) => ids)).toEqual([['1'], ['2', '3', '4']]);
  });

  it('splits what does not fit into one', async () => {
    const { clock, sent, told, submit } = setUp(() => LANDED);
    submit(...Array.from({ length: 1500 }, (_, index) => String(index)));
    for (let id = 2000; id < 3000; id += 1) submit(String(id));
    await clock.advance(5000);
    expect(sent.every(({ ids }) => ids.length <= 1000)).toBe(true);
    expect(sent.flatMap(({ ids }) => ids)).toHaveLength(2500);
    expect(told).toHaveLength(1001);
  });

  it('tries again while somebody waits, with those who came meanwhile', async () => {
    const { clock, sent, told, submit } = setUp((attempt) => (attempt < 4 ? DOWN : LANDED));
    submit('1');
    await clock.advance(400);
    submit('2');
    await clock.advance(5000);
    expect(sent.map(({ at }) => at)).toEqual([100, 350, 850, 1850]);
    expect(sent[3]?.ids).toEqual(['1', '2']);
    expect(told.every(({ landing }) => landing.landed)).toBe(true);
  });

  it('tells everybody in time when GitHub stays down, and keeps nothing', async () => {
    let isDown = true;
    const { clock, sent, told, submit } = setUp(() => (isDown ? DOWN : LANDED));
    submit('1');
    await clock.advance(3000);
    submit('2');
    await clock.advance(20_000);
    expect(told.map(({ id, landing }) => [id, landing.landed])).toEqual([
      ['1', false],
      ['2', false],
    ]);
    for (const { id, at, landing } of told) {
      expect(at - (id === '1' ? 0 : 3000)).toBeLessThanOrEqual(PACE.patienceMs);
      expect(landing).toMatchObject({ reason: 'status-500' });
    }
    isDown = false;
    const before = sent.length;
    await clock.advance(60_000);
    expect(sent).toHaveLength(before);
    submit('3');
    await clock.advance(1000);
    expect(sent.at(-1)?.ids).toEqual(['3']);
  });

  it('leaves GitHub alone as long as it asks, and tells at once that it cannot wait', async () => {
    const { clock, sent, told, submit } = setUp((attempt) =>
      attempt === 1 ? { result: 'retry', reason: 'limited-403', waitMs: 60_000 } : LANDED,
    );
    submit('1');
    await clock.advance(200);
    submit('2');
    await clock.advance(1);
    expect(told.map(({ landing }) => landing)).toEqual([
      { landed: false, reason: 'limited-403', retryAfterMs: 60_000 },
      { landed: false, reason: 'limited-403', retryAfterMs: 59_900 },
    ]);
    await clock.advance(57_000);
    submit('3');
    await clock.advance(5000);
    expect(sent.map(({ at, ids }) => [at, ids])).toEqual([
      [100, ['1']],
      [60_100, ['3']],
    ]);
  });

  it('waits for a short pause that GitHub asks for', async () => {
    const { clock, told, submit } = setUp((attempt) =>
      attempt === 1 ? { result: 'retry', reason: 'limited-429', waitMs: 3000 } : LANDED,
    );
    submit('1');
    await clock.advance(5000);
    expect(told).toEqual([{ id: '1', at: 3100, landing: { landed: true } }]);
  });

  it('does not repeat what GitHub refuses', async () => {
    const { clock, sent, told, submit } = setUp(() => ({ result: 'refused', reason: 'status-404' }));
    submit('1');
    await clock.advance(10_000);
    expect(sent).toHaveLength(1);
    expect(told[0]?.landing).toEqual({ landed: false, reason: 'status-404', retryAfterMs: 0 });
  });

  it('stays below eighty dispatches in any minute, whatever comes, and loses nobody', async () => {
    const { clock, sent, told, submit } = setUp(() => LANDED);
    for (let id = 0; id < 3000; id += 1) {
      submit(String(id));
      await clock.advance(150);
    }
    await clock.advance(10_000);
    const times = sent.map(({ at }) => at);
    for (const from of times)
      expect(times.filter((at) => at >= from && at < from + 60_000).length).toBeLessThan(80);
    expect(told).toHaveLength(3000);
    expect(told.every(({ landing }) => landing.landed)).toBe(true);
    expect(sent.flatMap(({ ids }) => ids)).toHaveLength(3000);
  });

  it('answers everybody when sending throws', async () => {
    const { clock, told, submit } = setUp(() => Promise.reject(new Error('a bug')));
    submit('1');
    await clock.advance(10_000);
    expect(told[0]?.landing).toMatchObject({ landed: false, reason: 'unexpected' });
  });
});
