/**
 * The eve of a full day: JumpCloud settled by rounds whose plans were proposed, reviewed, merged, applied and recorded on
 * the emulated forge, then the day's news, planned and approved. From here any number of mornings begin, each with
 * vendors of its own, a checkout of its own, and main where the eve left it.
 */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../../scripts/core/plan/plan-file.ts';
import type { Receipt } from '../../scripts/core/record/receipt.ts';
import { type Company, REPOSITORY, startCompany } from './forge-world.ts';
import { planFullDay, TODAY } from './full-day.ts';
import { type Line, PROJECT, type Ran, startLine } from './line-world.ts';
import { succeeded } from './settle.ts';

export const AS_OF = ['--as-of', TODAY];
const APPROVALS = 'approvals.json';

export interface Eve {
  company: Company;
  /** main's newest commit; the day's plans are on it and pending. */
  head: string;
  pullRequest: number;
  plans: Plan[];
  /** Puts main back to where the eve left it, and takes back what was told. */
  rewind(): Promise<void>;
  startMorning(): Promise<Morning>;
  close(): Promise<void>;
}

export interface Morning extends Line {
  /** apply as apply.yml runs it: what the reviews said in a file, and git asking main for newer receipts. */
  apply(root?: string): Promise<Ran>;
  /** Arguments and environment of the same for a process. */
  applyProcess: { args: string[]; environment: Record<string, string> };
  /** Commits the receipts of a checkout. */
  record(root?: string): Promise<Ran>;
  /** A new runner: main as it is now, exported, its reviews read. */
  newRunner(): Promise<string>;
  /** Where git looks for main. */
  moveOrigin(url: string): Promise<unknown>;
}

export interface EveOptions {
  /** People of each role. */
  copies: number;
  /** Path -> text, laid over the day's mappings. */
  mappings?: Record<string, string>;
}

export async function prepareEve({ copies, mappings = {} }: EveOptions): Promise<Eve> {
  const scratch = await mkdtemp(join(tmpdir(), 'rollcall-eve-'));
  const from = join(scratch, 'from');
  await cp(join(PROJECT, 'mappings'), join(from, 'mappings'), { recursive: true });
  await cp(join(PROJECT, '.gitignore'), join(from, '.gitignore'));
  const day = await planFullDay(copies);
  for (const [path, text] of Object.entries({ ...day.mappings, ...mappings }))
    await writeFile(join(from, path), text);
  const company = await startCompany({ seed: { from, rules: 'protected' }, clock: 'wall' });
  const eve = await startLine({ bamboohr: day.bamboohr, jumpcloud: day.jumpcloud, clock: 'wall' });
  equip(eve, company);
  await sync(eve, company);
  await day.setOut(eve);
  await sync(eve, company);
  await company.control('POST', '/commits', {
    login: 'cas',
    message: 'Nights, and an end',
    files: day.edits,
  });
  await day.dawn(eve);
  const pullRequest = await proposeDay(eve, company);
  const checkout = await company.clone();
  const head = await company.git(checkout, 'rev-parse', 'HEAD');
  await prepareRunner(eve, checkout);
  const [bamboohr, jumpcloud] = await Promise.all([
    eve.control<object>('bamboohr', 'GET', '/state'),
    eve.control<object>('jumpcloud', 'GET', '/state'),
  ]);
  const finished = new Set((await readRecord<Receipt>(checkout, 'receipts')).map(({ plan }) => plan));
  const plans = (await readRecord<Plan>(checkout, 'plans')).filter(({ digest }) => !finished.has(digest));
  await eve.close();

  async function rewind(): Promise<void> {
    await company.rest('token-app', 'PATCH', '/git/refs/heads/main', { sha: head, force: true });
    for (const { id } of await company.rest<{ id: number }[]>(
      'token-app',
      'GET',
      `/issues/${pullRequest}/comments`,
    ))
      await company.rest('token-app', 'DELETE', `/issues/comments/${id}`);
    await company.control('DELETE', '/requests');
  }

  return {
    company,
    head,
    pullRequest,
    plans,
    rewind,
    async startMorning() {
      await rewind();
      const root = await mkdtemp(join(scratch, 'morning-'));
      await cp(checkout, root, { recursive: true });
      const line = await startLine({ bamboohr, jumpcloud, root, clock: 'wall' });
      equip(line, company);
      const applyArgs = (at: string): string[] => [...AS_OF, '--approvals', join(at, APPROVALS)];
      const inActions = { ...line.environment, GITHUB_ACTIONS: 'true', GITHUB_TOKEN: 'token-eve' };
      succeeded(await line.run('export', ...AS_OF));
      return {
        ...line,
        async apply(at = root) {
          const own = { ...line.environment };
          Object.assign(line.environment, inActions);
          const ran = line.run('apply', '--root', at, '--json', ...applyArgs(at));
          Object.assign(line.environment, own);
          delete line.environment['GITHUB_ACTIONS'];
          return ran;
        },
        applyProcess: { args: applyArgs(root), environment: inActions },
        record: (at = root) => line.run('record', '--root', at, '--json'),
        async newRunner() {
          const second = await company.clone();
          await prepareRunner(line, second);
          return second;
        },
        moveOrigin: (url) => company.git(root, 'remote', 'set-url', 'origin', `${url}/${REPOSITORY}.git`),
      };
    },
    async close() {
      await company.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** A service account signs in, so that a token is asked for as well; the app's token is for propose and record. */
function equip({ environment }: Line, company: Company): void {
  delete environment['JUMPCLOUD_API_KEY'];
  Object.assign(environment, {
    JUMPCLOUD_CLIENT_ID: 'client-0123456789',
    JUMPCLOUD_CLIENT_SECRET: 'secret-0123456789abcdef',
    GITHUB_TOKEN: 'token-app',
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_API_URL: company.url,
  });
}

async function prepareRunner(line: Line, root: string): Promise<void> {
  succeeded(await line.run('export', '--root', root, ...AS_OF));
  succeeded(await line.run('approvals', '--root', root, '--out', join(root, APPROVALS)));
}

/** Export, plan, propose, review, merge. @returns the pull request; 0 where nothing needed one */
async function proposeDay(line: Line, company: Company): Promise<number> {
  const root = await company.clone();
  for (const verb of ['export', 'plan'] as const) succeeded(await line.run(verb, '--root', root, ...AS_OF));
  const { pullRequest = 0 } = succeeded(await line.run('propose', '--root', root, '--json', ...AS_OF)).json<{
    pullRequest?: number;
  }>();
  if (pullRequest === 0) return 0;
  for (const token of ['token-ann', 'token-bob']) await company.approve(pullRequest, token);
  await company.merge(pullRequest, 'token-ann');
  return pullRequest;
}

/** One round, from HR's facts to receipts on main. */
async function sync(line: Line, company: Company): Promise<void> {
  await proposeDay(line, company);
  const root = await company.clone();
  await prepareRunner(line, root);
  succeeded(await line.run('apply', '--root', root, ...AS_OF, '--approvals', join(root, APPROVALS)));
  succeeded(await line.run('record', '--root', root));
}

/** The plans or receipts of a checkout, by name. */
export async function readRecord<T>(root: string, folder: 'plans' | 'receipts'): Promise<T[]> {
  const place = join(root, 'state', folder);
  const names = await readdir(place).catch(() => []);
  return Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map(async (name) => JSON.parse(await readFile(join(place, name), 'utf8')) as T),
  );
}
