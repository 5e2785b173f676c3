/** What each kind of action leaves in the ledger, one after another, and that nothing but done deeds do. */
import { describe, expect, test } from 'vitest';
import { type Action, actionOf, type Wish } from '../../../scripts/core/plan/action.ts';
import { type Lane, planName, sealPlan } from '../../../scripts/core/plan/plan-file.ts';
import {
  foldRecord,
  HOLDINGS_UNREAD,
  type PersonLedger,
  type RecordedPlan,
  restorable,
} from '../../../scripts/core/record/ledger.ts';
import { type ActionResult, sealReceipt } from '../../../scripts/core/record/receipt.ts';

type Deed = Partial<Wish> & {
  kind: Action['kind'];
  job?: string;
  outcome?: ActionResult['outcome'];
  got?: string;
};
const A = 'a'.repeat(24);
const G = 'b'.repeat(24);

let minute = 0;
/** One plan of these deeds, and its receipt, a minute after the last one. */
function record(deeds: Deed[], { lane = 'review' as Lane, pending = false, at = '' } = {}): RecordedPlan {
  minute += 1;
  const actions = deeds.map(({ job: _job, outcome: _outcome, got: _got, ...wish }) =>
    actionOf({
      person: '1',
      account: A,
      target: null,
      before: null,
      after: null,
      because: 'x',
      cause: 'hr',
      risk: 'low',
      ...wish,
    }),
  );
  const when = at || new Date(Date.parse('2026-11-23T12:00:00Z') + minute * 60_000).toISOString();
  const plan = sealPlan({
    asOf: '2026-11-23',
    lane,
    base: String(minute),
    actions,
    findings: [],
    held: [],
    counts: {},
  });
  const results = actions.map(({ id }, index): ActionResult => {
    const { job, outcome = 'done', got } = deeds[index]!;
    return {
      action: id,
      outcome,
      at: when,
      attempts: 1,
      ...(job === undefined ? {} : { job }),
      ...(got === undefined ? {} : { account: got }),
    };
  });
  const receipt = pending
    ? undefined
    : sealReceipt({
        previous: null,
        plan: plan.digest,
        startedAt: when,
        finishedAt: when,
        outcome: 'complete',
        results,
        approvedBy: [],
      });
  return { plan, receipt };
}

const personOf = (...recorded: RecordedPlan[]): PersonLedger => foldRecord(recorded).people.get('1')!;
const create: Deed = {
  kind: 'create',
  account: null,
  got: A,
  after: {
    username: 'ada',
    email: 'ada@example.com',
    state: 'STAGED',
    anchor: '1',
    attributes: { jobTitle: 'Engineer' },
  },
};
const suspend = (stage: string, hireDate = '2020-01-06'): Deed => ({
  kind: 'suspend',
  before: { state: 'ACTIVATED', stage, hireDate },
  after: { state: 'SUSPENDED' },
});
const leaveGroup = (taken: string, target = G, ours = false): Deed => ({
  kind: 'leave-group',
  target,
  before: { group: 'VPN', taken, ours, hireDate: '2020-01-06' },
});

