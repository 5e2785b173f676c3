import { expect, it } from 'vitest';
import { peopleWord, readPeopleWord } from '../../../scripts/core/notify/people-word.ts';

it('is read as it was written, and holds nothing but ids and codes', () => {
  const held = [
    { person: '1008', code: 'adopt-privileged', message: 'SECRET' },
    { person: 'x_9-Z', code: 'no-address', message: '' },
  ];
  const word = peopleWord(held);
  expect(word).toBe('1008:adopt-privileged/x_9-Z:no-address');
  expect(readPeopleWord(word)).toEqual(held.map(({ person, code }) => ({ person, code })));
  expect(readPeopleWord('')).toEqual([]);
});

it.each(['1008', '1008:Code', '1008:a:b', '10 08:a', '../x:a', '1:a\n2:b'])('%j is none', (word) => {
  expect(readPeopleWord(word)).toBeUndefined();
});

it('stays shorter than a variable of a process may be, for a whole company on hold', () => {
  const held = Array.from({ length: 50_000 }, (_, index) => ({
    person: String(index).padStart(12, '0'),
    code: 'employment-status-unmapped',
    message: '',
  }));
  expect(peopleWord(held).length).toBeLessThan(131_072);
});
