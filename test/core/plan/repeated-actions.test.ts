/** What the record repeats: the window of flapping to the day, and how long a failure waits. */
import { expect, test } from 'vitest';
import type { World as PlanningWorld } from '../../../scripts/core/plan/context.ts';
import { actionOf } from '../../../scripts/core/plan/action.ts';
import { quarantine, stopFlapping } from '../../../scripts/core/plan/repeated-actions.ts';
import type { Deed } from '../../../scripts/core/record/ledger.ts';
import { policyOf } from '../../world.ts';

const update = actionOf({
  kind: 'update',
  person: '1',
  account: 'a'.repeat(24),
  target: 'jobTitle',
  before: null,
  after: 'Lead',
  because: 'a test says so',
  cause: 'hr',
  risk: 'low',
});
const suspend = actionOf({ ...update, kind: 'suspend', target: null, after: null });

function deed(outcome: Deed['outcome'], day: string, parts: Partial<Deed> = {}): Deed {
  const { person, kind, target, cause } = update;
  const at = `${day}T12:00:00Z`;
  return {
    person,
    kind,
    target,
    cause,
    renews: false,
    overwrites: false,
    outcome,
    at,
    plan: 'p',
    reason: 'jumpcloud-refused',
    ...parts,
  };
}

const worldWith = (deeds: Deed[], asOf = '2026-11-23', guardrails = '{}'): PlanningWorld =>
  ({ asOf, policy: policyOf({ guardrails }), ledger: { deeds } }) as unknown as PlanningWorld;

const flaps = (deeds: Deed[], guardrails?: string): boolean =>
  stopFlapping([update], worldWith(deeds, undefined, guardrails)).block?.length === 1;

test('flapping: three times done in seven days, the seventh day included and the eighth not', () => {
  const twice = [deed('done', '2026-11-23'), deed('done', '2026-11-20')];
  expect(flaps([...twice, deed('done', '2026-11-16')])).toBe(true);
  expect(flaps([...twice, deed('done', '2026-11-15')])).toBe(false);
  expect(flaps(twice)).toBe(false);
});

test('flapping: only what was done, of the same person, kind and target; an override is for whom it names', () => {
  const twice = [deed('done', '2026-11-23'), deed('done', '2026-11-20')];
  for (const other of [
    deed('already', '2026-11-22'),
    deed('failed', '2026-11-22'),
    deed('done', '2026-11-22', { person: '2' }),
    deed('done', '2026-11-22', { target: 'department' }),
    deed('done', '2026-11-22', { kind: 'rename' }),
  ])
    expect(flaps([...twice, other])).toBe(false);
  const three = [...twice, deed('done', '2026-11-22')];
  const override = (scope: string): string =>
    `overrides: [{ code: flapping, scope: "${scope}", owner: ann, reason: a test, expires: 2026-11-23 }]`;
  expect(flaps(three, override('1'))).toBe(false);
  expect(flaps(three, override('2'))).toBe(true);
});

/** Whether it waits on a day, after so many failures of which the last was on the 1st. */
const waits = (count: number, asOf: string, more: Deed[] = []): boolean =>
  quarantine([update], worldWith([...Array<Deed>(count).fill(deed('failed', '2026-11-01')), ...more], asOf))
    .block?.length === 1;

test.each([
  [2, '2026-11-01'],
  [3, '2026-11-02'],
  [4, '2026-11-03'],
  [5, '2026-11-05'],
  [7, '2026-11-17'],
  [12, '2026-11-17'],
])('quarantine: after %i failures it is tried again on %s, and not the day before', (count, again) => {
  expect(waits(count, again)).toBe(false);
  const before = new Date(Date.parse(again) - 86_400_000).toISOString().slice(0, 10);
  if (count > 2) expect(waits(count, before)).toBe(true);
});

test('quarantine: a success ends it, also one that was found done already', () => {
  for (const outcome of ['done', 'already'] as const)
    expect(waits(5, '2026-11-02', [deed(outcome, '2026-11-02')])).toBe(false);
  expect(waits(5, '2026-11-02', [deed('skipped', '2026-11-02')])).toBe(true);
});

test('a suspension neither flaps nor waits', () => {
  const parts = { kind: 'suspend' as const, target: null };
  const done = Array<Deed>(5).fill(deed('done', '2026-11-23', parts));
  expect(stopFlapping([suspend], worldWith(done)).block).toEqual([]);
  const failed = Array<Deed>(9).fill(deed('failed', '2026-11-23', parts));
  expect(quarantine([suspend], worldWith(failed)).block).toEqual([]);
});
