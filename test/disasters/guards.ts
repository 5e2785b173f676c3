/**
 * Every disaster, and the guards that hold it off: a guard is taken out of the source by exact text, so that a test
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
const EXPRESSIONS = 'scripts/core/mappings/expressions.ts';
const PERFORM = 'scripts/flow/perform.ts';
const MATCH = 'scripts/core/directory/match.ts';

const NO_DROP_LIMIT: Edit = {
  path: COMPANY,
  from: 'if (newly <= limit) return',
  to: 'if (newly >= 0) return',
};
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

const NOTHING_IS_READ_BACK: Edit = {
  path: 'scripts/flow/confirm-revoked.ts',
  from: 'for (const action of left) fail(action, still);',
  to: '',
};
const LOST_IS_DONE: Edit = {
  path: PERFORM,
  from: "if (landed !== undefined) return { outcome: 'done', attempts: attempt, ...landed };",
  to: "if (attempt > 0) return { outcome: 'done', attempts: attempt, ...landed };",
};
const EVERY_RETURN_IS_FREE: Edit = {
  path: 'scripts/core/plan/lanes.ts',
  from: "if (action.kind === 'reinstate') return record.suspended?.why === 'leave';",
  to: "if (action.kind === 'reinstate') return true;",
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
    disaster: 'ref-errors',
    guard: 'what others had set is replaced within budget',
    edits: [
      {
        path: BUDGETS,
        from: 'return deed.renews || (deed.overwrites &&',
        to: 'return deed.renews || (deed.renews &&',
      },
    ],
  },
  {
    disaster: 'status-renamed',
    guard: 'a status that no mapping names is a hold, not an exit',
    edits: [
      {
        path: 'scripts/core/people/stage.ts',
        from: "() => hold('unmapped-status',",
        to: "() => ((..._words: string[]): StageVerdict => ({ stage: 'left' }))('unmapped-status',",
      },
    ],
  },
  { disaster: 'ten-times-29-percent', guard: 'budgets', edits: [NO_BUDGET] },
  {
    disaster: 'three-a-day',
    guard: 'the window of the budgets is the record, not the run',
    edits: [
      {
        path: BUDGETS,
        from: 'since = windowStart(windowDays, world);\n  const findings',
        to: 'since = windowStart(-1, world);\n  const findings',
      },
    ],
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
    guard: 'a hire date that moves ahead of an account in use is a hold, not an exit',
    edits: [
      {
        path: 'scripts/core/people/stage.ts',
        from: "(input) => startsLater(input) && input.working,\n    () => hold('hire-date-moved',",
        to: "(input) => startsLater(input),\n    () => ((..._words: string[]): StageVerdict => ({ stage: 'left' }))('hire-date-moved',",
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
    edits: [{ path: EXECUTION, from: "(plan.lane === 'auto' &&", to: "(plan.lane === 'none' &&" }],
  },
  {
    disaster: 'throttled-apply',
    guard: '429 is waited for',
    edits: [
      {
        path: 'scripts/adapters/http/send.ts',
        from: "if (judgement.verdict === 'again' && attempt < attemptsAfter(outcome, limits)) {",
        to: "if (judgement.verdict === 'later' && attempt < attemptsAfter(outcome, limits)) {",
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
  {
    disaster: 'hr-503-in-the-middle',
    guard: 'a read that failed is not a read of nothing',
    edits: [
      {
        path: 'scripts/adapters/bamboohr/scheduled-report.ts',
        from: 'const report = await readReport(client, wanted);',
        to: 'const report = await readReport(client, wanted).catch(() => ({ values: new Map(), missing: [], everyone: false }));',
      },
    ],
  },
  {
    disaster: 'throttled-reads',
    guard: 'a read that failed is not a read of nothing',
    edits: [
      {
        path: 'scripts/flow/read-live.ts',
        from: 'await answerOf(read(idOf(item)));',
        to: 'await answerOf(read(idOf(item)).catch(() => [] as V));',
      },
    ],
  },
  {
    disaster: 'torn-pages',
    guard: 'a list is proven whole by its total; absence is never evidence',
    edits: [
      {
        path: 'scripts/adapters/bamboohr/employee-list.ts',
        from: 'return rows.length === total\n',
        to: 'return rows.length >= 0\n',
      },
      MISSING_HAVE_LEFT,
    ],
    alone: true,
  },
  {
    disaster: 'person-twice',
    guard: 'nobody comes twice in a list that is whole',
    edits: [
      {
        path: 'scripts/adapters/bamboohr/employee-list.ts',
        from: 'if (ids.has(row.employeeId)) return',
        to: "if (ids.has('')) return",
      },
    ],
  },
  {
    disaster: 'mapping-typo-in-a-field',
    guard: 'rules are checked before anything runs, and never fail into "no"',
    edits: [
      {
        path: EXPRESSIONS,
        from: 'if (!checked.valid) {',
        to: 'if (!checked.valid && checked.error === undefined) {',
      },
      {
        path: EXPRESSIONS,
        from: 'if (checked.type !== type)',
        to: 'if (checked.valid && checked.type !== type)',
      },
      {
        path: EXPRESSIONS,
        from: 'throw new RuleFailure(problemAt(source, path, failedWords(error), { remedy }));',
        to: 'return false as T;',
      },
    ],
  },
  {
    disaster: 'slow-suspension',
    guard: 'a lost answer is no success: sent again where that is safe, else looked up; an exit is read back',
    edits: [
      {
        path: 'scripts/adapters/http/retry-policy.ts',
        from: "doubtful: { read: 'again', idempotent: 'again',",
        to: "doubtful: { read: 'again', idempotent: 'lost',",
      },
      LOST_IS_DONE,
      NOTHING_IS_READ_BACK,
    ],
    alone: true,
  },
  {
    disaster: 'role-lost-in-the-middle',
    guard: 'a refused write is no success; an exit is read back',
    edits: [
      {
        path: PERFORM,
        from: 'attempts: attempt };\n    } catch (error) {\n      if (!(error instanceof AnswerLost)) throw error;\n      const landed = await look(hands.pause, () =>',
        to: "attempts: attempt };\n    } catch (error) {\n      if (!(error instanceof AnswerLost)) return { outcome: 'done', attempts: attempt };\n      const landed = await look(hands.pause, () =>",
      },
      NOTHING_IS_READ_BACK,
    ],
    alone: true,
  },
  {
    disaster: 'two-applies-at-once',
    guard: 'a job is looked for before and after it is armed',
    edits: [
      {
        path: 'scripts/flow/arm-once.ts',
        from: 'if (before !== undefined) return before;',
        to: '',
      },
      {
        path: 'scripts/flow/arm-once.ts',
        from: 'if (other === undefined) return made;',
        to: 'if (made !== undefined) return made;',
      },
    ],
  },
  {
    disaster: 'clock-jumps',
    guard: 'a last day that is over while HR says Active is a hold, not an exit',
    edits: [
      {
        path: 'scripts/core/people/stage.ts',
        from: "() => hold('statuses-disagree', 'the last day worked is over",
        to: "() => ((..._words: string[]): StageVerdict => ({ stage: 'left' }))('statuses-disagree', 'the last day worked is over",
      },
    ],
  },
  {
    disaster: 'time-zone-edited',
    guard: 'what an edit of the mappings moves is reviewed, armed jobs too',
    edits: [
      {
        path: 'scripts/core/plan/diff-schedules.ts',
        from: '!isWanted(job) && !standsAtOurHour(',
        to: 'isWanted(job) && !standsAtOurHour(',
      },
    ],
  },
  {
    disaster: 'hr-id-given-again',
    guard: 'an id belongs to one person',
    edits: [{ path: MATCH, from: 'if (isOurs && isSomebodyElse(', to: 'if (!isOurs && isSomebodyElse(' }],
  },
  {
    disaster: 'manager-loop',
    guard: 'cycles end the search for a manager; without it, it ends as recursion does',
    edits: [
      {
        path: 'scripts/core/plan/diff-reports-to.ts',
        from: 'while (current !== undefined && !seen.has(current)) {',
        to: "let depth = 0;\n  while (current !== undefined) {\n    if ((depth += 1) > 1e4) throw new RangeError('Maximum call stack size exceeded');",
      },
    ],
  },
  {
    disaster: 'forty-suspended-by-hand',
    guard: 'what others suspended comes back by review only, and behind it the budget of returns',
    edits: [EVERY_RETURN_IS_FREE, NO_BUDGET],
    alone: true,
  },
  {
    disaster: 'leave-ends-under-a-suspension',
    guard: 'what others suspended comes back by review only',
    edits: [EVERY_RETURN_IS_FREE],
  },
  {
    disaster: 'approval-of-73-hours',
    guard: 'approvals expire',
    edits: [{ path: EXECUTION, from: 'ageHours <= expireHours', to: 'ageHours >= 0' }],
  },
  {
    disaster: 'approver-approves-herself',
    guard: 'nobody approves a change to their own access',
    edits: [
      {
        path: 'scripts/core/plan/standing.ts',
        from: 'return employee !== undefined && peopleOf(plan).includes(employee);',
        to: "return employee === '' && peopleOf(plan).includes(employee);",
      },
    ],
  },
  {
    disaster: 'plan-changed-after-approval',
    guard: 'an approval is of one digest',
    edits: [
      {
        path: 'scripts/flow/apply-desk.ts',
        from: 'options.approvals.plans[plan.digest]',
        to: 'Object.values(options.approvals.plans)[0]',
      },
    ],
  },
  {
    disaster: 'state-edited-by-hand',
    guard: 'a person file that export did not write is bad input',
    edits: [
      {
        path: 'scripts/adapters/files/people-folder.ts',
        from: 'if (digest !== undefined && digest !== sha256(text))',
        to: "if (digest === '' && digest !== sha256(text))",
      },
    ],
  },
  { disaster: 'history-rewritten', guard: 'approved ∩ fresh', edits: [APPROVED_IS_ENOUGH] },
  {
    disaster: 'urgent-exit-while-throttled',
    guard: '429 is waited for longer than other failures',
    edits: [
      {
        path: 'scripts/adapters/http/retry-policy.ts',
        from: 'throttledAttempts: 8,',
        to: 'throttledAttempts: 5,',
      },
    ],
  },
  {
    disaster: 'hr-down-at-an-urgent-exit',
    guard: 'an exit by hand is not undone because HR has not heard of it',
    edits: [
      {
        path: 'scripts/core/plan/freeze.ts',
        from: "record?.suspended?.why === 'manual' &&",
        to: "record?.suspended?.why === 'never' &&",
      },
    ],
  },
  {
    disaster: 'last-admins-leave',
    guard: 'a minimum of administrators stays',
    edits: [
      {
        path: 'scripts/core/plan/guardrails.ts',
        from: 'left >= minimumActiveAdmins)',
        to: 'left >= 0)',
      },
    ],
  },
  {
    disaster: 'forged-webhooks',
    guard: 'a delivery is signed with our key',
    edits: [
      {
        path: 'scripts/core/relay/delivery.ts',
        from: 'const match = matchSignature(keys, rawBody, timestamp, signature);',
        to: 'const match = matchSignature(keys, rawBody, timestamp, signature) ?? { signature, key: 0 };',
      },
    ],
  },
  {
    disaster: 'hr-ids-shifted',
    guard: "HR's own address says who somebody is, not the one that was kept",
    edits: [
      {
        path: MATCH,
        from: 'return addresses.length > 0 ? addresses : [',
        to: 'return [...addresses, ',
      },
    ],
  },
  {
    disaster: 'left-from-leave',
    guard: 'whoever leaves from a leave is looked at once more',
    edits: [
      {
        path: 'scripts/flow/read-live.ts',
        from: "record.suspended?.why === 'leave') return true;",
        to: "record.suspended?.why === '') return true;",
      },
    ],
  },
  {
    disaster: 'answers-mixed-up',
    guard: 'an answer about another account is none',
    edits: [
      {
        path: 'scripts/adapters/jumpcloud/user-document.ts',
        from: '(account) => account.id === id,',
        to: "(account) => account.id !== '',",
      },
      {
        path: 'scripts/adapters/jumpcloud/write/accounts.ts',
        from: '(user) => user.anchor === anchor,',
        to: "(user) => user.anchor !== '',",
      },
    ],
  },
  {
    disaster: 'done-and-not-done',
    guard: 'what was taken or cancelled is read back',
    edits: [NOTHING_IS_READ_BACK],
  },
  {
    disaster: 'other-organisation',
    guard: 'many accounts that are gone are made by nobody',
    edits: [
      {
        path: 'scripts/core/plan/gone-accounts.ts',
        from: 'if (gone.length <= limit)',
        to: 'if (gone.length <= 1e9)',
      },
    ],
  },
];
