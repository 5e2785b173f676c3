/** Carries a fetch-style function on node:http: plain HTTP, to stand behind whatever terminates TLS. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface NodeServer {
  port: number;
  /** Accepts no more, lets what is in flight finish for at most `withinMs`, then closes. Resolves when closed. */
  drain(withinMs: number): Promise<void>;
}

/** A sender that dawdles over headers or body is cut off; BambooHR's deliveries are small and come at once. */
const TIMEOUTS = { headersMs: 5_000, requestMs: 10_000, keepAliveMs: 30_000, checkMs: 1_000 };
/** How long the rest of a refused body is swallowed: an answer sent while the sender still writes is lost in a reset. */
const SWALLOW_MS = 2_000;

export async function serveNode(
  answer: (request: Request) => Promise<Response>,
  options: { port: number; host?: string | undefined; timeouts?: Partial<typeof TIMEOUTS> },
): Promise<NodeServer> {
  let isDraining = false;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const server = createServer(
    {
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      keepAliveTimeout: timeouts.keepAliveMs,
      connectionsCheckingInterval: timeouts.checkMs,
      maxHeaderSize: 16 * 1024,
    },
    (incoming, outgoing) => {
      exchange(answer, incoming, outgoing, () => isDraining).catch(() => outgoing.destroy());
    },
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else socket.end(`HTTP/1.1 ${statusLineOf(error.code)}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      { port: options.port, ...(options.host === undefined ? {} : { host: options.host }) },
      resolve,
    );
  });
  return {
    port: (server.address() as AddressInfo).port,
    drain: (withinMs) => {
      isDraining = true;
      return drain(server, withinMs);
    },
  };
}

/** Node's own answers but for one: a delivery that was too slow gets 503, for BambooHR never sends a 408 again. */
function statusLineOf(code: string | undefined): string {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '503 Service Unavailable';
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  return '400 Bad Request';
}

async function drain(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearTimeout(timer);
}

async function exchange(
  answer: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  isDraining: () => boolean,
): Promise<void> {
  const request = toRequest(incoming);
  const response =
    request === undefined ? new Response('bad request\n', { status: 400 }) : await answer(request);
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    'content-length': body.length,
    ...(!incoming.complete || isDraining() ? { connection: 'close' } : {}),
  });
  outgoing.end(incoming.method === 'HEAD' ? undefined : body);
  if (incoming.complete) return;
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), SWALLOW_MS);
  incoming.once('close', () => clearTimeout(timer));
}

/** Undefined for what fetch cannot express: an absurd target, TRACE, CONNECT. */
function toRequest(incoming: IncomingMessage): Request | undefined {
  try {
    const headers = new Headers();
    const { rawHeaders, method = 'GET' } = incoming;
    for (let at = 0; at + 1 < rawHeaders.length; at += 2)
      headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
    const url = new URL(incoming.url ?? '/', 'http://relay');
    if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers });
    return new Request(url, { method, headers, body: streamOf(incoming), duplex: 'half' });
  } catch {
    return undefined;
  }
}

/** Pulled chunk by chunk, so that the limit holds; giving up leaves the socket alone, an answer must still go out. */
function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
