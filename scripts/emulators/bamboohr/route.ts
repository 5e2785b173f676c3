/** One route of the emulator, and the request as it sees it. */
import type { Answer, Call } from '../kit/service.ts';
import type { Area, Caller } from './access.ts';
import type { Company } from './company.ts';
import type { Ledger } from './effective-changes.ts';
import type { Reading } from './dated-facts.ts';
import { createReader, type Reader } from './field-values.ts';
import type { Deliveries } from './webhook-delivery.ts';

/** What routes work on. */
export interface World {
  company: Company;
  ledger: Ledger;
  deliveries: Deliveries;
}

export interface RouteRequest {
  call: Call;
  params: Record<string, string>;
  caller: Caller;
  world: World;
}

export interface Route {
  method: string;
  /** Without prefix: `/v1/employees/{id}`. */
  template: string;
  area: Area;
  answer(request: RouteRequest): Answer;
}

export function readerFor(request: RouteRequest, reading: Reading): Reader {
  return createReader(request.world.company, reading, request.call.now);
}

/** `onlyCurrent=false` is the scheduled reading; true is the default. */
export function readingOf(call: Call): Reading {
  const value = call.query.get('onlyCurrent');
  return value === 'false' || value === '0' ? 'scheduled' : 'current';
}

/** Matches templates segment by segment; literal segments win over `{parameters}`. */
export function createRouter(
  routes: Route[],
): (method: string, path: string) => { route: Route; params: Record<string, string> } | 'method' | undefined {
  const ordered = [...routes].sort((left, right) =>
    weigh(right.template).localeCompare(weigh(left.template)),
  );
  return (method, path) => {
    const segments = path.split('/');
    let otherMethod = false;
    for (const route of ordered) {
      const params = match(route.template.split('/'), segments);
      if (params === undefined) continue;
      if (route.method === method) return { route, params };
      otherMethod = true;
    }
    return otherMethod ? 'method' : undefined;
  };
}

function weigh(template: string): string {
  return template
    .split('/')
    .map((segment) => (segment.startsWith('{') ? '0' : '1'))
    .join('');
}

function match(template: string[], segments: string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) {
      if (segment === '') return undefined;
      params[part.slice(1, -1)] = segment;
    } else if (part !== segment) return undefined;
  }
  return params;
}
