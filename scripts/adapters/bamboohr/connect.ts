/** BambooHR from an environment: where it is, and the key that reads it. */
import type { HrReader } from '../../ports.ts';
import { type Environment, optionalVariable, requireVariables } from '../http/environment.ts';
import type { Limits } from '../http/retry-policy.ts';
import { createClient, type Client } from '../http/send.ts';
import { createWire, type Wire } from '../http/wire.ts';
import { apiRootOf } from './address.ts';
import { readChanges } from './changes.ts';
import { explainBambooHr } from './explain.ts';
import { readCompany } from './read-company.ts';
import { readPeople } from './read-people.ts';
import { readTimeOff } from './time-off.ts';

export interface Connecting {
  wire?: Partial<Wire>;
  limits?: Partial<Limits>;
}

/**
 * A reader of BAMBOOHR_COMPANY with BAMBOOHR_API_KEY, at BAMBOOHR_BASE_URL when that is set. Asks nothing of the
 * network yet. Throws exit 2 naming every variable that is missing or wrong.
 */
export function connectBambooHr(environment: Environment, options: Connecting = {}): HrReader {
  const client = createBambooHrClient(environment, options);
  return {
    readCompany: (fields, custom) => readCompany(client, fields, custom),
    readPeople: (ids, fields, custom) => readPeople(client, ids, fields, custom),
    readChanges: (since) => readChanges(client, since),
    readTimeOff: (from, to, types) => readTimeOff(client, from, to, types),
  };
}

/** What reading and webhooks share. Throws like connectBambooHr. */
export function createBambooHrClient(environment: Environment, options: Connecting = {}): Client {
  const [company, key] = requireVariables(
    environment,
    ['BAMBOOHR_COMPANY', 'BAMBOOHR_API_KEY'],
    'set them to the subdomain of your BambooHR address and to a key of the service user',
  );
  return createClient({
    service: 'BambooHR',
    baseUrl: apiRootOf(company, optionalVariable(environment, 'BAMBOOHR_BASE_URL')),
    baseUrlVariable: 'BAMBOOHR_BASE_URL',
    wire: createWire(environment, options.wire),
    limits: options.limits,
    // The key is the user name; the password may be anything (recorded clients send x).
    authorize: () =>
      Promise.resolve({ authorization: `Basic ${Buffer.from(`${key}:x`, 'utf8').toString('base64')}` }),
    explain: explainBambooHr,
  });
}
