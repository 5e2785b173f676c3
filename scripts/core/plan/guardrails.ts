/**
 * Guardrails: a table of named rules with codes, all evaluated, each explained by the accident it prevents. A rule can
 * block actions or move them to review; it never hides one. What is judged before there are actions stands where it is
 * read: export-drop, redacted-column and redacted-row in people/company.ts, anchor-disagrees and what adoption asks in
 * directory/match.ts, group-renamed and group-gone in group-index.ts, the freeze switch in flow/plan-desk.ts.
 */
import { isProtected } from '../directory/match.ts';
import { isOverridden } from '../mappings/guardrails-file.ts';
import type { Finding } from '../values/finding.ts';
import { type Action, isSuspension } from './action.ts';
import { spendBudget } from './budgets.ts';
import type { World } from './context.ts';
import { reportDrift } from './drift-policy.ts';
import { type GuardrailRule, linkedCount, type RuleResult } from './guardrail.ts';
import { quarantine, stopFlapping } from './repeated-actions.ts';

export interface Verdict {
  findings: Finding[];
  /** Action ids that must not be done at all. */
  blocked: ReadonlySet<string>;
  /** Action ids that need review, and more approvers than usual. */
  overBudget: ReadonlySet<string>;
}

export const GUARDRAILS: GuardrailRule[] = [
  {
    code: 'protected-account',
    accident: 'the break-glass account is suspended with everybody else',
    evaluate: protectAccounts,
  },
  { code: 'admins-minimum', accident: 'the last administrators lock themselves out', evaluate: keepAdmins },
  {
    code: 'leaver-is-admin',
    accident: 'the user is suspended and their console login lives on',
    evaluate: nameAdmins,
  },
  { code: 'flapping', accident: 'two systems undo each other every hour', evaluate: stopFlapping },
  {
    code: 'quarantine',
    accident:
      'one person who cannot be written fails every run for weeks, and the failure that matters is overlooked',
    evaluate: quarantine,
  },
  {
    code: 'drift',
    accident: 'what an administrator did in the middle of an outage is undone every hour',
    evaluate: reportDrift,
  },
  {
    code: 'poison',
    accident: 'a lost permission empties an attribute of the whole company',
    evaluate: stopPoison,
  },
  {
    code: 'budget',
    accident: 'ten quiet runs of 29 % once removed 97 % of a zone elsewhere',
    evaluate: spendBudget,
  },
];

/** All rules over all actions; what several say adds up. */
export function checkGuardrails(actions: Action[], world: World): Verdict {
  const findings: Finding[] = [];
  const blocked = new Set<string>();
  const overBudget = new Set<string>();
  for (const rule of GUARDRAILS) {
    const result = rule.evaluate(actions, world);
    findings.push(...result.findings);
    result.block?.forEach((id) => blocked.add(id));
    result.overBudget?.forEach((id) => overBudget.add(id));
  }
  return { findings, blocked, overBudget };
}

function protectAccounts(actions: Action[], world: World): RuleResult {
  const protectedIds = new Set(
    world.live.accounts.filter((account) => isProtected(account, world.policy)).map(({ id }) => id),
  );
  const block = actions.filter((action) => action.account !== null && protectedIds.has(action.account));
  const people = new Map(block.map((action) => [action.person ?? '', action]));
  const findings = [...people].map(([person, action]): Finding => ({
    code: 'protected-account',
    severity: block.some((other) => other.person === person && other.kind === 'suspend')
      ? 'critical'
      : 'warning',
    person,
    message: `the account is protected by mappings/guardrails.yaml and gets no action (${action.kind} was wanted): do it by hand, or take it off the list`,
  }));
  return { findings, block: block.map(({ id }) => id) };
}

/** Judged by what would be left once every armed suspension has been carried out, too. A plan that waits counts while it is wanted. */
function keepAdmins(actions: Action[], world: World): RuleResult {
  const { minimumActiveAdmins } = world.policy.guardrails.protected;
  const admins = new Set(
    world.live.accounts.filter(({ admin, state }) => admin && state === 'ACTIVATED').map(({ id }) => id),
  );
  const endsAdmin = (action: Action): boolean =>
    (isSuspension(action) || action.kind === 'delete') &&
    action.account !== null &&
    admins.has(action.account);
  const ending = actions.filter(endsAdmin);
  const gone = new Set([
    ...ending.map(({ account }) => account),
    ...world.live.armed.filter(({ state }) => state === 'SUSPENDED').map(({ account }) => account),
  ]);
  const left = [...admins].filter((id) => !gone.has(id)).length;
  if (
    ending.length === 0 ||
    left >= minimumActiveAdmins ||
    isOverridden(world.policy.guardrails, 'admins-minimum', world.asOf)
  )
    return { findings: [] };
  return {
    findings: [
      {
        code: 'admins-minimum',
        severity: 'critical',
        message: `${ending.length} suspensions would leave ${left} active administrators, fewer than ${minimumActiveAdmins}: make somebody else administrator first`,
      },
    ],
    // Whose exit may not be keeps everything: an administrator without a group is locked out as well.
    block: actions
      .filter(({ account }) => account !== null && ending.some((action) => action.account === account))
      .map(({ id }) => id),
  };
}

function nameAdmins(actions: Action[], world: World): RuleResult {
  const admins = new Set(world.live.accounts.filter(({ admin }) => admin).map(({ id }) => id));
  const findings = actions
    .filter((action) => isSuspension(action) && action.account !== null && admins.has(action.account))
    .map((action): Finding => ({
      code: 'leaver-is-admin',
      severity: 'critical',
      ...(action.person === null ? {} : { person: action.person }),
      message:
        'is a console administrator: suspending the user leaves that login alive; remove the administrator in the JumpCloud console',
    }));
  return { findings };
}

/** The same attribute emptied for many people. */
function stopPoison(actions: Action[], world: World): RuleResult {
  const { people, percent } = world.policy.guardrails.poison;
  const limit = Math.max(people, Math.floor((linkedCount(world) * percent) / 100));
  const emptied = new Map<string, Action[]>();
  for (const action of actions)
    if (
      (action.kind === 'update' && action.after === null) ||
      (action.kind === 'set-manager' && action.after === null)
    ) {
      const key = action.target ?? 'manager';
      emptied.set(key, [...(emptied.get(key) ?? []), action]);
    }
  const poisoned = [...emptied].filter(
    ([attribute, list]) =>
      list.length > limit && !isOverridden(world.policy.guardrails, 'poison', world.asOf, attribute),
  );
  return {
    findings: poisoned.map(([attribute, list]): Finding => ({
      code: 'poison',
      severity: 'critical',
      subject: attribute,
      message: `${attribute} would be emptied for ${list.length} people, more than ${limit}: this looks like a permission that BambooHR's key lost; nothing of it is done`,
    })),
    block: poisoned.flatMap(([, list]) => list.map(({ id }) => id)),
  };
}
