/** The wire to one JumpCloud organisation, shared by reader and writer; each connects for itself, with its own key. */
import type { Environment } from '../http/environment.ts';
import type { Limits } from '../http/retry-policy.ts';
import { type Client, createClient } from '../http/send.ts';
import { createWire, type Wire } from '../http/wire.ts';
import { explainJumpCloud } from './explain.ts';
import { originsOf } from './origins.ts';
import { createSignIn } from './sign-in.ts';

export interface ConnectOptions {
  wire?: Partial<Wire>;
  limits?: Partial<Limits>;
}

/** Asks nothing of the network yet. Throws exit 2 naming every variable that is missing or wrong. */
export function connectJumpCloud(environment: Environment, options: ConnectOptions = {}): Client {
  const origins = originsOf(environment);
  const wire = createWire(environment, options.wire);
  const signIn = createSignIn(environment, origins.token, wire, options.limits);
  return createClient({
    service: 'JumpCloud',
    baseUrl: origins.base,
    baseUrlVariable: 'JUMPCLOUD_BASE_URL',
    wire,
    limits: options.limits,
    authorize: (renew) => signIn.headers(renew),
    renews: signIn.renews,
    explain: explainJumpCloud,
  });
}
