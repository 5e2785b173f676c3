/** A hold that waits for the mappings, and their edit that ends it: what follows is the edit's doing, and is reviewed. */
import { expect, test } from 'vitest';
import { settle } from '../../simulate.ts';
import {
  change,
  employee,
  exportPeople,
  LIFECYCLE,
  planWorld,
  policyOf,
  summaryOf,
  type World,
  worldOf,
} from '../../world.ts';

const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
const SABBATICAL = { employmentStatus: 'Sabbatical' };
const naming = (meaning: string): string =>
  LIFECYCLE.replace('Furloughed:', `Sabbatical: ${meaning}, Furloughed:`);
const SCOPED = `${LIFECYCLE}scope: location != 'Mars'\n`;

const stageOf = ({ people }: World, id: string): string =>
  people.find((person) => person.employee.id === id)!.stage;
const markedOf = ({ people }: World, id: string): string[] =>
  people.find((person) => person.employee.id === id)!.mappingChanged ?? [];
const deeds = (company: World, id: string): string[] =>
  summaryOf(planWorld(company)).filter((deed) => deed.split(' ')[1] === id);

/** The mappings as they are from now on, and an export over them. */
function edit(company: World, lifecycle: string): void {
  company.policy = policyOf({ lifecycle });
  company.people = exportPeople(company);
}

test('a status that is named a leave now: nobody is suspended for it without review', () => {
  const company = worldOf([employee('1'), employee('2')]);
  change(company, '2', SABBATICAL);
  expect(stageOf(company, '2')).toBe('hold');
  edit(company, naming('leave'));
  expect(stageOf(company, '2')).toBe('leave');
  expect(deeds(company, '2')).toContain('suspend 2 review');
  expect(deeds(company, '1')).toEqual([]);
  // As long as it is not done.
  company.people = exportPeople(company);
  expect(deeds(company, '2')).toContain('suspend 2 review');
});

test('somebody who left while out of scope: the edit that takes them in is what ends the access', () => {
  const company = worldOf([employee('1'), employee('2')], { lifecycle: SCOPED });
  change(company, '2', { location: 'Mars', ...GONE });
  expect(stageOf(company, '2')).toBe('hold');
  edit(company, LIFECYCLE);
  expect(stageOf(company, '2')).toBe('left');
  expect(deeds(company, '2')).toContain('suspend 2 review');
});

test('HR’s word that comes with the edit is HR’s: an exit waits for nobody', () => {
  const company = worldOf([employee('1'), employee('2')]);
  change(company, '2', SABBATICAL);
  company.policy = policyOf({ lifecycle: naming('working') });
  change(company, '2', GONE);
  expect(stageOf(company, '2')).toBe('left');
  expect(deeds(company, '2')).toContain('suspend 2 auto');
});

test('an exit from leave that an edit makes certain waits as long as only the leave is on record', () => {
  const company = worldOf([employee('1'), employee('2')]);
  change(company, '2', { employmentStatus: 'Furloughed' });
  settle(company);
  change(company, '2', { ...GONE, ...SABBATICAL });
  expect(deeds(company, '2')).toEqual(['suspend 2 review']);
  edit(company, naming('terminated'));
  expect(deeds(company, '2')).toEqual(['suspend 2 review']);
  company.people = exportPeople(company);
  expect(deeds(company, '2')).toEqual(['suspend 2 review']);
  settle(company);
  company.people = exportPeople(company);
  expect(markedOf(company, '2')).toEqual([]);
});

test('and HR’s word alone ends a hold as ever', () => {
  const company = worldOf([employee('1'), employee('2')]);
  change(company, '2', SABBATICAL);
  change(company, '2', { employmentStatus: 'Furloughed' });
  expect(deeds(company, '2')).toContain('suspend 2 auto');
});

test('who goes on as before is not marked: the next exit of theirs is no edit’s doing', () => {
  const company = worldOf([employee('1'), employee('2')]);
  change(company, '2', SABBATICAL);
  edit(company, naming('working'));
  expect(stageOf(company, '2')).toBe('active');
  expect(markedOf(company, '2')).toEqual([]);
  expect(deeds(company, '2')).toEqual([]);
  change(company, '2', GONE);
  expect(deeds(company, '2')).toContain('suspend 2 auto');
});
