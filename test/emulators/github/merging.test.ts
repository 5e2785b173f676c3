/** How a pull request lands (GitHub REST, "Merge a pull request"), and which one brought a commit. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AT, git, NOW, refused, remote, scratch, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
let branch: string;
let counter = 0;
beforeAll(async () => {
  github = await startGitHub();
});
beforeEach(() => {
  counter += 1;
  branch = `m${counter}`;
});

const merge = async (number: number, fields: Record<string, unknown> = {}, token = 'token-ann') =>
  github.as(token).pulls.merge({ ...AT, pull_number: number, ...fields });
const commitOf = async (sha: string) =>
  (await github.as('token-ann').git.getCommit({ ...AT, commit_sha: sha })).data;

describe('methods', () => {
  test('merge: two parents, signed by GitHub, made for whoever merged', async () => {
    const main = await github.head('main');
    const { number, head } = await github.propose(branch);
    const isMerged = async () => github.as('token-ann').pulls.checkIfMerged({ ...AT, pull_number: number });
    await refused(isMerged(), 404, 'Not Found');
    const { data } = await merge(number, { sha: head });
    expect((await isMerged()).status).toBe(204);
    expect(data).toEqual({
      sha: await github.head('main'),
      merged: true,
      message: 'Pull Request successfully merged',
    });
    const commit = await commitOf(data.sha);
    expect(commit.parents.map(({ sha }) => sha)).toEqual([main, head]);
    expect(commit.message).toBe(`Merge pull request #${number} from acme/${branch}\n\nPropose ${branch}`);
    expect(commit).toMatchObject({
      author: { name: 'ann' },
      committer: { name: 'GitHub' },
      verification: { verified: true },
    });
    const { data: pull } = await github.as('token-ann').pulls.get({ ...AT, pull_number: number });
    expect(pull).toMatchObject({
      state: 'closed',
      merged: true,
      merged_at: NOW,
      merged_by: { login: 'ann' },
      merge_commit_sha: data.sha,
      changed_files: 1,
    });
  });

  test('squash: one parent, one commit by the author of the pull request; trailers are at the mercy of the text', async () => {
    const main = await github.head('main');
    const { number } = await github.propose(branch);
    await github.commit(branch, { second: branch }, 'second\n\nPlan-Digest: abc');
    const { data } = await merge(number, { merge_method: 'squash' });
    const commit = await commitOf(data.sha);
    expect(commit.parents.map(({ sha }) => sha)).toEqual([main]);
    expect(commit.author.name).toBe('rollcall[bot]');
    expect(commit.message).toBe(
      `Propose ${branch} (#${number})\n\n* change ${branch}\n\n* second\n\nPlan-Digest: abc`,
    );
  });

  test('rebase: the commits anew on the base, their authors kept', async () => {
    const { number, head } = await github.propose(branch);
    await github.commit(branch, { second: branch }, 'second');
    await github.control('POST', 'commits', { files: { other: branch } });
    const main = await github.head('main');
    const { data } = await merge(number, { merge_method: 'rebase' });
    const tip = await commitOf(data.sha);
    const first = await commitOf(tip.parents[0]?.sha ?? '');
    expect([tip.message, first.message]).toEqual(['second', `change ${branch}`]);
    expect(first.parents.map(({ sha }) => sha)).toEqual([main]);
    expect(first.sha).not.toBe(head);
    expect([first.author.name, first.committer.name]).toEqual(['rollcall[bot]', 'ann']);
  });

  test('title and message as asked for; settings decide otherwise', async () => {
    const { number } = await github.propose(branch);
    const { data } = await merge(number, { commit_title: 'Title', commit_message: 'Plan-Digest: x' });
    expect((await commitOf(data.sha)).message).toBe('Title\n\nPlan-Digest: x');
    await github
      .as('token-admin')
      .repos.update({ ...AT, merge_commit_title: 'MERGE_MESSAGE', merge_commit_message: 'BLANK' });
    const { number: next } = await github.propose(`${branch}-blank`);
    const { data: blank } = await merge(next);
    expect((await commitOf(blank.sha)).message).toBe(`Merge pull request #${next} from acme/${branch}-blank`);
  });
});

describe('refusals', () => {
  test('a head that moved since it was looked at: 409', async () => {
    const { number, head } = await github.propose(branch);
    await github.commit(branch, { more: branch });
    await refused(
      merge(number, { sha: head }),
      409,
      'Head branch was modified. Review and try the merge again.',
    );
  });

  test('a conflict, a closed one and one merged already: 405', async () => {
    const { number } = await github.propose(branch, { 'README.md': `ours ${branch}\n` });
    await github.control('POST', 'commits', { files: { 'README.md': `theirs ${branch}\n` } });
    await refused(merge(number), 405, 'Pull Request is not mergeable');
    const { number: second } = await github.propose(`${branch}-closed`);
    await github.as('token-ann').pulls.update({ ...AT, pull_number: second, state: 'closed' });
    await refused(merge(second), 405, 'Pull Request is not mergeable');
    const { number: third } = await github.propose(`${branch}-merged`);
    await merge(third);
    await refused(merge(third), 405, 'Pull Request is not mergeable');
  });

  test('a draft, and a method that the repository does not allow: 405', async () => {
    await github.commit(branch, { a: branch });
    const { data } = await github
      .as('token-app')
      .pulls.create({ ...AT, title: 'D', head: branch, base: 'main', draft: true });
    await refused(merge(data.number), 405, 'Pull Request is still a draft');
    const { number } = await github.propose(`${branch}-squash`);
    await github.as('token-admin').repos.update({ ...AT, allow_squash_merge: false });
    await refused(
      merge(number, { merge_method: 'squash' }),
      405,
      'Squash merges are not allowed on this repository.',
    );
    await github.as('token-admin').repos.update({ ...AT, allow_squash_merge: true });
  });

  test('somebody who may only read: 403', async () => {
    const { number } = await github.propose(branch);
    await refused(merge(number, {}, 'token-reader'), 403, 'Resource not accessible');
  });
});

test('update-branch merges the base into the head and changes nothing of what would be merged', async () => {
  const { number, head } = await github.propose(branch);
  const { pulls } = github.as('token-ann');
  await refused(pulls.updateBranch({ ...AT, pull_number: number }), 422, 'no new commits on the base branch');
  await github.control('POST', 'commits', { files: { elsewhere: branch } });
  const stale = pulls.updateBranch({
    ...AT,
    pull_number: number,
    expected_head_sha: await github.head('main'),
  });
  await refused(stale, 422, "expected head sha didn't match current head ref");
  expect((await pulls.updateBranch({ ...AT, pull_number: number, expected_head_sha: head })).status).toBe(
    202,
  );
  const { data } = await pulls.get({ ...AT, pull_number: number });
  expect((await commitOf(data.head.sha)).parents.map(({ sha }) => sha)).toEqual([
    head,
    await github.head('main'),
  ]);
  expect(data.changed_files).toBe(1);
});

test('the branch goes after the merge when the repository says so', async () => {
  const tidy = await startGitHub({ settings: { delete_branch_on_merge: true } });
  const { number } = await tidy.propose('tidy');
  await tidy.as('token-ann').pulls.merge({ ...AT, pull_number: number });
  await refused(tidy.as('token-ann').git.getRef({ ...AT, ref: 'heads/tidy' }), 404, 'Not Found');
});

describe('commits/{sha}/pulls', () => {
  const pullsOf = async (sha: string): Promise<number[]> => {
    const { data } = await github
      .as('token-app')
      .repos.listPullRequestsAssociatedWithCommit({ ...AT, commit_sha: sha });
    return data.map(({ number }) => number);
  };

  test('on main: the merged pull request that brought it, for the merge commit and for what it merged', async () => {
    const { number, head } = await github.propose(branch);
    expect(await pullsOf(head)).toEqual([number]);
    const { data } = await merge(number);
    const { number: later } = await github.propose(`${branch}-later`);
    expect(await pullsOf(data.sha)).toEqual([number]);
    expect(await pullsOf(head)).toEqual([number]);
    expect(later).toBeGreaterThan(number);
  });

  test('a direct push belongs to none', async () => {
    const { sha } = await github.control<{ sha: string }>('POST', 'commits', { files: { direct: branch } });
    expect(await pullsOf(sha)).toEqual([]);
  });

  test('stays empty for as many calls as it lags', async () => {
    const { number } = await github.propose(branch);
    const { data } = await merge(number);
    await github.control('PUT', 'lags', { commitPulls: 2 });
    expect([await pullsOf(data.sha), await pullsOf(data.sha), await pullsOf(data.sha)]).toEqual([
      [],
      [],
      [number],
    ]);
  });
});

test('a clone of what was merged is sound', async () => {
  const folder = await scratch();
  await git(folder, 'clone', '--quiet', remote(github, 'token-ann'), '.');
  expect((await git(folder, 'fsck', '--strict', '--no-dangling')).err).not.toMatch(/error|warning/);
  expect((await git(folder, 'rev-parse', 'HEAD')).out).toBe(await github.head('main'));
  expect(Number((await git(folder, 'rev-list', '--count', '--merges', 'HEAD')).out)).toBeGreaterThan(3);
});
