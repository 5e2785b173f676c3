/**
 * Answers that a vendor, a proxy or an attacker changed: every read of the clients takes them for what they are or refuses
 * them, and says which request it was. Nothing of them reaches a message, and nothing is taken for an id that is none.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../../scripts/core/values/failure.ts';
import { AnswerLost } from '../../scripts/ports.ts';
import { CALLS } from '../adapters/calls.ts';
import { startVendors, type Vendors } from '../adapters/vendors.ts';
import { edits, mutate, mutateJson } from './mutate.ts';

const RUNS = process.env['ROLLCALL_LONG'] === undefined ? 5 : 400;
const VALUES = [
  null,
  '',
  0,
  -1,
  1e21,
  true,
  [],
  {},
  [[]],
  'canary-0xD1E',
  '../../x',
  '\u001b[31m',
  { __proto__: null, a: 1 },
];

let vendors: Vendors;
beforeAll(async () => {
  vendors = await startVendors();
});
afterAll(() => vendors.close());

/** The answer as it is, to the first request of the call that its route names. */
async function answerTo(call: (typeof CALLS)[number]): Promise<string> {
  await vendors.control(call.vendor, 'DELETE', '/requests');
  await call.run(vendors.connect());
  const request = (await vendors.requests(call.vendor)).find(
    ({ method, path }) => method === call.method && path.startsWith(call.path),
  )!;
  const base = vendors[call.vendor].url;
  const query = new URLSearchParams(request.query as Record<string, string>).toString();
  const answer = await fetch(`${base}${request.path}${query === '' ? '' : `?${query}`}`, {
    method: request.method,
    headers: {
      accept: 'application/json',
      'x-api-key': 'any',
      ...(call.vendor === 'bamboohr' ? { authorization: `Basic ${btoa('any:x')}` } : {}),
      ...(request.method === 'GET' ? {} : { 'content-type': 'application/json' }),
    },
    ...(request.method === 'GET' ? {} : { body: JSON.stringify(request.body) }),
  });
  return answer.text();
}

test.each(CALLS.filter(({ repeat }) => repeat === 'read'))(
  '$vendor, $name',
  { timeout: 300_000 },
  async (call) => {
    const text = await answerTo(call);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    const changed = fc.oneof(
      fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...VALUES))
        .map(([at, by]) => JSON.stringify(mutateJson(JSON.parse(text), at, by))),
      edits.map((changes) => mutate(text, changes)),
    );
    await fc.assert(
      fc.asyncProperty(changed, async (body) => {
        await vendors.control(call.vendor, 'PUT', '/faults', [
          { method: call.method, path: call.path, status: 200, body, times: 1 },
        ]);
        try {
          await call.run(vendors.connect({ attempts: 1 }));
        } catch (error) {
          if (!(error instanceof Failure) && !(error instanceof AnswerLost)) throw error;
          expect(error.message).toMatch(call.vendor === 'bamboohr' ? /BambooHR/ : /JumpCloud/);
          expect(error.message).not.toMatch(/canary|\u001b|TypeError|undefined is not/);
        } finally {
          await vendors.control(call.vendor, 'PUT', '/faults', []);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: RUNS, seed: 20261126 },
    );
  },
);
