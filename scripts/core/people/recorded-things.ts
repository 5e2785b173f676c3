/** What the record says of one person, in the words of a person file: what was given, and what a return would restore. */
import { type PersonLedger, restorable } from '../record/ledger.ts';
import type { TakenThings } from './person-file.ts';

/** Groups and bindings that receipts gave and have not taken since; undefined when there are none. */
export function givenOf(ledger: PersonLedger | undefined): TakenThings | undefined {
  return thingsOf(ledger?.groups, ledger?.bindings);
}

/** What leave or an exit of this employment took, and a return gives back. */
export function restoreOf(
  ledger: PersonLedger | undefined,
  hireDate: string | undefined,
): TakenThings | undefined {
  const things = restorable(ledger, hireDate);
  const named = (type: 'group' | 'binding'): Map<string, string> =>
    new Map(things.filter((thing) => thing.type === type).map((thing) => [thing.target, thing.name]));
  return thingsOf(named('group'), named('binding'));
}

function thingsOf(
  groups: ReadonlyMap<string, string> | undefined,
  bindings: ReadonlyMap<string, string> | undefined,
): TakenThings | undefined {
  const sorted = (map: ReadonlyMap<string, string>): Record<string, string> =>
    Object.fromEntries([...map].sort((a, b) => (a[0] < b[0] ? -1 : 1)));
  const has = { groups: (groups?.size ?? 0) > 0, bindings: (bindings?.size ?? 0) > 0 };
  if (!has.groups && !has.bindings) return undefined;
  return {
    ...(has.groups ? { groups: sorted(groups!) } : {}),
    ...(has.bindings ? { bindings: sorted(bindings!) } : {}),
  };
}
