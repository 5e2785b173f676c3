/**
 * Every route of GitHub that the code names x every fault: retried, reported or stopped, never guessed. The routes are
 * read from the source, so that a new one without a row fails here. What several requests make of a fault together
 * (a branch, a pull request, a comment) is played against the emulator in line/forge-faults.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ANSWERS } from '../../../scripts/adapters/github/answers.ts';
import type { GithubClient } from '../../../scripts/adapters/github/client.ts';
import { AnswerLost } from '../../../scripts/ports.ts';
import { type Played, playForge, RIGHT, SHA } from './played-forge.ts';

/**
 * `read`: nothing happens when it is asked twice. `same`: the second changes nothing more. `once`: it would be there
 * twice. `told` and `silent`: nothing of the answer is read; the second kind is documented as 204.
 */
type Row = 'read' | 'same' | 'same, told' | 'same, silent' | 'once' | 'once, told' | 'once, silent';
const R = '/repos/{owner}/{repo}';
const ROWS: Record<string, Row> = {
  [`GET ${R}`]: 'read',
  [`PATCH ${R}`]: 'same, told',
  [`GET ${R}/git/ref/{ref}`]: 'read',
  [`POST ${R}/git/refs`]: 'once',
  [`PATCH ${R}/git/refs/{ref}`]: 'once',
  [`DELETE ${R}/git/refs/{ref}`]: 'same, silent',
  [`GET ${R}/git/commits/{commit_sha}`]: 'read',
  [`POST ${R}/git/commits`]: 'same',
  [`GET ${R}/git/trees/{tree_sha}`]: 'read',
  [`POST ${R}/git/trees`]: 'same',
  [`GET ${R}/git/blobs/{file_sha}`]: 'read',
  [`POST ${R}/git/blobs`]: 'same',
  [`GET ${R}/contents/{path}`]: 'read',
  [`GET ${R}/commits`]: 'read',
  [`GET ${R}/commits/{commit_sha}/pulls`]: 'read',
  [`GET ${R}/compare/{basehead}`]: 'read',
  [`GET ${R}/pulls`]: 'read',
  [`POST ${R}/pulls`]: 'once',
  [`GET ${R}/pulls/{pull_number}`]: 'read',
  [`PATCH ${R}/pulls/{pull_number}`]: 'same, told',
  [`GET ${R}/pulls/{pull_number}/files`]: 'read',
  [`GET ${R}/pulls/{pull_number}/commits`]: 'read',
  [`GET ${R}/pulls/{pull_number}/reviews`]: 'read',
  [`POST ${R}/pulls/{pull_number}/requested_reviewers`]: 'same, told',
  [`GET ${R}/collaborators/{username}/permission`]: 'read',
  [`GET ${R}/issues`]: 'read',
  [`POST ${R}/issues`]: 'once',
  [`GET ${R}/issues/{issue_number}`]: 'read',
  [`PATCH ${R}/issues/{issue_number}`]: 'same, told',
  [`GET ${R}/issues/{issue_number}/comments`]: 'read',
  [`POST ${R}/issues/{issue_number}/comments`]: 'once, told',
  [`PATCH ${R}/issues/comments/{comment_id}`]: 'same, told',
  [`POST ${R}/issues/{issue_number}/labels`]: 'same, told',
  [`DELETE ${R}/issues/{issue_number}/labels/{name}`]: 'same, told',
  [`GET ${R}/labels`]: 'read',
  [`POST ${R}/labels`]: 'same, told',
  [`POST ${R}/check-runs`]: 'same',
  [`PATCH ${R}/check-runs/{check_run_id}`]: 'same, told',
  [`GET ${R}/actions/workflows/{workflow_id}/runs`]: 'read',
  [`POST ${R}/dispatches`]: 'same, silent',
  [`GET ${R}/actions/permissions/workflow`]: 'read',
  [`PUT ${R}/actions/permissions/workflow`]: 'same, silent',
  [`GET ${R}/actions/variables`]: 'read',
  [`POST ${R}/actions/variables`]: 'once, told',
  [`PATCH ${R}/actions/variables/{name}`]: 'same, silent',
  [`GET ${R}/actions/secrets`]: 'read',
  [`GET ${R}/environments`]: 'read',
  [`PUT ${R}/environments/{environment_name}`]: 'same, told',
  [`GET ${R}/environments/{environment_name}/secrets`]: 'read',
  [`GET ${R}/environments/{environment_name}/deployment-branch-policies`]: 'read',
  [`POST ${R}/environments/{environment_name}/deployment-branch-policies`]: 'once, told',
  [`GET ${R}/rulesets`]: 'read',
  [`POST ${R}/rulesets`]: 'once, told',
  [`GET ${R}/rulesets/{ruleset_id}`]: 'read',
  [`PUT ${R}/rulesets/{ruleset_id}`]: 'same, told',
};

