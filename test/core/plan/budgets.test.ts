/** Which updates count in the budget `update`: what replaces a value, once the first days with an account are over. */
import { describe, expect, test } from 'vitest';
import { spendBudget } from '../../../scripts/core/plan/budgets.ts';
import type { World as PlanningWorld } from '../../../scripts/core/plan/context.ts';
import { type Deed, foldRecord } from '../../../scripts/core/record/ledger.ts';
import { addDays } from '../../../scripts/core/values/calendar.ts';
import { applyPlans, failAll } from '../../simulate.ts';
import {
  anAction,
  change,
  employee,
  exportPeople,
  ledgerOf,
  planWorld,
  policyOf,
  type World,
  worldOf,
} from '../../world.ts';

const FIRST_DAY = '2026-11-02';
/** Of forty people five are within budget. */
const PEOPLE = Array.from({ length: 40 }, (_, index) => String(index + 1));

/** Forty people with accounts that agree: with their anchors, or yet to be adopted. */
function company(isAnchored = true): World {
  const world = worldOf(
    PEOPLE.map((id) => employee(id)),
    { asOf: FIRST_DAY },
  );
  if (!isAnchored) for (const account of world.live.accounts) account.anchor = '';
  return world;
}

function goTo(world: World, day: number): void {
  world.asOf = addDays(FIRST_DAY, day);
  world.people = exportPeople(world);
}

const apply = (world: World): void => applyPlans(world, planWorld(world).plans);

/** The first thing that Rollcall ever does: the last one's telephone, which JumpCloud does not have. */
function begin(world: World): void {
  change(world, '40', { workPhone: '+44 20 7000 0000' });
  apply(world);
}

/** An import writes this into the titles of people `from` to `to`. */
function importTitles(world: World, from: number, to: number, title = '#REF!'): void {
  world.rows = world.rows.map((row, index) =>
    index + 1 >= from && index + 1 <= to ? { ...row, jobTitle: title } : row,
  );
  world.people = exportPeople(world);
}

function forget(world: World, attribute: string): void {
  for (const account of world.live.accounts) delete account.attributes[attribute];
}

const waits = (world: World): boolean => {
  const { findings, plans } = planWorld(world);
  const codes = findings.map(({ code }) => code);
  expect(plans.map(({ lane }) => lane)).toEqual([codes.includes('budget-update') ? 'review' : 'auto']);
  return codes.includes('budget-update');
};

describe('titles that were there and that Rollcall never wrote', () => {
  const days = [0, 1, 7, 8, 30];
  const rows = days.flatMap((began) =>
    [undefined, ...days.filter((linked) => linked <= began)].map((linked) => ({ began, linked })),
  );

  test.each(rows)(
    'begun $began days ago, adopted $linked days ago: overwritten for six they wait once both are more than seven',
    ({ began, linked }) => {
      const world = company(linked === undefined);
      if (linked === undefined) begin(world);
      else {
        // One is adopted on the first day, all others when the table says so.
        applyPlans(world, planWorld(world, { only: new Set(['1']) }).plans);
        goTo(world, began - linked);
        apply(world);
      }
      goTo(world, began);
      expect(planWorld(world).actions).toEqual([]);
      importTitles(world, 2, 7);
      expect(waits(world)).toBe(began > 7 && (linked ?? began) > 7);
      importTitles(world, 7, 7, 'Engineer');
      expect(waits(world)).toBe(false);
    },
  );

  test('nothing waits where nothing was done yet, or only tried', () => {
    const world = company();
    goTo(world, 30);
    importTitles(world, 1, 40);
    expect(waits(world)).toBe(false);
    failAll(world, `${FIRST_DAY}T12:00:00Z`);
    expect(waits(world)).toBe(false);
  });

  test('what is filled in where nothing was never waits', () => {
    const world = company();
    begin(world);
    forget(world, 'jobTitle');
    goTo(world, 30);
    expect(waits(world)).toBe(false);
  });

  test('the days are those of guardrails.yaml', () => {
    const world = worldOf(
      PEOPLE.map((id) => employee(id)),
      { asOf: FIRST_DAY, guardrails: 'budgets: { windowDays: 20 }' },
    );
    begin(world);
    goTo(world, 20);
    importTitles(world, 1, 6);
    expect(waits(world)).toBe(false);
    goTo(world, 21);
    expect(waits(world)).toBe(true);
  });
});

test('an import that changes twenty things of each of ten thousand people is judged like any other', () => {
  const people = Array.from({ length: 10_000 }, (_, index) => String(index));
  const one = anAction('update', { before: 'Engineer', after: '#REF!' });
  const actions = people.flatMap((person) =>
    Array.from({ length: 20 }, (_, index) => ({ ...one, id: `${person} ${index}`, person })),
  );
  const ledger = { ...foldRecord([]), began: `${FIRST_DAY}T12:00:00Z` };
  const world = { asOf: '2026-11-23', policy: policyOf(), ledger, people: new Map(), live: {} };
  expect(spendBudget(actions, world as unknown as PlanningWorld).overBudget).toHaveLength(200_000);
});

