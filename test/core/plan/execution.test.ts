/** What apply may do: the whole plan by its approvals, then each action by the rows of execution.ts, over values. */
import { describe, expect, test } from 'vitest';
import type { LiveAccount, LiveDirectory } from '../../../scripts/core/directory/live.ts';
import type { Action } from '../../../scripts/core/plan/action.ts';
import {
  type Authorisation,
  type ExecutionContext,
  judgeAction,
  judgePlan,
  requiredApprovals,
  type Verdict,
} from '../../../scripts/core/plan/execution.ts';
import { type Lane, type Plan, sealPlan } from '../../../scripts/core/plan/plan-file.ts';
import type { Planned } from '../../../scripts/core/plan/planner.ts';
import { emptyLedger, type PersonLedger } from '../../../scripts/core/record/ledger.ts';
import { anAction, planWorld, worldOf } from '../../world.ts';

const ACCOUNT = 'a'.repeat(24);
const OTHER = 'b'.repeat(24);
const GROUP = 'c'.repeat(24);
const GONE_GROUP = 'd'.repeat(24);

const ada: LiveAccount = {
  id: ACCOUNT,
  username: 'ada',
  email: 'ada@example.com',
  state: 'ACTIVATED',
  anchor: '1',
  manager: null,
  attributes: { firstname: 'Ada', jobTitle: 'Engineer' },
  admin: false,
  restricted: [],
};

function liveOf(account: Partial<LiveAccount> = {}, more: Partial<LiveDirectory> = {}): LiveDirectory {
  return {
    accounts: [
      { ...ada, ...account },
      { ...ada, id: OTHER, username: 'bo', email: 'bo@example.com', anchor: '2' },
    ],
    groupNames: [{ id: GROUP, name: 'Sales' }],
    groups: new Map([
      [GROUP, { id: GROUP, name: 'Sales', membershipMethod: 'STATIC', members: new Set([OTHER]) }],
    ]),
    memberships: new Map(),
    bindings: new Map(),
    bindable: new Map(),
    armed: [],
    sshKeys: new Map(),
    ...more,
  };
}

const action = (kind: Action['kind'], parts: Partial<Action> = {}): Action =>
  anAction(kind, { account: ACCOUNT, ...parts });

const nothingPlanned = planWorld(worldOf([]));

/** A fresh plan that wants these, all in one lane. */
function wanting(actions: Action[], lane: Lane = 'review', more: Partial<Planned> = {}): Planned {
  return { ...nothingPlanned, actions, laneOf: new Map(actions.map(({ id }) => [id, lane])), ...more };
}

function planOf(actions: Action[], lane: Lane = 'review'): Plan {
  return sealPlan({
    asOf: '2026-11-23',
    lane,
    base: '0'.repeat(64),
    actions,
    findings: [],
    held: [],
    counts: {},
  });
}

const approvedBy = (...ages: number[]): Authorisation['approvals'] =>
  ages.map((ageHours, index) => ({ login: `person${index}`, ageHours }));

function contextOf(
  fresh: Planned,
  live: LiveDirectory = liveOf(),
  authorisation: Partial<Authorisation> = {},
  people: ReadonlyMap<string, PersonLedger> = new Map(),
): ExecutionContext {
  return {
    fresh,
    live,
    people,
    authorisation: {
      approvals: approvedBy(0),
      planAgeHours: 0,
      freshHr: true,
      ...authorisation,
    },
    approvals: { required: 1, requiredOverBudget: 2, expireHours: 72 },
  };
}

