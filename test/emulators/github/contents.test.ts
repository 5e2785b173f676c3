/** Files by path, commits and comparisons (GitHub REST, "Contents" and "Commits"). */
import { beforeAll, describe, expect, test } from 'vitest';
import { AT, refused, startGitHub, type GitHub } from './start-github.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

let github: GitHub;
beforeAll(async () => {
  github = await startGitHub();
});

describe('reading', () => {
  test('a file, by branch, by commit and raw', async () => {
    const sha = await github.commit('main', { 'mappings/groups/a b.yaml': 'groups: []\n' });
    const path = 'mappings/groups/a b.yaml';
    const { data } = await github.as('token-ann').repos.getContent({ ...AT, path, ref: sha });
    expect(data).toMatchObject({
      type: 'file',
      path,
      size: 11,
      encoding: 'base64',
      content: `${base64('groups: []\n')}\n`,
    });
    const raw = await github.raw('/repos/acme/identity/contents/mappings/groups/a%20b.yaml', {
      headers: { accept: 'application/vnd.github.raw+json' },
    });
    expect(await raw.text()).toBe('groups: []\n');
  });

  test('a folder: its entries, 1,000 at most', async () => {
    const files = Object.fromEntries(Array.from({ length: 1_005 }, (_, at) => [`big/${at}`, 'x']));
    await github.commit('big', files);
    const list = async (path: string, ref: string) =>
      (await github.as('token-ann').repos.getContent({ ...AT, path, ref })).data as {
        type: string;
        path: string;
      }[];
    expect(await list('big', 'big')).toHaveLength(1_000);
    expect((await list('', 'big')).map(({ type, path }) => `${type} ${path}`)).toContain('dir big');
  });

  test('a file over 1 MB: no content, no error', async () => {
    await github.commit('large', { large: 'x'.repeat(1024 * 1024 + 1) });
    const { data } = await github.as('token-ann').repos.getContent({ ...AT, path: 'large', ref: 'large' });
    expect(data).toMatchObject({ content: '', encoding: 'none', size: 1024 * 1024 + 1 });
  });

  test('what is not there: 404, for a path and for a ref', async () => {
    const { repos } = github.as('token-ann');
    await refused(repos.getContent({ ...AT, path: 'none' }), 404, 'Not Found');
    await refused(
      repos.getContent({ ...AT, path: 'README.md', ref: 'none' }),
      404,
      'No commit found for the ref none',
    );
  });
});

describe('writing', () => {
  test('creates with 201, replaces with 200, removes; each is a commit on the branch', async () => {
    const { repos } = github.as('token-ann');
    const file = { ...AT, path: 'notes/a.txt', message: 'write', branch: 'main' };
    const first = await repos.createOrUpdateFileContents({ ...file, content: base64('1') });
    expect([first.status, first.data.commit.sha]).toEqual([201, await github.head('main')]);
    expect(first.data.commit.verification?.verified).toBe(false);
    const sha = first.data.content?.sha ?? '';
    const second = await repos.createOrUpdateFileContents({ ...file, content: base64('2'), sha });
    expect(second.status).toBe(200);
    await repos.deleteFile({ ...file, message: 'remove', sha: second.data.content?.sha ?? '' });
    await refused(repos.getContent({ ...AT, path: 'notes' }), 404, 'Not Found');
  });

  test('over a file without its sha: 422; with an old one: 409', async () => {
    const { repos } = github.as('token-ann');
    const file = { ...AT, path: 'README.md', message: 'x', content: base64('x') };
    await refused(repos.createOrUpdateFileContents(file), 422, '"sha" wasn\'t supplied.');
    const old = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';
    await refused(
      repos.createOrUpdateFileContents({ ...file, sha: old }),
      409,
      `README.md does not match ${old}`,
    );
    await refused(repos.deleteFile({ ...AT, path: 'none', message: 'x', sha: old }), 404, 'Not Found');
    await refused(
      repos.createOrUpdateFileContents({ ...file, branch: 'none' }),
      404,
      'Branch none not found',
    );
  });

  test('by a bot that names nobody is signed', async () => {
    const file = { ...AT, path: 'bot.txt', message: 'x', content: base64('x') };
    const { data } = await github.as('token-app').repos.createOrUpdateFileContents(file);
    expect(data.commit.verification?.verified).toBe(true);
  });
});

