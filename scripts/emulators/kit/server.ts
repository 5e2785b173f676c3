/**
 * The loopback HTTP server that carries one emulated vendor, with the control routes of the contract:
 * `/_emulator/{requests,state,faults,clock,reset}`. They need no key and serve only on loopback.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatedClock } from './clock.ts';
import { FaultList, type Fault } from './faults.ts';
import { type Answer, type Call, SeedError, type Service } from './service.ts';

/** One line of the request log. `status` is 0 when the connection was cut. */
export interface LoggedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  status: number;
  /** Real time, milliseconds since the epoch; `answeredMs` is null until the answer has left, and where none ever did. */
  arrivedMs: number;
  answeredMs: number | null;
}

export interface RunningEmulator {
  url: string;
  close(): Promise<void>;
}

/** Starts `service` on 127.0.0.1 (port 0 picks a free one). `now` sets the emulated clock; without it the wall's is used. */
export async function startEmulator(
  service: Service,
  options: { port?: number; now?: string } = {},
): Promise<RunningEmulator> {
  const clock = new EmulatedClock(options.now);
  const faults = new FaultList();
  const log: LoggedRequest[] = [];
  let baseUrl = '';

  async function control(method: string, path: string, body: Buffer): Promise<Answer> {
    const route = `${method} ${path.slice('/_emulator'.length)}`;
    const input = (): unknown => JSON.parse(body.toString('utf8'));
    switch (route) {
      case 'GET /requests':
        return { status: 200, json: log };
      case 'DELETE /requests':
        log.length = 0;
        return { status: 204 };
      case 'GET /state':
        return { status: 200, json: await service.exportState() };
      case 'PUT /state':
        await service.importState(input(), clock.now());
        return { status: 204 };
      case 'PUT /faults':
        faults.replace(input());
        return { status: 204 };
      case 'GET /clock':
        return { status: 200, json: { now: clock.now().toISOString() } };
      case 'PUT /clock': {
        const from = clock.now();
        clock.set((input() as { now?: string }).now ?? '');
        service.clockMoved?.(from, clock.now());
        return { status: 204 };
      }
      case 'POST /reset':
        log.length = 0;
        faults.clear();
        await service.reset(clock.now());
        return { status: 204 };
      default:
        return (
          (await service.control?.(method, path.slice('/_emulator'.length), body, clock.now())) ?? {
            status: 404,
            json: { message: `no control route ${method} ${path}` },
          }
        );
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://emulator');
    const path = decodePath(url.pathname);
    if (path.startsWith('/_emulator/')) {
      const body = await readBody(request);
      const answer = await control(method, path, body).catch(refuse);
      send(response, answer, clock.now());
      return;
    }
    const arrivedMs = Date.now();
    const fault = faults.take(method, path);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    const entry: LoggedRequest = {
      method,
      path,
      query: Object.fromEntries(url.searchParams),
      body: undefined,
      status: 0,
      arrivedMs,
      answeredMs: null,
    };
    response.once('finish', () => (entry.answeredMs = Date.now()));
    log.push(entry);
    if (fault?.cut === 'before') {
      request.socket.destroy();
      return;
    }
    const untouched = fault === undefined || (!answersItself(fault) && fault.cut === undefined);
    if (untouched && service.takeOver?.(request, response, clock.now()) === true) {
      response.once('finish', () => (entry.status = response.statusCode));
      return;
    }
    const rawBody = await readBody(request);
    entry.body = readable(rawBody);
    if (fault !== undefined && answersItself(fault)) {
      entry.status = fault.status ?? 200;
      send(response, faultAnswer(fault), clock.now());
      return;
    }
    const call: Call = {
      method,
      path,
      query: url.searchParams,
      headers: request.headers,
      rawBody,
      baseUrl,
      now: clock.now(),
      tornPage: fault?.tornPage !== undefined && fault.tornPage !== false,
      ...(typeof fault?.tornPage === 'string' ? { tear: fault.tornPage } : {}),
    };
    const answer = await service.answer(call);
    if (fault?.cut === 'after') {
      request.socket.destroy();
      return;
    }
    entry.status = answer.status;
    send(response, answer, clock.now());
  }

  await service.reset(clock.now());
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      // A fault of the emulator itself must never look like a fault of the vendor.
      process.stderr.write(
        `${service.name} emulator: ${String(error instanceof Error ? error.stack : error)}\n`,
      );
      if (!response.headersSent) send(response, { status: 599, body: 'emulator failure' }, clock.now());
    });
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: baseUrl,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await service.close?.();
    },
  };
}

function refuse(error: unknown): Answer {
  if (error instanceof SeedError || error instanceof RangeError || error instanceof SyntaxError)
    return { status: 400, json: { message: error.message } };
  throw error;
}

function answersItself(fault: Fault): boolean {
  return fault.status !== undefined || fault.body !== undefined;
}

function faultAnswer(fault: Fault): Answer {
  const text =
    typeof fault.body === 'string' ? fault.body : fault.body === undefined ? '' : JSON.stringify(fault.body);
  return {
    status: fault.status ?? 200,
    headers: {
      'content-type': typeof fault.body === 'object' ? 'application/json' : 'text/html; charset=UTF-8',
      ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
      ...fault.headers,
    },
    body: text,
  };
}

function send(response: ServerResponse, answer: Answer, now: Date): void {
  const body = answer.json === undefined ? answer.body : JSON.stringify(answer.json);
  const headers: Record<string, string | string[]> = {
    date: now.toUTCString(),
    ...(answer.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...answer.headers,
  };
  if (answer.status !== 204 && answer.status !== 304)
    headers['content-length'] = String(Buffer.byteLength(body ?? ''));
  response.writeHead(answer.status, headers);
  response.end(answer.status === 204 ? undefined : body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function readable(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
