/**
 * Our field names in BambooHR's vocabularies: every endpoint has its own.
 *
 * - list: `GET /v1/employees` (OpenAPI document 2026-06, EmployeeOptionalField; recorded 2026-06)
 * - report: `GET /v1/employees/{id}`, `POST /v1/reports/custom` (recorded 2026-05)
 * - dataset: `POST /v2/datasets/employee/data` (recorded catalogue of 457 names, 2026-06)
 *
 * Traps: `supervisorId` is the manager's employee *number* (106 of 106 recorded rows), the id is `reportsToId`,
 * `supervisorEId` or `supervisorEid`. `employmentStatus` is Full-Time and the like in the dataset, but a deprecated
 * alias of Active/Inactive in reports, where the former is called `employmentHistoryStatus`.
 */
interface Names {
  list: string;
  report: string;
  dataset?: string;
}

const VOCABULARY: Record<string, Names> = {
  id: { list: 'employeeId', report: 'id', dataset: 'eeid' },
  employeeNumber: { list: 'employeeNumber', report: 'employeeNumber', dataset: 'employeeNumber' },
  firstName: { list: 'firstName', report: 'firstName', dataset: 'firstName' },
  middleName: { list: 'middleName', report: 'middleName', dataset: 'middleName' },
  lastName: { list: 'lastName', report: 'lastName', dataset: 'lastName' },
  preferredName: { list: 'preferredName', report: 'preferredName', dataset: 'preferredName' },
  workEmail: { list: 'workEmail', report: 'workEmail', dataset: 'email' },
  jobTitle: { list: 'jobTitleName', report: 'jobTitle', dataset: 'jobInformationJobTitle' },
  department: { list: 'departmentName', report: 'department', dataset: 'jobInformationDepartment' },
  division: { list: 'divisionName', report: 'division', dataset: 'jobInformationDivision' },
  location: { list: 'locationName', report: 'location', dataset: 'jobInformationLocation' },
  managerId: { list: 'reportsToId', report: 'supervisorEId', dataset: 'supervisorEid' },
  workPhone: { list: 'workPhone', report: 'workPhone', dataset: 'workPhone' },
  workPhoneExtension: {
    list: 'workPhoneExtension',
    report: 'workPhoneExtension',
    dataset: 'workPhoneExtension',
  },
  mobilePhone: { list: 'mobilePhone', report: 'mobilePhone', dataset: 'mobilePhone' },
  status: { list: 'status', report: 'status', dataset: 'status' },
  employmentStatus: {
    list: 'employmentStatusName',
    report: 'employmentHistoryStatus',
    dataset: 'employmentStatus',
  },
  employmentStatusDate: { list: 'employmentStatusEffectiveDate', report: 'employeeStatusDate' },
  employmentType: { list: 'employmentType', report: 'employmentType' },
  hireDate: { list: 'hireDate', report: 'hireDate', dataset: 'hireDate' },
  originalHireDate: { list: 'originalHireDate', report: 'originalHireDate', dataset: 'originalHireDate' },
  contractEndDate: { list: 'contractEndDate', report: 'contractEndDate', dataset: 'contractEndDate' },
  terminationDate: { list: 'terminationDate', report: 'terminationDate', dataset: 'terminationDate' },
};

/** In every row of the list without being asked for; the list's `fields` does not name them. */
export const LIST_DEFAULTS: ReadonlySet<string> = new Set([
  'employeeId',
  'firstName',
  'lastName',
  'preferredName',
  'photoUrl',
  'jobTitleName',
  'status',
]);

/** Throws for a name that is none of ours: a field of the catalogue without a translation is a mistake of this program. */
export function nameIn(vocabulary: 'list' | 'report', field: string): string {
  const names = Object.hasOwn(VOCABULARY, field) ? VOCABULARY[field] : undefined;
  if (names === undefined) throw new TypeError(`no BambooHR name is known for the field ${field}`);
  return names[vocabulary];
}

/** null, "" and 0000-00-00 are how BambooHR says "not set" (recorded 2022 and 2026). */
export function textOf(value: string | number | boolean | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = String(value).trim();
  return text === '' || text === '0000-00-00' ? undefined : text;
}
