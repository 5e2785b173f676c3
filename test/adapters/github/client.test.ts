import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGithubClient, readGithubConnection } from '../../../scripts/adapters/github/client.ts';
import { forgeOf } from '../../../scripts/adapters/github/forge.ts';
import { AnswerLost } from '../../../scripts/ports.ts';

const API = 'https://forge.example';
const HERE = '/repos/acme/identity';
const SHA = 'a'.repeat(40);

beforeAll(() => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

function connect(now = Date.parse('2026-11-23T12:00:00Z')) {
  const waits: number[] = [];
  const told: string[] = [];
  const client = createGithubClient(
    { token: 'ghs_secretsecretsecret', owner: 'acme', repo: 'identity', apiUrl: API },
    {
      sleep: async (milliseconds) => waits.push(milliseconds),
      random: () => 0.5,
      now: () => now,
      progress: (line) => told.push(line),
    },
  );
  return { client, forge: forgeOf(client), waits, told };
}

const refAnswer = { ref: 'refs/heads/main', object: { sha: SHA, type: 'commit' } };
const readMain = () => nock(API).get(`${HERE}/git/ref/heads%2Fmain`);

describe('repeating', () => {
  it('waits as long as Retry-After says, for reads and for writes', async () => {
    readMain().reply(429, { message: 'slow down' }, { 'retry-after': '7' });
    readMain().reply(403, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '61' });
    readMain().reply(200, refAnswer);
    const { forge, waits, told, client } = connect();
    expect(await forge.readHead('main')).toBe(SHA);
    expect(waits).toEqual([7_000, 61_000]);
    expect(told).toEqual([
      'waiting 7 s: GitHub limits how fast it may be asked',
      'waiting 61 s: GitHub limits how fast it may be asked',
    ]);
    expect(client.traffic).toMatchObject({ requests: 3, retries: 2, waitedMs: 68_000 });
    const posted = nock(API).post(`${HERE}/issues/4/comments`);
    posted.reply(403, { message: 'secondary rate limit' }, { 'retry-after': '3' });
    nock(API).get(`${HERE}/issues/4/comments`).query(true).reply(200, []);
    nock(API).post(`${HERE}/issues/4/comments`).reply(201, {});
    expect(await connect().forge.putComment(4, 'm', 'text', false)).toBe(true);
  });

  it('waits a growing minute for a secondary limit without Retry-After, and for the reset of the primary one', async () => {
    readMain().reply(403, { message: 'You have exceeded a secondary rate limit.' });
    readMain().reply(429, { message: 'abuse detection mechanism' });
    const reset = String(Date.parse('2026-11-23T12:05:00Z') / 1000);
    readMain().reply(
      403,
      { message: 'API rate limit exceeded' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    );
    readMain().reply(200, refAnswer);
    const { forge, waits } = connect();
    expect(await forge.readHead('main')).toBe(SHA);
    expect(waits).toEqual([60_000, 120_000, 301_000]);
  });

  it('does not wait for a limit that ends after the job does, and says when it ends', async () => {
    const reset = String(Date.parse('2026-11-23T12:55:00Z') / 1000);
    readMain().reply(
      403,
      { message: 'API rate limit exceeded for installation' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    );
    const { forge, waits } = connect();
    await expect(forge.readHead('main')).rejects.toMatchObject({
      exit: 1,
      code: 'throttled',
      message: expect.stringContaining('2026-11-23T12:55:00.000Z'),
    });
    expect(waits).toEqual([]);
  });

  it('repeats reads after 5xx, cut connections and torn JSON; ends as a failure when it stays down', async () => {
    readMain().reply(502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' });
    readMain().replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    readMain().reply(200, '{"ref": "refs/he', { 'content-type': 'application/json; charset=utf-8' });
    readMain().reply(200, refAnswer);
    const { forge, waits } = connect();
    expect(await forge.readHead('main')).toBe(SHA);
    expect(waits).toEqual([500, 1_000, 2_000]);
    readMain().times(6).reply(503, { message: 'unavailable' });
    await expect(forge.readHead('main')).rejects.toMatchObject({ exit: 1, code: 'forge-down' });
  });

  it('never repeats blindly what would be done twice', async () => {
    const { client } = connect();
    const calls: [string, () => Promise<unknown>][] = [
      [
        '/pulls',
        () => client.octokit.rest.pulls.create({ ...client.here, head: 'x', base: 'main', title: 't' }),
      ],
      [
        '/issues/1/comments',
        () => client.octokit.rest.issues.createComment({ ...client.here, issue_number: 1, body: 'b' }),
      ],
      [
        '/git/refs',
        () => client.octokit.rest.git.createRef({ ...client.here, ref: 'refs/heads/x', sha: SHA }),
      ],
    ];
    for (const [path, call] of calls) {
      const lost = (how: string) =>
        expect.toSatisfy((error) => error instanceof AnswerLost && error.message.includes(how));
      nock(API).post(`${HERE}${path}`).reply(502, 'bad');
      await expect(call()).rejects.toEqual(lost(': answered 502; it may have been carried out'));
      nock(API).post(`${HERE}${path}`).replyWithError('cut');
      await expect(call()).rejects.toEqual(lost(': no usable answer came; it may have been carried out'));
    }
    nock(API).patch(`${HERE}/git/refs/heads%2Fmain`).reply(500, '');
    const patch = client.octokit.rest.git.updateRef({ ...client.here, ref: 'heads/main', sha: SHA });
    await expect(patch).rejects.toBeInstanceOf(AnswerLost);
    // Named by their content: a second one is the same one.
    nock(API).post(`${HERE}/git/trees`).reply(502, 'bad');
    nock(API).post(`${HERE}/git/trees`).reply(201, { sha: SHA, tree: [] });
    const tree = await client.octokit.rest.git.createTree({ ...client.here, tree: [] });
    expect(tree.data.sha).toBe(SHA);
  });

  it('stops at what GitHub has decided', async () => {
    const { forge, waits } = connect();
    readMain().reply(404, { message: 'Not Found' });
    expect(await forge.readHead('main')).toBeNull();
    readMain().reply(401, { message: 'Bad credentials' });
    await expect(forge.readHead('main')).rejects.toMatchObject({ exit: 2, code: 'bad-token' });
    expect(waits).toEqual([]);
  });
});

describe('refusals in our words', () => {
  it('names the permission that GitHub says it wants', async () => {
    readMain().reply(
      403,
      { message: 'Resource not accessible by integration' },
      { 'x-accepted-github-permissions': 'contents=write; workflows=write' },
    );
    await expect(connect().forge.readHead('main')).rejects.toMatchObject({
      exit: 2,
      code: 'missing-permission',
      message: expect.stringContaining('contents: write and workflows: write'),
    });
  });

  it('shows no header that is no list of permissions', async () => {
    readMain().reply(403, { message: 'x' }, { 'x-accepted-github-permissions': 'Ada <b>Lovelace</b>' });
    const refused = await connect()
      .forge.readHead('main')
      .catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ code: 'missing-permission' });
    expect((refused as Error).message).toContain('contents: read');
    expect((refused as Error).message).not.toMatch(/Lovelace|</);
  });

  it('knows the permission of a route when GitHub does not say', async () => {
    nock(API)
      .get(`${HERE}/pulls/3`)
      .reply(403, { message: 'Resource not accessible by personal access token' });
    await expect(connect().forge.readPullRequest(3)).rejects.toThrow(/pull_requests: read/);
    nock(API).post(`${HERE}/check-runs`).reply(403, { message: 'Resource not accessible by integration' });
    const check = {
      name: 'x',
      head: SHA,
      conclusion: 'success',
      title: 't',
      summary: '',
      annotations: [],
    } as const;
    await expect(connect().forge.createCheck({ ...check, annotations: [] })).rejects.toThrow(/checks: write/);
  });

  it('names the setting that keeps GITHUB_TOKEN from proposing', async () => {
    nock(API)
      .post(`${HERE}/pulls`)
      .reply(403, { message: 'GitHub Actions is not permitted to create or approve pull requests.' });
    const wish = { head: 'rollcall/sync', base: 'main', title: 't', body: 'b' };
    await expect(connect().forge.openPullRequest(wish)).rejects.toMatchObject({
      code: 'actions-may-not-propose',
    });
  });

  it('shows neither the token nor what was sent', async () => {
    nock(API).post(`${HERE}/issues/1/comments`).reply(422, {
      message: 'Validation Failed for ghs_secretsecretsecretsecretsecretsecret ada@example.com',
    });
    nock(API).get(`${HERE}/issues/1/comments`).query(true).reply(200, []);
    const failure = (await connect()
      .forge.putComment(1, 'm', 'Ada Lovelace', false)
      .catch((error: unknown) => error)) as Error;
    expect(`${failure.message}${String(failure.stack)}`).not.toMatch(/ghs_|ada@|Lovelace/);
  });
});

describe('moving branches', () => {
  const commit = (sha: string) => ({
    sha,
    tree: { sha: 'b'.repeat(40) },
    parents: [],
    message: 'm',
    author: { name: 'rollcall[bot]', email: 'x', date: '2026-11-23T12:00:00Z' },
    committer: { name: 'GitHub', email: 'noreply@github.com', date: '2026-11-23T12:00:00Z' },
    verification: { verified: true, reason: 'valid' },
  });
  const MADE = 'c'.repeat(40);
  const build = async () => [{ message: 'm', changes: [{ path: 'state/x', text: 'y' }] }];
  const patch = () => nock(API).patch(`${HERE}/git/refs/heads%2Fmain`);

  function making(verified = true) {
    nock(API).get(`${HERE}/git/commits/${SHA}`).reply(200, commit(SHA));
    nock(API)
      .post(`${HERE}/git/trees`)
      .times(9)
      .reply(201, { sha: 'd'.repeat(40), tree: [] });
    nock(API)
      .post(
        `${HERE}/git/commits`,
        (body: Record<string, unknown>) => !('author' in body) && !('committer' in body),
      )
      .times(9)
      .reply(201, { ...commit(MADE), verification: { verified, reason: verified ? 'valid' : 'unsigned' } });
  }

  it('takes no rule violation for a lost race', async () => {
    making();
    readMain().reply(200, refAnswer);
    patch().reply(422, {
      message: 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n',
    });
    await expect(connect().forge.commitOnto('main', build)).rejects.toMatchObject({
      exit: 2,
      code: 'rules-forbid',
      remedy: expect.stringContaining('every ruleset'),
    });
  });

  it('finds that a move landed whose answer was lost, also below somebody else’s', async () => {
    for (const [now, status] of [
      [MADE, undefined],
      ['e'.repeat(40), 'ahead'],
    ] as const) {
      making();
      readMain().reply(200, refAnswer);
      patch().reply(502, 'bad');
      readMain().reply(200, { ...refAnswer, object: { sha: now } });
      if (status !== undefined)
        nock(API).get(`${HERE}/compare/${MADE}...${now}`).query(true).reply(200, { status });
      let builds = 0;
      const counted = async () => {
        builds += 1;
        return build();
      };
      const made = await connect().forge.commitOnto('main', counted);
      expect(made.map(({ sha }) => sha)).toEqual([MADE]);
      expect(builds).toBe(1);
      nock.cleanAll();
    }
  });

  it('gives up with a reason when it always loses, and says when commits are not verified', async () => {
    making(false);
    readMain().times(30).reply(200, refAnswer);
    patch().times(8).reply(422, { message: 'Update is not a fast forward' });
    const { forge, told } = connect();
    await expect(forge.commitOnto('main', build)).rejects.toMatchObject({
      exit: 1,
      code: 'branch-contended',
    });
    expect(told.filter((line) => line.includes('not shown as Verified'))).toHaveLength(1);
  });

  it('rebuilds and deletes no branch but its own', async () => {
    const { forge } = connect();
    await expect(forge.publishBranch('main', SHA, { message: 'm', changes: [] })).rejects.toThrow(
      /rollcall\/\*/,
    );
    await expect(forge.deleteBranch('feature', SHA)).rejects.toThrow(/rollcall\/\*/);
  });
});

describe('reading', () => {
  it('walks a tree that is too large for one answer', async () => {
    const tree = (id: string, rows: object[], truncated = false) => ({ sha: id, tree: rows, truncated });
    const id = (letter: string) => letter.repeat(40);
    const { forge } = connect();
    nock(API)
      .get(`${HERE}/git/commits/${SHA}`)
      .reply(200, {
        sha: SHA,
        tree: { sha: id('1') },
        parents: [],
        message: '',
        author: null,
        committer: null,
      });
    nock(API)
      .get(`${HERE}/git/trees/${id('1')}`)
      .reply(200, tree(id('1'), [{ path: 'state', type: 'tree', sha: id('2') }]));
    nock(API)
      .get(`${HERE}/git/trees/${id('2')}`)
      .query({ recursive: '1' })
      .reply(200, tree(id('2'), [{ path: 'a', type: 'blob', sha: id('9') }], true));
    nock(API)
      .get(`${HERE}/git/trees/${id('2')}`)
      .reply(
        200,
        tree(id('2'), [
          { path: 'groups.yaml', type: 'blob', sha: id('5') },
          { path: 'people', type: 'tree', sha: id('3') },
        ]),
      );
    nock(API)
      .get(`${HERE}/git/trees/${id('3')}`)
      .query({ recursive: '1' })
      .reply(200, tree(id('3'), [{ path: '42/1042.yaml', type: 'blob', sha: id('6') }]));
    expect(await forge.readFolder(SHA, 'state')).toEqual(
      new Map([
        ['state/groups.yaml', id('5')],
        ['state/people/42/1042.yaml', id('6')],
      ]),
    );
  });

  it('takes the clock of the forge, not of this machine, for the age of reviews', async () => {
    nock(API)
      .get(`${HERE}/pulls/1/reviews`)
      .query(true)
      .reply(200, [{ user: null, state: 'NEW_STATE', commit_id: null, author_association: 'NONE' }], {
        date: 'Mon, 23 Nov 2026 14:00:00 GMT',
      });
    expect(await connect(0).forge.listReviews(1)).toEqual({
      reviews: [{ author: null, state: 'COMMENTED', commit: null, submittedAt: null, association: 'NONE' }],
      readAt: '2026-11-23T14:00:00.000Z',
    });
  });

  it('sends at most fifty annotations a call', async () => {
    const sent: number[] = [];
    const count = (body: { output?: { annotations?: unknown[] } }) => {
      sent.push(body.output?.annotations?.length ?? 0);
      return true;
    };
    nock(API).post(`${HERE}/check-runs`, count).reply(201, { id: 5 });
    nock(API).patch(`${HERE}/check-runs/5`, count).times(2).reply(200, { id: 5 });
    const annotations = Array.from({ length: 120 }, (_, line) => ({
      path: 'mappings/x.yaml',
      line: line + 1,
      level: 'failure' as const,
      message: 'm',
    }));
    const check = { name: 'mappings', head: SHA, conclusion: 'failure' as const, title: 't', summary: 's' };
    await connect().forge.createCheck({ ...check, annotations });
    expect(sent).toEqual([50, 50, 20]);
  });

  it('asks each reviewer alone when GitHub refuses the list', async () => {
    const asked: string[][] = [];
    nock(API)
      .post(`${HERE}/pulls/1/requested_reviewers`, (body: { reviewers: string[] }) => {
        asked.push(body.reviewers);
        return true;
      })
      .times(3)
      .reply((): [number, object] =>
        asked.at(-1)?.includes('ghost') === true
          ? [422, { message: 'Reviews may only be requested from collaborators.' }]
          : [201, {}],
      );
    expect(await connect().forge.requestReviewers(1, ['ann', 'ghost'])).toEqual(['ghost']);
    expect(asked).toEqual([['ann', 'ghost'], ['ann'], ['ghost']]);
  });
});

describe('the connection', () => {
  it.each([
    [{}, 'GITHUB_TOKEN and GITHUB_REPOSITORY are not set'],
    [{ GITHUB_TOKEN: 't', GITHUB_REPOSITORY: 'identity' }, 'GITHUB_REPOSITORY is not owner/name'],
    [{ GITHUB_TOKEN: 't', GITHUB_REPOSITORY: 'a/b', GITHUB_API_URL: 'http://api.example.com' }, 'plain http'],
  ])('is refused for %j', (environment, message) => {
    expect(() => readGithubConnection(environment)).toThrow(message);
  });

  it('works with an enterprise address', () => {
    const environment = {
      GITHUB_TOKEN: 't',
      GITHUB_REPOSITORY: 'a/b',
      GITHUB_API_URL: 'https://ghe.acme.com/api/v3/',
    };
    expect(readGithubConnection(environment)).toEqual({
      token: 't',
      owner: 'a',
      repo: 'b',
      apiUrl: 'https://ghe.acme.com/api/v3',
    });
  });
});
