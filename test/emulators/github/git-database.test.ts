/** Refs, commits, trees and blobs (GitHub REST, "Git database"; refusals as reference/github.md section 3 has them). */
import { beforeAll, describe, expect, test } from 'vitest';
import { AT, git, NOW, refused, remote, scratch, startGitHub, type GitHub } from './start-github.ts';

const NOWHERE = 'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef';

let github: GitHub;
let tree: string;
let main: string;
beforeAll(async () => {
  github = await startGitHub();
  main = await github.head('main');
  tree = (await github.as('token-app').git.getCommit({ ...AT, commit_sha: main })).data.tree.sha;
});

describe('refs', () => {
  test('are found by their whole name only', async () => {
    await github.commit('feature-a', { a: '1' });
    const octokit = github.as('token-app');
    await refused(octokit.git.getRef({ ...AT, ref: 'heads/feature' }), 404, 'Not Found');
    const { data } = await octokit.git.listMatchingRefs({ ...AT, ref: 'heads/feature' });
    expect(data.map(({ ref }) => ref)).toEqual(['refs/heads/feature-a']);
  });

  test('a name with slashes works encoded and plain', async () => {
    const sha = await github.commit('rollcall/sync', { s: '1' });
    const plain = await github.raw('/repos/acme/identity/git/ref/heads/rollcall/sync');
    expect(await plain.json()).toMatchObject({
      ref: 'refs/heads/rollcall/sync',
      object: { sha, type: 'commit' },
    });
    expect((await github.raw('/repos/acme/identity/git/ref/heads%2Frollcall%2Fsync')).status).toBe(200);
  });

  test.each([
    ['one that stands', { ref: 'refs/heads/main' }, 'Reference already exists'],
    ['a commit that is not there', { ref: 'refs/heads/new', sha: NOWHERE }, 'Object does not exist'],
    ['a name without refs/', { ref: 'heads/new' }, "must start with 'refs/'"],
    ['a name git does not take', { ref: 'refs/heads/a..b' }, 'is not a valid ref name'],
  ])('creating %s is refused', async (_, fields, message) => {
    await refused(github.as('token-app').git.createRef({ ...AT, sha: main, ...fields }), 422, message);
  });

  test('update: only forward without force, and a missing one has its own words', async () => {
    const octokit = github.as('token-app');
    const head = await github.commit('moving', { a: '1' });
    await refused(
      octokit.git.updateRef({ ...AT, ref: 'heads/moving', sha: main }),
      422,
      'Update is not a fast forward',
    );
    await refused(
      octokit.git.updateRef({ ...AT, ref: 'heads/none', sha: main }),
      422,
      'Reference does not exist',
    );
    await refused(
      octokit.git.updateRef({ ...AT, ref: 'heads/moving', sha: NOWHERE }),
      422,
      'Object does not exist',
    );
    await octokit.git.updateRef({ ...AT, ref: 'heads/moving', sha: main, force: true });
    await octokit.git.updateRef({ ...AT, ref: 'heads/moving', sha: head });
    expect(await github.head('moving')).toBe(head);
  });

  test('delete: gone, and gone again is 422; the default branch stays', async () => {
    const octokit = github.as('token-app');
    await github.commit('short-lived', { a: '1' });
    await octokit.git.deleteRef({ ...AT, ref: 'heads/short-lived' });
    await refused(
      octokit.git.deleteRef({ ...AT, ref: 'heads/short-lived' }),
      422,
      'Reference does not exist',
    );
    await refused(
      octokit.git.deleteRef({ ...AT, ref: 'heads/main' }),
      422,
      'Cannot delete the default branch',
    );
  });

  test('of two who move main from the same commit one wins, the other learns it', async () => {
    const { git: api } = github.as('token-app');
    await github.commit('race', { start: '0' });
    const parent = await github.head('race');
    const make = async (message: string): Promise<string> =>
      (await api.createCommit({ ...AT, message, tree, parents: [parent] })).data.sha;
    const shas = await Promise.all([make('one'), make('two')]);
    const outcomes = await Promise.all(
      shas.map((sha) =>
        api.updateRef({ ...AT, ref: 'heads/race', sha }).then(
          () => 'won',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.includes('Update is not a fast forward'))).toHaveLength(1);
  });

  test('an empty repository has no history to work on: 409', async () => {
    const empty = await startGitHub({ from: null });
    await refused(
      empty.as('token-app').git.getRef({ ...AT, ref: 'heads/main' }),
      409,
      'Git Repository is empty.',
    );
    await refused(
      empty.as('token-app').git.createBlob({ ...AT, content: 'x' }),
      409,
      'Git Repository is empty.',
    );
  });
});

describe('commits', () => {
  const message =
    'receipt(3f9c1a2): 8 done\n\nWhat happened.\n\nPlan-Digest: 3f9c1a2\nApproved-by: ann\nApproved-by: ben';

  test('of a bot that names nobody are signed by GitHub, at the emulated time', async () => {
    const { data } = await github.as('token-app').git.createCommit({ ...AT, message, tree, parents: [main] });
    expect(data.verification).toMatchObject({ verified: true, reason: 'valid' });
    expect(data.author).toMatchObject({ name: 'rollcall[bot]', date: NOW });
    expect(data.author.email).toMatch(/^\d+\+rollcall\[bot\]@users\.noreply\.github\.com$/);
    expect(data.committer).toMatchObject({ name: 'GitHub', email: 'noreply@github.com' });
  });

  test.each([
    ['of a bot that names an author', 'token-app', { author: { name: 'B', email: 'b@example.com' } }],
    ['of a bot that names a committer', 'token-app', { committer: { name: 'B', email: 'b@example.com' } }],
    ['of a person', 'token-ann', {}],
  ])('%s are unsigned', async (_, token, fields) => {
    const wish = { ...AT, message, tree, parents: [main], ...fields };
    const { data } = await github.as(token).git.createCommit(wish);
    expect(data.verification).toMatchObject({ verified: false, reason: 'unsigned', signature: null });
  });

  test('with a signature copied from another commit are not verified', async () => {
    const octokit = github.as('token-app');
    const { data: real } = await octokit.git.createCommit({ ...AT, message: 'real', tree, parents: [main] });
    const forged = {
      ...AT,
      message: 'forged',
      tree,
      parents: [main],
      signature: real.verification.signature ?? '',
    };
    const { data } = await octokit.git.createCommit(forged);
    expect(data.verification).toMatchObject({ verified: false, reason: 'unknown_key' });
  });

  test('keep author and date as they were given', async () => {
    const author = { name: 'Zoë <x>', email: 'zoe@example.com', date: '2020-02-03T04:05:06+02:00' };
    const { data } = await github.as('token-ann').git.createCommit({ ...AT, message, tree, author });
    expect(data.author).toEqual({ name: 'Zoë x', email: 'zoe@example.com', date: '2020-02-03T02:05:06Z' });
    expect(data.parents).toEqual([]);
  });

  test.each([
    ['a tree that is none', { tree: NOWHERE }, 'Tree SHA does not exist'],
    ['a parent that is none', { parents: [NOWHERE] }, 'Parent SHA does not exist or is not a commit object'],
    ['no message', { message: undefined }, '"message" wasn\'t supplied.'],
  ])('with %s are refused', async (_, fields, text) => {
    const wish = { ...AT, message, tree, parents: [main], ...fields } as Parameters<
      ReturnType<GitHub['as']>['git']['createCommit']
    >[0];
    await refused(github.as('token-app').git.createCommit(wish), 422, text);
  });

  test('are real: git reads them, their trailers and their chain', async () => {
    const octokit = github.as('token-app');
    const { data } = await octokit.git.createCommit({ ...AT, message, tree, parents: [main] });
    await octokit.git.createRef({ ...AT, ref: 'refs/heads/real', sha: data.sha });
    const folder = await scratch();
    expect(
      (await git(folder, 'clone', '--quiet', '--branch', 'real', remote(github, 'token-ann'), '.')).code,
    ).toBe(0);
    expect((await git(folder, 'fsck', '--strict', '--no-dangling')).err).not.toMatch(/error|warning/);
    expect((await git(folder, 'log', '-1', '--format=%H %P %an %cn %ct %s')).out).toBe(
      `${data.sha} ${main} rollcall[bot] GitHub ${Date.parse(NOW) / 1000} receipt(3f9c1a2): 8 done`,
    );
    expect((await git(folder, 'log', '-1', '--format=%(trailers:only,unfold)')).out).toBe(
      'Plan-Digest: 3f9c1a2\nApproved-by: ann\nApproved-by: ben',
    );
  });
});

describe('trees', () => {
  const entry = (path: string, rest: Record<string, unknown>) =>
    ({ path, mode: '100644', type: 'blob', ...rest }) as { path: string; mode: '100644'; type: 'blob' };
  const create = async (base: string | undefined, ...entries: ReturnType<typeof entry>[]) =>
    github
      .as('token-app')
      .git.createTree({ ...AT, tree: entries, ...(base === undefined ? {} : { base_tree: base }) });
  const list = async (sha: string): Promise<string[]> => {
    const { data } = await github.as('token-app').git.getTree({ ...AT, tree_sha: sha, recursive: '1' });
    return data.tree.filter(({ type }) => type === 'blob').map(({ path }) => path);
  };

  test("take content inline, nested, on a base; the ids are git's", async () => {
    const { data } = await create(tree, entry('a/b/c.txt', { content: 'hello\n' }));
    expect(await list(data.sha)).toEqual(['README.md', 'a/b/c.txt']);
    const { data: all } = await github
      .as('token-app')
      .git.getTree({ ...AT, tree_sha: data.sha, recursive: '0' });
    expect(all.tree.find(({ path }) => path === 'a/b/c.txt')?.sha).toBe(
      'ce013625030ba8dba906f756967f9e9ca394464a',
    );
    expect(all.tree.map(({ path, type }) => `${type} ${path}`)).toContain('tree a/b');
  });

  test('without a base hold what is listed and nothing else', async () => {
    const { data } = await create(undefined, entry('only.txt', { content: 'x' }));
    expect(await list(data.sha)).toEqual(['only.txt']);
  });

  test('remove a file by a null sha, and its folder with the last of them', async () => {
    const { data: two } = await create(tree, entry('d/x', { content: '1' }), entry('d/y', { content: '2' }));
    const { data: one } = await create(two.sha, entry('d/x', { sha: null }));
    expect(await list(one.sha)).toEqual(['README.md', 'd/y']);
    const { data: none } = await create(one.sha, entry('d/y', { sha: null }));
    expect(none.sha).toBe(tree);
  });

  test('turn a file into a folder', async () => {
    const { data: file } = await create(tree, entry('thing', { content: '1' }));
    const { data: folder } = await create(file.sha, entry('thing/inside', { content: '2' }));
    expect(await list(folder.sha)).toEqual(['README.md', 'thing/inside']);
  });

  test.each([
    ['removing what is not there', [entry('none.txt', { sha: null })], 'GitRPC::BadObjectState'],
    ['a blob that is not there', [entry('a', { sha: NOWHERE })], `tree.sha ${NOWHERE} is not a valid blob`],
    [
      'both content and sha',
      [entry('a', { content: 'x', sha: NOWHERE })],
      'Must supply either tree.sha or tree.content',
    ],
    ['neither', [entry('a', {})], 'Must supply either tree.sha or tree.content'],
    ['a path from the root', [entry('/a', { content: 'x' })], 'tree.path cannot start with a slash'],
    ['a way out', [entry('a/../b', { content: 'x' })], 'tree.path contains a malformed path component'],
    [
      "git's own folder",
      [entry('.git/config', { content: 'x' })],
      'tree.path contains a malformed path component',
    ],
    ['a strange mode', [entry('a', { content: 'x', mode: '100600' })], 'tree.mode must be one of'],
  ])('refuse %s', async (_, entries, message) => {
    await refused(create(tree, ...entries), 422, message);
  });

  test('refuse a base that is none', async () => {
    await refused(create(NOWHERE, entry('a', { content: 'x' })), 422, 'base_tree is not a valid tree oid');
  });

  test('of 5,000 files are made in one request, in seconds', async () => {
    const entries = Array.from({ length: 5_000 }, (_, at) =>
      entry(`state/people/${String(at % 100).padStart(2, '0')}/${at}.yaml`, { content: `id: "${at}"\n` }),
    );
    const started = performance.now();
    const { data } = await create(tree, ...entries);
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(await list(data.sha)).toHaveLength(5_001);
  });
});

describe('blobs', () => {
  test('come in base64, in ended lines of 60', async () => {
    const octokit = github.as('token-app');
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, at) => at * 2));
    const { data } = await octokit.git.createBlob({
      ...AT,
      content: bytes.toString('base64'),
      encoding: 'base64',
    });
    const { data: blob } = await octokit.git.getBlob({ ...AT, file_sha: data.sha });
    expect(blob.content.split('\n').map((line) => line.length)).toEqual([60, 60, 16, 0]);
    expect(Buffer.from(blob.content, 'base64')).toEqual(bytes);
    expect(blob).toMatchObject({ encoding: 'base64', size: 100 });
  });

  test('that are not there, or are no blobs: 404', async () => {
    await refused(github.as('token-app').git.getBlob({ ...AT, file_sha: NOWHERE }), 404, 'Not Found');
    await refused(github.as('token-app').git.getBlob({ ...AT, file_sha: main }), 404, 'Not Found');
  });
});
