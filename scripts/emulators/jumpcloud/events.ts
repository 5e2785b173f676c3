/** What Directory Insights keeps of every mutation: who, when, what, from and to. */
import { hashId } from './object-id.ts';
import { nextNumber, type Actor, type World } from './world.ts';

export interface DirectoryEvent {
  id: string;
  timestamp: string;
  event_type: string;
  [field: string]: unknown;
}

export interface Change {
  field: string;
  from: unknown;
  to: unknown;
}

/** Somebody who clicks in the admin portal: that is what `PUT /_emulator/state` pretends to be. */
export const CONSOLE: Actor = {
  initiatedBy: { id: hashId('actor', 'console'), type: 'admin', email: 'console', source: 'console' },
  authMethod: 'session',
  clientIp: '127.0.0.1',
  permission: 'write',
  multiTenant: false,
};

/** JumpCloud itself: dynamic group rules. */
export const JUMPCLOUD: Actor = {
  initiatedBy: { id: hashId('actor', 'jumpcloud'), type: 'system', source: 'jumpcloud:dynamic_group' },
  authMethod: 'none',
  clientIp: '127.0.0.1',
  permission: 'write',
  multiTenant: false,
};

export function recordEvent(
  world: World,
  actor: Actor,
  at: Date,
  eventType: string,
  fields: Record<string, unknown>,
): void {
  if (!world.recording) return;
  // Ids ascend, so that events of one millisecond, or of a clock that stands still, keep their order.
  const ordinal = nextNumber(world).toString(16).padStart(8, '0');
  world.events.push({
    id: ordinal + hashId('event', ordinal, eventType, at.toISOString()).slice(0, 16),
    event_type: eventType,
    timestamp: at.toISOString(),
    service: 'directory',
    organization: world.organization.id,
    initiated_by: actor.initiatedBy,
    auth_method: actor.authMethod,
    client_ip: actor.clientIp,
    success: true,
    '@version': '1',
    ...fields,
  });
}

/** Fields that differ, as `changes` lists them; ids inside arrays are the server's and no change. */
export function diffFields(before: Record<string, unknown>, after: Record<string, unknown>): Change[] {
  const changes: Change[] = [];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (field === '_id' || field === 'id') continue;
    const from = before[field];
    const to = after[field];
    if (from !== to && JSON.stringify(from) !== JSON.stringify(to))
      changes.push({ field, from: from ?? null, to: to ?? null });
  }
  return changes;
}
