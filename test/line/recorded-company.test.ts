/**
 * The line on real input: the recorded demo tenant (114 people) and a JumpCloud with nobody in it. What is done with
 * each odd one stands in ODD, and why.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { hasRecordings, RECORDED_AT, recordedSeed } from '../emulators/bamboohr/recorded-company.ts';
import { EMPTY_DIRECTORY } from './company.ts';
import { type Line, type LineOptions, startLine } from './line-world.ts';
import { type PlanDocument, settle } from './settle.ts';

if (!hasRecordings) console.warn('skipped: the recordings (../shared/reference/recordings) are absent');

type Facts = Record<string, string | null | undefined> & { id: string };

/** HR id -> what becomes of the person. Everybody else is active with an account and groups. */
const ODD: Record<string, { held?: string; stage: string; why: string }> = {
  112: { stage: 'hold', held: 'unmapped-status', why: 'no employment status, no address' },
  114: { stage: 'hold', held: 'unmapped-status', why: 'no employment status, starts on 2026-06-22' },
  115: { stage: 'hold', held: 'unmapped-status', why: 'no status, no address, hire date 0000-00-00' },
  118: { stage: 'hold', held: 'unmapped-status', why: 'no status, no address, hire date 0000-00-00' },
  119: { stage: 'hold', held: 'unmapped-status', why: 'no status, hire date 0000-00-00' },
  120: { stage: 'hold', held: 'unmapped-status', why: 'no status, no address, hire date 0000-00-00' },
  121: { stage: 'hold', held: 'unmapped-status', why: 'no status, no address, hire date 0000-00-00' },
  95: {
    stage: 'active',
    held: 'adopt-ambiguous',
    why: 'has the work address of 8 (the recording redacted both to one): 8 came first, HR gives another',
  },
  41: { stage: 'left', why: 'Inactive although Full-Time: left, never without review; nothing to take away' },
};
const TERMINATED = [29, 33, 34, 36, 40, 48, 54, 62, 64, 82, 84, 85, 94, 98, 100, 103].map(String);

/** Groups by department and location as the tenant has them, made where JumpCloud lacks them. */
function tenantGroups(employees: Facts[], create: boolean): string {
  const valuesOf = (fact: string): string[] =>
    [...new Set(employees.flatMap((employee) => employee[fact] ?? []))].sort();
  const group = (name: string, when: string): string =>
    `  - { group: ${JSON.stringify(name)}, when: ${JSON.stringify(when)}, create: ${create} }`;
  return [
    'groups:',
    group('All Staff', 'true'),
    ...valuesOf('department').map((name) => group(name, `department == ${JSON.stringify(name)}`)),
    ...valuesOf('location').map((name) => group(`${name} Office`, `location == ${JSON.stringify(name)}`)),
    '',
  ].join('\n');
}