describe('a plan as a whole', () => {
  const join = action('join-group', { target: GROUP, after: { group: 'Sales' } });
  const judged = (...ages: number[]) =>
    judgePlan(planOf([join]), contextOf(wanting([join]), liveOf(), { approvals: approvedBy(...ages) }));

  test('an approval counts for 72 hours to the end, and not a moment longer', () => {
    expect(judged(72)).toBeUndefined();
    expect(judged(72.001)).toMatchObject({ outcome: 'expired', code: 'approval-expired' });
    expect(judged(72.001, 0)).toBeUndefined();
  });

  test('without one it is refused, and says how many are missing', () => {
    expect(judged()).toMatchObject({ outcome: 'refused', code: 'not-approved' });
    expect(judged()?.message).toMatch(/^0 of 1 approvals/);
  });

  test('over budget it takes two, of whom both are fresh', () => {
    const fresh = wanting([join], 'review', { overBudget: new Set([join.id]) });
    const over = (...ages: number[]) =>
      judgePlan(planOf([join]), contextOf(fresh, liveOf(), { approvals: approvedBy(...ages) }));
    expect(over(0)).toMatchObject({ outcome: 'refused', code: 'not-approved' });
    expect(over(0, 73)).toMatchObject({ outcome: 'expired' });
    expect(over(0, 1)).toBeUndefined();
  });

  test('the budget asks for more, never for less, and only of a plan that it is about', () => {
    const other = action('suspend');
    const fresh = wanting([join, other], 'review', { overBudget: new Set([other.id]) });
    const approvals = { required: 3, requiredOverBudget: 2, expireHours: 72 };
    expect(requiredApprovals(planOf([join, other]), { fresh, approvals })).toBe(3);
    expect(requiredApprovals(planOf([join]), { fresh, approvals: { ...approvals, required: 1 } })).toBe(1);
    expect(
      requiredApprovals(planOf([join, other]), { fresh, approvals: { ...approvals, required: 1 } }),
    ).toBe(2);
  });

  test.each(['auto', 'urgent'] as const)(
    'lane %s needs none here: its actions are judged one by one',
    (lane) => {
      expect(
        judgePlan(planOf([join], lane), contextOf(wanting([join]), liveOf(), { approvals: [] })),
      ).toBeUndefined();
    },
  );
});

describe('approved ∩ fresh', () => {
  const join = action('join-group', { target: GROUP, after: { group: 'Sales' } });
  const suspend = action('suspend', { after: { state: 'SUSPENDED' } });
  const disarm = action('unschedule', { target: 'job1', before: { state: 'ACTIVATED' } });
  const keep = action('unschedule', { target: 'job1', before: { state: 'SUSPENDED' } });
  const armed = {
    ...liveOf(),
    armed: [{ job: 'job1', account: ACCOUNT, state: 'ACTIVATED' as const, at: '2026-12-01T07:00:00Z' }],
  };

  test('what is no longer wanted is skipped, and the reason names a hold', () => {
    const plan = planOf([join]);
    expect(judgeAction(join, plan, contextOf(wanting([])))).toEqual({
      kind: 'skipped',
      reason: 'no longer wanted',
    });
    const held = [
      { person: '2', code: 'unexplained', message: '' },
      { person: '1', code: 'held-by-reviewer', message: '' },
    ];
    expect(judgeAction(join, plan, contextOf(wanting([], 'review', { held })))).toEqual({
      kind: 'skipped',
      reason: 'on hold now: held-by-reviewer',
    });
  });

  test('lane auto runs what guardrails.yaml lets happen without review today, whatever the file says', () => {
    const run = (lane: Lane): Verdict =>
      judgeAction(
        join,
        planOf([join], 'auto'),
        contextOf(wanting([join], lane), liveOf(), { approvals: [] }),
      );
    expect(run('auto')).toEqual({ kind: 'run' });
    expect(run('review')).toMatchObject({ kind: 'not-attempted', code: 'needs-review' });
  });

  test.each([
    ['a revocation that the urgent lane still allows', suspend, 'urgent', 'run'],
    ['a revocation that lane auto would do', suspend, 'auto', 'run'],
    ['a revocation that needs review by now, or ever did', suspend, 'review', 'not-attempted'],
    ['an armed activation of ours is cancelled', disarm, 'urgent', 'run'],
    ['an armed suspension stays', keep, 'auto', 'not-attempted'],
    ['a grant', join, 'auto', 'not-attempted'],
  ] as const)('lane urgent: %s', (_name, wanted, lane, kind) => {
    const context = contextOf(wanting([wanted], lane), armed, { approvals: [] });
    expect(judgeAction(wanted, planOf([wanted], 'urgent'), context)).toMatchObject({ kind });
  });

  test.each([
    ['a grant never', join, 0, 'not-attempted'],
    ['a revocation of a plan just under a day old', suspend, 23.9, 'run'],
    ['an armed activation is cancelled as long', disarm, 23.9, 'run'],
    ['a revocation of a plan of a day', suspend, 24, 'not-attempted'],
  ] as const)('without a fresh read of BambooHR: %s', (_name, wanted, planAgeHours, kind) => {
    const context = contextOf(wanting([wanted]), armed, { freshHr: false, planAgeHours });
    expect(judgeAction(wanted, planOf([wanted]), context)).toMatchObject({
      kind,
      ...(kind === 'run' ? {} : { code: 'no-fresh-hr' }),
    });
  });

  test('with one the age of the plan does not matter', () => {
    expect(
      judgeAction(join, planOf([join]), contextOf(wanting([join]), liveOf(), { planAgeHours: 500 })),
    ).toEqual({ kind: 'run' });
  });
});

