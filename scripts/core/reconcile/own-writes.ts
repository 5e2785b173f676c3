/**
 * Our own writes in JumpCloud's log. The key that writes is not ours to ask: reconcile holds another one, which can only
 * read. So it is learnt: an event that does what a receipt says was done, to the same thing, with the same outcome
 * and within ten minutes, is ours; and whoever did that is the key that Rollcall writes with. A session in the console is
 * never ours, whoever it belongs to.
 */
import type { DirectoryEvent } from '../directory/event.ts';
import type { Action } from '../plan/action.ts';
import type { ActionResult } from '../record/receipt.ts';
import type { RecordedPlan } from '../record/ledger.ts';
import type { Json } from '../values/canonical-json.ts';
import { secondsBetween } from '../values/calendar.ts';
import { textIn } from '../values/json-fields.ts';
import { jumpCloudField } from './compare-actions.ts';
import { boundKey, fieldKey, keysOfEvent } from './event-keys.ts';

/** The runner's clock and JumpCloud's differ, and a retry takes its time. */
const APART_SECONDS = 600;

interface OwnDeed {
  at: string;
  /** What the thing became; undefined where the key says it all. */
  after: Json | undefined;
}

export interface OwnWrites {
  /** True when a receipt of ours tells of this change. */
  isRecorded(event: DirectoryEvent): boolean;
  /** There is something to learn our identity from. */
  isEmpty: boolean;
}

/** @param since ISO instant: older receipts cannot stand in the log any more */
export function ownWritesOf(recorded: RecordedPlan[], since: string): OwnWrites {
  const deeds = new Map<string, OwnDeed[]>();
  const add = (key: string, deed: OwnDeed): void => {
    const known = deeds.get(key);
    if (known === undefined) deeds.set(key, [deed]);
    else known.push(deed);
  };
  for (const { plan, receipt } of recorded) {
    if (receipt === undefined || receipt.finishedAt < since) continue;
    const results = new Map(receipt.results.map((result) => [result.action, result]));
    for (const action of plan.actions) {
      const result = results.get(action.id);
      if (result?.outcome === 'done') for (const [key, deed] of deedsOf(action, result)) add(key, deed);
    }
  }
  return {
    isEmpty: deeds.size === 0,
    isRecorded(event) {
      if (event.method === 'session') return false;
      for (const [key, to] of keysOfEvent(event))
        for (const deed of deeds.get(key) ?? [])
          if (Math.abs(secondsBetween(deed.at, event.at)) <= APART_SECONDS && became(deed.after, to))
            return true;
      return false;
    },
  };
}

function deedsOf(action: Action, result: ActionResult): [string, OwnDeed][] {
  const account = action.account ?? result.account;
  if (account === undefined) return [];
  const { at } = result;
  const { kind, after } = action;
  const target = action.target ?? '';
  switch (kind) {
    case 'update':
      return [[fieldKey(account, jumpCloudField(target)), { at, after }]];
    case 'rename':
      return [[fieldKey(account, target), { at, after }]];
    case 'adopt':
      return [[fieldKey(account, 'employeeIdentifier'), { at, after: textIn(after, 'anchor') }]];
    case 'set-manager':
      return [[fieldKey(account, 'manager'), { at, after: undefined }]];
    case 'create':
      return [[`created ${account}`, { at, after: undefined }]];
    case 'delete':
      return [[`deleted ${account}`, { at, after: undefined }]];
    case 'activate':
    case 'suspend':
    case 'reinstate':
      return [[`state ${account}`, { at, after: textIn(after, 'state') }]];
    case 'schedule':
      // JumpCloud itself does it, when its time has come.
      return [[`state ${account}`, { at: textIn(after, 'at'), after: textIn(after, 'state') }]];
    case 'join-group':
      return [[boundKey(account, target, 'add'), { at, after: undefined }]];
    case 'leave-group':
      return [[boundKey(account, target, 'remove'), { at, after: undefined }]];
    case 'bind':
    case 'unbind': {
      const id = target.slice(target.indexOf(':') + 1);
      return [[boundKey(account, id, kind === 'bind' ? 'add' : 'remove'), { at, after: undefined }]];
    }
    case 'create-group':
    case 'unschedule':
      return [];
  }
}

/** The log lower-cases values, and shows arrays as they are stored. */
function became(after: Json | undefined, to: unknown): boolean {
  if (after === undefined) return true;
  if (after === null) return to === null || to === undefined || to === '' || typeof to === 'object';
  return JSON.stringify(to ?? null)
    .toLowerCase()
    .includes(JSON.stringify(after).slice(1, -1).toLowerCase());
}
