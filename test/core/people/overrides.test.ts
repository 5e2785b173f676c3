/** An override with a scope lets that pass, and nothing else of the same code. */
import { describe, expect, test } from 'vitest';
import { readYaml } from '../../../scripts/adapters/files/yaml-source.ts';
import { deriveCompany } from '../../../scripts/core/people/company.ts';
import { foldRecord } from '../../../scripts/core/record/ledger.ts';
import { compilePolicy } from '../../../scripts/core/mappings/policy.ts';
import { employee, policyOf, readOf, sourcesOf, worldOf } from '../../world.ts';

const rows = Array.from({ length: 20 }, (_, index) => employee(String(index + 1)));

function refusalOf(hiddenColumns: string[], present: number, override: string): string | undefined {
  const world = worldOf(rows);
  const policy = policyOf({
    guardrails: `overrides: [{ ${override}, owner: it-lead, reason: tried here, expires: 2026-12-31 }]`,
  });
  const result = deriveCompany({
    read: { ...readOf(rows.slice(0, present)), hiddenColumns },
    previous: new Map(world.people.map((person) => [person.employee.id, person])),
    ledger: foldRecord([]),
    policy,
    asOf: world.asOf,
    timeOff: new Map(),
    deleted: new Set(),
    only: undefined,
  });
  return result.ok ? undefined : result.failure.code;
}

describe('a reviewed override of what export refuses', () => {
  test.each([
    ['the column that it names', ['jobTitle'], 20, 'code: redacted-column, scope: jobTitle', undefined],
    ['another column', ['department'], 20, 'code: redacted-column, scope: jobTitle', 'redacted-column'],
    [
      'one of two',
      ['department', 'jobTitle'],
      20,
      'code: redacted-column, scope: jobTitle',
      'redacted-column',
    ],
    ['without a scope: every column', ['department', 'jobTitle'], 20, 'code: redacted-column', undefined],
    ['without a scope: the drop', [], 5, 'code: export-drop', undefined],
  ])('%s', (_, hidden, present, override, code) => {
    expect(refusalOf(hidden, present, override)).toBe(code);
  });
});

describe('an override that could never let anything pass is bad input, with its place', () => {
  const problemOf = (override: string, rest = ''): string | undefined => {
    const text = `${rest}overrides:\n  - ${override}\n    owner: it-lead\n    reason: tried here\n    expires: 2026-12-31\n`;
    const read = readYaml('mappings/guardrails.yaml', text);
    if (!read.ok) throw new Error('no YAML');
    const result = compilePolicy({ ...sourcesOf(), guardrails: read.source });
    if (result.ok) return undefined;
    expect(result.problems).toHaveLength(1);
    const { file, line, column, message, remedy = '' } = result.problems[0]!;
    return `${file}:${line}:${column} ${message} ${remedy}`;
  };

  test.each([
    ['code: budget-supend', '2:11', 'did you mean "budget-suspend"?'],
    ['code: Budget-Leave-Group', '2:11', 'did you mean "budget-leave-group"?'],
    ['code: nonsense', '2:11', 'that an override can let pass are export-drop, redacted-column'],
    ['code: protected-account', '2:11', 'cannot be overridden (do it by hand'],
    ['code: freeze', '2:11', 'cannot be overridden'],
    ['code: 7', '2:11', 'needs the code of a guardrail'],
    ['code: export-drop\n    scope: Sales', '3:12', 'leave the scope out'],
    ['code: redacted-column\n    scope: jobTitel', '3:12', 'did you mean "jobTitle"?'],
    ['code: poison\n    scope: Job Title', '3:12', 'no attribute of JumpCloud'],
    ['code: flapping\n    scope: ../1', '3:12', 'no HR id'],
    ['code: budget-suspend\n    scope: Sales', '3:12', 'add budgets.slice'],
  ])('%s', (override, place, said) => {
    const problem = problemOf(override);
    expect(problem).toContain(`mappings/guardrails.yaml:${place} `);
    expect(problem).toContain(said);
  });

  test('and one that can is none', () => {
    for (const override of ['code: budget-return', 'code: poison\n    scope: manager'])
      expect(problemOf(override)).toBeUndefined();
    const sliced = 'budgets: { slice: { field: department } }\n';
    expect(problemOf('code: budget-suspend\n    scope: Sales', sliced)).toBeUndefined();
  });
});
