/** The bundled company is as awkward as the story says; who edits the table must not make it tame. */
import { beforeAll, expect, it } from 'vitest';
import { readCompany } from '../../scripts/demo/company.ts';
import { readShippedGroups } from '../../scripts/demo/folder.ts';

interface Employee {
  id: string;
  firstName: string;
  lastName: string;
  workEmail: string | null;
  status: string;
  employmentHistoryStatus: string | null;
  hireDate: string;
  supervisorEId: string;
  contractEndDate?: string;
}

let employees: Employee[];
let users: { username: string; email: string; admin?: object }[];
beforeAll(async () => {
  const { bamboohr, jumpcloud } = readCompany(await readShippedGroups());
  employees = (bamboohr as { employees: Employee[] }).employees;
  users = (jumpcloud as { users: typeof users }).users;
});

it('has about 120 people, each with an id and an address of their own', () => {
  expect(employees.length).toBeGreaterThanOrEqual(115);
  expect(new Set(employees.map(({ id }) => id)).size).toBe(employees.length);
  const addresses = employees.flatMap(({ workEmail }) => (workEmail ? [workEmail] : []));
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const address of [...addresses, ...users.map(({ email }) => email)])
    expect(address).toMatch(/^[^@\s]+@example\.com$/);
});

it('has awkward names', () => {
  const names = employees.map(({ firstName, lastName }) => `${firstName} ${lastName}`);
  expect(new Set(names).size).toBeLessThan(names.length);
  expect(employees.some(({ lastName }) => lastName === '')).toBe(true);
  for (const pattern of [
    /\p{L}'\p{L}/u,
    /\p{L}-\p{L}/u,
    /\p{Script=Han}/u,
    /\p{Script=Cyrillic}/u,
    /Łukasz/,
    /.{60}/,
  ])
    expect(names.join('\n')).toMatch(pattern);
  expect(names.join('\n')).toMatch(/\p{Script=Arabic}/u);
});

it('has what HR leaves behind', () => {
  const having = (test: (employee: Employee) => boolean): number => employees.filter(test).length;
  expect(having(({ workEmail }) => workEmail === null)).toBe(1);
  expect(having(({ workEmail }) => workEmail === '')).toBe(1);
  expect(having(({ hireDate }) => hireDate === '0000-00-00')).toBe(1);
  expect(having(({ hireDate }) => hireDate > '2026-12-07')).toBe(2);
  expect(having(({ employmentHistoryStatus }) => employmentHistoryStatus === null)).toBe(1);
  expect(having((each) => each.status === 'Inactive' && each.employmentHistoryStatus === 'Full-Time')).toBe(
    1,
  );
  const contractors = employees.filter((each) => each.employmentHistoryStatus === 'Contractor');
  expect(contractors.length).toBeGreaterThan(2);
  for (const { contractEndDate } of contractors) expect(contractEndDate).toMatch(/^20\d\d-/);
  const boss = new Map(employees.map(({ id, supervisorEId }) => [id, supervisorEId]));
  expect(employees.some(({ id }) => boss.get(boss.get(id) ?? '') === id)).toBe(true);
  for (const { supervisorEId } of employees) expect(boss.has(supervisorEId)).toBe(true);
  expect(users.filter(({ admin }) => admin !== undefined)).toHaveLength(1);
});
