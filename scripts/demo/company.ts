/** The company of the demo: company.yaml turned into a seed of the emulators. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Facts = Record<string, unknown>;

export interface Employee {
  id: string;
  first: string;
  last: string;
  mail: string;
  title: string;
  department: string;
  location: string;
  boss: string;
  status: string;
  hired: string;
  account: string;
}

interface CompanyFile {
  name: string;
  timezone: string;
  places: Record<string, string>;
  people: string;
  facts: Record<string, Facts>;
  accounts: Record<string, Facts>;
  otherAccounts: (Facts & { username: string })[];
  dynamicGroups: Record<string, { field: string; value: string }>;
  membersByHand: Record<string, string[]>;
  devices: Record<string, string>;
  deviceGroups: Record<string, string[]>;
  policies: Record<string, string[]>;
}

export interface Company {
  /** BambooHR subdomain. */
  name: string;
  timeZone: string;
  /** Seed of the emulator of BambooHR, in its own field names. */
  bamboohr: object;
  jumpcloud: object;
  /** Service accounts that guardrails.yaml protects. */
  protectedAccounts: string[];
}

const COLUMNS = [
  'id',
  'first',
  'last',
  'mail',
  'title',
  'department',
  'location',
  'boss',
  'status',
  'hired',
  'account',
] as const;
const PROTECTED = ['breakglass', 'svc-backup'];

/** @param groups names of the JumpCloud groups that the mappings know; they are there before Rollcall comes */
export function readCompany(groups: readonly string[]): Company {
  const text = readFileSync(new URL('company.yaml', import.meta.url), 'utf8');
  // Dates stay text, as BambooHR gives them.
  const file = parse(text, { schema: 'core' }) as CompanyFile;
  const people = readPeople(file);
  return {
    name: file.name,
    timeZone: file.timezone,
    bamboohr: {
      company: file.name,
      timezone: file.timezone,
      employees: people.map((person) => employeeOf(person, file)),
    },
    jumpcloud: directoryOf(people, file, groups),
    protectedAccounts: PROTECTED,
  };
}

/** One line an employee; a line with another number of cells, or an unknown place, is a mistake in company.yaml. */
function readPeople({ people, places }: CompanyFile): Employee[] {
  return people
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      const place = places[cells[COLUMNS.indexOf('location')] ?? ''];
      if (cells.length !== COLUMNS.length || place === undefined)
        throw new Error(`company.yaml: this line does not fit the table: ${line}`);
      const person = Object.fromEntries(COLUMNS.map((column, index) => [column, cells[index]]));
      return { ...person, location: place } as unknown as Employee;
    });
}

function employeeOf(person: Employee, { facts }: CompanyFile): Facts {
  const { id, first, last, title, department, location, boss, status, hired } = person;
  return {
    id,
    firstName: first,
    lastName: last,
    workEmail: addressOf(person),
    jobTitle: title,
    department,
    location,
    supervisorEId: boss,
    status: status === 'Terminated' ? 'Inactive' : 'Active',
    employmentHistoryStatus: status === '' ? null : status,
    hireDate: hired,
    ...facts[id],
  };
}

function directoryOf(people: Employee[], file: CompanyFile, groups: readonly string[]): object {
  const having = people.filter(({ account }) => account !== '');
  const usernames = new Map(having.map((person) => [person.id, usernameOf(person)]));
  const userOf = (id: string): string => {
    const username = usernames.get(id);
    if (username === undefined) throw new Error(`company.yaml: ${id} has no account in JumpCloud`);
    return username;
  };
  const bindings = (type: string, targets: Record<string, string[]>): Facts[] =>
    Object.entries(targets).flatMap(([target, ids]) => ids.map((id) => ({ user: userOf(id), type, target })));
  const owners = Object.fromEntries(Object.entries(file.devices).map(([device, id]) => [device, [id]]));
  return {
    users: [
      ...having.map((person) => accountOf(person, file, usernames)),
      ...file.otherAccounts.map((account) => ({ state: 'ACTIVATED', ...account })),
    ],
    userGroups: [...new Set([...groups, ...Object.keys(file.membersByHand)])].map((name) => {
      const rule = file.dynamicGroups[name];
      if (rule !== undefined) return dynamicGroup(name, rule);
      const members = having.filter((person) => isMember(person, name)).map(({ id }) => userOf(id));
      const byHand = (file.membersByHand[name] ?? []).map(userOf);
      return { name, membershipMethod: 'STATIC', members: [...new Set([...members, ...byHand])] };
    }),
    systems: Object.keys(file.devices).map((name) => ({ displayName: name, hostname: `${name}.local` })),
    systemGroups: Object.entries(file.deviceGroups).map(([name, members]) => ({ name, members })),
    policies: Object.keys(file.policies).map((name) => ({ name })),
    associations: [...bindings('system', owners), ...bindings('policy', file.policies)],
  };
}

function dynamicGroup(name: string, { field, value }: { field: string; value: string }): Facts {
  const filters = [{ field, operator: 'eq', value }];
  return {
    name,
    membershipMethod: 'DYNAMIC_AUTOMATED',
    memberQuery: { queryType: 'FilterQuery', filters },
  };
}

/** Departments were kept by hand, offices never were. */
function isMember({ department, location, status, account }: Employee, group: string): boolean {
  if (group === 'All Staff' || group === department) return true;
  if (account !== 'linked') return false;
  return (
    (group === 'Contractors' && status === 'Contractor') ||
    location.startsWith(group.replace(/ Office$/, ','))
  );
}

function accountOf(
  person: Employee,
  { accounts, facts }: CompanyFile,
  usernames: ReadonlyMap<string, string>,
): Facts {
  const { id, first, last, title, department, location, boss, status, account } = person;
  const called = String(facts[id]?.['preferredName'] ?? first);
  const manager = usernames.get(boss);
  const profile = {
    displayname: `${called} ${last}`,
    jobTitle: title,
    department,
    location,
    employeeType: status,
    ...(manager === undefined ? {} : { manager }),
  };
  return {
    username: usernames.get(id),
    email: addressOf(person),
    firstname: first,
    lastname: last,
    state: 'ACTIVATED',
    ...(account === 'bare' ? {} : profile),
    ...(account === 'linked' ? { employeeIdentifier: id } : {}),
    ...accounts[id],
  };
}

function usernameOf({ mail }: Employee): string {
  return mail.replaceAll(/[^a-z0-9._-]/g, '').slice(0, 30);
}

function addressOf({ mail }: Employee): string | null {
  return mail === '' ? null : `${mail}@example.com`;
}
