/** One of everything that is shown to people, with `Word` wherever text of strangers stands: names, titles, groups, reasons, logins. */
import { evidenceOf, type Evidence } from '../../scripts/core/audit/evidence.ts';
import type { AgedEntry } from '../../scripts/core/audit/aged-entries.ts';
import {
  type Change,
  changesOf,
  populationOf,
  type RecordedCase,
} from '../../scripts/core/audit/population.ts';
import { spanOf } from '../../scripts/core/audit/period.ts';
import type { Explanation } from '../../scripts/core/explain/explanation.ts';
import type { GroupExplanation } from '../../scripts/core/explain/group-explanation.ts';
import type { Notice } from '../../scripts/core/notify/notice.ts';
import { reportOf, type Report } from '../../scripts/core/reconcile/report.ts';
import { type Receipt, sealReceipt } from '../../scripts/core/record/receipt.ts';
import type { PersonName } from '../../scripts/core/render/plan-view.ts';
import type { PreviewDelta } from '../../scripts/core/render/preview-view.ts';
import { FINDINGS, HELD, nineActions, planOf } from '../core/render/plan-world.ts';

const AT = '2026-11-23T12:00:00Z';
const SHA = 'a'.repeat(40);
const PERIOD = { from: '2026-11-01', to: '2026-11-30', timeZone: 'UTC' };
const WORDS =
  /Engineering|Sales|Marketing|Finance|Production Admins|Engineer|Lovelace|O'Brien|太郎|山田|svc-backup|Data Science/g;

/** Every string of a value with `text` behind each `Word`. Keys stay. */
export function poison<T>(value: T, text: string): T {
  return mapStrings(value, (each) => each.replaceAll('Word', () => `Word${text}`)) as T;
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, change));
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, mapStrings(each, change)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapStrings(each, change)]));
}

const worded = <T>(value: T): T => mapStrings(value, (text) => text.replaceAll(WORDS, 'Word')) as T;

export const NAMES: ReadonlyMap<string, PersonName> = new Map(
  ['1001', '1042', '1043', '1044', '1045', '1050'].map((id): [string, PersonName] => [
    id,
    { name: 'Word One', username: 'Word', department: 'Word Two', jobTitle: 'Word Three' },
  ]),
);

export const PLAN = worded(
  planOf(nineActions(), {
    findings: FINDINGS.map((finding) => ({ ...finding, message: `Word ${finding.message}` })),
    held: HELD.map((held) => ({ ...held, message: 'Word' })),
  }),
);

/** One failed and one skipped, the rest done. */
export const RECEIPT: Receipt = {
  ...sealReceipt({
    previous: null,
    plan: PLAN.digest,
    startedAt: AT,
    finishedAt: AT,
    outcome: 'partial',
    results: PLAN.actions.map(({ id }, index) => ({
      action: id,
      outcome: index === 0 ? 'failed' : index === 1 ? 'skipped' : 'done',
      ...(index < 2 ? { reason: 'JumpCloud said Word' } : {}),
      at: AT,
      attempts: 1,
    })),
    approvedBy: [],
  }),
  approvedBy: ['Word'],
  mergedBy: 'Word',
  findings: [{ code: 'late', severity: 'warning', subject: 'Word', message: 'Word' }],
};

const place = { file: 'mappings/groups/Word.yaml', line: 3 };
const member = { group: 'Word', because: 'department is Word', at: place };
const binding = { binding: 'policy:Word', because: 'title is Word', at: place };
export const PREVIEW: PreviewDelta = {
  people: ['1042', '1043'].map((person) => ({
    person,
    joins: [member],
    leaves: [{ ...member, group: 'Word of old' }],
    binds: [binding],
    unbinds: [{ ...binding, binding: 'application:Word' }],
    values: [{ name: 'jobTitle', before: 'Word', after: 'Word Two', at: place }],
    stage: { before: 'active', after: 'hold', because: 'Word' },
  })),
  names: NAMES,
  tried: 9,
  added: ['Word'],
  released: [{ group: 'Word gone', people: 3, at: place }],
  sensitive: ['Word'],
  problems: [],
  examples: { passed: 1, failed: 0 },
};
export const PREVIEW_FAILED: PreviewDelta = {
  ...PREVIEW,
  people: [],
  problems: [
    {
      file: 'mappings/Word.yaml',
      line: 1,
      column: 2,
      message: 'Word',
      remedy: 'Word',
      excerpt: 'Word: x\n  ^',
    },
  ],
};

