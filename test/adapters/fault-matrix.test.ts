/**
 * Every call of the clients x every fault, against the emulators over loopback: retried, reported or stopped, never
 * guessed. The emulator's own state and request log are the witnesses.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Repeat } from '../../scripts/adapters/http/request.ts';
import { AnswerLost } from '../../scripts/ports.ts';
import { CALLS, type ClientCall } from './calls.ts';
import { startVendors, type Vendors } from './vendors.ts';

/**
 * `again`: as if nothing had happened. `lost`: AnswerLost. A number is the exit code of a Failure, with its code.
 * `landed` tells whether the faulty request itself took effect.
 */
type Expected = 'again' | 'lost' | [number, string];
const PAGE = '<!DOCTYPE html><html><body>Sign in, Ada</body></html>';
const FAULTS: { name: string; fault: object; landed?: true; expected: Record<Repeat, Expected> }[] = [
  {
    name: '429 with seconds',
    fault: { status: 429, retryAfter: 2 },
    expected: { read: 'again', idempotent: 'again', once: 'again' },
  },
  {
    name: '429 with a date',
    fault: { status: 429, retryAfter: new Date(Date.now() + 5_000).toUTCString() },
    expected: { read: 'again', idempotent: 'again', once: 'again' },
  },
  {
    name: '429 with nothing',
    fault: { status: 429 },
    expected: { read: 'again', idempotent: 'again', once: 'again' },
  },
  {
    name: '429 for a day',
    fault: { status: 429, retryAfter: 86_400 },
    expected: { read: [1, 'throttled'], idempotent: [1, 'throttled'], once: [1, 'throttled'] },
  },
  {
    name: '500',
    fault: { status: 500, body: PAGE },
    expected: { read: 'again', idempotent: 'lost', once: 'lost' },
  },
  {
    name: '502',
    fault: { status: 502, body: PAGE },
    expected: { read: 'again', idempotent: 'again', once: 'lost' },
  },
  {
    name: '503',
    fault: { status: 503, retryAfter: 1 },
    expected: { read: 'again', idempotent: 'again', once: 'lost' },
  },
  { name: '504', fault: { status: 504 }, expected: { read: 'again', idempotent: 'again', once: 'lost' } },
  {
    name: 'a page',
    fault: { status: 200, body: PAGE },
    expected: { read: [1, 'unreadable-answer'], idempotent: 'lost', once: 'lost' },
  },
  {
    name: 'cut before',
    fault: { cut: 'before' },
    expected: { read: 'again', idempotent: 'again', once: 'lost' },
  },
  {
    name: 'cut after',
    fault: { cut: 'after' },
    landed: true,
    expected: { read: 'again', idempotent: 'again', once: 'lost' },
  },
  {
    name: 'redirect to login',
    fault: { status: 302, headers: { location: '/login' } },
    expected: { read: [2, 'login'], idempotent: [2, 'login'], once: [2, 'login'] },
  },
  {
    name: 'redirect elsewhere',
    fault: { status: 307, headers: { location: 'http://elsewhere.example/' } },
    expected: { read: [2, 'address'], idempotent: [2, 'address'], once: [2, 'address'] },
  },
  {
    name: '401',
    fault: { status: 401, body: { message: 'Unauthorized' } },
    expected: { read: [2, 'key'], idempotent: [2, 'key'], once: [2, 'key'] },
  },
];
const coded = (code: string): Error => Object.assign(new Error('played, Ada'), { code });
/** What no emulator can do to a connection. `no answer` is played here as the time-out that it ends in; really waited below. */
const BROKEN: { name: string; error: () => Error; expected: Record<Repeat, Expected> }[] = [
  {
    name: 'no such host',
    error: () => coded('ENOTFOUND'),
    expected: { read: [1, 'unreachable'], idempotent: [1, 'unreachable'], once: [1, 'unreachable'] },
  },
  {
    name: 'a bad certificate',
    error: () => coded('CERT_HAS_EXPIRED'),
    expected: { read: [1, 'unreachable'], idempotent: [1, 'unreachable'], once: [1, 'unreachable'] },
  },
  {
    name: 'nobody listens',
    error: () => coded('ECONNREFUSED'),
    expected: { read: 'again', idempotent: 'again', once: 'again' },
  },
  {
    name: 'no answer',
    error: () => new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
    expected: { read: 'again', idempotent: 'again', once: 'lost' },
  },
];
/** Two that are documented to answer a text that nobody knows: whatever is no page must do. */
const ANY_BODY = new Set(['activateAccount', 'deleteSshKey']);
const BODIES = [
  { name: 'an empty body', fault: { status: 200, body: '' } },
  { name: 'broken JSON', fault: { status: 200, body: '{"results":[' } },
  { name: 'wrong JSON', fault: { status: 200, body: { unexpected: ['Ada'] } } },
];

