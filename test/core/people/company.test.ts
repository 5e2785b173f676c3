/** The whole company as export judges it: what is doubtful refuses, what is missing or hidden is held, and keeps what was known. */
import { describe, expect, test } from 'vitest';
import {
  type CompanyInput,
  type CompanyVerdict,
  deriveCompany,
} from '../../../scripts/core/people/company.ts';
import type { HrRow } from '../../../scripts/core/people/hr-read.ts';
import type { PersonFile } from '../../../scripts/core/people/person-file.ts';
import { foldRecord } from '../../../scripts/core/record/ledger.ts';
import { employee, LIFECYCLE, policyOf, readOf, type Row, worldOf, type WorldOptions } from '../../world.ts';

const TODAY = '2026-11-23';
const many = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => employee(String(index + 1)));
const filesOf = (rows: Row[], options: WorldOptions = {}): Map<string, PersonFile> =>
  new Map(worldOf(rows, options).people.map((person) => [person.employee.id, person]));

function derive(
  rows: Row[],
  previous: ReadonlyMap<string, PersonFile>,
  {
    options = {},
    hide = {},
    ...more
  }: Partial<CompanyInput> & { options?: WorldOptions; hide?: Record<string, string[]> } = {},
): CompanyVerdict {
  const read = readOf(rows);
  return deriveCompany({
    read: {
      ...read,
      rows: read.rows.map((row): HrRow => {
        const hidden = hide[row.id] ?? [];
        const values = Object.fromEntries(
          Object.entries(row.values).filter(([name]) => !hidden.includes(name)),
        );
        return { ...row, values, hidden };
      }),
    },
    previous,
    ledger: foldRecord([]),
    policy: policyOf(options),
    asOf: TODAY,
    timeOff: new Map(),
    deleted: new Set(),
    only: undefined,
    ...more,
  });
}

function peopleIn(verdict: CompanyVerdict): Record<string, PersonFile> {
  if (!verdict.ok) throw verdict.failure;
  return Object.fromEntries(verdict.people.map((person) => [person.employee.id, person]));
}
const stagesIn = (verdict: CompanyVerdict): string[] =>
  Object.values(peopleIn(verdict)).map(({ employee: { id }, stage, hold }) => `${id} ${hold?.code ?? stage}`);
const codesIn = (verdict: CompanyVerdict): string[] => verdict.findings.map(({ code }) => code);
const refusalIn = (verdict: CompanyVerdict): string | undefined =>
  verdict.ok ? undefined : verdict.failure.message;

describe('a drop in head count', () => {
  test('of five of a hundred is held one by one; of six it refuses, with the numbers', () => {
    const before = filesOf(many(100));
    const five = derive(many(95), before);
    expect(five.ok && five.people.filter(({ hold }) => hold?.code === 'unexplained')).toHaveLength(5);
    expect(refusalIn(derive(many(94), before))).toMatch(
      /^6 of 100 people are missing from BambooHR, more than the larger of 5 people and 5 %/,
    );
  });

  test('is counted in percent where that is more', () => {
    const before = filesOf(many(240));
    expect(derive(many(228), before).ok).toBe(true);
    expect(derive(many(227), before).ok).toBe(false);
  });

  test('counts whom it has told of before no second time, and nobody who had left', () => {
    const before = filesOf(many(100));
    const first = peopleIn(derive(many(95), before));
    expect(first['96']).toMatchObject({ stage: 'hold', missingSince: TODAY });
    const second = derive(many(90), new Map(Object.entries(first)), { asOf: '2026-11-24' });
    expect(peopleIn(second)['96']).toMatchObject({ missingSince: TODAY });
    expect(peopleIn(second)['91']).toMatchObject({ missingSince: '2026-11-24' });

    const left = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
    const leavers = filesOf(many(40).map((row) => (Number(row.id) > 10 ? { ...row, ...left } : row)));
    const vanished = derive(many(10), leavers);
    expect(stagesIn(vanished)).toHaveLength(10);
    expect(codesIn(vanished)).toEqual([]);
  });

  test('is none where only some people were read', () => {
    const verdict = derive([], filesOf(many(20)), { only: new Set(many(20).map(({ id }) => id)) });
    expect(verdict.ok && verdict.people).toHaveLength(20);
    expect(stagesIn(derive([], filesOf(many(3)), { only: new Set(['2', '9']) }))).toEqual(['2 unexplained']);
  });
});

