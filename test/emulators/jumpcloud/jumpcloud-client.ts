/** Starts an emulated JumpCloud and talks to it as any HTTP client would: fetch, no redirects followed. */
import { startEmulator } from '../../../scripts/emulators/kit/server.ts';
import { createJumpCloud } from '../../../scripts/emulators/jumpcloud/index.ts';

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed when it is JSON; tests look into it freely. */
  json: Json;
}

export type Json = ReturnType<typeof JSON.parse>;

export interface Client {
  url: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** Sets faults, clock or state. */
  control(method: string, path: string, body?: unknown): Promise<Reply>;
  /** Id of a user by name, as the API tells it. */
  userId(username: string): Promise<string>;
  groupId(name: string): Promise<string>;
  close(): Promise<void>;
}

export const NOW = '2026-11-23T12:00:00.000Z';

export async function startJumpCloud(seed: unknown, now: string = NOW): Promise<Client> {
  const emulator = await startEmulator(createJumpCloud(seed), { now });

  async function send(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Reply> {
    const response = await fetch(emulator.url + path, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== '' ? (JSON.parse(text) as Json) : undefined,
    };
  }

  const client: Client = {
    url: emulator.url,
    call: (method, path, body, headers = {}) => send(method, path, body, { 'x-api-key': 'key', ...headers }),
    get: (path, headers = {}) => send('GET', path, undefined, { 'x-api-key': 'key', ...headers }),
    control: (method, path, body) => send(method, `/_emulator/${path}`, body, {}),
    async userId(username) {
      const reply = await client.get(`/api/systemusers?filter=username:$eq:${username}`);
      return String(reply.json.results[0]._id);
    },
    async groupId(name) {
      const reply = await client.get(`/api/v2/usergroups?filter=name:eq:${encodeURIComponent(name)}`);
      return String(reply.json[0].id);
    },
    close: () => emulator.close(),
  };
  return client;
}

/** `count` users u000, u001, ... in that order of creation. */
export function manyUsers(count: number): { username: string; email: string; employeeIdentifier: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const username = `u${String(index).padStart(3, '0')}`;
    return { username, email: `${username}@example.com`, employeeIdentifier: String(1000 + index) };
  });
}
