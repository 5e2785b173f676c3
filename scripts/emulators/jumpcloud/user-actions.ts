/** What is done to one user beside writing his fields: state changes, mails, MFA, password, SSH keys. */
import type { Answer } from '../kit/service.ts';
import { badRequest, notFound } from './answers.ts';
import { hashId } from './object-id.ts';
import { recordEvent } from './events.ts';
import type { ApiRequest, Route } from './routing.ts';
import { changeUser, sendActivationMail, sendMail, userResource } from './user-changes.ts';
import type { UserDoc } from './user-store.ts';
import { isRecord } from './values.ts';
import { nextNumber, type World } from './world.ts';

type UserAction = (world: World, user: UserDoc, request: ApiRequest) => Answer;

export const userActionRoutes: Route[] = [
  onUser('POST', '/api/systemusers/{id}/state/activate', activate),
  onUser('POST', '/api/systemusers/{id}/state/suspend', suspend),
  onUser('POST', '/api/systemusers/{id}/reactivate', reactivate),
  onUser('POST', '/api/systemusers/{id}/expire', expire),
  onUser('POST', '/api/systemusers/{id}/unlock', unlock),
  onUser('POST', '/api/systemusers/{id}/password', setPassword),
  onUser('POST', '/api/systemusers/{id}/resetmfa', resetMfa),
  onUser('POST', '/api/systemusers/{id}/mfa/enforce', enforceMfa),
  onUser('POST', '/api/systemusers/{id}/mfasync', () => ({ status: 200 })),
  onUser('GET', '/api/systemusers/{id}/totpinfo', totpInfo),
  onUser('GET', '/api/systemusers/{id}/sshkeys', (_world, user) => ({ status: 200, json: user['ssh_keys'] })),
  onUser('POST', '/api/systemusers/{id}/sshkeys', addSshKey),
  onUser('DELETE', '/api/systemusers/{id}/sshkeys/{key_id}', deleteSshKey),
];

function onUser(method: string, template: string, action: UserAction): Route {
  return {
    method,
    template,
    answer(world, request) {
      const user = world.users.get(request.params['id'] ?? '');
      return user === undefined ? notFound : action(world, user, request);
    },
  };
}

/**
 * STAGED -> ACTIVATED. `email` decides about the mail: absent or true = the default address, false = none, an address
 * = that one. Whether it un-suspends too is not established, hence a switch; the default refuses.
 */
function activate(world: World, user: UserDoc, { body, actor, now }: ApiRequest): Answer {
  const email = isRecord(body) ? body['email'] : undefined;
  if (
    email !== undefined &&
    typeof email !== 'boolean' &&
    (typeof email !== 'string' || !email.includes('@'))
  )
    return badRequest('email must be a boolean or an email address');
  if (user.state === 'ACTIVATED') return badRequest('User is already activated');
  if (user.state === 'SUSPENDED' && !world.switches.activateUnsuspends)
    return badRequest('User is not in a state that can be activated');
  const after = changeUser(world, user, { state: 'ACTIVATED', suspended: false }, actor, now);
  if (email !== false)
    sendActivationMail(world, after, typeof email === 'string' ? email : undefined, actor, now);
  return ok;
}

/** The body must be empty. Groups and associations stay, so that activation gives them back (knowledge base). */
function suspend(world: World, user: UserDoc, { call, actor, now }: ApiRequest): Answer {
  if (call.rawBody.length > 0) return badRequest('Request body must be empty');
  changeUser(world, user, { state: 'SUSPENDED', suspended: true }, actor, now);
  return { status: 200 };
}

function reactivate(world: World, user: UserDoc, { body, now }: ApiRequest): Answer {
  const to = isRecord(body) && typeof body['email'] === 'string' ? body['email'] : user.email;
  sendMail(world, { kind: 'reactivation', to, user: user.id, at: now.toISOString() });
  return { status: 200 };
}

function expire(world: World, user: UserDoc, { actor, now }: ApiRequest): Answer {
  expirePassword(world, user, actor, now);
  return ok;
}

