import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readOptions } from '../../scripts/emulators.ts';
import { loadSeed, SeedFileError } from '../../scripts/emulators/load-seed.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'seed-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the door; `ready` is called with the first line on stdout and ends in a SIGTERM. */
function runDoor(args: string[], ready?: (line: string) => Promise<void>): Promise<Run> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/emulators.ts', ...args], { cwd: ROOT });
  const run: Run = { code: null, stdout: '', stderr: '' };
  let trouble: unknown;
  child.stderr.on('data', (chunk: Buffer) => (run.stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    run.stdout += chunk.toString();
    if (ready === undefined || !run.stdout.endsWith('\n')) return;
    ready(run.stdout)
      .catch((error: unknown) => (trouble = error))
      .finally(() => child.kill('SIGTERM'));
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (trouble === undefined) resolve({ ...run, code });
      else reject(trouble as Error);
    });
  });
}

test(
  'one JSON line when all three are ready, the clock of the seed, and exit 0 on SIGTERM',
  { timeout: 30_000 },
  async () => {
    const seed = write(
      'good.yaml',
      'now: "2026-11-23T12:00:00Z"\nbamboohr:\n  employees:\n    - { id: "1", firstName: Ada, lastName: L }\n',
    );
    const run = await runDoor(['--seed', seed], async (line) => {
      const urls = JSON.parse(line) as Record<string, string>;
      expect(Object.keys(urls)).toEqual(['bamboohr', 'jumpcloud', 'github']);
      for (const url of Object.values(urls)) {
        expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
        const clock = await fetch(`${url}/_emulator/clock`);
        expect(await clock.json()).toEqual({ now: '2026-11-23T12:00:00.000Z' });
      }
      const state = (await (await fetch(`${urls['bamboohr']}/_emulator/state`)).json()) as {
        employees: unknown;
      };
      expect(state.employees).toEqual([{ id: '1', firstName: 'Ada', lastName: 'L' }]);
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.split('\n')).toHaveLength(2);
  },
);

test('a seed that a vendor refuses: file:line:column and exit 2', { timeout: 30_000 }, async () => {
  const seed = write(
    'bad.json',
    '{\n  "bamboohr": {\n    "employees": [\n      { "id": "1" },\n      { "id": "1" }\n    ]\n  }\n}\n',
  );
  const run = await runDoor(['--seed', seed]);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(`${seed}:5:7: bamboohr.employees.1: a second employee with the id 1; mend`);
});

test.each([
  [['--bamboohr-port', 'x'], '--bamboohr-port x: not a port'],
  [['--github-port', '70000'], '--github-port 70000: not a port'],
  [['--now', 'yesterday'], '--now yesterday: no ISO instant'],
  [['--sneed', 'x'], 'see --help'],
  [['stray'], 'see --help'],
])('bad arguments %j say what to do', (argv, expected) => {
  expect(() => readOptions(argv)).toThrow(SeedFileError);
  expect(() => readOptions(argv)).toThrow(expected);
});

test('good arguments: --now wins over the seed, ports are numbers, --help is help', () => {
  const seed = write('now-seed.yaml', 'now: "2026-01-01T00:00:00Z"');
  expect(readOptions(['--seed', seed])).toMatchObject({ now: '2026-01-01T00:00:00Z', ports: { github: 0 } });
  expect(readOptions(['--seed', seed, '--now', '2026-02-02', '--github-port', '4000'])).toMatchObject({
    now: '2026-02-02',
    ports: { bamboohr: 0, jumpcloud: 0, github: 4000 },
  });
  expect(readOptions(['--help'])).toBe('help');
});

test.each([
  ['syntax.json', '{ "bamboohr": { "employees": [ }', /syntax\.json:1:\d+: /],
  ['syntax.yaml', 'bamboohr:\n  company: "acme\n', /syntax\.yaml:\d:\d+: /],
  ['twice.yaml', 'bamboohr: {}\nbamboohr: {}\n', /twice\.yaml:2:1: .*unique/],
  ['list.yaml', '- 1\n', /list\.yaml:1:1: a seed is an object/],
  ['typo.yaml', 'bambohr: {}\n', /typo\.yaml:1:1: unknown key bambohr; a seed has now, bamboohr/],
  ['now.yaml', 'github: {}\nnow: soon\n', /now\.yaml:2:1: now is no ISO instant/],
])('%s says where it is wrong', (name, text, expected) => {
  const file = write(name, text);
  expect(() => loadSeed(file)).toThrow(SeedFileError);
  expect(() => loadSeed(file)).toThrow(expected);
});

test('a missing file and an empty one', () => {
  expect(() => loadSeed(join(folder, 'absent.yaml'))).toThrow(/absent\.yaml: cannot be read/);
  expect(loadSeed(write('empty.yaml', ''))).toMatchObject({ bamboohr: undefined, now: undefined });
});
