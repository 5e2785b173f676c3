import { describe, expect, it } from 'vitest';
import type { DirectoryEvent } from '../../../scripts/core/directory/event.ts';
import { createAttribution } from '../../../scripts/core/reconcile/attribute-drift.ts';
import type { Drift, Watch } from '../../../scripts/core/reconcile/drift.ts';
import { ownWritesOf } from '../../../scripts/core/reconcile/own-writes.ts';
import { actionOf, type Wish } from '../../../scripts/core/plan/action.ts';
import { countByKind, sealPlan } from '../../../scripts/core/plan/plan-file.ts';
import type { RecordedPlan } from '../../../scripts/core/record/ledger.ts';
import { sealReceipt } from '../../../scripts/core/record/receipt.ts';
import { digestOf } from '../../../scripts/core/values/canonical-json.ts';

const [ACCOUNT, GROUP] = ['aaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbb'];
const ANN = { id: 'ann', type: 'admin', name: 'ann@example.com', source: '' };
const OURS = { id: 'bot', type: 'service_account', name: 'rollcall', source: '' };

let ordinal = 0;
function event(facts: Partial<DirectoryEvent>): DirectoryEvent {
  ordinal += 1;
  return {
    id: `e${String(ordinal).padStart(4, '0')}`,
    at: '2026-11-20T10:00:00.000Z',
    type: 'user_update',
    by: ANN,
    method: 'session',
    resource: { type: 'user', id: ACCOUNT },
    changes: [],
    ...facts,
  };
}

function recorded(wish: Partial<Wish>, at: string): RecordedPlan {
  const action = actionOf({
    kind: 'update',
    person: '1',
    account: ACCOUNT,
    target: 'department',
    before: null,
    after: 'Sales',
    because: 'x',
    cause: 'hr',
    risk: 'low',
    ...wish,
  });
  const plan = sealPlan({
    asOf: '2026-11-20',
    lane: 'auto',
    base: digestOf([]),
    actions: [action],
    findings: [],
    held: [],
    counts: countByKind([action]),
  });
  const receipt = sealReceipt({
    previous: null,
    plan: plan.digest,
    startedAt: at,
    finishedAt: at,
    outcome: 'complete',
    results: [{ action: action.id, outcome: 'done', at, attempts: 1 }],
    approvedBy: [],
  });
  return { plan, receipt };
}

const FIELD: Watch = { about: 'field', account: ACCOUNT, fields: ['department'] };
function attribute(watch: Watch, events: DirectoryEvent[], record: RecordedPlan[] = []) {
  const drift: Drift = { kind: 'other', severity: 'info', message: 'm', remedy: 'report', watch };
  const attribution = createAttribution([drift], ownWritesOf(record, '2026-09-01T00:00:00Z'));
  attribution.take(events);
  return attribution.finish();
}
const by = (...args: Parameters<typeof attribute>) => attribute(...args).drift[0]?.by;

const OUR_AT = '2026-11-20T10:00:05Z';
const our = (facts: Partial<DirectoryEvent> = {}): DirectoryEvent =>
  event({ by: OURS, method: 'service-account', changes: [{ field: 'department', to: 'sales' }], ...facts });

