/** Issues, comments and labels (GitHub REST, "Issues"; limits and texts from reference/github.md sections 3 and 8). */
import { beforeAll, describe, expect, test } from 'vitest';
import { AT, refused, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
let pull: number;
beforeAll(async () => {
  github = await startGitHub();
  pull = (await github.propose('talked-about')).number;
});

test('pull requests are issues, and share their numbers', async () => {
  const { issues } = github.as('token-ann');
  const { data: issue } = await issues.create({
    ...AT,
    title: 'Sync failed',
    body: 'twice',
    labels: ['broken'],
  });
  expect(issue.number).toBe(pull + 1);
  const { data: list } = await issues.listForRepo(AT);
  expect(list.map(({ number, pull_request: isPull }) => [number, isPull !== undefined])).toEqual([
    [issue.number, false],
    [pull, true],
  ]);
  const { data: labelled } = await issues.listForRepo({ ...AT, labels: 'broken' });
  expect(labelled.map(({ number }) => number)).toEqual([issue.number]);
  await issues.update({ ...AT, issue_number: issue.number, state: 'closed', state_reason: 'completed' });
  expect((await issues.get({ ...AT, issue_number: issue.number })).data).toMatchObject({
    state: 'closed',
    closed_by: { login: 'ann' },
  });
  expect((await issues.listForRepo(AT)).data.map(({ number }) => number)).toEqual([pull]);
  await refused(issues.create({ ...AT, title: '' }), 422, '"code":"missing_field","field":"title"');
  await refused(issues.get({ ...AT, issue_number: 999 }), 404, 'Not Found');
});

describe('comments', () => {
  test('are written, changed, listed and removed', async () => {
    const { issues } = github.as('token-ann');
    const { data } = await issues.createComment({
      ...AT,
      issue_number: pull,
      body: '/hold 1042 until 2026-12-01 why',
    });
    expect(data).toMatchObject({ user: { login: 'ann' }, author_association: 'MEMBER' });
    await github.control('PUT', 'clock', { now: '2026-11-23T12:30:00Z' });
    const { data: changed } = await issues.updateComment({ ...AT, comment_id: data.id, body: 'new' });
    expect([changed.body, changed.updated_at]).toEqual(['new', '2026-11-23T12:30:00Z']);
    expect((await issues.listComments({ ...AT, issue_number: pull })).data.map(({ id }) => id)).toEqual([
      data.id,
    ]);
    expect((await issues.listCommentsForRepo(AT)).data.map(({ id }) => id)).toEqual([data.id]);
    await issues.deleteComment({ ...AT, comment_id: data.id });
    await refused(issues.getComment({ ...AT, comment_id: data.id }), 404, 'Not Found');
  });

  test('take 65,536 characters and not one more', async () => {
    const { issues } = github.as('token-app');
    const comment = { ...AT, issue_number: pull };
    const { data } = await issues.createComment({ ...comment, body: 'x'.repeat(65_536) });
    const body = await refused(
      issues.createComment({ ...comment, body: 'x'.repeat(65_537) }),
      422,
      'Validation Failed',
    );
    const error = {
      resource: 'IssueComment',
      code: 'unprocessable',
      field: 'data',
      message: 'Body is too long (maximum is 65536 characters)',
    };
    expect(body['errors']).toEqual([error]);
    const longer = issues.updateComment({ ...AT, comment_id: data.id, body: 'x'.repeat(65_537) });
    expect((await refused(longer, 422, 'Validation Failed'))['errors']).toEqual([error]);
    await refused(issues.createComment({ ...comment, body: ' ' }), 422, 'Body cannot be blank');
  });
});

describe('labels', () => {
  test('that the repository lacks are made by adding them', async () => {
    const { issues } = github.as('token-app');
    await refused(issues.getLabel({ ...AT, name: 'lane: review' }), 404, 'Not Found');
    const { data } = await issues.addLabels({
      ...AT,
      issue_number: pull,
      labels: ['lane: review', 'risk/high'],
    });
    expect(data.map(({ name }) => name)).toEqual(['lane: review', 'risk/high']);
    expect((await issues.getLabel({ ...AT, name: 'lane: review' })).data.color).toBe('ededed');
    expect((await github.as('token-ann').pulls.get({ ...AT, pull_number: pull })).data.labels).toHaveLength(
      2,
    );
  });

  test('are taken off, replaced, and refused when they stand already', async () => {
    const { issues } = github.as('token-app');
    await issues.addLabels({ ...AT, issue_number: pull, labels: ['risk/high'] });
    await issues.removeLabel({ ...AT, issue_number: pull, name: 'risk/high' });
    const gone = issues.removeLabel({ ...AT, issue_number: pull, name: 'risk/high' });
    await refused(gone, 404, 'Label does not exist');
    const { data } = await issues.setLabels({ ...AT, issue_number: pull, labels: ['only'] });
    expect(data.map(({ name }) => name)).toEqual(['only']);
    const twice = await refused(issues.createLabel({ ...AT, name: 'Only' }), 422, 'Validation Failed');
    expect(twice['errors']).toEqual([{ resource: 'Label', code: 'already_exists', field: 'name' }]);
    await refused(issues.createLabel({ ...AT, name: 'red', color: 'red' }), 422, '"field":"color"');
    await issues.updateLabel({ ...AT, name: 'only', new_name: 'renamed', color: 'ff0000' });
    expect((await issues.listLabelsOnIssue({ ...AT, issue_number: pull })).data[0]).toMatchObject({
      name: 'renamed',
      color: 'ff0000',
    });
    await issues.deleteLabel({ ...AT, name: 'renamed' });
    expect((await issues.listLabelsOnIssue({ ...AT, issue_number: pull })).data).toEqual([]);
  });
});