let vendors: Vendors;
let untouched: unknown;
beforeAll(async () => {
  vendors = await startVendors();
  untouched = await stateOf();
});
afterAll(() => vendors.close());

async function stateOf(): Promise<unknown> {
  const {
    events: _,
    emails: _mails,
    ...state
  } = (await vendors.control('jumpcloud', 'GET', '/state')) as Record<string, unknown>;
  return JSON.parse(JSON.stringify(state, (key, value: unknown) => (DATED.has(key) ? undefined : value)));
}
/** Ids and times of things just made differ from run to run. */
const DATED = new Set(['scheduledJobId', 'created', '_id', 'id']);

async function runWith(call: ClientCall, fault?: object, error?: Error) {
  const writes = /^(create|change|activate|delete|arm|cancel)/.test(call.name);
  if (writes) await vendors.control(call.vendor, 'POST', '/reset');
  const faults = fault === undefined ? [] : [{ ...fault, method: call.method, path: call.path, times: 1 }];
  await vendors.control(call.vendor, 'PUT', '/faults', faults);
  const before = vendors.sent.length;
  const breaking = error === undefined ? undefined : { method: call.method, path: call.path, error };
  const outcome = await call.run(vendors.connect({}, breaking)).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error as Error }),
  );
  const requests = vendors.sent
    .slice(before)
    .filter(({ method, path }) => method === call.method && path.startsWith(call.path));
  return { outcome, requests: requests.length, state: writes ? await stateOf() : undefined };
}

for (const call of CALLS)
  describe(call.name, () => {
    let clean: Awaited<ReturnType<typeof runWith>>;
    beforeAll(async () => {
      await vendors.control(call.vendor, 'POST', '/reset');
      clean = await runWith(call);
      expect(clean.outcome).not.toHaveProperty('error');
    });

    for (const { name, fault, landed, expected } of FAULTS)
      test(`${name}: ${String(expected[call.repeat])}`, async () => {
        const { outcome, requests, state } = await runWith(call, fault);
        const wanted = expected[call.repeat];
        if (wanted === 'again') {
          expect(outcome).not.toHaveProperty('error');
          if (call.repeat === 'read') expect(comparable(outcome)).toEqual(comparable(clean.outcome));
          expect(state).toEqual(clean.state);
          expect(requests).toBe(clean.requests + 1);
          return;
        }
        const { error } = outcome as { error: Error };
        expect(`${error.message} ${error.stack ?? ''}`).not.toContain('Ada');
        if (wanted === 'lost') {
          expect(error).toBeInstanceOf(AnswerLost);
          expectState(state, landed ? clean.state : untouched);
          expect(requests).toBe(1);
          return;
        }
        expect(error).toMatchObject({ exit: wanted[0] });
        expect((error as unknown as { code: string }).code).toMatch(codePattern(call, wanted[1]));
        expectState(state, untouched);
      });

    test.each(BROKEN)('$name', async ({ error: broken, expected }) => {
      const { outcome, state } = await runWith(call, undefined, broken());
      const wanted = expected[call.repeat];
      if (wanted === 'again') {
        expect(outcome).not.toHaveProperty('error');
        expect(state).toEqual(clean.state);
        return;
      }
      const { error } = outcome as { error: Error };
      if (wanted === 'lost') expect(error).toBeInstanceOf(AnswerLost);
      else expect(error).toMatchObject({ exit: wanted[0], code: wanted[1] });
      expect(error.message).not.toContain('Ada');
      expectState(state, untouched);
    });

    for (const { name, fault } of BODIES)
      test(`${name}: reported`, async () => {
        const { outcome, requests, state } = await runWith(call, fault);
        if (ANY_BODY.has(call.name)) {
          expect(outcome).not.toHaveProperty('error');
          return;
        }
        const { error } = outcome as { error: Error };
        if (call.repeat === 'read') expect(error).toMatchObject({ exit: 1, code: 'unreadable-answer' });
        else expect(error).toBeInstanceOf(AnswerLost);
        expect(error.message).toContain(call.vendor === 'bamboohr' ? 'BambooHR, ' : 'JumpCloud, ');
        expect(error.message).not.toContain('Ada');
        expectState(state, untouched);
        expect(requests).toBeLessThanOrEqual(clean.requests);
      });
  });

