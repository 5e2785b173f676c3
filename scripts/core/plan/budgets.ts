/** Budgets per class of revocation, and of what is given back without review, over a rolling window of the record. */
import type { BudgetClass } from '../mappings/guardrails-file.ts';
import { overrideFor, overrideUsed } from '../mappings/overrides.ts';
import { type GuardrailFinding, guardrailFinding } from '../values/guardrail-words.ts';
import { hasLanded } from '../record/receipt.ts';
import { type Action, isRevocation, isSuspension } from './action.ts';
import type { World } from './context.ts';
import { driftChoice } from './drift-policy.ts';
import { linkedCount, type RuleResult, windowStart } from './guardrail.ts';
import { isReturn } from './lanes.ts';

type Spender = Pick<Action, 'kind' | 'cause' | 'target' | 'person'>;

/** What spends the budget of a class; `spent` is wider where the record must not be read by what policy says today. */
const BUDGETED: {
  class: BudgetClass;
  wants: (action: Action, world: World) => boolean;
  spent: (deed: Spender & { renews: boolean }) => boolean;
}[] = [
  {
    // An armed suspension is one: a hundred last days entered by mistake for today would end a hundred people at 23:59.
    class: 'suspend',
    wants: isSuspension,
    spent: isSuspension,
  },
  ...(['leave-group', 'unbind', 'delete'] as const).map((kind) => ({
    class: kind,
    wants: (action: Action) => action.kind === kind,
    spent: (deed: Spender) => deed.kind === kind,
  })),
  {
    // What is set for the first time overwrites nothing of ours; a first run sets everything.
    class: 'update',
    wants: (action, world) => renews(action, world),
    spent: (deed) => deed.renews,
  },
  {
    class: 'drift',
    wants: (action, { policy }) => driftChoice(action, policy) === 'auto',
    spent: ({ cause, kind }) => cause === 'drift' && kind !== 'suspend',
  },
  {
    // Grants have no budget because they are reviewed; these are not.
    class: 'return',
    wants: (action, world) => world.policy.guardrails.auto.returns && isReturn(action, world),
    spent: ({ cause, kind }) => cause !== 'drift' && kind === 'reinstate',
  },
];

/** A rolling window over the record; plans without a receipt spend in full; a person counts once in each class. */
export function spendBudget(actions: Action[], world: World): RuleResult {
  const { windowDays, floor, percent, slice } = world.policy.guardrails.budgets;
  const since = windowStart(windowDays, world);
  const findings: GuardrailFinding[] = [];
  const over: string[] = [];
  for (const { class: name, wants, spent: isSpent } of BUDGETED) {
    const wanted = actions.filter((action) => wants(action, world));
    if (wanted.length === 0) continue;
    const spent = spentPeople(isSpent, since, world);
    const judge = (
      label: string,
      scope: string | undefined,
      share: number,
      isInside: (person: string) => boolean,
    ): void => {
      const mine = wanted.filter((action) => action.person !== null && isInside(action.person));
      const people = new Set([...[...spent].filter(isInside), ...mine.map(({ person }) => person ?? '')]);
      const population = linkedCount(world, isInside);
      const limit = Math.max(floor, Math.floor((population * share) / 100));
      if (mine.length === 0 || people.size <= limit) return;
      const { overrides, approvals } = world.policy.guardrails;
      const what = `${name} would touch ${people.size} of ${population} ${label} in ${windowDays} days, over the budget of ${limit}`;
      const pass = overrideFor(overrides, `budget-${name}`, world.asOf, scope);
      if (pass !== undefined) {
        findings.push(overrideUsed(pass, what));
        return;
      }
      findings.push(
        guardrailFinding(
          `budget-${name}`,
          `${what}, so it needs ${approvals.requiredOverBudget} approvers and everything else goes on`,
          { subject: scope },
        ),
      );
      over.push(...mine.map(({ id }) => id));
    };
    judge('linked accounts', undefined, percent[name] ?? 10, () => true);
    if (slice !== undefined) {
      const valueOf = (person: string): string =>
        String(world.people.get(person)?.employee[slice.field] ?? '');
      const values = new Set(wanted.map((action) => valueOf(action.person ?? '')));
      for (const value of [...values].sort())
        judge(
          `people with ${slice.field} "${value}"`,
          value,
          slice.percent,
          (person) => valueOf(person) === value,
        );
    }
  }
  return { findings, overBudget: [...over, ...withoutTheirExit(actions, new Set(over))] };
}

/** What the urgent lane may want at all. */
const URGENT: ReadonlySet<BudgetClass> = new Set(['suspend', 'leave-group', 'unbind']);

/**
 * Whether revocations of these people may be more than the few that are always within budget: only then it matters how
 * many accounts there are.
 */
export function mayExceedFloor(
  people: ReadonlySet<string>,
  world: Pick<World, 'ledger' | 'policy' | 'asOf'>,
): boolean {
  const { windowDays, floor } = world.policy.guardrails.budgets;
  const since = windowStart(windowDays, world);
  return BUDGETED.filter(({ class: name }) => URGENT.has(name)).some(
    ({ spent }) => new Set([...people, ...spentPeople(spent, since, world)]).size > floor,
  );
}

/**
 * Whose exit waits keeps everything until it is decided: a mass mistake whose suspensions wait must not take six laptops
 * meanwhile because six is few.
 */
function withoutTheirExit(actions: Action[], over: ReadonlySet<string>): string[] {
  const waiting = new Set(
    actions.filter(({ id, kind }) => kind === 'suspend' && over.has(id)).map(({ person }) => person),
  );
  return actions
    .filter((action) => waiting.has(action.person) && isRevocation(action) && !over.has(action.id))
    .map(({ id }) => id);
}

/** The update overwrites a value that we had set. */
function renews({ kind, person, target }: Spender, { ledger }: Pick<World, 'ledger'>): boolean {
  return kind === 'update' && ledger.people.get(person ?? '')?.attributes.has(target ?? '') === true;
}

function spentPeople(
  isSpent: (deed: Spender & { renews: boolean }) => boolean,
  since: number,
  world: Pick<World, 'ledger'>,
): Set<string> {
  const spent = new Set<string>();
  for (const deed of world.ledger.deeds)
    // What a killed run had carried out is found again as `already`: it has spent all the same.
    if (deed.person !== null && isSpent(deed) && hasLanded(deed.outcome) && Date.parse(deed.at) >= since)
      spent.add(deed.person);
  for (const plan of world.ledger.pending)
    for (const action of plan.actions)
      if (action.person !== null && isSpent({ ...action, renews: renews(action, world) }))
        spent.add(action.person);
  return spent;
}
