import { describe, expect, it } from 'vitest';
import { accessAt } from '../../../scripts/core/audit/access.ts';
import { ageEntries, type EntryVersion } from '../../../scripts/core/audit/aged-entries.ts';
import { CONTROLS, controlsOf } from '../../../scripts/core/audit/controls.ts';
import { csvCell } from '../../../scripts/core/audit/csv.ts';
import { heldInPlans } from '../../../scripts/core/audit/held-in-plans.ts';
import { niceStep } from '../../../scripts/core/audit/html-charts.ts';
import { html } from '../../../scripts/core/audit/html-page.ts';
import { ocsfEvent } from '../../../scripts/core/audit/ocsf.ts';
import { knownUntil } from '../../../scripts/core/audit/person-record.ts';
import { type Change, changesOf, type RecordedCase } from '../../../scripts/core/audit/population.ts';
import {
  DEFAULT_GOALS,
  distributionOf,
  type Facts,
  type Timing,
  timingsOf,
} from '../../../scripts/core/audit/timeliness.ts';
import { type ActionKind, actionOf, type Wish } from '../../../scripts/core/plan/action.ts';
import { countByKind, type Lane, type Plan, sealPlan } from '../../../scripts/core/plan/plan-file.ts';
import { sealReceipt } from '../../../scripts/core/record/receipt.ts';
import type { PersonFile } from '../../../scripts/core/people/person-file.ts';

const ZONE = 'America/Denver';
const PERIOD = { from: '2026-11-01', to: '2026-11-30', timeZone: ZONE };

function wish(kind: ActionKind, rest: Partial<Wish> = {}): Wish {
  return {
    kind,
    person: '7',
    account: 'a7',
    target: null,
    before: null,
    after: null,
    because: 'so',
    cause: 'hr',
    risk: 'medium',
    ...rest,
  };
}

/** A plan with its receipt: everything done at `at`, jobs named after their place. */
function done(at: string, wishes: Wish[], lane: Lane = 'auto'): RecordedCase {
  const actions = wishes.map(actionOf);
  const plan = sealPlan({
    asOf: at.slice(0, 10),
    lane,
    base: '0'.repeat(64),
    actions,
    findings: [],
    held: [],
    counts: countByKind(actions),
  });
  const receipt = sealReceipt({
    previous: null,
    plan: plan.digest,
    startedAt: at,
    finishedAt: at,
    outcome: 'complete',
    results: actions.map(({ id }, index) => ({
      action: id,
      outcome: 'done',
      at,
      attempts: 1,
      job: `job${index}`,
    })),
    approvedBy: [],
  });
  return {
    name: `${plan.digest}.json`,
    plan,
    receipt,
    proposedAt: at,
    plannedAt: at,
    plannedIn: 'c',
    recordedIn: 'd',
  };
}

const suspend = wish('suspend', {
  before: { state: 'ACTIVATED', stage: 'left', hireDate: '2020-01-06' },
  after: { state: 'SUSPENDED' },
});
const arm = (at: string): Wish =>
  wish('schedule', { target: 'SUSPENDED', after: { state: 'SUSPENDED', at } });

function timings(
  cases: RecordedCase[],
  facts: Facts,
  leftNow: { person: string; lastDay: string; knownAt: string }[] = [],
  recordBegan = '2020-01-01T00:00:00Z',
): Timing[] {
  return timingsOf({
    cases,
    period: PERIOD,
    goals: DEFAULT_GOALS,
    recordBegan,
    factsFor: () => facts,
    leftNow,
    startTime: '09:00',
  });
}

