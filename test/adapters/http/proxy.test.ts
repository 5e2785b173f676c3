/**
 * A company's proxy on loopback: it opens tunnels, and TLS goes through them to a server that stands for every vendor.
 * Each client that has a way out is shown to take this one, and to leave it for what NO_PROXY names.
 */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createRequire } from 'node:module';
import { type AddressInfo, connect as connectTo } from 'node:net';
import { dirname, join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectBambooHr } from '../../../scripts/adapters/bamboohr/connect.ts';
import { createGithubClient, readGithubConnection } from '../../../scripts/adapters/github/client.ts';
import { readRunBegun } from '../../../scripts/adapters/github/read-run.ts';
import { proxiedFetch } from '../../../scripts/adapters/http/proxy.ts';
import { connectDirectoryLog } from '../../../scripts/adapters/jumpcloud/read/events.ts';
import { connectDirectoryReader } from '../../../scripts/adapters/jumpcloud/read/connect.ts';
import { connectDirectoryWriter } from '../../../scripts/adapters/jumpcloud/write/connect.ts';
import { connectNotifier } from '../../../scripts/adapters/notify/connect.ts';
import { createSendDispatch } from '../../../scripts/adapters/relay/send-dispatch.ts';
import { composeMessage, type MessageContext } from '../../../scripts/core/notify/compose-message.ts';
import type { Delivery } from '../../../scripts/core/notify/route-notices.ts';
import { readEnvironment } from '../../../scripts/shell/variables.ts';

// smtp-server's own key and certificate: of no worth, and none of ours to be found by a scanner.
const require = createRequire(import.meta.url);
const { default: pair } = require(join(dirname(require.resolve('smtp-server')), 'tls-options.js')) as {
  default: () => { key: string; cert: string };
};

/** `host:port` and credentials of every tunnel asked for; what came through as readable text. */
const tunnels: { to: string; as: string | undefined }[] = [];
const readable: string[] = [];
/** Hosts that were reached without the proxy. */
const direct: string[] = [];
/** `host path` of every request that arrived at its end. */
const arrived: string[] = [];
let refusal: number | undefined;

const { key, cert } = pair();
const vendor = createTlsServer({ key, cert }, (request, response) => {
  arrived.push(`${request.headers.host ?? ''} ${request.url ?? ''}`);
  response.setHeader('content-type', 'application/json');
  response.end(request.url === '/oauth2/token' ? '{"access_token":"t"}' : '[]');
});
const proxy = createServer((request, response) => {
  readable.push(request.url ?? '');
  response.end();
});
proxy.on('connect', (request, socket, head) => {
  tunnels.push({ to: request.url ?? '', as: request.headers['proxy-authorization'] });
  if (refusal !== undefined) {
    socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    return;
  }
  const end = connectTo(portOf(vendor), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    end.write(head);
    end.pipe(socket).pipe(end);
  });
  for (const side of [end, socket]) side.on('error', () => side.destroy());
});

function portOf(server: Pick<Server, 'address'>): number {
  return (server.address() as AddressInfo).port;
}

const connectTls = tls.connect;
beforeAll(async () => {
  for (const server of [vendor, proxy])
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // No name of these tests exists and nobody vouches for the certificate: both are settled below the clients.
  vi.spyOn(tls, 'connect').mockImplementation(((options: tls.ConnectionOptions) => {
    const trusting = { ...options, rejectUnauthorized: false };
    if (options.socket !== undefined) return connectTls(trusting);
    direct.push(options.host ?? '');
    return connectTls({ ...trusting, host: '127.0.0.1', port: portOf(vendor) });
  }) as typeof tls.connect);
});
afterEach(() => {
  for (const list of [tunnels, readable, direct, arrived]) list.length = 0;
  refusal = undefined;
});
afterAll(async () => {
  vi.restoreAllMocks();
  vendor.closeAllConnections();
  proxy.closeAllConnections();
  await Promise.all([vendor, proxy].map((server) => new Promise((done) => server.close(done))));
});

