/**
 * Leaving is done when a read says so: what is still there afterwards is a failure, whatever the writes answered. It
 * stands on the receipt then, and the next plan looks again; a leaver whose exit reads as done is never looked at again.
 */
import pMap from 'p-map';
import type { Action } from '../core/plan/action.ts';
import type { ActionResult } from '../core/record/receipt.ts';
import type { DirectoryReader } from '../ports.ts';
import { bindingIn } from './action-payload.ts';
import { reasonOf } from './failure-reason.ts';
import { look } from './look.ts';
import type { Hands } from './perform.ts';

export interface Confirming {
  hands: Hands;
  /** ISO instant. */
  now: () => string;
  isStopping: () => boolean;
}

/** What was taken, by what the account still shows of it. */
const CONFIRMED: {
  kind: Action['kind'];
  still: string;
  remaining(taken: Action[], account: string, reader: DirectoryReader): Promise<Action[]>;
}[] = [
  {
    kind: 'suspend',
    still: 'JumpCloud accepted the suspension but a read still shows the account active',
    remaining: async (taken, account, reader) =>
      (await reader.readAccount(account))?.state === 'SUSPENDED' ? [] : taken,
  },
  {
    kind: 'leave-group',
    still: 'JumpCloud accepted the removal but a read still shows the membership',
    async remaining(taken, account, reader) {
      const memberships = new Set((await reader.readMemberships(account)).map(({ id }) => id));
      return taken.filter(({ target }) => memberships.has(target ?? ''));
    },
  },
  {
    kind: 'unbind',
    still: 'JumpCloud accepted the removal but a read still shows the binding',
    async remaining(taken, account, reader) {
      const bound = await readBound(taken, account, reader);
      return taken.filter(({ target }) => bound.has(target ?? ''));
    },
  },
  {
    // The record forgets a cancelled job: it would open or close the account at its hour, and be nobody's.
    kind: 'unschedule',
    still: 'JumpCloud accepted the cancelling but a read still shows the job',
    async remaining(taken, account, reader) {
      const armed = new Set((await reader.readArmed([account])).map(({ job }) => job));
      return taken.filter(({ target }) => armed.has(target ?? ''));
    },
  },
];

/** Turns what was done and is still there into a failure. */
export async function confirmRevoked(
  actions: Action[],
  results: Map<string, ActionResult>,
  { hands, now, isStopping }: Confirming,
): Promise<void> {
  const done = new Map<string, Action[]>();
  for (const action of actions)
    if (action.account !== null && results.get(action.id)?.outcome === 'done')
      done.set(action.account, [...(done.get(action.account) ?? []), action]);
  const fail = (action: Action, reason: string): void => {
    results.set(action.id, { ...results.get(action.id)!, outcome: 'failed', reason, at: now() });
  };
  await pMap(
    [...done].flatMap(([account, mine]) =>
      CONFIRMED.map((row) => ({ ...row, account, taken: mine.filter(({ kind }) => kind === row.kind) })),
    ),
    async ({ account, taken, still, remaining }) => {
      if (isStopping() || taken.length === 0) return;
      let left = taken;
      try {
        await look(hands.pause, async () => {
          left = await remaining(taken, account, hands.reader);
          return left.length === 0 ? true : undefined;
        });
        for (const action of left) fail(action, still);
      } catch (error) {
        for (const action of taken) fail(action, `done, but not confirmed: ${reasonOf(error)}`);
      }
    },
    { concurrency: 8 },
  );
}

/** `type:id` of what the account has of the types that were taken. */
async function readBound(taken: Action[], account: string, reader: DirectoryReader): Promise<Set<string>> {
  const types = new Set(taken.map(({ target }) => bindingIn(target ?? '').type));
  const isKeyTaken = types.delete('ssh_key');
  const [bindings, keys] = await Promise.all([
    types.size === 0 ? [] : reader.readBindings(account, [...types].sort()),
    isKeyTaken ? reader.readSshKeys(account) : [],
  ]);
  return new Set([...bindings.map(({ type, id }) => `${type}:${id}`), ...keys.map((id) => `ssh_key:${id}`)]);
}
