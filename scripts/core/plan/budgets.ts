/** Budgets per class of revocation, and of what is given back without review, over a rolling window of the record. */
import type { BudgetClass } from '../mappings/guardrails-file.ts';
import { overrideFor, overrideUsed } from '../mappings/overrides.ts';
import { type GuardrailFinding, guardrailFinding } from '../values/guardrail-words.ts';
import type { Deed, Ledger } from '../record/ledger.ts';
import { hasLanded } from '../record/receipt.ts';
import { type Action, isRevocation, isSuspension, overwrites } from './action.ts';
import type { World } from './context.ts';
import { driftChoice } from './drift-policy.ts';
import { linkedCount, type RuleResult, windowStart } from './guardrail.ts';
import { isReturn } from './lanes.ts';

const DAY_MS = 86_400_000;

/** What was done, or would be done now. */
type Spender = Pick<Deed, 'kind' | 'cause' | 'target' | 'person' | 'renews' | 'overwrites'>;
/** `since`: the instant (ms) at which the window that ends with the deed begins. */
type Spends = (deed: Spender, since: number, ledger: Ledger) => boolean;

/** What spends the budget of a class; `spent` is wider where the record must not be read by what policy says today. */
const BUDGETED: {
  class: BudgetClass;
  wants: (action: Action, world: World, since: number) => boolean;
  spent: Spends;
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
    class: 'update',
    wants: (action, { ledger }, since) => replaces(spenderOf(action, ledger), since, ledger),
    spent: replaces,
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
  const over = new Set<string>();
  for (const { class: name, wants, spent: isSpent } of BUDGETED) {
    const wanted = actions.filter((action) => wants(action, world, since));
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
      for (const { id } of mine) over.add(id);
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
  return { findings, overBudget: [...over, ...withoutTheirExit(actions, over)] };
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

/**
 * The update puts something else where there was a value: one that we had set, or, once the first days are over,
 * anybody's. A first run aligns what it finds, and that is free; but of a company whose titles agreed from the start we
 * have written none, and a bad import would overwrite them all unseen.
 */
function replaces(deed: Spender, since: number, ledger: Ledger): boolean {
  return deed.renews || (deed.overwrites && isKnown(deed.person, since, ledger));
}

/** Before that instant Rollcall was at work already, and had the account, by its anchor or by a receipt. */
function isKnown(person: string | null, since: number, { began, people }: Ledger): boolean {
  const linkedAt = people.get(person ?? '')?.linkedAt;
  return (
    began !== undefined &&
    Date.parse(began) < since &&
    (linkedAt === undefined || Date.parse(linkedAt) < since)
  );
}

function spenderOf(action: Action, { people }: Ledger): Spender {
  const { kind, cause, target, person } = action;
  const renews = kind === 'update' && people.get(person ?? '')?.attributes.has(target ?? '') === true;
  return { kind, cause, target, person, renews, overwrites: overwrites(action) };
}

function spentPeople(
  isSpent: Spends,
  since: number,
  { ledger, policy }: Pick<World, 'ledger' | 'policy'>,
): Set<string> {
  const span = policy.guardrails.budgets.windowDays * DAY_MS;
  const spent = new Set<string>();
  for (const deed of ledger.deeds) {
    // What a killed run had carried out is found again as `already`: it has spent all the same.
    if (deed.person === null || spent.has(deed.person) || !hasLanded(deed.outcome)) continue;
    const at = Date.parse(deed.at);
    if (at >= since && isSpent(deed, at - span, ledger)) spent.add(deed.person);
  }
  for (const plan of ledger.pending)
    for (const action of plan.actions)
      if (action.person !== null && isSpent(spenderOf(action, ledger), since, ledger))
        spent.add(action.person);
  return spent;
}