function environmentOf(more: Record<string, string> = {}): Record<string, string> {
  return {
    BAMBOOHR_COMPANY: 'acme',
    BAMBOOHR_API_KEY: 'k',
    JUMPCLOUD_CLIENT_ID: 'i',
    JUMPCLOUD_CLIENT_SECRET: 's',
    GITHUB_TOKEN: 't',
    GITHUB_REPOSITORY: 'acme/identity',
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: '7',
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/x',
    NOTIFY_WEBHOOK_URL: 'https://desk.example.com/hook',
    WEBHOOK_SIGNING_SECRET: 'w',
    HTTPS_PROXY: `http://rollcall:open%20sesame@127.0.0.1:${portOf(proxy)}`,
    ...more,
  };
}

const once = { limits: { attempts: 1 } };
const CONTEXT: MessageContext = {
  templates: {},
  nameOf: () => undefined,
  startDayOf: () => undefined,
  repository: undefined,
};
const DELIVERY: Omit<Delivery, 'channel'> = {
  to: [],
  names: false,
  notice: { event: 'offboarded', key: 'k', at: '2026-11-23T11:00:00Z', people: [] },
  keys: ['k'],
  id: '0'.repeat(32),
};

/** Everything that goes out, and the hosts it must reach. SMTP is no HTTP, and stays out. */
const CLIENTS: [string, string[], (environment: Record<string, string>) => Promise<unknown>][] = [
  ['BambooHR', ['acme.bamboohr.com'], (e) => connectBambooHr(e, once).readChanges('2026-11-01T00:00:00Z')],
  [
    'JumpCloud, reading',
    ['admin-oauth.id.jumpcloud.com', 'console.jumpcloud.com'],
    (e) => connectDirectoryReader(e, once).readGroupNames(),
  ],
  [
    'JumpCloud, writing',
    ['admin-oauth.id.jumpcloud.com', 'console.jumpcloud.com'],
    (e) => connectDirectoryWriter(e, once).cancelArmed('a'.repeat(24)),
  ],
  [
    'Directory Insights',
    ['admin-oauth.id.jumpcloud.com', 'api.jumpcloud.com'],
    (e) => connectDirectoryLog(e, once).readChanges('2026-11-01T00:00:00Z', () => true),
  ],
  [
    'GitHub',
    ['api.github.com'],
    (e) => {
      const { octokit, here } = createGithubClient(readGithubConnection(e));
      return octokit.rest.issues.listComments({ ...here, issue_number: 1 });
    },
  ],
  ['GitHub, the run', ['api.github.com'], (e) => readRunBegun(e)],
  [
    'GitHub, the relay',
    ['api.github.com'],
    (e) =>
      createSendDispatch(
        { apiUrl: 'https://api.github.com', repository: 'acme/identity', token: 't' },
        proxiedFetch(e),
      )({ event_type: 'bamboohr', client_payload: { employees: ['1'], receivedAt: '' } }),
  ],
  ...(['slack', 'webhook'] as const).map((channel): (typeof CLIENTS)[number] => [
    channel,
    [channel === 'slack' ? 'hooks.slack.com' : 'desk.example.com'],
    (e) =>
      connectNotifier(e, { from: undefined, ...once }).send(
        { ...DELIVERY, channel },
        composeMessage({ ...DELIVERY, channel }, CONTEXT),
        CONTEXT,
      ),
  ]),
];

/** Some of the answers are not what the client wanted; here it is about the way. */
async function go(run: (typeof CLIENTS)[number][2], environment: Record<string, string>): Promise<unknown> {
  return run(environment).then(
    (value) => value,
    (error: unknown) => error,
  );
}

