/**
 * Rules that somebody mistyped or built to hurt, over facts of any kind: each is refused at its place, or gives what was
 * asked for, or cannot be worked out over these facts and says so without quoting one. Never a hang or an error of ours.
 */
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { createExpressions } from '../../scripts/core/mappings/expressions.ts';
import { RuleFailure } from '../../scripts/core/mappings/rule-failure.ts';
import type { Source } from '../../scripts/core/values/source.ts';
import { edits, mutate } from './mutate.ts';

const RUNS = process.env['ROLLCALL_LONG'] === undefined ? 150 : 20_000;
/** Longer than this for one person is a hang that began; a machine with something else to do is slow, too. */
const SLOW_MS = 5_000;
const CANARY = 'Canary-7f3a';

const FIELDS = ['department', 'location', 'fullName', 'lastName', 'hireDate', 'workEmail'];
const source: Source = {
  file: 'mappings/attributes.yaml',
  value: {},
  locate: () => ({ line: 3, column: 11 }),
  line: () => '  jobTitle: x',
};
const environment = createExpressions(FIELDS, { codes: { Sales: '4711', constructor: 'no' } });

const RULES = [
  "department == 'Sales' && location.endsWith(', UK')",
  "fullName.split(' ')[1] + lookup('codes', department, 'none')",
  "department in ['Sales', 'IT', 'Legal'] ? slug(lastName) : initial(lastName)",
  "['a', 'b'].exists(x, x == department) || !isBlank(location)",
  'int(hireDate.substring(0, 4)) > 2020 && size(fullName) < 100',
  "localPart(workEmail) + '@' + domain(workEmail)",
  "timestamp(hireDate + 'T00:00:00Z') < timestamp('2027-01-01T00:00:00Z')",
  "coalesce(department, location, 'none').lowerAscii()",
  'duration(fullName) > duration("1h")',
  'string(bytes(lastName)) + string(double(department))',
];
/** What makes a long text of short ones, and in a chain one that no memory holds. */
const GROWING = [
  '(lastName + lastName)',
  "lastName.split('').join(lastName)",
  '[lastName].join(lastName)',
  "lastName.split('')",
];

const facts = fc.record(
  Object.fromEntries(
    FIELDS.map((field) => [
      field,
      fc.oneof(
        fc.constant(''),
        fc.constant(`${CANARY} ${CANARY}`),
        fc.constantFrom('2026-11-27', '1h', '1e999', '__proto__', '@', 'a@b@c', '\ud800', 'x'.repeat(1_000)),
        fc.string({ unit: 'binary', maxLength: 40 }),
      ),
    ]),
  ),
);

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
});

/** @returns whether it compiled and gave something */
function checkRule(text: string, values: Record<string, string>): boolean {
  const begun = performance.now();
  let gave = false;
  for (const type of ['bool', 'string'] as const) {
    const compiled =
      type === 'bool'
        ? environment.compile(source, ['attributes', 'jobTitle'], text, 'bool')
        : environment.compile(source, ['attributes', 'jobTitle'], text, 'string');
    if (!compiled.ok) {
      expect(compiled.problem).toMatchObject({ file: source.file, line: 3, column: 11 });
      expect(compiled.problem.message).not.toMatch(/TypeError|RangeError|undefined is not|at .*\.ts:\d/);
      continue;
    }
    try {
      const given: unknown = compiled.expression.evaluate(values);
      expect(typeof given).toBe(type === 'bool' ? 'boolean' : 'string');
      gave = true;
    } catch (error) {
      expect(error).toBeInstanceOf(RuleFailure);
      expect((error as RuleFailure).said).not.toContain(CANARY);
    }
  }
  expect(performance.now() - begun).toBeLessThan(SLOW_MS);
  return gave;
}

test('mutated', () => {
  let worked = 0;
  fc.assert(
    fc.property(fc.constantFrom(...RULES), fc.option(edits), facts, (rule, changes, values) => {
      if (checkRule(changes === null ? rule : mutate(rule, changes), values)) worked += 1;
    }),
    { numRuns: RUNS, seed: 20261127 },
  );
  expect(worked).toBeGreaterThan(RUNS / 20);
});

test('built to grow', () => {
  const deep = fc.letrec<{ rule: string }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(...GROWING, 'department', "'x'"),
      fc.tuple(tie('rule'), tie('rule')).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(tie('rule'), tie('rule')).map(([a, b]) => `${a}.split('').join(${b})`),
      fc.tuple(fc.constantFrom(...GROWING), fc.nat(300)).map(
        ([a, times]) =>
          `(${Array(times + 1)
            .fill(a)
            .join(' + ')})`,
      ),
      fc
        .tuple(tie('rule'), fc.nat(80))
        .map(([a, depth]) => `${'slug('.repeat(depth)}${a}${')'.repeat(depth)}`),
    ),
  })).rule;
  fc.assert(
    fc.property(deep, facts, (rule, values) => {
      checkRule(rule.slice(0, 20_000), values);
    }),
    { numRuns: RUNS / 10, seed: 20261127 },
  );
});
