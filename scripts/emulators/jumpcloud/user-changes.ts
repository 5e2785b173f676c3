/** The one place where users come, change and go: indexes, events, rules of dynamic groups, search lag. */
import { diffFields, recordEvent } from './events.ts';
import { reevaluateUser } from './member-query.ts';
import { isWaiting, startWaiting } from './switches.ts';
import type { UserDoc } from './user-store.ts';
import type { Actor, Email, UserState, World } from './world.ts';

/** A user comes into being. */
export function addUser(world: World, doc: UserDoc, actor: Actor, now: Date): void {
  lagSearch(world, doc.id);
  world.users.put(doc);
  if (world.recording)
    recordEvent(world, actor, now, 'user_create', {
      resource: userResource(doc),
      changes: diffFields({}, doc).filter((change) => change.to !== '' && change.to !== null),
    });
  reevaluateUser(world, doc, now);
}

/**
 * Replaces a user; `fields` with the value `undefined` are unset. Tells Directory Insights when something changed.
 * `extra` goes onto each event, such as the scheduled job that caused it.
 */
export function changeUser(
  world: World,
  before: UserDoc,
  fields: Record<string, unknown>,
  actor: Actor,
  now: Date,
  extra: Record<string, unknown> = {},
): UserDoc {
  const merged: Record<string, unknown> = { ...before, ...fields };
  for (const [name, value] of Object.entries(merged)) if (value === undefined) delete merged[name];
  const after = merged as UserDoc;
  const changes = diffFields(before, after);
  if (changes.length === 0) return before;
  lagSearch(world, before.id);
  world.users.put(after);
  const described = { resource: userResource(after), changes, ...extra };
  recordEvent(world, actor, now, 'user_update', described);
  const stateEvent = nameTransition(before.state, after.state);
  if (stateEvent !== undefined) recordEvent(world, actor, now, stateEvent, described);
  reevaluateUser(world, after, now);
  return after;
}

/** Removes a user with his memberships, associations and scheduled changes. */
export function removeUser(world: World, doc: UserDoc, actor: Actor, now: Date): void {
  lagSearch(world, doc.id);
  world.users.delete(doc.id);
  world.graph.forget(doc.id);
  world.scheduled = world.scheduled.filter((change) => change.userId !== doc.id);
  recordEvent(world, actor, now, 'user_delete', { resource: userResource(doc) });
}

export function userResource(doc: UserDoc): Record<string, unknown> {
  return { type: 'user', id: doc.id, username: doc.username, email: doc.email };
}

/** Direct reports, by the manager's id. */
export function reportsOf(world: World, managerId: string): UserDoc[] {
  return [...world.users.values()].filter((user) => user.manager === managerId);
}

/**
 * Sends a Welcome mail (users with a password) or an Activation mail, to the address of the request, else as the
 * document's "Behavior" of state/activate says: with a password to the primary address, without to the alternate one.
 */
export function sendActivationMail(
  world: World,
  user: UserDoc,
  override: string | undefined,
  actor: Actor,
  now: Date,
): void {
  const alternate = typeof user['alternateEmail'] === 'string' ? user['alternateEmail'] : '';
  const to = override ?? (user.activated || alternate === '' ? user.email : alternate);
  sendMail(world, {
    kind: user.activated ? 'welcome' : 'activation',
    to,
    user: user.id,
    at: now.toISOString(),
  });
  recordEvent(world, actor, now, 'user_activation_email', {
    resource: { ...userResource(user), recipient_email: to },
  });
}

export function sendMail(world: World, email: Email): void {
  world.emails.push(email);
}

function nameTransition(from: UserState, to: UserState): string | undefined {
  if (from === to) return undefined;
  if (to === 'SUSPENDED') return 'user_suspended';
  if (to === 'ACTIVATED') return from === 'SUSPENDED' ? 'user_unsuspended' : 'user_activated';
  return undefined;
}

/** The search index goes on showing a user as he was when the first unseen change began. */
function lagSearch(world: World, id: string): void {
  const waiting = startWaiting(world.switches.searchLag);
  if (waiting === undefined) return;
  const earlier = world.searchLagging.get(id);
  const shown = earlier !== undefined && isWaiting(earlier.waiting) ? earlier.shown : world.users.get(id);
  world.searchLagging.set(id, { shown, waiting });
}
