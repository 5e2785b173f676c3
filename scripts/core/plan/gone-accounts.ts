/**
 * Accounts that are ours by a receipt and that JumpCloud does not show. Some are deleted by hand; but a key of another
 * organisation, or one that no longer sees everybody, looks the same: everybody would be made anew there, and whoever
 * leaves would stay inside with nobody told.
 *
 * | whose account is gone                    | few                          | more than a drop of export's    |
 * |------------------------------------------|------------------------------|---------------------------------|
 * | somebody who should have one             | said, made anew after review | critical; nobody is made anew   |
 * | a leaver whom the record shows inside    | critical, for a month        | counts as well                  |
 * | a leaver whom the record shows out       | nothing: accounts are tidied | nothing                         |
 */
import { dropLimit } from '../mappings/drop-limit.ts';
import { overrideFor, overrideUsed } from '../mappings/overrides.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { PersonLedger, TakenThing } from '../record/ledger.ts';
import { addDays } from '../values/calendar.ts';
import { type GuardrailFinding, guardrailFinding, guardrailHold } from '../values/guardrail-words.ts';
import { hireDateOf, type World } from './context.ts';
import type { Held } from './plan-file.ts';

/** How long after the last day a leaver whose account is nowhere is still named. */
const NAMED_DAYS = 30;

type Seen = Pick<World, 'people' | 'matches' | 'policy' | 'asOf'> & {
  ledger: Pick<World['ledger'], 'people'>;
};

export interface GoneAccounts {
  findings: GuardrailFinding[];
  /** People for whom nothing may be made. */
  held: ReadonlyMap<string, Held>;
}

export const NOTHING_GONE: GoneAccounts = { findings: [], held: new Map() };

/** Over a read of all accounts. */
export function doubtGone({ people, matches, ledger, policy, asOf }: Seen): GoneAccounts {
  const gone: PersonFile[] = [];
  let known = 0;
  for (const person of people.values()) {
    const { id } = person.employee;
    const record = ledger.people.get(id);
    if (record?.account === undefined || isOut(person, record)) continue;
    known += 1;
    const match = matches.get(id);
    if (match?.kind === 'none' && match.gone !== undefined) gone.push(person);
  }
  const { limit, words } = dropLimit(policy.guardrails.export, known);
  const named = gone.flatMap((person) => nameGone(person, asOf));
  if (gone.length <= limit) return { findings: named, held: new Map() };
  const what = `${gone.length} of ${known} accounts that Rollcall made or adopted are not in JumpCloud, ${words}`;
  const pass = overrideFor(policy.guardrails.overrides, 'accounts-gone', asOf);
  if (pass !== undefined) return { findings: [overrideUsed(pass, what), ...named], held: new Map() };
  return {
    findings: [guardrailFinding('accounts-gone', what)],
    held: new Map(
      gone.map(({ employee: { id } }): [string, Held] => [
        id,
        { person: id, ...guardrailHold('accounts-gone', 'one of many accounts that are not in JumpCloud') },
      ]),
    ),
  };
}

function nameGone({ employee, stage }: PersonFile, asOf: string): GuardrailFinding[] {
  const lastDay = employee['terminationDate'] as string | undefined;
  if (stage === 'left' && lastDay !== undefined && addDays(lastDay, NAMED_DAYS) < asOf) return [];
  return [
    guardrailFinding('account-gone', 'the account that Rollcall made or adopted is not in JumpCloud', {
      person: employee.id,
      severity: stage === 'left' ? 'critical' : 'warning',
    }),
  ];
}

/** Has left, and the record shows that access ended: by us, by a job of ours, or that this exit took everything. */
function isOut(person: PersonFile, { suspended, taken, armed }: PersonLedger): boolean {
  const isOfThisExit = ({ why, hireDate }: TakenThing): boolean =>
    why === 'left' && hireDate === hireDateOf(person);
  return (
    person.stage === 'left' &&
    (suspended !== undefined ||
      taken.some(isOfThisExit) ||
      [...armed.values()].some(({ state }) => state === 'SUSPENDED'))
  );
}
