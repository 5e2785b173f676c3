/** A fresh copy of the template becomes a repository that the workflows can live in. */
import { afterEach, describe, expect, it } from 'vitest';
import { createGithubClient, type GithubClient } from '../../scripts/adapters/github/client.ts';
import { judgeSetup } from '../../scripts/core/forge/judge-setup.ts';
import { relabel } from '../../scripts/core/forge/dress.ts';
import {
  appRegistrationUrl,
  LABELS,
  RULES,
  type SetupItem,
  type SetupOptions,
} from '../../scripts/core/forge/setup-wishes.ts';
import { stableId } from '../../scripts/emulators/github/world.ts';
import type { RunningEmulator } from '../../scripts/emulators/kit/server.ts';
import { door, setUp, setupText } from '../../scripts/setup.ts';
import { openDoor } from '../../scripts/shell/door.ts';
import { startForge } from '../forge.ts';
import { createOutside } from '../shell/outside.ts';
import { planOf } from './forge-world.ts';

const running: RunningEmulator[] = [];
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close();
});

const APP: SetupOptions = { app: 77, clientId: 'Iv23acme', company: 'acme', enable: false };
const NOTHING: SetupOptions = { app: undefined, clientId: undefined, company: undefined, enable: false };
const quiet = (): void => undefined;

async function start(seed: Record<string, unknown> = {}): Promise<{ url: string; client: GithubClient }> {
  const tokens = {
    'token-cas': { login: 'cas', type: 'User', permission: 'admin' },
    'token-ann': { login: 'ann', type: 'User', permission: 'write' },
    'token-app': { login: 'rollcall[bot]', type: 'Bot' },
  };
  const emulator = await startForge({ repository: 'acme/identity', tokens, ...seed });
  running.push(emulator);
  return { url: emulator.url, client: clientOf(emulator.url, 'token-cas') };
}

function clientOf(url: string, token: string): GithubClient {
  return createGithubClient(
    { token, owner: 'acme', repo: 'identity', apiUrl: url },
    { sleep: async () => undefined },
  );
}

function open(items: SetupItem[]): string[] {
  return items
    .filter(({ state }) => state !== 'ready')
    .map(({ state, what, detail }) => `${state} ${what}: ${detail}`);
}

async function requests(url: string): Promise<string[]> {
  const response = await fetch(`${url}/_emulator/requests`);
  const log = (await response.json()) as { method: string; path: string }[];
  return log.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
}

