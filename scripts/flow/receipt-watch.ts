/** Tells whether another run has acted on a person since this one planned: an urgent exit must never be undone by an older plan. */
import type { RecordedPlan } from '../core/record/ledger.ts';
import { planName } from '../core/plan/plan-file.ts';

/** Name of a receipt for this person that is not among `known`, if there is one. */
export type ReceiptWatch = (person: string, known: ReadonlySet<string>) => Promise<string | undefined>;

/** Checks that wait at the same moment share one read of main's newest receipts, but never one that began before they asked. */
export function createReceiptWatch(
  readReceipts: (known: ReadonlySet<string>) => Promise<RecordedPlan[]>,
): ReceiptWatch {
  let running: Promise<RecordedPlan[]> | undefined;
  let next: Promise<RecordedPlan[]> | undefined;
  function read(known: ReadonlySet<string>): Promise<RecordedPlan[]> {
    if (running === undefined) {
      running = readReceipts(known).finally(() => (running = undefined));
      return running;
    }
    next ??= running
      .catch(() => [])
      .then(() => {
        next = undefined;
        return read(known);
      });
    return next;
  }
  return async (person, known) => {
    const newer = (await read(known)).find(
      ({ plan, receipt }) => receipt !== undefined && plan.actions.some((action) => action.person === person),
    );
    return newer === undefined ? undefined : planName(newer.plan);
  };
}
