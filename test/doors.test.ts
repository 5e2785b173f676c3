/** Every door, loaded by the command of the contract: tests that start many of them start compiled ones. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { DOORS } from './compiled-doors.ts';

const PROJECT = resolve(import.meta.dirname, '..');

it('loads with  node --import tsx,  and does nothing when it is imported', { timeout: 120_000 }, async () => {
  const load = `for (const verb of ${JSON.stringify(DOORS)}) {
    await import(\`./scripts/\${verb}.ts\`);
    console.log(verb);
  }`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', load],
    { cwd: PROJECT },
  );
  expect(stderr).toBe('');
  expect(stdout).toBe(DOORS.map((verb) => `${verb}\n`).join(''));
});
