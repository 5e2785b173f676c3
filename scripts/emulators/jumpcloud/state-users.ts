/** The users of a seed become the users of the world. */
import { SeedError } from '../kit/service.ts';
import { hashId, isObjectId } from './object-id.ts';
import type { SeedUser } from './seed.ts';
import { addUser, changeUser, removeUser } from './user-changes.ts';
import { emptyUserFields } from './user-defaults.ts';
import type { UserDoc } from './user-store.ts';
import { mintId, type Actor, type UserState, type World } from './world.ts';

/** A user keeps his id, or is known by his username; who is not in the seed goes. */
export function applyUsers(world: World, seeds: readonly SeedUser[], actor: Actor, now: Date): void {
  const wanted = new Map<string, SeedUser>();
  for (const [index, user] of seeds.entries()) {
    const given = user._id ?? user.id;
    if (given !== undefined && !isObjectId(given))
      throw new SeedError(`jumpcloud.users.${index}: the id ${given} is not 24 hex digits`, ['users', index]);
    const known = given ?? world.users.byUsername(user.username)?.id;
    const id =
      known === undefined || wanted.has(known) ? mintId(world, 'seed', 'user', user.username) : known;
    if (wanted.has(id))
      throw new SeedError(`jumpcloud.users.${index}: the id ${id} is there twice`, ['users', index]);
    world.usedIds.add(id);
    wanted.set(id, user);
  }
  const idsByName = new Map([...wanted].map(([id, user]) => [user.username, id]));
  for (const user of [...world.users.values()]) if (!wanted.has(user.id)) removeUser(world, user, actor, now);
  for (const [index, [id, user]] of [...wanted].entries()) {
    refuseUnknownManager(user, idsByName, wanted, index);
    const before = world.users.get(id);
    const doc = readSeedUser(world, id, user, idsByName, before, now);
    if (before === undefined) addUser(world, doc, actor, now);
    else {
      // Most of a state that is put back is as it was.
      if (JSON.stringify(doc) === world.users.text(before)) continue;
      const gone = Object.keys(before).filter((field) => !(field in doc));
      changeUser(
        world,
        before,
        { ...Object.fromEntries(gone.map((field) => [field, undefined])), ...doc },
        actor,
        now,
      );
    }
  }
}

function readSeedUser(
  world: World,
  id: string,
  user: SeedUser,
  idsByName: ReadonlyMap<string, string>,
  before: UserDoc | undefined,
  now: Date,
): UserDoc {
  const { manager, employeeIdentifier, state: given, suspended } = user;
  const managerId = typeof manager === 'string' ? (idsByName.get(manager) ?? manager) : undefined;
  const state: UserState = given ?? (suspended === true ? 'SUSPENDED' : 'ACTIVATED');
  const doc = emptyUserFields(world.organization.id);
  doc['_id'] = id;
  doc['id'] = id;
  doc['activated'] = state !== 'STAGED';
  doc['created'] = before?.created ?? now.toISOString();
  for (const field of Object.keys(user))
    if (!RESOLVED.has(field) && user[field] !== undefined) doc[field] = user[field];
  for (const field of ['addresses', 'phoneNumbers'])
    if (Array.isArray(user[field])) doc[field] = withItemIds(user.username, field, user[field] as SeedItem[]);
  if (Array.isArray(user['ssh_keys']))
    doc['ssh_keys'] = (user['ssh_keys'] as SeedItem[]).map((key, index) => ({
      _id: hashId(user.username, 'ssh', index),
      create_date: now.toISOString(),
      ...key,
    }));
  if (managerId !== undefined) doc['manager'] = managerId;
  if (typeof employeeIdentifier === 'string' && employeeIdentifier !== '')
    doc['employeeIdentifier'] = employeeIdentifier;
  doc['state'] = state;
  doc['suspended'] = state === 'SUSPENDED';
  return doc as unknown as UserDoc;
}

/** A manager is somebody of the seed; an id may dangle, as it does in JumpCloud when a manager was deleted. */
function refuseUnknownManager(
  { manager }: SeedUser,
  idsByName: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, SeedUser>,
  index: number,
): void {
  if (typeof manager !== 'string' || idsByName.has(manager) || known.has(manager) || isObjectId(manager))
    return;
  const path = ['users', index, 'manager'];
  throw new SeedError(`jumpcloud.${path.join('.')}: there is no user ${manager}`, path);
}

type SeedItem = Record<string, unknown>;

/** Fields of a seed's user that are worked out rather than copied; a password is not kept at all. */
const RESOLVED = new Set(['_id', 'id', 'manager', 'employeeIdentifier', 'state', 'suspended', 'password']);

function withItemIds(username: string, field: string, items: readonly SeedItem[]): SeedItem[] {
  return items.map((item, index) => ({
    ...item,
    id: item['id'] ?? hashId(username, field, String(item['type'] ?? ''), index),
  }));
}