describe('an account that was suspended meanwhile', () => {
  const join = action('join-group', { target: GROUP, after: { group: 'Sales' } });
  const back = action('reinstate', { after: { state: 'ACTIVATED' } });
  const suspended = liveOf({ state: 'SUSPENDED' });

  test('is given nothing unless this very plan brings it back', () => {
    const fresh = wanting([back, join]);
    expect(judgeAction(join, planOf([join]), contextOf(fresh, suspended))).toMatchObject({
      kind: 'skipped',
      reason: expect.stringContaining('suspended meanwhile') as string,
    });
    expect(judgeAction(join, planOf([back, join]), contextOf(fresh, suspended))).toEqual({ kind: 'run' });
  });

  test('loses what it should, and its armed activation, and is no matter of anybody else', () => {
    const leave = action('leave-group', { target: GROUP });
    const disarm = action('unschedule', { target: 'job1', before: { state: 'ACTIVATED' } });
    const fresh = wanting([back, leave, disarm, join]);
    const live = {
      ...suspended,
      groups: new Map([[GROUP, { ...suspended.groups.get(GROUP)!, members: new Set([ACCOUNT]) }]]),
      armed: [{ job: 'job1', account: ACCOUNT, state: 'ACTIVATED' as const, at: '2026-12-01T07:00:00Z' }],
    };
    for (const each of [leave, disarm])
      expect(judgeAction(each, planOf([leave, disarm]), contextOf(fresh, live))).toEqual({ kind: 'run' });
    const others = action('join-group', {
      person: '3',
      account: null,
      target: GROUP,
      after: { group: 'Sales' },
    });
    expect(judgeAction(others, planOf([others]), contextOf(wanting([back, others]), live))).toEqual({
      kind: 'run',
    });
  });
});

describe('preconditions', () => {
  const seen = { username: 'ada', email: 'ada@example.com', name: 'Ada Lovelace', groups: {} };
  /** The same action, as it is wanted over what is live now. */
  const over = (wanted: Action, before: Action['before']): Verdict =>
    judgeAction(
      wanted,
      planOf([wanted]),
      contextOf(wanting([{ ...wanted, before }]), liveOf({ anchor: '' })),
    );

  test('adopt: whoever changed name, user name or address since is not adopted; their groups may change', () => {
    const adopt = action('adopt', { target: ACCOUNT, before: seen, after: { anchor: '1' } });
    expect(over(adopt, { ...seen, groups: { [GROUP]: 'Sales' } })).toEqual({ kind: 'run' });
    for (const change of [{ username: 'adb' }, { email: 'adb@example.com' }, { name: 'Ada Byron' }])
      expect(over(adopt, { ...seen, ...change })).toMatchObject({
        kind: 'skipped',
        reason: expect.stringContaining('changed since') as string,
      });
  });

  test('delete: an account that somebody has taken into use under another name stays', () => {
    const remove = action('delete', { target: ACCOUNT, before: seen });
    expect(over(remove, seen)).toEqual({ kind: 'run' });
    expect(over(remove, { ...seen, email: 'shared@example.com' })).toMatchObject({ kind: 'skipped' });
  });

  test('rename: only from the name that was shown', () => {
    const rename = action('rename', { target: 'username', before: 'ada', after: 'ada.lovelace' });
    expect(over(rename, 'ada')).toEqual({ kind: 'run' });
    expect(over(rename, 'countess')).toMatchObject({ kind: 'skipped' });
  });

  test('reinstate: whoever was back already when the plan was made, and is suspended now, was suspended by somebody else', () => {
    const noted = action('reinstate', { before: { state: 'ACTIVATED', by: 'leave' } });
    const suspended = { state: 'SUSPENDED', by: 'leave' };
    const judge = (wanted: Action): Verdict =>
      judgeAction(
        wanted,
        planOf([wanted]),
        contextOf(wanting([{ ...wanted, before: suspended }]), liveOf({ state: 'SUSPENDED' })),
      );
    expect(judge(noted)).toMatchObject({
      kind: 'skipped',
      reason: expect.stringContaining('changed since') as string,
    });
    expect(judge(action('reinstate', { before: suspended }))).toEqual({ kind: 'run' });
  });

  test('of everything else `before` is information', () => {
    const update = action('update', { target: 'jobTitle', before: 'Engineer', after: 'Lead' });
    expect(over(update, 'Something else')).toEqual({ kind: 'run' });
  });
});

