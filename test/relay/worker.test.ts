/** The example for worker platforms: the same function, another ledger. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import worker, {
  type Bindings,
  createKvLedger,
  type KeyValueStore,
  RelayObject,
} from '../../examples/relay-worker/worker.ts';
import { type PlayGithub, startPlayGithub } from './play-github.ts';
import { eventBody, KEY, requestOf, signedDelivery } from './signed-delivery.ts';

let github: PlayGithub;
beforeAll(async () => {
  github = await startPlayGithub();
});
const told: string[] = [];
// A worker's log is its console.
const consoleError = vi.spyOn(console, 'error').mockImplementation((line: string) => void told.push(line));
afterAll(async () => {
  consoleError.mockRestore();
  expect(told.join('\n')).not.toContain(KEY);
  await github.close();
});

function createStore(): KeyValueStore & { lives: number[] } {
  const values = new Map<string, string>();
  const lives: number[] = [];
  return {
    lives,
    get: (key) => Promise.resolve(values.get(key) ?? null),
    put(key, value, { expirationTtl }) {
      lives.push(expirationTtl);
      values.set(key, value);
      return Promise.resolve();
    },
  };
}

function bindings(more: Partial<Bindings>): Bindings {
  return {
    BAMBOOHR_WEBHOOK_KEY: KEY,
    GITHUB_TOKEN: 'token',
    GITHUB_REPOSITORY: 'acme/identity',
    GITHUB_API_URL: github.url,
    ...more,
  };
}

describe('the worker', () => {
  it('with a key-value store: passes on, remembers for three hours, refuses', async () => {
    github.landed.length = 0;
    const store = createStore();
    const env = bindings({ ROLLCALL_LEDGER: store });
    const delivery = signedDelivery(eventBody('1042'), Date.now());
    expect(await (await worker.fetch(requestOf(delivery), env)).json()).toEqual({ outcome: 'accepted' });
    expect(await (await worker.fetch(requestOf(delivery), env)).json()).toEqual({ outcome: 'duplicate' });
    expect((await worker.fetch(requestOf({ ...delivery, body: `${delivery.body} ` }), env)).status).toBe(401);
    expect(github.landed).toEqual([['1042']]);
    expect(store.lives[0]).toBeGreaterThan(3 * 3600 - 60);
    expect(store.lives[0]).toBeLessThanOrEqual(3 * 3600 + 1);
  });

  it('leaves no mark of a failure, and never a life that the platform refuses', async () => {
    const store = createStore();
    const ledger = createKvLedger(store, () => 1000);
    await ledger.settle('a', false, 5000);
    expect(await ledger.claim('a', 1000)).toBe('claimed');
    await ledger.settle('a', true, 5000);
    expect(await ledger.claim('a', 1000)).toBe('landed');
    expect(store.lives).toEqual([60]);
  });

  it('fails loudly without a key or a ledger', async () => {
    const request = requestOf(signedDelivery(eventBody('1'), Date.now()));
    const { BAMBOOHR_WEBHOOK_KEY: _, ...keyless } = bindings({ ROLLCALL_LEDGER: createStore() });
    await expect(worker.fetch(request, keyless)).rejects.toThrow('BAMBOOHR_WEBHOOK_KEY');
    await expect(worker.fetch(request, bindings({}))).rejects.toThrow('ROLLCALL_LEDGER');
  });

  it('as one object: gathers a wave, remembers, forgets what is stale', async () => {
    github.landed.length = 0;
    const stored = new Map<string, unknown>();
    let alarms = 0;
    const object = new RelayObject(
      {
        storage: {
          get: <T>(key: string) => Promise.resolve(stored.get(key) as T | undefined),
          put: (key, value) => Promise.resolve(void stored.set(key, value)),
          list: <T>() => Promise.resolve(new Map(stored) as Map<string, T>),
          delete: (keys) => Promise.resolve(keys.forEach((key) => stored.delete(key))),
          setAlarm: () => Promise.resolve(void (alarms += 1)),
        },
      },
      bindings({}),
    );
    const env = bindings({ ROLLCALL_RELAY: { idFromName: (name) => name, get: () => object } });
    const deliveries = Array.from({ length: 50 }, (_, index) =>
      signedDelivery(eventBody(String(index)), Date.now()),
    );
    const answers = await Promise.all(deliveries.map((delivery) => worker.fetch(requestOf(delivery), env)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(github.landed.flat()).toHaveLength(50);
    expect(github.landed.length).toBeLessThanOrEqual(5);
    expect(stored.size).toBe(50);
    expect(alarms).toBe(50);
    stored.set('old', Date.now() - 1);
    await object.alarm();
    expect(stored.size).toBe(50);
  });

  it('beats by a cron trigger', async () => {
    const before = github.attempts;
    await worker.scheduled(undefined, bindings({ ROLLCALL_LEDGER: createStore() }));
    expect(github.attempts).toBe(before + 1);
  });
});
