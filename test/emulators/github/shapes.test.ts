/**
 * Answers against GitHub's own OpenAPI document, as `@octokit/openapi-types` carries it: every field that the document
 * requires is there.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { AT, startGitHub, type GitHub } from './start-github.ts';

/** Templates of links to what is not emulated; clients build their addresses themselves. */
function isLeftOut(schema: string, field: string): boolean {
  return schema === 'full-repository' && field.endsWith('_url');
}

let github: GitHub;
let number: number;
let head: string;
let required: Map<string, string[]>;
beforeAll(async () => {
  github = await startGitHub({ rules: 'protected', environments: { hr: {} }, variables: { A: 'b' } });
  await github.control('POST', 'commits', { files: { '.github/workflows/a.yml': 'on: push' } });
  ({ number, head } = await github.propose('shape'));
  const { issues, pulls, checks, repos } = github.as('token-app');
  await issues.createComment({ ...AT, issue_number: number, body: 'x' });
  await issues.addLabels({ ...AT, issue_number: number, labels: ['a'] });
  await github.as('token-ann').pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' });
  await checks.create({ ...AT, name: 'c', head_sha: head });
  await repos.createCommitStatus({ ...AT, sha: head, state: 'success' });
  await pulls.requestReviewers({ ...AT, pull_number: number, reviewers: ['ben'] });
  required = readRequired();
});

/** Names of the schemas' fields that are not optional. */
function readRequired(): Map<string, string[]> {
  const path = createRequire(import.meta.url).resolve('@octokit/openapi-types/types.d.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = new Map<string, string[]>();
  const nameOf = (node: ts.PropertySignature): string => node.name.getText(source).replaceAll('"', '');
  const components = source.statements
    .filter(ts.isInterfaceDeclaration)
    .find(({ name }) => name.text === 'components');
  const schemas = components?.members
    .filter(ts.isPropertySignature)
    .find((member) => nameOf(member) === 'schemas');
  if (schemas?.type === undefined || !ts.isTypeLiteralNode(schemas.type))
    throw new Error('no schemas in the types');
  for (const member of schemas.type.members.filter(ts.isPropertySignature)) {
    if (member.type === undefined || !ts.isTypeLiteralNode(member.type)) continue;
    const fields = member.type.members.filter(ts.isPropertySignature);
    found.set(nameOf(member), fields.filter(({ questionToken }) => questionToken === undefined).map(nameOf));
  }
  return found;
}

const cases: [schema: string, path: () => string, pick?: (json: never) => unknown][] = [
  ['simple-user', () => '/user'],
  ['full-repository', () => '/repos/acme/identity'],
  ['repository-ruleset', () => '/repos/acme/identity/rulesets', (json: unknown[]) => json[0]],
  [
    'workflow',
    () => '/repos/acme/identity/actions/workflows',
    ({ workflows }: { workflows: unknown[] }) => workflows[0],
  ],
  ['environment', () => '/repos/acme/identity/environments/hr'],
  ['actions-variable', () => '/repos/acme/identity/actions/variables/A'],
  ['rate-limit-overview', () => '/rate_limit'],
  ['git-ref', () => '/repos/acme/identity/git/ref/heads/main'],
  ['git-commit', () => `/repos/acme/identity/git/commits/${head}`],
  ['git-tree', () => `/repos/acme/identity/git/trees/${head}?recursive=1`],
  ['commit', () => `/repos/acme/identity/commits/${head}`],
  ['diff-entry', () => `/repos/acme/identity/commits/${head}`, ({ files }: { files: unknown[] }) => files[0]],
  ['commit-comparison', () => '/repos/acme/identity/compare/main...shape'],
  ['content-file', () => '/repos/acme/identity/contents/README.md'],
  ['branch-short', () => '/repos/acme/identity/branches', (json: unknown[]) => json[0]],
  ['pull-request', () => `/repos/acme/identity/pulls/${number}`],
  ['pull-request-simple', () => '/repos/acme/identity/pulls', (json: unknown[]) => json[0]],
  ['pull-request-review', () => `/repos/acme/identity/pulls/${number}/reviews`, (json: unknown[]) => json[0]],
  ['issue', () => `/repos/acme/identity/issues/${number}`],
  ['issue-comment', () => `/repos/acme/identity/issues/${number}/comments`, (json: unknown[]) => json[0]],
  ['label', () => '/repos/acme/identity/labels/a'],
  ['status', () => '/repos/acme/identity/commits/shape/statuses', (json: unknown[]) => json[0]],
  [
    'check-run',
    () => '/repos/acme/identity/commits/shape/check-runs',
    ({ check_runs: runs }: { check_runs: unknown[] }) => runs[0],
  ],
];

test.each(cases)('%s', async (schema, path, pick) => {
  const response = await github.raw(path(), { token: schema === 'simple-user' ? 'token-ann' : 'token-app' });
  const json = (await response.json()) as never;
  const answer = pick === undefined ? json : pick(json);
  const fields = required.get(schema);
  expect(fields?.length).toBeGreaterThan(1);
  const missing = fields?.filter((field) => !isLeftOut(schema, field) && !(field in (answer as object)));
  expect(missing).toEqual([]);
});
