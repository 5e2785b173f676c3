/** What a guardrail is: a named rule over the actions of a plan, and the accident that it prevents. */
import type { Finding } from '../values/finding.ts';
import type { Action } from './action.ts';
import type { World } from './context.ts';

export interface RuleResult {
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

/** The denominator: accounts linked, on a first run accounts matched; where only a few were read, those that the record knows. */
export function linkedCount(world: World): number {
  const matched = [...world.matches.values()].filter(
    (match) => match.kind === 'linked' || match.kind === 'adopt',
  ).length;
  const recorded = [...world.ledger.people.values()].filter(({ account }) => account !== undefined).length;
  return Math.max(matched, recorded);
}