describe.skipIf(!hasRecordings)('a recorded company (needs ../shared/reference)', () => {
  const lines: Line[] = [];
  afterAll(async () => {
    for (const line of lines) await line.close();
  });
  async function start(options: LineOptions): Promise<Line> {
    const line = await startLine({ bamboohr: recordedSeed(), now: RECORDED_AT, ...options });
    lines.push(line);
    return line;
  }
  const seed = hasRecordings ? recordedSeed() : { employees: [] };
  const employees = seed['employees'] as Facts[];

  async function stagesOf(line: Line): Promise<Record<string, string>> {
    const stages: Record<string, string> = {};
    for (const path of await line.list('state/people')) {
      const text = await line.read(`state/people/${path}`);
      stages[/(\w+)\.yaml$/.exec(path)![1]!] = /^stage: (\w+)/m.exec(text)![1]!;
    }
    return stages;
  }

  function expectEverybody(rest: PlanDocument, stages: Record<string, string>): void {
    expect(Object.keys(stages)).toHaveLength(114);
    const odd = Object.entries(ODD).map(([id, { stage }]): [string, string] => [id, stage]);
    const expected = new Map([
      ...employees.map(({ id }): [string, string] => [id, 'active']),
      ...TERMINATED.map((id): [string, string] => [id, 'left']),
      ...odd,
    ]);
    expect(stages).toEqual(Object.fromEntries(expected));
    const held = rest.held.map(({ person, code }) => `${person} ${code}`);
    expect(held).toEqual(
      Object.entries(ODD).flatMap(([id, { held: code }]) => (code === undefined ? [] : [`${id} ${code}`])),
    );
  }

  test('groups are made, everybody who works gets an account, nobody else does', async () => {
    const line = await start({
      files: {
        'mappings/groups/departments.yaml': null,
        'mappings/groups/locations.yaml': null,
        'mappings/groups/everyone.yaml': tenantGroups(employees, true),
      },
    });
    const { rest } = await settle(line);
    expect(rest.plans).toEqual([]);
    expectEverybody(rest, await stagesOf(line));
    const working = employees.filter(({ id }) => !(id in ODD) && !TERMINATED.includes(id));
    expect(working).toHaveLength(89);
    const { users, groups } = await line.directory();
    expect(
      Object.values(users)
        .map((user) => user['employeeIdentifier'])
        .sort(),
    ).toEqual(working.map(({ id }) => id).sort());
    expect(groups['All Staff']).toHaveLength(89);
    for (const [name, members] of Object.entries(groups)) {
      if (name === 'All Staff') continue;
      const wanted = working.filter(
        ({ department, location }) => department === name || `${location} Office` === name,
      );
      expect(members, name).toHaveLength(wanted.length);
    }
    const byId = new Map(Object.values(users).map((user) => [user['employeeIdentifier'], user]));
    for (const { id, firstName, lastName, workEmail, department, workPhone } of working)
      expect(byId.get(id)).toMatchObject({
        firstname: firstName,
        lastname: lastName,
        email: workEmail!.toLowerCase(),
        state: 'ACTIVATED',
        department: department ?? '',
        phoneNumbers: workPhone ? [{ type: 'work', number: workPhone }] : [],
      });
    // Managers are told by employee number; everybody whose manager works here has theirs.
    const numbers = new Map(employees.map((employee) => [employee['employeeNumber'], employee.id]));
    for (const { id, supervisorId } of working) {
      const manager = byId.get(numbers.get(supervisorId ?? '') ?? '');
      expect(byId.get(id)?.['manager'] ?? null).toBe(manager?.['username'] ?? null);
    }
    await line.forget();
    const settledAgain = await settle(line, 1);
    expect(settledAgain.rounds).toEqual([]);
    expect(await line.writes()).toEqual([]);
  }, 60_000);

  test('with the shipped mappings and the groups there already: two rounds at most', async () => {
    const line = await start({ jumpcloud: EMPTY_DIRECTORY });
    const { rest } = await settle(line, 2);
    expect(rest.plans).toEqual([]);
    expectEverybody(rest, await stagesOf(line));
    expect((await line.directory()).groups['Salt Lake City Office']?.length).toBeGreaterThan(50);
  }, 60_000);

  test('a status for those who have none: they go on as far as their facts allow', async () => {
    const line = await start({
      jumpcloud: EMPTY_DIRECTORY,
      files: {
        'mappings/lifecycle.yaml': (await (await start({})).read('mappings/lifecycle.yaml')).replace(
          "  # '': working",
          "  '': working",
        ),
      },
    });
    const { rest } = await settle(line);
    const held = Object.fromEntries(rest.held.map(({ person, code }) => [person, code]));
    expect(held).toEqual({
      95: 'adopt-ambiguous',
      112: 'no-address',
      115: 'no-hire-date',
      118: 'no-hire-date',
      119: 'no-hire-date',
      120: 'no-hire-date',
      121: 'no-hire-date',
    });
    expect((await stagesOf(line))['114']).toBe('future');
  }, 60_000);
});
