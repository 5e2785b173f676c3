/** Rulesets, who bypasses them, and classic protection (GitHub REST, "Rules"; reference/github.md section 4). */
import { beforeAll, describe, expect, test } from 'vitest';
import { AT, git, refused, remote, scratch, startGitHub, type GitHub } from './start-github.ts';

const SENTENCE = 'Changes must be made through a pull request.';

let github: GitHub;
beforeAll(async () => {
  github = await startGitHub({ rules: 'protected' });
});

/** A commit on top of main that no branch holds. */
async function loose(on: GitHub, token: string): Promise<string> {
  const parent = await on.head('main');
  const { git: api } = on.as(token);
  const { data: base } = await api.getCommit({ ...AT, commit_sha: parent });
  const { data } = await api.createCommit({
    ...AT,
    message: 'loose',
    tree: base.tree.sha,
    parents: [parent],
  });
  return data.sha;
}

const move = async (on: GitHub, token: string, fields: Record<string, unknown> = {}) =>
  on.as(token).git.updateRef({ ...AT, ref: 'heads/main', sha: await loose(on, token), ...fields });

describe('a protected main', () => {
  test.each(['token-ann', 'token-admin', 'token-actions'])('is not moved by %s', async (token) => {
    const body = await refused(move(github, token), 422, SENTENCE);
    expect(body['message']).toBe(`Repository rule violations found\n\n${SENTENCE}\n\n`);
  });

  test('is moved by the App on the bypass list', async () => {
    const { data } = await move(github, 'token-app');
    expect(await github.head('main')).toBe(data.object.sha);
  });

  test('is not written by the web editor either, but side branches are', async () => {
    const file = { ...AT, path: 'x.txt', message: 'x', content: 'eA==' };
    await refused(github.as('token-ann').repos.createOrUpdateFileContents(file), 422, SENTENCE);
    await github
      .as('token-ann')
      .git.createRef({ ...AT, ref: 'refs/heads/side', sha: await github.head('main') });
    const { data } = await github
      .as('token-ann')
      .repos.createOrUpdateFileContents({ ...file, branch: 'side' });
    expect(data.commit.sha).toBe(await github.head('side'));
  });

  test.each([
    ['token-ann', 1],
    ['token-app', 0],
  ])('takes a push of %s as its API call: exit code %i', async (token, code) => {
    const folder = await scratch();
    await git(folder, 'clone', '--quiet', remote(github, token), '.');
    await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'pushed');
    const push = await git(folder, 'push', 'origin', 'HEAD:main');
    expect([push.code, push.err.includes(`- ${SENTENCE}`)]).toEqual([code, code === 1]);
    const landed = (await git(folder, 'rev-parse', 'HEAD')).out === (await github.head('main'));
    expect(landed).toBe(code === 0);
  });

  test('cannot be rewritten by a push', async () => {
    const strict = await startGitHub({ rules: [{ name: 'history', rules: [{ type: 'non_fast_forward' }] }] });
    await strict.commit('main', { a: '1' });
    const folder = await scratch();
    await git(folder, 'clone', '--quiet', remote(strict, 'token-ann'), '.');
    await git(folder, 'commit', '--quiet', '--amend', '-m', 'rewritten');
    const push = await git(folder, 'push', '--force', 'origin', 'HEAD:main');
    expect([push.code, push.err]).toEqual([1, expect.stringContaining('Cannot force-push to this branch')]);
    await git(folder, 'reset', '--quiet', '--hard', 'origin/main');
    await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'forward');
    expect((await git(folder, 'push', 'origin', 'HEAD:main')).code).toBe(0);
    const back = strict.as('token-ann').git.updateRef({
      ...AT,
      ref: 'heads/main',
      sha: (await git(folder, 'rev-parse', 'HEAD~1')).out,
      force: true,
    });
    await refused(back, 422, 'Cannot force-push to this branch');
  });

  test('says which rules hold on it, and is shown as protected', async () => {
    const { repos } = github.as('token-ann');
    const { data } = await repos.getBranchRules({ ...AT, branch: 'main' });
    expect(data.map(({ type }) => type)).toEqual(['deletion', 'non_fast_forward', 'pull_request']);
    expect((await repos.getBranch({ ...AT, branch: 'main' })).data.protected).toBe(true);
    await refused(repos.getBranchProtection({ ...AT, branch: 'main' }), 403, 'Must have admin rights');
    await refused(
      github.as('token-admin').repos.getBranchProtection({ ...AT, branch: 'main' }),
      404,
      'Branch not protected',
    );
  });
});

