/** Secrets of Actions: taken sealed, never shown again (GitHub REST, "Actions secrets"). */
import { reads, writes } from '../access.ts';
import { requiredText } from '../fields.ts';
import { answerPage } from '../paging.ts';
import { notFound, unprocessable } from '../refusals.ts';
import type { SecretRecord } from '../restrictions.ts';
import { noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { instant } from '../world.ts';
import { demandEnvironment, ENVIRONMENT } from './environments.ts';

const SECRETS = writes('secrets');
const NAME = /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i;
const KEY_ID = '568250167242549743';

export const secretRoutes: RepositoryRoute[] = [
  {
    method: 'GET',
    template: `${ENVIRONMENT}/secrets`,
    need: reads('environments', 'secrets'),
    run: listEnvironmentSecrets,
  },
  {
    method: 'GET',
    template: `${ENVIRONMENT}/secrets/public-key`,
    need: reads('environments', 'secrets'),
    run: getPublicKey,
  },
  {
    method: 'PUT',
    template: `${ENVIRONMENT}/secrets/{secret_name}`,
    need: writes('environments', 'secrets'),
    run: putEnvironmentSecret,
  },
  { method: 'GET', template: '/actions/secrets', need: reads('secrets'), run: listSecrets },
  { method: 'GET', template: '/actions/secrets/public-key', need: reads('secrets'), run: getPublicKey },
  { method: 'PUT', template: '/actions/secrets/{secret_name}', need: SECRETS, run: putSecret },
  { method: 'DELETE', template: '/actions/secrets/{secret_name}', need: SECRETS, run: removeSecret },
];

/** A real Curve25519 point would be no more use here: sealed boxes are taken as they come and never opened. */
function getPublicKey() {
  return ok({ key_id: KEY_ID, key: Buffer.alloc(32, 9).toString('base64') });
}

function putSecretIn(secrets: Map<string, SecretRecord>, { body, params, now }: RepositoryExchange) {
  const name = demandName(params['secret_name'] ?? '');
  requiredText(body, 'encrypted_value');
  if (requiredText(body, 'key_id') !== KEY_ID) throw unprocessable('Bad request - key_id is not current');
  const known = secrets.get(name);
  secrets.set(name, { createdAt: known?.createdAt ?? now, updatedAt: now });
  return known === undefined ? { status: 201, json: {} } : noContent();
}

async function listSecretsIn(exchange: RepositoryExchange, secrets: Map<string, SecretRecord>) {
  return answerPage(
    exchange,
    exchange.call,
    [...secrets],
    ([name, { createdAt, updatedAt }]) => ({
      name,
      created_at: instant(createdAt),
      updated_at: instant(updatedAt),
    }),
    (rows, total) => ({ total_count: total, secrets: rows }),
  );
}

async function listEnvironmentSecrets(exchange: RepositoryExchange) {
  return listSecretsIn(exchange, demandEnvironment(exchange).secrets);
}

function putEnvironmentSecret(exchange: RepositoryExchange) {
  return putSecretIn(demandEnvironment(exchange).secrets, exchange);
}

async function listSecrets(exchange: RepositoryExchange) {
  return listSecretsIn(exchange, exchange.repository.secrets);
}

function putSecret(exchange: RepositoryExchange) {
  return putSecretIn(exchange.repository.secrets, exchange);
}

function removeSecret({ repository, params }: RepositoryExchange) {
  if (!repository.secrets.delete((params['secret_name'] ?? '').toUpperCase())) throw notFound();
  return noContent();
}

/** The name as it is kept, in capitals; secrets and variables have the same rule. */
export function demandName(name: string): string {
  if (!NAME.test(name))
    throw unprocessable(
      'Names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).',
    );
  return name.toUpperCase();
}
