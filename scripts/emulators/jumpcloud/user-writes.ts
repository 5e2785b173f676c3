/** POST, PUT and DELETE of /api/systemusers. */
import type { Answer } from '../kit/service.ts';
import { badRequest, isRefused, notFound, refuse, type Refused } from './answers.ts';
import { mintId, type Actor, type UserState, type World } from './world.ts';
import type { ApiRequest, Route } from './routing.ts';
import { addUser, changeUser, removeUser, reportsOf, sendActivationMail } from './user-changes.ts';
import { emptyUserFields } from './user-defaults.ts';
import { readUserFields } from './user-fields.ts';
import { answerUser } from './user-lists.ts';
import { UNIQUE_FIELDS, type UserDoc } from './user-store.ts';
import { isRecord } from './values.ts';

export const userWriteRoutes: Route[] = [
  { method: 'POST', template: '/api/systemusers', answer: postUser },
  { method: 'PUT', template: '/api/systemusers/{id}', answer: putUser },
  { method: 'DELETE', template: '/api/systemusers/{id}', answer: deleteUser },
];

/** Where a created user comes from decides which default of the organisation applies when `state` is omitted. */
export type StateDefault = 'manualEntry' | 'csvImport' | 'applicationImport';

function postUser(world: World, { body, actor, now, call }: ApiRequest): Answer {
  if (!isRecord(body)) return badRequest('The body must be an object');
  const weak = refuseWeakPassword(body, call.query);
  if (weak !== undefined) return weak;
  const created = createUser(world, body, 'manualEntry', actor, now);
  return isRefused(created) ? created.refused : answerUser(world, created);
}

function putUser(world: World, { body, actor, now, params, call }: ApiRequest): Answer {
  const user = world.users.get(params['id'] ?? '');
  if (user === undefined) return notFound;
  if (!isRecord(body)) return badRequest('The body must be an object');
  const weak = refuseWeakPassword(body, call.query);
  if (weak !== undefined) return weak;
  const updated = updateUser(world, user, body, actor, now);
  return isRefused(updated) ? updated.refused : answerUser(world, updated);
}

/** Creates a user as POST does; `world` is unchanged when it is refused. */
export function createUser(
  world: World,
  body: Record<string, unknown>,
  stateDefault: StateDefault,
  actor: Actor,
  now: Date,
  creationSource = 'jumpcloud:manual',
): UserDoc | Refused {
  for (const required of ['username', 'email'])
    if (body[required] === undefined || body[required] === null || body[required] === '')
      return refuse(400, `Path \`${required}\` is required.`);
  // The id is minted last: a refused create must not use one up.
  const owner = String(body['username']);
  const fields = readUserFields(body, 'create', owner, world.switches, now);
  if (isRefused(fields)) return fields;
  const state = readState(body, defaultState(world, stateDefault), 'create');
  if (isRefused(state)) return state;
  const clash = refuseDuplicate(world, fields, undefined) ?? refuseUnknownManager(world, fields);
  if (clash !== undefined) return clash;
  const id = mintId(world, 'api', 'user', owner);
  const hasPassword = typeof body['password'] === 'string' && body['password'] !== '';
  const doc = emptyUserFields(world.organization.id);
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) doc[field] = value;
  doc['_id'] = id;
  doc['id'] = id;
  doc['created'] = now.toISOString();
  doc['creationSource'] = creationSource;
  doc['activated'] = fields['activated'] === true || hasPassword;
  doc['password_date'] = hasPassword ? now.toISOString() : null;
  doc['state'] = state.state;
  doc['suspended'] = state.state === 'SUSPENDED';
  const user = doc as unknown as UserDoc;
  addUser(world, user, actor, now);
  if (world.switches.mailOnCreate && user.state === 'ACTIVATED' && !user.activated)
    sendActivationMail(world, user, undefined, actor, now);
  return user;
}

/** Merges at the top level; arrays are replaced whole. */
export function updateUser(
  world: World,
  user: UserDoc,
  body: Record<string, unknown>,
  actor: Actor,
  now: Date,
): UserDoc | Refused {
  if (world.switches.putNeedsUsername && body['username'] === undefined)
    return refuse(400, 'Path `username` is required.');
  const fields = readUserFields(body, 'update', user.username, world.switches, now);
  if (isRefused(fields)) return fields;
  const state = readState(body, user.state, 'update');
  if (isRefused(state)) return state;
  const restricted = applyRestrictions(world, user, fields);
  if (restricted !== undefined) return restricted;
  const clash = refuseDuplicate(world, fields, user) ?? refuseUnknownManager(world, fields);
  if (clash !== undefined) return clash;
  const changes: Record<string, unknown> = {
    ...fields,
    state: state.state,
    suspended: state.state === 'SUSPENDED',
  };
  if (typeof body['password'] === 'string' && body['password'] !== '') {
    changes['activated'] = true;
    changes['password_date'] = now.toISOString();
  }
  if (fields['account_locked'] === true && user['account_locked'] !== true)
    changes['account_locked_date'] = now.toISOString();
  if (fields['account_locked'] === false) changes['account_locked_date'] = null;
  return changeUser(world, user, changes, actor, now);
}

