/**
 * What people and workflows hand to a verb beside files: its arguments, and the environment of the relay. Each is taken as
 * what it says or refused with exit 2 in words that name it; an id never becomes a path, and no value of a secret is said.
 */
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { Failure } from '../../scripts/core/values/failure.ts';
import { HrId, personFileOf } from '../../scripts/core/values/hr-id.ts';
import { readArguments } from '../../scripts/shell/arguments.ts';
import { SHARED, type SharedOption } from '../../scripts/shell/options.ts';
import { printableText } from '../../scripts/shell/printable.ts';
import { readRelaySettings } from '../../scripts/shell/relay/relay-settings.ts';
import { edits, mutate } from './mutate.ts';

const RUNS = process.env['ROLLCALL_LONG'] === undefined ? 400 : 20_000;

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
});

/** What `act` gives, or undefined when it was refused as bad input. */
function given<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    const { exit, message, remedy } = error as Failure;
    expect(exit).toBe(2);
    expect(message.length + remedy.length).toBeLessThan(5_000);
    expect(message).not.toMatch(/TypeError|RangeError|undefined is not|at .*\.ts:\d/);
    return undefined;
  }
}

const spec = {
  options: { reason: { type: 'string', value: 'WORD', description: '' } },
  shared: Object.keys(SHARED) as SharedOption[],
  positionals: { usage: 'ID', description: '', min: 0, max: 1 },
} as const;

const argument = fc.oneof(
  fc.constantFrom(
    '--only',
    '--only=1042,1043',
    '1042',
    '--as-of',
    '--as-of=2026-11-27',
    '--lane',
    'urgent',
    '--json',
    '--reason=left',
    '--',
    '-h',
    '--__proto__',
    '--constructor=1',
    '--only=../../etc/passwd',
    '--only=1042/../1',
    '--only=1042\n1043',
    '--only=1,1,1',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

test('arguments', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(argument, fc.option(edits)), { maxLength: 6 }), (pieces) => {
      const args = pieces.map(([text, changes]) => (changes === null ? text : mutate(text, changes)));
      const read = given(() => readArguments(args, spec));
      if (read === undefined || read.help) return;
      taken += 1;
      for (const id of read.only ?? []) {
        expect(HrId.safeParse(id).success).toBe(true);
        expect(personFileOf(id)).toMatch(/^state\/people\/[A-Za-z0-9_-]{2}\/[A-Za-z0-9_-]+\.yaml$/);
      }
      if (read.asOf !== undefined) expect(read.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    }),
    { numRuns: RUNS, seed: 20261127 },
  );
  expect(taken).toBeGreaterThan(RUNS / 20);
});

test('a thousand wrong ids are told in a few lines', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `../${index}`).join(',');
  expect(given(() => readArguments(['--only', ids], spec))).toBeUndefined();
});

const KEY = 'Canary-key-7f3a';
const TOKEN = 'Canary-token-7f3a';
const RELAY = {
  BAMBOOHR_WEBHOOK_KEY: `${KEY},${KEY}-next`,
  GITHUB_TOKEN: TOKEN,
  GITHUB_REPOSITORY: 'acme/identity',
  GITHUB_API_URL: 'https://api.github.com',
  BAMBOOHR_COMPANY: 'acme',
  RELAY_HEARTBEAT: '24',
};

test('the environment of the relay', () => {
  const names = Object.keys(RELAY) as (keyof typeof RELAY)[];
  let taken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.option(edits), (name, changes) => {
      const value = changes === null ? undefined : mutate(RELAY[name], changes);
      let settings: ReturnType<typeof readRelaySettings> | undefined;
      try {
        settings = readRelaySettings({ ...RELAY, [name]: value });
      } catch (error) {
        expect(error).toMatchObject({ name: 'Failure', exit: 2 });
        const { message, remedy } = error as Failure;
        expect(message + remedy).not.toContain('Canary');
        expect(printableText(message, false)).toBe(message);
        return;
      }
      taken += 1;
      const { github, keys, heartbeatHours } = settings;
      expect(keys.filter((key) => key.trim() === '')).toEqual([]);
      expect(keys.length).toBeGreaterThan(0);
      // Where the token goes: over TLS, to the path that the document names, and nowhere else.
      const address = new URL(`${github.apiUrl}/repos/${github.repository}/dispatches`);
      expect(
        address.protocol === 'https:' || address.hostname === '127.0.0.1' || !address.hostname.includes('.'),
      ).toBe(true);
      expect(address.pathname.split('/').slice(-4)).toEqual([
        'repos',
        ...github.repository.split('/'),
        'dispatches',
      ]);
      expect([address.search, address.hash, address.username]).toEqual(['', '', '']);
      if (heartbeatHours !== undefined) expect(heartbeatHours >= 1 && heartbeatHours <= 168).toBe(true);
    }),
    { numRuns: RUNS, seed: 20261127 },
  );
  expect(taken).toBeGreaterThan(RUNS / 20);
});
