/** GitHub as a fetch: answers every route that the clients ask with the least that is right, unless told otherwise. */
import { createGithubClient, type GithubClient } from '../../../scripts/adapters/github/client.ts';

export const SHA = 'a'.repeat(40);
const R = '/repos/{owner}/{repo}';
const AT = '2026-11-23T12:00:00Z';
const ANN = { login: 'ann', type: 'User' };
const person = { name: 'rollcall[bot]', email: 'x@example.com', date: AT };
const parts = {
  tree: { sha: SHA },
  message: 'm',
  author: person,
  committer: person,
  verification: { verified: true },
};
const commit = { sha: SHA, parents: [{ sha: SHA }], ...parts };
const listed = { sha: SHA, parents: [], commit: parts, author: ANN };
const pull = {
  number: 1,
  state: 'open',
  user: ANN,
  title: 't',
  body: 'b',
  head: { ref: 'rollcall/sync', sha: SHA, repo: { full_name: 'acme/identity' } },
  base: { ref: 'main' },
  labels: [{ name: 'rollcall' }],
  requested_reviewers: [{ login: 'bob' }],
  merged_at: null,
  merge_commit_sha: SHA,
  html_url: 'https://github.com/acme/identity/pull/1',
  merged_by: null,
};
const issue = {
  number: 3,
  title: 't',
  body: '<!-- rollcall:drift -->\nold',
  state: 'open',
  html_url: 'https://github.com/acme/identity/issues/3',
  user: { login: 'rollcall[bot]', type: 'Bot' },
};

/** A right answer to every route; null is 204. */
export const RIGHT: Record<string, unknown> = {
  [`GET ${R}`]: { default_branch: 'main', private: true },
  [`PATCH ${R}`]: {},
  [`GET ${R}/git/ref/{ref}`]: { object: { sha: SHA } },
  [`POST ${R}/git/refs`]: { object: { sha: SHA } },
  [`PATCH ${R}/git/refs/{ref}`]: { object: { sha: SHA } },
  [`DELETE ${R}/git/refs/{ref}`]: null,
  [`GET ${R}/git/commits/{commit_sha}`]: commit,
  [`POST ${R}/git/commits`]: commit,
  [`GET ${R}/git/trees/{tree_sha}`]: {
    tree: [
      { path: 'mappings', mode: '040000', type: 'tree', sha: SHA },
      { path: 'x.yaml', mode: '100644', type: 'blob', size: 3, sha: SHA },
    ],
    truncated: false,
  },
  [`POST ${R}/git/trees`]: { sha: SHA },
  [`GET ${R}/git/blobs/{file_sha}`]: { content: 'eA==', encoding: 'base64' },
  [`POST ${R}/git/blobs`]: { sha: SHA },
  [`GET ${R}/contents/{path}`]: { type: 'file', sha: SHA, content: 'eA==' },
  [`GET ${R}/commits`]: [listed],
  [`GET ${R}/commits/{commit_sha}/pulls`]: [pull],
  [`GET ${R}/compare/{basehead}`]: { status: 'ahead' },
  [`GET ${R}/pulls`]: [pull],
  [`POST ${R}/pulls`]: pull,
  [`GET ${R}/pulls/{pull_number}`]: { ...pull, merged_at: AT, merged_by: ANN },
  [`PATCH ${R}/pulls/{pull_number}`]: {},
  [`GET ${R}/pulls/{pull_number}/files`]: [{ filename: 'a', previous_filename: 'b' }],
  [`GET ${R}/pulls/{pull_number}/commits`]: [listed],
  [`GET ${R}/pulls/{pull_number}/reviews`]: [
    { user: ANN, state: 'APPROVED', commit_id: SHA, submitted_at: AT, author_association: 'MEMBER' },
  ],
  [`POST ${R}/pulls/{pull_number}/requested_reviewers`]: {},
  [`GET ${R}/collaborators/{username}/permission`]: { permission: 'write' },
  [`GET ${R}/issues`]: [issue],
  [`POST ${R}/issues`]: issue,
  [`GET ${R}/issues/{issue_number}`]: { number: 1, closed_by: ANN },
  [`PATCH ${R}/issues/{issue_number}`]: {},
  [`GET ${R}/issues/{issue_number}/comments`]: [{ id: 5, user: issue.user, body: '<!-- rollcall:m -->\nx' }],
  [`POST ${R}/issues/{issue_number}/comments`]: {},
  [`PATCH ${R}/issues/comments/{comment_id}`]: {},
  [`POST ${R}/issues/{issue_number}/labels`]: [],
  [`DELETE ${R}/issues/{issue_number}/labels/{name}`]: [],
  [`GET ${R}/labels`]: [{ name: 'rollcall' }],
  [`POST ${R}/labels`]: {},
  [`POST ${R}/check-runs`]: { id: 6 },
  [`PATCH ${R}/check-runs/{check_run_id}`]: {},
  [`GET ${R}/actions/workflows/{workflow_id}/runs`]: { workflow_runs: [{ updated_at: AT }] },
  [`POST ${R}/dispatches`]: null,
  [`GET ${R}/actions/permissions/workflow`]: {
    default_workflow_permissions: 'read',
    can_approve_pull_request_reviews: false,
  },
  [`PUT ${R}/actions/permissions/workflow`]: null,
  [`GET ${R}/actions/variables`]: { variables: [{ name: 'ROLLCALL_ENABLED', value: 'true' }] },
  [`POST ${R}/actions/variables`]: {},
  [`PATCH ${R}/actions/variables/{name}`]: null,
  [`GET ${R}/actions/secrets`]: { secrets: [{ name: 'OLD' }] },
  [`GET ${R}/environments`]: {
    environments: [{ name: 'hr', deployment_branch_policy: { custom_branch_policies: true } }],
  },
  [`PUT ${R}/environments/{environment_name}`]: {},
  [`GET ${R}/environments/{environment_name}/secrets`]: { secrets: [{ name: 'BAMBOOHR_API_KEY' }] },
  [`GET ${R}/environments/{environment_name}/deployment-branch-policies`]: {
    branch_policies: [{ id: 1, name: 'main' }],
  },
  [`POST ${R}/environments/{environment_name}/deployment-branch-policies`]: {},
  [`GET ${R}/rulesets`]: [{ id: 9, name: 'Rollcall' }],
  [`POST ${R}/rulesets`]: {},
  [`GET ${R}/rulesets/{ruleset_id}`]: {
    enforcement: 'active',
    target: 'branch',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'] } },
    rules: [{ type: 'deletion' }],
    bypass_actors: [],
  },
  [`PUT ${R}/rulesets/{ruleset_id}`]: {},
};