describe('what is done already', () => {
  const already = (
    wanted: Action,
    live: LiveDirectory,
    people: ReadonlyMap<string, PersonLedger> = new Map(),
  ): Verdict | undefined => {
    const verdict = judgeAction(wanted, planOf([wanted]), contextOf(wanting([wanted]), live, {}, people));
    return verdict.kind === 'already' ? verdict : undefined;
  };
  const is = (wanted: Action, live: LiveDirectory = liveOf(), people?: ReadonlyMap<string, PersonLedger>) =>
    already(wanted, live, people) !== undefined;
  const within = (members: string[], memberships?: string[]): LiveDirectory =>
    liveOf(
      {},
      {
        groups: new Map([
          [GROUP, { id: GROUP, name: 'Sales', membershipMethod: 'STATIC', members: new Set(members) }],
        ]),
        memberships: new Map(
          memberships === undefined ? [] : [[ACCOUNT, memberships.map((id) => ({ id, name: id }))]],
        ),
      },
    );

  test('create: an account of this anchor, with the address or the user name, is the one that was to be made', () => {
    const create = (username: string, email: string): Action =>
      action('create', { account: null, after: { username, email, anchor: '1' } });
    expect(already(create('ada', 'ADA@example.com'), liveOf())).toEqual({
      kind: 'already',
      account: ACCOUNT,
    });
    expect(is(create('ada', 'new@example.com'))).toBe(true);
    expect(is(create('countess', 'ada@example.com'))).toBe(true);
    expect(is(create('countess', 'new@example.com'))).toBe(false);
    expect(is(create('ada', 'ada@example.com'), liveOf({ anchor: '' }))).toBe(false);
    expect(is(create('bo', 'bo@example.com'), liveOf({ anchor: '' }))).toBe(false);
  });

  test('adopt: the anchor is ours on that very account', () => {
    expect(is(action('adopt', { target: ACCOUNT, after: { anchor: '1' } }))).toBe(true);
    expect(is(action('adopt', { target: OTHER, after: { anchor: '1' } }))).toBe(false);
    expect(is(action('adopt', { target: ACCOUNT, after: { anchor: '1' } }), liveOf({ anchor: '' }))).toBe(
      false,
    );
  });

  test('update: the value stands there, or an empty one does not', () => {
    const update = (target: string, after: string | null): boolean => is(action('update', { target, after }));
    expect(update('jobTitle', 'Engineer')).toBe(true);
    expect(update('jobTitle', 'Lead')).toBe(false);
    expect(update('jobTitle', null)).toBe(false);
    expect(update('department', null)).toBe(true);
    expect(update('department', 'Sales')).toBe(false);
  });

  test('rename: user names mind the case, addresses do not', () => {
    const rename = (target: string, after: string): boolean => is(action('rename', { target, after }));
    expect(rename('username', 'ada')).toBe(true);
    expect(rename('username', 'Ada')).toBe(false);
    expect(rename('username', 'ada@example.com')).toBe(false);
    expect(rename('email', 'Ada@Example.com')).toBe(true);
    expect(rename('email', 'ada')).toBe(false);
  });

  test.each([
    ['activate', 'ACTIVATED'],
    ['reinstate', 'ACTIVATED'],
    ['suspend', 'SUSPENDED'],
  ] as const)('%s: the account is %s', (kind, state) => {
    for (const live of ['STAGED', 'ACTIVATED', 'SUSPENDED'] as const)
      expect(is(action(kind), liveOf({ state: live }))).toBe(live === state);
  });

  test('an account that is no longer ours counts for revocations only: access is gone or it is not', () => {
    const lost = liveOf({ anchor: '', state: 'SUSPENDED', manager: OTHER });
    expect(is(action('suspend'), lost)).toBe(true);
    expect(is(action('update', { target: 'jobTitle', after: 'Engineer' }), lost)).toBe(false);
    expect(is(action('activate'), liveOf({ anchor: '2' }))).toBe(false);
  });

  test('delete: the account is gone', () => {
    expect(is(action('delete', { target: ACCOUNT }))).toBe(false);
    expect(is(action('delete', { account: '9'.repeat(24) }))).toBe(true);
    expect(is(action('suspend', { account: '9'.repeat(24) }))).toBe(false);
  });

  test('schedule: a job of the same account, state and instant, however the instant is written', () => {
    const arm = action('schedule', {
      target: 'SUSPENDED',
      after: { state: 'SUSPENDED', at: '2026-11-24T06:59:00Z' },
    });
    const job = {
      job: 'job7',
      account: ACCOUNT,
      state: 'SUSPENDED' as const,
      at: '2026-11-24T06:59:00.000Z',
    };
    const armed = (change: Partial<typeof job> | { state: 'ACTIVATED' }): LiveDirectory =>
      liveOf({}, { armed: [{ ...job, ...change }] });
    expect(already(arm, armed({}))).toEqual({ kind: 'already', job: 'job7' });
    expect(is(arm, armed({ account: OTHER }))).toBe(false);
    expect(is(arm, armed({ state: 'ACTIVATED' }))).toBe(false);
    expect(is(arm, armed({ at: '2026-11-24T06:59:01Z' }))).toBe(false);
  });

  test('unschedule: that job waits no more', () => {
    const disarm = action('unschedule', { target: 'job7' });
    const armed = (job: string): LiveDirectory =>
      liveOf({}, { armed: [{ job, account: ACCOUNT, state: 'ACTIVATED', at: '2026-12-01T07:00:00Z' }] });
    expect(is(disarm, armed('job7'))).toBe(false);
    expect(is(disarm, armed('job8'))).toBe(true);
  });

  test('set-manager: by the account on the record, else by the anchor; an unknown manager is not there', () => {
    const report = (after: string | null): Action => action('set-manager', { target: after, after });
    expect(is(report('2'), liveOf({ manager: OTHER }))).toBe(true);
    expect(is(report('2'), liveOf({ manager: null }))).toBe(false);
    expect(is(report(null), liveOf({ manager: null }))).toBe(true);
    expect(is(report(null), liveOf({ manager: OTHER }))).toBe(false);
    expect(is(report('9'), liveOf({ manager: null }))).toBe(false);
    const recorded = new Map([['2', { ...emptyLedger('2'), account: GROUP }]]);
    expect(is(report('2'), liveOf({ manager: OTHER }), recorded)).toBe(false);
    expect(is(report('2'), liveOf({ manager: GROUP }), recorded)).toBe(true);
  });

  test('join-group: a member already; what could not be read is not believed', () => {
    const join = (target: string): Action => action('join-group', { target, after: { group: 'Sales' } });
    expect(is(join(GROUP), within([ACCOUNT]))).toBe(true);
    expect(is(join(GROUP), within([OTHER]))).toBe(false);
    expect(is(join(GONE_GROUP), within([ACCOUNT]))).toBe(false);
  });

  test('leave-group: neither the group nor the account’s own list has it, and one of the two was read', () => {
    const leave = action('leave-group', { target: GROUP });
    expect(is(leave, within([OTHER]))).toBe(true);
    expect(is(leave, within([ACCOUNT]))).toBe(false);
    expect(is(leave, within([OTHER], [GONE_GROUP]))).toBe(true);
    expect(is(leave, within([OTHER], [GONE_GROUP, GROUP]))).toBe(false);
    const unmapped = action('leave-group', { target: GONE_GROUP });
    expect(is(unmapped, within([]))).toBe(false);
    expect(is(unmapped, within([], [GROUP]))).toBe(true);
    expect(is(unmapped, within([], [GONE_GROUP]))).toBe(false);
  });

  test('bind and unbind: by type and id, and only where the bindings were read', () => {
    const bound = liveOf(
      {},
      { bindings: new Map([[ACCOUNT, [{ type: 'system', id: 's1', name: 'laptop' }]]]) },
    );
    const bind = (target: string): Action => action('bind', { target, after: { name: 'laptop' } });
    const unbind = (target: string): Action => action('unbind', { target });
    expect(is(bind('system:s1'), bound)).toBe(true);
    expect(is(bind('system:s2'), bound)).toBe(false);
    expect(is(bind('policy:s1'), bound)).toBe(false);
    expect(is(unbind('system:s2'), bound)).toBe(true);
    expect(is(unbind('system:s1'), bound)).toBe(false);
    expect(is(bind('system:s1'))).toBe(false);
    expect(is(unbind('system:s1'))).toBe(false);
  });

  test('an SSH key is gone when the keys that were read do not have it', () => {
    const keys = (ids: string[]): LiveDirectory => liveOf({}, { sshKeys: new Map([[ACCOUNT, ids]]) });
    const unbind = action('unbind', { target: 'ssh_key:k1' });
    expect(is(unbind, keys(['k2']))).toBe(true);
    expect(is(unbind, keys(['k1', 'k2']))).toBe(false);
    expect(is(unbind)).toBe(false);
  });

  test('create-group: one of this name', () => {
    const create = (target: string): boolean =>
      is(action('create-group', { person: null, account: null, target }));
    expect(create('Sales')).toBe(true);
    expect(create('Finance')).toBe(false);
  });
});