/** `again`: as if nothing had happened. `lost`: AnswerLost, asked once. A pair is exit and code. */
type Expected = 'again' | 'lost' | 'taken' | [number, string];
interface Fault {
  name: string;
  play: Played;
  waits?: number[];
  expected(row: Row): Expected;
}
const NOW = Date.parse('2026-11-23T12:00:00Z');
const PAGE = { 'content-type': 'text/html' };
const isOnce = (row: Row): boolean => row.startsWith('once');
const doubtful = (row: Row): Expected => (isOnce(row) ? 'lost' : 'again');
const foreign = (row: Row): Expected => (isOnce(row) ? 'lost' : [1, 'unreadable-answer']);
const always = (expected: Expected) => () => expected;

const FAULTS: Fault[] = [
  {
    name: '429 with seconds',
    play: { status: 429, headers: { 'retry-after': '7' } },
    waits: [7_000],
    expected: always('again'),
  },
  {
    name: '429 with a date',
    play: { status: 429, headers: { 'retry-after': new Date(NOW + 9_000).toUTCString() } },
    waits: [9_000],
    expected: always('again'),
  },
  { name: '429 with nothing', play: { status: 429 }, waits: [60_000], expected: always('again') },
  {
    name: '403 of the secondary limit',
    play: { status: 403, body: { message: 'You have exceeded a secondary rate limit' } },
    waits: [60_000],
    expected: always('again'),
  },
  {
    name: '429 for a day',
    play: { status: 429, headers: { 'retry-after': '86400' } },
    waits: [],
    expected: always([1, 'throttled']),
  },
  ...[500, 502, 503, 504].map((status) => ({
    name: String(status),
    play: { status, headers: PAGE, body: '<html>Ada</html>' },
    expected: doubtful,
  })),
  { name: '503 with seconds', play: { status: 503, headers: { 'retry-after': '3' } }, expected: doubtful },
  {
    name: 'a page',
    play: { status: 200, headers: PAGE, body: '<html>Sign in, Ada</html>' },
    expected: foreign,
  },
  {
    name: 'an empty body',
    play: { status: 200, headers: { 'content-type': 'text/plain' }, body: '' },
    // 204 is as empty as that.
    expected: (row) => (row.endsWith('silent') ? 'taken' : foreign(row)),
  },
  { name: 'broken JSON', play: { status: 200, body: '{"sha":"Ada' }, expected: doubtful },
  {
    name: 'wrong JSON',
    play: { status: 200, body: { unexpected: ['Ada'] } },
    expected: (row) => (/told|silent/.test(row) ? 'taken' : foreign(row)),
  },
  { name: 'another kind of JSON', play: { status: 200, body: '7' }, expected: foreign },
  { name: 'cut', play: { code: 'ECONNRESET' }, expected: doubtful },
  { name: 'cut by the other side', play: { code: 'UND_ERR_SOCKET' }, expected: doubtful },
  { name: 'no answer', play: 'silence', expected: doubtful },
  { name: 'nobody listens', play: { code: 'ECONNREFUSED' }, expected: always('again') },
  { name: 'no such host', play: { code: 'ENOTFOUND' }, waits: [], expected: always([1, 'unreachable']) },
  {
    name: 'a bad certificate',
    play: { code: 'CERT_HAS_EXPIRED' },
    waits: [],
    expected: always([1, 'unreachable']),
  },
  {
    name: '401',
    play: { status: 401, body: { message: 'Bad credentials' } },
    waits: [],
    expected: always([2, 'bad-token']),
  },
  {
    name: '403',
    play: { status: 403, body: { message: 'Resource not accessible by integration, Ada' } },
    waits: [],
    expected: always([2, 'missing-permission']),
  },
  {
    name: '404',
    play: { status: 404, body: { message: 'Not Found' } },
    waits: [],
    expected: always([2, 'not-found']),
  },
  {
    name: '422',
    play: { status: 422, body: { message: 'Validation failed: Ada' } },
    waits: [],
    expected: always([1, 'forge-refused']),
  },
];

