/** A company of any size, and a JumpCloud that agrees with it to the letter: whatever a verb then does is overhead. */
import { createHash } from 'node:crypto';

export interface BenchCompany {
  /** Both vendors' parts of a seed. */
  seed: object;
  /** Path below the checkout -> text, laid over the shipped mappings. */
  mappings: Record<string, string>;
  /** Members of each group, by its name. */
  groups: ReadonlyMap<string, number>;
}

const EVERYBODY = 'All Staff';
/** So many report to each manager. */
const SPAN = 8;

/** `people` of at least 1 employees in `groups` of at least 1 groups: one for everybody, the others by department. */
export function makeCompany(people: number, groups: number): BenchCompany {
  const departments = Array.from({ length: groups - 1 }, (_, index) => `Department ${index + 1}`);
  const departmentOf = (index: number): string => departments[index % departments.length] ?? 'Everything';
  const employees = Array.from({ length: people }, (_, index) => employeeOf(index, departmentOf(index)));
  const members = new Map<string, string[]>([EVERYBODY, ...departments].map((name) => [name, []]));
  for (const employee of employees) {
    members.get(EVERYBODY)?.push(userNameOf(employee));
    members.get(employee.department)?.push(userNameOf(employee));
  }
  return {
    seed: {
      bamboohr: { company: 'bench', timezone: 'America/Denver', employees },
      jumpcloud: {
        users: employees.map((employee, index) => accountOf(employee, employees[managerOf(index)])),
        userGroups: [...members].map(([name, list]) => ({
          name,
          membershipMethod: 'STATIC',
          members: list,
        })),
      },
    },
    mappings: { 'mappings/groups/everyone.yaml': groupsFile(departments) },
    groups: new Map([...members].map(([name, list]) => [name, list.length])),
  };
}

interface Employee {
  id: string;
  firstName: string;
  lastName: string;
  workEmail: string;
  jobTitle: string;
  department: string;
  location: string;
  workPhone: string;
  supervisorEId: string | null;
  status: string;
  employmentHistoryStatus: string;
  hireDate: string;
}

function employeeOf(index: number, department: string): Employee {
  const id = String(1_001 + index);
  const manager = managerOf(index);
  return {
    id,
    firstName: `Robin${index}`,
    lastName: `Example${index}`,
    workEmail: `robin.${id}@example.com`,
    jobTitle: ['Engineer', 'Analyst', 'Lead', 'Director'][index % 4] ?? 'Engineer',
    department,
    location: ['London, UK', 'Sydney, Australia', 'Remote'][index % 3] ?? 'Remote',
    workPhone: `+44 20 ${7_000_000 + index}`,
    supervisorEId: manager === index ? null : String(1_001 + manager),
    status: 'Active',
    employmentHistoryStatus: 'Full-Time',
    hireDate: '2020-01-06',
  };
}

/** A tree: the first one reports to nobody. */
function managerOf(index: number): number {
  return index === 0 ? 0 : Math.floor((index - 1) / SPAN);
}

function userNameOf({ workEmail }: Employee): string {
  return workEmail.slice(0, workEmail.indexOf('@'));
}

/** As mappings/attributes.yaml would write it. */
function accountOf(employee: Employee, manager: Employee | undefined): object {
  const { id, firstName, lastName, workEmail, jobTitle, department, location, workPhone } = employee;
  return {
    _id: createHash('sha256').update(id).digest('hex').slice(0, 24),
    username: userNameOf(employee),
    email: workEmail,
    employeeIdentifier: id,
    state: 'ACTIVATED',
    firstname: firstName,
    lastname: lastName,
    displayname: `${firstName} ${lastName}`,
    jobTitle,
    department,
    location,
    employeeType: employee.employmentHistoryStatus,
    phoneNumbers: [{ type: 'work', number: workPhone }],
    ...(employee.supervisorEId === null || manager === undefined ? {} : { manager: userNameOf(manager) }),
  };
}

function groupsFile(departments: string[]): string {
  const rules = departments.map((name) => `  - { group: ${name}, when: "department == '${name}'" }`);
  return ['groups:', `  - { group: ${EVERYBODY}, when: 'true' }`, ...rules, ''].join('\n');
}