describe('a missing person', () => {
  test('keeps facts and account, is told as critical, and by what BambooHR says of deletions', () => {
    const before = filesOf(many(3));
    const verdict = derive(many(2), before, { deleted: new Set(['3']) });
    const { employee: facts, account } = before.get('3')!;
    expect(peopleIn(verdict)['3']).toMatchObject({ stage: 'hold', employee: facts, account });
    expect(verdict.findings).toMatchObject([
      {
        code: 'unexplained',
        severity: 'critical',
        person: '3',
        message: expect.stringContaining('as deleted') as string,
      },
    ]);
    expect(derive(many(2), before).findings[0]?.message).not.toContain('as deleted');
  });

  test('whom a reviewed line ended stays ended, and needs review, while the line counts', () => {
    const line = (expires: string): WorldOptions => ({
      exceptions: `exceptions:\n  - { kind: left, person: "3", owner: ann, reason: deleted, expires: ${expires} }`,
    });
    const before = filesOf(many(3));
    const ended = derive(many(2), before, { options: line(TODAY) });
    expect(peopleIn(ended)['3']).toMatchObject({
      stage: 'left',
      review: expect.stringContaining('by hand') as string,
    });
    // Not a leaver of HR's own words: when the line is over, the question is open again.
    const over = derive(many(2), new Map(Object.entries(peopleIn(ended))), { options: line('2026-11-22') });
    expect(stagesIn(over)).toContain('3 unexplained');
  });
});

describe('what the key may not see', () => {
  test('of one person holds that person with the values last known, and is no empty field', () => {
    const before = filesOf(many(2));
    const verdict = derive(many(2), before, { hide: { '2': ['jobTitle', 'department'] } });
    expect(peopleIn(verdict)['2']).toMatchObject({
      hold: { code: 'redacted-row' },
      employee: { jobTitle: 'Engineer', department: 'Engineering' },
      account: before.get('2')!.account,
    });
    expect(stagesIn(verdict)).toContain('1 active');
    expect(verdict.findings).toMatchObject([{ code: 'redacted-row', severity: 'critical', person: '2' }]);
    expect(verdict.findings[0]?.message).toContain('jobTitle, department');
  });

  test('of somebody new invents nothing', () => {
    const verdict = derive(many(1), new Map(), { hide: { '1': ['department'] } });
    expect(peopleIn(verdict)['1']?.employee).not.toHaveProperty('department');
    expect(stagesIn(verdict)).toEqual(['1 redacted-row']);
  });

  test('matters only where the mappings use it', () => {
    const verdict = derive(many(2), filesOf(many(2)), { hide: { '2': ['homePhone'] } });
    expect(stagesIn(verdict)).toEqual(['1 active', '2 active']);
    const column = (hiddenColumns: string[]): CompanyVerdict =>
      derive(many(2), filesOf(many(2)), { read: { ...readOf(many(2)), hiddenColumns } });
    expect(column(['homePhone']).ok).toBe(true);
    expect(refusalIn(column(['homePhone', 'location', 'department']))).toMatch(
      /may not see department, location \(2 of/,
    );
  });
});

test('an id that could be a path is left out and told', () => {
  const verdict = derive([...many(1), employee('../../x'), employee('')], new Map());
  expect(stagesIn(verdict)).toEqual(['1 active']);
  expect(verdict.findings).toMatchObject([
    { code: 'bad-id', severity: 'critical', message: expect.stringMatching(/^2 of 3 rows/) as string },
  ]);
});

test('who is out of scope is counted; who was ours before is held and kept', () => {
  const options = { lifecycle: `${LIFECYCLE}scope: location != 'Mars'\n` };
  const before = filesOf(many(1), options);
  const verdict = derive(
    [employee('1', { location: 'Mars' }), employee('2', { location: 'Mars' }), employee('3')],
    before,
    { options },
  );
  expect(stagesIn(verdict)).toEqual(['1 out-of-scope', '3 active']);
  expect(verdict.findings).toMatchObject([
    { code: 'out-of-scope', message: expect.stringMatching(/^1 employee is/) as string },
  ]);
});

test('a status that no mapping names is one finding for all who have it, with their number', () => {
  const rows = [
    employee('1', { employmentStatus: 'Intern' }),
    employee('2', { employmentStatus: 'Intern' }),
    employee('3', { employmentStatus: undefined }),
  ];
  expect(
    derive(rows, new Map()).findings.map(({ subject, message }) => [subject, message.slice(0, 43)]),
  ).toEqual([
    ['', '1 person has no employment status, which ma'],
    ['Intern', '2 people have the employment status "Intern'],
  ]);
});

test('a group that the rules no longer give may be taken without a receipt for thirty days', () => {
  const before = filesOf(many(1)).get('1')!;
  const movedFrom = { Sales: '2026-10-24', Finance: '2026-10-23', Engineering: '2026-11-22' };
  const verdict = derive(many(1), new Map([['1', { ...before, movedFrom }]]));
  // Engineering is given again: nothing to take.
  expect(peopleIn(verdict)['1']?.movedFrom).toEqual({ Sales: '2026-10-24' });
});
