/** Starts an emulated GitHub for one test, with octokit as the foreign client and git as the other one. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { RequestError } from '@octokit/request-error';
import { afterAll, expect } from 'vitest';
import { startForge } from '../../forge.ts';

export const NOW = '2026-11-23T12:00:00Z';
export const AT = { owner: 'acme', repo: 'identity' };
export const HEADS = '/repos/acme/identity/git/refs/heads';

/** The people of most tests. */
export const PEOPLE = {
  'token-app': { login: 'rollcall[bot]', type: 'Bot', bypass: true },
  'token-actions': { login: 'github-actions[bot]', type: 'Bot' },
  'token-ann': { login: 'ann', type: 'User', permission: 'write' },
  'token-ben': { login: 'ben', type: 'User', permission: 'write' },
  'token-reader': { login: 'rita', type: 'User', permission: 'read' },
  'token-admin': { login: 'olga', type: 'User', permission: 'admin' },
};

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const cleanups: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await Promise.all(cleanups.splice(0).map((clean) => clean()));
});

export interface Event {
  event: string;
  action: string | null;
  actor: { login: string; kind: string };
  outcome: string;
  reason: string;
  pull: number | null;
  sha: string | null;
  payload: Record<string, unknown>;
}

export interface GitHub {
  url: string;
  as(token: string): Octokit;
  raw(path: string, init?: RequestInit & { token?: string }): Promise<Response>;
  control<T = unknown>(method: string, route: string, body?: unknown): Promise<T>;
  events(): Promise<Event[]>;
  head(branch: string): Promise<string>;
  /** One commit by the App on a branch, which is made where main stands if it is not there. */
  commit(branch: string, files: Record<string, string | null>, message?: string): Promise<string>;
  /** A branch with one commit and the pull request for it, both by the App. */
  propose(branch: string, files?: Record<string, string>): Promise<{ number: number; head: string }>;
}

/** @param seed parts of the `github` part of a seed, over `PEOPLE` in acme/identity; a list stands as it is */
export async function startGitHub(
  seed: Record<string, unknown> | unknown[] = {},
  now = NOW,
): Promise<GitHub> {
  const whole = Array.isArray(seed) ? seed : { repository: 'acme/identity', tokens: PEOPLE, ...seed };
  const emulator = await startForge(whole, now);
  cleanups.push(() => emulator.close());

  const github: GitHub = {
    url: emulator.url,
    as: (token) => new Octokit({ auth: token, baseUrl: emulator.url, log: silent }),
    async raw(path, { token = 'token-app', ...init } = {}) {
      const headers = new Headers(init.headers);
      if (token !== '') headers.set('authorization', `Bearer ${token}`);
      return fetch(`${emulator.url}${path}`, { ...init, headers });
    },
    async control<T>(method: string, route: string, body?: unknown) {
      const response = await fetch(`${emulator.url}/_emulator/${route}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    events: async () => github.control<Event[]>('GET', 'events'),
    async head(branch) {
      const { data } = await github.as('token-app').git.getRef({ ...AT, ref: `heads/${branch}` });
      return data.object.sha;
    },
    async commit(branch, files, message = `change ${branch}`) {
      const { git } = github.as('token-app');
      const exists = await git.getRef({ ...AT, ref: `heads/${branch}` }).then(
        () => true,
        () => false,
      );
      const parent = await github.head(exists ? branch : 'main');
      const { data: base } = await git.getCommit({ ...AT, commit_sha: parent });
      const { data: tree } = await git.createTree({
        ...AT,
        base_tree: base.tree.sha,
        tree: Object.entries(files).map(([path, content]) => ({
          path,
          mode: '100644' as const,
          type: 'blob' as const,
          ...(content === null ? { sha: null } : { content }),
        })),
      });
      const { data: commit } = await git.createCommit({
        ...AT,
        message,
        tree: tree.sha,
        parents: [parent],
      });
      if (exists) await git.updateRef({ ...AT, ref: `heads/${branch}`, sha: commit.sha });
      else await git.createRef({ ...AT, ref: `refs/heads/${branch}`, sha: commit.sha });
      return commit.sha;
    },
    async propose(branch, files = { [`${branch}.txt`]: `${branch}\n` }) {
      const head = await github.commit(branch, files);
      const { data } = await github
        .as('token-app')
        .pulls.create({ ...AT, title: `Propose ${branch}`, head: branch, base: 'main' });
      return { number: data.number, head };
    },
  };
  return github;
}

/** Asserts that a call is refused with this status and a message that holds this text; returns the body. */
export async function refused(
  call: Promise<unknown>,
  status: number,
  text: string,
): Promise<Record<string, unknown>> {
  const error: unknown = await call.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RequestError)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  const body = error.response?.data as Record<string, unknown>;
  expect([error.status, `${String(body['message'])}\n${JSON.stringify(body)}`]).toEqual([
    status,
    expect.stringContaining(text),
  ]);
  return body;
}

/** Runs git as a person's machine would; resolves with its output and exit code, never rejects. */
export async function git(
  cwd: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  return new Promise((resolve) => {
    execFile('git', [...identity, ...args], { cwd, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: out.trim(), err }),
    );
  });
}

/** A folder that goes away with the tests. */
export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'github-test-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The address to clone or push with a token. */
export function remote(github: GitHub, token: string): string {
  return `${github.url.replace('//', `//x-access-token:${token}@`)}/acme/identity.git`;
}
