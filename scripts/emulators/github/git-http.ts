/** git's smart HTTP at `/{owner}/{repo}.git`, served by git's own `http-backend`. */
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { holds, readToken, resolveActor } from './access.ts';
import { gitEnvironment } from './git/process.ts';
import { pushDenied, readPushCommands, renderVerdict } from './git-push.ts';
import { announceRefMove, readRef } from './refs.ts';
import { Refusal } from './refusals.ts';
import type { View } from './routing.ts';
import { hasRole, type Actor } from './people.ts';
import { findRepository, type Repository, type World } from './world.ts';

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack|HEAD))$/;

/** True when the request is git's; whoever is told so must not touch the response again. */
export function isGitRequest(request: IncomingMessage): boolean {
  const url = new URL(request.url ?? '/', 'http://emulator');
  return PATH.test(url.pathname) && !url.pathname.startsWith('/repos/') && !url.pathname.startsWith('/api/');
}

/** Serves one request of a git client. `inTurn` runs a push after all other writes to its repository. */
export async function serveGit(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  now: Date,
  inTurn: (repository: Repository, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://emulator');
  const [, owner = '', name = '', rest = ''] = PATH.exec(url.pathname) ?? [];
  const repository = findRepository(world, owner, name);
  const pushes = rest === '/git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
  const admitted = admit(world, repository, request, pushes);
  if (repository === undefined || !('actor' in admitted)) {
    const { status, message } =
      'actor' in admitted ? { status: 404, message: 'Repository not found.' } : admitted;
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      ...(status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}),
    });
    response.end(message);
    return;
  }
  const body = await readBody(request);
  const backend = { repository, request, response, url, rest, body };
  const { actor } = admitted;
  // The answer ends last: a client that has it may look at once at what its push has caused.
  if (rest !== '/git-receive-pack' || actor === undefined) await runBackend(backend, {});
  else await inTurn(repository, async () => push(world, repository, actor, backend, now));
  response.end();
}

async function push(
  world: World,
  repository: Repository,
  actor: Actor,
  backend: Backend,
  now: Date,
): Promise<void> {
  const plain =
    backend.request.headers['content-encoding'] === 'gzip' ? gunzipSync(backend.body) : backend.body;
  const moves = readPushCommands(plain);
  await runBackend(backend, { PUSH_VERDICT: renderVerdict(repository, actor, moves) });
  const host = backend.request.headers.host ?? '127.0.0.1';
  const view: View = { world, api: `http://${host}`, html: `http://${host}` };
  for (const move of moves) {
    const landed = (await readRef(repository, move.ref)) === move.to && move.from !== move.to;
    if (landed) await announceRefMove(view, repository, actor, move, now);
  }
}

type Admission = { actor: Actor | undefined } | { status: 401 | 403 | 404; message: string };

function admit(
  world: World,
  repository: Repository | undefined,
  request: IncomingMessage,
  pushes: boolean,
): Admission {
  const token = readToken(request.headers);
  if (token === undefined) {
    if (repository?.anonymousClone === true && !pushes) return { actor: undefined };
    return { status: 401, message: 'Repository not found.' };
  }
  if (repository === undefined) return { status: 404, message: 'Repository not found.' };
  try {
    const actor = resolveActor(world, repository, token);
    const may = pushes
      ? holds(actor, 'contents', 'write') && (actor.kind !== 'User' || hasRole(actor.role, 'write'))
      : holds(actor, 'contents', 'read');
    return may ? { actor } : { status: 403, message: pushDenied(repository, actor) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.answer.status === 401
      ? {
          status: 401,
          message: 'Invalid username or token. Password authentication is not supported for Git operations.',
        }
      : { status: 404, message: 'Repository not found.' };
  }
}

interface Backend {
  repository: Repository;
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  rest: string;
  body: Buffer;
}

/** Runs `git http-backend` as a CGI program and passes its answer on. Resolves when git has ended. */
async function runBackend(backend: Backend, extra: Record<string, string>): Promise<void> {
  const { repository, request, response, url, rest, body } = backend;
  const headers = request.headers;
  const env = gitEnvironment({
    GIT_PROJECT_ROOT: repository.store.dir,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: rest,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: headers['content-type'] ?? '',
    CONTENT_LENGTH: String(body.length),
    REMOTE_USER: 'git',
    REMOTE_ADDR: '127.0.0.1',
    ...(headers['content-encoding'] === undefined
      ? {}
      : { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(typeof headers['git-protocol'] === 'string' ? { GIT_PROTOCOL: headers['git-protocol'] } : {}),
    ...extra,
  });
  await new Promise<void>((resolve, reject) => {
    const child = spawn('git', ['http-backend'], { env });
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      if (head === undefined) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      writeHead(response, head.toString('latin1', 0, end));
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.on('error', reject);
    child.on('close', () => {
      if (!response.headersSent) response.writeHead(500);
      resolve();
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
  });
}

function writeHead(response: ServerResponse, text: string): void {
  const headers = text.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const status = headers.find(([name]) => name === 'status')?.[1];
  response.writeHead(
    status === undefined ? 200 : Number.parseInt(status, 10),
    Object.fromEntries(headers.filter(([name]) => name !== 'status')),
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
