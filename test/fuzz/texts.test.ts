/**
 * Files that people, merges and attackers left in any state: each is accepted, or refused with the file's name, a reason
 * and a way out. Never an error of ours, a hang, a changed prototype, or a control character in what is shown.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { mappingSourcesOf } from '../../scripts/adapters/files/mappings-folder.ts';
import { peopleOf } from '../../scripts/adapters/files/people-folder.ts';
import { personText } from '../../scripts/adapters/files/person-yaml.ts';
import { parseRecord, recordTextsOf } from '../../scripts/adapters/files/record-folder.ts';
import {
  holdsText,
  pinsText,
  readHolds,
  readManifest,
  readPins,
} from '../../scripts/adapters/files/state-files.ts';
import { readHoldsText } from '../../scripts/adapters/files/holds-of-text.ts';
import { compilePolicy } from '../../scripts/core/mappings/policy.ts';
import { planName, planText } from '../../scripts/core/plan/plan-file.ts';
import { approvalsText, parseApprovals } from '../../scripts/core/record/approvals-file.ts';
import type { Manifest } from '../../scripts/core/record/manifest.ts';
import { receiptText } from '../../scripts/core/record/receipt.ts';
import { readEmployees } from '../../scripts/core/relay/employees-in-body.ts';
import { canonicalFile } from '../../scripts/core/values/canonical-json.ts';
import { Failure, type Problem } from '../../scripts/core/values/failure.ts';
import { settle } from '../simulate.ts';
import { employee, worldOf } from '../world.ts';
import { edits, mutate } from './mutate.ts';

const RUNS = process.env['ROLLCALL_LONG'] === undefined ? 12 : 3_000;
/** Slower than this for one small file is a hang that began. */
const SLOW_MS = 2_000;
const NOW = '2026-11-23T12:00:00Z';
const MANIFEST: Manifest = {
  version: 1,
  startedAt: NOW,
  finishedAt: NOW,
  asOf: '2026-11-23',
  complete: true,
  total: 1,
  files: { 'state/people/01/1.yaml': 'a'.repeat(64) },
};
const MAPPINGS = resolve(import.meta.dirname, '../../mappings');

function mappingFiles(folder = ''): { path: string; text: string }[] {
  return readdirSync(join(MAPPINGS, folder), { withFileTypes: true }).flatMap((entry) => {
    const inside = `${folder}${entry.name}`;
    if (entry.isDirectory()) return mappingFiles(`${inside}/`);
    return inside.endsWith('.yaml')
      ? [{ path: `mappings/${inside}`, text: withoutRemarks(readFileSync(join(MAPPINGS, inside), 'utf8')) }]
      : [];
  });
}

/** Edits are to meet what counts, not the explanations. */
function withoutRemarks(text: string): string {
  return text.replaceAll(/^\s*#.*\n/gm, '');
}

/** What is wrong, or nothing when it was accepted. @throws whatever is no Failure of exit 2 */
function problemsOf(read: () => unknown): Problem[] {
  const begun = performance.now();
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.exit).toBe(2);
    expect(error.problems.length).toBeGreaterThan(0);
    return error.problems;
  } finally {
    expect(performance.now() - begun).toBeLessThan(SLOW_MS);
  }
}

function checkProblems(problems: Problem[], file: string): void {
  for (const problem of problems) {
    expect(problem.file).toBe(file);
    expect(problem.message).not.toBe('');
    expect(`${problem.message}${problem.remedy ?? ''}`).not.toMatch(
      /TypeError|RangeError|at .*\.ts:\d|undefined is not/,
    );
  }
}

function check<T>(property: fc.IProperty<T>): void {
  fc.assert(property, { numRuns: RUNS, seed: 20261126 });
}

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

const world = worldOf([
  employee('1'),
  employee('2', { managerId: '1' }),
  employee('3', { department: 'Sales' }),
]);
world.live.accounts = [];
settle(world);
world.rows = world.rows.map((row) => ({ ...row, jobTitle: 'Lead' }));
settle(world);

