/** Holds count on their last day and not on the next one; nobody else's hold counts for anybody. */
import { expect, test } from 'vitest';
import { applyPlans } from '../../simulate.ts';
import { change, employee, exportPeople, planWorld, policyOf, type World, worldOf } from '../../world.ts';

const TODAY = '2026-11-23';
const line = (kind: string, person: string, expires: string): string =>
  `exceptions:\n  - { kind: ${kind}, person: "${person}", owner: ann, reason: a test, expires: ${expires} }`;

/** Two people whose title has changed; the codes of whoever is held. */
function heldOf(overrides: (world: World) => Parameters<typeof planWorld>[1] = () => ({})): string[] {
  const world = worldOf([employee('1'), employee('2')]);
  for (const id of ['1', '2']) change(world, id, { jobTitle: 'Lead' });
  const planned = planWorld(world, overrides(world));
  expect(planned.actions).toHaveLength(2 - planned.held.length);
  return planned.held.map(({ person, code }) => `${person} ${code}`);
}

test.each([
  ['without an end', {}, ['1 held-by-reviewer']],
  ['until today', { until: TODAY }, ['1 held-by-reviewer']],
  ['until yesterday', { until: '2026-11-22' }, []],
])('a reviewer’s hold %s', (_name, end, held) => {
  const hold = { by: 'ann', at: '2026-11-20T09:00:00Z', reason: 'a test', ...end };
  expect(heldOf(() => ({ holds: { '1': hold } }))).toEqual(held);
});

test('nobody is on hold whose id reads like what every object has', () => {
  const world = worldOf([employee('constructor')]);
  change(world, 'constructor', { jobTitle: 'Lead' });
  expect(planWorld(world).held).toEqual([]);
});

test.each([
  ['until today', TODAY, ['1 held-by-exception']],
  ['until yesterday', '2026-11-22', []],
])('a hold line of exceptions.yaml %s', (_name, expires, held) => {
  expect(
    heldOf((world) => {
      world.policy = policyOf({ exceptions: line('hold', '1', expires) });
      return { policy: world.policy };
    }),
  ).toEqual(held);
});

test('a manual exit is taken back on the last day of its line, and by no line about somebody else', () => {
  const codesWith = (person: string, expires: string): string[] => {
    const world = worldOf([employee('1'), employee('2')]);
    applyPlans(
      world,
      planWorld(world, {
        lane: 'urgent',
        only: new Set(['1']),
        manual: { reason: 'security-incident', requestedBy: 'ann' },
      }).plans,
    );
    world.policy = policyOf({ exceptions: line('reinstate', person, expires) });
    world.people = exportPeople(world);
    return planWorld(world).held.map(({ code }) => code);
  };
  expect(codesWith('1', TODAY)).toEqual([]);
  expect(codesWith('1', '2026-11-22')).toEqual(['manual-exit']);
  expect(codesWith('2', TODAY)).toEqual(['manual-exit']);
});
