import { expect, it } from 'vitest';
import { heldWord, readHeldWord } from '../../../scripts/core/notify/held-words.ts';

it('is read as it was written, and holds nothing but ids and codes', () => {
  const held = [
    { person: '1008', code: 'adopt-privileged', message: 'SECRET' },
    { person: 'x_9-Z', code: 'no-address', message: '' },
  ];
  const word = heldWord(held);
  expect(word).toBe('1008:adopt-privileged/x_9-Z:no-address');
  expect(readHeldWord(word)).toEqual(held.map(({ person, code }) => ({ person, code })));
  expect(readHeldWord('')).toEqual([]);
});

it.each(['1008', '1008:Code', '1008:a:b', '10 08:a', '../x:a', '1:a\n2:b'])('%j is none', (word) => {
  expect(readHeldWord(word)).toBeUndefined();
});

it('stays shorter than a variable of a process may be, for a whole company on hold', () => {
  const held = Array.from({ length: 50_000 }, (_, index) => ({
    person: String(index).padStart(12, '0'),
    code: 'employment-status-unmapped',
    message: '',
  }));
  expect(heldWord(held).length).toBeLessThan(131_072);
});
