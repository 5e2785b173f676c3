/** What is planted, and where none of it may come out: secrets in every form, private facts, people, and text that is a trap. */
import { VARIABLES } from '../../scripts/shell/variables.ts';

/** Never exported, whatever the key may see. By BambooHR's names. */
export const PRIVATE: Record<string, string> = {
  address1: 'canary-street-7',
  city: 'canary-city',
  homeEmail: 'canary-home@private.example',
  homePhone: '+1 555 0100 canary',
  dateOfBirth: '1987-03-14',
  gender: 'canary-gender',
  ssn: '078-05-1120',
  payRate: '123456.78 USD',
  terminationReason: 'canary-reason',
  terminationType: 'canary-type',
  eligibleForRehire: 'canary-rehire',
};
export const FUTURE_EXIT = '2027-02-13';

/** Somebody whom everything happens to. Found in person files, plans and what people open to read; in no log, URL or commit. */
export const NAMED = {
  firstName: 'Zebedee',
  lastName: 'Quixotworth',
  workEmail: 'zebedee.quixotworth@example.com',
};

/** A value for every variable that the table of variables calls secret; a new one is planted without anybody's doing. */
export const SECRETS: Record<string, string> = Object.fromEntries(
  VARIABLES.filter((variable) => variable.secret === true).map(({ name }) => [
    name,
    `${name.toLowerCase().replaceAll('_', '')}SECRETcanary0123%/+_456789`,
  ]),
);

/** Every spelling in which a text travels: as it is, in a URL, as base64 alone or in `user:password`, as markup shows it. */
export function spellingsOf(text: string): string[] {
  const base64 = (plain: string): string => Buffer.from(plain).toString('base64').replace(/=+$/, '');
  return [
    text,
    encodeURIComponent(text),
    encodeURI(text),
    base64(text),
    base64(`${text}:x`),
    text.replaceAll('%', '%25'),
    text.replaceAll('_', '&#95;'),
  ];
}

/** Which of `canaries` stand in `text`, whatever the case. */
export function leaksOf(text: string, canaries: readonly string[]): string[] {
  const small = text.toLowerCase();
  return canaries.filter((canary) => small.includes(canary.toLowerCase()));
}

/** What a vendor answers that repeats whatever it was asked with, and what it knows besides. */
export function echoOf(secrets: readonly string[]): { message: string; [key: string]: unknown } {
  const { firstName, lastName, workEmail } = NAMED;
  const words = Object.values(PRIVATE).join(', ');
  const message = `user ${firstName} ${lastName} <${workEmail}> already exists for key ${secrets.join(' ')}; ${words}`;
  return {
    error: message,
    message,
    details: [{ value: workEmail }],
    errors: [{ message, field: lastName, error: message }],
  };
}
