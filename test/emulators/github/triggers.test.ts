/** What would start, by whose credential (github/docs "Events that trigger workflows", "GITHUB_TOKEN"; reference/github.md section 1). */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deriveOutcome } from '../../../scripts/emulators/github/triggers.ts';
import { AT, git, refused, remote, scratch, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
beforeAll(async () => {
  github = await startGitHub({ actionsMayOpenPullRequests: true });
});
beforeEach(async () => {
  await github.control('DELETE', 'events');
});

const outcomes = async (): Promise<string[]> =>
  (await github.events()).map(
    ({ event, action, outcome }) => `${event}${action === null ? '' : ` ${action}`}: ${outcome}`,
  );

describe('the table', () => {
  const events = [
    ['push', undefined],
    ['pull_request', 'opened'],
    ['pull_request', 'synchronize'],
    ['pull_request', 'reopened'],
    ['pull_request', 'closed'],
    ['pull_request', 'labeled'],
    ['pull_request_target', 'opened'],
    ['pull_request_review', 'submitted'],
    ['issue_comment', 'created'],
    ['repository_dispatch', 'bamboohr'],
    ['workflow_dispatch', undefined],
  ] as const;
  const awaiting: (string | undefined)[] = ['opened', 'synchronize', 'reopened'];

  test.each(events)('%s %s', (event, action) => {
    const happening = { event, ...(action === undefined ? {} : { action }) };
    const outcome = (kind: 'User' | 'App' | 'GITHUB_TOKEN') => deriveOutcome({ kind }, happening).outcome;
    expect([outcome('User'), outcome('App')]).toEqual(['run', 'run']);
    const dispatched = event === 'repository_dispatch' || event === 'workflow_dispatch';
    const waits = event === 'pull_request' && awaiting.includes(action);
    expect(outcome('GITHUB_TOKEN')).toBe(dispatched ? 'run' : waits ? 'awaiting approval' : 'none');
  });

  test.each(['fix [skip ci]', 'x\n\nskip-checks: true', '[ci skip] x', '[no ci]', '[skip actions]'])(
    'a head message "%s" skips push and pull_request and nothing else',
    (headMessage) => {
      const outcome = (event: string) => deriveOutcome({ kind: 'User' }, { event, headMessage }).outcome;
      expect([outcome('push'), outcome('pull_request'), outcome('issue_comment')]).toEqual([
        'none',
        'none',
        'run',
      ]);
    },
  );
});

test('a pull request made with GITHUB_TOKEN waits, its merge by a person runs, its merge by GITHUB_TOKEN does not', async () => {
  const actions = github.as('token-actions');
  const open = async (branch: string) => {
    await github.commit(branch, { [branch]: '1' });
    return (await actions.pulls.create({ ...AT, title: branch, head: branch, base: 'main' })).data.number;
  };
  const first = await open('auto-1');
  const second = await open('auto-2');
  expect(await outcomes()).toEqual([
    'push: run',
    'pull_request opened: awaiting approval',
    'pull_request_target opened: none',
    'push: run',
    'pull_request opened: awaiting approval',
    'pull_request_target opened: none',
  ]);
  await github.control('DELETE', 'events');
  await github.as('token-ann').pulls.merge({ ...AT, pull_number: first });
  expect(await outcomes()).toEqual([
    'pull_request closed: run',
    'pull_request_target closed: run',
    'push: run',
  ]);
  await github.control('DELETE', 'events');
  await actions.pulls.merge({ ...AT, pull_number: second });
  expect(await outcomes()).toEqual([
    'pull_request closed: none',
    'pull_request_target closed: none',
    'push: none',
  ]);
});

test('a receipt by the App starts push, one by GITHUB_TOKEN nothing', async () => {
  await github.commit('main', { 'state/receipts/a.json': '{}' });
  expect(await outcomes()).toEqual(['push: run']);
  const parent = await github.head('main');
  const { git: api } = github.as('token-actions');
  const { data: base } = await api.getCommit({ ...AT, commit_sha: parent });
  const { data } = await api.createCommit({ ...AT, message: 'r', tree: base.tree.sha, parents: [parent] });
  await api.updateRef({ ...AT, ref: 'heads/main', sha: data.sha });
  expect(await outcomes()).toEqual(['push: run', 'push: none']);
});

test('a push by git says who pushed, what and where, like one by the API', async () => {
  const folder = await scratch();
  await git(folder, 'clone', '--quiet', remote(github, 'token-ben'), '.');
  const before = (await git(folder, 'rev-parse', 'HEAD')).out;
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'typed');
  await git(folder, 'push', '--quiet', 'origin', 'HEAD:main', 'HEAD:refs/heads/second');
  const after = (await git(folder, 'rev-parse', 'HEAD')).out;
  const events = await github.events();
  expect(
    events.map(({ actor, payload }) => [actor.login, payload['ref'], payload['before'], payload['after']]),
  ).toEqual([
    ['ben', 'refs/heads/main', before, after],
    ['ben', 'refs/heads/second', '0'.repeat(40), after],
  ]);
  expect(events[0]?.payload['head_commit']).toMatchObject({ id: after, message: 'typed\n' });
});

