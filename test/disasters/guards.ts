/**
 * The guards, and the disasters that each holds off: a guard is taken out of the source by exact text, so that a test
 * sees whether its disaster then does harm. Where two guards stand behind one another, both have to go; `alone` says
 * that with the first one gone the second still holds.
 */

export interface Edit {
  path: string;
  from: string;
  to: string;
}

export interface GuardRemoved {
  disaster: string;
  /** What is taken away. */
  guard: string;
  edits: Edit[];
  /** With only the first edit the disaster is still survived. */
  alone?: true;
}

const COMPANY = 'scripts/core/people/company.ts';
const PERSON = 'scripts/core/people/person.ts';
const BUDGETS = 'scripts/core/plan/budgets.ts';
const EXECUTION = 'scripts/core/plan/execution.ts';
const MATCH = 'scripts/core/directory/match.ts';

const NO_DROP_LIMIT: Edit = { path: COMPANY, from: 'if (newly <= limit ||', to: 'if (newly >= 0 ||' };
const MISSING_HAVE_LEFT: Edit = {
  path: PERSON,
  from: "const decided = exceptionsFor(policy, 'left', employee.id, asOf)[0];",
  to: "const decided = { place: 'nowhere' };",
};
const NOBODY_IS_HIDDEN: Edit = {
  path: COMPANY,
  from: 'if (hidden.length > 0) {',
  to: 'if (hidden.length > 99) {',
};
const NO_BUDGET: Edit = { path: BUDGETS, from: 'people.size <= limit', to: 'people.size <= 1e9' };
const APPROVED_IS_ENOUGH: Edit = {
  path: EXECUTION,
  from: 'context.fresh.actions.find(({ id }) => id === action.id);',
  to: 'context.fresh.actions.find(({ id }) => id === action.id) ?? action;',
};
const NO_PINS: Edit = {
  path: 'scripts/core/plan/group-index.ts',
  from: 'if (pinned !== undefined && found?.id !== pinned) {',
  to: 'if (pinned === "") {',
};

