/** A company that has set everything up: three emulators, a repository made of this project, people, an app, environments. */
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBambooHr } from '../../scripts/emulators/bamboohr/index.ts';
import { createJumpCloud } from '../../scripts/emulators/jumpcloud/index.ts';
import { startEmulator } from '../../scripts/emulators/kit/server.ts';
import { startForge } from '../forge.ts';
import { type Actions, startActions } from './runner/github-actions.ts';
import type { ActionsWorld } from './runner/world.ts';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const REPOSITORY = 'acme/identity';
/** Of somebody who may read. */
export const FORK = 'mallory/identity';

/** Full SHA by action, as reference/github.md section 6 has them. */
export const PINS: Record<string, string> = {
  'actions/checkout': '3d3c42e5aac5ba805825da76410c181273ba90b1',
  'actions/setup-node': '820762786026740c76f36085b0efc47a31fe5020',
  'actions/create-github-app-token': 'bcd2ba49218906704ab6c1aa796996da409d3eb1',
  'actions/upload-artifact': '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a',
  'actions/download-artifact': '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c',
};

export const SECRETS = {
  BAMBOOHR_API_KEY: 'hr-key-aaaaaaaaaaaaaaaaaaaaaaaa',
  JUMPCLOUD_READ: 'jc-read-bbbbbbbbbbbbbbbbbbbbbbbb',
  JUMPCLOUD_WRITE: 'jc-write-cccccccccccccccccccccc',
  APP_KEY: 'app-private-key-dddddddddddddddd',
};

export const MAPPINGS = {
  'mappings/attributes.yaml':
    "attributes:\n  firstname: firstName\n  lastname: lastName\n  displayname: firstName + ' ' + lastName\n  jobTitle: jobTitle\n",
  'mappings/lifecycle.yaml':
    'timeZone: Etc/UTC\nemploymentStatuses: { Full-Time: working, Terminated: terminated }\nleaving: { bindings: [] }\nleave: { bindings: [] }\n',
  'mappings/guardrails.yaml':
    'approvals: { approvers: [{ login: ann, employee: "1001" }, { login: bob }] }\n',
  'mappings/groups/all.yaml':
    "groups:\n  - { group: All Staff, when: 'true' }\n  - { group: Engineering, when: \"department == 'Engineering'\" }\n  - { group: Sales, when: \"department == 'Sales'\" }\n",
};

export type Person = Record<string, string>;

/** Somebody who has been there for years. */
export function person(id: string, first: string, rest: Person = {}): Person {
  return {
    id,
    firstName: first,
    lastName: 'Ames',
    workEmail: `${first.toLowerCase()}.ames@example.com`,
    jobTitle: 'Engineer',
    department: 'Engineering',
    location: 'London',
    status: 'Active',
    employmentHistoryStatus: 'Full-Time',
    hireDate: '2020-01-06',
    ...rest,
  };
}

/** Today in UTC, and some days from it. */
export function day(offset = 0): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