describe('the rulesets API', () => {
  const rules = [{ type: 'creation' as const }, { type: 'deletion' as const }];
  const ref = (...include: string[]) => ({ ref_name: { include, exclude: [] } });

  test('makes, changes, switches off and removes them, and they hold at once', async () => {
    const { repos } = github.as('token-admin');
    const wish = {
      ...AT,
      name: 'releases',
      enforcement: 'active' as const,
      rules,
      conditions: ref('refs/heads/release/*'),
    };
    const { data } = await repos.createRepoRuleset(wish);
    const sha = await github.head('main');
    const make = async (name: string) =>
      github.as('token-ann').git.createRef({ ...AT, ref: `refs/heads/${name}`, sha });
    await refused(make('release/1'), 422, 'Cannot create ref due to creations being restricted.');
    await make('release/a/b');
    await repos.updateRepoRuleset({ ...AT, ruleset_id: data.id, enforcement: 'disabled' });
    await make('release/1');
    expect((await repos.getRepoRuleset({ ...AT, ruleset_id: data.id })).data).toMatchObject({
      rules,
      enforcement: 'disabled',
    });
    await refused(repos.createRepoRuleset(wish), 422, 'Name must be unique');
    expect((await repos.getRepoRulesets(AT)).data.map(({ name }) => name)).toEqual(['main', 'releases']);
    await repos.deleteRepoRuleset({ ...AT, ruleset_id: data.id });
    await refused(repos.getRepoRuleset({ ...AT, ruleset_id: data.id }), 404, 'Not Found');
  });

  test('puts no one on a bypass list who cannot be there: GITHUB_TOKEN', async () => {
    const call = github.as('token-admin').repos.createRepoRuleset({
      ...AT,
      name: 'bots',
      enforcement: 'active',
      bypass_actors: [{ actor_id: 15368, actor_type: 'Integration', bypass_mode: 'always' }],
    });
    await refused(call, 422, 'must be part of the ruleset source or owner organization');
  });

  test('counts a bypass for each ruleset alone', async () => {
    const twice = await startGitHub({ rules: 'protected' });
    await twice.as('token-admin').repos.createRepoRuleset({
      ...AT,
      name: 'second',
      enforcement: 'active',
      conditions: ref('~DEFAULT_BRANCH'),
      rules: [{ type: 'pull_request' }] as never,
    });
    await refused(move(twice, 'token-app'), 422, SENTENCE);
  });

  test('is for administrators', async () => {
    const call = github.as('token-ann').repos.createRepoRuleset({ ...AT, name: 'x', enforcement: 'active' });
    await refused(call, 403, 'Must have admin rights to Repository.');
  });

  test('asks for signatures and for a straight line when told to', async () => {
    const picky = await startGitHub({
      rules: [
        { name: 'signed', rules: [{ type: 'required_signatures' }, { type: 'required_linear_history' }] },
      ],
    });
    await refused(move(picky, 'token-ann'), 422, 'Commits must have verified signatures.');
    await move(picky, 'token-app');
    const { number } = await picky.propose('line');
    const merge = picky.as('token-ann').pulls.merge({ ...AT, pull_number: number });
    await refused(merge, 405, 'This branch must not contain merge commits.');
  });

  test('waits for required checks, of the App they are pinned to', async () => {
    const checked = await startGitHub({
      rules: [
        {
          name: 'checks',
          rules: [
            {
              type: 'required_status_checks',
              parameters: { required_status_checks: [{ context: 'check' }] },
            },
          ],
        },
      ],
    });
    const { number, head } = await checked.propose('checked');
    const merge = async () => checked.as('token-ann').pulls.merge({ ...AT, pull_number: number });
    await refused(merge(), 405, 'Required status check \\"check\\" is expected.');
    const status = { ...AT, sha: head, context: 'check' };
    await checked.as('token-actions').repos.createCommitStatus({ ...status, state: 'failure' });
    await refused(merge(), 405, 'Required status check \\"check\\" is failing.');
    await checked.as('token-actions').repos.createCommitStatus({ ...status, state: 'success' });
    await merge();
  });
});

test('an App without the workflows permission cannot touch workflow files, whatever the way', async () => {
  const permissions = { contents: 'write', pull_requests: 'write' };
  const limited = await startGitHub({
    tokens: {
      'token-app': { login: 'rollcall[bot]', type: 'Bot', bypass: true, permissions },
      'token-ann': { login: 'ann', type: 'User' },
    },
  });
  const call = limited.commit('evil', { '.github/workflows/x.yml': 'on: push\n' });
  await refused(call, 403, 'Resource not accessible by integration');
  const folder = await scratch();
  await git(folder, 'clone', '--quiet', remote(limited, 'token-app'), '.');
  await git(folder, 'checkout', '--quiet', '-b', 'evil');
  const { mkdir, writeFile } = await import('node:fs/promises');
  await mkdir(`${folder}/.github/workflows`, { recursive: true });
  await writeFile(`${folder}/.github/workflows/x.yml`, 'on: push\n');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'x');
  const push = await git(folder, 'push', 'origin', 'evil');
  expect([push.code, push.err]).toEqual([1, expect.stringContaining('without `workflows` permission')]);
  expect((await git(folder, 'push', remote(limited, 'token-ann'), 'evil')).code).toBe(0);
  // What somebody else has brought is no longer the App's doing.
  expect(await limited.commit('evil', { 'state/x': '1' })).toMatch(/^[0-9a-f]{40}$/);
});

test('GITHUB_TOKEN cannot touch workflow files at all', async () => {
  const plain = await startGitHub();
  const call = plain.as('token-actions').repos.createOrUpdateFileContents({
    ...AT,
    path: '.github/workflows/x.yml',
    message: 'x',
    content: 'eA==',
  });
  await refused(call, 403, 'Resource not accessible by integration');
});

test('classic protection holds as well, and spares administrators unless it says otherwise', async () => {
  const classic = await startGitHub();
  const protection = {
    ...AT,
    branch: 'main',
    required_status_checks: null,
    restrictions: null,
    required_pull_request_reviews: { required_approving_review_count: 1 },
  };
  const { repos } = classic.as('token-admin');
  await repos.updateBranchProtection({ ...protection, enforce_admins: null });
  await refused(move(classic, 'token-ann'), 422, SENTENCE);
  await move(classic, 'token-admin');
  await repos.updateBranchProtection({ ...protection, enforce_admins: true });
  await refused(move(classic, 'token-admin'), 422, SENTENCE);
  expect((await repos.getBranchProtection({ ...AT, branch: 'main' })).data.enforce_admins?.enabled).toBe(
    true,
  );
  await repos.deleteBranchProtection({ ...AT, branch: 'main' });
  await move(classic, 'token-ann');
});
