/**
 * Every row of values/guardrail-codes.ts, brought about: a world in agreement says nothing of a code; something is
 * brought to the brink, where there is one; one more thing changes, and the code is said with its numbers and its remedy.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deriveCompany } from '../../../scripts/core/people/company.ts';
import type { HrRead } from '../../../scripts/core/people/hr-read.ts';
import { judgeAction, judgePlan } from '../../../scripts/core/plan/execution.ts';
import type { PlanInput } from '../../../scripts/core/plan/planner.ts';
import { foldRecord } from '../../../scripts/core/record/ledger.ts';
import { Failure } from '../../../scripts/core/values/failure.ts';
import { GUARDRAIL_CODES, type GuardrailCode } from '../../../scripts/core/values/guardrail-codes.ts';
import { readDesk } from '../../../scripts/flow/plan-desk.ts';
import type { Workspace } from '../../../scripts/flow/workspace.ts';
import { makePlan } from '../../../scripts/plan.ts';
import type { DirectoryReader } from '../../../scripts/ports.ts';
import { finishRotation, WEBHOOK_NAME } from '../../../scripts/shell/relay/register-webhook.ts';
import type { WebhookAdmin } from '../../../scripts/adapters/bamboohr/webhooks.ts';
import { applyPlans, failAll, settle } from '../../simulate.ts';
import {
  accountId,
  ATTRIBUTES,
  change,
  employee,
  exportPeople,
  ledgerOf,
  LIFECYCLE,
  liveOf,
  planWorld,
  policyOf,
  readOf,
  type Row,
  type World,
  type WorldOptions,
  worldOf,
} from '../../world.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };

type Said = { code: string; message: string; severity?: string | undefined };
/** What a situation adds to what is read. */
type Extra = {
  read?: Partial<HrRead>;
  deleted?: string[];
  input?: Partial<PlanInput>;
  /** Why the last export was refused. */
  refused?: string;
  /** The new webhook has delivered nothing yet. */
  undelivered?: boolean;
};

interface Situation {
  rows?: Row[];
  options?: WorldOptions;
  /** Up to where nothing is said yet. */
  brink?: (world: World) => Extra | void;
  change: (world: World) => Extra | void;
  /** Who says it; plan where nothing stands here. */
  says?: (world: World, extra: Extra) => Said[] | Promise<Said[]>;
  /** Stands in the message. */
  numbers?: string;
}

/** Another test brings it about, over HTTP. */
type Elsewhere = { elsewhere: string };

const many = (count: number, facts: Record<string, string> = {}): Row[] =>
  Array.from({ length: count }, (_, index) => employee(String(index + 1), facts));
const group = (world: World, name: string) => world.live.groups.get(accountId(`group ${name}`))!;
const account = (world: World, person: string) =>
  world.live.accounts.find(({ id }) => id === accountId(`person ${person}`))!;

/** The facts of so many people change in one night. */
function flip(world: World, count: number, facts: Record<string, string>): void {
  world.rows = world.rows.map((row, index) => (index < count ? { ...row, ...facts } : row));
  world.people = exportPeople(world);
}

function hire(world: World, id: string, facts: Record<string, string | undefined> = {}): void {
  world.rows.push(employee(id, facts));
  world.people = exportPeople(world);
}

function byPlan(world: World, { input }: Extra): Said[] {
  const { findings, held } = planWorld(world, input);
  return [...findings, ...held];
}

function byExport(world: World, { read, deleted }: Extra): Said[] {
  const verdict = deriveCompany({
    read: { ...readOf(world.rows), ...read },
    previous: new Map(world.people.map((person) => [person.employee.id, person])),
    ledger: foldRecord(world.recorded),
    policy: world.policy,
    asOf: world.asOf,
    timeOff: new Map(),
    deleted: new Set(deleted),
    only: undefined,
  });
  return verdict.ok ? verdict.findings : [...verdict.findings, asSaid(verdict.failure)];
}

function asSaid(failure: unknown): Said {
  if (!(failure instanceof Failure)) throw failure;
  expect(failure.exit).toBe(3);
  return { code: failure.code, message: `${failure.message}: ${failure.remedy}` };
}

