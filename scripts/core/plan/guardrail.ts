/** What a guardrail over the actions of a plan is; which there are, and the accident that each prevents, says values/guardrail-codes.ts. */
import { addDays, instantOf } from '../values/calendar.ts';
import type { GuardrailFinding } from '../values/guardrail-words.ts';
import type { Action } from './action.ts';
import type { World } from './context.ts';

export interface RuleResult {
  findings: GuardrailFinding[];
  block?: string[];
  overBudget?: string[];
}

export type GuardrailRule = (actions: Action[], world: World) => RuleResult;

/**
 * The first instant (ms) of a window of so many days that ends today: whole days of UTC, and never shorter where the
 * company's day begins earlier than UTC's. In Auckland the 23rd begins at 11:00 on the 22nd.
 */
export function windowStart(days: number, { asOf, policy }: World): number {
  const first = addDays(asOf, -days);
  const local = instantOf(policy.lifecycle.timeZone, first, '00:00');
  return Math.min(Date.parse(`${first}T00:00:00Z`), Date.parse(local));
}

/** The denominator: accounts linked, on a first run accounts matched; where only a few were read, those that the record knows. */
export function linkedCount(world: World): number {
  const matched = [...world.matches.values()].filter(
    (match) => match.kind === 'linked' || match.kind === 'adopt',
  ).length;
  const recorded = [...world.ledger.people.values()].filter(({ account }) => account !== undefined).length;
  return Math.max(matched, recorded);
}
