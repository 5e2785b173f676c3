/**
 * The way out of a company's network: HTTPS_PROXY and NO_PROXY, as curl and Go read them.
 *
 * | address                                  | goes                                              |
 * |------------------------------------------|---------------------------------------------------|
 * | https                                    | through HTTPS_PROXY, or HTTP_PROXY where only that is set |
 * | https, and NO_PROXY names host or domain | directly                                          |
 * | this machine                             | directly: an emulator or a sidecar is never asked for by way of a proxy |
 * | plain http                               | directly: it is for this machine and next door only (checkAddress), and a proxy would read the key |
 *
 * Through a proxy TLS goes end to end (CONNECT): it sees host and port and nothing else.
 */
import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch as fetchBy, type RequestInit } from 'undici';
import { badUsage } from '../../core/values/failure.ts';
import { type Environment, optionalVariable } from './environment.ts';

/** At most so many connections to one host. Throws exit 2 for a proxy whose address is none. */
export function openNetwork(environment: Environment, connections: number): Dispatcher {
  const options = { connections, connect: { timeout: 10_000 } };
  const proxy = proxyOf(environment);
  return proxy === undefined ? new Agent(options) : new EnvHttpProxyAgent({ ...options, ...proxy });
}

/** A fetch that goes through the proxy; undefined where none is set and the global one does. Throws like openNetwork. */
export function proxiedFetch(environment: Environment): typeof fetch | undefined {
  const proxy = proxyOf(environment);
  if (proxy === undefined) return undefined;
  const dispatcher = new EnvHttpProxyAgent(proxy);
  // undici's own: Node's fetch may be of another release than the dispatcher.
  const proxied = (input: string | URL, init?: RequestInit) => fetchBy(input, { ...init, dispatcher });
  return proxied as unknown as typeof fetch;
}

/** What EnvHttpProxyAgent would otherwise take from process.env. */
function proxyOf(
  environment: Environment,
): { httpsProxy: string; httpProxy: string; noProxy: string } | undefined {
  const name = ['HTTPS_PROXY', 'HTTP_PROXY'].find((each) => optionalVariable(environment, each));
  const except = (optionalVariable(environment, 'NO_PROXY') ?? '').split(/[\s,]+/).filter(Boolean);
  if (name === undefined || except.includes('*')) return undefined;
  const text = optionalVariable(environment, name) ?? '';
  // curl and Go take `proxy:3128` for http://proxy:3128.
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw badUsage(
      'bad-address',
      `${name} is not the address of an HTTP proxy`,
      'write it as http://host:port',
    );
  return {
    httpsProxy: url.href,
    httpProxy: '',
    noProxy: [...except, 'localhost', '127.0.0.1', '[::1]'].join(','),
  };
}