const by = { kind: 'others', who: 'Word', how: 'in the console', at: AT, event: 'e' } as const;
export const REPORT: Report = reportOf({
  asOf: '2026-11-23',
  at: AT,
  compared: { people: 2, accounts: 2, groups: 1 },
  drift: [
    {
      kind: 'attribute-mismatch',
      severity: 'warning',
      person: '1042',
      target: 'jobTitle',
      message: 'Word',
      remedy: 'auto',
      by,
    },
    {
      kind: 'active-without-person',
      severity: 'critical',
      username: 'Word',
      message: 'is Word',
      remedy: 'report',
      by,
    },
    {
      kind: 'group-mismatch',
      severity: 'info',
      person: '1043',
      target: 'Word',
      message: 'Word',
      remedy: 'pull-request',
    },
  ],
  log: { state: 'read', since: AT, own: ['Word'], complete: false },
  names: NAMES,
});
export const REPORT_BLIND: Report = { ...REPORT, log: { state: 'unavailable', why: 'Word' } };

const recorded: RecordedCase = {
  name: `${PLAN.digest}.json`,
  plan: PLAN,
  receipt: RECEIPT,
  proposedAt: AT,
  plannedAt: AT,
  plannedIn: SHA,
  recordedIn: SHA,
};
const entry: AgedEntry = {
  key: 'k',
  kind: 'hold',
  about: 'Word',
  owner: 'Word',
  reason: 'Word',
  expires: '2026-12-01',
  since: AT,
  commit: SHA,
  by: 'Word',
  until: '',
  ageDays: 40,
  renewals: 1,
  stale: false,
};
export const CHANGES: Change[] = changesOf(recorded, NAMES);
export const EVIDENCE: Evidence = {
  ...evidenceOf({
    period: PERIOD,
    generatedAt: AT,
    head: SHA,
    cases: [recorded],
    population: populationOf([recorded], spanOf(PERIOD), NAMES),
    timings: [
      {
        passage: 'leaver',
        person: '1044',
        day: '2026-11-20',
        dueAt: AT,
        knownAt: AT,
        doneAt: AT,
        how: 'suspended',
        hours: 30,
        breach: true,
        inherited: false,
        why: 'Word',
        plan: PLAN.digest,
      },
    ],
    goals: { leaver: 24, joiner: 24, mover: 120 },
    exceptions: [entry],
    overrides: [{ ...entry, stale: true }],
    duties: [
      { code: 'self-approved', severity: 'critical', subject: PLAN.digest.slice(0, 12), message: 'Word' },
    ],
    integrity: {
      findings: [{ code: 'unsigned', severity: 'warning', subject: 'Word', message: 'Word' }],
      signatures: { good: 1, unchecked: 0, doubtful: 0, bad: 0, none: 0 },
      authors: [{ author: 'Word', commits: 2 }],
      commits: 2,
      derived: false,
    },
    labels: Object.fromEntries([...NAMES].map(([id]) => [id, `${id} Word One`])),
  }),
  drift: CHANGES.slice(0, 2),
};