describe('timeliness', () => {
  const facts = { hireDate: '2020-01-06', lastDay: '2026-11-10' };

  it('counts from the end of the last day in the company’s time zone', () => {
    const [timing] = timings([done('2026-11-11T13:00:00Z', [suspend])], facts);
    expect(timing).toMatchObject({
      passage: 'leaver',
      dueAt: '2026-11-11T07:00:00.000Z',
      hours: 6,
      breach: false,
      how: 'suspended',
    });
  });

  it('says of a breach whether HR was late or we were', () => {
    const late = { ...done('2026-11-13T13:00:00Z', [suspend]), proposedAt: '2026-11-11T08:00:00Z' };
    expect(timings([late], facts)[0]).toMatchObject({ breach: true, why: 'known in time, carried out late' });
    expect(timings([done('2026-11-13T13:00:00Z', [suspend])], facts)[0]?.why).toMatch(/^known 54 h after/);
  });

  it('counts nobody late who was due before the record began, and still shows them', () => {
    const exit = done('2026-11-13T13:00:00Z', [suspend]);
    const [inherited] = timings([exit], facts, [], '2026-11-12T00:00:00Z');
    expect(inherited).toMatchObject({
      inherited: true,
      breach: false,
      hours: 54,
      why: 'due before the record began',
    });
    expect(distributionOf([inherited!], 'leaver', 24)).toMatchObject({ count: 0, breaches: 0, max: null });
    const [ours] = timings([exit], facts, [], '2026-11-10T00:00:00Z');
    expect(ours).toMatchObject({ inherited: false, breach: true });
    // On time is on time, whenever it was due.
    expect(
      timings([done('2026-11-11T13:00:00Z', [suspend])], facts, [], '2026-11-12T00:00:00Z')[0],
    ).toMatchObject({
      inherited: false,
      breach: false,
    });
  });

  it('takes what was armed for its instant, unless it was cancelled before', () => {
    const armed = done('2026-11-09T13:00:00Z', [arm('2026-11-11T06:59:00Z')]);
    expect(timings([armed], facts)).toMatchObject([
      { how: 'pre-armed', doneAt: '2026-11-11T06:59:00Z', breach: false },
    ]);
    const cancel = done('2026-11-10T13:00:00Z', [
      wish('unschedule', { target: 'job0', before: { state: 'SUSPENDED', at: '2026-11-11T06:59:00Z' } }),
    ]);
    expect(timings([armed, cancel], facts)).toEqual([]);
  });

  it('counts an exit once until somebody is back', () => {
    const again = done('2026-11-12T13:00:00Z', [suspend]);
    expect(timings([done('2026-11-11T13:00:00Z', [suspend]), again], facts)).toHaveLength(1);
    const back = done('2026-11-15T13:00:00Z', [wish('reinstate')]);
    const third = done('2026-11-20T13:00:00Z', [suspend]);
    expect(timings([done('2026-11-11T13:00:00Z', [suspend]), back, third], facts)).toHaveLength(2);
  });

  it('does not lose a leaver whom nobody suspended', () => {
    const [timing] = timings([], facts, [
      { person: '7', lastDay: '2026-11-10', knownAt: '2026-11-11T13:00:00Z' },
    ]);
    expect(timing).toMatchObject({ doneAt: '', breach: true, why: 'no suspension is on record' });
  });

  it('knows when a staged account works: activated, or armed', () => {
    const created = done('2026-11-02T13:00:00Z', [
      wish('create', { account: null, after: { state: 'STAGED' } }),
    ]);
    const armed = done('2026-11-03T13:00:00Z', [
      wish('schedule', { target: 'ACTIVATED', after: { state: 'ACTIVATED', at: '2026-11-09T16:00:00Z' } }),
    ]);
    const starts = { hireDate: '2026-11-09', lastDay: undefined };
    expect(timings([created, armed], starts)).toMatchObject([
      { passage: 'joiner', hours: 0, how: 'pre-armed' },
    ]);
    expect(timings([created], starts)).toMatchObject([
      { breach: true, why: 'the account does not work yet' },
    ]);
  });

  it('ranks percentiles by what is there', () => {
    const all = [1, 2, 3, 4, 100].map(
      (hours) => ({ passage: 'leaver', hours, breach: hours > 24 }) as Timing,
    );
    expect(distributionOf(all, 'leaver', 24)).toEqual({
      count: 5,
      breaches: 1,
      goal: 24,
      p50: 3,
      p95: 100,
      max: 100,
    });
    expect(distributionOf([], 'leaver', 24)).toMatchObject({ count: 0, p50: null, max: null });
  });
});

