/** A company on the emulated forge: a repository, people with tokens, and checkouts in which verbs run. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createGithubClient, type GithubClient } from '../../scripts/adapters/github/client.ts';
import { forgeOf } from '../../scripts/adapters/github/forge.ts';
import { type Action, actionOf, type Wish } from '../../scripts/core/plan/action.ts';
import {
  countByKind,
  type Lane,
  type Plan,
  planName,
  planText,
  sealPlan,
} from '../../scripts/core/plan/plan-file.ts';
import { type Receipt, receiptText, sealReceipt } from '../../scripts/core/record/receipt.ts';
import { digestOf } from '../../scripts/core/values/canonical-json.ts';
import { personFileOf } from '../../scripts/core/values/hr-id.ts';
import type { Forge } from '../../scripts/ports.ts';
import { startForge } from '../forge.ts';

const run = promisify(execFile);
const GIT_ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'cas',
  GIT_AUTHOR_EMAIL: 'cas@example.com',
  GIT_COMMITTER_NAME: 'cas',
  GIT_COMMITTER_EMAIL: 'cas@example.com',
};

export const NOW = '2026-11-23T12:00:00Z';
export const REPOSITORY = 'acme/identity';

export const TOKENS = {
  'token-app': { login: 'rollcall[bot]', type: 'Bot', bypass: true },
  'token-ann': { login: 'ann', type: 'User', permission: 'write' },
  'token-bob': { login: 'bob', type: 'User', permission: 'write' },
  'token-cas': { login: 'cas', type: 'User', permission: 'admin' },
  'token-eve': { login: 'eve', type: 'User', permission: 'read' },
};

export interface Pull {
  number: number;
  state: string;
  title: string;
  body: string;
  head: { ref: string; sha: string };
  labels: { name: string }[];
  requested_reviewers: { login: string }[];
  user: { login: string };
  merged: boolean;
  updated_at: string;
}

export interface Company {
  url: string;
  /** The app's forge, and the client under it, which counts. Waits cost nothing. */
  forge(token?: string): { forge: Forge; client: GithubClient; told: string[]; waited: number[] };
  /** One REST call; throws unless it succeeds. */
  rest<T = unknown>(token: string, method: string, path: string, body?: unknown): Promise<T>;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  requests(): Promise<{ method: string; path: string; status: number; body: unknown }[]>;
  /** A fresh clone of main. */
  clone(): Promise<string>;
  git(root: string, ...args: string[]): Promise<string>;
  pull(number: number): Promise<Pull>;
  pulls(state?: string): Promise<Pull[]>;
  comments(number: number): Promise<{ body: string; user: { login: string } }[]>;
  approve(number: number, token?: string): Promise<void>;
  merge(number: number, token?: string, method?: string): Promise<string>;
  setNow(now: string): Promise<void>;
  close(): Promise<void>;
}