describe('mutated', () => {
  const files = mappingFiles();
  test.each(files)('$path', ({ path, text }) => {
    check(
      fc.property(edits, (changes) => {
        const problems = problemsOf(() => {
          const sources = mappingSourcesOf([
            ...files.filter((file) => file.path !== path),
            { path, text: mutate(text, changes) },
          ]);
          const compiled = compilePolicy(sources);
          if (!compiled.ok) throw new Failure(2, 'bad-input', 'x', 'x', compiled.problems);
        });
        // A broken lookup or custom field is also told where it is used.
        checkProblems(
          problems.filter(({ file }) => file === path),
          path,
        );
        for (const { file } of problems) expect(file).toMatch(/^mappings\//);
      }),
    );
  });

  test('person files', () => {
    const path = 'state/people/01/1.yaml';
    const text = personText(world.people[0]!);
    expect(problemsOf(() => peopleOf([{ path, text }]))).toEqual([]);
    check(
      fc.property(edits, (changes) => {
        checkProblems(
          problemsOf(() => peopleOf([{ path, text: mutate(text, changes) }])),
          path,
        );
      }),
    );
  });

  test('plans and receipts: not one changed byte is accepted', () => {
    const { plan, receipt } = world.recorded.at(-1)!;
    const name = planName(plan);
    const texts = {
      plans: new Map([[name, planText(plan)]]),
      receipts: new Map([[name, receiptText(receipt!)]]),
    };
    expect(problemsOf(() => parseRecord(texts))).toEqual([]);
    check(
      fc.property(fc.constantFrom('plans' as const, 'receipts' as const), edits, (kind, changes) => {
        const changed = mutate(texts[kind].get(name)!, changes);
        const problems = problemsOf(() => parseRecord({ ...texts, [kind]: new Map([[name, changed]]) }));
        if (changed !== texts[kind].get(name)) expect(problems.length).toBeGreaterThan(0);
        checkProblems(
          problems.filter(({ file }) => file.startsWith(`state/${kind}/`)),
          `state/${kind}/${name}`,
        );
      }),
    );
  });

  test('names of files that climb out of their folder are refused', () => {
    check(
      fc.property(
        fc.constantFrom('../../x', '..', 'a/../../b', '%2e%2e/x', '.git/config', 'x.json'),
        (name) => {
          const path = `state/plans/${name}`;
          expect(problemsOf(() => recordTextsOf([{ path, text: '{}' }])).map(({ file }) => file)).toEqual([
            path,
          ]);
        },
      ),
    );
  });

  test('holds', () => {
    const text =
      "holds:\n  '1':\n    by: ann\n    at: 2026-11-23T12:00:00Z\n    until: 2027-01-15\n    reason: legal hold\n    pullRequest: 7\n";
    check(
      fc.property(edits, (changes) => {
        problemsOf(() => readHoldsText(mutate(text, changes)));
      }),
    );
  });

  /** Of these a checkout has one each, and whoever reads them decides about people. */
  test.each([
    ['groups.yaml', pinsText({ 'All Staff': '5a1', 'Résumé "Readers"': '5a2' }), readPins],
    [
      'holds.yaml',
      holdsText({ '1': { by: 'ann', at: NOW, until: '2027-01-15', reason: 'legal hold', pullRequest: 7 } }),
      readHolds,
    ],
    ['export.json', canonicalFile(MANIFEST), readManifest],
  ])('state/%s', async (name, text, read) => {
    const root = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
    mkdirSync(join(root, 'state'));
    const readAs = (written: string): Problem[] => {
      writeFileSync(join(root, 'state', name), written);
      return problemsOf(() => read(root));
    };
    expect(readAs(text)).toEqual([]);
    expect(readAs('{"version": 7}')).not.toEqual([]);
    check(fc.property(edits, (changes) => checkProblems(readAs(mutate(text, changes)), `state/${name}`)));
    await rm(root, { recursive: true });
  });

  test('approvals', () => {
    const given = { login: 'ann', at: NOW, ageHours: 1, permission: 'write' as const };
    const plan = { pullRequest: 7, mergedBy: 'ben', mergedAt: NOW, approvals: [given] };
    const text = approvalsText({ version: 1, plans: { ['a'.repeat(64)]: plan } });
    expect(parseApprovals(text).ok).toBe(true);
    check(
      fc.property(edits, (changes) => {
        const read = parseApprovals(mutate(text, changes));
        if (!read.ok) expect(read.message).toMatch(/^it (?:is not JSON|does not read as approvals at )/);
      }),
    );
  });

  test('webhook bodies: read or refused, and every id that comes out is one', () => {
    const bodies = [
      '{"type":"employee.updated","timestamp":"2026-01-31T18:42:00+0000","data":{"companyId":"1","employeeId":"67890","changedFields":["status"]}}',
      '{"employees":[{"id":"5","action":"Updated","changedFields":["Status"],"fields":{"Status":{"value":"Inactive"}}},{"id":"6"}]}',
      'type=employee.updated&data[employeeId]=67890&data[changedFields][0]=status',
    ];
    check(
      fc.property(fc.constantFrom(...bodies), edits, (body, changes) => {
        const read = readEmployees(Buffer.from(mutate(body, changes)));
        if (read.found) for (const id of read.employees) expect(id).toMatch(/^[A-Za-z0-9][\w-]{0,63}$/);
      }),
    );
  });
});
