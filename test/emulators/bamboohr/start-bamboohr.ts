/** Starts an emulated BambooHR for one test file, and speaks to it as any client would: over HTTP. */
import { afterAll } from 'vitest';
import { createBambooHr } from '../../../scripts/emulators/bamboohr/index.ts';
import { startEmulator } from '../../../scripts/emulators/kit/server.ts';

export const NOW = '2026-11-23T12:00:00Z';

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; throws when it is no JSON. */
  json<T = Record<string, unknown>>(): T;
}

export interface Ask {
  method?: string;
  body?: unknown;
  key?: string | null;
  headers?: Record<string, string>;
}

export interface Bamboo {
  url: string;
  ask(path: string, options?: Ask): Promise<Reply>;
  /** Shorthand for a GET that must be answered 200 with JSON. */
  get<T>(path: string): Promise<T>;
  control(method: string, route: string, body?: unknown): Promise<Reply>;
}

const running: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(running.splice(0).map((close) => close()));
});

/** @param seed the `bamboohr` part of a seed; `now` the emulated instant */
export async function startBamboo(seed: unknown, now = NOW): Promise<Bamboo> {
  const emulator = await startEmulator(createBambooHr(seed), { now });
  running.push(() => emulator.close());

  async function request(path: string, init: RequestInit): Promise<Reply> {
    const response = await fetch(`${emulator.url}${path}`, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: <T>() => JSON.parse(text) as T,
    };
  }

  async function ask(path: string, options: Ask = {}): Promise<Reply> {
    const key = options.key === undefined ? 'secret' : options.key;
    const body =
      options.body === undefined || typeof options.body === 'string'
        ? options.body
        : JSON.stringify(options.body);
    return request(path, {
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === null ? {} : { authorization: `Basic ${Buffer.from(`${key}:x`).toString('base64')}` }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  return {
    url: emulator.url,
    ask,
    get: async <T>(path: string) => {
      const reply = await ask(path);
      if (reply.status !== 200) throw new Error(`GET ${path}: ${reply.status} ${reply.text}`);
      return reply.json<T>();
    },
    control: (method, route, body) =>
      request(`/_emulator/${route}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** A full-time employee with everything set; `facts` replace or add. */
export function person(id: string, facts: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    employeeNumber: `N${id}`,
    firstName: `First${id}`,
    lastName: `Last${id}`,
    workEmail: `p${id}@example.com`,
    department: 'Engineering',
    division: 'Europe',
    location: 'London, UK',
    jobTitle: 'Engineer',
    status: 'Active',
    employmentHistoryStatus: 'Full-Time',
    hireDate: '2024-01-02',
    ...facts,
  };
}

export interface ListAnswer {
  data: Record<string, unknown>[];
  meta: { total: number; page: { limit: number; nextCursor: string | null; prevCursor: string | null } };
  _links: Record<string, { href: string }>;
}
