import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COVERAGE } from '../../../scripts/emulators/jumpcloud/coverage.ts';
import { createJumpCloud } from '../../../scripts/emulators/jumpcloud/index.ts';

describe('the coverage table of the emulated JumpCloud', () => {
  it('names exactly the registered routes, in their order', () => {
    expect(COVERAGE.map(({ route }) => route)).toEqual(createJumpCloud({}).routes);
  });

  it('says what is missing wherever support is partial', () => {
    expect(COVERAGE.filter(({ support, notes }) => support === 'partial' && notes === undefined)).toEqual([]);
  });

  it.each(COVERAGE.map(({ route, testedBy }) => [route, testedBy]))(
    '%s: its path stands in %s',
    (route, testedBy) => {
      const text = readFileSync(new URL(testedBy, import.meta.url), 'utf8');
      // The last literal step of the path: `members`, `activate`, `usergroups`.
      const steps = route.split('/').filter((step) => !step.startsWith('{'));
      expect(text).toContain(steps.at(-1));
    },
  );
});
