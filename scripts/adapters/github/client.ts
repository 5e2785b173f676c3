/** The one place where requests go to GitHub: counted, timed out, repeated as retry-policy.ts says, refused in our words. */
import { setTimeout as pause } from 'node:timers/promises';
import { Octokit } from '@octokit/rest';
import { Failure, serviceFailure } from '../../core/values/failure.ts';
import { AnswerLost } from '../../ports.ts';
import {
  checkAddress,
  checkRepository,
  optionalVariable,
  requireVariables,
  type Environment,
} from '../http/environment.ts';
import { proxiedFetch } from '../http/proxy.ts';
import { breakOf } from '../http/exchange.ts';
import { countAttempt, createTraffic, type Traffic } from '../http/traffic.ts';
import { problemOf } from './answers.ts';
import { failureOf } from './refusals.ts';
import { isRepeatable, judgeAttempt, type AttemptResult } from './retry-policy.ts';

export interface GithubConnection {
  token: string;
  owner: string;
  repo: string;
  /** Without a slash at the end. */
  apiUrl: string;
  /** The way through the company's proxy; absent: the global fetch. */
  fetch?: typeof fetch;
}

/** What the client needs of the world beside the network. */
export interface GithubSurroundings {
  sleep(milliseconds: number): Promise<unknown>;
  random(): number;
  now(): number;
  /** One line for a person who waits: no token, no name of a person. */
  progress(line: string): void;
  traffic: Traffic;
  /** One attempt. */
  timeoutMs: number;
}

export interface GithubClient extends GithubSurroundings {
  connection: GithubConnection;
  octokit: Octokit;
  /** The repository's part of every request. */
  here: { owner: string; repo: string };
  /** GitHub's own clock when it last answered (its Date header), ISO; undefined before the first answer. */
  forgeTime(): string | undefined;
}

/** A tree of 500 files is worked on for seconds; GitHub itself gives up near 10. */
const TIMEOUT_MS = 60_000;

/** Reads GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL and the proxy. Throws exit 2 naming what is missing or wrong. */
export function readGithubConnection(environment: Environment): GithubConnection {
  const [token, repository] = requireVariables(
    environment,
    ['GITHUB_TOKEN', 'GITHUB_REPOSITORY'] as const,
    'in a workflow, hand the token of the job or of the GitHub App to this step; by hand, export both',
  );
  const { owner, repo } = checkRepository(repository);
  const address = optionalVariable(environment, 'GITHUB_API_URL') ?? 'https://api.github.com';
  const apiUrl = checkAddress('GITHUB_API_URL', address).href.replace(/\/+$/, '');
  const proxied = proxiedFetch(environment);
  return { token, owner, repo, apiUrl, ...(proxied === undefined ? {} : { fetch: proxied }) };
}

export function createGithubClient(
  connection: GithubConnection,
  parts: Partial<GithubSurroundings> = {},
): GithubClient {
  const surroundings: GithubSurroundings = {
    sleep: parts.sleep ?? pause,
    random: parts.random ?? Math.random,
    now: parts.now ?? Date.now,
    progress: parts.progress ?? (() => undefined),
    traffic: parts.traffic ?? createTraffic(),
    timeoutMs: parts.timeoutMs ?? TIMEOUT_MS,
  };
  const silent = (): void => undefined;
  const octokit = new Octokit({
    auth: connection.token,
    baseUrl: connection.apiUrl,
    userAgent: 'rollcall',
    log: { debug: silent, info: silent, warn: silent, error: silent },
    ...(connection.fetch === undefined ? {} : { request: { fetch: connection.fetch } }),
  });
  let forgeTime: string | undefined;

  octokit.hook.wrap('request', async (request, options) => {
    const method = options.method ?? 'GET';
    const route = templateOf(options.url, connection);
    const repeatable = isRepeatable(method, route);
    for (let attempt = 1; ; attempt += 1) {
      countAttempt(surroundings.traffic, `${method} ${route}`, attempt);
      // Each hook of octokit is bound to this very object: a copy with a signal would be lost on its way to the wire.
      options.request = { ...options.request, signal: AbortSignal.timeout(surroundings.timeoutMs) };
      const outcome = await attemptOnce(async () => request(options));
      const { result } = outcome;
      const date = Date.parse(String(result.headers['date'] ?? ''));
      if (!Number.isNaN(date)) forgeTime = new Date(date).toISOString();
      if (outcome.response !== undefined) {
        const problem = problemOf(`${method} ${route}`, outcome.response.data);
        if (problem === undefined) return outcome.response;
        throw unreadable(`GitHub, ${method} ${route}: answered ${result.status} with ${problem}`, repeatable);
      }
      const now = surroundings.now();
      const verdict = judgeAttempt(result, { attempt, repeatable, now, random: surroundings.random() });
      if (verdict.kind === 'lost')
        throw new AnswerLost(
          `GitHub, ${method} ${route}: ${result.status === 0 ? 'no usable answer came' : `answered ${result.status}`}; it may have been carried out, only a read can tell`,
        );
      if (verdict.kind === 'stop') throw refusedAnswer(outcome.error, result, { method, route, connection });
      surroundings.progress(`waiting ${Math.ceil(verdict.waitMs / 1000)} s: ${verdict.why}`);
      surroundings.traffic.waitedMs += verdict.waitMs;
      await surroundings.sleep(verdict.waitMs);
    }
  });

  return {
    ...surroundings,
    connection,
    octokit,
    here: { owner: connection.owner, repo: connection.repo },
    forgeTime: () => forgeTime,
  };
}

