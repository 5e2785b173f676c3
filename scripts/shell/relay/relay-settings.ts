/** What the relay is told by its environment, checked before it listens: a relay that cannot verify or cannot dispatch must not start. */
import type { GithubTarget } from '../../adapters/relay/send-dispatch.ts';
import {
  checkAddress,
  checkRepository,
  optionalVariable,
  requireVariables,
  type Environment,
} from '../../adapters/http/environment.ts';
import { badUsage } from '../../core/values/failure.ts';

export interface RelaySettings {
  /** BambooHR's private keys, at least one. */
  keys: string[];
  company: string | undefined;
  github: GithubTarget;
  /** Hours between heartbeats; undefined: none. */
  heartbeatHours: number | undefined;
}

/**
 * Works on `process.env` and on the bindings of a worker platform alike. `keyText` is the content of a key file and
 * stands for BAMBOOHR_WEBHOOK_KEY. Throws exit 2 naming everything that is missing.
 */
export function readRelaySettings(environment: Environment, keyText?: string): RelaySettings {
  const withKeys: Environment =
    keyText === undefined ? environment : { ...environment, BAMBOOHR_WEBHOOK_KEY: keyText };
  const [keyList, token, repository] = requireVariables(
    withKeys,
    ['BAMBOOHR_WEBHOOK_KEY', 'GITHUB_TOKEN', 'GITHUB_REPOSITORY'],
    'the key comes from `npm run webhook -- create`; the token is a fine-grained one with contents: write on that repository alone',
  );
  const keys = parseKeys(keyList);
  if (keys.length === 0)
    throw badUsage(
      'missing-variable',
      'BAMBOOHR_WEBHOOK_KEY holds no key',
      'write the private key, or several with commas between them while rotating',
    );
  checkRepository(repository);
  const address = optionalVariable(environment, 'GITHUB_API_URL') ?? 'https://api.github.com';
  const apiUrl = checkAddress('GITHUB_API_URL', address).href.replace(/\/+$/, '');
  return {
    keys,
    company: optionalVariable(environment, 'BAMBOOHR_COMPANY'),
    github: { apiUrl, repository, token },
    heartbeatHours: parseHours(optionalVariable(environment, 'RELAY_HEARTBEAT')),
  };
}

/** Commas or lines between keys; blanks around them do not count. */
export function parseKeys(text: string): string[] {
  return [...new Set(text.split(/[,\r\n]/).map((key) => key.trim()))].filter((key) => key !== '');
}

export function parseHours(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const hours = Number(text);
  if (!(hours >= 1 && hours <= 168))
    throw badUsage(
      'bad-heartbeat',
      'the heartbeat is not 1 to 168 hours',
      'write a number of hours, 24 for daily',
    );
  return hours;
}
