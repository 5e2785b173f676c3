/** Who a token is, what it may do here, and how GitHub says that it may not. */
import type { IncomingHttpHeaders } from 'node:http';
import { badCredentials, forbidden, notFound } from './refusals.ts';
import { hasRole, type Actor, type Level, type Role } from './people.ts';
import { accountOf, stableId, type Repository, type World } from './world.ts';

/** What a route asks for: any one of these permissions at this level, and of a person this role. */
export interface Need {
  permissions: string[];
  level: Level;
  role: Role;
}

const LEVELS: Level[] = ['read', 'write', 'admin'];

export function reads(...permissions: string[]): Need {
  return { permissions, level: 'read', role: 'read' };
}

export function writes(...permissions: string[]): Need {
  return { permissions, level: 'write', role: 'write' };
}

export function administers(...permissions: string[]): Need {
  return { permissions, level: 'write', role: 'admin' };
}

/** The token of a request: `Bearer x`, `token x`, or the password of basic credentials, as git sends it. */
export function readToken(headers: IncomingHttpHeaders): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+)\s+(.+)$/.exec(headers.authorization ?? '') ?? [];
  if (/^(bearer|token)$/i.test(scheme)) return value.trim();
  if (!/^basic$/i.test(scheme)) return undefined;
  const [user = '', password = ''] = Buffer.from(value, 'base64').toString('utf8').split(/:(.*)/s);
  // Both `x-access-token:TOKEN` and `TOKEN:` are in use.
  return password === '' || password === 'x-oauth-basic' ? user : password;
}

/** True when some repository knows the token. */
export function isKnownToken(world: World, token: string): boolean {
  return [...world.repositories.values()].some(({ tokens }) => tokens === undefined || tokens.has(token));
}

/**
 * Who acts in this repository.
 * @throws Refusal 401 for a token nobody knows, 404 for one that may not see the repository.
 */
export function resolveActor(world: World, repository: Repository, token: string | undefined): Actor {
  if (token === undefined) throw notFound();
  if (token === '' || !isKnownToken(world, token)) throw badCredentials();
  if (repository.tokens === undefined) return anyoneAsAdministrator(world, token);
  const grant = repository.tokens.get(token);
  if (grant === undefined) throw notFound();
  const role =
    grant.kind === 'User' ? (repository.collaborators.get(grant.account.login) ?? 'none') : 'write';
  if (role === 'none') throw notFound();
  return { ...grant, role };
}

function anyoneAsAdministrator(world: World, token: string): Actor {
  const login = /^[a-z\d](?:-?[a-z\d]){0,38}$/i.test(token) ? token : `user-${stableId(token)}`;
  return {
    account: accountOf(world, login),
    kind: 'User',
    role: 'admin',
    permissions: undefined,
    bypass: false,
    appId: undefined,
  };
}

/** @throws Refusal 403 in the words GitHub has for this kind of credential. */
export function demand(actor: Actor, need: Need): void {
  if (!need.permissions.some((name) => holds(actor, name, need.level)))
    throw forbidden(
      actor.kind === 'User'
        ? 'Resource not accessible by personal access token'
        : 'Resource not accessible by integration',
    );
  if (actor.kind === 'User' && !hasRole(actor.role, need.role))
    throw forbidden(
      need.role === 'admin'
        ? 'Must have admin rights to Repository.'
        : 'Resource not accessible by personal access token',
    );
}

/** What no workflow can give its GITHUB_TOKEN (GitHub Docs, "Workflow syntax", `permissions`). */
const NEVER_GITHUB_TOKEN = new Set([
  'administration',
  'actions_variables',
  'environments',
  'secrets',
  'variables',
  'workflows',
]);

/** True when the actor holds a permission; without a list of them he holds what his kind and role give. */
export function holds(actor: Actor, permission: string, level: Level): boolean {
  if (actor.kind === 'GITHUB_TOKEN' && NEVER_GITHUB_TOKEN.has(permission)) return false;
  if (actor.permissions === undefined) return true;
  const held = actor.permissions[permission] ?? (permission === 'metadata' ? 'read' : undefined);
  return held !== undefined && LEVELS.indexOf(held) >= LEVELS.indexOf(level);
}

/** The header by which GitHub says which permissions an endpoint accepts. */
export function acceptedPermissions(need: Need): string {
  return need.permissions.map((name) => `${name}=${need.level}`).join('; ');
}

/** A login's role; bots have none but what their App was given. */
export function roleOf(repository: Repository, login: string): Role {
  if (repository.tokens === undefined) return repository.collaborators.get(login) ?? 'admin';
  return repository.collaborators.get(login) ?? 'none';
}

/** How GitHub labels the author of a review or comment; it follows what he is now. */
export function associationOf(repository: Repository, login: string): string {
  if (login.toLowerCase() === repository.owner.login.toLowerCase()) return 'OWNER';
  const role = roleOf(repository, login);
  if (hasRole(role, 'triage')) return 'MEMBER';
  return role === 'read' ? 'CONTRIBUTOR' : 'NONE';
}
