/**
 * The actions that workflows use, with the parts of their behaviour that a flow can depend on (their action.yml and
 * README of the pinned versions). An action or a version that is not listed fails the job, as a wrong SHA does on GitHub.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Permissions } from './world.ts';
import type { JobWorld } from './job.ts';

const run = promisify(execFile);

export interface ActionRun {
  outputs: Record<string, string>;
  log: string;
}

export class ActionFailure extends Error {
  override name = 'ActionFailure';
}

type Action = (inputs: Record<string, string>, world: JobWorld) => Promise<ActionRun>;

const ACTIONS: Record<string, { run: Action; inputs: string[] }> = {
  'actions/checkout': {
    run: checkOut,
    inputs: ['ref', 'fetch-depth', 'persist-credentials', 'token'],
  },
  'actions/setup-node': { run: setUpNode, inputs: ['node-version', 'package-manager-cache'] },
  'actions/upload-artifact': {
    run: upload,
    inputs: ['name', 'path', 'if-no-files-found', 'retention-days', 'overwrite'],
  },
  'actions/download-artifact': { run: download, inputs: ['name', 'path', 'merge-multiple'] },
  'actions/create-github-app-token': { run: createAppToken, inputs: ['client-id', 'private-key'] },
};

/** @throws ActionFailure */
export async function runAction(
  uses: string,
  inputs: Record<string, string>,
  world: JobWorld,
): Promise<ActionRun> {
  const [name = '', version = ''] = uses.split('@');
  const action = ACTIONS[name];
  if (action === undefined || world.actions.pins[name] !== version)
    throw new ActionFailure(`Unable to resolve action \`${uses}\`, unable to find version`);
  const known = (input: string): boolean =>
    action.inputs.includes(input) ||
    (name === 'actions/create-github-app-token' && input.startsWith('permission-'));
  const stranger = Object.keys(inputs).find((input) => !known(input));
  if (stranger !== undefined) throw new ActionFailure(`Unexpected input '${stranger}'`);
  return action.run(inputs, world);
}

/** Fetches one ref of the repository with the token, and nothing stays on disk of it unless asked for (the default). */
async function checkOut(inputs: Record<string, string>, world: JobWorld): Promise<ActionRun> {
  const { actions, event, folders } = world;
  const token = inputs['token'] ?? world.token;
  const wanted = inputs['ref'] ?? '';
  const root = folders.work;
  const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
  const git = async (...args: string[]): Promise<string> => {
    try {
      return (await run('git', ['-C', root, ...args], { env: world.gitEnvironment })).stdout.trim();
    } catch (error) {
      throw new ActionFailure(
        `The process '/usr/bin/git' failed: ${String((error as { stderr?: string }).stderr)}`,
      );
    }
  };
  const depth = inputs['fetch-depth'] ?? '1';
  const shallow = depth === '0' ? [] : [`--depth=${depth}`];
  const isSha = /^[0-9a-f]{40}$/.test(wanted);
  const source = isSha
    ? `+${wanted}:refs/remotes/origin/wanted`
    : wanted === ''
      ? `+${event.sha}:refs/remotes/origin/wanted`
      : `+refs/heads/${wanted}:refs/remotes/origin/${wanted}`;
  await git('init', '--quiet', '--initial-branch=main', '.');
  await git('remote', 'add', 'origin', `${actions.url}/${actions.repository}`);
  const full = depth === '0' ? ['+refs/heads/*:refs/remotes/origin/*'] : [];
  await git(
    '-c',
    `http.extraheader=${header}`,
    'fetch',
    '--quiet',
    '--no-tags',
    ...shallow,
    'origin',
    source,
    ...full,
  );
  const target = isSha || wanted === '' ? 'refs/remotes/origin/wanted' : `refs/remotes/origin/${wanted}`;
  if (isSha || wanted === '') await git('checkout', '--quiet', '--detach', target);
  else await git('checkout', '--quiet', '-B', wanted, target);
  if ((inputs['persist-credentials'] ?? 'true') === 'true') await git('config', 'http.extraheader', header);
  const commit = await git('rev-parse', 'HEAD');
  return { outputs: { ref: wanted === '' ? event.ref : wanted, commit }, log: `HEAD is now at ${commit}\n` };
}