describe('who had access', () => {
  const person = (groups: Record<string, string>): PersonFile => ({
    employee: { id: '7' },
    stage: 'active',
    account: { state: 'active', attributes: {}, groups },
  });
  const join = (group: string): Wish => wish('join-group', { target: `g-${group}`, after: { group } });
  const leave = (group: string): Wish =>
    wish('leave-group', { target: `g-${group}`, before: { group, taken: 'moved', hireDate: '' } });
  const at = (instant: string, wanted: Record<string, string>, cases: RecordedCase[]): unknown => {
    const recorded = cases.map(({ plan, receipt }) => ({ plan, receipt }));
    const [access] = accessAt({ people: [person(wanted)], recorded, at: instant, nameOf: () => '' });
    return {
      groups: access?.groups.map(({ group, evidence }) => `${group}: ${evidence}`),
      notYet: access?.notYet,
    };
  };

  it('reads receipts of before and of after', () => {
    const cases = [
      done('2026-11-02T12:00:00Z', [join('A')]),
      done('2026-11-20T12:00:00Z', [join('B'), leave('C')]),
    ];
    expect(at('2026-11-10T00:00:00Z', { A: 'r', B: 'r', D: 'r' }, cases)).toEqual({
      groups: ['A: receipt', 'C: later receipt', 'D: rules'],
      notYet: ['B'],
    });
    expect(at('2026-11-21T00:00:00Z', { A: 'r', B: 'r', D: 'r' }, cases)).toEqual({
      groups: ['A: receipt', 'B: receipt', 'D: rules'],
      notYet: [],
    });
  });
});

describe('whether an account worked', () => {
  const adopted = done('2026-11-02T12:00:00Z', [
    wish('adopt', { account: 'a7', target: 'a7', before: {}, after: { anchor: '7' } }),
  ]);
  const suspended = done('2026-11-10T12:00:00Z', [
    wish('suspend', {
      before: { state: 'ACTIVATED', stage: 'left', hireDate: '' },
      after: { state: 'SUSPENDED' },
    }),
  ]);
  const armed = (target: string, at: string): RecordedCase =>
    done('2026-11-03T12:00:00Z', [
      wish('schedule', {
        target,
        before: { stage: target === 'SUSPENDED' ? 'left' : 'active', hireDate: '' },
        after: { state: target, at },
      }),
    ]);
  const stateAt = (
    instant: string,
    wanted: string | undefined,
    cases: RecordedCase[],
  ): string | undefined => {
    const file = {
      employee: { id: '7' },
      stage: 'active',
      ...(wanted === undefined ? {} : { account: { state: wanted, attributes: {}, groups: {} } }),
    } as PersonFile;
    const recorded = cases.map(({ plan, receipt }) => ({ plan, receipt }));
    return accessAt({ people: [file], recorded, at: instant, nameOf: () => '' })[0]?.account;
  };

  it.each<[string, string, string | undefined, RecordedCase[], string]>([
    ['nobody knows of one', '2026-11-20T00:00:00Z', undefined, [], 'none'],
    ['what the facts want, where nothing was done', '2026-11-20T00:00:00Z', 'staged', [], 'staged'],
    [
      'an exit that is wanted of an account that is not on record',
      '2026-11-20T00:00:00Z',
      'suspended',
      [],
      'suspended',
    ],
    [
      'an exit that is wanted and not done: it still works',
      '2026-11-20T00:00:00Z',
      'suspended',
      [adopted],
      'active',
    ],
    ['an exit that is done', '2026-11-20T00:00:00Z', 'suspended', [adopted, suspended], 'suspended'],
    [
      'an exit that is done and not wanted any more',
      '2026-11-20T00:00:00Z',
      'active',
      [adopted, suspended],
      'suspended',
    ],
    [
      'armed, a moment before',
      '2026-11-15T06:59:59Z',
      'active',
      [adopted, armed('SUSPENDED', '2026-11-15T07:00:00Z')],
      'active',
    ],
    [
      'armed, at its moment',
      '2026-11-15T07:00:00Z',
      'active',
      [adopted, armed('SUSPENDED', '2026-11-15T07:00:00Z')],
      'suspended',
    ],
    [
      'an armed first day',
      '2026-11-15T07:00:00Z',
      'staged',
      [adopted, armed('ACTIVATED', '2026-11-15T07:00:00Z')],
      'active',
    ],
    [
      'suspended after an armed first day',
      '2026-11-20T00:00:00Z',
      'active',
      [adopted, armed('ACTIVATED', '2026-11-09T07:00:00Z'), suspended],
      'suspended',
    ],
    [
      'an armed return after a suspension',
      '2026-11-20T00:00:00Z',
      'active',
      [adopted, armed('ACTIVATED', '2026-11-15T07:00:00Z'), suspended],
      'active',
    ],
    [
      'deleted',
      '2026-11-20T00:00:00Z',
      'suspended',
      [adopted, suspended, done('2026-11-12T12:00:00Z', [wish('delete', { target: 'a7', before: {} })])],
      'deleted',
    ],
  ])('%s', (_, instant, wanted, cases, state) => {
    expect(stateAt(instant, wanted, cases)).toBe(state);
  });
});

