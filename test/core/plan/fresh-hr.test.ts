/** A read of BambooHR stands for an hour, when it was complete, and for the people whom it read. */
import { expect, test } from 'vitest';
import { isFreshHr } from '../../../scripts/core/plan/fresh-hr.ts';
import type { Manifest } from '../../../scripts/core/record/manifest.ts';
import { change, employee, planWorld, worldOf } from '../../world.ts';

const world = worldOf([employee('1'), employee('2')]);
change(world, '1', { jobTitle: 'Lead' });
change(world, '2', { jobTitle: 'Lead' });
const plan = planWorld(world).plans[0]!;

const manifest: Manifest = {
  version: 1,
  startedAt: '2026-11-23T11:00:00.000Z',
  finishedAt: '2026-11-23T12:00:00.000Z',
  asOf: '2026-11-23',
  complete: true,
  total: 2,
  files: {},
};

test('an hour to the end, and not a second longer', () => {
  expect(isFreshHr(manifest, plan, '2026-11-23T13:00:00.000Z')).toBe(true);
  expect(isFreshHr(manifest, plan, '2026-11-23T13:00:01.000Z')).toBe(false);
});

test('clocks of two runners may differ; a read that is hours ahead of ours is of no known age', () => {
  expect(isFreshHr(manifest, plan, '2026-11-23T11:59:00.000Z')).toBe(true);
  expect(isFreshHr(manifest, plan, '2026-11-22T12:30:00.000Z')).toBe(false);
});

test('never one that was refused, or none at all', () => {
  const now = '2026-11-23T12:00:01.000Z';
  expect(isFreshHr({ ...manifest, complete: false }, plan, now)).toBe(false);
  expect(isFreshHr(undefined, plan, now)).toBe(false);
});

test('a read of some people stands for a plan about them and for no other; a group is nobody', () => {
  const now = '2026-11-23T12:00:01.000Z';
  expect(isFreshHr({ ...manifest, only: ['1'] }, plan, now)).toBe(false);
  expect(isFreshHr({ ...manifest, only: ['1', '2', '3'] }, plan, now)).toBe(true);
  const group = { ...plan.actions[0]!, kind: 'create-group' as const, person: null };
  expect(isFreshHr({ ...manifest, only: ['1'] }, { actions: [group] }, now)).toBe(true);
});
