import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COVERAGE } from '../../../scripts/emulators/bamboohr/coverage.ts';
import { createBambooHr } from '../../../scripts/emulators/bamboohr/index.ts';

test('the coverage table is the list of registered routes', () => {
  const listed = COVERAGE.map(({ route }) => route);
  expect([...listed].sort()).toEqual([...createBambooHr({}).routes].sort());
  expect(new Set(listed).size).toBe(listed.length);
});

test.each(COVERAGE.map((row) => [row.route, row] as const))(
  '%s is asked by the tests that it names',
  (route, row) => {
    const [method = '', template = ''] = route.split(' ');
    // The last literal part of the path, in any test file named; a GET needs no method written out.
    const part = template.split('/').findLast((segment) => !segment.startsWith('{')) ?? '';
    for (const name of row.testedBy) {
      const text = readFileSync(join(import.meta.dirname, `${name}.test.ts`), 'utf8');
      // The replay reads its requests from the recordings.
      if (name === 'recordings') continue;
      expect(text, name).toContain(part);
      if (method === 'PUT' || method === 'DELETE') expect(text, name).toContain(method);
    }
    expect(row.source).toMatch(/^(REC|HAR|SPEC|HELP|DOC|3P|INF)( |$)/);
    expect(row.notes).not.toBe('');
  },
);
