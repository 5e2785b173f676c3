/**
 * Whatever is wrong with what a verb is given: the message says what, where and what to do, the exit code is the
 * contract's, and nothing is written, neither here nor in JumpCloud.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalFile, digestOf } from '../../scripts/core/values/canonical-json.ts';
import type { Plan } from '../../scripts/core/plan/plan-file.ts';
import { COMPANY, EMPTY_DIRECTORY } from './company.ts';
import { type Line, type Ran, startLine, type Verb } from './line-world.ts';
import { settle, succeeded } from './settle.ts';

let line: Line;
let environment: Record<string, string>;
let files: Map<string, string>;
/** The plan that waits for approval. */
let pending: string;

beforeAll(async () => {
  line = await startLine({ bamboohr: COMPANY, jumpcloud: EMPTY_DIRECTORY });
  await settle(line);
  await line.hr('103', { department: 'Finance' });
  succeeded(await line.run('export'));
  succeeded(await line.run('plan'));
  const receipts = new Set(await line.list('state/receipts'));
  pending = `state/plans/${(await line.list('state/plans')).find((name) => !receipts.has(name))}`;
  files = new Map();
  for (const path of await line.list('.')) files.set(path, await line.read(path));
  environment = { ...line.environment };
});
afterAll(() => line.close());

beforeEach(async () => {
  for (const key of Object.keys(line.environment)) delete line.environment[key];
  Object.assign(line.environment, environment);
  const now = await line.hashes();
  for (const path of Object.keys(now)) if (!files.has(path)) await line.remove(path);
  for (const [path, text] of files) await line.write(path, text);
  await line.faults('bamboohr', []);
  await line.faults('jumpcloud', []);
  await line.forget();
});

interface Expected {
  exit: number;
  /** All of these stand in what people read. */
  says: (string | RegExp)[];
  code?: string;
}

/** Runs the verb and holds it to the contract: message, exit code, and nothing written anywhere. */
async function expectRefused(verb: Verb, args: string[], { exit, says, code }: Expected): Promise<Ran> {
  const before = await line.hashes();
  const ran = await line.run(verb, ...args);
  expect({ exit: ran.exit, err: ran.err }).toEqual({ exit, err: expect.any(String) as string });
  for (const words of says) expect(ran.err).toMatch(words);
  expect(ran.err).toMatch(/What to do: \S/);
  expect(ran.out).toBe('');
  expect(await line.hashes()).toEqual(before);
  expect(await line.writes()).toEqual([]);
  const json = await line.run(verb, '--json', ...args);
  expect(json.exit).toBe(exit);
  const document = json.json<{ error: { code: string; message: string; remedy: string; problems: unknown[] } }>();
  expect(Object.keys(document)).toEqual(['error']);
  expect(Object.keys(document.error).sort()).toEqual(['code', 'message', 'problems', 'remedy']);
  if (code !== undefined) expect(document.error.code).toBe(code);
  expect(await line.hashes()).toEqual(before);
  expect(await line.writes()).toEqual([]);
  for (const secret of [environment['BAMBOOHR_API_KEY']!, environment['JUMPCLOUD_API_KEY']!])
    expect(ran.err + json.out + json.err).not.toContain(secret);
  return ran;
}

/** Replaces text in a file; fails when it is not there. */
async function edit(path: string, from: string, to: string): Promise<{ line: number; column: number }> {
  const text = await line.read(path);
  const at = text.indexOf(from);
  expect(at, `${path} holds ${JSON.stringify(from)}`).toBeGreaterThanOrEqual(0);
  await line.write(path, text.replace(from, to));
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

describe('keys and addresses', () => {
  test.each([
    ['export', 'BAMBOOHR_API_KEY'],
    ['export', 'BAMBOOHR_COMPANY'],
    ['plan', 'JUMPCLOUD_API_KEY'],
    ['apply', 'JUMPCLOUD_API_KEY'],
  ] as const)('%s without %s', async (verb, name) => {
    delete line.environment[name];
    await expectRefused(verb, [], { exit: 2, says: [name, 'not set'], code: 'missing-variable' });
    line.environment[name] = '   ';
    await expectRefused(verb, [], { exit: 2, says: [name], code: 'missing-variable' });
  });

  test('a wrong BambooHR key', async () => {
    await setBamboo({ apiKeys: [{ key: 'the-right-one' }] });
    await expectRefused('export', [], { exit: 2, says: ['BAMBOOHR_API_KEY', '401'], code: 'bamboohr-key' });
  });

  test('an unknown company', async () => {
    line.environment['BAMBOOHR_BASE_URL'] = `${line.url('bamboohr')}/api/gateway.php/nosuch`;
    line.environment['BAMBOOHR_COMPANY'] = 'nosuch';
    await expectRefused('export', [], { exit: 2, says: ['BAMBOOHR_COMPANY'] });
  });

  test('a page of HTML instead of JSON', async () => {
    const html = { status: 200, body: '<!doctype html><title>Sign in</title>', times: 50 };
    await line.faults('bamboohr', [{ path: '/api', ...html }]);
    await expectRefused('export', [], { exit: 1, says: [/BambooHR/, /JSON|HTML|page/i, 'BAMBOOHR_BASE_URL'] });
    await line.faults('jumpcloud', [{ path: '/api', ...html }]);
    await expectRefused('plan', [], { exit: 1, says: [/JumpCloud/, /JSON|HTML|page/i, 'JUMPCLOUD_BASE_URL'] });
  });

  test('a wrong JumpCloud key, and none that arrives', async () => {
    await setJump({ apiKeys: [{ key: 'the-right-one', permission: 'write' }] });
    await expectRefused('plan', [], { exit: 2, says: ['JUMPCLOUD_API_KEY', '401'], code: 'jumpcloud-key' });
    await expectRefused('apply', ['--approved-by', 'ann'], {
      exit: 2,
      says: ['JUMPCLOUD_API_KEY'],
      code: 'jumpcloud-key',
    });
  });

  test('nobody listens', async () => {
    line.environment['JUMPCLOUD_BASE_URL'] = 'http://127.0.0.1:9';
    await expectRefused('plan', [], { exit: 1, says: ['JUMPCLOUD_BASE_URL'], code: 'unreachable' });
  }, 60_000);

  test('plain http to the outside, and what is no address', async () => {
    line.environment['BAMBOOHR_BASE_URL'] = 'http://acme.bamboohr.com';
    await expectRefused('export', [], { exit: 2, says: ['BAMBOOHR_BASE_URL', 'http'] });
    line.environment['BAMBOOHR_BASE_URL'] = 'acme';
    await expectRefused('export', [], { exit: 2, says: ['BAMBOOHR_BASE_URL'] });
  });

  async function setBamboo(part: object): Promise<void> {
    const state = await line.control<object>('bamboohr', 'GET', '/state');
    await line.control('bamboohr', 'PUT', '/state', { ...state, ...part });
    restore.push(() => line.control('bamboohr', 'PUT', '/state', { apiKeys: null, ...state }));
  }
  async function setJump(part: object): Promise<void> {
    const state = await line.control<object>('jumpcloud', 'GET', '/state');
    await line.control('jumpcloud', 'PUT', '/state', { ...state, ...part });
    restore.push(() => line.control('jumpcloud', 'PUT', '/state', { ...state, apiKeys: [{ key: environment['JUMPCLOUD_API_KEY'], permission: 'write' }] }));
  }
});

const restore: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  for (const undo of restore.splice(0)) await undo();
});
