/** Format, types and lint, as tests among the others: they fill the time in which flows wait for processes of theirs. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '..');
const PRETTIER = 'node_modules/prettier/bin/prettier.cjs';

describe('every file', () => {
  let checked: Promise<{ types: string; lint: string }> | undefined;

  async function check(): Promise<{ types: string; lint: string }> {
    const { code, said } = await run(['--import', 'tsx', join(PROJECT, 'test/types-and-lint.ts')]);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/^{.*}$/) as string });
    return JSON.parse(said) as { types: string; lint: string };
  }

  test('has its layout: npm run format', { timeout: 240_000 }, async () => {
    expect(await run([PRETTIER, '--check', '--log-level', 'warn', '.'])).toEqual({ code: 0, said: '' });
  });

  test('has its types in order: npm run types', { timeout: 240_000 }, async () => {
    checked ??= check();
    expect((await checked).types).toBe('');
  });

  test('waits for every promise: npm run lint', { timeout: 240_000 }, async () => {
    checked ??= check();
    expect((await checked).lint).toBe('');
  });
});

function run(args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: PROJECT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? 1), said: `${stdout}${stderr}`.trim() }),
    );
  });
}
