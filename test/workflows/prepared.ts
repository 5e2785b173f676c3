/** What a sync would have left on the forge, made without running one: facts on main, and a plan in the app's pull request. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connectBambooHr } from '../../scripts/adapters/bamboohr/connect.ts';
import { openWorkspace } from '../../scripts/adapters/files/workspace.ts';
import { connectDirectoryReader } from '../../scripts/adapters/jumpcloud/read/connect.ts';
import { exportPeople } from '../../scripts/export.ts';
import { makePlan } from '../../scripts/plan.ts';
import { type Company, MAPPINGS, SECRETS } from './company.ts';

/** path -> text of state/ after export and plan of this company. */
export async function prepareState(company: Company): Promise<Record<string, string>> {
  const root = await mkdtemp(join(tmpdir(), 'rollcall-prepared-'));
  try {
    for (const [path, text] of Object.entries(MAPPINGS)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const environment = {
      BAMBOOHR_COMPANY: 'acme',
      BAMBOOHR_API_KEY: SECRETS.BAMBOOHR_API_KEY,
      BAMBOOHR_BASE_URL: company.urls.bamboohr,
      JUMPCLOUD_API_KEY: SECRETS.JUMPCLOUD_READ,
      JUMPCLOUD_BASE_URL: company.urls.jumpcloud,
    };
    const options = {
      asOf: undefined,
      only: undefined,
      now: () => new Date().toISOString(),
      progress: () => undefined,
    };
    const workspace = openWorkspace(root);
    await exportPeople(connectBambooHr(environment), workspace, { ...options, changed: false });
    await makePlan(connectDirectoryReader(environment), workspace, { ...options, lane: undefined });
    return await readState(root, 'state');
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function readState(root: string, folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) Object.assign(files, await readState(root, path));
    else if (path !== 'state/export.json') files[path] = await readFile(join(root, path), 'utf8');
  }
  return files;
}

/** Opens the pull request of lane review in the name of the app. @returns its number. */
export async function proposePrepared(company: Company): Promise<number> {
  const state = await prepareState(company);
  const review = Object.entries(state).filter(
    ([path, text]) =>
      !path.startsWith('state/plans/') || (JSON.parse(text) as { lane: string }).lane === 'review',
  );
  const { object } = await company.github<{ object: { sha: string } }>(
    'token-app',
    'GET',
    '/git/ref/heads/main',
  );
  const { sha: tree } = await company.github<{ sha: string }>('token-app', 'POST', '/git/trees', {
    base_tree: object.sha,
    tree: review.map(([path, content]) => ({ path, content, mode: '100644', type: 'blob' })),
  });
  const { sha } = await company.github<{ sha: string }>('token-app', 'POST', '/git/commits', {
    message: 'sync',
    tree,
    parents: [object.sha],
  });
  await company.github('token-app', 'POST', '/git/refs', { ref: 'refs/heads/rollcall/sync', sha });
  const pull = await company.github<{ number: number }>('token-app', 'POST', '/pulls', {
    title: 'Plan',
    head: 'rollcall/sync',
    base: 'main',
  });
  return pull.number;
}
