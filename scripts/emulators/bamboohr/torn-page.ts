/** What a list does that changes while it is walked. */
import type { Company } from './company.ts';

/**
 * A page as the `tornPage` fault leaves it, in turn: a row lost, a row doubled in place of another, a total that
 * differs. Untouched when `isTorn` is false or the page is empty.
 */
export function tearPage<Row>(
  company: Company,
  rows: Row[],
  total: number,
  isTorn: boolean,
): { rows: Row[]; total: number } {
  const first = rows[0];
  if (!isTorn || first === undefined) return { rows, total };
  const kind = company.tornPages % 3;
  company.tornPages += 1;
  if (kind === 0) return { rows: rows.slice(0, -1), total };
  if (kind === 1 && rows.length > 1) return { rows: [...rows.slice(0, -1), first], total };
  return { rows, total: total + 1 };
}