export const GUARDS_REMOVED: GuardRemoved[] = [
  {
    disaster: 'empty-hr',
    guard: 'a drop in head count refuses the export; absence is never evidence',
    edits: [NO_DROP_LIMIT, MISSING_HAVE_LEFT],
    alone: true,
  },
  {
    disaster: 'half-of-hr',
    guard: 'a drop in head count refuses the export; absence is never evidence',
    edits: [NO_DROP_LIMIT, MISSING_HAVE_LEFT],
    alone: true,
  },
  { disaster: 'three-people-vanish', guard: 'absence is never evidence', edits: [MISSING_HAVE_LEFT] },
  {
    disaster: 'permission-lost-column',
    guard: 'a hidden column refuses the export; a hidden field holds the person',
    edits: [
      { path: COMPANY, from: 'if (hidden.length === 0) return', to: 'if (hidden.length >= 0) return' },
      NOBODY_IS_HIDDEN,
    ],
    alone: true,
  },
  {
    disaster: 'permission-lost-row',
    guard: 'a hidden field holds the person',
    edits: [NOBODY_IS_HIDDEN],
  },
  { disaster: 'layoff-of-forty', guard: 'budgets', edits: [NO_BUDGET] },
  { disaster: 'mass-status-flip', guard: 'budgets', edits: [NO_BUDGET] },
  {
    disaster: 'status-renamed',
    guard: 'a status that no mapping names is a hold, not an exit',
    edits: [
      {
        path: 'scripts/core/people/stage.ts',
        from: "    () =>\n      hold(\n        'unmapped-status',",
        to: "    () =>\n      ((..._words: string[]): StageVerdict => ({ stage: 'left' }))(\n        'unmapped-status',",
      },
    ],
  },
  { disaster: 'ten-times-29-percent', guard: 'budgets', edits: [NO_BUDGET] },
  {
    disaster: 'three-a-day',
    guard: 'the window of the budgets is the record, not the run',
    edits: [{ path: BUDGETS, from: 'addDays(world.asOf, -windowDays)', to: 'addDays(world.asOf, 1)' }],
  },
  {
    disaster: 'nine-person-company',
    guard: 'budgets hold in the smallest company',
    edits: [{ path: BUDGETS, from: 'mine.length === 0 ||', to: 'population < 10 || mine.length === 0 ||' }],
  },
  { disaster: 'mapping-typo-moves-everybody', guard: 'over budget it takes two', edits: [NO_BUDGET] },
  {
    disaster: 'one-bad-person',
    guard: 'one failure is one result',
    edits: [
      {
        path: 'scripts/flow/execute-plan.ts',
        from: "      for (const each of batch) settle(each, { outcome: 'failed', reason, attempts: 1 });",
        to: '      throw new Error(reason);',
      },
    ],
  },
  {
    disaster: 'swapped-addresses',
    guard: 'an address of somebody else names nobody anew',
    edits: [{ path: PERSON, from: '(!outgrown || isOthers)', to: '!outgrown' }],
  },
  {
    disaster: 'pre-start-deactivation',
    guard:
      'a hire date that moves ahead of an account in use is a hold, for the facts and for the live account',
    edits: [
      {
        path: 'scripts/core/plan/freeze.ts',
        from: "const startsLater = person.stage === 'future' || person.stage === 'prehire';",
        to: 'const startsLater = false;',
      },
      {
        path: 'scripts/core/people/stage.ts',
        from: "    () =>\n      hold(\n        'hire-date-moved',",
        to: "    () =>\n      ((..._words: string[]): StageVerdict => ({ stage: 'left' }))(\n        'hire-date-moved',",
      },
    ],
  },
  {
    disaster: 'deleted-and-recreated',
    guard: 'one candidate each way; an account with an anchor is nobody else’s',
    edits: [
      { path: MATCH, from: '(directory.claims.get(email)?.length ?? 0) > 1 || ', to: '' },
      { path: MATCH, from: "if (account.anchor !== '')\n", to: "if (account.anchor === '-')\n" },
    ],
    alone: true,
  },
  {
    disaster: 'removed-and-added-again',
    guard: 'approved ∩ fresh',
    edits: [APPROVED_IS_ENOUGH],
  },
  {
    disaster: 'break-glass-account',
    guard: 'protected accounts',
    edits: [
      {
        path: 'scripts/core/plan/guardrails.ts',
        from: 'world.live.accounts.filter((account) => isProtected(account, world.policy))',
        to: 'world.live.accounts.filter(() => false)',
      },
    ],
  },
  { disaster: 'drift-between-approval-and-apply', guard: 'approved ∩ fresh', edits: [APPROVED_IS_ENOUGH] },
  { disaster: 'group-deleted-underneath', guard: 'groups are pinned by id', edits: [NO_PINS] },
  { disaster: 'groups-renamed-into-each-other', guard: 'groups are pinned by id', edits: [NO_PINS] },
  {
    disaster: 'forged-auto-plan',
    guard: 'apply trusts no lane that a file claims',
    edits: [{ path: EXECUTION, from: "if (plan.lane === 'auto' &&", to: "if (plan.lane === 'review' &&" }],
  },
  {
    disaster: 'throttled-apply',
    guard: '429 is waited for',
    edits: [
      {
        path: 'scripts/adapters/http/send.ts',
        from: "if (judgement.verdict === 'again' && attempt < limits.attempts) {",
        to: "if (judgement.verdict === 'later' && attempt < limits.attempts) {",
      },
    ],
  },
  {
    disaster: 'crash-at-operation-k',
    guard: 'a write that landed is found again',
    edits: [
      { path: EXECUTION, from: 'const done = isAlready(action, context);', to: 'const done = undefined;' },
    ],
  },
  {
    disaster: 'urgent-exit-during-bulk-apply',
    guard: 'main’s newest receipts are read before and after giving',
    edits: [
      {
        path: 'scripts/apply.ts',
        from: 'newerReceipt: createReceiptWatch(history.readReceipts),',
        to: 'newerReceipt: () => Promise.resolve(undefined),',
      },
    ],
  },
  {
    disaster: 'replayed-webhook',
    guard: 'one delivery is one dispatch',
    edits: [
      {
        path: 'scripts/adapters/relay/replay-ledger.ts',
        from: 'if (hasLanded) landed.set(signature, until);',
        to: '',
      },
    ],
  },
  {
    disaster: 'month-end-in-auckland',
    guard: 'days begin and end where the company is',
    edits: [{ path: 'scripts/core/values/calendar.ts', from: 'timeZone: zone,', to: "timeZone: 'UTC'," }],
  },
  {
    disaster: 'month-end-in-honolulu',
    guard: 'days begin and end where the company is',
    edits: [{ path: 'scripts/core/values/calendar.ts', from: 'timeZone: zone,', to: "timeZone: 'UTC'," }],
  },
];

/** Disasters whose guard is no piece of code that can be taken out, and why. */
export const UNGUARDED: Readonly<Record<string, string>> = {
  'hr-503-in-the-middle':
    'an error answer has no people in it: there is nothing to read on, whatever is left out',
  'throttled-reads': 'the same for JumpCloud',
  'torn-pages':
    'several proofs stand behind each other (total, doubles, cursors), and half of the company would still be held by export-drop',
  'mapping-typo-in-a-field': 'types are the language: without them there is no rule to run',
  'slow-suspension': 'a lost answer is an error of its own type: taken for a success it would not compile',
  'two-applies-at-once':
    'JumpCloud itself refuses the second account; what else is done twice is the same state',
  'clock-jumps':
    'no single guard: what begins or ends by date is approved by somebody, or armed for its own instant',
};