/** The desk on which plan and apply lay the checkout. */
function byDesk(world: World, { refused }: Extra): Promise<Said[]> {
  const options = { asOf: world.asOf, now: () => '2026-11-23T12:00:00Z', lane: undefined };
  return refusalOf(readDesk(workspaceOf(world, refused), options));
}

function workspaceOf(world: World, refused?: string): Workspace {
  return {
    readPolicy: () => Promise.resolve(world.policy),
    readManifest: () => Promise.resolve({ complete: refused === undefined, refused }),
    readPeople: () => Promise.resolve(world.people),
    readRecord: () => Promise.resolve(world.recorded),
    readPins: () => Promise.resolve({}),
    readHolds: () => Promise.resolve({}),
    writePlan: () => Promise.resolve(''),
    writePins: () => Promise.resolve(),
  } as unknown as Workspace;
}

function refusalOf(run: Promise<unknown>): Promise<Said[]> {
  return run.then(
    () => [],
    (failure: unknown) => [asSaid(failure)],
  );
}

/** Security ends person 1 by hand. */
function byManualExit(world: World): Promise<Said[]> {
  const reader = {
    findAccounts: (_: string, id: string) =>
      Promise.resolve(world.live.accounts.filter(({ anchor }) => anchor === id)),
    readMemberships: () => Promise.resolve([]),
    readBindings: () => Promise.resolve([]),
    readGroupNames: () => Promise.resolve([]),
  } as unknown as DirectoryReader;
  return refusalOf(
    makePlan(reader, workspaceOf(world), {
      asOf: world.asOf,
      only: ['1'],
      lane: 'urgent',
      manual: { reason: 'security-incident', requestedBy: 'ann' },
      now: () => '2026-11-23T12:00:00Z',
      progress: () => undefined,
    }),
  );
}

/** The second half of a rotation: webhook 2 is the new one. */
function byRotation(delivered: boolean): Promise<Said[]> {
  const url = 'https://relay.example.com/webhook';
  const admin = {
    list: () => Promise.resolve(['1', '2'].map((id) => ({ id, name: WEBHOOK_NAME, url }))),
    readLog: () => Promise.resolve(delivered ? [{ statusCode: '200' }] : []),
    remove: () => Promise.resolve(),
  } as unknown as WebhookAdmin;
  return refusalOf(finishRotation(admin, url, false));
}

/** What apply makes of the plan that is wanted: with so many approvals of so many hours, as if its file said so. */
const byApply =
  (lane: 'auto' | 'review', ageHours: number[], freshHr = true) =>
  (world: World): Said[] => {
    const fresh = planWorld(world);
    const context = {
      fresh,
      live: liveOf(world),
      people: ledgerOf(world).people,
      authorisation: {
        approvals: ageHours.map((age, index) => ({ login: `approver${index}`, ageHours: age })),
        planAgeHours: 0,
        freshHr,
        urgent: false,
      },
      approvals: { required: 1, requiredOverBudget: 2, expireHours: 72 },
    };
    return fresh.plans.flatMap((plan): Said[] => {
      const claimed = { ...plan, lane };
      const refused = judgePlan(claimed, context);
      if (refused !== undefined) return [refused];
      return plan.actions.flatMap((action) => {
        const verdict = judgeAction(action, claimed, context);
        return verdict.kind === 'not-attempted' ? [{ code: verdict.code, message: verdict.reason }] : [];
      });
    });
  };

const laptopsOf = (world: World, count: number): Extra => {
  const bindings = new Map(
    world.live.accounts
      .slice(0, count)
      .map(({ id }) => [id, [{ type: 'system' as const, id: accountId(`laptop ${id}`), name: 'laptop' }]]),
  );
  return { input: { live: { ...liveOf(world), bindings } } };
};
const pinned = (world: World): Extra => ({
  input: {
    pins: Object.fromEntries([...world.live.groups.values()].map(({ id, name }) => [name, id])),
  },
});
const line = (text: string): string => `{ ${text}, owner: ann, reason: tried here, expires: 2026-12-31 }`;

/** Groups that we gave, taken from so many people by hand. */
function takenByHand(world: World, count: number): void {
  for (const { id } of world.live.accounts.slice(0, count)) group(world, 'All Staff').members.delete(id);
}