/**
 * `cascade_manager=null` clears the manager of the reports, an id hands them over (official module). What a manager's
 * deletion without it gets is inferred to be the document's 409; a switch turns that off.
 */
function deleteUser(world: World, { params, call, actor, now }: ApiRequest): Answer {
  const user = world.users.get(params['id'] ?? '');
  if (user === undefined) return notFound;
  const reports = reportsOf(world, user.id);
  const cascade = call.query.get('cascade_manager');
  if (cascade === null && reports.length > 0 && world.switches.deleteManagerNeedsCascade)
    return { status: 409, json: { message: 'User is a manager of other users' } };
  if (cascade !== null) {
    const heir = cascade === 'null' ? undefined : world.users.get(cascade);
    if (cascade !== 'null' && (heir === undefined || heir.id === user.id))
      return badRequest('cascade_manager must be null or the id of another user');
    for (const report of reports) {
      // Nobody becomes his own manager by inheriting.
      const manager = heir?.id === report.id ? undefined : heir?.id;
      changeUser(world, report, { manager }, actor, now);
    }
  }
  const last = world.users.get(user.id) ?? user;
  removeUser(world, last, actor, now);
  return answerUser(world, last);
}

/**
 * `state` and the older `suspended` mirror each other. A pair that disagrees is refused with the text of the official
 * module, which refuses on the client's side; the server's own text is not known. PUT knows no STAGED.
 */
function readState(
  body: Record<string, unknown>,
  current: UserState,
  mode: 'create' | 'update',
): { state: UserState } | Refused {
  const { state, suspended } = body;
  const allowed = mode === 'create' ? ['STAGED', 'ACTIVATED', 'SUSPENDED'] : ['ACTIVATED', 'SUSPENDED'];
  if (state !== undefined && !allowed.includes(state as string))
    return refuse(400, `\`${String(state)}\` is not a valid enum value for path \`state\`.`);
  const flag =
    suspended === undefined || suspended === null ? undefined : suspended === true || suspended === 'true';
  if (state !== undefined && flag !== undefined && (state === 'SUSPENDED') !== flag)
    return refuse(
      400,
      `Cannot save conflicting state and suspended fields. (state=${String(state)} suspended=${String(flag)})`,
    );
  if (state !== undefined) return { state: state as UserState };
  if (flag === true) return { state: 'SUSPENDED' };
  if (flag === false && current === 'SUSPENDED') return { state: 'ACTIVATED' };
  return { state: current };
}

/** SPEC: an omitted state takes `settings.newSystemUserStateDefaults`. */
function defaultState(world: World, which: StateDefault): UserState {
  const defaults = world.organization.settings['newSystemUserStateDefaults'];
  return isRecord(defaults) && defaults[which] === 'STAGED' ? 'STAGED' : 'ACTIVATED';
}

function refuseDuplicate(
  world: World,
  fields: Record<string, unknown>,
  self: UserDoc | undefined,
): Refused | undefined {
  for (const field of UNIQUE_FIELDS) {
    const value = fields[field];
    if (typeof value !== 'string' || value === '' || value === self?.[field]) continue;
    const holder = world.users.holder(field, value);
    if (holder === undefined || holder.id === self?.id) continue;
    const { status, body } = world.switches.duplicateUser;
    return { refused: { status, json: body } };
  }
  return undefined;
}

function refuseUnknownManager(world: World, fields: Record<string, unknown>): Refused | undefined {
  const manager = fields['manager'];
  if (typeof manager !== 'string' || world.switches.unknownManager === 'accept') return undefined;
  return world.users.get(manager) === undefined ? refuse(400, 'manager not found') : undefined;
}

/** Fields that another directory owns: what a write to them gets is not documented, hence refused or ignored. */
function applyRestrictions(
  world: World,
  user: UserDoc,
  fields: Record<string, unknown>,
): Refused | undefined {
  const restricted = user['restrictedFields'];
  if (!Array.isArray(restricted)) return undefined;
  for (const entry of restricted as { field?: unknown }[]) {
    const field = String(entry.field);
    if (!(field in fields) || JSON.stringify(fields[field]) === JSON.stringify(user[field])) continue;
    if (world.switches.restrictedFields === 'refuse') return refuse(400, `Field ${field} is restricted`);
    delete fields[field];
  }
  return undefined;
}

/** SPEC: `?fullValidationDetails=password` lists the violations; without it one message. Eight characters at least. */
function refuseWeakPassword(body: Record<string, unknown>, query: URLSearchParams): Answer | undefined {
  const password = body['password'];
  if (typeof password !== 'string' || password === '' || password.length >= 8) return undefined;
  if (query.get('fullValidationDetails') !== 'password') return badRequest('Password validation fail');
  return {
    status: 400,
    json: {
      code: 400,
      message: 'Password validation fail',
      status: 'INVALID_ARGUMENT',
      details: [
        {
          fieldViolationsList: [{ field: 'password', description: 'minLength' }],
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
        },
      ],
    },
  };
}
