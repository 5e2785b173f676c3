/** What an edit of the mappings would do: a rule that cannot be worked out over somebody is a problem while it can be mended. */
import { expect, test } from 'vitest';
import { previewMappings } from '../../../scripts/core/plan/preview.ts';
import {
  ATTRIBUTES,
  employee,
  ledgerOf,
  policyOf,
  type World,
  type WorldOptions,
  worldOf,
} from '../../world.ts';

const ODD = { location: 'Nowhereland' };
const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
const FAILING = { attributes: `${ATTRIBUTES}  costCenter: location.split(', ')[1]\n` };

const problemsOf = (world: World, before: WorldOptions, after: WorldOptions) =>
  previewMappings({
    people: world.people,
    ledger: ledgerOf(world),
    before: policyOf(before),
    after: policyOf(after),
    asOf: world.asOf,
    examples: { passed: 0, failed: 0 },
    problems: [],
  }).problems;

test('whoever would be put on hold is named, at the place of the rule; a leaver needs no rule', () => {
  const world = worldOf([employee('1', ODD), employee('2', { ...ODD, ...GONE }), employee('3')]);
  expect(problemsOf(world, {}, {})).toEqual([]);
  expect(problemsOf(world, {}, FAILING)).toEqual([
    expect.objectContaining({
      file: 'mappings/attributes.yaml',
      line: 1,
      message:
        'the rule cannot be worked out over the facts that it reads (index out of bounds); it fails for 1',
    }),
  ]);
});

test('some of many are named, on leave or not', () => {
  const rows = Array.from({ length: 8 }, (_, index) =>
    employee(String(index + 1), index < 7 ? { ...ODD, employmentStatus: 'Furloughed' } : {}),
  );
  expect(problemsOf(worldOf(rows), {}, FAILING).map(({ message }) => message)).toEqual([
    expect.stringMatching(/; it fails for 1, 2, 3, 4, 5 and 2 more$/),
  ]);
});

test('an edit does not answer for what stands on main already', () => {
  const world = worldOf([employee('1', ODD)], FAILING);
  expect(problemsOf(world, FAILING, FAILING)).toEqual([]);
});