describe('ages of exceptions', () => {
  const entry = (key: string, expires: string) => ({
    key,
    kind: 'group',
    about: '7',
    owner: 'ann',
    reason: 'r',
    expires,
  });
  const version = (at: string, ...entries: EntryVersion['entries']): EntryVersion => ({
    at: `${at}T10:00:00Z`,
    commit: at,
    author: 'Ann',
    entries,
  });

  it('counts from the version since which it is there, and renewals', () => {
    const aged = ageEntries(
      [
        version('2026-01-01', entry('a', '2026-06-01')),
        version('2026-02-01', entry('a', '2026-12-01'), entry('b', '2026-03-01')),
        version('2026-11-05', entry('a', '2026-12-01')),
      ],
      '2026-11-30',
      '2026-11-01T00:00:00Z',
    );
    expect(aged).toMatchObject([
      { key: 'a', since: '2026-01-01T10:00:00Z', ageDays: 333, renewals: 1, until: '', stale: false },
      { key: 'b', until: '2026-11-05T10:00:00Z', ageDays: 277 },
    ]);
  });

  it('starts again when it was gone, and says when its end is over', () => {
    const aged = ageEntries(
      [
        version('2026-01-01', entry('a', '2026-02-01')),
        version('2026-03-01'),
        version('2026-11-01', entry('a', '2026-11-10')),
      ],
      '2026-11-30',
      '2026-11-01T00:00:00Z',
    );
    expect(aged).toMatchObject([{ since: '2026-11-01T10:00:00Z', stale: true, renewals: 0 }]);
  });
});