describe.each(CLIENTS)('%s', (name, hosts, run) => {
  test('goes through the proxy, by TLS from end to end, with the password of its address', async () => {
    await go(run, environmentOf());
    const as = `Basic ${btoa('rollcall:open sesame')}`;
    expect(tunnels).toEqual(hosts.map((host) => ({ to: `${host}:443`, as })));
    expect(arrived.map((line) => line.split(' ')[0])).toEqual(hosts);
    expect([...readable, ...direct]).toEqual([]);
  });

  test('goes directly where NO_PROXY names the domain', async () => {
    await go(
      run,
      environmentOf({
        NO_PROXY: 'other.example, .jumpcloud.com,bamboohr.com,github.com,slack.com,desk.example.com',
      }),
    );
    expect(direct).toEqual(hosts);
    expect([...tunnels, ...readable]).toEqual([]);
  });

  test('is barred: said so, and not tried again', async () => {
    refusal = 407;
    const barred = await go(run, environmentOf());
    // The relay tells GitHub's absence and no more; when a run began is worth no word at all.
    const told = JSON.stringify({ value: barred ?? 'nothing', error: String(barred) });
    if (name === 'GitHub, the run') expect(barred).toBeUndefined();
    else if (name === 'GitHub, the relay') expect(barred).toEqual({ result: 'retry', reason: 'unreachable' });
    else expect(told).toContain('the proxy does not let us through (407)');
    expect(told).not.toContain('sesame');
    expect(tunnels).toHaveLength(1);
    expect(arrived).toEqual([]);
  });
});

test('this machine is never reached through a proxy, nor is plain http', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const near = `http://127.0.0.1:${portOf(server)}`;
  const environment = environmentOf({
    JUMPCLOUD_API_KEY: 'k',
    JUMPCLOUD_BASE_URL: near,
    HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
    GITHUB_API_URL: near,
  });
  expect(await connectDirectoryReader(environment, once).readGroupNames()).toEqual([]);
  const { octokit, here } = createGithubClient(readGithubConnection(environment));
  await octokit.request('GET /repos/{owner}/{repo}/labels', here);
  const tlsNear = environmentOf({ BAMBOOHR_BASE_URL: `https://127.0.0.1:${portOf(vendor)}` });
  await go((e) => connectBambooHr(e, once).readChanges('2026-11-01T00:00:00Z'), tlsNear);
  expect([...tunnels, ...readable]).toEqual([]);
  await new Promise((done) => server.close(done));
});

describe('the variables', () => {
  test('in small letters win, as with curl; HTTP_PROXY serves where it is alone; * is nobody', async () => {
    const address = `127.0.0.1:${portOf(proxy)}`;
    const { HTTPS_PROXY: _, ...without } = environmentOf();
    const read = (raw: Record<string, string>) =>
      readEnvironment({ ...without, ...raw }) as Record<string, string>;
    const github = CLIENTS.find(([name]) => name === 'GitHub, the run')![2];
    for (const raw of [
      { https_proxy: address, HTTPS_PROXY: 'http://127.0.0.1:1' },
      { http_proxy: address },
      { HTTP_PROXY: address },
    ])
      await go(github, read(raw));
    expect(tunnels.map(({ to }) => to)).toEqual(Array(3).fill('api.github.com:443'));
    await go(github, read({ HTTPS_PROXY: address, no_proxy: 'x,*' }));
    await go(github, read({}));
    expect(direct).toEqual(['api.github.com', 'api.github.com']);
    expect(tunnels).toHaveLength(3);
  });

  test('are those that the door was handed: what else the process has is nobody’s way', async () => {
    const { HTTPS_PROXY: mine, ...without } = environmentOf();
    vi.stubEnv('HTTPS_PROXY', mine);
    expect(proxiedFetch(without)).toBeUndefined();
    await go(CLIENTS.find(([name]) => name === 'BambooHR')![2], without);
    vi.unstubAllEnvs();
    expect(direct).toEqual(['acme.bamboohr.com']);
    expect(tunnels).toEqual([]);
  });

  test('a proxy that is spoken to by TLS is one', () => {
    expect(proxiedFetch(environmentOf({ HTTPS_PROXY: 'https://proxy.example.com:3129' }))).toBeDefined();
  });

  test.each(['socks5://127.0.0.1:1', 'http://', 'http://bad host/'])(
    '%s is refused, without its words',
    (address) => {
      const environment = environmentOf({ HTTPS_PROXY: address });
      for (const open of [() => connectBambooHr(environment), () => readGithubConnection(environment)])
        expect(open).toThrow(
          expect.objectContaining({
            exit: 2,
            code: 'bad-address',
            message: 'HTTPS_PROXY is not the address of an HTTP proxy',
          }) as Error,
        );
    },
  );
});
