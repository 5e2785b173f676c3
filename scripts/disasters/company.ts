/** A company of any size with a JumpCloud of groups and nobody in them: what the disasters happen to. */

export interface Employee {
  id: string;
  [fact: string]: unknown;
}

export interface CompanySeed {
  bamboohr: { company: string; timezone: string; employees: Employee[] };
  jumpcloud: object;
}

const FIRST_ID = 1_001;
const DEPARTMENTS = ['Engineering', 'Sales', 'Finance', 'Marketing', 'IT', 'Product'];
const LOCATIONS = ['London, UK', 'Sydney, AU', 'Remote', 'Vancouver, CA'];
/** A group that no mapping names, filled by hand. */
export const BOOK_CLUB = 'Book Club';

/** HR id of the n-th of the company, from 0; the first one is everybody's manager's manager. */
export function idOf(index: number): string {
  return String(FIRST_ID + index);
}

/** One person's facts, complete and in the vendor's names. */
export function employeeOf(id: string, facts: Record<string, unknown> = {}): Employee {
  const index = Number(id) - FIRST_ID;
  return {
    id,
    employeeNumber: String(7_000 + index),
    firstName: `Robin${letters(index)}`,
    lastName: `Example${letters(index)}`,
    workEmail: `robin.${id}@example.com`,
    jobTitle: 'Analyst',
    department: DEPARTMENTS[index % DEPARTMENTS.length],
    location: LOCATIONS[index % LOCATIONS.length],
    workPhone: `+44 20 ${7_000_000 + index}`,
    supervisorEId: index === 0 ? null : idOf(Math.floor((index - 1) / 8)),
    status: 'Active',
    employmentHistoryStatus: 'Full-Time',
    hireDate: '2020-01-06',
    terminationDate: null,
    ...facts,
  };
}

/** @param isOld JumpCloud has everybody already, as somebody once typed it: nobody knows an HR id there */
export function makeCompany(
  people: number,
  timezone: string,
  groups: readonly string[],
  isOld: boolean,
): CompanySeed {
  const employees = Array.from({ length: people }, (_, index) => employeeOf(idOf(index)));
  return {
    bamboohr: { company: 'acme', timezone, employees },
    jumpcloud: {
      users: isOld ? employees.map(accountOf) : [],
      userGroups: [...groups, BOOK_CLUB].map((name) => ({
        name,
        membershipMethod: 'STATIC',
        members: [] as string[],
      })),
    },
  };
}

function accountOf({ id, firstName, lastName, workEmail, jobTitle }: Employee): object {
  return {
    username: `robin.${id}`,
    email: workEmail,
    firstname: firstName,
    lastname: lastName,
    jobTitle,
    state: 'ACTIVATED',
  };
}

/** Digits are letters here, so that no user name is told from another by a number alone. */
function letters(index: number): string {
  return [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
}
