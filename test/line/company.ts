/** A small company for the line: enough of everybody to make every kind of action happen. */

export interface Employee {
  id: string;
  [fact: string]: unknown;
}

export function employee(
  id: string,
  firstName: string,
  lastName: string,
  facts: Record<string, unknown> = {},
): Employee {
  const at = `${firstName}.${lastName}`.toLowerCase().replaceAll(/[^a-z.]/g, '');
  return {
    id,
    firstName,
    lastName,
    workEmail: `${at}@example.com`,
    jobTitle: 'Engineer',
    department: 'Engineering',
    location: 'London, UK',
    status: 'Active',
    employmentHistoryStatus: 'Full-Time',
    hireDate: '2020-01-06',
    ...facts,
  };
}

export const EMPLOYEES: Employee[] = [
  employee('101', 'Ada', 'Byron', { jobTitle: 'CEO', department: 'Operations' }),
  employee('102', 'Bob', 'Stone', { supervisorEId: '101' }),
  employee('103', 'Cas', 'Meyer', { supervisorEId: '102', department: 'Sales', location: 'Sydney, AU' }),
  employee('104', 'Dee', 'Nowak', { supervisorEId: '102', employmentHistoryStatus: 'Contractor' }),
  employee('105', 'Eve', 'Okafor', { supervisorEId: '101', department: 'Sales', workPhone: '+44 20 1' }),
  employee('106', 'Fay', 'Quist', { supervisorEId: '105', department: 'Finance' }),
];

export const COMPANY = { company: 'acme', timezone: 'America/Denver', employees: EMPLOYEES };

export const GROUPS = [
  'All Staff',
  'Contractors',
  'Customer Success',
  'Engineering',
  'Finance',
  'Human Resources',
  'IT',
  'Marketing',
  'Operations',
  'Product',
  'Sales',
  'UX',
  'London Office',
  'Salt Lake City Office',
  'Sydney Office',
  'Vancouver Office',
  'Remote Workers',
];

/** JumpCloud with nobody in it but the groups, all of them static. */
export const EMPTY_DIRECTORY = {
  userGroups: GROUPS.map((name) => ({ name, membershipMethod: 'STATIC', members: [] as string[] })),
};

/** An account as the mappings want it, but that nobody has linked. */
export function unlinked(
  { firstName, lastName, workEmail }: Employee,
  facts: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    username: String(workEmail).split('@')[0],
    email: workEmail,
    firstname: firstName,
    lastname: lastName,
    state: 'ACTIVATED',
    ...facts,
  };
}
