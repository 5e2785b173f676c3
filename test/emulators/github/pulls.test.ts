/** Pull requests from opening to closing (GitHub REST, "Pulls"; reference/github.md section 8). */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AT, refused, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
let branch: string;
let counter = 0;
beforeAll(async () => {
  github = await startGitHub();
});
beforeEach(() => {
  counter += 1;
  branch = `b${counter}`;
});

const get = async (number: number) =>
  (await github.as('token-ann').pulls.get({ ...AT, pull_number: number })).data;

describe('opening', () => {
  const open = async (fields: Record<string, unknown>, token = 'token-app') =>
    github.as(token).pulls.create({ ...AT, title: 'T', head: branch, base: 'main', ...fields });

  test('a branch that holds nothing new', async () => {
    await github
      .as('token-app')
      .git.createRef({ ...AT, ref: `refs/heads/${branch}`, sha: await github.head('main') });
    const body = await refused(open({}), 422, `No commits between main and ${branch}`);
    expect(body['errors']).toEqual([
      { resource: 'PullRequest', code: 'custom', message: `No commits between main and ${branch}` },
    ]);
  });

  test('a second time while the first is open', async () => {
    await github.propose(branch);
    await refused(open({}), 422, `A pull request already exists for acme:${branch}.`);
    await refused(open({ head: `acme:${branch}` }), 422, `A pull request already exists for acme:${branch}.`);
  });

  test.each([
    ['a head that is not there', { head: 'nowhere' }, '"field":"head","code":"invalid"'],
    ['a base that is not there', { base: 'nowhere' }, '"field":"base","code":"invalid"'],
    ['no title', { title: '' }, '"code":"missing_field","field":"title"'],
    [
      'a body over 65,536 characters',
      { body: 'x'.repeat(65_537) },
      'body is too long (maximum is 65536 characters)',
    ],
  ])('%s', async (_, fields, text) => {
    await github.commit(branch, { a: branch });
    await refused(open(fields), 422, text);
  });

  test('with GITHUB_TOKEN needs the setting that is off in new repositories', async () => {
    await github.commit(branch, { a: branch });
    const call = open({}, 'token-actions');
    await refused(call, 403, 'GitHub Actions is not permitted to create or approve pull requests');
    await github.as('token-admin').actions.setGithubActionsDefaultWorkflowPermissionsRepository({
      ...AT,
      can_approve_pull_request_reviews: true,
    });
    expect((await open({}, 'token-actions')).data.user.login).toBe('github-actions[bot]');
  });

  test('a body of exactly 65,536 characters is taken', async () => {
    await github.commit(branch, { a: branch });
    expect((await open({ body: 'é'.repeat(65_536) })).data.body).toHaveLength(65_536);
  });
});

describe('looking', () => {
  test('mergeable is null at first and true afterwards; a test merge stands until it is merged', async () => {
    const { number, head } = await github.propose(branch);
    expect((await get(number)).mergeable).toBeNull();
    const second = await get(number);
    expect(second).toMatchObject({ mergeable: true, mergeable_state: 'clean', head: { sha: head } });
    const { data } = await github
      .as('token-ann')
      .git.getCommit({ ...AT, commit_sha: second.merge_commit_sha ?? '' });
    expect(data.parents.map(({ sha }) => sha)).toEqual([await github.head('main'), head]);
  });

  test('mergeable is false when both sides changed the same line', async () => {
    const { number } = await github.propose(branch, { 'README.md': `ours ${branch}\n` });
    await github.control('POST', 'commits', { files: { 'README.md': `theirs ${branch}\n` } });
    await get(number);
    expect(await get(number)).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
      merge_commit_sha: null,
    });
  });

  test('counts files, lines and commits as git does', async () => {
    const { number } = await github.propose(branch, { 'one.txt': 'a\nb\n', 'two.txt': 'c\n' });
    await github.commit(branch, { 'one.txt': 'a\n' });
    expect(await get(number)).toMatchObject({ changed_files: 2, additions: 2, deletions: 0, commits: 2 });
    const { data: files } = await github.as('token-ann').pulls.listFiles({ ...AT, pull_number: number });
    expect(files.map(({ filename, status, patch }) => [filename, status, patch])).toEqual([
      ['one.txt', 'added', '@@ -0,0 +1 @@\n+a'],
      ['two.txt', 'added', '@@ -0,0 +1 @@\n+c'],
    ]);
    const { data: commits } = await github.as('token-ann').pulls.listCommits({ ...AT, pull_number: number });
    expect(commits).toHaveLength(2);
  });

  test('files come in pages of 30', async () => {
    const files = Object.fromEntries(Array.from({ length: 35 }, (_, at) => [`many/${branch}-${at}`, 'x']));
    const { number } = await github.propose(branch, files);
    const octokit = github.as('token-ann');
    expect((await octokit.pulls.listFiles({ ...AT, pull_number: number })).data).toHaveLength(30);
    expect(await octokit.paginate(octokit.pulls.listFiles, { ...AT, pull_number: number })).toHaveLength(35);
  });

  test('a list filters by owner:branch, and ignores a head without owner', async () => {
    const { number } = await github.propose(branch);
    const { pulls } = github.as('token-ann');
    const numbers = async (head: string) =>
      (await pulls.list({ ...AT, head })).data.map((each) => each.number);
    expect(await numbers(`acme:${branch}`)).toEqual([number]);
    expect(await numbers(`other:${branch}`)).toEqual([]);
    expect((await numbers(branch)).length).toBeGreaterThan(1);
  });

  test('a row of a list has neither merged nor merged_by', async () => {
    await github.propose(branch);
    const [row] = (await github.as('token-ann').pulls.list(AT)).data;
    expect(row).not.toHaveProperty('merged');
    expect(row).not.toHaveProperty('merged_by');
    expect(row).not.toHaveProperty('mergeable');
  });
});

