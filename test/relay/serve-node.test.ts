import { connect } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { readBody } from '../../scripts/shell/relay/read-body.ts';
import { type NodeServer, serveNode } from '../../scripts/shell/relay/serve-node.ts';

const servers: NodeServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.drain(0))));

async function serve(answer: (request: Request) => Promise<Response>): Promise<NodeServer> {
  const server = await serveNode(answer, { port: 0, host: '127.0.0.1' });
  servers.push(server);
  return server;
}

async function echo(request: Request): Promise<Response> {
  const body = await readBody(request, 100_000);
  if (typeof body === 'string') return new Response(body, { status: body === 'too-large' ? 413 : 503 });
  return new Response(
    `${request.method} ${new URL(request.url).pathname} ${request.headers.get('x-a')} ${body.length}`,
  );
}

/** Sends text over a bare socket; resolves with all that came back when the other side closes. */
function raw(port: number, text: string, thenEnd = false): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => {
      if (thenEnd) socket.end(text);
      else socket.write(text);
    });
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

describe('the Node server', () => {
  it('carries method, path, headers and bytes', async () => {
    const { port } = await serve(echo);
    const response = await fetch(`http://127.0.0.1:${port}/a%20b?c=d`, {
      method: 'POST',
      headers: { 'x-a': 'one' },
      body: new Uint8Array(50_000),
    });
    expect(await response.text()).toBe('POST /a%20b one 50000');
    expect(await (await fetch(`http://127.0.0.1:${port}/x`)).text()).toBe('GET /x null 0');
  });

  it('gets its 413 to a sender that goes on sending', async () => {
    const { port } = await serve(echo);
    const chunk = `${(1000).toString(16)}\r\n${'x'.repeat(1000)}\r\n`;
    const text = await raw(
      port,
      `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(3000)}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('connection: close');
    const announced = await raw(port, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100001\r\n\r\n');
    expect(announced).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('survives what is no request, and requests that break off', async () => {
    const { port } = await serve(echo);
    expect(await raw(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(port, 'TRACE / HTTP/1.1\r\nhost: a\r\n\r\n', true)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(port, 'GET http://[/ HTTP/1.1\r\nhost: a\r\n\r\n', true)).toMatch(/^HTTP\/1\.1 400 /);
    await raw(port, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc', true).catch(() => '');
    expect((await fetch(`http://127.0.0.1:${port}/x`)).status).toBe(200);
  });

  it('cuts off who dawdles, with an answer that BambooHR tries again after', async () => {
    const timeouts = { headersMs: 100, requestMs: 150, checkMs: 20 };
    const server = await serveNode(echo, { port: 0, host: '127.0.0.1', timeouts });
    servers.push(server);
    expect(await raw(server.port, 'POST / HTTP/1.1\r\nhost: a\r\n')).toMatch(/^HTTP\/1\.1 503 /);
    const slowBody = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc';
    expect(await raw(server.port, slowBody)).toMatch(/^HTTP\/1\.1 503 /);
    const wide = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(server.port, wide)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('answers what is in flight before it goes, and takes no more', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let isAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const server = await serve(async () => {
      isAsked();
      await held;
      return new Response('done');
    });
    const inFlight = fetch(`http://127.0.0.1:${server.port}/`);
    await asked;
    const drained = server.drain(5000);
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow();
    release();
    const response = await inFlight;
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.text()).toBe('done');
    await drained;
  });
});
