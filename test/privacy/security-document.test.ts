/** A threat model that names tests which are not there protects nobody. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VARIABLES } from '../../scripts/shell/variables.ts';
import { DISASTERS } from '../../scripts/disasters/catalogue.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const text = readFileSync(resolve(PROJECT, '.github/SECURITY.md'), 'utf8');
const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');

describe('SECURITY.md', () => {
  test('names tests that exist', () => {
    const tests = quoted.filter((word) => word.startsWith('test/'));
    expect(tests.length).toBeGreaterThan(30);
    expect(tests.filter((path) => !existsSync(resolve(PROJECT, path)))).toEqual([]);
  });

  test('says for every threat which test shows it', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && line.split('|').length === 6);
    const threats = rows.filter((line) => !/^\| (who|what) \|/.test(line));
    expect(threats.length).toBeGreaterThan(20);
    expect(threats.filter((line) => !/`test\/|disasters? `/.test(line.split('|')[4] ?? ''))).toEqual([]);
  });

  test('names disasters that are played', () => {
    const played = new Set(DISASTERS.map(({ name }) => name));
    const named = [...text.matchAll(/disasters? ((?:`[a-z0-9-]+`(?:, )?)+)/g)].flatMap((match) =>
      [...(match[1] ?? '').matchAll(/`([a-z0-9-]+)`/g)].map((name) => name[1] ?? ''),
    );
    expect(named.length).toBeGreaterThan(12);
    expect(named.filter((name) => !played.has(name))).toEqual([]);
  });

  test('names environments, workflows and variables as they are', () => {
    const workflows = readWorkflows();
    const environments = new Set(
      [...workflows.matchAll(/^ {4}environment: (\S+)$/gm)].map((match) => match[1]),
    );
    expect([...environments].sort()).toEqual(
      ['directory-read', 'directory-write', 'forge', 'hr', 'notify', 'urgent'].sort(),
    );
    for (const environment of environments) expect(quoted).toContain(environment);
    const variables = quoted.filter((word) => /^[A-Z]+_[A-Z_]+$/.test(word));
    expect(variables.length).toBeGreaterThan(3);
    expect(variables.filter((name) => !VARIABLES.some((variable) => variable.name === name))).toEqual([]);
  });
});

function readWorkflows(): string {
  return ['sync', 'apply', 'urgent', 'reconcile', 'hold', 'guard', 'preview', 'checks']
    .map((name) => readFileSync(resolve(PROJECT, `.github/workflows/${name}.yml`), 'utf8'))
    .join('\n');
}
