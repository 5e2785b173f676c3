/**
 * The rule of doors (DESIGN section 5) as a check over source texts. Each rule is a function that names what breaks it, so
 * that a test can plant a fault for every one.
 */
import { posix } from 'node:path';
import { type Import, type ModuleFacts, readModule, type SourceText, type Use } from './read-module.ts';

/** The order in which data flows; a file belongs to its longest prefix. A room imports itself and earlier ones. */
export const CORE_ORDER = [
  'values/',
  'people/hr-fields.ts',
  'people/private-hr-field.ts',
  'mappings/',
  'plan/action.ts',
  'plan/plan-file.ts',
  'record/',
  'people/',
  'directory/',
  'plan/',
  'relay/',
  'forge/',
  'render/',
  'notify/',
  'audit/',
  'reconcile/',
  'explain/',
  // What a mapping edit would do, ready to be shown: it derives for render and is known to nobody in core.
  'plan/preview.ts',
];

const CORE_PACKAGES = [
  'zod',
  '@marcbachmann/cel-js',
  'json-diff-ts',
  'temporal-polyfill',
  'any-ascii',
  'node:crypto',
];
const PURE_CRYPTO = ['createHash', 'createHmac', 'timingSafeEqual'];
const FLOW_PACKAGES = ['zod', 'p-map'];
/** Doors that show the program: they alone may open emulators/, with folders of the same name beside them. */
const SHOWS = ['demo', 'emulators', 'disasters', 'bench'];

/** What core must not know: clock, chance, process, network, later. */
const IMPURE =
  'process console setTimeout setInterval setImmediate clearTimeout queueMicrotask fetch globalThis global self window performance crypto require module exports __dirname __filename eval Function Buffer Worker WebSocket XMLHttpRequest SharedArrayBuffer Atomics WeakRef FinalizationRegistry Promise Intl'.split(
    ' ',
  );
/** Deterministic, and the only way to these values. */
const ALLOWED_GLOBALS: Readonly<Record<string, string[]>> = {
  Buffer: ['scripts/core/forge/', 'scripts/core/relay/'],
};
const IMPURE_USES: Partial<Record<Use, string>> = {
  async: 'is asynchronous',
  await: 'is asynchronous',
  random: 'asks chance',
  now: 'asks the clock',
  'module-state': 'keeps state between calls',
  'import-meta': 'asks where it lies',
};

const BANNED_NAMES = /^(?:utils?|helpers?|commons?|managers?|services?|handlers?|misc|shared)$/;
const NAME_EXCEPTIONS = ['scripts/emulators/kit/service.ts'];

export const LINES_LIMIT = 400;
/** Above this a file is asked why it is one concept. */
export const LINES_ASKED = 320;

/** Everything that is wrong, as `path:line: what`; sorted. `long` names files above LINES_ASKED, with the reason. */
export function checkArchitecture(
  sources: SourceText[],
  long: Readonly<Record<string, string>> = {},
): string[] {
  const modules = sources.map(readModule);
  const problems = [
    ...modules.flatMap((module) => [
      ...checkDoors(module),
      ...checkCoreOrder(module),
      ...checkPurity(module),
      ...checkLoading(module),
      ...checkForm(module),
      ...checkName(module.path),
      ...checkLength(module, long),
    ]),
    ...checkCycles(modules),
    ...Object.keys(long).flatMap((path) =>
      modules.some((module) => module.path === path && module.lines > LINES_ASKED)
        ? []
        : [`${path}: is not long any more: take it off the list`],
    ),
  ];
  return problems.sort();
}

type Room =
  | { kind: 'core' | 'ports' | 'flow' | 'shell' | 'emulators' }
  | { kind: 'adapters'; vendor: string }
  | { kind: 'door' | 'show'; name: string }
  | { kind: 'nowhere' };

function roomOf(path: string): Room {
  const [scripts, first = '', second = ''] = path.split('/');
  if (scripts !== 'scripts') return { kind: 'nowhere' };
  if (first === 'ports.ts') return { kind: 'ports' };
  const name = first.replace(/\.ts$/, '');
  if (SHOWS.includes(name) && (first !== name || name !== 'emulators')) return { kind: 'show', name };
  if (first.endsWith('.ts')) return { kind: 'door', name };
  if (first === 'adapters') return { kind: 'adapters', vendor: second };
  if (first === 'core' || first === 'flow' || first === 'shell' || first === 'emulators')
    return { kind: first };
  return { kind: 'nowhere' };
}

/** Which rooms a room may open, and which packages it may use where that is limited. */
function mayImport(from: Room, to: Room): boolean {
  switch (from.kind) {
    case 'core':
      return to.kind === 'core';
    case 'ports':
      return to.kind === 'core';
    case 'flow':
      return to.kind === 'core' || to.kind === 'ports' || to.kind === 'flow';
    case 'adapters':
      return (
        to.kind === 'core' ||
        to.kind === 'ports' ||
        (to.kind === 'adapters' && (to.vendor === from.vendor || to.vendor === 'http'))
      );
    case 'shell':
      return to.kind === 'core' || to.kind === 'ports' || to.kind === 'adapters' || to.kind === 'shell';
    case 'emulators':
      return to.kind === 'emulators';
    case 'door':
      return to.kind !== 'emulators' && to.kind !== 'show' && to.kind !== 'nowhere';
    case 'show':
      return to.kind !== 'nowhere';
    case 'nowhere':
      return false;
  }
}

