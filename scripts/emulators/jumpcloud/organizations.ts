/** The organisation itself and its service accounts: what a client reads to know its defaults and itself. */
import type { Answer } from '../kit/service.ts';
import { serviceAccountId } from './authentication.ts';
import { badRequest, notFound } from './answers.ts';
import { diffFields, recordEvent } from './events.ts';
import { hashId } from './object-id.ts';
import { readPage } from './paging.ts';
import type { ApiRequest, Route } from './routing.ts';
import { isRecord } from './values.ts';
import type { World } from './world.ts';

export const organizationRoutes: Route[] = [
  { method: 'GET', template: '/api/organizations', answer: listOrganizations },
  { method: 'GET', template: '/api/organizations/{id}', answer: getOrganization },
  { method: 'PUT', template: '/api/organizations/{id}', answer: putOrganization },
  { method: 'GET', template: '/api/v2/service-accounts', answer: listServiceAccounts },
  { method: 'GET', template: '/api/v2/service-accounts/{id}', answer: getServiceAccount },
];

const STATE_DEFAULTS = { manualEntry: 'ACTIVATED', csvImport: 'ACTIVATED', applicationImport: 'ACTIVATED' };

function listOrganizations(world: World): Answer {
  const { id, displayName } = world.organization;
  return { status: 200, json: { totalCount: 1, results: [{ _id: id, id, displayName, logoUrl: null }] } };
}

function getOrganization(world: World, { params }: ApiRequest): Answer {
  if (params['id'] !== world.organization.id) return { status: 403, json: { message: 'Forbidden' } };
  return { status: 200, json: renderOrganization(world) };
}

function putOrganization(world: World, { params, body, actor, now }: ApiRequest): Answer {
  if (params['id'] !== world.organization.id) return { status: 403, json: { message: 'Forbidden' } };
  const settings = isRecord(body) ? body['settings'] : undefined;
  if (!isRecord(settings)) return badRequest('settings must be an object');
  const before = world.organization.settings;
  world.organization = { ...world.organization, settings: { ...before, ...settings } };
  recordEvent(world, actor, now, 'organization_update', {
    resource: { type: 'organization', id: world.organization.id, name: world.organization.displayName },
    changes: diffFields(before, world.organization.settings),
  });
  return { status: 200, json: renderOrganization(world) };
}

function renderOrganization(world: World): Record<string, unknown> {
  const { id, displayName, created, settings } = world.organization;
  const given = settings['newSystemUserStateDefaults'];
  const defaults = { ...STATE_DEFAULTS, ...(isRecord(given) ? given : {}) };
  return {
    _id: id,
    id,
    displayName,
    created,
    logoUrl: null,
    provider: null,
    settings: { ...settings, newSystemUserStateDefaults: defaults },
  };
}

type Account = NonNullable<World['serviceAccounts']>[number];

function listServiceAccounts(world: World, { call }: ApiRequest): Answer {
  const accounts = world.serviceAccounts ?? [];
  const page = readPage(call.query.get('limit'), call.query.get('skip'));
  const results = accounts
    .slice(page.skip, page.skip + page.limit)
    .map((account) => renderAccount(world, account));
  return { status: 200, json: { totalCount: accounts.length, results } };
}

function getServiceAccount(world: World, { params }: ApiRequest): Answer {
  const account = (world.serviceAccounts ?? []).find(
    ({ id, clientId }) => (id ?? serviceAccountId(clientId)) === params['id'],
  );
  return account === undefined ? notFound : { status: 200, json: renderAccount(world, account) };
}

/** Secrets are shown once, on creation, and accounts are not created here. */
function renderAccount(world: World, account: Account): Record<string, unknown> {
  const { created } = world.organization;
  return {
    objectId: account.id ?? serviceAccountId(account.clientId),
    name: account.name ?? account.clientId,
    orgId: world.organization.id,
    roleId: hashId('role', account.permission),
    authType: 'CLIENT_SECRET',
    status: 'ACTIVE',
    createdAt: created,
    authConfigList: [
      {
        authType: 'CLIENT_SECRET',
        clientSecretConfig: { clientId: account.clientId, createdAt: created, status: 'ACTIVE' },
      },
    ],
  };
}
