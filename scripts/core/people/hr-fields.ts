/**
 * The HR facts that mappings may read, in the order in which a person file shows them. One vocabulary for all of
 * BambooHR's endpoints, which each have their own (adapters/bamboohr/vocabulary.ts translates).
 *
 * What is not here cannot be exported by accident: no home address, birthday, salary, personal phone or e-mail,
 * leave type or reason for leaving. Git does not forget. private-hr-field.ts says the same of custom fields.
 */
export interface HrField {
  name: string;
  kind: 'text' | 'day';
  description: string;
  /** Read for everyone whether or not a mapping uses it: stage, matching and managers depend on it. */
  always?: true;
}

export const HR_FIELDS: HrField[] = [
  { name: 'id', kind: 'text', description: 'BambooHR employee id; never changes', always: true },
  { name: 'employeeNumber', kind: 'text', description: 'employee number; HR may edit it' },
  { name: 'firstName', kind: 'text', description: 'legal first name', always: true },
  { name: 'middleName', kind: 'text', description: 'middle name' },
  { name: 'lastName', kind: 'text', description: 'last name', always: true },
  { name: 'preferredName', kind: 'text', description: 'preferred first name; empty when there is none' },
  {
    name: 'workEmail',
    kind: 'text',
    description: 'work address; empty until HR or naming provides one',
    always: true,
  },
  { name: 'jobTitle', kind: 'text', description: 'job title' },
  { name: 'department', kind: 'text', description: 'department' },
  { name: 'division', kind: 'text', description: 'division' },
  { name: 'location', kind: 'text', description: 'work location' },
  { name: 'managerId', kind: 'text', description: "manager's BambooHR id", always: true },
  { name: 'workPhone', kind: 'text', description: 'work phone' },
  { name: 'workPhoneExtension', kind: 'text', description: 'work phone extension' },
  { name: 'mobilePhone', kind: 'text', description: 'mobile phone' },
  { name: 'status', kind: 'text', description: 'Active or Inactive', always: true },
  {
    name: 'employmentStatus',
    kind: 'text',
    description: 'Full-Time, Contractor, Terminated …',
    always: true,
  },
  { name: 'employmentType', kind: 'text', description: 'employment type' },
  { name: 'hireDate', kind: 'day', description: 'first day of the current employment', always: true },
  { name: 'originalHireDate', kind: 'day', description: 'first day of the first employment' },
  { name: 'contractEndDate', kind: 'day', description: "last day of a contractor's contract" },
  {
    name: 'terminationDate',
    kind: 'day',
    description: 'last day worked; kept out of git until the arming window opens',
    always: true,
  },
];

export const HR_FIELD_NAMES: ReadonlySet<string> = new Set(HR_FIELDS.map((field) => field.name));