describe('following its branch', () => {
  test('the head moves with the branch, until it is closed', async () => {
    const { number } = await github.propose(branch);
    const moved = await github.commit(branch, { more: '1' });
    expect((await get(number)).head.sha).toBe(moved);
    await github.as('token-ann').pulls.update({ ...AT, pull_number: number, state: 'closed' });
    await github.commit(branch, { more: '2' });
    expect((await get(number)).head.sha).toBe(moved);
  });

  test('closes when the branch goes', async () => {
    const { number } = await github.propose(branch);
    await github.as('token-app').git.deleteRef({ ...AT, ref: `heads/${branch}` });
    expect(await get(number)).toMatchObject({ state: 'closed', merged: false, merged_at: null });
  });

  test('closes when the branch is put back on its base', async () => {
    const { number } = await github.propose(branch);
    const update = { ...AT, ref: `heads/${branch}`, sha: await github.head('main'), force: true };
    await github.as('token-app').git.updateRef(update);
    expect(await get(number)).toMatchObject({ state: 'closed', merged: false });
  });

  test('counts as merged when its commits reach the base by a push', async () => {
    const { number, head } = await github.propose(branch);
    await github.as('token-ben').git.updateRef({ ...AT, ref: 'heads/main', sha: head });
    expect(await get(number)).toMatchObject({ state: 'closed', merged: true, merged_by: { login: 'ben' } });
  });
});

describe('editing', () => {
  test('closing and opening again', async () => {
    const { number } = await github.propose(branch);
    const { pulls } = github.as('token-ann');
    await pulls.update({ ...AT, pull_number: number, state: 'closed' });
    expect(await get(number)).toMatchObject({ state: 'closed', closed_at: expect.any(String) as string });
    await pulls.update({ ...AT, pull_number: number, state: 'open', title: 'Again' });
    expect(await get(number)).toMatchObject({ state: 'open', title: 'Again', closed_at: null });
  });

  test('one whose branch was rebuilt meanwhile cannot be opened again', async () => {
    const { number } = await github.propose(branch);
    const octokit = github.as('token-app');
    await octokit.pulls.update({ ...AT, pull_number: number, state: 'closed' });
    await octokit.git.deleteRef({ ...AT, ref: `heads/${branch}` });
    const reopen = octokit.pulls.update({ ...AT, pull_number: number, state: 'open' });
    await refused(reopen, 422, `state cannot be changed. The ${branch} branch has been deleted.`);
    await github.commit(branch, { rebuilt: '1' });
    const again = octokit.pulls.update({ ...AT, pull_number: number, state: 'open' });
    await refused(again, 422, `state cannot be changed. The ${branch} branch was force-pushed or recreated.`);
  });

  test('a body that is too long leaves everything as it was', async () => {
    const { number } = await github.propose(branch);
    const body = 'x'.repeat(65_537);
    const call = github.as('token-app').pulls.update({ ...AT, pull_number: number, body, title: 'New' });
    const answer = await refused(call, 422, 'Validation Failed');
    expect(answer['errors']).toEqual([
      {
        resource: 'Issue',
        code: 'custom',
        field: 'body',
        message: 'body is too long (maximum is 65536 characters)',
      },
    ]);
    expect((await get(number)).title).toBe(`Propose ${branch}`);
  });
});

test('a pull request from a fork names the fork, and its commits are here', async () => {
  const forked = await startGitHub([
    {
      repository: 'acme/identity',
      tokens: { ann: { login: 'ann' }, mal: { login: 'mallory', permission: 'read' } },
    },
    { repository: 'mallory/identity', forkOf: 'acme/identity', tokens: { mal: { login: 'mallory' } } },
  ]);
  const mallory = forked.as('mal');
  const { data: file } = await mallory.repos.createOrUpdateFileContents({
    owner: 'mallory',
    repo: 'identity',
    path: 'mappings/x.yaml',
    message: 'mine',
    content: Buffer.from('x').toString('base64'),
  });
  const sha = file.commit.sha ?? '';
  const { data } = await mallory.pulls.create({ ...AT, title: 'Please', head: 'mallory:main', base: 'main' });
  expect(data.head).toMatchObject({
    label: 'mallory:main',
    sha,
    repo: { full_name: 'mallory/identity', fork: true },
  });
  const ann = forked.as('ann');
  expect((await ann.git.getCommit({ ...AT, commit_sha: sha })).status).toBe(200);
  await refused(mallory.pulls.merge({ ...AT, pull_number: data.number }), 403, 'not accessible');
  await refused(ann.repos.get({ owner: 'mallory', repo: 'identity' }), 404, 'Not Found');
  const merged = await ann.pulls.merge({ ...AT, pull_number: data.number });
  expect(merged.data.merged).toBe(true);
});
