/** setup: a company's private copy of the template becomes a repository that Rollcall can live in. Shows first, then does. */
import { createGithubClient, type GithubClient, readGithubConnection } from './adapters/github/client.ts';
import { changeSetup, readSetup } from './adapters/github/setup.ts';
import { judgeSetup } from './core/forge/judge-setup.ts';
import { appRegistrationUrl, type SetupItem, type SetupOptions } from './core/forge/setup-wishes.ts';
import { badUsage } from './core/values/failure.ts';
import { AnswerLost } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { serverUrlOf } from './shell/variables.ts';

export interface SetupResult {
  items: SetupItem[];
  /** What the API was asked to change, in this run. */
  changed: string[];
}

/**
 * With `apply` does what the API can do, then looks again, so that the answer is what is there and not what was asked. A
 * lost answer therefore stops nothing: what did not arrive is still to do.
 */
export async function setUp(
  client: GithubClient,
  options: SetupOptions,
  apply: boolean,
  progress: (text: string) => void,
): Promise<SetupResult> {
  const items = judgeSetup(await readSetup(client), options);
  if (!apply) return { items, changed: [] };
  const changed: string[] = [];
  for (const item of items)
    if (item.state === 'change') {
      progress(item.what);
      await changeSetup(client, item.change).catch((error: unknown) => {
        if (!(error instanceof AnswerLost)) throw error;
      });
      changed.push(`${item.what}: ${item.detail}`);
    }
  return { items: judgeSetup(await readSetup(client), options), changed };
}

const MARKS: Record<SetupItem['state'], string> = {
  ready: 'ok  ',
  change: 'todo',
  person: 'you ',
  unavailable: 'plan',
};

export function setupText({ items, changed }: SetupResult, registration: string): string {
  const lines = items.map(({ state, what, detail }) => `${MARKS[state]}  ${what}: ${detail}`);
  const count = (state: SetupItem['state']): number => items.filter((item) => item.state === state).length;
  const appless = items.some(({ state, what }) => state === 'person' && /APP_CLIENT_ID/.test(what));
  return [
    ...lines,
    '',
    ...(changed.length === 0 ? [] : [`${changed.length} changes were made.`]),
    ...(count('change') === 0 ? [] : [`${count('change')} changes are left: run again with --apply.`]),
    ...(count('person') === 0 ? [] : [`${count('person')} are yours to do, marked "you".`]),
    ...(count('unavailable') === 0 ? [] : ['GitHub Team is the least that this needs: marked "plan".']),
    ...(appless
      ? [
          '',
          'Make a GitHub App of your own here; the form is filled in, it needs no webhook:',
          registration,
          'Then make a private key, install it on this repository only, and note its App id and client id.',
        ]
      : []),
    ...(lines.length > 0 && items.every(({ state }) => state === 'ready') ? ['Everything is ready.'] : []),
  ].join('\n');
}

const OPTIONS = {
  repository: { type: 'string', value: 'OWNER/NAME', description: 'default: GITHUB_REPOSITORY' },
  apply: { type: 'boolean', description: 'do it; without this it is only shown' },
  check: { type: 'boolean', description: 'exit 1 unless everything is ready' },
  'app-id': {
    type: 'string',
    value: 'N',
    description: 'App id of your GitHub App: it may go round the rules',
  },
  'client-id': { type: 'string', value: 'ID', description: 'client id of your GitHub App' },
  company: { type: 'string', value: 'NAME', description: 'subdomain of BambooHR' },
  enable: { type: 'boolean', description: 'the last step: lets the workflows run' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'setup',
  summary: 'Prepares a repository on GitHub: environments, rules, merge settings, variables, labels.',
  details:
    'Needs the token of an administrator of the repository (a fine-grained one with administration, environments, variables, secrets read, actions and issues), used once and not kept. It shows what is there and what is not, does with --apply what the API can do, and lists what a person must click or paste: the GitHub App and the secrets.',
  options: OPTIONS,
  variables: ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL', 'GITHUB_SERVER_URL'],
  exits: { 1: 'with --check: something is not ready; with --apply: a change did not arrive' },
  examples: [
    ['npm run setup', 'shows what is ready and what is not'],
    ['npm run setup -- --apply --app-id 123456 --client-id Iv23…', 'does it'],
    ['npm run setup -- --apply --enable', 'lets the workflows run'],
    ['npm run setup -- --check --json', 'for a machine that keeps watch'],
  ],
  async run({ environment, options, progress }) {
    const { repository = environment.GITHUB_REPOSITORY, check, apply } = options;
    const app = options['app-id'] === undefined ? undefined : Number(options['app-id']);
    if (app !== undefined && !(Number.isSafeInteger(app) && app > 0))
      throw badUsage('bad-app-id', '--app-id is no number', 'take it from the page of your GitHub App');
    if (apply && check)
      throw badUsage('bad-arguments', '--check only looks', 'leave out one of --check and --apply');
    const connection = readGithubConnection({
      ...environment,
      ...(repository === undefined ? {} : { GITHUB_REPOSITORY: repository }),
    });
    const client = createGithubClient(connection, { progress: (line) => progress.update(line) });
    const wishes = {
      app,
      clientId: options['client-id'],
      company: options.company,
      enable: options.enable,
    };
    const result = await setUp(client, wishes, apply, (text) => progress.update(text));
    const { owner, repo } = connection;
    const registration = appRegistrationUrl(serverUrlOf(environment), owner, `${owner}/${repo}`);
    const isReady = result.items.every(({ state }) => state === 'ready');
    const isLeft = apply && result.items.some(({ state }) => state === 'change');
    return {
      exit: (check && !isReady) || isLeft ? 1 : 0,
      json: { repository: `${owner}/${repo}`, ready: isReady, registration, ...result },
      text: setupText(result, registration),
    };
  },
};

if (isMain(import.meta)) await runDoor(door);