/** A write that counts twice and was answered with something else may have been carried out all the same. */
function unreadable(what: string, repeatable: boolean): Error {
  if (!repeatable) return new AnswerLost(what);
  return serviceFailure(
    'unreadable-answer',
    what,
    'check GITHUB_API_URL and githubstatus.com; if both are right, GitHub has changed this answer and Rollcall must learn it',
  );
}

/** A refusal that some callers expect (404 of a branch, 422 of a lost race); for all others it is the failure it extends. */
export class ForgeRefusal extends Failure {
  override name = 'ForgeRefusal';
  readonly status: number;
  readonly #said: string;

  constructor(status: number, said: string, { exit, code, message, remedy }: Failure) {
    super(exit, code, message, remedy);
    this.status = status;
    this.#said = said;
  }

  /** GitHub's words as they came, to tell refusals apart: whoever prints or serialises this error does not get them. */
  get said(): string {
    return this.#said;
  }
}

/** The value, or undefined when GitHub says 404. */
export async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ForgeRefusal && error.status === 404) return undefined;
    throw error;
  }
}

interface Attempted<T> {
  response?: T;
  error?: unknown;
  result: AttemptResult;
}

interface AnswerLike {
  status: number;
  headers: Record<string, string | number | undefined>;
  data: unknown;
}

async function attemptOnce<T extends AnswerLike>(send: () => PromiseLike<T> | T): Promise<Attempted<T>> {
  try {
    const response = await send();
    const { status, headers } = response;
    // octokit hands on a body that was cut short as text; JSON that is no JSON is no answer.
    const isJson = /\bjson\b/.test(String(headers['content-type'] ?? ''));
    if (isJson && typeof response.data === 'string')
      return { result: { status: 0, headers, message: 'a body that is no JSON' } };
    return { response, result: { status, headers, message: '' } };
  } catch (error) {
    const answer = (error as { response?: AnswerLike }).response;
    const message = error instanceof Error ? error.message : '';
    if (answer === undefined) {
      if (!isNetworkError(error)) throw error;
      const broken = breakOf(error) ?? { kind: 'cut', detail: 'unknown' };
      return { error, result: { status: 0, headers: {}, message, broken } };
    }
    return { error, result: { status: answer.status, headers: answer.headers, message } };
  }
}

/** octokit gives a request that never got an answer the status 500 and no response; a time-out keeps its own name. */
function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'HttpError' || error.name === 'TimeoutError' || error.name === 'AbortError';
}

function refusedAnswer(
  error: unknown,
  result: AttemptResult,
  { method, route, connection }: { method: string; route: string; connection: GithubConnection },
): ForgeRefusal {
  const repository = `${connection.owner}/${connection.repo}`;
  const said = error instanceof Error ? error.message : result.message;
  return new ForgeRefusal(
    result.status,
    said,
    failureOf({ method, route, repository, ...result, message: said }),
  );
}

/** The template of a request; later pages come as whole addresses, of which the path is kept without numbers. */
function templateOf(url: string, { apiUrl }: GithubConnection): string {
  if (!/^https?:/.test(url)) return url;
  const path = url.startsWith(apiUrl) ? url.slice(apiUrl.length) : new URL(url).pathname;
  return path
    .replace(/\?.*$/, '')
    .replace(/^\/repositories\/\d+|^\/repos\/[^/]+\/[^/]+/, '/repos/{owner}/{repo}')
    .replaceAll(/\/\d+(?=\/|$)/g, '/{number}')
    .replaceAll(/\/[0-9a-f]{40}(?=\/|$)/g, '/{sha}');
}
