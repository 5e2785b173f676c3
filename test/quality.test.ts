/** Format, types and lint, as tests among the others: they fill the time in which flows wait for processes of theirs. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '..');

describe('every file', () => {
  test.each([
    ['has its layout: npm run format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']],
    ['has its types in order: npm run types', 'typescript/bin/tsc', ['--noEmit']],
    ['waits for every promise: npm run lint', 'eslint/bin/eslint.js', ['scripts', 'test']],
  ])('%s', { timeout: 240_000 }, async (_, program, args) => {
    expect(await run(program, args)).toEqual({ code: 0, said: '' });
  });
});

function run(program: string, args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(PROJECT, 'node_modules', program), ...args],
      { cwd: PROJECT, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code ?? 1), said: `${stdout}${stderr}`.trim() }),
    );
  });
}
