/**
 * A day on which everything happens: every kind of action, for one person of each role or for many. It happens on the
 * wall's today, because processes have no other clock and JumpCloud arms nothing in the past.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, type Day, dayIn } from '../../scripts/core/values/calendar.ts';
import { COMPANY, type Employee, employee, EMPLOYEES, EMPTY_DIRECTORY, unlinked } from './company.ts';
import { type Line, PROJECT } from './line-world.ts';

export const ZONE = 'America/Denver';
export const TODAY: Day = dayIn(ZONE, new Date().toISOString());
const LAPTOPS = 'Engineering Laptops';

/** Who is there once for every copy of the day. */
type Role =
  | 'joiner'
  | 'starter'
  | 'veteran'
  | 'left'
  | 'later'
  | 'longGone'
  | 'away'
  | 'mover'
  | 'contractor'
  | 'leaver';

function castOf(copy: number): Record<Role, Employee> {
  const letter = copy === 0 ? '' : String.fromCharCode(96 + copy);
  const id = (role: number): string => String(200 + 20 * copy + role);
  const named = (role: number, first: string, last: string, facts: Record<string, unknown> = {}): Employee =>
    employee(id(role), first + letter, last, facts);
  return {
    // Armed ahead; starts now; has an account of before that nobody linked.
    joiner: named(0, 'Ivy', 'Lund', { hireDate: addDays(TODAY, 3), supervisorEId: '102' }),
    starter: named(1, 'Jon', 'Wu', { hireDate: TODAY, supervisorEId: '101' }),
    veteran: named(2, 'Kim', 'Sato', { department: 'IT' }),
    // Gone for days, with an account that nobody linked: suspended without any receipt of before.
    left: named(3, 'Lou', 'Park', {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: addDays(TODAY, -3),
    }),
    // Staged and armed already, and HR moves the first day.
    later: named(4, 'Mia', 'Moe', { hireDate: addDays(TODAY, 5), supervisorEId: '101' }),
    // Left long enough ago to be deleted, once a mapping says after how long.
    longGone: named(5, 'Ned', 'Ode', { department: 'Finance' }),
    away: named(6, 'Hal', 'Ives', { department: 'Product' }),
    mover: named(7, 'Max', 'Meyer', { supervisorEId: '102', department: 'Sales', location: 'Sydney, AU' }),
    contractor: named(8, 'Dan', 'Nowak', { supervisorEId: id(9), employmentHistoryStatus: 'Contractor' }),
    leaver: named(9, 'Eva', 'Okafor', { supervisorEId: '101', department: 'Sales', workPhone: '+44 20 1' }),
  };
}

export interface FullDay {
  /** HR and JumpCloud long before, as seeds. */
  bamboohr: object;
  jumpcloud: object;
  /** Path -> text: the mappings that differ from the shipped ones. */
  mappings: Record<string, string>;
  /** Edits of the mappings, merged on the day. */
  edits: Record<string, string>;
  /** Once everybody is settled: leave begins, and somebody is gone. */
  setOut(line: Line): Promise<void>;
  /** The morning: HR's news, and what JumpCloud holds that nobody linked. */
  dawn(line: Line): Promise<void>;
}

/** @param copies so many people of each role */
export async function planFullDay(copies: number): Promise<FullDay> {
  const casts = Array.from({ length: copies }, (_, copy) => castOf(copy));
  const all = (role: Role): Employee[] => casts.map((cast) => cast[role]);
  const lifecycle = (await readFile(join(PROJECT, 'mappings/lifecycle.yaml'), 'utf8')).replace(
    /activationMail: work/,
    'activationMail: none',
  );
  const gone = { status: 'Inactive', employmentHistoryStatus: 'Terminated' };
  const nights = casts.map(
    (_, copy) => `  - { group: Night Shift ${copy}, create: true, when: "department == 'Nights'" }\n`,
  );
  return {
    bamboohr: {
      ...COMPANY,
      timezone: ZONE,
      employees: [
        ...EMPLOYEES,
        ...(['away', 'later', 'longGone', 'mover', 'contractor', 'leaver'] as const).flatMap(all),
      ],
    },
    jumpcloud: { ...EMPTY_DIRECTORY, systemGroups: [{ name: LAPTOPS }] },
    mappings: {
      'mappings/lifecycle.yaml': lifecycle,
      'mappings/devices.yaml': `bindings:\n  - { bind: system_group, name: ${LAPTOPS}, when: department == 'Engineering', because: engineers }\n`,
    },
    // A group that is to be made, and an end to what is kept of leavers.
    edits: {
      'mappings/groups/nights.yaml': `groups:\n${nights.join('')}`,
      'mappings/lifecycle.yaml': lifecycle.replace('# deleteAfterDays: 90', 'deleteAfterDays: 5'),
    },
    async setOut(line) {
      for (const { id } of all('away')) await line.hr(id, { employmentHistoryStatus: 'Furloughed' });
      for (const { id } of all('longGone'))
        await line.hr(id, { ...gone, terminationDate: addDays(TODAY, -10) });
    },
    async dawn(line) {
      for (const role of ['joiner', 'starter', 'veteran', 'left'] as const)
        for (const person of all(role)) await line.hire(person);
      for (const { id } of all('later')) await line.hr(id, { hireDate: addDays(TODAY, 4) });
      for (const { id } of all('contractor')) await line.hr(id, { department: 'Product' });
      for (const { id } of all('away')) await line.hr(id, { employmentHistoryStatus: 'Full-Time' });
      // Who moves also marries.
      for (const { id, firstName } of all('mover'))
        await line.hr(id, {
          department: 'Marketing',
          jobTitle: 'Buyer',
          supervisorEId: '101',
          lastName: 'Moss',
          workEmail: `${String(firstName).toLowerCase()}.moss@example.com`,
        });
      for (const { id } of all('leaver')) await line.hr(id, { ...gone, terminationDate: TODAY });
      const state = await line.control<{ users: object[]; userGroups: object[] }>(
        'jumpcloud',
        'GET',
        '/state',
      );
      const unknown = [...all('veteran'), ...all('left')].map((person) => unlinked(person));
      const club = [...all('leaver'), ...all('left')].map(
        ({ workEmail }) => String(workEmail).split('@')[0]!,
      );
      await line.control('jumpcloud', 'PUT', '/state', {
        ...state,
        users: [...state.users, ...unknown],
        // In a group that no mapping knows.
        userGroups: [...state.userGroups, { name: 'Book Club', members: [...club, 'ada.byron'] }],
      });
    },
  };
}