describe('a done deed', () => {
  test('create and adopt: whose account it is, its names, what was set or taken over', () => {
    expect(personOf(record([create]))).toMatchObject({
      account: A,
      createdByUs: true,
      username: 'ada',
      email: 'ada@example.com',
      isNamedByOthers: false,
      attributes: new Map([['jobTitle', 'Engineer']]),
      deleted: false,
    });
    const adopt: Deed = {
      kind: 'adopt',
      target: A,
      before: {
        username: 'old',
        email: 'o@example.com',
        name: 'Ada',
        groups: { [G]: 'VPN' },
        proposed: 'ada',
      },
      after: { anchor: '1' },
    };
    expect(personOf(record([adopt]))).toMatchObject({
      account: A,
      createdByUs: false,
      username: 'old',
      isNamedByOthers: true,
      groups: new Map([[G, 'VPN']]),
    });
    expect(personOf(record([{ ...adopt, before: { username: 'old' } }])).isNamedByOthers).toBe(false);
  });

  test('update and rename', () => {
    const set = record([create, { kind: 'update', target: 'department', after: 'Sales' }]);
    const cleared = record([{ kind: 'update', target: 'jobTitle', before: 'Engineer' }]);
    expect([...personOf(set, cleared).attributes]).toEqual([['department', 'Sales']]);
    expect(foldRecord([set, cleared]).deeds.map(({ renews }) => renews)).toEqual([false, false, true]);
    const theirs = record([suspend('leave'), { kind: 'update', target: 'location', before: 'London' }]);
    expect(foldRecord([set, cleared, theirs]).deeds.map((deed) => deed.overwrites)).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
    const renamed = personOf(
      record([create]),
      record([
        { kind: 'rename', target: 'username', before: 'ada', after: 'ada.king' },
        { kind: 'rename', target: 'email', before: 'x', after: 'king@example.com' },
      ]),
    );
    expect(renamed).toMatchObject({
      username: 'ada.king',
      email: 'king@example.com',
      isNamedByOthers: false,
    });
  });

  test('suspend, activate, reinstate', () => {
    const out = record([create, suspend('leave')]);
    expect(personOf(out).suspended).toMatchObject({ why: 'leave', hireDate: '2020-01-06' });
    expect(
      personOf(out, record([{ kind: 'reinstate', after: { state: 'ACTIVATED' } }])).suspended,
    ).toBeUndefined();
    expect(
      personOf(out, record([{ kind: 'activate', after: { state: 'ACTIVATED' } }])).suspended,
    ).toBeUndefined();
  });

  test('schedule and unschedule: armed until cancelled, or until a later change of state', () => {
    const arm = (job: string, at: string): Deed => ({
      kind: 'schedule',
      target: 'SUSPENDED',
      job,
      before: { stage: 'left', hireDate: '2020-01-06' },
      after: { state: 'SUSPENDED', at },
    });
    const armed = record([create, arm('j1', '2026-11-23T11:00:00Z'), arm('j2', '2027-01-01T00:00:00Z')]);
    expect(personOf(armed).armed.get('j1')).toEqual({
      state: 'SUSPENDED',
      at: '2026-11-23T11:00:00Z',
      why: 'left',
      hireDate: '2020-01-06',
    });
    expect([...personOf(armed, record([{ kind: 'unschedule', target: 'j1' }])).armed.keys()]).toEqual(['j2']);
    expect([...personOf(armed, record([suspend('left')])).armed.keys()]).toEqual(['j2']);
    expect(personOf(record([create, { ...arm('', ''), job: undefined as never }])).armed.size).toBe(0);
  });

  test('groups and bindings: given, taken, remembered, given back', () => {
    const given = record([
      create,
      { kind: 'join-group', target: G, after: { group: 'VPN' } },
      { kind: 'bind', target: 'policy:p', after: { name: 'Disk' } },
    ]);
    expect(personOf(given)).toMatchObject({
      groups: new Map([[G, 'VPN']]),
      bindings: new Map([['policy:p', 'Disk']]),
    });
    const taken = record([
      suspend('leave'),
      leaveGroup('leave', G, true),
      {
        kind: 'unbind',
        target: 'policy:p',
        before: { name: 'Disk', taken: 'leave', hireDate: '2020-01-06' },
      },
    ]);
    const away = personOf(given, taken);
    expect([away.groups.size, away.bindings.size]).toEqual([0, 0]);
    expect(away.taken).toMatchObject([
      { type: 'group', target: G, name: 'VPN', why: 'leave', ours: true },
      { type: 'binding', target: 'policy:p', name: 'Disk', why: 'leave', ours: false },
    ]);
    const back = personOf(
      given,
      taken,
      record([
        { kind: 'join-group', target: G, before: { restored: true }, after: { group: 'VPN' } },
        { kind: 'bind', target: 'policy:p', before: { restored: true }, after: { name: 'Disk' } },
      ]),
    );
    // Given back as theirs, not as ours.
    expect([back.taken, back.groups.size, back.bindings.size]).toEqual([[], 0, 0]);
    expect(personOf(given, record([leaveGroup('moved')])).taken).toEqual([]);
    expect(personOf(given, record([leaveGroup('leave')]), record([leaveGroup('left')])).taken).toHaveLength(
      1,
    );
  });

  test('one thing given back is one thing: the rest of what was taken is still owed', () => {
    const H = 'c'.repeat(24);
    const away = record([
      create,
      suspend('leave'),
      leaveGroup('leave'),
      leaveGroup('leave', H),
      { kind: 'unbind', target: G, before: { name: 'Disk', taken: 'leave', hireDate: '2020-01-06' } },
    ]);
    const owed = (...more: RecordedPlan[]): string[] =>
      personOf(away, ...more).taken.map(({ type, target }) => `${type} ${target[0] ?? ''}`);
    expect(owed()).toEqual(['group b', 'group c', 'binding b']);
    expect(owed(record([{ kind: 'join-group', target: G, after: { group: 'VPN' } }]))).toEqual([
      'group c',
      'binding b',
    ]);
    expect(owed(record([{ kind: 'bind', target: G, after: { name: 'Disk' } }]))).toEqual([
      'group b',
      'group c',
    ]);
    expect(owed(record([leaveGroup('left', H)]))).toEqual(['group b', 'binding b', 'group c']);
    expect(owed(record([leaveGroup('moved', H)]))).toEqual(['group b', 'group c', 'binding b']);
  });

  test('leaving from leave: what leave took is an exit’s from then on', () => {
    const away = record([create, suspend('leave'), leaveGroup('leave')]);
    expect(restorable(personOf(away), '2026-01-01')).toHaveLength(1);
    const left = personOf(away, record([suspend('left')]));
    expect(restorable(left, '2026-01-01')).toEqual([]);
    expect(restorable(left, '2020-01-06')).toHaveLength(1);
    expect(restorable(personOf(away, record([suspend('leave')])), '2026-01-01')).toHaveLength(1);
    expect(restorable(undefined, '2020-01-06')).toEqual([]);
  });

  test('managers and deletion', () => {
    const set = record([create, { kind: 'set-manager', target: '9', after: '9' }]);
    expect(personOf(set).manager).toBe('9');
    expect(personOf(set, record([{ kind: 'set-manager' }])).manager).toBeUndefined();
    const gone = personOf(
      set,
      record([{ kind: 'delete', target: A, before: { username: 'ada', email: 'x' } }]),
    );
    expect(gone).toMatchObject({ deleted: true, account: undefined, username: undefined, person: '1' });
    expect(personOf(set, record([{ kind: 'delete', target: A }]), record([create])).deleted).toBe(false);
  });
});

