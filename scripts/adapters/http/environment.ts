/** Environment variables of a connection: every missing one named at once, addresses checked before a key goes there. */
import { badUsage } from '../../core/values/failure.ts';

export type Environment = Record<string, string | undefined>;

/** The values in the order of `names`, trimmed. Throws exit 2 naming all that are missing or empty. */
export function requireVariables<const N extends readonly string[]>(
  environment: Environment,
  names: N,
  remedy: string,
): { [K in keyof N]: string } {
  const values = names.map((name) => environment[name]?.trim() ?? '');
  const missing = names.filter((_, index) => values[index] === '');
  if (missing.length > 0)
    throw badUsage(
      'missing-variable',
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
      remedy,
    );
  return values as { [K in keyof N]: string };
}

/** An optional variable; blank is absent. */
export function optionalVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim() ?? '';
  return value === '' ? undefined : value;
}

/**
 * The address in `name`. A key goes over TLS only; plain HTTP is for this machine and for names without a dot (a
 * container next door). Throws exit 2 otherwise.
 */
export function checkAddress(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw badUsage('bad-address', `${name} is not a web address`, `write it as https://host`);
  if (url.username !== '' || url.password !== '')
    throw badUsage(
      'bad-address',
      `${name} carries a user name or password`,
      'put keys into their own variables',
    );
  if (url.protocol === 'http:' && !isNear(url))
    throw badUsage(
      'insecure-address',
      `${name} is plain http: the key would travel unencrypted`,
      'write https://; plain http is accepted for this machine only',
    );
  return url;
}

/** Letters, digits, `.`, `_` and `-` on both sides; a part of dots alone would lead a request somewhere else. */
const REPOSITORY = /^(?!\.+\/)([\w.-]+)\/(?!\.+$)([\w.-]+)$/;

/** GITHUB_REPOSITORY in its two parts. Throws exit 2 when it is not owner/name. */
export function checkRepository(text: string): { owner: string; repo: string } {
  const [, owner, repo] = REPOSITORY.exec(text) ?? [];
  if (owner === undefined || repo === undefined)
    throw badUsage('bad-repository', 'GITHUB_REPOSITORY is not owner/name', 'write it as owner/name');
  return { owner, repo };
}

/** This machine, or a single-label name. */
export function isNear(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return host === '::1' || /^127(\.\d{1,3}){3}$/.test(host) || !/[.:]/.test(host);
}
