/** Statuses and check runs (GitHub REST, "Statuses" and "Check runs"). */
import { beforeAll, expect, test } from 'vitest';
import { AT, refused, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
let sha: string;
beforeAll(async () => {
  github = await startGitHub();
  sha = await github.head('main');
});

const annotation = (line: number) => ({
  path: 'mappings/groups/a.yaml',
  start_line: line,
  end_line: line,
  annotation_level: 'failure' as const,
  message: `line ${line}`,
});

test('a status is the latest of its context, and all of them make one', async () => {
  const { repos } = github.as('token-actions');
  const set = async (context: string, state: 'pending' | 'success' | 'failure') =>
    repos.createCommitStatus({ ...AT, sha, context, state });
  const combined = async () => (await repos.getCombinedStatusForRef({ ...AT, ref: 'main' })).data;
  expect(await combined()).toMatchObject({ state: 'pending', total_count: 0 });
  await set('check', 'pending');
  await set('other', 'success');
  expect((await combined()).state).toBe('pending');
  await set('check', 'success');
  expect(await combined()).toMatchObject({ state: 'success', total_count: 2 });
  await set('other', 'failure');
  expect((await combined()).state).toBe('failure');
  expect((await repos.listCommitStatusesForRef({ ...AT, ref: sha })).data).toHaveLength(4);
});

test('a status is refused for a commit that is not there, a word that is none, a text that is too long', async () => {
  const { repos } = github.as('token-app');
  const status = { ...AT, sha, state: 'success' as const };
  await refused(repos.createCommitStatus({ ...status, sha: 'f'.repeat(40) }), 422, 'No commit found for SHA');
  await refused(
    repos.createCommitStatus({ ...status, state: 'done' as 'success' }),
    422,
    'is not a member of',
  );
  const long = repos.createCommitStatus({ ...status, description: 'x'.repeat(141) });
  await refused(long, 422, 'description is too long (maximum is 140 characters)');
});

test('a check run takes 50 annotations a call, and keeps those it has', async () => {
  const { checks } = github.as('token-app');
  const { data: run } = await checks.create({ ...AT, name: 'preview', head_sha: sha, status: 'in_progress' });
  expect(run).toMatchObject({ status: 'in_progress', conclusion: null, app: { slug: 'rollcall' } });
  const many = (count: number, from: number) => ({
    title: 'T',
    summary: 'S',
    annotations: Array.from({ length: count }, (_, at) => annotation(from + at)),
  });
  const update = async (fields: Record<string, unknown>) =>
    checks.update({ ...AT, check_run_id: run.id, ...fields });
  await refused(update({ output: many(51, 1) }), 422, 'No more than 50 items are allowed; 51 were supplied.');
  await update({ output: many(50, 1) });
  const { data } = await update({ output: many(10, 51), conclusion: 'failure' });
  expect(data).toMatchObject({
    status: 'completed',
    conclusion: 'failure',
    output: { annotations_count: 60 },
  });
  expect((await checks.get({ ...AT, check_run_id: run.id })).data.output.annotations_count).toBe(60);
  const octokit = github.as('token-app');
  const all = await octokit.paginate(octokit.checks.listAnnotations, { ...AT, check_run_id: run.id });
  expect(all.map(({ message }) => message)).toEqual(Array.from({ length: 60 }, (_, at) => `line ${at + 1}`));
  const { data: list } = await checks.listForRef({ ...AT, ref: 'main', check_name: 'preview' });
  expect([list.total_count, list.check_runs[0]?.id]).toEqual([1, run.id]);
});

test('a check run is for Apps, and completed ones have a conclusion', async () => {
  const wish = { ...AT, name: 'x', head_sha: sha };
  await refused(github.as('token-ann').checks.create(wish), 422, 'You must authenticate via a GitHub App.');
  const bare = { ...wish, status: 'completed' } as Parameters<
    ReturnType<GitHub['as']>['checks']['create']
  >[0];
  await refused(github.as('token-app').checks.create(bare), 422, '"conclusion" wasn\'t supplied.');
});