/** So many joined All Staff by a receipt of ours, and are drift when they are taken out. */
const GIVEN = (world: World): void => {
  takenByHand(world, world.rows.length);
  applyPlans(world, planWorld(world).plans);
  world.people = exportPeople(world);
};

/** The plan that is wanted failed so many times, the last time today. */
function fail(world: World, times: number): void {
  for (let time = 0; time < times; time += 1) failAll(world, `${world.asOf}T0${time}:00:00Z`);
}

const SITUATIONS: Record<GuardrailCode, Situation | Elsewhere> = {
  'incomplete-read': { elsewhere: 'test/adapters/bamboohr/read.test.ts' },
  'torn-read': { elsewhere: 'test/adapters/jumpcloud/read.test.ts' },
  'manual-exit-refused': {
    change: (world) =>
      void (world.policy = policyOf({ guardrails: 'protected: { accounts: [p1@example.com] }' })),
    says: byManualExit,
    numbers: '1 of 1 named people stay inside: 1 (protected-account)',
  },
  'rotation-unproven': {
    change: () => ({ undelivered: true }),
    says: (_, { undelivered }) => byRotation(undelivered !== true),
    numbers: 'webhook 2 has not delivered',
  },
  'export-drop': {
    brink: (world) => void (world.rows = world.rows.slice(0, 15)),
    change: (world) => void (world.rows = world.rows.slice(0, 14)),
    says: byExport,
    numbers: '6 of 20 people are missing from BambooHR, more than the larger of 5 people and 5 %',
  },
  'redacted-column': {
    brink: () => ({ read: { hiddenColumns: ['birthday'] } }),
    change: () => ({ read: { hiddenColumns: ['jobTitle'] } }),
    says: byExport,
    numbers: 'jobTitle (1 of the',
  },
  'redacted-row': {
    change: (world) => ({
      read: {
        rows: readOf(world.rows).rows.map((row) => (row.id === '1' ? { ...row, hidden: ['jobTitle'] } : row)),
      },
    }),
    says: byExport,
    numbers: 'jobTitle',
  },
  'bad-id': {
    change: (world) => void world.rows.push(employee('../1')),
    says: byExport,
    numbers: '1 of 21 rows',
  },
  unexplained: {
    change: (world) => {
      world.rows = world.rows.slice(1);
      world.people = exportPeople(world);
      world.asOf = '2026-11-26';
      return { deleted: ['1'] };
    },
    says: byExport,
    numbers: 'since 2026-11-23, for 3 days (BambooHR lists the record as deleted)',
  },
  'out-of-scope': {
    options: { lifecycle: `${LIFECYCLE}\nscope: "department != 'Sales'"` },
    change: (world) => void world.rows.push(employee('21', { department: 'Sales' })),
    says: byExport,
    numbers: '1 employee is outside',
  },
  'unmapped-status': {
    change: (world) => void (world.rows[0] = employee('1', { employmentStatus: 'Gardener' })),
    says: byExport,
    numbers: '1 person has the employment status "Gardener"',
  },
  'statuses-disagree': { change: (world) => change(world, '1', { terminationDate: '2026-11-22' }) },
  'no-hire-date': { change: (world) => change(world, '1', { hireDate: undefined }) },
  'hire-date-moved': { change: (world) => change(world, '1', { hireDate: '2027-01-01' }) },
  'unknown-status': { change: (world) => change(world, '1', { status: 'Dormant' }) },
  'rule-failed': {
    options: { attributes: `${ATTRIBUTES}  costCenter: location.split(', ')[1]\n` },
    change: (world) => change(world, '1', { location: 'Nowhereland' }),
    numbers: 'mappings/attributes.yaml:1:1: the rule cannot be worked out',
  },
  'anchor-disagrees': {
    brink: (world) => void (account(world, '1').email = 'other@example.com'),
    change: (world) =>
      void (account(world, '1').attributes = { firstname: 'Some', lastname: 'Body', displayname: 'S B' }),
  },
  'another-person': {
    brink: (world) => {
      account(world, '1').anchor = '';
      applyPlans(world, planWorld(world).plans);
      change(world, '1', { firstName: 'Grace', workEmail: 'grace@example.com' });
    },
    change: (world) => change(world, '1', { lastName: 'Hopper' }),
  },
  'accounts-gone': {
    brink: (world) => {
      world.live.accounts = [];
      settle(world);
      world.live.accounts = world.live.accounts.slice(5);
    },
    change: (world) => void world.live.accounts.shift(),
    numbers:
      '6 of 20 accounts that Rollcall made or adopted are not in JumpCloud, more than the larger of 5 people and 5 %',
  },
  'account-gone': {
    brink: (world) => {
      world.live.accounts = [];
      settle(world);
    },
    change: (world) => void world.live.accounts.shift(),
  },
  'account-unreadable': {
    change: (world) => void (account(world, '1').unreadable = true),
    numbers: accountId('person 1'),
  },
  'anchor-doubled': {
    change: (world) =>
      void world.live.accounts.push({
        ...account(world, '1'),
        id: accountId('twin'),
        username: 'twin',
        email: 'twin@example.com',
      }),
    numbers: '2 accounts',
  },
  'anchor-lost': {
    brink: (world) => {
      account(world, '1').anchor = '';
      applyPlans(world, planWorld(world).plans);
    },
    change: (world) => void (account(world, '1').anchor = ''),
  },
  'address-of-another': { change: (world) => void (account(world, '1').anchor = '999') },
  'adopt-line-unknown': {
    options: { exceptions: `exceptions: [${line('kind: adopt, person: "1", account: nobody')}]` },
    change: (world) => void (world.live.accounts = world.live.accounts.slice(1)),
    numbers: 'mappings/exceptions.yaml:1',
  },
  'adopt-ambiguous': {
    brink: (world) => void (account(world, '1').anchor = ''),
    change: (world) => change(world, '2', { workEmail: 'p1@example.com' }),
  },
  'adopt-name-disagrees': {
    brink: (world) => void (account(world, '1').anchor = ''),
    change: (world) => void (account(world, '1').attributes = { firstname: 'Some', lastname: 'Body' }),
  },
  'adopt-privileged': {
    brink: (world) => void (account(world, '1').anchor = ''),
    change: (world) => void (account(world, '1').admin = true),
  },
  'adopt-address-disagrees': {
    rows: [employee('1', { workEmail: 'ada@example.com' })],
    brink: (world) => void (account(world, '1').anchor = ''),
    change: (world) => void (account(world, '1').email = 'older@example.com'),
  },
  'address-taken': {
    brink: (world) => void (world.live.accounts = world.live.accounts.slice(1)),
    change: (world) => hire(world, '21', { workEmail: 'p1@example.com' }),
  },
  'no-address': { change: (world) => hire(world, '21', { workEmail: undefined }) },
  'no-username': {
    change: (world) => {
      world.policy = policyOf({ naming: `username: { candidates: ["preferredName"] }` });
      hire(world, '21');
    },
  },
  'no-name': { change: (world) => hire(world, '21', { firstName: undefined, lastName: undefined }) },
  'username-taken': {
    brink: (world) => {
      hire(world, '21');
      applyPlans(world, planWorld(world).plans);
      world.people = exportPeople(world);
      world.live.accounts.at(-1)!.username = 'changed.by.hand';
    },
    change: (world) =>
      void world.live.accounts.push({
        ...account(world, '1'),
        id: accountId('squatter'),
        anchor: '',
        email: 'squatter@example.com',
        username: ledgerOf(world).people.get('21')!.username!,
        attributes: {},
      }),
  },
  'email-taken': {
    brink: (world) =>
      void world.live.accounts.push({
        ...account(world, '1'),
        id: accountId('shared'),
        anchor: '',
        username: 'shared',
        email: 'shared@example.com',
        attributes: {},
      }),
    change: (world) => change(world, '1', { workEmail: 'shared@example.com' }),
  },
  'group-renamed': {
    brink: pinned,
    change: (world) => {
      const extra = pinned(world);
      group(world, 'Sales').name = 'Engineering';
      group(world, 'Engineering').name = 'Sales';
      return extra;
    },
    numbers: '"Engineering" is now named "Sales"',
  },
  'group-gone': {
    brink: pinned,
    change: (world) => {
      const extra = pinned(world);
      world.live.groups.delete(accountId('group Sales'));
      return extra;
    },
    numbers: '"Sales"',
  },
  'group-doubled': {
    change: (world) => {
      const id = accountId('another');
      world.live.groups.set(id, { ...group(world, 'Sales'), id });
    },
    numbers: '2 groups named "Sales"',
  },
  'group-missing': {
    change: (world) => void world.live.groups.delete(accountId('group Sales')),
    numbers: '"Sales"',
  },
  'group-unread': {
    change: (world) => {
      const live = liveOf(world);
      const groups = new Map([...live.groups].filter(([, { name }]) => name !== 'Sales'));
      return { input: { live: { ...live, groups } } };
    },
    numbers: '"Sales"',
  },
  'group-dynamic': {
    change: (world) => void (group(world, 'Sales').membershipMethod = 'DYNAMIC_AUTOMATED'),
    numbers: 'DYNAMIC_AUTOMATED',
  },
  'group-protected': {
    change: (world) => void (world.policy = policyOf({ guardrails: 'protected: { groups: [Sales] }' })),
    numbers: '"Sales"',
  },
  'group-kept': {
    brink: (world) => void (group(world, 'All Staff').membershipMethod = 'DYNAMIC_AUTOMATED'),
    change: (world) => change(world, '1', GONE),
    numbers: '"All Staff"',
  },
  'protected-account': {
    options: { guardrails: 'protected: { accounts: [p1@example.com] }' },
    brink: (world) => change(world, '2', GONE),
    change: (world) => change(world, '1', GONE),
    numbers: '4 were wanted, suspend among them',
  },
  'protected-unknown': {
    options: { guardrails: 'protected: { accounts: [p1@example.com], groups: [Sales] }' },
    change: (world) =>
      void (world.policy = policyOf({ guardrails: 'protected: { accounts: [p111@example.com] }' })),
    numbers: '"p111@example.com"',
  },
  'admins-minimum': {
    brink: (world) => {
      for (const id of ['1', '2', '3']) account(world, id).admin = true;
      world.policy = policyOf({ guardrails: 'protected: { minimumActiveAdmins: 2 }' });
      change(world, '1', GONE);
    },
    change: (world) => change(world, '2', { terminationDate: world.asOf }),
    numbers: '2 exits would leave 1 of 3 active administrators, fewer than 2',
  },
  'leaver-is-admin': {
    brink: (world) => void (account(world, '1').admin = true),
    change: (world) => change(world, '1', GONE),
  },
  flapping: {
    brink: (world) => {
      for (let round = 0; round < 3; round += 1) {
        takenByHand(world, 1);
        if (round < 2) applyPlans(world, planWorld(world).plans);
      }
    },
    change: (world) => {
      applyPlans(world, planWorld(world).plans);
      takenByHand(world, 1);
    },
    numbers: 'join-group was done 3 times in 7 days',
  },
  quarantine: {
    brink: (world) => {
      change(world, '1', { jobTitle: 'Director' });
      fail(world, 2);
    },
    change: (world) => fail(world, 1),
    numbers: 'update failed 3 times in a row, last on 2026-11-23 (jumpcloud-refused)',
  },
  poison: {
    brink: (world) => {
      flip(world, 20, { jobTitle: 'Lead' });
      applyPlans(world, planWorld(world).plans);
      flip(world, 5, { jobTitle: '' });
    },
    change: (world) => flip(world, 6, { jobTitle: '' }),
    numbers: 'jobTitle would be emptied for 6 people, more than 5',
  },
  'budget-suspend': {
    rows: many(60),
    brink: (world) => flip(world, 6, GONE),
    change: (world) => flip(world, 7, GONE),
    numbers:
      'suspend would touch 7 of 60 linked accounts in 7 days, over the budget of 6, so it needs 2 approvers',
  },
  'budget-leave-group': {
    rows: many(60),
    brink: (world) => {
      for (const { members } of world.live.groups.values()) members.clear();
      applyPlans(world, planWorld(world).plans);
      flip(world, 6, { department: 'Sales' });
    },
    change: (world) => flip(world, 7, { department: 'Sales' }),
    numbers: 'leave-group would touch 7 of 60 linked accounts in 7 days, over the budget of 6',
  },
  'budget-unbind': {
    rows: many(60),
    brink: (world) => {
      flip(world, 7, GONE);
      return laptopsOf(world, 6);
    },
    change: (world) => laptopsOf(world, 7),
    numbers: 'unbind would touch 7 of 60 linked accounts in 7 days, over the budget of 6',
  },
  'budget-delete': {
    rows: many(60),
    brink: (world) => {
      world.policy = policyOf({ lifecycle: `${LIFECYCLE}\nleaving: { deleteAfterDays: 30 }` });
      flip(world, 60, GONE);
      for (const each of world.live.accounts) each.state = 'SUSPENDED';
      for (const { members } of world.live.groups.values()) members.clear();
      flip(world, 6, { terminationDate: '2026-10-01' });
    },
    change: (world) => flip(world, 7, { terminationDate: '2026-10-01' }),
    numbers: 'delete would touch 7 of 60 linked accounts in 7 days, over the budget of 6',
  },
  'budget-update': {
    rows: many(60),
    brink: (world) => {
      flip(world, 60, { jobTitle: 'Lead' });
      applyPlans(world, planWorld(world).plans);
      flip(world, 6, { jobTitle: '#REF!' });
    },
    change: (world) => flip(world, 7, { jobTitle: '#REF!' }),
    numbers: 'update would touch 7 of 60 linked accounts in 7 days, over the budget of 6',
  },
  'budget-drift': {
    rows: many(60),
    options: { guardrails: 'drift: { memberships: auto }' },
    brink: (world) => {
      GIVEN(world);
      takenByHand(world, 6);
    },
    change: (world) => takenByHand(world, 7),
    numbers: 'drift would touch 7 of 60 linked accounts in 7 days, over the budget of 6',
  },
  'budget-return': {
    rows: many(60),
    brink: (world) => {
      flip(world, 60, { employmentStatus: 'Furloughed' });
      settle(world);
      flip(world, 6, { employmentStatus: 'Full-Time' });
    },
    change: (world) => flip(world, 7, { employmentStatus: 'Full-Time' }),
    numbers: 'return would touch 7 of 60 linked accounts in 7 days, over the budget of 6',
  },
  'drift-attributes': {
    options: { guardrails: 'drift: { attributes: report }' },
    brink: (world) => {
      change(world, '1', { jobTitle: 'Lead' });
      settle(world);
    },
    change: (world) => void (account(world, '1').attributes['jobTitle'] = 'by hand'),
    numbers: 'update is not planned',
  },
  'drift-memberships': {
    options: { guardrails: 'drift: { memberships: report }' },
    brink: GIVEN,
    change: (world) => takenByHand(world, 1),
    numbers: 'join-group is not planned',
  },
  'drift-bindings': {
    options: {
      guardrails: 'drift: { bindings: report }',
      devices: `bindings: [{ bind: system_group, name: Laptops, when: "id == '1'" }]`,
    },
    brink: (world) => devices(world, false),
    change: (world) => {
      applyPlans(world, planWorld(world, devices(world, false).input).plans);
      return devices(world, true);
    },
    numbers: 'bind is not planned',
  },
  'drift-accounts': {
    options: { guardrails: 'drift: { accounts: report }' },
    change: (world) => void (account(world, '1').state = 'SUSPENDED'),
    numbers: 'reinstate is not planned',
  },
  'held-by-reviewer': {
    change: () => ({
      input: { holds: { '1': { by: 'ann', at: '2026-11-23', reason: 'asked', until: '2026-12-01' } } },
    }),
    numbers: 'by ann until 2026-12-01',
  },
  'held-by-exception': {
    change: (world) =>
      void (world.policy = policyOf({ exceptions: `exceptions: [${line('kind: hold, person: "1"')}]` })),
    numbers: '2026-12-31 (mappings/exceptions.yaml:1)',
  },
  'manual-exit': {
    change: (world) => {
      const manual = { reason: 'security-incident', requestedBy: 'ann' };
      applyPlans(world, planWorld(world, { lane: 'urgent', only: new Set(['1']), manual }).plans);
      world.people = exportPeople(world);
    },
  },
  'override-used': {
    rows: many(60),
    options: { guardrails: `overrides: [${line('code: budget-suspend')}]` },
    brink: (world) => flip(world, 6, GONE),
    change: (world) => flip(world, 7, GONE),
    numbers:
      'suspend would touch 7 of 60 linked accounts in 7 days, over the budget of 6; passes budget-suspend by the override of ann until 2026-12-31',
  },
  'override-idle': {
    change: (world) =>
      void (world.policy = policyOf({ guardrails: `overrides: [${line('code: poison, scope: jobTitle')}]` })),
    numbers: 'the override of poison for "jobTitle" by ann, until 2026-12-31',
  },
  'override-expired': {
    options: { guardrails: `overrides: [${line('code: budget-suspend')}]` },
    brink: (world) => void (world.asOf = '2026-12-31'),
    change: (world) => void (world.asOf = '2027-01-01'),
    numbers: 'the override of budget-suspend by ann ended on 2026-12-31',
  },
  'incomplete-export': {
    change: () => ({ refused: 'export-drop' }),
    says: byDesk,
    numbers: 'export-drop',
  },
  freeze: {
    change: (world) =>
      void (world.policy = policyOf({ guardrails: 'freeze: { reason: migration, owner: it-lead }' })),
    says: byDesk,
    numbers: 'owner it-lead, reason: migration',
  },
  'not-approved': {
    change: (world) => change(world, '1', { department: 'Sales' }),
    says: byApply('review', []),
    numbers: '0 of 1 approvals',
  },
  'approval-expired': {
    change: (world) => change(world, '1', { department: 'Sales' }),
    says: byApply('review', [72.5]),
    numbers: '72 hours',
  },
  'needs-review': {
    change: (world) => change(world, '1', { department: 'Sales' }),
    says: byApply('auto', []),
  },
  'no-fresh-hr': {
    change: (world) => change(world, '1', { jobTitle: 'Lead' }),
    says: byApply('auto', [], false),
  },
};