describe('what was spent', () => {
  test('three a day are as many as six at once', () => {
    const world = company();
    begin(world);
    goTo(world, 10);
    importTitles(world, 1, 3);
    expect(waits(world)).toBe(false);
    apply(world);
    goTo(world, 12);
    importTitles(world, 4, 5);
    expect(waits(world)).toBe(false);
    importTitles(world, 6, 6);
    expect(waits(world)).toBe(true);
    // After a week the three have passed out of the window.
    goTo(world, 18);
    expect(waits(world)).toBe(false);
  });

  test('what was aligned in the first days has spent nothing, judged by its own day', () => {
    const world = company();
    begin(world);
    goTo(world, 5);
    importTitles(world, 1, 20, 'Analyst');
    expect(waits(world)).toBe(false);
    apply(world);
    goTo(world, 9);
    importTitles(world, 21, 25);
    expect(waits(world)).toBe(false);
    importTitles(world, 26, 26);
    expect(waits(world)).toBe(true);
  });

  test('what was filled in has spent nothing', () => {
    const world = company();
    begin(world);
    forget(world, 'jobTitle');
    goTo(world, 10);
    apply(world);
    change(world, '1', { firstName: 'Ada' });
    expect(waits(world)).toBe(false);
  });

  test('a plan that is pending spends in full', () => {
    const world = company();
    begin(world);
    goTo(world, 10);
    importTitles(world, 1, 5);
    world.recorded.push(...planWorld(world).plans.map((plan) => ({ plan, receipt: undefined })));
    importTitles(world, 1, 5, 'Engineer');
    change(world, '6', { jobTitle: 'Lead' });
    expect(waits(world)).toBe(true);
  });
});

describe('what a class was spent by', () => {
  const SINCE = `${FIRST_DAY}T12:00:00Z`;
  const LEAVE = { employmentStatus: 'Furloughed' };

  /** Forty, on which six deeds of the record lie, of the people from 11 on; and what is wanted of the first one now. */
  function findings(world: World, deed: Partial<Deed>): string[] {
    const deeds = PEOPLE.slice(10, 16).map((person): Deed => ({
      person,
      kind: 'update',
      renews: false,
      overwrites: false,
      target: null,
      outcome: 'done',
      at: SINCE,
      plan: '',
      cause: 'hr',
      reason: undefined,
      ...deed,
    }));
    const ledger = ledgerOf(world);
    const planned = planWorld(world, { ledger: { ...ledger, deeds: [...ledger.deeds, ...deeds] } });
    expect(planned.actions.length).toBeGreaterThan(0);
    return planned.findings.map(({ code }) => code).filter((code) => code.startsWith('budget-'));
  }

  test.each<[string, Partial<Deed>, string[]]>([
    ['reinstatements', { kind: 'reinstate' }, ['budget-return']],
    ['those that only put drift right', { kind: 'reinstate', cause: 'drift' }, []],
    ['exits', { kind: 'suspend' }, []],
    ['reinstatements that failed', { kind: 'reinstate', outcome: 'failed' }, []],
    ['those of nobody', { kind: 'reinstate', person: null }, []],
  ])('returns: %s', (_, deed, codes) => {
    const world = company();
    change(world, '1', LEAVE);
    apply(world);
    change(world, '1', { employmentStatus: 'Full-Time' });
    expect(findings(world, deed)).toEqual(codes);
  });

  test.each<[string, Partial<Deed>, string[]]>([
    ['drift of others', { kind: 'join-group', cause: 'drift' }, ['budget-drift']],
    ['exits that were drift: an account was active again', { kind: 'suspend', cause: 'drift' }, []],
    ['what HR caused', { kind: 'join-group' }, []],
  ])('drift: %s', (_, deed, codes) => {
    const world = company();
    world.policy = policyOf({ guardrails: 'drift: { attributes: auto }' });
    change(world, '1', { jobTitle: 'Lead' });
    apply(world);
    world.live.accounts[0]!.attributes['jobTitle'] = 'Elsewhere';
    expect(findings(world, deed)).toEqual(codes);
  });

  test.each<[string, Partial<Deed>, string[]]>([
    ['suspensions, armed or not', { kind: 'schedule', target: 'SUSPENDED' }, ['budget-suspend']],
    ['armed starts', { kind: 'schedule', target: 'ACTIVATED' }, []],
    ['groups', { kind: 'leave-group' }, ['budget-leave-group']],
    ['devices', { kind: 'unbind' }, []],
  ])('an exit: %s', (_, deed, codes) => {
    const world = company();
    change(world, '1', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: FIRST_DAY });
    expect(findings(world, deed)).toEqual(codes);
  });
});