describe('setup', () => {
  it('only shows, unless it is told to do it', async () => {
    const { url, client } = await start();

    const { items, changed } = await setUp(client, NOTHING, false, quiet);

    expect(changed).toEqual([]);
    expect(await requests(url)).toEqual([]);
    const text = setupText(
      { items, changed },
      appRegistrationUrl('https://github.com', 'acme', 'acme/identity'),
    );
    expect(text).toContain('make the GitHub App first');
    expect(text).toContain('contents=write&pull_requests=write');
    expect(text).toContain('webhook_active=false');
    expect(text).toContain('run again with --apply');
  });

  it('does what the API can do, and names what a person must do', async () => {
    const { client } = await start();

    const { items } = await setUp(client, APP, true, quiet);

    expect(items.filter(({ state }) => state === 'change')).toEqual([]);
    expect(open(items)).toEqual([
      'person environment hr: paste the secret BAMBOOHR_API_KEY',
      'person environment directory-read: paste the secret JUMPCLOUD_API_KEY or JUMPCLOUD_CLIENT_SECRET',
      'person environment directory-write: paste the secret JUMPCLOUD_API_KEY or JUMPCLOUD_CLIENT_SECRET',
      'person environment forge: paste the secret ROLLCALL_APP_PRIVATE_KEY',
      'person environment urgent: paste the secret BAMBOOHR_API_KEY',
      'person environment urgent: paste the secret JUMPCLOUD_API_KEY or JUMPCLOUD_CLIENT_SECRET',
      'person environment urgent: paste the secret ROLLCALL_APP_PRIVATE_KEY',
      'person variable ROLLCALL_ENABLED: the last step: run again with --enable --apply, and the next sync starts',
      'person CODEOWNERS: write .github/CODEOWNERS: who must say yes to plans and rules',
    ]);
  });

  it('is done once: a second run changes nothing', async () => {
    const { url, client } = await start();
    await setUp(client, APP, true, quiet);
    await fetch(`${url}/_emulator/requests`, { method: 'DELETE' });

    const { changed } = await setUp(client, APP, true, quiet);

    expect(changed).toEqual([]);
    expect(await requests(url)).toEqual([]);
  });

  it('loses an answer anywhere, and is done all the same: a label that is there already is no failure', async () => {
    const { url, client } = await start();
    await setUp(client, APP, true, quiet);
    const writes = [...new Set(await requests(url))];
    expect(writes).toContain('POST /repos/acme/identity/labels');
    const missed: string[] = [];
    for (const write of writes)
      for (const cut of ['before', 'after']) {
        const [method, path] = write.split(' ');
        await fetch(`${url}/_emulator/reset`, { method: 'POST' });
        await fetch(`${url}/_emulator/faults`, {
          method: 'PUT',
          body: JSON.stringify([{ method, path, cut, times: 1 }]),
        });
        const left = await setUp(client, APP, true, quiet).then(
          ({ items }) => items.filter(({ state }) => state === 'change').map(({ what }) => what),
          (error: unknown) => ['it stopped', (error as Error).message],
        );
        // What did not arrive may be left for the next run, and is named; what arrived is done.
        if (left.length > (cut === 'before' ? 1 : 0)) missed.push(`${write}, cut ${cut}: ${left.join('; ')}`);
        expect(
          (await setUp(client, APP, true, quiet)).items.filter(({ state }) => state === 'change'),
        ).toEqual([]);
      }
    expect(missed).toEqual([]);
  });

  it('ends with 1 where a change did not arrive, and stops where GitHub refuses one', async () => {
    const { url, client } = await start();
    const fault = (parts: object): Promise<unknown> =>
      fetch(`${url}/_emulator/faults`, {
        method: 'PUT',
        body: JSON.stringify([{ method: 'POST', times: 1, ...parts }]),
      });
    const run = async (): Promise<{ exit: number; out: string }> => {
      const environment = {
        GITHUB_TOKEN: 'token-cas',
        GITHUB_REPOSITORY: 'acme/identity',
        GITHUB_API_URL: url,
      };
      const args = ['--apply', '--app-id', '77', '--company', 'acme', '--client-id', 'Iv23acme'];
      const outside = createOutside(args, { environment });
      return { exit: await openDoor(door, outside), out: outside.out() };
    };
    await fault({ path: '/repos/acme/identity/rulesets', cut: 'before' });
    const left = await run();
    expect(left).toMatchObject({
      exit: 1,
      out: expect.stringContaining('1 changes are left: run again') as string,
    });
    expect((await run()).exit).toBe(0);

    await fetch(`${url}/_emulator/reset`, { method: 'POST' });
    const errors = [{ resource: 'Label', code: 'invalid', field: 'color' }];
    await fault({
      path: '/repos/acme/identity/labels',
      status: 422,
      body: { message: 'Validation Failed', errors },
    });
    await expect(setUp(client, APP, true, quiet)).rejects.toThrow('labels');
  });

  it('what it leaves behind is what the emulator enforces: the app records, people need a review', async () => {
    const { url, client } = await start();
    await setUp(client, { ...APP, app: stableId('app rollcall[bot]') }, true, quiet);
    const write = async (token: string): Promise<string> => {
      const { octokit, here } = clientOf(url, token);
      const content = Buffer.from(token).toString('base64');
      return octokit.rest.repos
        .createOrUpdateFileContents({ ...here, path: `state/${token}`, message: 'x', content })
        .then(
          () => 'written',
          (error: unknown) => (error as Error).message,
        );
    };

    expect(await write('token-app')).toBe('written');
    expect(await write('token-ann')).toContain('rules of this branch');
    expect(await write('token-cas')).toContain('rules of this branch');
  });

  it('mends what somebody loosened, and says what only a person can', async () => {
    const { client } = await start();
    await setUp(client, APP, true, quiet);
    const { octokit, here } = client;
    const [ruleset] = (await octokit.rest.repos.getRepoRulesets(here)).data;
    const weaker = RULES.map((rule) =>
      rule.type === 'pull_request'
        ? { ...rule, parameters: { ...rule.parameters, require_last_push_approval: false } }
        : rule,
    ).filter(({ type }) => type !== 'deletion');
    await octokit.rest.repos.updateRepoRuleset({
      ...here,
      ruleset_id: ruleset?.id ?? 0,
      rules: weaker as never,
    });
    await octokit.rest.repos.createDeploymentBranchPolicy({
      ...here,
      environment_name: 'hr',
      name: 'feature/*',
    });
    await octokit.rest.actions.createOrUpdateRepoSecret({
      ...here,
      secret_name: 'BAMBOOHR_API_KEY',
      encrypted_value: 'c2VhbGVk',
      key_id: (await octokit.rest.actions.getRepoPublicKey(here)).data.key_id,
    });

    const shown = open((await setUp(client, APP, false, quiet)).items);

    expect(shown).toContain('change rules for the default branch: lacks deletion, pull_request is weaker');
    expect(shown.join('\n')).toContain('person environment hr: take feature/* off its branches');
    expect(shown.join('\n')).toContain('person no keys at the repository: delete BAMBOOHR_API_KEY');
    const { items } = await setUp(client, APP, true, quiet);
    expect(items.filter(({ state }) => state === 'change')).toEqual([]);
  });

  it('enables the workflows when it is told to, and not before', async () => {
    const { client } = await start();
    await setUp(client, APP, true, quiet);
    const { octokit, here } = client;
    const values = async (): Promise<string[]> =>
      (await octokit.rest.actions.listRepoVariables(here)).data.variables.map(
        ({ name, value }) => `${name}=${value}`,
      );
    expect(await values()).toEqual(['ROLLCALL_APP_CLIENT_ID=Iv23acme', 'BAMBOOHR_COMPANY=acme']);

    await setUp(client, { ...APP, enable: true }, true, quiet);

    expect(await values()).toContain('ROLLCALL_ENABLED=true');
  });

  it('tells an account without GitHub Team what it lacks', async () => {
    const { url, client } = await start();
    const refused = {
      status: 403,
      body: { message: 'Upgrade to GitHub Pro or make this repository public to enable this feature.' },
    };
    await fetch(`${url}/_emulator/faults`, {
      method: 'PUT',
      body: JSON.stringify([
        { ...refused, path: '/repos/acme/identity/rulesets', times: 9 },
        { ...refused, path: '/repos/acme/identity/environments', times: 9 },
      ]),
    });

    const { items } = await setUp(client, APP, false, quiet);

    const lacking = items.filter(({ state }) => state === 'unavailable').map(({ what }) => what);
    expect(lacking).toContain('rules for the default branch');
    expect(lacking).toContain('environment directory-write');
    expect(setupText({ items, changed: [] }, '')).toContain('GitHub Team is the least');
  });

  it('a token that may not is told so, and a public repository is the first thing to mend', async () => {
    const { url, client } = await start({ private: false });
    await expect(setUp(clientOf(url, 'token-ann'), APP, false, quiet)).rejects.toMatchObject({ exit: 2 });
    const [first] = (await setUp(client, APP, false, quiet)).items;
    expect(first).toMatchObject({ state: 'person', what: 'private repository' });
  });

  it('makes the labels that pull requests get', () => {
    const names = LABELS.map(({ name }) => name);
    const { add, remove } = relabel(names, planOf([]));
    expect([...remove, 'rollcall'].sort()).toEqual([...names].sort());
    expect(add).toEqual([]);
  });

  it('knows a ruleset that stops merges', () => {
    const found = {
      private: true,
      defaultBranch: 'main',
      merging: {},
      environments: [],
      rulesets: [
        {
          id: 1,
          name: 'rollcall',
          enforcement: 'active',
          target: 'branch',
          include: ['~DEFAULT_BRANCH'],
          rules: [...RULES, { type: 'required_linear_history' }],
          bypass: [
            { actor_id: 77, actor_type: 'Integration', bypass_mode: 'always' },
            { actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' },
          ],
        },
      ],
      variables: {},
      repositorySecrets: [],
      labels: [],
      tokens: { default: 'write', mayApprove: true },
      owners: '* @your-organisation/x',
    };
    const shown = open(judgeSetup(found, APP)).join('\n');
    expect(shown).toContain('required_linear_history stops merges, others can go round it');
    expect(shown).toContain('GITHUB_TOKEN reads by default');
    expect(shown).toContain('put your own teams in the place of');
  });
});
