/** A system user as JumpCloud tells it (OpenAPI 2026-08, systemuserreturn), of which only what is needed is checked, and as an account of ours. */
import { z } from 'zod';
import { PROFILE_ATTRIBUTES } from '../../core/mappings/attributes-file.ts';
import type { LiveAccount, LiveState } from '../../core/directory/live.ts';
import { flattenAttributes } from './attributes.ts';

/** For the list and for one user: SPACE separated there, a comma list is silently taken as one unknown field. */
export const USER_FIELDS = [
  '_id',
  'id',
  'username',
  'email',
  'state',
  'suspended',
  'employeeIdentifier',
  'manager',
  'admin',
  'restrictedFields',
  'phoneNumbers',
  'addresses',
  'attributes',
  ...PROFILE_ATTRIBUTES,
].join(' ');

const Text = z.string().nullish();
const Items = z.array(z.record(z.string(), z.unknown())).nullish();

const UserShape = z.looseObject({
  _id: z.string().min(1).optional(),
  id: z.string().min(1).optional(),
  username: z.string(),
  email: z.string(),
  state: z.enum(['STAGED', 'ACTIVATED', 'SUSPENDED']).optional(),
  suspended: z.boolean().nullish(),
  employeeIdentifier: Text,
  /** An id; null or "" for none; one third-party client has met an object. */
  manager: z
    .union([z.string(), z.looseObject({ id: z.string().optional(), _id: z.string().optional() })])
    .nullish(),
  admin: z.unknown().optional(),
  restrictedFields: z.array(z.looseObject({ field: z.string() })).nullish(),
  phoneNumbers: Items,
  addresses: Items,
  attributes: Items,
  ...Object.fromEntries(PROFILE_ATTRIBUTES.map((name) => [name, Text])),
});

/** Parses to a LiveAccount. A user without an id, or whose state cannot be told, is no answer that can be used. */
export const UserDocument = UserShape.transform((user, context): LiveAccount => {
  const id = user._id ?? user.id;
  const state = stateOf(user);
  if (id === undefined || state === undefined) {
    context.addIssue({ code: 'custom', message: 'needs _id, and state or suspended', path: [] });
    return z.NEVER;
  }
  return {
    id,
    username: user.username,
    email: user.email,
    state,
    anchor: user.employeeIdentifier ?? '',
    manager: managerOf(user.manager),
    attributes: flattenAttributes(user),
    admin: isAdmin(user.admin),
    restricted: [...new Set((user.restrictedFields ?? []).map(({ field }) => field))],
  };
});

/**
 * The same, about the very account that was asked for. A proxy or a cache that mixes up two answers would otherwise
 * turn everything that follows to somebody else.
 */
export function userDocumentOf(id: string): z.ZodType<LiveAccount> {
  return UserDocument.refine((account) => account.id === id, 'is not the account that was asked for');
}

/**
 * A row of the list: one that is no user is kept as an account of which only the id is sure. Left out it would read as
 * missing, and taken at its word it would stop everybody else.
 */
export const UserRow: z.ZodType<LiveAccount> = z.union([
  UserDocument,
  z
    .looseObject({ _id: z.string().min(1).optional(), id: z.string().min(1).optional() })
    .transform((user, context): LiveAccount => {
      const id = user._id ?? user.id;
      if (id === undefined) {
        context.addIssue({ code: 'custom', message: 'needs _id', path: [] });
        return z.NEVER;
      }
      return {
        id,
        username: textIn(user, 'username'),
        email: textIn(user, 'email'),
        anchor: textIn(user, 'employeeIdentifier'),
        state: 'STAGED',
        manager: null,
        attributes: {},
        admin: false,
        restricted: [],
        unreadable: true,
      };
    }),
]);

function textIn(user: Record<string, unknown>, name: string): string {
  const value = user[name];
  return typeof value === 'string' ? value : '';
}

/** `suspended` is the older mirror of the state, and all that some answers carry. */
function stateOf(user: z.infer<typeof UserShape>): LiveState | undefined {
  if (user.state !== undefined) return user.state;
  if (typeof user.suspended !== 'boolean') return undefined;
  return user.suspended ? 'SUSPENDED' : 'ACTIVATED';
}

function managerOf(manager: z.infer<typeof UserShape>['manager']): string | null {
  const id = typeof manager === 'object' && manager !== null ? (manager.id ?? manager._id) : manager;
  return id === undefined || id === null || id === '' ? null : id;
}

/** An object with id and role when a console administrator's login is attached; null, false or nothing otherwise. */
function isAdmin(admin: unknown): boolean {
  if (typeof admin === 'object' && admin !== null) return Object.keys(admin).length > 0;
  return admin === true || (typeof admin === 'string' && admin !== '');
}
