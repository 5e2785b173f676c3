/** What a company's setup asks for: settings, variables, secrets, environments, and the App's own tokens. */
import { beforeAll, describe, expect, test } from 'vitest';
import { AT, refused, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
beforeAll(async () => {
  github = await startGitHub({ variables: { ROLLCALL_ENABLED: 'true' } });
});

test('merge settings are read and changed; one merge method has to stay', async () => {
  const { repos } = github.as('token-admin');
  expect((await repos.get(AT)).data).toMatchObject({
    full_name: 'acme/identity',
    default_branch: 'main',
    private: true,
    allow_merge_commit: true,
    merge_commit_title: 'MERGE_MESSAGE',
    permissions: { admin: true, push: true },
  });
  await repos.update({
    ...AT,
    allow_squash_merge: false,
    allow_rebase_merge: false,
    merge_commit_message: 'BLANK',
  });
  expect((await repos.get(AT)).data).toMatchObject({
    allow_squash_merge: false,
    merge_commit_message: 'BLANK',
  });
  await refused(
    repos.update({ ...AT, allow_merge_commit: false }),
    422,
    'you need to allow at least one merge strategy',
  );
});

test('variables: made once, changed, listed, removed', async () => {
  const { actions } = github.as('token-admin');
  expect((await actions.getRepoVariable({ ...AT, name: 'ROLLCALL_ENABLED' })).data.value).toBe('true');
  const variable = { ...AT, name: 'REGION', value: 'eu' };
  expect((await actions.createRepoVariable(variable)).status).toBe(201);
  await refused(actions.createRepoVariable(variable), 409, 'Already exists');
  await actions.updateRepoVariable({ ...variable, value: 'us' });
  const { data } = await actions.listRepoVariables(AT);
  expect(data.variables.map(({ name, value }) => `${name}=${value}`)).toEqual([
    'ROLLCALL_ENABLED=true',
    'REGION=us',
  ]);
  await actions.deleteRepoVariable({ ...AT, name: 'REGION' });
  await refused(actions.getRepoVariable({ ...AT, name: 'REGION' }), 404, 'Not Found');
  await refused(actions.createRepoVariable({ ...variable, name: 'GITHUB_X' }), 422, 'Names can only contain');
});

test('secrets of the repository, and of everybody who can push: listed by name, removed', async () => {
  const { actions } = github.as('token-admin');
  const { data: key } = await actions.getRepoPublicKey(AT);
  const secret = { ...AT, secret_name: 'slack_webhook_url', encrypted_value: 'c2VhbGVk', key_id: key.key_id };
  expect((await actions.createOrUpdateRepoSecret(secret)).status).toBe(201);
  expect((await actions.listRepoSecrets(AT)).data.secrets.map(({ name }) => name)).toEqual([
    'SLACK_WEBHOOK_URL',
  ]);
  await actions.deleteRepoSecret({ ...AT, secret_name: 'SLACK_WEBHOOK_URL' });
  await refused(actions.deleteRepoSecret({ ...AT, secret_name: 'SLACK_WEBHOOK_URL' }), 404, 'Not Found');
});

test('what GITHUB_TOKEN may do by default is off until it is switched on', async () => {
  const { actions } = github.as('token-admin');
  const { data } = await actions.getGithubActionsDefaultWorkflowPermissionsRepository(AT);
  expect(data).toEqual({ default_workflow_permissions: 'read', can_approve_pull_request_reviews: false });
  const wrong = { ...AT, default_workflow_permissions: 'all' as 'read' };
  const call = actions.setGithubActionsDefaultWorkflowPermissionsRepository(wrong);
  await refused(call, 422, 'is not a member of ["read", "write"]');
});

describe('environments', () => {
  const environment = { ...AT, environment_name: 'directory-write' };

  test('with a branch policy of their own', async () => {
    const { repos } = github.as('token-admin');
    const both = { protected_branches: true, custom_branch_policies: true };
    await refused(
      repos.createOrUpdateEnvironment({ ...environment, deployment_branch_policy: both }),
      422,
      'cannot have the same value',
    );
    const custom = { protected_branches: false, custom_branch_policies: true };
    await repos.createOrUpdateEnvironment({ ...environment, deployment_branch_policy: custom });
    await repos.createDeploymentBranchPolicy({ ...environment, name: 'main' });
    const { data } = await repos.getEnvironment(environment);
    expect(data).toMatchObject({ name: 'directory-write', deployment_branch_policy: custom });
    expect(data.protection_rules?.map(({ type }) => type)).toEqual(['branch_policy']);
    const { data: policies } = await repos.listDeploymentBranchPolicies(environment);
    expect(policies.branch_policies.map(({ name }) => name)).toEqual(['main']);
    await refused(repos.getEnvironment({ ...environment, environment_name: 'none' }), 404, 'Not Found');
    await refused(
      github.as('token-ann').repos.createOrUpdateEnvironment(environment),
      403,
      'Must have admin rights',
    );
  });

  test('without custom policies there is nothing to add one to', async () => {
    const { repos } = github.as('token-admin');
    const plain = { ...AT, environment_name: 'hr' };
    await repos.createOrUpdateEnvironment(plain);
    await refused(repos.createDeploymentBranchPolicy({ ...plain, name: 'main' }), 404, 'Not Found');
  });

  test('with variables of their own; they go with it', async () => {
    const { actions, repos } = github.as('token-admin');
    const own = { ...AT, environment_name: 'notify' };
    await repos.createOrUpdateEnvironment(own);
    await actions.createEnvironmentVariable({ ...own, name: 'CHANNEL', value: 'a' });
    await actions.updateEnvironmentVariable({ ...own, name: 'CHANNEL', value: 'b' });
    const { data } = await actions.listEnvironmentVariables(own);
    expect(data.variables.map(({ name, value }) => `${name}=${value}`)).toEqual(['CHANNEL=b']);
    expect((await repos.getAllEnvironments(AT)).data.environments?.map(({ name }) => name)).toContain(
      'notify',
    );
    await repos.deleteAnEnvironment(own);
    await refused(actions.listEnvironmentVariables(own), 404, 'Not Found');
  });

  test('take sealed secrets and never show them', async () => {
    const { actions } = github.as('token-admin');
    const { data: key } = await actions.getEnvironmentPublicKey(environment);
    expect(Buffer.from(key.key, 'base64')).toHaveLength(32);
    const secret = {
      ...environment,
      secret_name: 'JUMPCLOUD_API_KEY',
      encrypted_value: 'c2VhbGVk',
      key_id: key.key_id,
    };
    expect((await actions.createOrUpdateEnvironmentSecret(secret)).status).toBe(201);
    expect((await actions.createOrUpdateEnvironmentSecret(secret)).status).toBe(204);
    await refused(actions.createOrUpdateEnvironmentSecret({ ...secret, key_id: '1' }), 422, 'key_id');
    const { data } = await actions.listEnvironmentSecrets(environment);
    expect(data.secrets.map(({ name }) => name)).toEqual(['JUMPCLOUD_API_KEY']);
    expect(JSON.stringify(await github.control('GET', 'state'))).not.toContain('c2VhbGVk');
  });
});

test('who may do what is asked by login', async () => {
  const { repos } = github.as('token-app');
  const permission = async (username: string) =>
    (await repos.getCollaboratorPermissionLevel({ ...AT, username })).data;
  expect(await permission('ann')).toMatchObject({
    permission: 'write',
    role_name: 'write',
    user: { login: 'ann' },
  });
  expect((await permission('rita')).permission).toBe('read');
  expect(
    (await repos.listCollaborators(AT)).data.map(({ login, role_name: role }) => `${login} ${role}`),
  ).toContain('ann write');
  expect((await repos.checkCollaborator({ ...AT, username: 'ann' })).status).toBe(204);
  await refused(repos.checkCollaborator({ ...AT, username: 'stranger' }), 404, 'Not Found');
  await refused(permission('stranger'), 404, 'is not a user');
  await github.as('token-admin').repos.addCollaborator({ ...AT, username: 'rita', permission: 'maintain' });
  expect(await permission('rita')).toMatchObject({ permission: 'write', role_name: 'maintain' });
  await github.as('token-admin').repos.removeCollaborator({ ...AT, username: 'rita' });
  expect((await permission('rita')).permission).toBe('none');
  await refused(github.as('token-reader').repos.get(AT), 404, 'Not Found');
});

describe('an App', () => {
  const claims = (fields: Record<string, unknown> = {}): string => {
    const seconds = Date.parse('2026-11-23T12:00:00Z') / 1000;
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'RS256' })}.${part({ iat: seconds - 60, exp: seconds + 540, iss: 'rollcall', ...fields })}.c2ln`;
  };

  test('makes itself a token of an hour with less than it has, uses it and gives it back', async () => {
    const app = await startGitHub({
      tokens: {
        'token-app': {
          login: 'rollcall[bot]',
          type: 'Bot',
          permissions: { contents: 'write', pull_requests: 'write' },
        },
      },
    });
    const { apps } = app.as(claims());
    expect((await apps.getAuthenticated()).data).toMatchObject({ slug: 'rollcall' });
    const { data: installation } = await apps.getRepoInstallation(AT);
    expect((await apps.listInstallations()).data.map(({ id }) => id)).toEqual([installation.id]);
    const wish = { installation_id: installation.id, permissions: { contents: 'read' as const } };
    const { data } = await apps.createInstallationAccessToken(wish);
    expect(data).toMatchObject({ expires_at: '2026-11-23T13:00:00Z', permissions: { contents: 'read' } });
    const narrow = app.as(data.token);
    expect((await narrow.git.getRef({ ...AT, ref: 'heads/main' })).status).toBe(200);
    await refused(
      narrow.git.createBlob({ ...AT, content: 'x' }),
      403,
      'Resource not accessible by integration',
    );
    const { data: seen } = await narrow.apps.listReposAccessibleToInstallation();
    expect(seen.repositories.map((repository) => repository.full_name)).toEqual(['acme/identity']);
    const more = apps.createInstallationAccessToken({ ...wish, permissions: { workflows: 'write' } });
    await refused(more, 422, 'The permissions requested are not granted to this installation.');
    await narrow.apps.revokeInstallationAccessToken();
    await refused(narrow.repos.get(AT), 401, 'Bad credentials');
  });

  test.each([
    ['no web token', 'not-one', 'A JSON web token could not be decoded'],
    ['one that has expired', claims({ exp: 1 }), 'Expiration time'],
    ['one that lasts too long', claims({ exp: 4_000_000_000 }), 'is too far in the future'],
  ])('is refused with %s', async (_, token, message) => {
    await refused(github.as(token).apps.getAuthenticated(), 401, message);
  });

  test('has no user behind its tokens', async () => {
    await refused(
      github.as('token-app').users.getAuthenticated(),
      403,
      'Resource not accessible by integration',
    );
    expect((await github.as('token-ann').users.getAuthenticated()).data.login).toBe('ann');
    expect((await github.as('token-ann').users.getByUsername({ username: 'rollcall[bot]' })).data.type).toBe(
      'Bot',
    );
    await refused(github.as('token-ann').users.getByUsername({ username: 'nobody' }), 404, 'Not Found');
  });
});

test('GITHUB_TOKEN never holds what no workflow can give it, whatever its list', async () => {
  const { actions, repos } = github.as('token-actions');
  await refused(actions.listRepoVariables(AT), 403, 'Resource not accessible by integration');
  await refused(
    repos.update({ ...AT, allow_auto_merge: true }),
    403,
    'Resource not accessible by integration',
  );
  const wish = {
    token: 'run-2',
    login: 'github-actions[bot]',
    type: 'Bot',
    permissions: { 'pull-requests': 'read' },
  };
  await github.control('POST', 'tokens', wish);
  expect((await github.as('run-2').pulls.list(AT)).status).toBe(200);
});

test('a runner can be given tokens while it runs', async () => {
  const token = {
    token: 'run-1',
    login: 'github-actions[bot]',
    type: 'Bot',
    permissions: { contents: 'read' },
  };
  await github.control('POST', 'tokens', token);
  expect((await github.as('run-1').git.getRef({ ...AT, ref: 'heads/main' })).status).toBe(200);
  await refused(github.as('run-1').pulls.list(AT), 403, 'Resource not accessible by integration');
  await github.control('DELETE', 'tokens', { token: 'run-1' });
  await refused(github.as('run-1').repos.get(AT), 401, 'Bad credentials');
});
