/** Who am I, who is that, and the tokens an App makes for itself (GitHub REST, "Users" and "Apps"). */
import { randomBytes } from 'node:crypto';
import { isKnownToken } from '../access.ts';
import { isObject, optionalObject } from '../fields.ts';
import { badCredentials, forbidden, notFound, Refusal, unprocessable } from '../refusals.ts';
import { nodeId, renderRepository, renderUser } from '../render/account.ts';
import { created, noContent, ok, type GlobalExchange, type GlobalRoute } from '../routing.ts';
import type { Level, TokenGrant } from '../people.ts';
import { accountOf, findRepository, instant, stableId, type Repository } from '../world.ts';

const TOKEN_LIFE_MS = 3_600_000;

export const accountRoutes: GlobalRoute[] = [
  { method: 'GET', template: '/user', run: getSelf },
  { method: 'GET', template: '/users/{login}', run: getUser },
  { method: 'GET', template: '/app', run: getApp },
  { method: 'GET', template: '/app/installations', run: listInstallations },
  { method: 'GET', template: '/repos/{owner}/{repo}/installation', run: getInstallation },
  { method: 'POST', template: '/app/installations/{installation_id}/access_tokens', run: createToken },
  { method: 'DELETE', template: '/installation/token', run: revokeToken },
  { method: 'GET', template: '/installation/repositories', run: listInstalled },
  { method: 'GET', template: '/rate_limit', run: getRateLimit },
];

function demandToken({ token, world }: GlobalExchange): string {
  if (token === undefined) throw new Refusal(401, 'Requires authentication');
  if (token === '' || !isKnownToken(world, token)) throw badCredentials();
  return token;
}

function grantsOf({ world }: GlobalExchange, token: string): { repository: Repository; grant: TokenGrant }[] {
  return [...world.repositories.values()].flatMap((repository) => {
    const grant = repository.tokens?.get(token);
    return grant === undefined ? [] : [{ repository, grant }];
  });
}

/** An installation token is nobody's: it has no user. */
function getSelf(exchange: GlobalExchange) {
  const token = demandToken(exchange);
  const grant = grantsOf(exchange, token)[0]?.grant;
  if (grant !== undefined && grant.kind !== 'User') throw forbidden('Resource not accessible by integration');
  const account =
    grant?.account ??
    accountOf(exchange.world, /^[a-z\d-]+$/i.test(token) ? token : `user-${stableId(token)}`);
  return ok(renderUser(exchange, account));
}

function getUser(exchange: GlobalExchange) {
  if (exchange.token !== undefined) demandToken(exchange);
  const account = exchange.world.accounts.get((exchange.params['login'] ?? '').toLowerCase());
  if (account === undefined) throw notFound();
  return ok({ ...renderUser(exchange, account), name: account.login, email: null });
}

/** The Apps of this world: every bot account that a repository's tokens know, less Actions' own. */
function listApps({ world }: GlobalExchange): { grant: TokenGrant; repository: Repository }[] {
  const apps = new Map<number, { grant: TokenGrant; repository: Repository }>();
  for (const repository of world.repositories.values())
    for (const grant of repository.tokens?.values() ?? [])
      if (grant.kind === 'App' && grant.appId !== undefined && !apps.has(grant.appId))
        apps.set(grant.appId, { grant, repository });
  return [...apps.values()];
}

/**
 * The App that a JSON web token was made for: its `iss` is the app's id, its client id, or (emulator only) its slug.
 * The signature is not checked: no key was ever handed over. Its dates are, against the emulated clock.
 */
function demandApp(exchange: GlobalExchange): { grant: TokenGrant; repository: Repository } {
  const { token, now } = exchange;
  if (token === undefined) throw new Refusal(401, 'Requires authentication');
  const claims = readClaims(token);
  if (claims === undefined) throw new Refusal(401, 'A JSON web token could not be decoded');
  const seconds = now.getTime() / 1000;
  if (typeof claims['exp'] !== 'number' || claims['exp'] < seconds - 60)
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (claims['exp'] > seconds + 660)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  const issuer = String(claims['iss'] ?? '');
  const found = listApps(exchange).find(({ grant }) =>
    [String(grant.appId), clientIdOf(grant), slugOf(grant)].includes(issuer),
  );
  if (found === undefined) throw notFound('Integration not found');
  return found;
}

function readClaims(token: string): Record<string, unknown> | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function slugOf({ account }: TokenGrant): string {
  return account.login.replace(/\[bot\]$/, '');
}

