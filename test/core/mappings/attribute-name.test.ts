/** Which names may stand in attributes.yaml: those that JumpCloud takes, and none that only looks like one. */
import { expect, test } from 'vitest';
import { isAttributeName } from '../../../scripts/core/mappings/attributes-file.ts';

const LETTERS = (count: number): string => 'a'.repeat(count);

test.each([
  'jobTitle',
  'phone.work',
  'phone.work_fax',
  'phone.m',
  `phone.${LETTERS(32)}`,
  'address.work.locality',
  'address.home_other.country',
  'custom.costCode',
  'custom.7',
  `custom.${LETTERS(64)}`,
])('is one: %s', (name) => expect(isAttributeName(name)).toBe(true));

test.each([
  '',
  'jobtitle',
  'employeeIdentifier',
  '__proto__',
  'constructor',
  'phone',
  'phone.',
  'phone.2nd',
  'phone.work.extension',
  'phone.work!',
  'my.phone.work',
  `phone.${LETTERS(33)}`,
  'address.work',
  'address.work.',
  'address.work.moon',
  'address.1.locality',
  'address.w-k.locality',
  'my.address.work.locality',
  'address.work.locality.more',
  `address.${LETTERS(33)}.locality`,
  'custom.',
  'custom.cost_code',
  'custom.cost code',
  'my.custom.costCode',
  `custom.${LETTERS(65)}`,
])('is none: %s', (name) => expect(isAttributeName(name)).toBe(false));
