/** Writes to system users (API v1). */
import { z } from 'zod';
import type { LiveAccount } from '../../../core/directory/live.ts';
import { serviceFailure } from '../../../core/values/failure.ts';
import type { AccountChanges, NewAccount } from '../../../ports.ts';
import { readJson, refusePage } from '../../http/read-json.ts';
import type { WireRequest } from '../../http/request.ts';
import { type Client, send } from '../../http/send.ts';
import { spellAttributes, touchesArrays, type UserArrays } from '../attributes.ts';
import { messageOf } from '../explain.ts';
import { UserDocument, userDocumentOf } from '../user-document.ts';

const Items = z.array(z.record(z.string(), z.unknown())).nullish();
const Deleted = z
  .looseObject({ _id: z.string().optional(), id: z.string().optional() })
  .refine((user) => user._id !== undefined || user.id !== undefined, 'needs _id');
const Arrays = z.looseObject({
  _id: z.string().optional(),
  id: z.string().optional(),
  phoneNumbers: Items,
  addresses: Items,
  attributes: Items,
});

const Names = z.looseObject({ username: z.string().min(1), email: z.string().min(1) });

/**
 * Creates with state and anchor said in the create itself: a state left out takes the organisation's default, which
 * may be ACTIVATED, and an account without its anchor would be nobody's after a crash. Never sent twice (AnswerLost).
 */
export async function createAccount(client: Client, account: NewAccount): Promise<LiveAccount> {
  const { username, email, state, anchor, attributes } = account;
  const request: WireRequest = {
    route: 'POST /api/systemusers',
    body: { username, email, state, employeeIdentifier: anchor, ...spellAttributes(attributes, {}) },
  };
  const made = UserDocument.refine(
    (user) => user.anchor === anchor,
    'is not the account that was to be made',
  );
  return readJson(client.service, request, await send(client, request), made);
}

/** One PUT of exactly the changed keys; others are kept (the official module does the same). See DirectoryWriter.changeAccount. */
export async function changeAccount(
  client: Client,
  id: string,
  changes: AccountChanges,
): Promise<LiveAccount> {
  const attributes = changes.attributes ?? {};
  const current = touchesArrays(attributes) ? await readArrays(client, id) : {};
  return putUser(client, id, {
    ...spellAttributes(attributes, current),
    ...(changes.username === undefined ? {} : { username: filled('username', changes.username) }),
    ...(changes.email === undefined ? {} : { email: filled('email', changes.email) }),
    ...(changes.anchor === undefined ? {} : { employeeIdentifier: changes.anchor }),
    // `suspended` follows the state; sending both risks a refusal of the pair.
    ...(changes.state === undefined ? {} : { state: changes.state }),
    // Only null clears a manager, "" is refused (seen by the official module's tests).
    ...(changes.manager === undefined ? {} : { manager: changes.manager }),
  });
}

/**
 * One third party met "Path `username` is required" on updates, the official module sends changed keys only: so only
 * those are sent, and when JumpCloud insists, the names as they stand go along.
 */
async function putUser(client: Client, id: string, body: Record<string, unknown>): Promise<LiveAccount> {
  const request: WireRequest = { route: 'PUT /api/systemusers/{id}', params: { id }, body, accept: [400] };
  const answer = await send(client, request);
  if (answer.status < 300) return readJson(client.service, request, answer, userDocumentOf(id));
  const insists = /username.{0,3} is required/i.test(messageOf(answer)) && !Object.hasOwn(body, 'username');
  if (!insists) throw client.explain(request, answer);
  const { username, email } = await readUser(client, id, Names);
  return putUser(client, id, { username, email, ...body });
}

/** Read without `fields`, so that an array that is not there is known to be empty and is not wiped. */
function readArrays(client: Client, id: string): Promise<UserArrays> {
  // The id proves that this is the user: an object without arrays would otherwise pass for one with none.
  return readUser(
    client,
    id,
    Arrays.refine((user) => (user._id ?? user.id) === id, 'is not the account that was asked for'),
  );
}

async function readUser<T>(client: Client, id: string, schema: z.ZodType<T>): Promise<T> {
  const request: WireRequest = { route: 'GET /api/systemusers/{id}', params: { id }, accept: [404] };
  const answer = await send(client, request);
  if (answer.status === 404)
    throw serviceFailure(
      'account-gone',
      'JumpCloud: the account to be changed is not there any more',
      'the next plan will see it',
    );
  return readJson(client.service, request, answer, schema);
}

/** JumpCloud answers a blank with "Path `username` is required"; nothing of ours may ever blank one. */
function filled(name: string, value: string): string {
  if (value.trim() === '') throw new TypeError(`${name} must not be set to nothing`);
  return value;
}

/**
 * STAGED -> ACTIVATED, with or without the mail. Not repeated when the answer is lost (the mail would go twice): that
 * surfaces as AnswerLost, and the account's state tells.
 */
export async function activateAccount(client: Client, id: string, mail: boolean | string): Promise<void> {
  const request: WireRequest = {
    route: 'POST /api/systemusers/{id}/state/activate',
    params: { id },
    // An empty body sends the default mail; the other two are in the document's prose, not in its schema.
    body: mail === true ? {} : { email: mail },
  };
  refusePage(client.service, request, await send(client, request));
}

/**
 * Deletes; whoever reported to the account reports to `reportsTo`, or to nobody. The parameter is always sent, as the
 * official module does: without it JumpCloud may refuse a manager's deletion. An account that is gone is deleted.
 */
export async function deleteAccount(client: Client, id: string, reportsTo: string | null): Promise<void> {
  const request: WireRequest = {
    route: 'DELETE /api/systemusers/{id}',
    params: { id },
    query: { cascade_manager: reportsTo ?? 'null' },
    accept: [404],
  };
  const answer = await send(client, request);
  // The answer is the deleted user; one that is not is no proof.
  if (answer.status !== 404) readJson(client.service, request, answer, Deleted);
}

/** Removes one SSH key; 'already' when it is gone, which JumpCloud may say with 404 or (its document knows no other) 400. */
export async function deleteSshKey(
  client: Client,
  account: string,
  key: string,
): Promise<'done' | 'already'> {
  const request: WireRequest = {
    route: 'DELETE /api/systemusers/{account}/sshkeys/{key}',
    params: { account, key },
    accept: [400, 404],
  };
  const answer = await send(client, request);
  refusePage(client.service, request, answer);
  if (answer.status === 404) return 'already';
  if (answer.status < 300) return 'done';
  if (/not found/i.test(messageOf(answer))) return 'already';
  throw client.explain(request, answer);
}