function clientIdOf({ appId }: TokenGrant): string {
  return `Iv23li${appId ?? 0}`;
}

function installationIdOf({ appId }: TokenGrant): number {
  return (appId ?? 0) + 1;
}

function getApp(exchange: GlobalExchange) {
  const { grant, repository } = demandApp(exchange);
  return ok({
    id: grant.appId,
    slug: slugOf(grant),
    client_id: clientIdOf(grant),
    node_id: nodeId('App', grant.appId ?? 0),
    name: slugOf(grant),
    owner: renderUser(exchange, repository.owner),
    permissions: grant.permissions ?? {},
    events: [],
    html_url: `${exchange.html}/apps/${slugOf(grant)}`,
    external_url: exchange.html,
    description: null,
    created_at: instant(repository.createdAt),
    updated_at: instant(repository.createdAt),
  });
}

function renderInstallation(
  exchange: GlobalExchange,
  { grant, repository }: { grant: TokenGrant; repository: Repository },
) {
  const id = installationIdOf(grant);
  return {
    id,
    app_id: grant.appId,
    app_slug: slugOf(grant),
    client_id: clientIdOf(grant),
    target_type: 'Organization',
    account: renderUser(exchange, repository.owner),
    repository_selection: 'selected',
    permissions: grant.permissions ?? {},
    events: [],
    access_tokens_url: `${exchange.api}/app/installations/${id}/access_tokens`,
    repositories_url: `${exchange.api}/installation/repositories`,
    created_at: instant(repository.createdAt),
    updated_at: instant(repository.createdAt),
    suspended_at: null,
  };
}

function listInstallations(exchange: GlobalExchange) {
  return ok([renderInstallation(exchange, demandApp(exchange))]);
}

function getInstallation(exchange: GlobalExchange) {
  const { grant } = demandApp(exchange);
  const repository = findRepository(
    exchange.world,
    exchange.params['owner'] ?? '',
    exchange.params['repo'] ?? '',
  );
  const installed = [...(repository?.tokens?.values() ?? [])].some(({ appId }) => appId === grant.appId);
  if (repository === undefined || !installed) throw notFound();
  return ok(renderInstallation(exchange, { grant, repository }));
}

/** A token of an hour, for this App's repositories, with no more than the permissions the App has. */
function createToken(exchange: GlobalExchange) {
  const { world, params, body, now } = exchange;
  const { grant } = demandApp(exchange);
  if (Number(params['installation_id']) !== installationIdOf(grant)) throw notFound();
  const wanted = optionalObject(body, 'permissions') as Record<string, Level> | undefined;
  for (const [name, level] of Object.entries(wanted ?? {})) {
    const held = grant.permissions === undefined ? 'admin' : grant.permissions[name];
    if (held === undefined || (held === 'read' && level !== 'read'))
      throw unprocessable('The permissions requested are not granted to this installation.');
  }
  const permissions = wanted ?? grant.permissions;
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const homes = [...world.repositories.values()].filter(({ tokens }) =>
    [...(tokens?.values() ?? [])].some(({ appId }) => appId === grant.appId),
  );
  for (const { tokens } of homes) tokens?.set(token, { ...grant, permissions });
  return created({
    token,
    expires_at: instant(new Date(now.getTime() + TOKEN_LIFE_MS)),
    permissions: permissions ?? {},
    repository_selection: 'selected',
    repositories: homes.map((repository) => renderRepository(exchange, repository)),
  });
}

function revokeToken(exchange: GlobalExchange) {
  const token = demandToken(exchange);
  for (const { repository } of grantsOf(exchange, token)) repository.tokens?.delete(token);
  return noContent();
}

function listInstalled(exchange: GlobalExchange) {
  const token = demandToken(exchange);
  const repositories = grantsOf(exchange, token).map(({ repository }) =>
    renderRepository(exchange, repository),
  );
  return ok({ total_count: repositories.length, repositories });
}

function getRateLimit(exchange: GlobalExchange) {
  const token = demandToken(exchange);
  const limit = exchange.world.rateLimit ?? 5_000;
  const rate = exchange.world.rates.get(token);
  const used = rate?.used ?? 0;
  const core = {
    limit,
    used,
    remaining: Math.max(limit - used, 0),
    reset: Math.floor((rate?.windowStart ?? exchange.now.getTime()) / 1000) + 3_600,
    resource: 'core',
  };
  return ok({ resources: { core }, rate: core });
}