export function expirePassword(world: World, user: UserDoc, actor: ApiRequest['actor'], now: Date): void {
  const fields = { password_expired: true, password_expiration_date: now.toISOString() };
  changeUser(world, user, fields, actor, now);
  recordEvent(world, actor, now, 'user_password_expired', { resource: userResource(user) });
}

function unlock(world: World, user: UserDoc, { actor, now }: ApiRequest): Answer {
  unlockUser(world, user, actor, now);
  return ok;
}

export function unlockUser(world: World, user: UserDoc, actor: ApiRequest['actor'], now: Date): void {
  const fields = { account_locked: false, account_locked_date: null, badLoginAttempts: 0 };
  changeUser(world, user, fields, actor, now);
  recordEvent(world, actor, now, 'user_unlocked', { resource: userResource(user) });
}

function setPassword(world: World, user: UserDoc, { body, actor, now }: ApiRequest): Answer {
  const password = isRecord(body) ? body['password'] : undefined;
  if (typeof password !== 'string' || password.length < 8) return badRequest('Password validation fail');
  const fields = { activated: true, password_date: now.toISOString(), password_expired: false };
  changeUser(world, user, fields, actor, now);
  recordEvent(world, actor, now, 'user_password_change', { resource: userResource(user) });
  return { status: 200 };
}

function resetMfa(world: World, user: UserDoc, { body, actor, now }: ApiRequest): Answer {
  const input = isRecord(body) ? body : {};
  const days = input['exclusionDays'];
  if (days !== undefined && (typeof days !== 'number' || days < 1))
    return badRequest('exclusionDays must be at least 1');
  const until =
    typeof input['exclusionUntil'] === 'string'
      ? input['exclusionUntil']
      : days === undefined
        ? undefined
        : new Date(now.getTime() + days * 86_400_000).toISOString();
  const mfa = {
    configured: false,
    exclusion: input['exclusion'] === true,
    ...(until === undefined ? {} : { exclusionUntil: until }),
  };
  changeUser(world, user, { totp_enabled: false, mfa }, actor, now);
  return ok;
}

function enforceMfa(world: World, user: UserDoc, { body, actor, now }: ApiRequest): Answer {
  if (!isRecord(body)) return badRequest('The body must be an object');
  const required = body['enable_user_portal_multifactor'];
  const fields = {
    ...(typeof required === 'boolean' ? { enable_user_portal_multifactor: required } : {}),
    ...(isRecord(body['mfa']) ? { mfa: body['mfa'] } : {}),
  };
  changeUser(world, user, fields, actor, now);
  return { status: 200 };
}

function totpInfo(_world: World, user: UserDoc): Answer {
  if (user['totp_enabled'] !== true) return notFound;
  return { status: 200, json: { enrollmentDate: user.created } };
}

interface SshKey {
  _id: string;
  name: string;
  public_key: string;
  create_date: string;
}

function sshKeysOf(user: UserDoc): SshKey[] {
  return (user['ssh_keys'] ?? []) as SshKey[];
}

function addSshKey(world: World, user: UserDoc, { body, actor, now }: ApiRequest): Answer {
  const { name, public_key: publicKey } = isRecord(body) ? body : {};
  if (typeof name !== 'string' || name === '' || typeof publicKey !== 'string' || publicKey === '')
    return badRequest('name and public_key are required');
  const key: SshKey = {
    _id: hashId(user.id, 'ssh', name, publicKey, nextNumber(world)),
    name,
    public_key: publicKey,
    create_date: now.toISOString(),
  };
  changeUser(world, user, { ssh_keys: [...sshKeysOf(user), key] }, actor, now);
  return { status: 200, json: key };
}

/** One key per call. The document knows 200 and 400 only, so an unknown key is a 400. */
function deleteSshKey(world: World, user: UserDoc, { params, actor, now }: ApiRequest): Answer {
  const keys = sshKeysOf(user);
  const left = keys.filter((key) => key._id !== params['key_id']);
  if (left.length === keys.length) return badRequest('Not Found');
  changeUser(world, user, { ssh_keys: left }, actor, now);
  return ok;
}

/** Actions answer a JSON string (OpenAPI document); which one is not documented. */
const ok: Answer = { status: 200, json: 'OK' };
