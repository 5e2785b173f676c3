/** An override with a scope lets that pass, and nothing else of the same code. */
import { describe, expect, test } from 'vitest';
import { deriveCompany } from '../../../scripts/core/people/company.ts';
import { foldRecord } from '../../../scripts/core/record/ledger.ts';
import { employee, policyOf, readOf, worldOf } from '../../world.ts';

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
    ['a drop has no part that a scope could name', [], 5, 'code: export-drop, scope: Sales', 'export-drop'],
  ])('%s', (_, hidden, present, override, code) => {
    expect(refusalOf(hidden, present, override)).toBe(code);
  });
});
