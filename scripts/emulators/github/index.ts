/** The emulated GitHub: REST over real bare git repositories. See ../README.md for how to start it and what it leaves out. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SeedError, type Answer, type Call, type Service } from '../kit/service.ts';
import { acceptedPermissions, demand, readToken, resolveActor } from './access.ts';
import { buildRepository, emptyWorld, removeRepository } from './building.ts';
import { controlGitHub } from './control.ts';
import { exportWorld, importWorld } from './exporting.ts';
import { parseBody } from './fields.ts';
import { isGitRequest, serveGit } from './git-http.ts';
import { interleave } from './interleaving.ts';
import { countRequest } from './rate-limit.ts';
import { forbidden, notFound, Refusal } from './refusals.ts';
import { globalRoutes, repositoryRoutes } from './route-table.ts';
import { compileRoutes, REPOSITORY, type GlobalRoute, type RepositoryRoute } from './routing.ts';
import { parseSeed } from './seed.ts';
import { findRepository, nextId, type Repository } from './world.ts';

type AnyRoute =
  | { method: string; template: string; scope: 'repository'; route: RepositoryRoute }
  | { method: string; template: string; scope: 'global'; route: GlobalRoute };

const table: AnyRoute[] = [
  ...repositoryRoutes.map((route) => ({
    method: route.method,
    template: `${REPOSITORY}${route.template}`,
    scope: 'repository' as const,
    route,
  })),
  ...globalRoutes.map((route) => ({ ...route, scope: 'global' as const, route })),
];

/**
 * Makes the service out of the `github` part of a seed: one repository, a list of them, or undefined for an open
 * `acme/identity`. @throws SeedError when the seed is not one.
 */
export function createGitHub(seed: unknown): Service {
  const seeds = parseSeed(seed);
  const matcher = compileRoutes(table);
  let world = emptyWorld();

  async function inTurn<T>(repository: Repository, work: () => Promise<T>): Promise<T> {
    const turn = repository.queue.then(work, work);
    repository.queue = turn.catch(() => undefined);
    return turn;
  }

  async function rebuild(now: Date): Promise<void> {
    await clear();
    world = emptyWorld();
    world.now = now;
    world.rateLimit = seeds.find(({ rateLimit }) => rateLimit !== undefined)?.rateLimit;
    try {
      for (const each of seeds) await buildRepository(world, each, now);
    } catch (error) {
      const index = world.repositories.size - 1;
      await clear();
      world = emptyWorld();
      throw error instanceof SeedError && Array.isArray(seed)
        ? new SeedError(error.message, [Math.max(index, 0), ...error.path])
        : error;
    }
  }

  async function clear(): Promise<void> {
    for (const repository of world.repositories.values()) {
      await repository.queue;
      await removeRepository(repository);
    }
  }

  async function answer(call: Call): Promise<Answer> {
    world.baseUrl = call.baseUrl;
    world.now = call.now;
    const prefixed = call.path.startsWith('/api/v3/');
    const path = prefixed ? call.path.slice('/api/v3'.length) : call.path;
    const view = { world, api: prefixed ? `${call.baseUrl}/api/v3` : call.baseUrl, html: call.baseUrl };
    const token = readToken(call.headers);
    const headers: Record<string, string> = standardHeaders(nextId(world));
    try {
      if (call.headers['user-agent'] === undefined)
        throw forbidden(
          'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.',
        );
      const found = matcher.find(call.method, path);
      if (token !== undefined)
        Object.assign(headers, countRequest(world, token, call.now, path === '/rate_limit'));
      if (found === undefined) throw notFound();
      const { params } = found;
      if (found.route.scope === 'global') {
        const body = parseBody(call.rawBody);
        const result = await found.route.route.run({ ...view, call, body, params, now: call.now, token });
        return finish(call, headers, result);
      }
      const { route } = found.route;
      const repository = findRepository(world, params['owner'] ?? '', params['repo'] ?? '');
      if (repository === undefined) {
        // A token that nobody knows is told so before it learns what is not there.
        const any = world.repositories.values().next().value;
        if (any !== undefined && token !== undefined) resolveUnseen(any, token);
        throw notFound();
      }
      const actor = resolveActor(world, repository, token);
      headers['x-accepted-github-permissions'] = acceptedPermissions(route.need);
      demand(actor, route.need);
      const body = parseBody(call.rawBody);
      await interleave(view, repository, call, inTurn);
      const run = async (): Promise<Answer> =>
        route.run({ ...view, call, body, params, now: call.now, repository, actor });
      return finish(call, headers, await (call.method === 'GET' ? run() : inTurn(repository, run)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return finish(call, headers, error.answer);
    }
  }

  /** 401 for a token nobody knows; a known one gets its 404 from the caller. */
  function resolveUnseen(repository: Repository, token: string): void {
    try {
      resolveActor(world, repository, token);
    } catch (error) {
      if (error instanceof Refusal && error.answer.status === 401) throw error;
    }
  }

  return {
    name: 'github',
    routes: table.map(({ method, template }) => `${method} ${template}`),
    answer,
    takeOver(request: IncomingMessage, response: ServerResponse, now: Date): boolean {
      if (!isGitRequest(request)) return false;
      serveGit(world, request, response, now, inTurn).catch((error: unknown) => {
        process.stderr.write(
          `github emulator: git: ${String(error instanceof Error ? error.stack : error)}\n`,
        );
        response.destroy();
      });
      return true;
    },
    control: async (method, path, body, now) =>
      controlGitHub({ world, api: world.baseUrl, html: world.baseUrl }, method, path, body, now, inTurn),
    exportState: async () => exportWorld(world),
    importState: async (state, now) => importWorld(world, state, now),
    reset: rebuild,
    close: clear,
  };
}

function standardHeaders(id: number): Record<string, string> {
  return {
    server: 'github.com',
    'x-github-request-id': `${id.toString(16).toUpperCase()}:EMULATED`,
    'x-github-media-type': 'github.v3; format=json',
    'x-github-api-version-selected': '2022-11-28',
    'cache-control': 'private, max-age=60, s-maxage=60',
  };
}

/** Adds headers and, for reads, the ETag by which a client that has the answer is told so with 304. */
function finish(call: Call, headers: Record<string, string>, answer: Answer): Answer {
  const all = { ...headers, ...answer.headers };
  if (call.method !== 'GET' || answer.status !== 200) return { ...answer, headers: all };
  const content = answer.json === undefined ? (answer.body ?? '') : JSON.stringify(answer.json);
  const etag = `W/"${createHash('sha256').update(content).digest('hex')}"`;
  const known = call.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.includes(etag.replace(/^W\//, '')) === true) return { status: 304, headers: { ...all, etag } };
  return { ...answer, headers: { ...all, etag } };
}
