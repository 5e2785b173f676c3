/** One vocabulary of keys for "this very thing changed", for what is looked for, what the log tells, and what receipts say. */
import type { DirectoryEvent } from '../directory/event.ts';
import type { Watch } from './drift.ts';

/** Event types that tell of users, groups and associations (Directory Insights OpenAPI, "Directory Events"). */
export const CHANGE_EVENTS = [
  'user_create',
  'user_update',
  'user_delete',
  'user_activated',
  'user_suspended',
  'user_unsuspended',
  'group_create',
  'group_update',
  'group_delete',
  'association_change',
  'access_management_association_change',
];

const STATE_OF_EVENT: Readonly<Record<string, string>> = {
  user_activated: 'ACTIVATED',
  user_unsuspended: 'ACTIVATED',
  user_suspended: 'SUSPENDED',
};

export function keysOfWatch(watch: Watch): string[] {
  switch (watch.about) {
    case 'field':
      return watch.fields.map((field) => fieldKey(watch.account, field));
    case 'bound':
      return [boundKey(watch.account, watch.to, watch.op)];
    case 'group':
      return [`group ${watch.group}`];
    case 'state':
    case 'created':
    case 'deleted':
      return [`${watch.about} ${watch.account}`];
  }
}

/** Key -> what the thing became, as far as the event tells; undefined where there is nothing to compare. */
export function keysOfEvent(event: DirectoryEvent): Map<string, unknown> {
  const keys = new Map<string, unknown>();
  const { type, resource, changes, association } = event;
  if (type === 'user_create') keys.set(`created ${resource.id}`, undefined);
  if (type === 'user_delete') keys.set(`deleted ${resource.id}`, undefined);
  if (type.startsWith('group_')) keys.set(`group ${resource.id}`, undefined);
  const state = STATE_OF_EVENT[type];
  if (state !== undefined) keys.set(`state ${resource.id}`, state);
  if (type === 'user_update' || type === 'user_create')
    for (const { field, to } of changes) {
      keys.set(fieldKey(resource.id, field), to);
      if (field.toLowerCase() === 'state') keys.set(`state ${resource.id}`, String(to).toUpperCase());
      else if (field.toLowerCase() === 'suspended' && !keys.has(`state ${resource.id}`))
        keys.set(`state ${resource.id}`, String(to) === 'true' ? 'SUSPENDED' : 'ACTIVATED');
    }
  if (association !== undefined) {
    // Which end is the group is not documented: both ways are the same edge.
    const ids = [...new Set([...association.ends.map(({ id }) => id), resource.id])].filter(
      (id) => id !== '',
    );
    for (const one of ids)
      for (const other of ids) if (one !== other) keys.set(boundKey(one, other, association.op), undefined);
  }
  return keys;
}

export function fieldKey(account: string, field: string): string {
  return `field ${account} ${field.toLowerCase()}`;
}

export function boundKey(account: string, to: string, op: string): string {
  return `bound ${account} ${to} ${op.toLowerCase()}`;
}