const commit = { commit: SHA, author: 'Word', at: AT, subject: 'Word' };
const rule = {
  rule: "department == 'Word'",
  place: 'mappings/groups/x.yaml:3',
  reads: { department: 'Word' },
  commit,
};
const deed = { id: 'i', kind: 'join-group', target: 'Word', line: 'joins Word', cause: 'hr', lane: 'auto' };
const waiting = {
  plan: 'state/plans/x.json',
  lane: 'review',
  asOf: '2026-11-23',
  branch: 'rollcall/Word',
  actions: [deed],
};
export const EXPLANATION: Explanation = {
  person: { id: '1042', name: 'Word', file: 'state/people/42/1042.yaml' },
  asOf: '2026-11-23',
  facts: { firstName: 'Word', jobTitle: 'Word', department: 'Word' },
  stage: { stage: 'active', because: 'Word', place: 'mappings/lifecycle.yaml:2', commit, review: 'Word' },
  account: { state: 'active', managerId: '1001' },
  names: [{ name: 'email', value: 'Word', rule, live: 'Word Two', differs: true }],
  attributes: [
    { name: 'jobTitle', value: 'Word', owner: 'hr', rule, live: 'Word Two', differs: true },
    { name: 'department', value: 'Word', owner: 'hr', pinnedBy: 'mappings/exceptions.yaml:2' },
  ],
  groups: [
    {
      name: 'Word',
      wanted: true,
      rules: [{ ...rule, because: 'department is Word', holds: true }],
      exceptions: ['Word'],
      given: true,
      live: 'not a member',
      differs: true,
    },
  ],
  bindings: { 'policy:x': 'because Word' },
  live: {
    match: 'linked',
    message: 'Word',
    account: {
      id: 'a',
      username: 'Word',
      email: 'Word',
      state: 'ACTIVATED',
      employeeIdentifier: 'Word',
      manager: 'Word',
      administrator: true,
    },
  },
  waiting: [waiting],
  next: {
    actions: [deed],
    held: [{ person: '1042', code: 'no-address', message: 'Word' }],
    findings: [{ code: 'x', severity: 'info', message: 'Word' }],
  },
  record: [
    {
      ...deed,
      at: AT,
      outcome: 'failed',
      reason: 'Word',
      receipt: 'state/receipts/x.json',
      approvedBy: ['Word'],
      mergedBy: 'Word',
      run: 'Word',
    },
  ],
  whatIf: {
    set: { department: 'Word' },
    unread: ['division'],
    stage: { before: 'active', after: 'hold', because: 'Word' },
    values: [{ name: 'department', before: 'Word', after: 'Word Two' }],
    joins: [{ group: 'Word', because: 'Word' }],
    leaves: [{ group: 'Word', because: 'Word' }],
    binds: ['policy:Word'],
    unbinds: ['policy:Word'],
    next: [deed],
  },
};
export const GROUP: GroupExplanation = {
  group: 'Word',
  asOf: '2026-11-23',
  settings: { members: 'rules', create: false },
  rules: [{ rule: rule.rule, because: 'department is Word', place: rule.place, people: 2, commit }],
  live: { id: 'g', method: 'STATIC', members: 3 },
  members: [
    {
      person: '1042',
      name: 'Word',
      because: 'Word',
      places: ['Word'],
      given: { at: AT, receipt: 'r', approvedBy: ['Word'] },
      live: 'member',
    },
  ],
  others: [{ account: 'a', username: 'Word', person: '1', name: 'Word', given: false, by }],
  waiting: [waiting],
};

export const NOTICE: Notice = {
  event: 'provisioned',
  key: 'k',
  at: AT,
  people: ['1042', '1043'].map((person) => ({
    person,
    did: 'account made Word',
    groups: ['Word'],
    deviceGroups: ['Word'],
    bindings: ['Word'],
    username: 'Word',
    email: 'Word',
  })),
  plan: { digest: PLAN.digest, asOf: '2026-11-23', lane: 'auto' },
  receipt: `2026-11-23-${PLAN.digest}.json`,
  run: 'https://github.com/acme/identity/actions/runs/7',
  codes: ['Word'],
  jobs: ['Word'],
};
