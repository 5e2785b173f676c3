/** JumpCloud's names of attributes in the words of the people who review them. */
const WORDS: Readonly<Record<string, string>> = {
  firstname: 'first name',
  middlename: 'middle name',
  lastname: 'last name',
  displayname: 'display name',
  jobTitle: 'job title',
  costCenter: 'cost center',
  employeeType: 'employee type',
  alternateEmail: 'alternate address',
  managedAppleId: 'managed Apple id',
  email: 'address',
};

const ADDRESS_WORDS: Readonly<Record<string, string>> = {
  poBox: 'PO box',
  extendedAddress: 'address line 2',
  streetAddress: 'street',
  locality: 'city',
  postalCode: 'postal code',
};

/** `jobTitle` -> "job title", `phone.work` -> "work phone", `address.work.locality` -> "work city", `custom.badge` -> "badge". */
export function attributeWords(attribute: string): string {
  const [family, ...rest] = attribute.split('.');
  if (family === 'phone' && rest.length === 1) return `${spaced(rest[0])} phone`;
  if (family === 'address' && rest.length === 2)
    return `${spaced(rest[0])} ${ADDRESS_WORDS[rest[1] ?? ''] ?? spaced(rest[1])}`;
  if (family === 'custom' && rest.length === 1) return rest[0] ?? attribute;
  return Object.hasOwn(WORDS, attribute) ? (WORDS[attribute] ?? attribute) : attribute;
}

function spaced(word: string | undefined): string {
  return (word ?? '').replaceAll('_', ' ');
}
