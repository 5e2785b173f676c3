/** What the clients send, held against the vendors' official OpenAPI documents (where they are at hand). */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadOpenApi, type OpenApi } from '../openapi/validate-openapi.ts';
import { CALLS } from './calls.ts';
import { startVendors, type Vendors } from './vendors.ts';

const SPECS = resolve(import.meta.dirname, '../../../shared/reference/specs');
const BAMBOOHR = resolve(SPECS, 'bamboohr-public-openapi-2026-06-10.yaml');
const JUMPCLOUD = resolve(SPECS, 'jumpcloud-console-subset-2026-08-21.openapi31.json');
const isThere = existsSync(BAMBOOHR) && existsSync(JUMPCLOUD);

/** Where the documents at hand are silent or contradict themselves, and why we send it all the same. */
const KNOWN: { request: RegExp; problem: RegExp; why: string }[] = [
  {
    request: /^GET \/api\/(systems|applications|v2\/policies|v2\/policygroups)$/,
    problem: /has no operation/,
    why: 'the document at hand is a subset; these lists are what the official module pages through',
  },
  {
    request: /^GET \/api\/v1\/employees$/,
    problem: /page \/limit: must be <= 100/,
    why: 'the shared paging schema says 100, the schema of this very list 2500, and 2500 was recorded; the client asks for 100 when refused',
  },
  {
    request: /^PUT \/api\/systemusers\/\w+$/,
    problem: /\/manager: must be string/,
    why: 'null is the only value that clears a manager (tests of the official module)',
  },
  {
    request: /^POST \/api\/systemusers\/\w+\/state\/activate$/,
    problem: /email/,
    why: 'its schema types `email` as an object, its own prose and examples say boolean or text',
  },
];

describe.skipIf(!isThere)('requests and the official documents (needs ../shared/reference)', () => {
  let vendors: Vendors;
  let documents: Record<'bamboohr' | 'jumpcloud', OpenApi>;
  beforeAll(async () => {
    vendors = await startVendors();
    documents = { bamboohr: loadOpenApi(BAMBOOHR), jumpcloud: loadOpenApi(JUMPCLOUD) };
  }, 60_000);
  afterAll(() => vendors.close());

  test.each(CALLS.map((call) => [call.name, call] as const))('%s', async (_, call) => {
    await vendors.control(call.vendor, 'POST', '/reset');
    const before = vendors.sent.length;
    await call.run(vendors.connect());
    const sent = vendors.sent.slice(before);
    expect(sent.some(({ method, path }) => method === call.method && path.startsWith(call.path))).toBe(true);
    const problems = sent.flatMap((request) => {
      const name = `${request.method} ${request.path}`;
      return documents[call.vendor]
        .checkRequest({ ...request, contentType: request.headers['content-type'] })
        .filter((problem) => !KNOWN.some((known) => known.request.test(name) && known.problem.test(problem)))
        .map((problem) => `${name}: ${problem}`);
    });
    expect(problems).toEqual([]);
  });
});
