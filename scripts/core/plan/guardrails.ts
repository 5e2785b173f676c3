/**
 * Guardrails: a table of named rules with codes, all evaluated, each explained by the accident it prevents. A rule can
 * block actions or move them to review; it never hides one.
 */
import { isProtected } from '../directory/match.ts';
import type { BudgetClass } from '../mappings/guardrails-file.ts';
import { addDays } from '../values/calendar.ts';
import type { Finding } from '../values/finding.ts';
import type { Action } from './action.ts';
import type { World } from './context.ts';

export interface Verdict {
  findings: Finding[];
  /** Action ids that must not be done at all. */
  blocked: ReadonlySet<string>;
  /** Action ids that need review, and more approvers than usual. */
  overBudget: ReadonlySet<string>;
}

interface RuleResult {
  findings: Finding[];
  block?: string[];
  overBudget?: string[];
}

export interface GuardrailRule {
  code: string;
  /** The accident that it prevents. */
  accident: string;
  evaluate(actions: Action[], world: World): RuleResult;
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

function isOverridden(world: World, code: string, scope?: string): boolean {
  return world.policy.guardrails.overrides.some(
    (override) =>
      override.code === code &&
      override.expires >= world.asOf &&
      (override.scope === undefined || override.scope === scope),
  );
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

function keepAdmins(actions: Action[], world: World): RuleResult {
  const { minimumActiveAdmins } = world.policy.guardrails.protected;
  const admins = new Set(
    world.live.accounts.filter(({ admin, state }) => admin && state === 'ACTIVATED').map(({ id }) => id),
  );
  const ending = actions.filter(
    (action) =>
      (action.kind === 'suspend' || action.kind === 'delete') &&
      action.account !== null &&
      admins.has(action.account),
  );
  const left = admins.size - new Set(ending.map(({ account }) => account)).size;
  if (ending.length === 0 || left >= minimumActiveAdmins || isOverridden(world, 'admins-minimum'))
    return { findings: [] };
  return {
    findings: [
      {
        code: 'admins-minimum',
        severity: 'critical',
        message: `${ending.length} suspensions would leave ${left} active administrators, fewer than ${minimumActiveAdmins}: make somebody else administrator first`,
      },
    ],
    block: ending.map(({ id }) => id),
  };
}

function nameAdmins(actions: Action[], world: World): RuleResult {
  const admins = new Set(world.live.accounts.filter(({ admin }) => admin).map(({ id }) => id));
  const findings = actions
    .filter((action) => action.kind === 'suspend' && action.account !== null && admins.has(action.account))
    .map((action): Finding => ({
      code: 'leaver-is-admin',
      severity: 'critical',
      ...(action.person === null ? {} : { person: action.person }),
      message:
        'is a console administrator: suspending the user leaves that login alive; remove the administrator in the JumpCloud console',
    }));
  return { findings };
}

/** The same action on the same target three times in seven days: frozen and paged, except suspensions. */
function stopFlapping(actions: Action[], world: World): RuleResult {
  const { times, days } = world.policy.guardrails.flapping;
  const since = addDays(world.asOf, -days);
  const counts = new Map<string, number>();
  const keyOf = (deed: { person: string | null; kind: string; target: string | null }): string =>
    [deed.person, deed.kind, deed.target].join('\u0000');
  for (const deed of world.ledger.deeds)
    if (deed.outcome === 'done' && deed.at.slice(0, 10) >= since)
      counts.set(keyOf(deed), (counts.get(keyOf(deed)) ?? 0) + 1);
  const flapping = actions.filter(
    (action) =>
      action.kind !== 'suspend' &&
      (counts.get(keyOf(action)) ?? 0) >= times &&
      !isOverridden(world, 'flapping', action.person ?? undefined),
  );
  return {
    findings: flapping.map((action): Finding => ({
      code: 'flapping',
      severity: 'critical',
      ...(action.person === null ? {} : { person: action.person }),
      message: `${action.kind} was done ${counts.get(keyOf(action)) ?? 0} times in ${days} days and is wanted again: something undoes it; it is frozen until the count falls`,
    })),
    block: flapping.map(({ id }) => id),
  };
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
    ([attribute, list]) => list.length > limit && !isOverridden(world, 'poison', attribute),
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

const BUDGETED: { class: BudgetClass; kinds: Action['kind'][] }[] = [
  { class: 'suspend', kinds: ['suspend'] },
  { class: 'leave-group', kinds: ['leave-group'] },
  { class: 'unbind', kinds: ['unbind'] },
  { class: 'delete', kinds: ['delete'] },
];

/** A rolling window over the record; plans without a receipt spend in full; a person counts once in each class. */
function spendBudget(actions: Action[], world: World): RuleResult {
  const { windowDays, floor, percent, slice } = world.policy.guardrails.budgets;
  const since = addDays(world.asOf, -windowDays);
  const findings: Finding[] = [];
  const over: string[] = [];
  for (const { class: name, kinds } of BUDGETED) {
    const wanted = actions.filter((action) => kinds.includes(action.kind));
    if (wanted.length === 0) continue;
    const spent = spentPeople(kinds, since, world);
    const judge = (
      label: string,
      scope: string | undefined,
      share: number,
      population: number,
      isInside: (person: string) => boolean,
    ): void => {
      const mine = wanted.filter((action) => action.person !== null && isInside(action.person));
      const people = new Set([...[...spent].filter(isInside), ...mine.map(({ person }) => person ?? '')]);
      const limit = Math.max(floor, Math.floor((population * share) / 100));
      if (mine.length === 0 || people.size <= limit || isOverridden(world, `budget-${name}`, scope)) return;
      findings.push({
        code: `budget-${name}`,
        severity: 'critical',
        ...(scope === undefined ? {} : { subject: scope }),
        message: `${name} would touch ${people.size} of ${population} ${label} in ${windowDays} days, over the budget of ${limit}: it needs ${world.policy.guardrails.approvals.requiredOverBudget} approvers; everything else goes on`,
      });
      over.push(...mine.map(({ id }) => id));
    };
    judge('linked accounts', undefined, percent[name] ?? 10, linkedCount(world), () => true);
    if (slice !== undefined) {
      const valueOf = (person: string): string =>
        String(world.people.get(person)?.employee[slice.field] ?? '');
      const values = new Set(wanted.map((action) => valueOf(action.person ?? '')));
      for (const value of [...values].sort()) {
        const population = [...world.people.keys()].filter(
          (person) => valueOf(person) === value && world.matches.get(person)?.kind === 'linked',
        ).length;
        judge(
          `people with ${slice.field} "${value}"`,
          value,
          slice.percent,
          population,
          (person) => valueOf(person) === value,
        );
      }
    }
  }
  return { findings, overBudget: over };
}

function spentPeople(kinds: Action['kind'][], since: string, world: World): Set<string> {
  const spent = new Set<string>();
  for (const deed of world.ledger.deeds)
    if (
      deed.person !== null &&
      kinds.includes(deed.kind) &&
      deed.outcome === 'done' &&
      deed.at.slice(0, 10) >= since
    )
      spent.add(deed.person);
  for (const plan of world.ledger.pending)
    for (const action of plan.actions)
      if (action.person !== null && kinds.includes(action.kind)) spent.add(action.person);
  return spent;
}

/** The denominator: accounts linked, on a first run accounts matched; where only a few were read, those that the record knows. */
function linkedCount(world: World): number {
  const matched = [...world.matches.values()].filter(
    (match) => match.kind === 'linked' || match.kind === 'adopt',
  ).length;
  const recorded = [...world.ledger.people.values()].filter(({ account }) => account !== undefined).length;
  return Math.max(matched, recorded);
}
