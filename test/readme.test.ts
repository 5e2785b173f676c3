/** The documents name what exists: every command is in package.json, every relative link leads somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Lexer, type Token, type Tokens } from 'marked';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SKIPPED = new Set(['node_modules', '.git', 'demo', 'golden', 'coverage']);

const documents = findDocuments(ROOT);
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

test('the documents are found', () => {
  const names = documents.map((path) => relative(ROOT, path));
  for (const name of ['README.md', '.github/CONTRIBUTING.md', 'scripts/README.md', 'test/README.md'])
    expect(names).toContain(name);
});

describe.each(documents.map((path) => [relative(ROOT, path), path]))('%s', (_, path) => {
  const text = readFileSync(path, 'utf8');

  test('every command is one of package.json', () => {
    expect(unknownCommands(text)).toEqual([]);
  });

  test('every relative link leads to a file, and to a heading where it names one', () => {
    expect(brokenLinks(text, dirname(path))).toEqual([]);
  });
});

test('every verb is in the README, and runs a door that is there', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const doors = readdirSync(join(ROOT, 'scripts'))
    .filter((name) => name.endsWith('.ts') && name !== 'ports.ts')
    .map((name) => name.slice(0, -'.ts'.length));
  const verbs = readme.slice(readme.indexOf('## The verbs'), readme.indexOf("## An auditor's questions"));
  expect(doors.filter((door) => !verbs.includes(`\`${door}\``))).toEqual([]);
  expect(doors.filter((door) => scripts[door] !== `node --import tsx scripts/${door}.ts`)).toEqual([]);
});

test('a command that is not there, and a link that leads nowhere, are found', () => {
  expect(unknownCommands('`npm run exprot -- --json` and npm run plan')).toEqual(['exprot']);
  const text =
    '# A door\n\n[x](nowhere.md) ![y](./gone.svg) [z](#a-door) [w](#no-door) [v](https://example.com)';
  expect(brokenLinks(text, ROOT)).toEqual(['nowhere.md', './gone.svg', '#no-door']);
});

function findDocuments(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findDocuments(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Verbs after `npm run` that package.json does not have; `npm run <verb>` and `npm run …` stand for all. */
function unknownCommands(text: string): string[] {
  return [...text.matchAll(/\bnpm run ([A-Za-z][\w:-]*)/g)]
    .map(([, verb = '']) => verb)
    .filter((verb) => !Object.hasOwn(scripts, verb));
}

/** Addresses of links and images, in order, whose file or heading is not there. */
function brokenLinks(text: string, folder: string): string[] {
  return linksOf(new Lexer().lex(text)).filter((href) => {
    if (/^[a-z][a-z+.-]*:/i.test(href)) return false;
    const [path = '', heading] = decodeURI(href).split('#');
    const target = path === '' ? undefined : resolve(folder, path);
    if (target !== undefined && (relative(ROOT, target).startsWith('..') || !existsSync(target))) return true;
    if (heading === undefined) return false;
    return !headingsOf(target === undefined ? text : readFileSync(target, 'utf8')).includes(heading);
  });
}

function linksOf(tokens: readonly Token[]): string[] {
  return flatten(tokens).flatMap((token) =>
    token.type === 'link' || token.type === 'image' ? [(token as Tokens.Link | Tokens.Image).href] : [],
  );
}

/** As GitHub names them: lower case, words joined by hyphens, other signs left out. */
function headingsOf(text: string): string[] {
  return flatten(new Lexer().lex(text)).flatMap((token) =>
    token.type === 'heading'
      ? [
          (token as Tokens.Heading).text
            .toLowerCase()
            .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
            .replaceAll(' ', '-'),
        ]
      : [],
  );
}

function flatten(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => {
    const inner: Token[] = [];
    if ('tokens' in token && token.tokens !== undefined) inner.push(...(token.tokens as Token[]));
    if (token.type === 'list') inner.push(...(token as Tokens.List).items);
    if (token.type === 'table')
      for (const row of [(token as Tokens.Table).header, ...(token as Tokens.Table).rows])
        for (const cell of row) inner.push(...cell.tokens);
    return [token, ...flatten(inner)];
  });
}