const ROUTES = Object.keys(RIGHT)
  .map((route) => ({ route, pattern: new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
  .sort((a, b) => b.route.split('{').length - a.route.split('{').length)
  .reverse();

/** What a request gets instead of the right answer: an answer, an error code of the network, or silence. */
export type Played =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | { code: string }
  | 'silence';

/** `instead` is asked first, with the template and how often it was asked before. */
export function playForge(
  instead: (route: string, before: number) => Played | undefined,
  parts: { now?: number } = {},
): { client: GithubClient; asked: string[]; waits: number[] } {
  const asked: string[] = [];
  const waits: number[] = [];
  const played = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const { pathname } = new URL(url);
    const sent = `${init.method ?? 'GET'} ${pathname}`;
    const route = ROUTES.find(({ pattern }) => pattern.test(sent))?.route ?? sent;
    const play = instead(route, asked.filter((each) => each === route).length);
    asked.push(route);
    if (play === 'silence')
      return new Promise((_, fail) => {
        init.signal?.addEventListener('abort', () => fail(init.signal?.reason as Error));
      });
    if (play !== undefined && 'code' in play)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('played'), { code: play.code }) });
    const {
      status,
      headers = {},
      body,
    } = play ?? { status: RIGHT[route] === null ? 204 : 200, body: RIGHT[route] };
    return new Response(
      status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body ?? {}),
      {
        status,
        headers: status === 204 ? headers : { 'content-type': 'application/json; charset=utf-8', ...headers },
      },
    );
  };
  const client = createGithubClient(
    {
      token: 'ghs_secretsecretsecret',
      owner: 'acme',
      repo: 'identity',
      apiUrl: 'https://forge.example',
      fetch: played as typeof fetch,
    },
    {
      sleep: async (milliseconds) => waits.push(milliseconds),
      random: () => 0.5,
      now: () => parts.now ?? Date.parse(AT),
      timeoutMs: 25,
    },
  );
  return { client, asked, waits };
}
