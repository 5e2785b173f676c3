import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SourceText } from './architecture/read-module.ts';
import { checkArchitecture, CORE_ORDER } from './architecture/rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Above about 300 lines a file is two concepts, unless there is a reason. */
const LONG: Record<string, string> = {
  'scripts/core/values/guardrail-codes.ts':
    'one table, of all guardrails, so that each has one place to look it up',
};

const sources: SourceText[] = readdirSync(join(ROOT, 'scripts'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: path.slice(ROOT.length).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));

describe('the house', () => {
  it('stands as the design says', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(checkArchitecture(sources, LONG)).toEqual([]);
  });

  it('has an order for rooms that exist', () => {
    for (const prefix of CORE_ORDER)
      expect(
        sources.some(({ path }) => path.startsWith(`scripts/core/${prefix}`)),
        prefix,
      ).toBe(true);
  });
});

/** Files and what they hold; every one alone is without fault unless the test is about it. */
function faultsOf(files: Record<string, string>, long: Record<string, string> = {}): string[] {
  return checkArchitecture(
    Object.entries(files).map(([path, text]) => ({ path: `scripts/${path}`, text })),
    long,
  );
}

describe('a planted fault is found', () => {
  it('none in a house without faults', () => {
    expect(
      faultsOf({
        'core/values/day.ts': `// Date.now() and import('x') in a comment, "process" in a text
          import { z } from 'zod';
          import { createHash } from 'node:crypto';
          export const text = 'new Date() process.env';
          export function dayOf(fact: { Date: string; process: string }): string { return fact.process + fact.Date; }
          export class Wrong extends Error {}
          function once(fetch: () => string, console: string): string { return fetch() + console; }
          export const at = (ms: number): string => new Date(ms).toISOString() + Date.parse('x') + Math.max(1, 2);`,
        'core/plan/planner.ts': `import { dayOf } from '../values/day.ts'; import { Action } from './action.ts';`,
        'core/plan/action.ts': `import { dayOf } from '../values/day.ts';`,
        'ports.ts': `import type { Action } from './core/plan/action.ts';`,
        'adapters/http/send.ts': `import { dayOf } from '../../core/values/day.ts';`,
        'adapters/jumpcloud/write/connect.ts': `import { send } from '../../http/send.ts'; import type { W } from '../../../ports.ts';`,
        'flow/run.ts': `import pMap from 'p-map'; import type { W } from '../ports.ts';`,
        'shell/door.ts': `import { send } from '../adapters/http/send.ts';`,
        'apply.ts': `import { connect } from './adapters/jumpcloud/write/connect.ts'; import { run } from './flow/run.ts'; import { runDoor } from './shell/door.ts';`,
        'emulators/kit/service.ts': `import { createServer } from 'node:http';`,
        'demo.ts': `import { x } from './emulators/kit/service.ts';`,
        'bench/company.ts': `import { x } from '../emulators/kit/service.ts';`,
      }),
    ).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'core opens an adapter',
      { 'core/plan/x.ts': `import { a } from '../../adapters/files/a.ts';` },
      'must not open',
    ],
    ['core opens ports', { 'core/plan/x.ts': `import type { a } from '../../ports.ts';` }, 'must not open'],
    ['core uses yaml', { 'core/plan/x.ts': `import { parse } from 'yaml';` }, 'core must not use yaml'],
    [
      'core uses node:fs',
      { 'core/plan/x.ts': `import { readFileSync } from 'node:fs';` },
      'core must not use node:fs',
    ],
    ['core passes a package on', { 'core/plan/x.ts': `export * from 'undici';` }, 'core must not use undici'],
    [
      'core takes a type of a package',
      { 'core/plan/x.ts': `export type A = import('undici').Agent;` },
      'core must not use undici',
    ],
    [
      'an adapter opens another vendor',
      { 'adapters/bamboohr/x.ts': `import { a } from '../jumpcloud/a.ts';` },
      'must not open',
    ],
    [
      'an adapter opens the shell',
      { 'adapters/files/x.ts': `import { a } from '../../shell/door.ts';` },
      'must not open',
    ],
    [
      'an adapter opens flow',
      { 'adapters/files/x.ts': `import type { a } from '../../flow/a.ts';` },
      'must not open',
    ],
    ['http opens a vendor', { 'adapters/http/x.ts': `import { a } from '../github/a.ts';` }, 'must not open'],
    [
      'flow opens an adapter',
      { 'flow/x.ts': `import { a } from '../adapters/files/a.ts';` },
      'must not open',
    ],
    [
      'flow uses the network',
      { 'flow/x.ts': `import { request } from 'undici';` },
      'flow must not use undici',
    ],
    ['the shell opens a door', { 'shell/x.ts': `import { a } from '../plan.ts';` }, 'must not open'],
    ['the shell opens flow', { 'shell/x.ts': `import { a } from '../flow/a.ts';` }, 'must not open'],
    [
      'an emulator opens core',
      { 'emulators/kit/x.ts': `import { a } from '../../core/values/a.ts';` },
      'must not open',
    ],
    [
      'an emulator opens an adapter',
      { 'emulators/kit/x.ts': `import type { a } from '../../adapters/http/a.ts';` },
      'must not open',
    ],
    ['a door opens an emulator', { 'plan.ts': `import { a } from './emulators/kit/a.ts';` }, 'must not open'],
    ['a door opens a test', { 'plan.ts': `import { a } from '../test/world.ts';` }, 'must not open'],
    ['a room nobody knows', { 'tools/x.ts': '' }, 'no room of this name'],
    [
      'plan takes the pen',
      { 'plan.ts': `import { a } from './adapters/jumpcloud/write/connect.ts';` },
      'holds the pen',
    ],
    [
      'the reader takes the pen',
      { 'adapters/jumpcloud/read/x.ts': `import { a } from '../write/a.ts';` },
      'holds the pen',
    ],
    [
      'data flows back',
      { 'core/mappings/x.ts': `import type { A } from '../plan/planner.ts';` },
      'comes later',
    ],
    ['values know people', { 'core/values/x.ts': `import { A } from '../people/person.ts';` }, 'comes later'],
    ['a new room of core without a place', { 'core/extra/x.ts': '' }, 'no place in the order'],
    ['Date.now()', { 'core/plan/x.ts': `export const f = () => Date.now();` }, 'core asks the clock'],
    [
      'new Date()',
      { 'core/plan/x.ts': `export const f = () => new Date().toISOString();` },
      'core asks the clock',
    ],
    [
      'a clock by another name',
      { 'core/plan/x.ts': `const { Date: D } = globalThis;` },
      'core must not touch globalThis',
    ],
    [
      'Temporal.Now',
      {
        'core/plan/x.ts': `import { Temporal } from 'temporal-polyfill'; export const f = () => Temporal.Now.instant();`,
      },
      'core asks the clock',
    ],
    ['Math.random()', { 'core/plan/x.ts': `export const f = () => Math . random();` }, 'core asks chance'],
    ['Math["random"]', { 'core/plan/x.ts': `export const f = () => Math['random']();` }, 'core asks chance'],
    ['randomUUID', { 'core/plan/x.ts': `import { randomUUID } from 'node:crypto';` }, 'node:crypto, no more'],
    ['all of node:crypto', { 'core/plan/x.ts': `import * as c from 'node:crypto';` }, 'node:crypto, no more'],
    ['process', { 'core/plan/x.ts': `export const f = () => process.env.X;` }, 'core must not touch process'],
    [
      'process in an object',
      { 'core/plan/x.ts': `export const f = { process };` },
      'core must not touch process',
    ],
    [
      'console',
      { 'core/plan/x.ts': `export function f() { console.log('x'); }` },
      'core must not touch console',
    ],
    ['fetch', { 'core/plan/x.ts': `export const f = () => fetch('http://x');` }, 'core must not touch fetch'],
    [
      'setTimeout',
      { 'core/plan/x.ts': `export function f() { setTimeout(() => {}, 1); }` },
      'core must not touch setTimeout',
    ],
    ['an async function', { 'core/plan/x.ts': `export async function f() {}` }, 'core is asynchronous'],
    ['an async method', { 'core/plan/x.ts': `export const f = { async g() {} };` }, 'core is asynchronous'],
    [
      'a promise',
      { 'core/plan/x.ts': `export const f = () => Promise.resolve(1);` },
      'core must not touch Promise',
    ],
    ['top-level await', { 'core/plan/x.ts': `await 1;` }, 'core is asynchronous'],
    [
      'state in a module',
      { 'core/plan/x.ts': `let count = 0; export const f = () => (count += 1);` },
      'keeps state between calls',
    ],
    ['import.meta', { 'core/plan/x.ts': `export const f = import.meta.url;` }, 'asks where it lies'],
    [
      'a dynamic import',
      { 'core/plan/x.ts': `export const f = () => import('node:fs');` },
      'loads modules at run time',
    ],
    [
      'a dynamic import outside core',
      { 'plan.ts': `const a = await import('./emulators/kit/a.ts');` },
      'loads modules at run time',
    ],
    ['require', { 'shell/x.ts': `const fs = require('fs');` }, 'loads modules at run time'],
    [
      'createRequire',
      { 'shell/x.ts': `import { createRequire } from 'node:module';` },
      'loads modules at run time',
    ],
    ['eval', { 'core/plan/x.ts': `export const f = () => eval('1');` }, 'core must not touch eval'],
    [
      'new Function',
      { 'core/plan/x.ts': `export const f = new Function('return 1');` },
      'core must not touch Function',
    ],
    ['a default export', { 'shell/x.ts': `export default function f() {}` }, 'default export'],
    ['another default export', { 'shell/x.ts': `const f = 1; export default f;` }, 'default export'],
    ...['utils', 'string-helper', 'common', 'plan-manager', 'mail-service', 'error-handler'].map(
      (name): [string, Record<string, string>, string] => [
        `a file called ${name}`,
        { [`shell/${name}.ts`]: '' },
        'says nothing',
      ],
    ),
    ['a folder called utils', { 'core/utils/x.ts': '' }, 'says nothing'],
    ['camelCase', { 'shell/readFile.ts': '' }, 'not kebab-case'],
    ['a long file', { 'shell/x.ts': '\n'.repeat(321) }, 'say in the list why'],
    ['a very long file', { 'shell/x.ts': '\n'.repeat(401) }, 'two concepts'],
    [
      'a circle of types in core',
      {
        'core/plan/a.ts': `import type { b } from './b.ts';`,
        'core/plan/b.ts': `import type { a } from './a.ts';`,
      },
      'core/plan/a.ts -> scripts/core/plan/b.ts -> scripts/core/plan/a.ts',
    ],
    [
      'a circle',
      {
        'shell/a.ts': `import { b } from './b.ts';`,
        'shell/b.ts': `import { type d, c } from './c.ts';`,
        'shell/c.ts': `export { a } from './a.ts';`,
      },
      'shell/a.ts -> scripts/shell/b.ts -> scripts/shell/c.ts -> scripts/shell/a.ts',
    ],
  ])('%s', (_name, files, message) => {
    expect(faultsOf(files).join('\n')).toContain(message);
  });

  it('a long file needs its reason, and a reason its long file', () => {
    const files = { 'shell/x.ts': '\n'.repeat(350) };
    expect(faultsOf(files, { 'scripts/shell/x.ts': 'one table' })).toEqual([]);
    expect(faultsOf(files, { 'scripts/shell/x.ts': 'one table', 'scripts/shell/gone.ts': 'y' })).toHaveLength(
      1,
    );
    expect(faultsOf({ 'shell/x.ts': '\n'.repeat(401) }, { 'scripts/shell/x.ts': 'one table' })).toHaveLength(
      1,
    );
  });
});
