/** Format, types and lint, as tests among the others. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '..');
const OXFMT = join(PROJECT, 'node_modules/oxfmt/bin/oxfmt');
const OXLINT = join(PROJECT, 'node_modules/oxlint/bin/oxlint');
/** npm run lint. */
const LINT = [OXLINT, '--type-aware', '--type-check', '--deny-warnings', '--quiet', '.'];

describe('every file', () => {
  test('has its layout: npm run format', { timeout: 240_000 }, async () => {
    expect(await run([OXFMT, '--list-different', '.'])).toEqual({ code: 0, said: '' });
  });

  test('has its types in order and waits for every promise: npm run lint', { timeout: 240_000 }, async () => {
    const { code, said } = await run(LINT);
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringMatching(/^Found 0 warnings and 0 errors/),
    });
  });
});

/** A linter that found no file, or no types, would say that all is well. */
test('npm run lint notices what it is there for', { timeout: 60_000 }, async () => {
  const planted: [string, string][] = [
    ['TS2322', `export const days: number = 'seven';\n`],
    ['TS2375', `export const held: { reason?: string } = { reason: undefined };\n`],
    ['TS6133', `export function days(unused: string): number {\n  return 7;\n}\n`],
    ['no-floating-promises', `async function write() {}\nwrite();\nexport {};\n`],
  ];
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-lint-'));
  for (const path of ['package.json', 'tsconfig.json', '.oxlintrc.json'])
    await cp(join(PROJECT, path), join(folder, path));
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'scripts'));
  for (const [name, text] of planted) await writeFile(join(folder, 'scripts', `${name}.ts`), text);
  const { code, said } = await run([...LINT.slice(0, -1), 'scripts'], folder);
  await rm(folder, { recursive: true });
  expect(code).toBe(1);
  for (const [name] of planted) expect(said).toMatch(new RegExp(`${name}\\b[^]*scripts/${name}\\.ts:`));
  expect(said).toContain(`Found 0 warnings and ${planted.length} errors`);
});

function run(args: string[], cwd = PROJECT): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    // Where CI is set, oxlint colours what it says, whatever NO_COLOR says.
    execFile(process.execPath, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      done({
        code: error === null ? 0 : Number(error.code ?? 1),
        said: stripVTControlCharacters(`${stdout}${stderr}`).trim(),
      }),
    );
  });
}