export interface Company {
  actions: Actions;
  urls: { bamboohr: string; jumpcloud: string; github: string };
  /** One call of GitHub's API; throws unless it succeeds. */
  github<T = unknown>(token: string, method: string, path: string, body?: unknown): Promise<T>;
  control<T = unknown>(
    vendor: keyof Company['urls'],
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T>;
  /** Puts files on a branch of a repository, which is made of its main where it is not there; a commit each. */
  push(token: string, branch: string, files: Record<string, string>, repository?: string): Promise<void>;
  /** Puts one person as HR has them now. */
  setPerson(person: Person): Promise<void>;
  /** Text of a file on main; undefined when it is not there. */
  file(path: string, ref?: string): Promise<string | undefined>;
  files(folder: string, ref?: string): Promise<string[]>;
  account(username: string): Promise<{ suspended: boolean; state: string; jobTitle?: string } | undefined>;
  members(group: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface CompanyOptions {
  people: Person[];
  users: Record<string, unknown>[];
  groups: { name: string; members: string[] }[];
  files?: Record<string, string>;
  /** Only these workflows are there; undefined: all. */
  workflows?: string[];
  alter?: (path: string, text: string) => string;
  /** Workflows whose runs are noted and not run; true: all. */
  idle?: boolean | string[];
  change?: (world: ActionsWorld) => void;
  app?: { bypass: boolean };
}

export async function startCompany(options: CompanyOptions): Promise<Company> {
  const scratch = await mkdtemp(join(tmpdir(), 'rollcall-company-'));
  const from = join(scratch, 'from');
  await copyProject(from, options);
  const seed = {
    bamboohr: {
      company: 'acme',
      timezone: 'Etc/UTC',
      apiKeys: [{ key: SECRETS.BAMBOOHR_API_KEY }],
      employees: options.people,
    },
    jumpcloud: {
      apiKeys: [
        { key: SECRETS.JUMPCLOUD_READ, permission: 'read' },
        { key: SECRETS.JUMPCLOUD_WRITE, permission: 'write' },
      ],
      users: options.users,
      userGroups: options.groups,
    },
    github: [
      {
        repository: REPOSITORY,
        from,
        rules: 'protected',
        anonymousClone: false,
        lags: { commitPulls: 0, mergeable: 0 },
        settings: { merge_commit_message: 'BLANK' },
        tokens: {
          'token-app': { login: 'rollcall[bot]', type: 'Bot', bypass: options.app?.bypass ?? true },
          'token-ann': { login: 'ann', type: 'User', permission: 'write' },
          'token-bob': { login: 'bob', type: 'User', permission: 'write' },
          'token-cas': { login: 'cas', type: 'User', permission: 'admin' },
          'token-eve': { login: 'eve', type: 'User', permission: 'read' },
          'token-mallory': { login: 'mallory', type: 'User', permission: 'read' },
        },
      },
      { repository: FORK, forkOf: REPOSITORY, tokens: { 'token-mallory': { login: 'mallory' } } },
    ],
  };
  const emulators = {
    bamboohr: await startEmulator(createBambooHr(seed.bamboohr)),
    jumpcloud: await startEmulator(createJumpCloud(seed.jumpcloud)),
    github: await startForge(seed.github),
  };
  const urls = {
    bamboohr: emulators.bamboohr.url,
    jumpcloud: emulators.jumpcloud.url,
    github: emulators.github.url,
  };
  const world = worldOf(urls);
  options.change?.(world);
  const actions = await startActions({
    world,
    project: PROJECT,
    idle: options.idle ?? false,
    ...(options.alter === undefined ? {} : { alter: options.alter }),
  });

  async function call<T>(
    url: string,
    method: string,
    headers: Record<string, string>,
    body?: unknown,
  ): Promise<T> {
    const response = await fetch(url, {
      method,
      headers: { 'user-agent': 'test', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  const company: Company = {
    actions,
    urls,
    github: (token, method, path, body) =>
      call(`${urls.github}/repos/${REPOSITORY}${path}`, method, { authorization: `Bearer ${token}` }, body),
    control: (vendor, method, path, body) => call(`${urls[vendor]}/_emulator${path}`, method, {}, body),
    async push(token, branch, files, repository = REPOSITORY) {
      const at = `${urls.github}/repos/${repository}`;
      const headers = { authorization: `Bearer ${token}` };
      const branches = await call<{ name: string; commit: { sha: string } }[]>(
        `${at}/branches`,
        'GET',
        headers,
      );
      const main = branches.find(({ name }) => name === 'main')?.commit.sha;
      if (!branches.some(({ name }) => name === branch))
        await call(`${at}/git/refs`, 'POST', headers, { ref: `refs/heads/${branch}`, sha: main });
      for (const [path, text] of Object.entries(files)) {
        const known = await call<{ sha: string }>(
          `${at}/contents/${path}?ref=${branch}`,
          'GET',
          headers,
        ).catch(() => undefined);
        const content = Buffer.from(text).toString('base64');
        await call(`${at}/contents/${path}`, 'PUT', headers, {
          message: `edit ${path}`,
          content,
          branch,
          sha: known?.sha,
        });
      }
    },
    async setPerson(changed) {
      const state = await company.control<{ employees: Person[] }>('bamboohr', 'GET', '/state');
      const employees = [...state.employees.filter(({ id }) => id !== changed['id']), changed];
      await company.control('bamboohr', 'PUT', '/state', { ...state, employees });
    },
    async file(path, ref = 'main') {
      const response = await fetch(`${urls.github}/repos/${REPOSITORY}/contents/${path}?ref=${ref}`, {
        headers: {
          authorization: 'Bearer token-cas',
          accept: 'application/vnd.github.raw+json',
          'user-agent': 'test',
        },
      });
      if (response.status === 404) return undefined;
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      return text;
    },
    async files(folder, ref = 'main') {
      const { tree } = await company.github<{ tree: { path: string; type: string }[] }>(
        'token-cas',
        'GET',
        `/git/trees/${ref}?recursive=1`,
      );
      return tree
        .filter(({ path, type }) => type === 'blob' && path.startsWith(`${folder}/`))
        .map(({ path }) => path);
    },
    async account(username) {
      const { users } = await company.control<{ users: ({ username: string } & Record<string, unknown>)[] }>(
        'jumpcloud',
        'GET',
        '/state',
      );
      const found = users.find((user) => user.username === username);
      return found as Awaited<ReturnType<Company['account']>>;
    },
    async members(group) {
      const { userGroups } = await company.control<{ userGroups: { name: string; members?: string[] }[] }>(
        'jumpcloud',
        'GET',
        '/state',
      );
      return userGroups.find(({ name }) => name === group)?.members ?? [];
    },
    async close() {
      await actions.close();
      await Promise.all(Object.values(emulators).map((emulator) => emulator.close()));
      await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  return company;
}

function worldOf(urls: { bamboohr: string; jumpcloud: string; github: string }): ActionsWorld {
  const main = ['main'];
  return {
    url: urls.github,
    repository: REPOSITORY,
    readToken: 'token-cas',
    pins: { ...PINS },
    secrets: {},
    variables: {
      ROLLCALL_ENABLED: 'true',
      ROLLCALL_APP_CLIENT_ID: 'Iv23acme',
      BAMBOOHR_COMPANY: 'acme',
      BAMBOOHR_BASE_URL: urls.bamboohr,
      JUMPCLOUD_BASE_URL: urls.jumpcloud,
    },
    environments: {
      hr: { branches: main, secrets: { BAMBOOHR_API_KEY: SECRETS.BAMBOOHR_API_KEY } },
      'directory-read': { branches: main, secrets: { JUMPCLOUD_API_KEY: SECRETS.JUMPCLOUD_READ } },
      'directory-write': { branches: main, secrets: { JUMPCLOUD_API_KEY: SECRETS.JUMPCLOUD_WRITE } },
      forge: { branches: main, secrets: { ROLLCALL_APP_PRIVATE_KEY: SECRETS.APP_KEY } },
      notify: { branches: main, secrets: {} },
      urgent: {
        branches: main,
        secrets: {
          BAMBOOHR_API_KEY: SECRETS.BAMBOOHR_API_KEY,
          JUMPCLOUD_API_KEY: SECRETS.JUMPCLOUD_WRITE,
          ROLLCALL_APP_PRIVATE_KEY: SECRETS.APP_KEY,
        },
      },
    },
    app: {
      clientId: 'Iv23acme',
      privateKey: SECRETS.APP_KEY,
      login: 'rollcall[bot]',
      permissions: { contents: 'write', 'pull-requests': 'write' },
    },
  };
}

/** What a company's private copy holds: this project's own files, with mappings that are easy to follow. */
async function copyProject(to: string, { files, workflows }: CompanyOptions): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of [
    '.github',
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    '.gitignore',
  ])
    await cp(join(PROJECT, name), join(to, name), {
      recursive: true,
      // Verbs never open the emulators.
      filter: (source) => !source.includes('/scripts/emulators'),
    });
  if (workflows !== undefined)
    for (const file of await readdir(join(to, '.github/workflows')))
      if (!workflows.includes(file.replace('.yml', ''))) await rm(join(to, '.github/workflows', file));
  for (const [path, text] of Object.entries({ ...MAPPINGS, ...files })) {
    const place = join(to, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, text);
  }
}
