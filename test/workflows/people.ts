/** Accounts that fit the people of company.ts. */

/** The JumpCloud user of `person(id, first)`, linked by its anchor. */
export function user(id: string, first: string): Record<string, unknown> {
  const name = first.toLowerCase();
  return {
    username: `${name}.ames`,
    email: `${name}.ames@example.com`,
    employeeIdentifier: id,
    firstname: first,
    lastname: 'Ames',
    displayname: `${first} Ames`,
    jobTitle: 'Engineer',
    state: 'ACTIVATED',
  };
}