/** One group of devices in JumpCloud, that only person 1 is bound to by the rules; `read`: nobody is bound any more. */
function devices(world: World, read: boolean): Extra & { input: Partial<PlanInput> } {
  const thing = { type: 'system_group' as const, id: accountId('laptops'), name: 'Laptops' };
  return {
    input: {
      live: {
        ...liveOf(world),
        bindable: new Map([['system_group:Laptops', thing]]),
        bindings: new Map(read ? [[account(world, '1').id, []]] : []),
      },
    },
  };
}

/** Said by apply of one plan or action; the receipt has no room for what to do. */
const WITHOUT_REMEDY: GuardrailCode[] = ['not-approved', 'approval-expired', 'needs-review', 'no-fresh-hr'];

describe('every guardrail', () => {
  test.each(Object.entries(SITUATIONS) as [GuardrailCode, Situation | Elsewhere][])(
    '%s is said, and not before',
    async (code, situation) => {
      if ('elsewhere' in situation) {
        expect(readFileSync(resolve(ROOT, situation.elsewhere), 'utf8')).toContain(code);
        return;
      }
      const { rows = many(20), options = {}, brink, change: happen, numbers = '' } = situation;
      const says = situation.says ?? byPlan;
      const world = worldOf(rows, options);
      const codesBefore = async (extra: Extra): Promise<string[]> =>
        (await says(world, extra)).map((said) => said.code);
      expect(await codesBefore({})).not.toContain(code);
      if (brink !== undefined) expect(await codesBefore(brink(world) ?? {})).not.toContain(code);
      const said = (await says(world, happen(world) ?? {})).filter((each) => each.code === code);
      expect(said).not.toEqual([]);
      const { remedy } = GUARDRAIL_CODES[code];
      for (const { message } of WITHOUT_REMEDY.includes(code) ? [] : said)
        expect(message.endsWith(`: ${remedy}`)).toBe(true);
      expect(said.map(({ message }) => message).join('\n')).toContain(numbers);
    },
  );

  test('stands in the file that judges it', () => {
    for (const [code, { judgedIn }] of Object.entries(GUARDRAIL_CODES)) {
      const text = readFileSync(resolve(ROOT, 'scripts', judgedIn), 'utf8');
      const stems = [code, code.replace(/-[a-z]+(-[a-z]+)?$/, '-${'), code.replace(/^[a-z]+-/, '}-')];
      expect([code, stems.some((stem) => text.includes(stem))]).toEqual([code, true]);
    }
  });
});
