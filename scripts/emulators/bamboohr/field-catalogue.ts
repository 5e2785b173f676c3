/**
 * The vendor's vocabularies in one table: what `employees/{id}` and reports, the list endpoint and the employee
 * dataset each call the same thing. Ids, aliases, labels and types are those of a recorded stock tenant
 * (meta/fields 2026-05, datasets fields 2026-06); the list names are the OpenAPI document's.
 */

export type FieldKind = 'text' | 'date' | 'options' | 'number' | 'flag';

export interface Field {
  /** Name in `employees/{id}`, reports and webhooks; also how the emulator itself calls it. */
  alias: string;
  /** Field id: integers, negative integers for virtual fields, dotted text for parts (recorded); absent: not in meta/fields. */
  id?: number | string;
  label: string;
  /** The vendor's type name in meta/fields and report headers. */
  type: string;
  kind: FieldKind;
  /** Name in `GET /v1/employees`, when it has one there. */
  list?: string;
  /** Name in the employee dataset, when it has one there. */
  dataset?: string;
  /** Other names that `employees/{id}` and reports accept for it. */
  others: string[];
  custom: boolean;
  deprecated: boolean;
}

/** alias | id (empty: calculated) | label | type | list name | dataset name | other report names. `=`: as the alias; `-`: none. */
const TABLE = `
id||EEID|int|employeeId|eeid|
employeeNumber|636|Employee #|employee_number|=|=|
firstName|1|First Name|text|=|=|
middleName|5|Middle Name|text|=|=|
lastName|2|Last Name|text|=|=|
preferredName|1358|Preferred Name|text|=|=|nickname
displayName||Display name|text|=|-|
fullName1||First name Last name|text|firstNameLastName|-|
fullName2||Last name, First name|text|employeeName|lastNameFirstName|
status|387|Status|status|=|=|employmentStatus
workEmail|15|Work Email|email|=|email|
homeEmail|1357|Home Email|email|=|=|
bestEmail||Best Email|email|=|-|
workPhone|634|Work Phone|phone|=|=|
workPhoneExtension|635|Work Ext.|text|=|workExtension|
mobilePhone|13|Mobile Phone|phone|=|=|
homePhone|14|Home Phone|phone|=|=|
jobTitle|17|Job Title|list|jobTitleName|jobInformationJobTitle|
department|4|Department|list|departmentName|jobInformationDepartment|
division|1355|Division|list|divisionName|jobInformationDivision|
location|18|Location|list|locationName|jobInformationLocation|
reportsTo|91|Reporting to|employee|reportsToName|jobInformationReportsTo|
supervisor||Supervisor name|text|-|supervisorName|
supervisorId||Supervisor ID|text|-|=|
supervisorEId||Supervisor EID|text|reportsToId|supervisorEid|
supervisorEmail||Supervisor email|text|-|=|
isSupervisor||Is Supervisor|checkbox|isManager|=|
employmentHistoryStatus|16|Employment Status|list|employmentStatusName|employmentStatus|
employeeStatusDate|1936|Employment Status: Date|date|employmentStatusEffectiveDate|employmentStatusEffectiveDate|
hireDate|3|Hire Date|date|=|=|
originalHireDate|4333|Original Hire Date|date|=|=|
terminationDate|-38|Termination Date|date|=|=|
terminationType|4313|Termination Type|list|=|employmentStatusTerminationType|
terminationReason|4314|Termination Reason|list|=|employmentStatusTerminationReason|
terminationRegrettable|4509|Regrettable or Non-Regrettable|list|=|employmentStatusRegrettableOrNonRegrettable|
eligibleForRehire|4315|Eligible For Re-hire|list|=|=|
finalPayDate|4500|Final Pay Date|date|=|employeeFinalPayDate|
contractEndDate|4331.2|Contract End Date|date|=|=|
probationEndDate|4416.1|Probation End Date|date|=|=|
employmentType|4589|Employment Type|list|=|-|
lastChanged||Last changed|timestamp|-|=|
dateOfBirth|6|Birth Date|date|birthDate|=|
gender|154|Gender|gender|=|=|
pronouns|4417|Pronouns|list|=|employeePronouns|
maritalStatus|155|Marital Status|marital_status|=|=|
ethnicity|1037|Ethnicity|list|=|=|
nationality|4390|Nationality|list|=|=|
eeo|157|EEO Job Category|list|eeoJobCategory|eeoJobCategory|
flsaCode|1359|FLSA Code|list|=|=|
ssn|7|SSN|ssn|=|=|
sin|4336|SIN|sin|=|=|
nin|4335|NIN|nin|=|=|
nationalId|4334|National ID|national_id|=|=|
address1|8|Address Line 1|text|addressLine1|addressLineOne|
address2|9|Address Line 2|text|addressLine2|addressLineTwo|
city|10|City|text|=|=|
state|11|State|state|=|=|
zipcode|12|Zip Code|text|=|=|
country|3991|Country|country|=|=|
allergies|4404|Allergies|text|=|=|
dietaryRestrictions|4405|Dietary Restrictions|textarea|=|=|
shirtSize|4412|Shirt Size|list|=|=|
jacketSize|4414|Jacket Size|list|=|=|
tShirtSize|4413|T-Shirt Size|list|=|tshirtSize|
noticePeriod|4415|Notice Period|list|=|=|
facebook|4057|Facebook URL|contact_url|facebookUrl|facebookUrl|
linkedIn|4058|LinkedIn URL|contact_url|linkedinUrl|linkedinUrl|
instagram|4402|Instagram URL|contact_url|instagramUrl|instagramUrl|
pinterest|4060|Pinterest URL|contact_url|pinterestUrl|pinterestUrl|
twitterFeed|4056|Twitter Feed|twitter_handle|twitterUrl|=|
skypeUsername|4059|Skype Username|text|=|=|
payRate|19|Pay rate|currency|=|compensationPayRate|
payType|156|Pay type|pay_type|=|compensationPayType|
payPer|4330|Paid per|paid_per|paidPer|compensationPaidPer|
paySchedule|4386|Pay Schedule|list|=|compensationPaySchedule|
payChangeReason|4017|Compensation Change Reason|list|compensationChangeReason|compensationChangeReason|
payRateEffectiveDate|4021|Compensation: Date|date|compensationEffectiveDate|compensationEffectiveDate|
overtimeRate|4403|Overtime Rate|currency|=|compensationOvertimeRate|
exempt|4042|Overtime Status|exempt|overtime|compensationOvertimeStatus|
teams|4549|Teams|multilist|=|=|
photoUploaded||Photo uploaded|bool|-|-|
photoUrl||Photo url|url|=|-|
canUploadPhoto||Can Upload Photo|bool|-|-|
`;

