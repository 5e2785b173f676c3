/** A settled company over the real doors, and `reconcile` opened on it with a key of its own that can only read. */
import { door } from '../../scripts/reconcile.ts';
import { openDoor } from '../../scripts/shell/door.ts';
import { COMPANY, EMPTY_DIRECTORY } from '../line/company.ts';
import { type Line, type LineOptions, type Ran, startLine } from '../line/line-world.ts';
import { settle } from '../line/settle.ts';

export const WRITER = 'jca-0123456789abcdef';
export const READER = 'jca-only-reads-0123456789';

export type State = {
  users: Record<string, unknown>[];
  userGroups: { name: string; members: string[] }[];
  [key: string]: unknown;
};

export async function startSettled(options: LineOptions = {}): Promise<Line> {
  const line = await startLine({
    bamboohr: COMPANY,
    ...options,
    jumpcloud: {
      ...EMPTY_DIRECTORY,
      apiKeys: [
        { key: WRITER, permission: 'write', email: 'rollcall@example.com' },
        { key: READER, permission: 'read', email: 'auditor@example.com' },
        { key: 'another-key', permission: 'write', email: 'ann@example.com' },
      ],
      ...options.jumpcloud,
    },
  });
  await settle(line);
  return line;
}

/** What an administrator does in the console while nobody looks. */
export async function inConsole(line: Line, alter: (state: State) => void): Promise<void> {
  const state = await line.control<State>('jumpcloud', 'GET', '/state');
  alter(state);
  await line.control('jumpcloud', 'PUT', '/state', state);
}

export function userOf(state: State, username: string): Record<string, unknown> {
  const user = state.users.find((each) => each['username'] === username);
  if (user === undefined) throw new Error(`no user ${username}`);
  return user;
}

export function groupOf(state: State, name: string): { name: string; members: string[] } {
  const group = state.userGroups.find((each) => each.name === name);
  if (group === undefined) throw new Error(`no group ${name}`);
  return group;
}

export interface Document {
  counts: Record<string, number>;
  compared: Record<string, number>;
  drift: {
    kind: string;
    severity: string;
    person?: string;
    username?: string;
    target?: string;
    message: string;
    remedy: string;
    by?: { kind: string; who: string; how: string; at: string };
  }[];
  log: { state: string; own?: string[]; why?: string };
}

export async function runReconcile(
  line: Line,
  args: string[] = [],
  environment: Record<string, string> = {},
): Promise<Ran> {
  const written = { out: '', err: '' };
  const clock = await line.control<{ now: string }>('jumpcloud', 'GET', '/clock');
  const exit = await openDoor(door, {
    args: ['--root', line.root, ...args],
    environment: { ...line.environment, JUMPCLOUD_API_KEY: READER, ...environment },
    folder: line.root,
    stdout: { write: (text) => (written.out += text), isTerminal: false, columns: 100 },
    stderr: { write: (text) => (written.err += text), isTerminal: false, columns: 100 },
    now: () => new Date(clock.now),
    onSignal: () => undefined,
    onUncaught: () => undefined,
  });
  return { exit, ...written, json: () => JSON.parse(written.out) as never };
}