test('a synchronize by the App runs; while the pull request conflicts it does not, and the target event does', async () => {
  const { number } = await github.propose('torn', { 'README.md': 'ours\n' });
  await github.control('POST', 'commits', { files: { 'README.md': 'theirs\n' } });
  await github.control('DELETE', 'events');
  await github.commit('torn', { more: '1' });
  expect(await outcomes()).toEqual([
    'push: run',
    'pull_request synchronize: none',
    'pull_request_target synchronize: run',
  ]);
  const events = await github.events();
  expect(events[1]).toMatchObject({ pull: number, reason: expect.stringContaining('conflicts') as string });
  expect(events[1]?.payload).toMatchObject({
    action: 'synchronize',
    number,
    pull_request: { head: { ref: 'torn' } },
  });
});

test('comments and reviews are events of their own', async () => {
  const { number } = await github.propose('spoken');
  await github.control('DELETE', 'events');
  await github.as('token-ann').issues.createComment({ ...AT, issue_number: number, body: '/hold 1042' });
  await github.as('token-actions').issues.createComment({ ...AT, issue_number: number, body: 'preview' });
  await github.as('token-ann').pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' });
  expect(await outcomes()).toEqual([
    'issue_comment created: run',
    'issue_comment created: none',
    'pull_request_review submitted: run',
  ]);
  const [comment] = await github.events();
  expect(comment?.payload).toMatchObject({
    comment: { body: '/hold 1042', user: { login: 'ann' } },
    issue: { number, pull_request: {} },
    sender: { login: 'ann', type: 'User' },
  });
});

describe('repository_dispatch', () => {
  const send = async (fields: Record<string, unknown>, token = 'token-app') =>
    github.as(token).repos.createDispatchEvent({ ...AT, event_type: 'bamboohr', ...fields });

  test('is 204 without a word, logged, and runs on the default branch', async () => {
    const payload = { employees: ['1042'], receivedAt: '2026-11-23T12:00:00Z' };
    const response = await send({ client_payload: payload }, 'token-actions');
    expect([response.status, response.data]).toEqual([204, '']);
    const [event] = await github.events();
    expect(event).toMatchObject({
      event: 'repository_dispatch',
      action: 'bamboohr',
      outcome: 'run',
      ref: 'refs/heads/main',
      sha: await github.head('main'),
      payload: { client_payload: payload, branch: 'main' },
    });
    const state = await github.control<{ dispatches: unknown[] }>('GET', 'state');
    expect(state.dispatches).toEqual([
      {
        kind: 'repository_dispatch',
        at: '2026-11-23T12:00:00Z',
        actor: 'github-actions[bot]',
        event_type: 'bamboohr',
        client_payload: payload,
      },
    ]);
  });

  test.each([
    [
      '101 characters of type',
      { event_type: 'x'.repeat(101) },
      'Only 100 characters are allowed; 101 were supplied.',
    ],
    [
      '11 keys',
      { client_payload: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`k${at}`, at])) },
      'No more than 10 properties are allowed; 11 were supplied.',
    ],
    ['64 KB', { client_payload: { a: 'x'.repeat(65_536) } }, 'client_payload is too large.'],
    ['no type', { event_type: undefined }, '"event_type" wasn\'t supplied.'],
  ])('refuses %s', async (_, fields, message) => {
    await refused(send(fields), 422, message);
  });

  test('takes what is just within the limits', async () => {
    const keys = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`k${at}`, at]));
    await send({ event_type: 'x'.repeat(100), client_payload: keys });
    await send({ client_payload: { a: 'x'.repeat(65_535 - '{"a":""}'.length) } });
  });

  test('needs write', async () => {
    await refused(send({}, 'token-reader'), 403, 'Resource not accessible');
  });
});