describe('who did it', () => {
  it.each<[string, Watch, Partial<DirectoryEvent>, boolean]>([
    ['a field', FIELD, { changes: [{ field: 'Department', to: 'x' }] }, true],
    ['another field', FIELD, { changes: [{ field: 'location', to: 'x' }] }, false],
    [
      'another account',
      FIELD,
      { resource: { type: 'user', id: GROUP }, changes: [{ field: 'department', to: 'x' }] },
      false,
    ],
    ['a suspension', { about: 'state', account: ACCOUNT }, { type: 'user_suspended' }, true],
    [
      'a suspension told as a change',
      { about: 'state', account: ACCOUNT },
      { changes: [{ field: 'suspended', to: true }] },
      true,
    ],
    [
      'a membership, told from the group',
      { about: 'bound', account: ACCOUNT, to: GROUP, op: 'add' },
      {
        type: 'association_change',
        resource: { type: 'user_group', id: GROUP },
        association: { op: 'add', ends: [{ type: 'user', id: ACCOUNT }] },
      },
      true,
    ],
    [
      'a membership, told from the user',
      { about: 'bound', account: ACCOUNT, to: GROUP, op: 'add' },
      { type: 'association_change', association: { op: 'ADD', ends: [{ type: 'user_group', id: GROUP }] } },
      true,
    ],
    [
      'the other way round',
      { about: 'bound', account: ACCOUNT, to: GROUP, op: 'add' },
      {
        type: 'association_change',
        association: { op: 'remove', ends: [{ type: 'user_group', id: GROUP }] },
      },
      false,
    ],
    ['a creation', { about: 'created', account: ACCOUNT }, { type: 'user_create' }, true],
    [
      'a group',
      { about: 'group', group: GROUP },
      { type: 'group_delete', resource: { type: 'user_group', id: GROUP } },
      true,
    ],
  ])('%s', (_name, watch, facts, isFound) => {
    expect(by(watch, [event(facts)])?.who).toBe(isFound ? 'ann@example.com' : undefined);
  });

  it('is whoever did it last, in whatever order it is told', () => {
    const change = (name: string, minute: number): DirectoryEvent =>
      event({
        by: { ...ANN, name },
        at: `2026-11-20T10:0${minute}:00.000Z`,
        changes: [{ field: 'department', to: name }],
      });
    const events = [change('first', 1), change('last', 5), change('middle', 3)];
    expect(by(FIELD, events)?.who).toBe('last');
    expect(by(FIELD, events.toReversed())?.who).toBe('last');
  });
});

describe('our own', () => {
  it('is what a receipt tells, of the same thing, value and time', () => {
    const record = [recorded({}, OUR_AT)];
    expect(by(FIELD, [our()], record)).toMatchObject({ kind: 'rollcall', who: 'rollcall' });
    expect(attribute(FIELD, [our()], record).own).toEqual(['rollcall']);
  });

  it.each<[string, Partial<DirectoryEvent>]>([
    ['another value', { changes: [{ field: 'department', to: 'marketing' }] }],
    ['an hour later', { at: '2026-11-20T11:00:00.000Z' }],
    ['a session in the console', { method: 'session' }],
  ])('is not: %s', (_name, facts) => {
    expect(by(FIELD, [our(facts)], [recorded({}, OUR_AT)])?.kind).toBe('others');
  });

  it('a human just after us is not us', () => {
    const human = event({ at: '2026-11-20T10:00:30.000Z', changes: [{ field: 'department', to: 'hr' }] });
    expect(by(FIELD, [human, our()], [recorded({}, OUR_AT)])).toMatchObject({
      kind: 'others',
      who: 'ann@example.com',
    });
  });

  it('our key on no receipt is a critical finding of its own', () => {
    const later = our({ at: '2026-11-21T10:00:00.000Z', changes: [{ field: 'department', to: 'x' }] });
    const { drift } = attribute(FIELD, [later, our()], [recorded({}, OUR_AT)]);
    expect(drift.map(({ kind, by: author }) => [kind, author?.kind])).toEqual([
      ['other', 'rollcall-key'],
      ['unrecorded-write', 'rollcall-key'],
    ]);
  });

  it('a job of ours that JumpCloud carried out when its time came', () => {
    const job = recorded(
      { kind: 'schedule', target: 'SUSPENDED', after: { state: 'SUSPENDED', at: '2026-11-22T23:59:00Z' } },
      OUR_AT,
    );
    const carried = event({
      type: 'user_suspended',
      at: '2026-11-22T23:59:40.000Z',
      by: { id: '', type: 'system', name: '', source: '' },
      method: '',
    });
    expect(by({ about: 'state', account: ACCOUNT }, [carried], [job])?.kind).toBe('rollcall');
    expect(by({ about: 'state', account: ACCOUNT }, [carried])?.kind).toBe('jumpcloud');
  });

  it('has seen enough when everything has its author and our key is known', () => {
    const drift: Drift = { kind: 'other', severity: 'info', message: 'm', remedy: 'report', watch: FIELD };
    const change = event({ changes: [{ field: 'department', to: 'x' }] });
    const alone = createAttribution([drift], ownWritesOf([], '2026-09-01T00:00:00Z'));
    expect(alone.take([event({})])).toBe(false);
    expect(alone.take([change])).toBe(true);
    const known = createAttribution([drift], ownWritesOf([recorded({}, OUR_AT)], '2026-09-01T00:00:00Z'));
    expect(known.take([change])).toBe(false);
    expect(known.take([our()])).toBe(true);
  });
});
