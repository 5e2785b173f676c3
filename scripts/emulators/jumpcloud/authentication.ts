/**
 * Who is calling. No key is a redirect to the login page and not a 401; a wrong key is a 401 with two fields (third-
 * party connector, measured 2026-08-18). Without `apiKeys` in the seed every non-empty key is somebody's.
 */
import type { Answer, Call } from '../kit/service.ts';
import { unauthorized } from './answers.ts';
import { hashId, isObjectId } from './object-id.ts';
import type { Route } from './routing.ts';
import { nextNumber, type Actor, type World } from './world.ts';

export const authenticationRoutes: Route[] = [
  { method: 'GET', template: '/login', open: true, answer: () => loginPage },
  {
    method: 'POST',
    template: '/oauth2/token',
    open: true,
    answer: (world, { call, now }) => grantToken(world, call, now),
  },
];

/** What a client gets that follows the redirect: 200 and HTML. */
const loginPage: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html><html><head><title>JumpCloud Console</title></head><body>Log in</body></html>',
};

const redirectToLogin: Answer = {
  status: 302,
  headers: { location: '/login', 'content-type': 'text/plain; charset=utf-8' },
  body: 'Found. Redirecting to /login',
};

/** The actor behind a request, or the answer that turns it away. */
export function authenticate(world: World, call: Call, now: Date): { actor: Actor } | { refused: Answer } {
  const bearer = /^Bearer\s+(\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
  const key = single(call.headers['x-api-key']);
  if (bearer !== undefined) return byToken(world, bearer, now);
  if (key !== undefined && key !== '') return byKey(world, key);
  // Directory Insights lives on another host, whose document knows only 401.
  return { refused: call.path.startsWith('/insights/') ? insightsUnauthorized : redirectToLogin };
}

const insightsUnauthorized: Answer = { status: 401, json: { message: 'Unauthorized' } };

function byKey(world: World, key: string): { actor: Actor } | { refused: Answer } {
  const listed = world.apiKeys?.find((candidate) => candidate.key === key);
  if (world.apiKeys !== undefined && listed === undefined)
    return { refused: unauthorized('api key user not found') };
  const id = listed?.id ?? hashId('actor', key);
  return {
    actor: {
      initiatedBy: {
        id,
        type: 'admin',
        email: listed?.email ?? `admin-${id.slice(0, 6)}@example.com`,
        ...(listed?.name === undefined ? {} : { name: listed.name }),
      },
      authMethod: 'api-key',
      clientIp: '127.0.0.1',
      permission: listed?.permission ?? 'write',
      multiTenant: listed?.multiTenant ?? false,
    },
  };
}

function byToken(world: World, token: string, now: Date): { actor: Actor } | { refused: Answer } {
  const grant = world.tokens.get(token);
  if (grant === undefined || grant.expires <= now) return { refused: unauthorized('invalid access token') };
  const account = world.serviceAccounts?.find(({ clientId }) => clientId === grant.clientId);
  if (world.serviceAccounts !== undefined && account === undefined)
    return { refused: unauthorized('service account not found') };
  return {
    actor: {
      initiatedBy: {
        id: account?.id ?? serviceAccountId(grant.clientId),
        type: 'service_account',
        name: account?.name ?? grant.clientId,
        ...(account?.email === undefined ? {} : { email: account.email }),
      },
      authMethod: 'service-account',
      clientIp: '127.0.0.1',
      permission: account?.permission ?? 'write',
      multiTenant: false,
    },
  };
}

export function serviceAccountId(clientId: string): string {
  return hashId('service-account', clientId);
}

/**
 * OAuth2 client credentials: HTTP Basic and a form with `grant_type` and `scope=api`. There is no refresh token
 * (official CLI). Errors are those of RFC 6749.
 */
function grantToken(world: World, call: Call, now: Date): Answer {
  const form = new URLSearchParams(call.rawBody.toString('utf8'));
  if (form.get('grant_type') !== 'client_credentials') return oauthError(400, 'unsupported_grant_type');
  if (form.get('scope') !== 'api') return oauthError(400, 'invalid_scope');
  const basic = /^Basic\s+(\S+)$/i.exec(call.headers.authorization ?? '')?.[1] ?? '';
  const [, clientId = '', secret = ''] =
    /^([^:]+):([\s\S]+)$/.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
  const accounts = world.serviceAccounts;
  const known =
    clientId !== '' &&
    (accounts === undefined ||
      accounts.some((account) => account.clientId === clientId && account.clientSecret === secret));
  if (!known) return oauthError(401, 'invalid_client');
  const token = `emulated-${hashId('token', clientId, nextNumber(world))}`;
  const seconds = world.switches.tokenSeconds;
  world.tokens.set(token, { clientId, expires: new Date(now.getTime() + seconds * 1000) });
  return {
    status: 200,
    json: { access_token: token, token_type: 'bearer', expires_in: seconds, scope: 'api' },
  };
}

function oauthError(status: number, error: string): Answer {
  return { status, json: { error, error_description: error.replaceAll('_', ' ') } };
}

/** What a key may not do is 403 with the declared error, or 401 by switch. */
export function refuseWrite(world: World): Answer {
  const status = world.switches.readKeyStatus;
  if (status === 401) return unauthorized('insufficient permissions');
  return { status, json: { code: 403, message: 'Forbidden', status: 'PERMISSION_DENIED' } };
}

/**
 * `x-org-id` (OpenAPI document): 400 malformed or other than the id in the path, 401 missing for an administrator of
 * several tenants, 404 unknown.
 */
export function refuseOrganization(world: World, call: Call, actor: Actor): Answer | undefined {
  const given = single(call.headers['x-org-id']);
  if (given === undefined || given === '')
    return actor.multiTenant ? unauthorized('x-org-id header is required') : undefined;
  if (!isObjectId(given)) return { status: 400, json: { message: 'x-org-id is malformed' } };
  const inPath = /^\/api\/organizations\/([^/]+)/.exec(call.path)?.[1];
  if (inPath !== undefined && inPath !== given)
    return { status: 400, json: { message: 'x-org-id does not match the organization of the path' } };
  return given === world.organization.id
    ? undefined
    : { status: 404, json: { message: 'Organization not found' } };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
