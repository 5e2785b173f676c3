/** Tells whether another run has acted on a person since this one planned: an urgent exit must never be undone by an older plan. */
import type { RecordedPlan } from '../core/record/ledger.ts';
import { planName } from '../core/plan/plan-file.ts';
import { hasLanded } from '../core/record/receipt.ts';

export interface NewerReceipt {
  name: string;
  /** It suspended the person: whatever we have just given must be taken back. */
  suspended: boolean;
}

/** A receipt for this person that is not among `known`, if there is one; the one that suspended first. */
export type ReceiptWatch = (person: string, known: ReadonlySet<string>) => Promise<NewerReceipt | undefined>;

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
    const newer = (await read(known)).flatMap((recorded) => newerFor(person, recorded) ?? []);
    return newer.find(({ suspended }) => suspended) ?? newer[0];
  };
}

function newerFor(person: string, { plan, receipt }: RecordedPlan): NewerReceipt | undefined {
  if (receipt === undefined || !plan.actions.some((action) => action.person === person)) return undefined;
  const done = new Set(
    receipt.results.filter(({ outcome }) => hasLanded(outcome)).map(({ action }) => action),
  );
  const suspended = plan.actions.some(
    (action) => action.person === person && action.kind === 'suspend' && done.has(action.id),
  );
  return { name: planName(plan), suspended };
}
