/** The same change for many people, said once: a renamed department is one decision, not 812. */
import type { Action } from '../plan/action.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import { compareText } from '../values/finding.ts';
import { describeAction, type Description } from './describe-action.ts';
import type { PeopleNames } from './plan-view.ts';

/** From so many people on, the same change is shown as one. */
export const BULK_FROM = 10;

export interface BulkEdit {
  description: Description;
  actions: Action[];
}

export interface Grouped {
  /** The largest first. */
  bulk: BulkEdit[];
  /** All other actions, in their order. */
  single: Action[];
}

/** Splits the actions into bulk edits and the rest; nothing is in both. */
export function groupBulkEdits(actions: Action[], people: PeopleNames, from: number = BULK_FROM): Grouped {
  const byKey = new Map<string, Action[]>();
  for (const action of actions) {
    const key = keyOf(action);
    if (key === undefined) continue;
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [action]);
    else same.push(action);
  }
  const groups = [...byKey].filter(([, same]) => same.length >= from);
  const grouped = new Set(groups.flatMap(([, same]) => same));
  return {
    bulk: groups
      .sort(([keyA, a], [keyB, b]) => b.length - a.length || compareText(keyA, keyB))
      .flatMap(([, same]) => {
        const first = same[0];
        return first === undefined ? [] : [{ description: describeAction(first, people), actions: same }];
      }),
    single: actions.filter((action) => !grouped.has(action)),
  };
}

/** Equal for actions whose line reads the same for everybody; undefined for what belongs to one person or must be named. */
function keyOf({ kind, target, before, after, because, risk, person }: Action): string | undefined {
  if (person === null) return undefined;
  switch (kind) {
    case 'update':
      return canonicalJson([kind, risk, target, before, after, because]);
    case 'join-group':
    case 'bind':
    case 'leave-group':
    case 'unbind': {
      const name = kind === 'join-group' || kind === 'bind' ? after : nameIn(before);
      return canonicalJson([kind, risk, target, name, isRestored(before), because]);
    }
    case 'set-manager':
      return canonicalJson([kind, risk, after, because]);
    case 'activate':
    case 'reinstate':
    case 'schedule':
      return canonicalJson([kind, risk, target, after, because]);
    case 'create-group':
    case 'create':
    case 'adopt':
    case 'rename':
    case 'suspend':
    case 'unschedule':
    case 'delete':
      return undefined;
  }
}

function nameIn(before: Action['before']): Action['before'] {
  if (typeof before !== 'object' || before === null || Array.isArray(before)) return null;
  return before['group'] ?? before['name'] ?? null;
}

function isRestored(before: Action['before']): boolean {
  return (
    typeof before === 'object' && before !== null && !Array.isArray(before) && before['restored'] === true
  );
}
