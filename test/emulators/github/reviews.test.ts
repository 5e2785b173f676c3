/** Reviews, and the rules of a protected main that they satisfy (GitHub REST, "Reviews"; GitHub Docs, "Available rules for rulesets"). */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AT, refused, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
let branch: string;
let counter = 0;
beforeAll(async () => {
  github = await startGitHub({ rules: 'protected' });
});
beforeEach(() => {
  counter += 1;
  branch = `r${counter}`;
});

const review = async (
  number: number,
  token: string,
  event = 'APPROVE',
  fields: Record<string, unknown> = {},
) =>
  (
    await github.as(token).pulls.createReview({
      ...AT,
      pull_number: number,
      event: event as 'APPROVE',
      ...(event === 'APPROVE' ? {} : { body: 'because' }),
      ...fields,
    })
  ).data;
const merge = async (number: number, token = 'token-ann', fields: Record<string, unknown> = {}) =>
  github.as(token).pulls.merge({ ...AT, pull_number: number, ...fields });
const states = async (number: number): Promise<[string, string][]> => {
  const { data } = await github.as('token-ann').pulls.listReviews({ ...AT, pull_number: number });
  return data.map(({ user, state }) => [user?.login ?? '', state]);
};
const missing = 'At least 1 approving review is required by reviewers with write access.';

describe('a review', () => {
  test('is bound to the commit that was the head', async () => {
    const { number, head } = await github.propose(branch);
    const given = await review(number, 'token-ann');
    await github.commit(branch, { more: branch });
    expect(given).toMatchObject({
      state: 'APPROVED',
      commit_id: head,
      user: { login: 'ann' },
      author_association: 'MEMBER',
    });
    const { data } = await github
      .as('token-ann')
      .pulls.getReview({ ...AT, pull_number: number, review_id: given.id });
    expect(data.commit_id).toBe(head);
  });

  test("cannot be the author's own approval or refusal", async () => {
    const { number } = await github.propose(branch);
    const body = await refused(review(number, 'token-app'), 422, 'Can not approve your own pull request');
    expect(body).toMatchObject({
      message: 'Unprocessable Entity',
      errors: ['Can not approve your own pull request'],
    });
    const call = review(number, 'token-app', 'REQUEST_CHANGES');
    await refused(call, 422, 'Can not request changes on your own pull request');
  });

  test('by GITHUB_TOKEN is not an approval while the setting is off', async () => {
    const { number } = await github.propose(branch);
    await refused(
      review(number, 'token-actions'),
      422,
      'GitHub Actions is not permitted to approve pull requests.',
    );
  });

  test('without an event waits, seen by its author alone, until it is submitted', async () => {
    const { number } = await github.propose(branch);
    const { pulls } = github.as('token-ben');
    const { data } = await pulls.createReview({ ...AT, pull_number: number });
    expect(data).toMatchObject({ state: 'PENDING' });
    expect(data).not.toHaveProperty('submitted_at');
    expect(await states(number)).toEqual([]);
    const pending = { ...AT, pull_number: number, review_id: data.id };
    expect((await pulls.updateReview({ ...pending, body: 'on second thought' })).data.body).toBe(
      'on second thought',
    );
    const second = pulls.createReview({ ...AT, pull_number: number });
    await refused(second, 422, 'User can only have one pending review per pull request');
    await pulls.submitReview({ ...AT, pull_number: number, review_id: data.id, event: 'APPROVE' });
    expect(await states(number)).toEqual([['ben', 'APPROVED']]);
    await refused(
      pulls.deletePendingReview(pending),
      422,
      'Can not delete a non-pending pull request review',
    );
    const { data: dropped } = await pulls.createReview({ ...AT, pull_number: number });
    await pulls.deletePendingReview({ ...pending, review_id: dropped.id });
    expect(await states(number)).toHaveLength(1);
  });

  test('lists are pages of 30, oldest first', async () => {
    const { number } = await github.propose(branch);
    for (let at = 0; at < 31; at += 1) await review(number, 'token-ann', 'COMMENT', { body: `remark ${at}` });
    await review(number, 'token-ben');
    const octokit = github.as('token-ann');
    const { data } = await octokit.pulls.listReviews({ ...AT, pull_number: number });
    expect([data.length, data[0]?.body]).toEqual([30, 'remark 0']);
    const all = await octokit.paginate(octokit.pulls.listReviews, { ...AT, pull_number: number });
    expect([all.length, all.at(-1)?.state]).toEqual([32, 'APPROVED']);
  });

  test('can be given after the merge', async () => {
    const { number } = await github.propose(branch);
    await review(number, 'token-ann');
    await merge(number);
    await github.control('PUT', 'clock', { now: '2026-11-23T13:00:00Z' });
    expect((await review(number, 'token-ben')).submitted_at).toBe('2026-11-23T13:00:00Z');
  });
});

