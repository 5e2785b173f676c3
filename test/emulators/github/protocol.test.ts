/** What every GitHub answer has in common (GitHub REST, "Getting started", "Pagination", "Rate limits", "Best practices"). */
import { request } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { AT, refused, startGitHub, type GitHub } from './start-github.ts';

let github: GitHub;
beforeAll(async () => {
  github = await startGitHub({
    tokens: {
      'token-app': {
        login: 'rollcall[bot]',
        type: 'Bot',
        permissions: { contents: 'write', pull_requests: 'write', issues: 'write' },
      },
      'token-contents': { login: 'narrow[bot]', type: 'Bot', permissions: { contents: 'read' } },
      'token-ann': { login: 'ann', type: 'User', permission: 'write' },
      'token-pat': { login: 'paul', type: 'User', permission: 'write', permissions: { contents: 'read' } },
      'token-reader': { login: 'rita', type: 'User', permission: 'read' },
      'token-gone': { login: 'gil', type: 'User', permission: 'none' },
    },
  });
});

describe('who may do what', () => {
  test('a token that nobody knows: 401', async () => {
    const body = await refused(github.as('nonsense').repos.get(AT), 401, 'Bad credentials');
    expect(body).toEqual({
      message: 'Bad credentials',
      documentation_url: expect.stringContaining('https://docs.github.com/rest') as string,
      status: '401',
    });
  });

  test('no token at all: a private repository is not there', async () => {
    expect((await github.raw('/repos/acme/identity', { token: '' })).status).toBe(404);
  });

  test('another repository, or one the person has no part in: 404, not 403', async () => {
    await refused(github.as('token-ann').repos.get({ owner: 'acme', repo: 'other' }), 404, 'Not Found');
    await refused(github.as('token-gone').repos.get(AT), 404, 'Not Found');
  });

  test('a permission the App lacks: 403, and the header says which', async () => {
    const call = github.as('token-contents').pulls.list(AT);
    await refused(call, 403, 'Resource not accessible by integration');
    const response = await github.raw('/repos/acme/identity/pulls', { token: 'token-contents' });
    expect(response.headers.get('x-accepted-github-permissions')).toBe('pull_requests=read');
  });

  test('read is not write, for an App, a fine-grained token and a role', async () => {
    const blob = { ...AT, content: 'x' };
    await refused(github.as('token-contents').git.createBlob(blob), 403, 'not accessible by integration');
    await refused(
      github.as('token-pat').git.createBlob(blob),
      403,
      'not accessible by personal access token',
    );
    await refused(github.as('token-reader').git.createBlob(blob), 403, 'not accessible by personal');
  });

  test('what is for administrators says so', async () => {
    const call = github.as('token-ann').repos.update({ ...AT, allow_squash_merge: false });
    await refused(call, 403, 'Must have admin rights to Repository.');
  });

  test('without tokens in the seed any token is an administrator, under a login of its own', async () => {
    const open = await startGitHub({ tokens: undefined });
    expect((await open.as('whoever').users.getAuthenticated()).data.login).toBe('whoever');
    await open.as('whoever').repos.update({ ...AT, allow_squash_merge: false });
  });
});

describe('every answer', () => {
  test('carries a request id and the rate', async () => {
    const { headers } = await github.raw('/repos/acme/identity');
    expect(headers.get('x-github-request-id')).toMatch(/./);
    expect(headers.get('x-ratelimit-resource')).toBe('core');
    const left = Number(headers.get('x-ratelimit-remaining'));
    const next = await github.raw('/repos/acme/identity');
    expect(Number(next.headers.get('x-ratelimit-remaining'))).toBe(left - 1);
  });

  test('to a question about the rate costs nothing', async () => {
    const { rateLimit } = github.as('token-ann');
    const { data: first } = await rateLimit.get();
    const { data: second } = await rateLimit.get();
    expect([first.rate.limit, second.rate.used]).toEqual([5_000, first.rate.used]);
  });

  test('has an ETag, and is 304 to whoever has it', async () => {
    const first = await github.raw('/repos/acme/identity/branches');
    const etag = first.headers.get('etag') ?? '';
    const again = await github.raw('/repos/acme/identity/branches', { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    await github.commit('etag', { a: 'b' });
    const changed = await github.raw('/repos/acme/identity/branches', { headers: { 'if-none-match': etag } });
    expect(changed.status).toBe(200);
  });

  test('needs a User-Agent to be given', async () => {
    const status = await new Promise((resolve) => {
      request(`${github.url}/repos/acme/identity`, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  test('is the same below /api/v3, with links that stay there', async () => {
    const response = await github.raw('/api/v3/repos/acme/identity');
    expect(await response.json()).toMatchObject({ url: `${github.url}/api/v3/repos/acme/identity` });
  });

  test('to a broken body is 400, to a missing field 422', async () => {
    const post = async (body: string): Promise<[number, string]> => {
      const response = await github.raw('/repos/acme/identity/git/blobs', { method: 'POST', body });
      return [response.status, ((await response.json()) as { message: string }).message];
    };
    expect(await post('{')).toEqual([400, 'Problems parsing JSON']);
    expect(await post('3')).toEqual([400, 'Body should be a JSON object']);
    expect(await post('{}')).toEqual([422, 'Invalid request.\n\n"content" wasn\'t supplied.']);
    expect((await post('{"content":5}'))[1]).toContain("For 'properties/content', 5 is not of type string.");
  });
});

describe('pages', () => {
  test('hold 30 rows and at most 100, and Link leads through them', async () => {
    const octokit = github.as('token-app');
    for (let at = 0; at < 103; at += 1) await octokit.issues.createLabel({ ...AT, name: `label ${at}` });
    const path = '/repos/acme/identity/labels';
    const first = await github.raw(path);
    expect(await first.json()).toHaveLength(30);
    expect(first.headers.get('link')).toBe(
      `<${github.url}${path}?page=2>; rel="next", <${github.url}${path}?page=4>; rel="last"`,
    );
    const big = await github.raw(`${path}?per_page=500&page=2`);
    expect(await big.json()).toHaveLength(3);
    expect(big.headers.get('link')).toContain('rel="prev"');
    const all = await octokit.paginate(octokit.issues.listLabelsForRepo, { ...AT, per_page: 100 });
    expect(new Set(all.map(({ name }) => name)).size).toBe(103);
  });

  test('a torn page has lost a row', async () => {
    await github.control('PUT', 'faults', [{ path: '/repos/acme/identity/labels', tornPage: true }]);
    expect(await (await github.raw('/repos/acme/identity/labels')).json()).toHaveLength(29);
  });
});

test('a seeded rate limit is enforced and told', async () => {
  const strict = await startGitHub({ rateLimit: 2 });
  await strict.raw('/repos/acme/identity');
  await strict.raw('/repos/acme/identity');
  const third = await strict.raw('/repos/acme/identity');
  expect(third.status).toBe(403);
  expect(third.headers.get('x-ratelimit-remaining')).toBe('0');
  await strict.control('PUT', 'clock', { now: '2026-11-23T13:00:00Z' });
  expect((await strict.raw('/repos/acme/identity')).status).toBe(200);
});
