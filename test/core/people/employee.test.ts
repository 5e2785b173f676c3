/** HR text as it may go on: one line, without controls, composed. */
import { expect, test } from 'vitest';
import { cleanText } from '../../../scripts/core/people/employee.ts';

test.each([
  ['Engineer', 'Engineer'],
  ['  Engineer\t', 'Engineer'],
  ['Senior \n\r\n  Engineer', 'Senior Engineer'],
  ['Head\u2028of\u2029Sales', 'Head of Sales'],
  ['a\u0000\u001b[31mb\u0085c', 'a [31mb c'],
  ['\u00a0\u3000', ''],
  ['Jose\u0301', 'Jos\u00e9'],
  ['', ''],
])('%j is %j', (text, clean) => expect(cleanText(text)).toBe(clean));
