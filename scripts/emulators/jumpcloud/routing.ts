/** How a path finds its route. A route is a function over the world and one request; it decides nothing about keys. */
import type { Answer, Call } from '../kit/service.ts';
import type { Actor, World } from './world.ts';

export interface ApiRequest {
  call: Call;
  params: Record<string, string>;
  actor: Actor;
  /** Parsed JSON; `undefined` when there was no body. */
  body: unknown;
  now: Date;
}

export interface Route {
  method: string;
  template: string;
  /** True when a read-only key may call it. GETs may always be. */
  reads?: boolean;
  /** True when no key is asked for at all. */
  open?: boolean;
  answer(world: World, request: ApiRequest): Answer;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

export interface Router {
  routes: string[];
  match(method: string, path: string): Match | undefined;
}

/** Earlier routes win, so literal templates stand before those with parameters. */
export function createRouter(routes: readonly Route[]): Router {
  const table = new Map<string, { route: Route; segments: string[] }[]>();
  for (const route of routes) {
    const segments = route.template.split('/').slice(1);
    const key = `${route.method} ${segments.length}`;
    table.set(key, [...(table.get(key) ?? []), { route, segments }]);
  }
  return {
    routes: routes.map((route) => `${route.method} ${route.template}`),
    match(method, path) {
      const steps = path.replace(/\/$/, '').split('/').slice(1);
      for (const { route, segments } of table.get(`${method} ${steps.length}`) ?? []) {
        const params: Record<string, string> = {};
        const fits = segments.every((segment, index) => {
          const step = steps[index] ?? '';
          if (!segment.startsWith('{')) return segment === step;
          params[segment.slice(1, -1)] = step;
          return step !== '';
        });
        if (fits) return { route, params };
      }
      return undefined;
    },
  };
}
