/** The denominator of budgets where only a few accounts are read. */
import { mayExceedFloor } from '../core/plan/budgets.ts';
import { Failure } from '../core/values/failure.ts';
import type { DirectoryReader } from '../ports.ts';
import type { Desk } from './plan-desk.ts';

/**
 * How many accounts JumpCloud has, where more people may go than are always within budget; one leaver costs no request.
 * Undefined also when JumpCloud does not say: then the budget is that of the accounts known, and nobody waits for it.
 */
export async function countAccounts(
  reader: DirectoryReader,
  desk: Pick<Desk, 'ledger' | 'policy' | 'asOf'>,
  going: ReadonlySet<string>,
): Promise<number | undefined> {
  if (!mayExceedFloor(going, desk)) return undefined;
  try {
    return await reader.countAccounts();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