/** Names of the list endpoint that answer the option id behind another field. */
export const LIST_OPTION_IDS: Record<string, string> = {
  departmentId: 'department',
  divisionId: 'division',
  locationId: 'location',
  jobTitleId: 'jobTitle',
  employmentStatusId: 'employmentHistoryStatus',
  terminationTypeId: 'terminationType',
  terminationReasonId: 'terminationReason',
  employmentTypeId: 'employmentType',
};

/** Every optional field the list endpoint knows (OpenAPI document, 2026-06): no custom ones, no lastChanged. */
const LIST_NAMES =
  'addressLine1 addressLine2 age allergies bestEmail birthDate birthplace citizenship citizenshipId city ' +
  'compensationChangeReason compensationChangeReasonId compensationComment compensationEffectiveDate ' +
  'compensationEndDate contractEndDate country countryId departmentId departmentName dietaryRestrictions ' +
  'displayName divisionId divisionName eeoJobCategory eeoJobCategoryId ein eligibleForRehire eligibleForRehireId ' +
  'employeeName employeeNumber employmentStatusComment employmentStatusEffectiveDate employmentStatusId ' +
  'employmentStatusName employmentType employmentTypeId ethnicity ethnicityId facebookUrl ' +
  'finalDoseAdministrationDate finalPayDate firstNameLastName firstNameMiddleInitial flsaCode flsaCodeId gender ' +
  'genderIdentity genderIdentityId hireDate homeEmail homePhone hoursPerPayCycle instagramUrl isManager ' +
  'jacketSize jacketSizeId jobInformationEffectiveDate jobTitleId linkedinUrl locationId locationName ' +
  'maritalStatus middleInitial middleName mobilePhone nationalId nationalInsuranceCategory ' +
  'nationalInsuranceCategoryId nationality nationalityId nickName nin noticePeriod noticePeriodId ' +
  'originalHireDate overtime overtimeRate paidPer payRate paySchedule payScheduleId payType pinterestUrl ' +
  'preferredNameLastName probationEndDate pronouns pronounsId proofOfVaccination reportsToId reportsToName ' +
  'secondaryLanguage shirtSize shirtSizeId sin skypeUsername ssn state stateId taxTypeId teams tenure ' +
  'terminationDate terminationReason terminationReasonId terminationRegrettable terminationRegrettableId ' +
  'terminationType terminationTypeId tShirtSize tShirtSizeId twitterUrl userId vaccinationStatus ' +
  'vaccinationStatusId vaccineReceived vaccineReceivedId veteranStatus veteranStatusId workEmail workPhone ' +
  'workPhoneExtension zipcode';

/** The seven that every row of the list carries (recorded 2026-06). */
export const LIST_DEFAULTS = [
  'employeeId',
  'firstName',
  'lastName',
  'preferredName',
  'photoUrl',
  'jobTitleName',
  'status',
];

export const LIST_FIELDS: ReadonlySet<string> = new Set([...LIST_DEFAULTS, ...LIST_NAMES.split(' ')]);

const KINDS: Record<string, FieldKind> = {
  date: 'date',
  timestamp: 'date',
  list: 'options',
  status: 'options',
  multilist: 'options',
  gender: 'options',
  country: 'options',
  state: 'options',
  int: 'number',
  checkbox: 'flag',
  bool: 'flag',
};

export const STOCK_FIELDS: readonly Field[] = TABLE.trim().split('\n').map(parseLine);

function parseLine(line: string): Field {
  const [alias = '', id = '', label = '', type = '', list = '-', dataset = '-', others = ''] =
    line.split('|');
  return {
    alias,
    ...(id === '' ? {} : { id: fieldId(id) }),
    label,
    type,
    kind: kindOf(type),
    ...(list === '-' ? {} : { list: list === '=' ? alias : list }),
    ...(dataset === '-' ? {} : { dataset: dataset === '=' ? alias : dataset }),
    others: others === '' ? [] : others.split(' '),
    custom: false,
    deprecated: false,
  };
}

/** How values of a vendor type compare and what "unset" looks like. */
export function kindOf(type: string): FieldKind {
  return KINDS[type] ?? 'text';
}

/** Whole numbers are numbers in meta/fields and reports, dotted ids stay text (recorded 2026-05). */
export function fieldId(text: string): number | string {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}
