/**
 * The private part of an HR record, which no mapping may bring in as a custom field either: git does not forget. BambooHR
 * has several names for one fact (`terminationReason` in reports, `employmentStatusTerminationReason` in the employee
 * dataset, whose names custom fields use), and companies make fields of their own: so names are read word by word.
 *
 * The words are those of the 458 fields of a recorded employee dataset (2026-06) and of the reports' vocabulary.
 */

/** Names that are private as a whole; their words alone are not. Small letters. */
const NAMES: ReadonlySet<string> = new Set(
  (
    'address1 address2 streetaddress city state statecode citystatezip country zipcode homeemail bestemail homephone ' +
    'dateofbirth maritalstatus nationalid payrate paytype payschedule paygroup payper paidper overtimerate bankaccount ' +
    'terminationdate terminationtype terminationreason eligibleforrehire timeoff leavetype emergencycontact photourl ' +
    'lastchanged lastchangediso'
  ).split(' '),
);

const WORDS = new RegExp(
  `\\b(?:${[
    // Where somebody lives, and how to reach them there or those they live with.
    '(?<!\\b(?:e?mail|mac|ip|work|office) )address',
    'street ?\\d*|zip|postal',
    '(?:home|personal|private) (?:e?mail|phone|mobile|cell)',
    'emergency|dependents?|spouse|children',
    'facebook|instagram|pinterest|skype|twitter|messenger|aim',
    // Who somebody is.
    'birth|birthday|birthdate|birthplace|dob|age|gender|sex|pronouns|marital|ethnicity|ethnic|race|religion|eeo|veteran',
    'nationality|national id|citizenship|citizen|passport|visa|ssn|sin|nin|tax|aca|driver|dmv|photo',
    'disability|disabled|allergies|dietary|health|medical|vaccin\\w*|exposure|testing tracker',
    // What somebody earns.
    'pay|paid|salary|wages?|bonus|commission|compensation|earnings|equity|stock|benefits?|bank|iban|credit',
    // How somebody is doing, is away, and leaves.
    'assessment|feedback|goal|education|notes?|comments?',
    'time off|leave|accrual|notice period|termination|terminated|regrettable|rehire',
  ].join('|')})\\b`,
);

/** @param name BambooHR's name of a field: `employmentStatusTerminationReason`, `customSalaryBand` */
export function isPrivateHrField(name: string): boolean {
  if (NAMES.has(name.toLowerCase())) return true;
  const words = name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? [];
  return WORDS.test(words.join(' ').toLowerCase());
}
