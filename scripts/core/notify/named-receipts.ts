/** Receipts that somebody asks for by name, or all that came after one of them. */
import { planName } from '../plan/plan-file.ts';
import type { RecordedPlan } from '../record/ledger.ts';
import { badUsage } from '../values/failure.ts';

/**
 * @param names paths or names of receipts
 * @param since path or name: those finished after it
 * @returns names of receipts. Throws exit 2 for one that the record does not have.
 */
export function namedReceipts(
  recorded: RecordedPlan[],
  names: string[] = [],
  since?: string,
): ReadonlySet<string> {
  const finished = new Map(
    recorded.flatMap(({ plan, receipt }) =>
      receipt === undefined ? [] : [[planName(plan), receipt.finishedAt] as const],
    ),
  );
  const nameOf = (path: string): string => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (finished.has(name)) return name;
    throw badUsage(
      'no-such-receipt',
      `there is no receipt ${JSON.stringify(name.slice(0, 100))} in state/receipts`,
      'name a file of that folder',
    );
  };
  const from = since === undefined ? undefined : finished.get(nameOf(since));
  const later = [...finished].filter(([, at]) => from !== undefined && at > from);
  return new Set([...names.map(nameOf), ...later.map(([name]) => name)]);
}
