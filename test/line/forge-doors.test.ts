/** The verbs as a workflow runs them: a process, its environment, one JSON document on stdout. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planName } from '../../scripts/core/plan/plan-file.ts';
import { parseApprovals } from '../../scripts/core/record/approvals-file.ts';
import {
  type Company,
  joinGroup,
  personFile,
  planFile,
  planOf,
  receiptFile,
  receiptOf,
  REPOSITORY,
  startCompany,
  suspend,
  writeFiles,
} from './forge-world.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany({ files: personFile('1042'), seed: { rules: 'protected' } });
});
afterAll(() => company.close());

function runVerb(verb: string, args: string[], environment: Record<string, string> = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', `scripts/${verb}.ts`, ...args],
      {
        env: {
          PATH: process.env['PATH'],
          GITHUB_TOKEN: 'token-app',
          GITHUB_REPOSITORY: REPOSITORY,
          GITHUB_API_URL: company.url,
          GITHUB_RUN_ID: '77',
          ...environment,
        },
      },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

it('propose, approvals, record and hold keep to the contract', async () => {
  const plan = planOf([joinGroup('1042')]);
  const root = await company.clone();
  await writeFiles(root, { ...personFile('1042', { department: 'E' }), ...planFile(plan) });
  const proposed = await runVerb('propose', ['--root', root, '--json']);
  expect(JSON.parse(proposed.stdout)).toMatchObject({ pullRequest: 1, changed: true });
  expect(proposed).toMatchObject({ code: 0 });

  const event = `${root}-event.json`;
  const user = { login: 'ann', type: 'User' };
  const comment = {
    id: 9,
    body: '/hold 1042 until 2026-12-24 wait',
    created_at: '2026-11-23T12:00:00Z',
    user,
  };
  await writeFile(
    event,
    JSON.stringify({ action: 'created', issue: { number: 1, pull_request: {} }, comment }),
  );
  const held = await runVerb('hold', ['--root', root, '--json'], { GITHUB_EVENT_PATH: event });
  expect(JSON.parse(held.stdout)).toMatchObject({ pullRequest: 1, changed: true });

  await company.approve(1);
  await company.merge(1);
  const merged = await company.clone();
  const out = `${merged}-approvals.json`;
  const read = await runVerb('approvals', ['--root', merged, '--out', out, '--json'], {
    GITHUB_TOKEN: 'token-eve',
  });
  expect(read.code).toBe(0);
  const file = parseApprovals(await readFile(out, 'utf8'));
  expect(file).toMatchObject({ ok: true, file: JSON.parse(read.stdout) as object });
  expect(file.ok && file.file.plans[plan.digest]?.approvals.map(({ login }) => login)).toEqual(['ann']);

  await writeFiles(merged, receiptFile(plan, receiptOf(plan)));
  const recorded = await runVerb('record', ['--root', merged, '--json']);
  const document = JSON.parse(recorded.stdout) as { commit: string };
  expect(document).toEqual({
    pullRequest: 1,
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    changed: true,
  });

  const history = await company.git(await company.clone(), 'log', '--first-parent', '--format=%s');
  expect(history.split('\n').slice(0, 3)).toEqual([
    `receipt(${plan.digest.slice(0, 7)}): 1 done, 0 failed, 0 skipped`,
    expect.stringContaining('Merge pull request #1'),
    'hold(1042): by ann until 2026-12-24',
  ]);
}, 60_000);

it('say with its place which person file does not read: propose sends nothing, record leaves it out', async () => {
  const [mine, theirs] = [await company.clone(), await company.clone()];
  const path = 'state/people/43/1043.yaml';
  const urgent = planOf([suspend('1043')], { lane: 'urgent' });
  await writeFiles(mine, { [path]: 'employee: {\n' });
  await writeFiles(theirs, {
    [path]: 'employee: {\n',
    ...planFile(urgent),
    ...receiptFile(urgent, receiptOf(urgent, { approvedBy: [] })),
  });
  const [proposed, recorded] = await Promise.all([
    runVerb('propose', ['--root', mine, '--json']),
    runVerb('record', ['--root', theirs, '--json']),
  ]);
  for (const [{ code, stdout }, exit, error] of [
    [proposed, 2, 'bad-input'],
    [recorded, 1, 'facts-not-recorded'],
  ] as const) {
    expect(code).toBe(exit);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: error, problems: [{ file: path, line: 1 }] } });
  }
  const now = await company.clone();
  expect((await company.git(now, 'show', '--name-only', '--format=', 'HEAD')).split('\n')).toEqual([
    `state/plans/${planName(urgent)}`,
    `state/receipts/${planName(urgent)}`,
  ]);
}, 60_000);

it('says in one document what is wrong, with exit 2, and shows no token', async () => {
  const root = await company.clone();
  const results = await Promise.all([
    runVerb('propose', ['--root', root, '--json'], { GITHUB_TOKEN: '' }),
    runVerb('record', ['--root', root, '--json', '--nonsense']),
    runVerb('propose', ['--root', root, '--json'], { GITHUB_TOKEN: 'ghs_unknownunknownunknown' }),
    runVerb('propose', ['--help']),
  ]);
  expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 0]);
  for (const { stdout } of results.slice(0, 3)) expect(JSON.parse(stdout)).toHaveProperty('error.code');
  expect(results.map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain('ghs_unknown');
}, 60_000);
