/**
 * The doors compiled to one file each, once in a process of the tests: for those that start dozens of them and are about what
 * they do. A start through tsx spends 1.2 to 2.1 s of processor time on loading hundreds of modules; compiled it is 0.3 to
 * 0.5 s. The compiler is the one within tsx, the sources are the same. That every door starts with the command of the
 * contract, too, is doors.test.ts; with ROLLCALL_LONG=1 that command is used everywhere.
 */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { inject } from 'vitest';

const SCRIPTS = resolve(import.meta.dirname, '../scripts');
/** These find files and scripts of ours by where they stand, and are started once. */
const UNMOVABLE = ['bench', 'demo', 'disasters', 'emulators'];
const LONG = process.env['ROLLCALL_LONG'] === '1';

/** Every verb that is a door: the scripts, without what doors share. */
export const DOORS: readonly string[] = readdirSync(SCRIPTS)
  .filter((name) => name.endsWith('.ts') && name !== 'ports.ts')
  .map((name) => name.slice(0, -'.ts'.length));

let compiled: Promise<string> | undefined;

/** What node is given to start this door; its own arguments go behind. */
export async function doorCommand(verb: string): Promise<string[]> {
  return LONG || UNMOVABLE.includes(verb)
    ? ['--import', 'tsx', join(SCRIPTS, `${verb}.ts`)]
    : [join(await compileDoors(), `${verb}.mjs`)];
}

/** The folder with a `<verb>.mjs` for each door that can be moved; gone when the test run ends. */
export function compileDoors(): Promise<string> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<string> {
  const folder = join(inject('runFolder'), `doors-${process.pid}`);
  await build({
    entryPoints: DOORS.filter((verb) => !UNMOVABLE.includes(verb)).map((verb) => join(SCRIPTS, `${verb}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Packages in CommonJS ask for node's own modules by require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
  return folder;
}