/** Whatever Node runs the tests stands for the version that is asked for. */
async function setUpNode(inputs: Record<string, string>): Promise<ActionRun> {
  if (!/^\d+$/.test(inputs['node-version'] ?? '')) throw new ActionFailure('node-version is no number');
  return { outputs: { 'node-version': process.version }, log: `node ${process.version}\n` };
}

async function upload(inputs: Record<string, string>, { artifacts, folders }: JobWorld): Promise<ActionRun> {
  const { name = 'artifact' } = inputs;
  const path = resolve(folders.work, inputs['path'] ?? '');
  const files = await listFiles(path);
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${path}. No artifacts will be uploaded.`;
    if ((inputs['if-no-files-found'] ?? 'warn') === 'error') throw new ActionFailure(message);
    return { outputs: {}, log: `${message}\n` };
  }
  if (artifacts.has(name) && inputs['overwrite'] !== 'true')
    throw new ActionFailure(
      'Failed to CreateArtifact: Received non-retryable error: (409) Conflict: an artifact with this name already exists on the workflow run',
    );
  const store = join(folders.store, `${artifacts.size}-${basename(name)}`);
  await mkdir(store, { recursive: true });
  const isFile = files.length === 1 && files[0] === path;
  for (const file of files) {
    const place = join(store, isFile ? basename(file) : file.slice(path.replace(/\/+$/, '').length + 1));
    await mkdir(dirname(place), { recursive: true });
    await cp(file, place);
  }
  artifacts.set(name, store);
  return {
    outputs: { 'artifact-id': String(artifacts.size) },
    log: `Artifact ${name} has been successfully uploaded!\n`,
  };
}

/** Regular files, without hidden ones, which upload-artifact leaves out since 4.4. */
async function listFiles(path: string): Promise<string[]> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) return [];
  if (entry.isFile()) return [path];
  const files: string[] = [];
  for (const child of (await readdir(path)).filter((name) => !name.startsWith('.')))
    files.push(...(await listFiles(join(path, child))));
  return files;
}

async function download(
  inputs: Record<string, string>,
  { artifacts, folders }: JobWorld,
): Promise<ActionRun> {
  const { name, path = folders.work } = inputs;
  if (name === undefined) {
    // All of the run, each in a folder of its name unless they are merged; none at all is no failure.
    const merged = inputs['merge-multiple'] === 'true';
    for (const [each, store] of artifacts)
      await cp(store, merged ? path : join(path, each), { recursive: true });
    return { outputs: { 'download-path': path }, log: `Total of ${artifacts.size} artifact(s) downloaded\n` };
  }
  const store = artifacts.get(name);
  if (store === undefined)
    throw new ActionFailure(`Unable to download artifact(s): Artifact not found for name: ${name}`);
  await cp(store, path, { recursive: true });
  return { outputs: { 'download-path': path }, log: `Artifact download completed successfully.\n` };
}

const LEVELS = ['read', 'write', 'admin'];

async function createAppToken(inputs: Record<string, string>, world: JobWorld): Promise<ActionRun> {
  const { app } = world.actions;
  if ((inputs['client-id'] ?? '') === '')
    throw new ActionFailure("The 'client-id' input must be set to a non-empty string.");
  if ((inputs['private-key'] ?? '') === '')
    throw new ActionFailure("The 'private-key' input must be set to a non-empty string.");
  if (inputs['client-id'] !== app.clientId || inputs['private-key'] !== app.privateKey)
    throw new ActionFailure('A JSON web token could not be decoded');
  const asked: Permissions = {};
  for (const [input, level] of Object.entries(inputs))
    if (input.startsWith('permission-')) asked[input.slice('permission-'.length)] = level;
  for (const [name, level] of Object.entries(asked))
    if (LEVELS.indexOf(level) > LEVELS.indexOf(app.permissions[name] ?? 'none'))
      throw new ActionFailure(
        `The permissions requested are not granted to this installation. (${name}: ${level})`,
      );
  // Nothing asked for is everything that the installation has.
  const granted = Object.keys(asked).length === 0 ? app.permissions : asked;
  const token = await world.credentials.mintAppToken(app, granted);
  world.masks.add(token);
  world.atEnd.push(async () => world.credentials.revoke(token));
  return { outputs: { token, 'app-slug': app.login.replace('[bot]', '') }, log: '' };
}

/** For tests that look into an artifact. */
export async function readArtifact(store: string): Promise<Record<string, string>> {
  const files = await listFiles(store);
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file.slice(store.length + 1), await readFile(file, 'utf8')] as const),
    ),
  );
}