describe('commits', () => {
  test('are listed newest first, by path, by branch, in pages', async () => {
    await github.commit('log', { 'state/a': '1' }, 'first a');
    await github.commit('log', { b: '1' }, 'only b');
    const last = await github.commit('log', { 'state/a': '2' }, 'second a');
    const { repos } = github.as('token-ann');
    const { data } = await repos.listCommits({ ...AT, sha: 'log', path: 'state/a' });
    expect(data.map(({ commit }) => commit.message)).toEqual(['second a', 'first a']);
    expect(data[0]).toMatchObject({
      sha: last,
      author: { login: 'rollcall[bot]' },
      committer: { login: 'web-flow' },
    });
    const page = await repos.listCommits({ ...AT, sha: 'log', per_page: 1, page: 2 });
    expect(page.data.map(({ commit }) => commit.message)).toEqual(['only b']);
    await refused(repos.listCommits({ ...AT, sha: 'none' }), 404, 'Not Found');
  });

  test('one shows its files, and only its id when asked for that', async () => {
    await github.commit('shown', { 'x.txt': 'a\nb\n' });
    const sha = await github.commit('shown', { 'x.txt': 'a\nc\n', 'README.md': null });
    const { repos } = github.as('token-ann');
    const { data } = await repos.getCommit({ ...AT, ref: 'shown' });
    expect(data.files?.map(({ filename, status, changes }) => [filename, status, changes])).toEqual([
      ['README.md', 'removed', 1],
      ['x.txt', 'modified', 2],
    ]);
    expect(data.files?.[1]?.patch).toBe('@@ -1,2 +1,2 @@\n a\n-b\n+c');
    const plain = await github.raw('/repos/acme/identity/commits/shown', {
      headers: { accept: 'application/vnd.github.sha' },
    });
    expect(await plain.text()).toBe(sha);
    await refused(repos.getCommit({ ...AT, ref: 'none' }), 422, 'No commit found for SHA: none');
  });

  test('a rename is shown as one', async () => {
    await github.commit('moved', { 'old/name.txt': 'line\n'.repeat(20) });
    await github.commit('moved', { 'old/name.txt': null, 'new/name.txt': 'line\n'.repeat(20) });
    const { data } = await github.as('token-ann').repos.getCommit({ ...AT, ref: 'moved' });
    expect(data.files).toHaveLength(1);
    expect(data.files?.[0]).toMatchObject({
      status: 'renamed',
      filename: 'new/name.txt',
      previous_filename: 'old/name.txt',
    });
  });
});

describe('comparing', () => {
  test.each([
    ['ahead', 'main', 'cmp', 2, 0],
    ['behind', 'cmp', 'main', 0, 2],
    ['identical', 'cmp', 'cmp', 0, 0],
  ])('%s', async (status, base, head, ahead, behind) => {
    if (status === 'ahead') {
      await github.commit('cmp', { one: '1' });
      await github.commit('cmp', { two: '2' });
    }
    const { data } = await github
      .as('token-ann')
      .repos.compareCommitsWithBasehead({ ...AT, basehead: `${base}...${head}` });
    expect(data).toMatchObject({ status, ahead_by: ahead, behind_by: behind, total_commits: ahead });
    expect(data.files?.map(({ filename }) => filename)).toEqual(ahead > 0 ? ['one', 'two'] : []);
  });

  test('diverged: from where the two parted, with 300 files at most', async () => {
    const files = Object.fromEntries(Array.from({ length: 305 }, (_, at) => [`wide/${at}`, 'x']));
    await github.commit('wide', files);
    await github.control('POST', 'commits', { files: { 'meanwhile.txt': 'x' } });
    const { data } = await github
      .as('token-ann')
      .repos.compareCommitsWithBasehead({ ...AT, basehead: 'main...wide' });
    expect(data.status).toBe('diverged');
    expect(data.files).toHaveLength(300);
    expect(data.files?.map(({ filename }) => filename)).not.toContain('meanwhile.txt');
    const none = github.as('token-ann').repos.compareCommitsWithBasehead({ ...AT, basehead: 'main...none' });
    await refused(none, 404, 'Not Found');
  });
});

test('a seeded folder becomes main, hidden files and modes included, its own .git left out', async () => {
  const { mkdir, writeFile } = await import('node:fs/promises');
  const { scratch, git, remote } = await import('./start-github.ts');
  const folder = await scratch();
  await mkdir(`${folder}/.github/workflows`, { recursive: true });
  await mkdir(`${folder}/.git`);
  await writeFile(`${folder}/.git/config`, 'not this');
  await writeFile(`${folder}/.github/workflows/sync.yml`, 'name: Sync\non: push\n');
  await writeFile(`${folder}/run.sh`, '#!/bin/sh\n', { mode: 0o755 });
  const seeded = await startGitHub({ from: folder });
  const clone = await scratch();
  await git(clone, 'clone', '--quiet', remote(seeded, 'token-ann'), '.');
  expect(
    (await git(clone, 'ls-files', '--stage')).out.split('\n').map((line) => line.replace(/ .*\t/, ' ')),
  ).toEqual(['100644 .github/workflows/sync.yml', '100755 run.sh']);
  expect((await git(clone, 'rev-list', '--count', 'HEAD')).out).toBe('1');
});
