/** A proxy on loopback that hears every exchange and may let one end badly. */
import { createServer, type IncomingMessage, request as sendRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  method: string;
  /** Percent-decoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
  status: number;
  contentType: string | undefined;
  answer: string;
}

export interface Tap {
  /** Called before a request is passed on; what it throws away never arrives. */
  before?(exchange: Exchange): 'pass' | 'drop' | Promise<'pass' | 'drop'>;
  /** Called when the answer is there, and may change `answer`; `drop` keeps it from the client for good. */
  after?(exchange: Exchange): 'pass' | 'drop' | Promise<'pass' | 'drop'>;
}

export interface TappedProxy {
  url: string;
  close(): Promise<void>;
}

/** Whatever is dropped is dropped in silence: the connection stays open, as behind a machine that died. */
export async function startProxy(target: string, tap: Tap): Promise<TappedProxy> {
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', target);
    const body = await bytesOf(request);
    const exchange: Exchange = {
      method: request.method ?? 'GET',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: body.toString('utf8'),
      status: 0,
      contentType: undefined,
      answer: '',
    };
    if ((await tap.before?.(exchange)) === 'drop') return;
    const answer = await new Promise<IncomingMessage>((answered, failed) => {
      const { host: _, ...headers } = request.headers;
      const sent = sendRequest(url, { method: exchange.method, headers }, answered);
      sent.once('error', failed);
      sent.end(body);
    });
    exchange.status = answer.statusCode ?? 0;
    exchange.contentType = answer.headers['content-type'];
    const bytes = await bytesOf(answer);
    const text = bytes.toString('utf8');
    exchange.answer = text;
    if ((await tap.after?.(exchange)) === 'drop') return;
    const { 'content-length': _length, ...answered } = answer.headers;
    response.writeHead(exchange.status, answered);
    response.end(exchange.answer === text ? bytes : exchange.answer);
  }

  const server = createServer((request, response) => {
    // A client that was killed is gone in the middle of a request, and that is the point.
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

/** Passed on as they are: what git sends is no text. */
async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