describe('no route is forgotten', () => {
  const adapters = resolve(import.meta.dirname, '../../scripts/adapters');
  const routesOf = (vendor: string): string[] => {
    const found = readdirSync(join(adapters, vendor), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => [
        ...readFileSync(join(adapters, vendor, path), 'utf8').matchAll(
          /(?<=(?:route: |ROUTE = )['`]|: ['`])(?:GET|POST|PUT|PATCH|DELETE) \/[^'`]*/g,
        ),
      ])
      .map(([route]) => route);
    return [...new Set(found)].sort();
  };
  /** As it goes over the wire: ids filled in, BambooHR's below /api. */
  const isPlayed = (vendor: string, route: string): boolean => {
    const [method = '', path = ''] = route.split(' ');
    const pattern = `^${vendor === 'bamboohr' ? '/api' : ''}${path.replaceAll(/\{\w+\}/g, '[0-9a-f]+')}$`;
    return CALLS.some(
      (call) =>
        call.vendor === vendor && call.method === method && new RegExp(pattern).test(whole(call.path)),
    );
  };
  /** Two paths of the calls are prefixes. */
  const whole = (path: string): string => PREFIXES[path] ?? path;
  const PREFIXES: Record<string, string> = {
    '/api/v2/datasets': '/api/v2/datasets/employee/data',
    '/api/v1/reports': '/api/v1/reports/custom',
    '/api/v1/time_off': '/api/v1/time_off/requests',
  };
  /** Not played here, and where they are. */
  const ELSEWHERE: Record<string, string> = {
    'GET /v1/employees/all/tables/${table}': 'adapters/bamboohr/read.test.ts',
    'POST /v1/webhooks': 'relay/webhook.test.ts',
    'DELETE /v1/webhooks/{id}': 'relay/webhook.test.ts',
    'POST /events': 'adapters/jumpcloud/events.test.ts',
    'POST /oauth2/token': 'adapters/jumpcloud/read.test.ts',
  };

  test.each(['bamboohr', 'jumpcloud'])('of the client of %s', (vendor) => {
    const routes = routesOf(vendor);
    expect(routes.length).toBeGreaterThan(10);
    const missing = routes.filter((route) => !isPlayed(vendor, route) && !Object.hasOwn(ELSEWHERE, route));
    expect(missing).toEqual([]);
  });

  test('what is played elsewhere is in the code, and its test is there and names the route', () => {
    const routes = [...routesOf('bamboohr'), ...routesOf('jumpcloud')];
    for (const [route, path] of Object.entries(ELSEWHERE)) {
      expect(routes).toContain(route);
      const name = route.replace(/^\w+ (?:\/v\d)?/, '').replace(/\/?[{$].*$/, '');
      expect(readFileSync(resolve(import.meta.dirname, '..', path), 'utf8')).toContain(name);
    }
  });
});

/** Reads leave no state to look at. */
function expectState(state: unknown, expected: unknown): void {
  if (state !== undefined) expect(state).toEqual(expected);
}

function codePattern(call: ClientCall, code: string): RegExp {
  // A missing key is a way to the login page with JumpCloud; BambooHR's redirects say that the address is wrong.
  const named = code === 'login' ? (call.vendor === 'jumpcloud' ? 'key' : 'address') : code;
  return new RegExp(`^(${call.vendor}-)?${named}$`);
}

function comparable(outcome: object): unknown {
  return JSON.parse(JSON.stringify(outcome));
}

describe('nobody answers', () => {
  // By far the slowest fault, so a read and each kind of write stand for all but in the long run.
  const some = ['readAccounts', 'readCompany, report', 'createAccount', 'changeMembership, add'];
  const isLong = process.env['ROLLCALL_LONG'] !== undefined;
  for (const call of CALLS.filter(({ name }) => isLong || some.includes(name)))
    test(`${call.name}: ${call.repeat === 'once' ? 'lost' : 'again'}`, async () => {
      await vendors.control(call.vendor, 'POST', '/reset');
      await vendors.control(call.vendor, 'PUT', '/faults', [
        { method: call.method, path: call.path, delayMs: 1_500, cut: 'before', times: 1 },
      ]);
      const running = call.run(vendors.connect({ timeoutMs: 500 }));
      if (call.repeat === 'once') await expect(running).rejects.toBeInstanceOf(AnswerLost);
      else await running;
    });
});