function checkDoors({ path, imports }: ModuleFacts): string[] {
  const from = roomOf(path);
  if (from.kind === 'nowhere') return [`${path}: there is no room of this name`];
  return imports.flatMap(({ from: name, line }) => {
    const target = targetOf(path, name);
    if (target === undefined) {
      if (from.kind === 'core' && !CORE_PACKAGES.includes(name))
        return [`${path}:${line}: core must not use ${name}`];
      if (from.kind === 'flow' && !FLOW_PACKAGES.includes(name))
        return [`${path}:${line}: flow must not use ${name}`];
      return [];
    }
    if (!mayImport(from, roomOf(target))) return [`${path}:${line}: must not open ${target}`];
    // Whoever plans has no pen: one door can write to JumpCloud.
    const pen = 'scripts/adapters/jumpcloud/write/';
    if (target.startsWith(pen) && !path.startsWith(pen) && path !== 'scripts/apply.ts')
      return [`${path}:${line}: only apply.ts holds the pen, ${target}`];
    return [];
  });
}

function checkCoreOrder({ path, imports }: ModuleFacts): string[] {
  const from = rankOf(path);
  if (from === undefined) return [];
  if (from === -1) return [`${path}: this room of core has no place in the order`];
  return imports.flatMap(({ from: name, line }) => {
    const target = targetOf(path, name);
    const to = target === undefined ? undefined : rankOf(target);
    return to !== undefined && to > from
      ? [`${path}:${line}: ${target ?? ''} comes later in the flow of data`]
      : [];
  });
}

/** Place in CORE_ORDER; -1 without one, undefined outside core. */
function rankOf(path: string): number | undefined {
  if (!path.startsWith('scripts/core/')) return undefined;
  const inside = path.slice('scripts/core/'.length);
  let rank = -1;
  for (const [index, prefix] of CORE_ORDER.entries())
    if (inside.startsWith(prefix) && prefix.length >= (CORE_ORDER[rank]?.length ?? 0)) rank = index;
  return rank;
}

function checkPurity({ path, imports, globals, uses }: ModuleFacts): string[] {
  if (roomOf(path).kind !== 'core') return [];
  return [
    ...globals.flatMap(({ name, line }) =>
      IMPURE.includes(name) && !(ALLOWED_GLOBALS[name] ?? []).some((folder) => path.startsWith(folder))
        ? [`${path}:${line}: core must not touch ${name}`]
        : [],
    ),
    ...uses.flatMap(({ kind, line }) => {
      const why = IMPURE_USES[kind];
      return why === undefined ? [] : [`${path}:${line}: core ${why}`];
    }),
    ...imports.flatMap(({ from, names, line }) =>
      from === 'node:crypto' && names.some((name) => !PURE_CRYPTO.includes(name))
        ? [`${path}:${line}: core may take ${PURE_CRYPTO.join(', ')} from node:crypto, no more`]
        : [],
    ),
  ];
}

/** What is loaded by name at run time is seen by no rule. */
function checkLoading({ path, imports }: ModuleFacts): string[] {
  return imports.flatMap(({ dynamic, line, from }: Import) =>
    dynamic || from === 'node:module' || from === 'module'
      ? [`${path}:${line}: loads modules at run time`]
      : [],
  );
}

function checkForm({ path, uses }: ModuleFacts): string[] {
  return uses.flatMap(({ kind, line }) => {
    if (kind === 'default-export') return [`${path}:${line}: has a default export`];
    return [];
  });
}

function checkName(path: string): string[] {
  if (NAME_EXCEPTIONS.includes(path)) return [];
  return path.split('/').flatMap((part) => {
    const name = part.replace(/(?:\.test)?\.ts$/, '');
    if (name.split(/[-.]/).some((word) => BANNED_NAMES.test(word)))
      return [`${path}: "${name}" says nothing`];
    return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) ? [] : [`${path}: "${name}" is not kebab-case`];
  });
}

function checkLength({ path, lines }: ModuleFacts, long: Readonly<Record<string, string>>): string[] {
  if (lines > LINES_LIMIT) return [`${path}: ${lines} lines are two concepts`];
  if (lines > LINES_ASKED && !Object.hasOwn(long, path))
    return [`${path}: ${lines} lines: split it, or say in the list why it is one concept`];
  return [];
}

/** In core types count too: a circle of types is a circle of understanding. Elsewhere only what runs does. */
function checkCycles(modules: ModuleFacts[]): string[] {
  const graph = new Map(
    modules.map(({ path, imports }) => [
      path,
      imports.flatMap(({ from, typeOnly }) =>
        typeOnly && roomOf(path).kind !== 'core' ? [] : (targetOf(path, from) ?? []),
      ),
    ]),
  );
  const done = new Set<string>();
  const problems: string[] = [];
  const walk = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) {
      problems.push(`${path}: imports itself: ${[...trail.slice(at), path].join(' -> ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return problems;
}

/** Path from the root of what a relative import names; undefined for packages. */
function targetOf(path: string, name: string): string | undefined {
  if (name.startsWith('/') || name.startsWith('file:') || name.startsWith('#')) return name;
  return name.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), name)) : undefined;
}
