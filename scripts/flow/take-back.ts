/**
 * No race grants back. An urgent exit may suspend somebody between our last look at main's receipts and our grant. So
 * each side writes first and looks then: we grant, then read main's receipts again and take back what an exit overtook;
 * the urgent lane commits its receipt, then plans once more over what it reads (urgent.yml). Whoever comes second sees
 * the other.
 */
import pMap from 'p-map';
import type { Action } from '../core/plan/action.ts';
import type { ActionResult } from '../core/record/receipt.ts';
import type { ExecutionInput } from './execute-plan.ts';

const GRANTS: ReadonlySet<Action['kind']> = new Set([
  'create',
  'activate',
  'reinstate',
  'join-group',
  'bind',
  'schedule',
]);

/** Undoes the grants of this run for everybody whom another run has suspended meanwhile, and says so on the receipt. */
export async function takeBackOvertaken(
  actions: Action[],
  results: Map<string, ActionResult>,
  accounts: ReadonlyMap<string, string>,
  input: Pick<ExecutionInput, 'hands' | 'newerReceipt' | 'now' | 'concurrency'>,
): Promise<void> {
  const granted = actions.filter(
    (action) =>
      action.person !== null &&
      GRANTS.has(action.kind) &&
      action.target !== 'SUSPENDED' &&
      results.get(action.id)?.outcome === 'done',
  );
  const people = [...new Set(granted.map(({ person }) => person ?? ''))];
  await pMap(
    people,
    async (person) => {
      const mine = granted.filter((action) => action.person === person);
      try {
        const newer = await input.newerReceipt(person);
        if (newer?.suspended !== true) return;
        const account = accounts.get(person);
        if (account === undefined) return;
        await takeBack(mine, account, results, input);
        mark(mine, `taken back at once: another run suspended this person meanwhile (${newer.name})`);
      } catch {
        mark(
          mine,
          'given, but whether an urgent exit came between could not be checked, or not be undone: look at the account',
        );
      }
    },
    { concurrency: input.concurrency },
  );

  function mark(mine: Action[], reason: string): void {
    for (const { id } of mine)
      results.set(id, { ...results.get(id)!, outcome: 'failed', reason, at: input.now() });
  }
}

async function takeBack(
  mine: Action[],
  account: string,
  results: ReadonlyMap<string, ActionResult>,
  { hands }: Pick<ExecutionInput, 'hands'>,
): Promise<void> {
  const { reader, writer } = hands;
  if ((await reader.readAccount(account))?.state !== 'SUSPENDED')
    await writer.changeAccount(account, { state: 'SUSPENDED' });
  for (const { kind, id, target } of mine) {
    if (target === null) continue;
    if (kind === 'join-group') await writer.changeMembership('remove', target, account);
    if (kind === 'bind')
      await writer.changeBinding('remove', account, {
        type: target.slice(0, target.indexOf(':')),
        id: target.slice(target.indexOf(':') + 1),
      });
    const job = results.get(id)?.job;
    if (kind === 'schedule' && job !== undefined) await writer.cancelArmed(job);
  }
}