export async function startCompany(
  options: {
    files?: Record<string, string>;
    seed?: Record<string, unknown>;
    now?: string;
    /** `story`: the clock stands at `now` and moves by hand. `wall`: the real time. */
    clock?: 'story' | 'wall';
  } = {},
): Promise<Company> {
  const scratch = await mkdtemp(join(tmpdir(), 'rollcall-forge-'));
  const from = join(scratch, 'from');
  await writeFiles(from, { 'README.md': '# identity\n', ...options.files });
  const seed = { repository: REPOSITORY, from, rules: 'open', tokens: TOKENS, ...options.seed };
  const emulator = await startForge(seed, options.clock === 'wall' ? undefined : (options.now ?? NOW));
  let clones = 0;

  async function rest<T>(token: string, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${emulator.url}/repos/${REPOSITORY}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${emulator.url}/_emulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async function git(root: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('git', ['-C', root, ...args], {
      env: GIT_ENVIRONMENT,
      maxBuffer: 100 * 1024 * 1024,
    });
    return stdout.trim();
  }

  return {
    url: emulator.url,
    rest,
    control,
    git,
    forge(token = 'token-app') {
      const told: string[] = [];
      const waited: number[] = [];
      const [owner = '', repo = ''] = REPOSITORY.split('/');
      const client = createGithubClient(
        { token, owner, repo, apiUrl: emulator.url },
        {
          sleep: async (milliseconds) => waited.push(milliseconds),
          progress: (line) => told.push(line),
          random: () => 0.5,
        },
      );
      return { forge: forgeOf(client), client, told, waited };
    },
    async requests() {
      return (await control('GET', '/requests')) as Awaited<ReturnType<Company['requests']>>;
    },
    async clone() {
      clones += 1;
      const root = join(scratch, `clone-${clones}`);
      const address = `${emulator.url.replace('://', '://x-access-token:token-cas@')}/${REPOSITORY}.git`;
      await git(scratch, 'clone', '--quiet', address, root);
      return root;
    },
    pull: (number) => rest('token-ann', 'GET', `/pulls/${number}`),
    pulls: (state = 'open') => rest('token-ann', 'GET', `/pulls?state=${state}&per_page=100`),
    comments: (number) => rest('token-ann', 'GET', `/issues/${number}/comments?per_page=100`),
    async approve(number, token = 'token-ann') {
      await rest(token, 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE' });
    },
    async merge(number, token = 'token-ann', method = 'merge') {
      const { sha } = await rest<{ sha: string }>(token, 'PUT', `/pulls/${number}/merge`, {
        merge_method: method,
      });
      return sha;
    },
    async setNow(now) {
      await control('PUT', '/clock', { now });
    },
    async close() {
      await emulator.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** Writes files below a folder; null removes one. */
/**
 * One after another, as their times say too: of two plans the later one counts, and a file system's own clock may
 * give both the same instant.
 */
export async function writeFiles(root: string, files: Record<string, string | null>): Promise<void> {
  const began = Date.now();
  for (const [index, [path, text]] of Object.entries(files).entries()) {
    const place = join(root, path);
    if (text === null) rmSync(place, { force: true });
    else {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, text);
      const at = new Date(began + index);
      utimesSync(place, at, at);
    }
  }
}

export function personText(id: string, facts: Record<string, string> = {}): string {
  const lines = Object.entries({ id, firstName: `First${id}`, lastName: `Last${id}`, ...facts }).map(
    ([key, value]) => `  ${key}: ${JSON.stringify(value)}`,
  );
  return `employee:\n${lines.join('\n')}\nstage: active\naccount:\n  state: active\n  attributes: {}\n  groups: {}\n`;
}

/** path -> text of a person file. */
export function personFile(id: string, facts?: Record<string, string>): Record<string, string> {
  return { [personFileOf(id)]: personText(id, facts) };
}

export function joinGroup(person: string, group = 'Engineering', rest: Partial<Wish> = {}): Action {
  return actionOf({
    kind: 'join-group',
    person,
    account: `a${person}`,
    target: digestOf(group).slice(0, 24),
    before: null,
    after: { group },
    because: `department is ${group}`,
    cause: 'hr',
    risk: 'low',
    ...rest,
  });
}

export function suspend(person: string): Action {
  return actionOf({
    kind: 'suspend',
    person,
    account: `a${person}`,
    target: null,
    before: { state: 'ACTIVATED', stage: 'left', hireDate: '2020-01-01' },
    after: { state: 'SUSPENDED' },
    because: 'status is Inactive',
    cause: 'hr',
    risk: 'high',
  });
}

export function planOf(
  actions: Action[],
  { asOf = '2026-11-23', lane = 'review', base = '' }: { asOf?: string; lane?: Lane; base?: string } = {},
  findings: Plan['findings'] = [],
): Plan {
  return sealPlan({
    asOf,
    lane,
    base: digestOf(base),
    actions,
    findings,
    held: [],
    counts: countByKind(actions),
  });
}

/** path -> text of a plan file. */
export function planFile(plan: Plan): Record<string, string> {
  return { [`state/plans/${planName(plan)}`]: planText(plan) };
}

export function receiptOf(plan: Plan, rest: Partial<Omit<Receipt, 'digest' | 'version'>> = {}): Receipt {
  return sealReceipt({
    previous: null,
    plan: plan.digest,
    startedAt: '2026-11-23T12:10:00Z',
    finishedAt: '2026-11-23T12:11:00Z',
    outcome: 'complete',
    results: plan.actions.map(({ id }) => ({
      action: id,
      outcome: 'done' as const,
      at: '2026-11-23T12:10:30Z',
      attempts: 1,
    })),
    approvedBy: ['ann'],
    mergedBy: 'ann',
    ...rest,
  });
}

export function receiptFile(plan: Plan, receipt: Receipt = receiptOf(plan)): Record<string, string> {
  return { [`state/receipts/${planName(plan)}`]: receiptText(receipt) };
}

export const GUARDRAILS = `approvals:
  approvers:
    - { login: ann, employee: "1001" }
    - { login: bob, employee: "1002" }
    - { login: cas }
`;