describe('formats', () => {
  it.each([
    ['=1+1', "'=1+1"],
    [' =1+1', "' =1+1"],
    ['+1', "'+1"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['a "b", c', '"a ""b"", c"'],
    ['two\nlines', 'two↵lines'],
    ['plain', 'plain'],
    [-2.5, '-2.5'],
    [null, ''],
  ])('CSV: %j is %j', (cell, text) => {
    expect(csvCell(cell)).toBe(text);
  });

  it('HTML: every value is escaped unless it is markup, in attributes too', () => {
    expect(html`<a title="${'"><x'}">${"<b>&'`"}${html`<i></i>`}</a>`.markup).toBe(
      '<a title="&#34;&#62;&#60;x">&#60;b&#62;&#38;&#39;&#96;<i></i></a>',
    );
  });

  it('axes have steps of 1, 2 or 5', () => {
    expect([niceStep(3, 4), niceStep(15, 4), niceStep(100, 5), niceStep(0, 4) > 0]).toEqual([1, 5, 20, true]);
  });

  it('OCSF: every kind has its class, and what failed is a failure', () => {
    const kinds: [Wish, number, number][] = [
      [wish('create', { account: null, after: { username: 'x' } }), 3001, 1],
      [wish('reinstate'), 3001, 2],
      [suspend, 3001, 5],
      [wish('delete', { target: 'a7', before: { username: 'x' } }), 3001, 6],
      [wish('update', { target: 'location', after: 'x' }), 3001, 99],
      [wish('join-group', { target: 'g', after: { group: 'Legal' } }), 3006, 3],
      [wish('leave-group', { target: 'g', before: { group: 'Legal' } }), 3006, 4],
      [wish('bind', { target: 'policy:p', after: { name: 'Disk' } }), 3005, 1],
      [wish('unbind', { target: 'policy:p', before: { name: 'Disk' } }), 3005, 2],
      [
        wish('create-group', { person: null, account: null, target: 'Legal', after: { name: 'Legal' } }),
        3004,
        1,
      ],
    ];
    for (const [each, classUid, activity] of kinds) {
      const [change] = changesOf(done('2026-11-11T13:00:00Z', [each]), new Map());
      expect(ocsfEvent(change!)).toMatchObject({
        class_uid: classUid,
        activity_id: activity,
        type_uid: classUid * 100 + activity,
        status_id: 1,
      });
    }
    const [change] = changesOf(
      done('2026-11-11T13:00:00Z', [wish('join-group', { target: 'g', after: { group: 'Legal' } })]),
      new Map(),
    );
    const failed: Change = { ...change!, outcome: 'failed' };
    expect(ocsfEvent(failed)).toMatchObject({
      status_id: 2,
      status: 'Failure',
      group: { name: 'Legal', uid: 'g' },
      user: { uid: 'a7', uid_alt: '7' },
    });
  });

  it('every section speaks to a control of both frameworks', () => {
    for (const section of [
      'population',
      'timeliness',
      'exceptions',
      'overrides',
      'urgent',
      'duties',
      'integrity',
    ] as const)
      expect(controlsOf(section)).toMatch(/^SOC 2 CC.*; ISO 27001 A\./);
    expect(new Set(CONTROLS.map(({ framework, control }) => `${framework} ${control}`)).size).toBe(
      CONTROLS.length,
    );
  });
});

describe('who is on hold by the plans', () => {
  const planOf = (asOf: string, held: string[], failing: string[] = []): Plan =>
    sealPlan({
      asOf,
      lane: 'auto',
      base: '0'.repeat(64),
      actions: [],
      findings: failing.map((person) => ({
        code: 'quarantine',
        severity: 'warning',
        person,
        message: 'failed',
      })),
      held: held.map((person) => ({ person, code: 'no-address', message: 'no address' })),
      counts: {},
    });

  it('is whom the newest names, since the first of those that all do', () => {
    const plans = [
      planOf('2026-11-01', ['7']),
      planOf('2026-11-02', ['8']),
      planOf('2026-11-03', ['7', '8']),
      planOf('2026-11-04', ['7'], ['9']),
    ];
    expect(heldInPlans(plans)).toEqual([
      { person: '7', code: 'no-address', why: 'no address', since: '2026-11-03' },
      { person: '9', code: 'quarantine', why: 'failed', since: '2026-11-04' },
    ]);
    expect(heldInPlans([])).toEqual([]);
  });
});

describe('what a plan could know', () => {
  it.each([
    ['what was finished within the second of its commit', '2026-11-02T08:00:00.999Z', undefined, true],
    ['nothing of the second after it', '2026-11-02T08:00:01.000Z', undefined, false],
    [
      'nothing that it did itself, within that second',
      '2026-11-02T08:00:00.400Z',
      '2026-11-02T08:00:00.300Z',
      false,
    ],
    [
      'nothing that it did itself, where it was committed later',
      '2026-11-02T07:59:30.000Z',
      '2026-11-02T07:59:20.000Z',
      false,
    ],
    ['all that came before it ran', '2026-11-02T07:59:10.000Z', '2026-11-02T07:59:20.000Z', true],
    [
      'nothing of between its commit and a later run',
      '2026-11-02T08:30:00.000Z',
      '2026-11-02T09:00:00.000Z',
      false,
    ],
  ])('%s', (_, finishedAt, ran, known) => {
    expect(finishedAt < knownUntil('2026-11-02T08:00:00.000Z', ran)).toBe(known);
  });
});
