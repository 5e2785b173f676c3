/** Routes as data, and the exchange that each of them gets. */
import type { Answer, Call } from '../kit/service.ts';
import type { Need } from './access.ts';
import type { Body } from './fields.ts';
import type { Actor } from './people.ts';
import type { Repository, World } from './world.ts';

/** Where links point: the API root a client used, and the root of the site. */
export interface View {
  world: World;
  api: string;
  html: string;
}

export interface RepositoryExchange extends View {
  call: Call;
  body: Body;
  params: Record<string, string>;
  now: Date;
  repository: Repository;
  actor: Actor;
}

export interface GlobalExchange extends View {
  call: Call;
  body: Body;
  params: Record<string, string>;
  now: Date;
  token: string | undefined;
}

export interface RepositoryRoute {
  method: string;
  /** Below `/repos/{owner}/{repo}`. */
  template: string;
  need: Need;
  run(exchange: RepositoryExchange): Answer | Promise<Answer>;
}

export interface GlobalRoute {
  method: string;
  template: string;
  run(exchange: GlobalExchange): Answer | Promise<Answer>;
}

export const REPOSITORY = '/repos/{owner}/{repo}';

// Parameters that hold slashes: refs, paths and label names.
const GREEDY = new Set(['ref', 'path', 'basehead', 'branch', 'name', 'environment_name']);

export interface Matcher<R> {
  find(method: string, path: string): { route: R; params: Record<string, string> } | undefined;
  knowsPath(path: string): boolean;
}

/** Finds the route of a path; literal segments win over parameters because the more literal template is tried first. */
export function compileRoutes<R extends { method: string; template: string }>(routes: R[]): Matcher<R> {
  const compiled = routes
    .map((route) => ({ route, pattern: patternOf(route.template) }))
    .sort((left, right) => literalLength(right.route.template) - literalLength(left.route.template));
  return {
    find(method, path) {
      for (const { route, pattern } of compiled) {
        if (route.method !== method) continue;
        const match = pattern.exec(path);
        if (match !== null) return { route, params: { ...match.groups } };
      }
      return undefined;
    },
    knowsPath: (path) => compiled.some(({ pattern }) => pattern.test(path)),
  };
}

function patternOf(template: string): RegExp {
  const source = template
    .replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${GREEDY.has(name) ? '.+' : '[^/]+'})`);
  return new RegExp(`^${source}$`);
}

function literalLength(template: string): number {
  return template.replaceAll(/\{\w+\}/g, '').length;
}

export function ok(json: unknown): Answer {
  return { status: 200, json };
}

export function created(json: unknown): Answer {
  return { status: 201, json };
}

export function noContent(): Answer {
  return { status: 204 };
}

/** Media types asked for, e.g. `application/vnd.github.raw+json` holds `raw`. */
export function wantsMedia(call: Call, kind: 'raw' | 'diff' | 'patch' | 'sha'): boolean {
  return (call.headers.accept ?? '').split(/[.+,;]/).includes(kind);
}

/** Plain text in one of GitHub's own media types. */
export function text(kind: string, body: string | Buffer): Answer {
  return {
    status: 200,
    headers: { 'content-type': `application/vnd.github.${kind}; charset=utf-8` },
    body,
  };
}