describe('workflows', () => {
  const file = [
    'name: Sync',
    'on:',
    '  push:',
    '  workflow_dispatch:',
    '    inputs:',
    '      only: { type: string }',
    '      lane: { type: choice, options: [auto, review], default: auto }',
    '      who: { required: true }',
  ].join('\n');

  test('are those of the default branch; a dispatch needs a trigger, its inputs, and the file to be active', async () => {
    await github.control('POST', 'commits', {
      files: { '.github/workflows/sync.yml': file, '.github/workflows/check.yaml': 'on: [pull_request]\n' },
    });
    await github.control('DELETE', 'events');
    const { actions } = github.as('token-ann');
    const { data } = await actions.listRepoWorkflows(AT);
    expect(data.workflows.map(({ name, path, state }) => [name, path, state])).toEqual([
      ['.github/workflows/check.yaml', '.github/workflows/check.yaml', 'active'],
      ['Sync', '.github/workflows/sync.yml', 'active'],
    ]);
    const send = async (
      inputs: Record<string, unknown>,
      workflow: string | number = 'sync.yml',
      ref = 'main',
    ) => actions.createWorkflowDispatch({ ...AT, workflow_id: workflow, ref, inputs });
    await refused(send({}, 'check.yaml'), 422, "Workflow does not have 'workflow_dispatch' trigger");
    await refused(send({}, 'none.yml'), 404, 'Not Found');
    await refused(send({ who: 'x' }, 'sync.yml', 'none'), 422, 'No ref found for: none');
    await refused(send({ who: 'x', extra: '1' }), 422, 'Unexpected inputs provided: [');
    await refused(send({}), 422, "Required input 'who' not provided");
    await refused(send({ who: 'x', lane: 'fast' }), 422, 'not in the list of allowed values');
    const id = data.workflows.find(({ name }) => name === 'Sync')?.id ?? 0;
    expect((await send({ who: 'ann' }, id)).status).toBe(204);
    const [event] = await github.events();
    expect(event).toMatchObject({
      outcome: 'run',
      payload: { inputs: { who: 'ann', lane: 'auto', only: '' } },
    });
    await actions.disableWorkflow({ ...AT, workflow_id: 'sync.yml' });
    await actions.enableWorkflow({ ...AT, workflow_id: 'sync.yml' });
    await send({ who: 'ann' });
    await actions.disableWorkflow({ ...AT, workflow_id: 'sync.yml' });
    expect((await actions.getWorkflow({ ...AT, workflow_id: 'sync.yml' })).data.state).toBe(
      'disabled_manually',
    );
    await refused(send({ who: 'x' }), 422, 'disabled workflow');
  });

  test('can be seeded as disabled by GitHub for want of activity', async () => {
    const idle = await startGitHub({ workflows: { 'sync.yml': 'disabled_inactivity' } });
    await idle.control('POST', 'commits', { files: { '.github/workflows/sync.yml': file } });
    const { data } = await idle.as('token-ann').actions.listRepoWorkflows(AT);
    expect(data.workflows[0]?.state).toBe('disabled_inactivity');
  });
});

test('runs that were told are listed newest first, by workflow, conclusion and branch', async () => {
  await github.control('POST', 'commits', {
    files: { '.github/workflows/sync.yml': 'on: push', '.github/workflows/other.yml': 'on: push' },
  });
  const run = (workflow: string, conclusion: string, at: string, branch = 'main') =>
    github.control('POST', 'runs', { workflow, conclusion, at, branch });
  await run('sync.yml', 'success', '2026-11-22T10:00:00Z');
  await run('sync.yml', 'success', '2026-11-22T11:00:00Z');
  await run('sync.yml', 'failure', '2026-11-22T12:00:00Z');
  await run('sync.yml', 'success', '2026-11-22T13:00:00Z', 'elsewhere');
  await run('other.yml', 'success', '2026-11-22T14:00:00Z');
  const { actions } = github.as('token-ann');
  const { data } = await actions.listWorkflowRuns({
    ...AT,
    workflow_id: 'sync.yml',
    status: 'success',
    branch: 'main',
    per_page: 1,
  });
  expect(data.total_count).toBe(2);
  expect(data.workflow_runs.map(({ updated_at, conclusion }) => [updated_at, conclusion])).toEqual([
    ['2026-11-22T11:00:00Z', 'success'],
  ]);
  const whole = await actions.listWorkflowRuns({ ...AT, workflow_id: 'sync.yml' });
  expect(whole.data.workflow_runs.map(({ conclusion }) => conclusion)).toEqual([
    'success',
    'failure',
    'success',
    'success',
  ]);
  await refused(actions.listWorkflowRuns({ ...AT, workflow_id: 'absent.yml' }), 404, 'Not Found');
});