describe('a protected main', () => {
  test('lets nobody merge without an approval of somebody who may write', async () => {
    const { number } = await github.propose(branch);
    const body = await refused(merge(number), 405, missing);
    expect(body['message']).toBe(`Repository rule violations found\n\n${missing}\n\n`);
    await review(number, 'token-reader');
    await refused(merge(number), 405, missing);
    await review(number, 'token-ben', 'COMMENT');
    await refused(merge(number), 405, missing);
    await review(number, 'token-ben');
    expect((await merge(number)).data.merged).toBe(true);
  });

  test('forgets an approval when a push changes the pull request, not when its branch is brought up to date', async () => {
    const { number } = await github.propose(branch);
    await review(number, 'token-ann');
    await github.control('POST', 'commits', { files: { elsewhere: branch } });
    await github.as('token-ben').pulls.updateBranch({ ...AT, pull_number: number });
    expect(await states(number)).toEqual([['ann', 'APPROVED']]);
    await github.commit(branch, { changed: branch });
    expect(await states(number)).toEqual([['ann', 'DISMISSED']]);
    await refused(merge(number), 405, missing);
  });

  test('a dismissed approval does not bring an older one back to life', async () => {
    const { number } = await github.propose(branch);
    await review(number, 'token-ann');
    const later = await review(number, 'token-ann');
    const { pulls } = github.as('token-ben');
    const dismissal = { ...AT, pull_number: number, review_id: later.id };
    await refused(
      pulls.dismissReview({ ...dismissal, message: undefined as unknown as string }),
      422,
      'message',
    );
    expect((await pulls.dismissReview({ ...dismissal, message: 'wrong one' })).data).toMatchObject({
      id: later.id,
      state: 'DISMISSED',
    });
    await refused(merge(number), 405, missing);
    await refused(
      pulls.dismissReview({ ...dismissal, message: 'again' }),
      422,
      'Can not dismiss a dismissed',
    );
  });

  test('is held up by whoever asked for changes, until he approves', async () => {
    const { number } = await github.propose(branch);
    await review(number, 'token-ben', 'REQUEST_CHANGES');
    await review(number, 'token-ann');
    await refused(merge(number), 405, 'Changes have been requested');
    await review(number, 'token-ben');
    await merge(number);
  });

  test('wants the last push approved by somebody else than who pushed it', async () => {
    const { number } = await github.propose(branch);
    await github.control('POST', 'commits', { branch, login: 'ann', files: { sneaky: branch } });
    await review(number, 'token-ann');
    await refused(
      merge(number),
      405,
      'New changes require approval from someone other than the last pusher.',
    );
    await review(number, 'token-ben');
    await merge(number);
  });

  test('allows merge commits only', async () => {
    const { number } = await github.propose(branch);
    await review(number, 'token-ann');
    await refused(
      merge(number, 'token-ann', { merge_method: 'squash' }),
      405,
      'Merge method squash is not allowed',
    );
  });

  test('counts an approval no longer when its giver has lost write', async () => {
    const { number } = await github.propose(branch);
    await review(number, 'token-ben');
    const admin = github.as('token-admin').repos;
    await admin.addCollaborator({ ...AT, username: 'ben', permission: 'pull' });
    await refused(merge(number), 405, missing);
    const { data } = await github.as('token-ann').pulls.listReviews({ ...AT, pull_number: number });
    expect(data[0]?.author_association).toBe('CONTRIBUTOR');
    await admin.addCollaborator({ ...AT, username: 'ben', permission: 'push' });
    await merge(number);
  });

  test('wants the owners of what is changed, by the last line of CODEOWNERS that matches', async () => {
    await github.control('POST', 'commits', {
      files: { CODEOWNERS: '* @ann\n/state/receipts/\n/mappings/guardrails.yaml @olga\n' },
    });
    const { number } = await github.propose(branch, { 'mappings/guardrails.yaml': branch });
    await review(number, 'token-ann');
    await refused(merge(number), 405, 'Waiting on code owner review from olga.');
    await review(number, 'token-admin');
    await merge(number);
    const { number: unowned } = await github.propose(`${branch}-receipt`, {
      [`state/receipts/${branch}.json`]: '{}',
    });
    await review(unowned, 'token-ben');
    await merge(unowned);
    await github.control('POST', 'commits', { files: { CODEOWNERS: null } });
  });
});

describe('who is asked for a review', () => {
  test('people with a part in the repository, never the author; a review takes them off the list', async () => {
    const { number } = await github.propose(branch);
    const { pulls } = github.as('token-app');
    const ask = async (...reviewers: string[]) =>
      pulls.requestReviewers({ ...AT, pull_number: number, reviewers });
    await refused(ask('rollcall[bot]'), 422, 'Review cannot be requested from pull request author.');
    await refused(ask('stranger'), 422, 'Reviews may only be requested from collaborators.');
    expect((await ask('ann', 'ben')).data.requested_reviewers?.map(({ login }) => login)).toEqual([
      'ann',
      'ben',
    ]);
    await review(number, 'token-ann');
    const { data } = await pulls.listRequestedReviewers({ ...AT, pull_number: number });
    expect(data.users.map(({ login }) => login)).toEqual(['ben']);
    await pulls.removeRequestedReviewers({ ...AT, pull_number: number, reviewers: ['ben'] });
    expect((await pulls.listRequestedReviewers({ ...AT, pull_number: number })).data.users).toEqual([]);
  });
});