describe('what an exit left behind', () => {
  const failed: Deed = { ...leaveGroup('left'), outcome: 'failed' };

  test('a removal that failed is owed, although nothing of ours is left', () => {
    const exit = record([suspend('left'), failed]);
    expect(personOf(exit)).toMatchObject({ unstripped: true, groups: new Map() });
    expect(personOf(exit, record([leaveGroup('left')]))).toMatchObject({ unstripped: false });
    expect(personOf(exit, record([{ kind: 'update', target: 'company', after: 'x' }]))).toMatchObject({
      unstripped: true,
    });
    expect(personOf(exit, record([{ kind: 'reinstate' }]))).toMatchObject({ unstripped: false });
  });

  test('so is what was not attempted, and nothing else is', () => {
    const stopped: Deed = { ...leaveGroup('left'), outcome: 'not-attempted' };
    const skipped: Deed = { ...leaveGroup('left'), outcome: 'skipped' };
    expect(personOf(record([suspend('left'), stopped])).unstripped).toBe(true);
    expect(personOf(record([suspend('left'), leaveGroup('left'), skipped])).unstripped).toBe(false);
  });

  test('what JumpCloud did not tell is owed to that person alone', () => {
    const { plan, receipt } = record([suspend('left')]);
    const unread = (person: string): RecordedPlan => ({
      plan: {
        ...plan,
        findings: [{ code: HOLDINGS_UNREAD, severity: 'critical', person, message: 'not told' }],
      },
      receipt,
    });
    expect(personOf(unread('1')).unstripped).toBe(true);
    expect(personOf(unread('2')).unstripped).toBe(false);
  });
});

describe('the fold', () => {
  test('takes done and already, and nothing else', () => {
    for (const outcome of ['failed', 'skipped', 'not-attempted'] as const)
      expect(personOf(record([{ ...create, outcome }])).account).toBeUndefined();
    expect(personOf(record([{ ...create, outcome: 'already' }])).account).toBe(A);
  });

  test('goes by when receipts were finished, whatever the order of the files', () => {
    const first = record([create], { at: '2026-11-23T10:00:00.000Z' });
    const then = record([{ kind: 'update', target: 'jobTitle', after: 'Lead' }], {
      at: '2026-11-23T11:00:00.000Z',
    });
    for (const order of [
      [first, then],
      [then, first],
    ]) {
      const ledger = foldRecord(order);
      expect(ledger.people.get('1')?.attributes.get('jobTitle')).toBe('Lead');
      expect(ledger.head).toBe(then.receipt?.digest);
      expect(ledger.newest.get('1')).toBe(planName(then.plan));
      expect(ledger.receipts).toEqual(new Set([first, then].map(({ plan }) => planName(plan))));
    }
  });

  test('begins with the first thing that landed, and with each account when it was made or adopted', () => {
    const failed = record([{ ...create, outcome: 'failed' }], { at: '2026-11-02T10:00:00.000Z' });
    const alone = record([suspend('left')], { at: '2026-11-03T10:00:00.000Z' });
    const made = record([create], { at: '2026-11-04T10:00:00.000Z' });
    expect(foldRecord([failed]).began).toBeUndefined();
    expect(foldRecord([made, failed, alone]).began).toBe('2026-11-03T10:00:00.000Z');
    expect(personOf(failed, alone).linkedAt).toBeUndefined();
    expect(personOf(failed, alone, made).linkedAt).toBe('2026-11-04T10:00:00.000Z');
    const gone = record([{ kind: 'delete', target: A }], { at: '2026-11-05T10:00:00.000Z' });
    expect(personOf(made, gone).linkedAt).toBeUndefined();
  });

  test('keeps pending plans, the newest urgent receipt, and groups made for nobody', () => {
    const urgent = record([suspend('left')], { lane: 'urgent' });
    const waiting = record([create], { pending: true });
    const group = record([
      { kind: 'create-group', person: null, account: null, target: 'VPN', after: { name: 'VPN' } },
    ]);
    const ledger = foldRecord([urgent, waiting, group]);
    expect(ledger.pending).toEqual([waiting.plan]);
    expect(ledger.lastUrgent).toBe(urgent.receipt?.finishedAt);
    expect(ledger.deeds.map(({ kind, person }) => [kind, person])).toEqual([
      ['suspend', '1'],
      ['create-group', null],
    ]);
    expect(foldRecord([])).toMatchObject({ head: null, lastUrgent: undefined, pending: [], deeds: [] });
    expect(foldRecord([group]).people.size).toBe(0);
  });
});
