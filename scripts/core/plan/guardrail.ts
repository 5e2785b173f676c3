/** What a guardrail over the actions of a plan is; which there are, and the accident that each prevents, says values/guardrail-codes.ts. */
import type { PersonFile } from '../people/person-file.ts';
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
export function windowStart(days: number, { asOf, policy }: Pick<World, 'asOf' | 'policy'>): number {
  const first = addDays(asOf, -days);
  const local = instantOf(policy.lifecycle.timeZone, first, '00:00');
  return Math.min(Date.parse(`${first}T00:00:00Z`), Date.parse(local));
}

/**
 * The denominator: accounts linked, on a first run accounts matched. Where only a few accounts were read (lane urgent),
 * whoever is on record or should have a working account counts too: of a company whose accounts came with their
 * anchors the record knows few. But never more than JumpCloud has accounts: of a company that is just beginning most
 * have none.
 */
export function linkedCount(world: World, isInside: (person: string) => boolean = () => true): number {
  const count = (isCounted: (file: PersonFile) => boolean): number =>
    [...world.people.values()].filter((file) => isInside(file.employee.id) && isCounted(file)).length;
  const isMatched = ({ employee }: PersonFile): boolean =>
    ['linked', 'adopt'].includes(world.matches.get(employee.id)?.kind ?? '');
  const isRecorded = ({ employee }: PersonFile): boolean =>
    world.ledger.people.get(employee.id)?.account !== undefined;
  const known = Math.max(count(isMatched), count(isRecorded));
  const { total } = world.live;
  if (total === undefined) return known;
  const likely = count((file) => isMatched(file) || isRecorded(file) || shouldHaveAccount(file));
  return Math.max(known, Math.min(likely, total));
}

function shouldHaveAccount({ stage, account }: PersonFile): boolean {
  return account?.state === 'active' || account?.state === 'staged' || stage === 'leave';
}