/** `octokit.rest.git.getRef` in the source -> the route that octokit sends it to, and how to ask it. */
const ENDPOINTS = endpointsOf(resolve(import.meta.dirname, '../../../scripts'));
type Endpoint = ((parameters: object) => Promise<{ data: unknown }>) & {
  endpoint: { DEFAULTS: { method: string; url: string } };
};
function endpointsOf(folder: string): Map<string, (client: GithubClient) => Endpoint> {
  const { client } = playForge(() => undefined);
  const found = new Map<string, (client: GithubClient) => Endpoint>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('.ts'),
  ))
    for (const [, room = '', name = ''] of readFileSync(join(folder, path), 'utf8').matchAll(
      /\brest\.(\w+)\.(\w+)(?=[(,]|$)/gm,
    )) {
      const pick = ({ octokit }: GithubClient): Endpoint | undefined =>
        (octokit.rest as unknown as Record<string, Record<string, Endpoint>>)[room]?.[name];
      const defaults = pick(client)?.endpoint.DEFAULTS;
      if (defaults !== undefined)
        found.set(`${defaults.method} ${defaults.url}`, pick as (client: GithubClient) => Endpoint);
    }
  return found;
}

/** Whatever a template of theirs wants. */
const PARAMETERS = {
  owner: 'acme',
  repo: 'identity',
  ref: 'heads/main',
  commit_sha: SHA,
  tree_sha: SHA,
  file_sha: SHA,
  path: 'x.yaml',
  basehead: 'a...b',
  pull_number: 1,
  issue_number: 1,
  comment_id: 1,
  check_run_id: 1,
  ruleset_id: 1,
  username: 'ann',
  name: 'x',
  environment_name: 'hr',
  workflow_id: 'sync.yml',
};

test('every endpoint of the source has a row, an answer that it is held against and one that is right; and no other has', () => {
  const routes = [...ENDPOINTS.keys()].sort();
  expect(routes.length).toBeGreaterThan(45);
  expect(routes.filter((route) => !Object.hasOwn(ROWS, route))).toEqual([]);
  for (const table of [ROWS, ANSWERS, RIGHT]) expect(Object.keys(table).sort()).toEqual(routes);
});

// One test for a route and not for a fault: making a client is what takes time here.
test.each(Object.entries(ROWS))('%s (%s)', async (route, row) => {
  let instead: (before: number) => Played | undefined = () => undefined;
  const { client, asked, waits } = playForge((_, before) => instead(before));
  const ask = async (play: typeof instead): Promise<{ data?: unknown; error?: Error }> => {
    asked.length = 0;
    waits.length = 0;
    instead = play;
    return ENDPOINTS.get(route)!(client)(PARAMETERS).then(
      ({ data }) => ({ data }),
      (error: unknown) => ({ error: error as Error }),
    );
  };

  expect(await ask(() => undefined)).not.toHaveProperty('error');
  expect(asked).toEqual([route]);

  for (const { name, play, waits: wait, expected } of FAULTS) {
    const wanted = expected(row);
    const { error } = await ask((before) => (before === 0 ? play : undefined));
    if (wait !== undefined) expect(waits, name).toEqual(wait);
    expect(asked, name).toEqual(Array(wanted === 'again' ? 2 : 1).fill(route));
    if (wanted === 'again' || wanted === 'taken') {
      expect(error, name).toBeUndefined();
      continue;
    }
    if (wanted === 'lost') expect(error, name).toBeInstanceOf(AnswerLost);
    else expect(error, name).toMatchObject({ exit: wanted[0], code: wanted[1] });
    expect(error?.message, name).toContain(`GitHub, ${route}`);
    expect(`${error?.message} ${error?.stack}`, name).not.toMatch(/Ada|ghs_/);
  }

  // A fault that stays comes to an end, and is told.
  const { error } = await ask(() => ({ status: 503 }));
  if (isOnce(row)) expect(error).toBeInstanceOf(AnswerLost);
  else expect(error).toMatchObject({ exit: 1, code: 'forge-down' });
  expect(asked).toHaveLength(isOnce(row) ? 1 : 6);
});
