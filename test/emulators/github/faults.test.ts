/** Disasters on order: lost answers, limits, and people who are faster (DESIGN section 6; reference/github.md sections 3 and 8). */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { AT, git, HEADS, refused, remote, scratch, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
let branch: string;
let counter = 0;
beforeAll(async () => {
  github = await startGitHub();
});
beforeEach(() => {
  counter += 1;
  branch = `f${counter}`;
});

test('main moves between a read and the write that builds on it: the write is no fast forward', async () => {
  const parent = await github.head('main');
  const { git: api } = github.as('token-app');
  const { data: base } = await api.getCommit({ ...AT, commit_sha: parent });
  const { data } = await api.createCommit({ ...AT, message: 'mine', tree: base.tree.sha, parents: [parent] });
  await github.control('PUT', 'interleaves', [
    {
      method: 'PATCH',
      path: `${HEADS}/main`,
      login: 'ann',
      message: 'theirs',
      files: { 'mappings/x.yaml': 'x' },
    },
  ]);
  const update = { ...AT, ref: 'heads/main', sha: data.sha };
  await refused(api.updateRef(update), 422, 'Update is not a fast forward');
  const theirs = await github.head('main');
  const { data: commit } = await api.getCommit({ ...AT, commit_sha: theirs });
  expect([commit.message, commit.parents[0]?.sha]).toEqual(['theirs', parent]);
  const { data: again } = await api.createCommit({
    ...AT,
    message: 'mine',
    tree: commit.tree.sha,
    parents: [theirs],
  });
  await api.updateRef({ ...update, sha: again.sha });
});

test('a merge whose answer is lost has happened all the same', async () => {
  const { number, head } = await github.propose(branch);
  const path = `/repos/acme/identity/pulls/${number}/merge`;
  await github.control('PUT', 'faults', [{ method: 'PUT', path, cut: 'after' }]);
  const lost = await github
    .as('token-ann')
    .pulls.merge({ ...AT, pull_number: number, sha: head })
    .then(
      () => 'answered',
      (error: { status?: number }) => error.status,
    );
  expect(lost).toBe(500);
  const { data } = await github.as('token-ann').pulls.get({ ...AT, pull_number: number });
  expect([data.merged, data.merge_commit_sha]).toEqual([true, await github.head('main')]);
});

test('a commit whose answer is lost is there and nobody points at it; one cut before is not made', async () => {
  const { git: api } = github.as('token-app');
  const parent = await github.head('main');
  const { data: base } = await api.getCommit({ ...AT, commit_sha: parent });
  const wish = { ...AT, message: `lost ${branch}`, tree: base.tree.sha, parents: [parent] };
  const path = '/repos/acme/identity/git/commits';
  await github.control('PUT', 'faults', [{ method: 'POST', path, cut: 'after' }]);
  await expect(api.createCommit(wish)).rejects.toThrow();
  // Same bytes, same id: made again it is the same commit.
  const { data: once } = await api.createCommit(wish);
  expect((await api.getCommit({ ...AT, commit_sha: once.sha })).data.message).toBe(`lost ${branch}`);
  expect(await github.head('main')).toBe(parent);
});

test.each([403, 429])('a secondary limit: %i with Retry-After, once', async (status) => {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  await github.control('PUT', 'faults', [
    { method: 'POST', path: '/repos/acme/identity/git/blobs', status, retryAfter: 60, body: { message } },
  ]);
  const { git: api } = github.as('token-app');
  const error = await api.createBlob({ ...AT, content: 'x' }).then(
    () => undefined,
    (reason: { status: number; message: string; response: { headers: Record<string, string> } }) => reason,
  );
  expect([error?.status, error?.response.headers['retry-after']]).toEqual([status, '60']);
  expect(error?.message).toContain('secondary rate limit');
  await api.createBlob({ ...AT, content: 'x' });
});

// The client tries again on a new connection before it gives up: one cut would not be seen.
test('a push that waits is a push; one that is cut off is none', async () => {
  const folder = await scratch();
  await git(folder, 'clone', '--quiet', remote(github, 'token-ann'), '.');
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'slow');
  const path = '/acme/identity.git/git-receive-pack';
  await github.control('PUT', 'faults', [{ path, cut: 'before', times: 9 }]);
  expect((await git(folder, 'push', 'origin', `HEAD:refs/heads/${branch}`)).code).not.toBe(0);
  await refused(github.as('token-ann').git.getRef({ ...AT, ref: `heads/${branch}` }), 404, 'Not Found');
  await github.control('PUT', 'faults', [{ path, delayMs: 20 }]);
  expect((await git(folder, 'push', 'origin', `HEAD:refs/heads/${branch}`)).code).toBe(0);
});

test('eight writers at once: every commit lands, one after the other', async () => {
  const { git: api } = github.as('token-app');
  await github.commit('busy', { start: '1' });
  const write = async (at: number): Promise<void> => {
    for (;;) {
      const parent = await github.head('busy');
      const { data: base } = await api.getCommit({ ...AT, commit_sha: parent });
      const tree = [{ path: `w/${at}`, mode: '100644' as const, type: 'blob' as const, content: `${at}` }];
      const { data: made } = await api.createTree({ ...AT, base_tree: base.tree.sha, tree });
      const { data } = await api.createCommit({
        ...AT,
        message: `w${at}`,
        tree: made.sha,
        parents: [parent],
      });
      const moved = await api.updateRef({ ...AT, ref: 'heads/busy', sha: data.sha }).then(
        () => true,
        (error: Error) => !error.message.includes('Update is not a fast forward') && Promise.reject(error),
      );
      if (moved) return;
    }
  };
  await Promise.all(Array.from({ length: 8 }, async (_, at) => write(at)));
  const { data } = await api.getTree({ ...AT, tree_sha: 'busy', recursive: '1' });
  expect(data.tree.filter(({ path }) => path?.startsWith('w/'))).toHaveLength(8);
});
