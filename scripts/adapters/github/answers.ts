/**
 * What we read of GitHub's answers, by route: held against them before anybody reads, because a page of a proxy, a
 * half-written answer or a change of GitHub's must stop with a name and never become `undefined` in a decision. Ids of
 * git are hexadecimal here, since they go into further requests. Sources: GitHub REST, 2022-11-28.
 */
import { z } from 'zod';

const Sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
const Named = z.looseObject({ sha: Sha });
const Account = z.looseObject({ login: z.string(), type: z.string().optional() }).nullish();
const Person = z
  .looseObject({
    name: z.string().optional(),
    email: z.string().optional(),
    date: z.string().optional(),
  })
  .nullish();

const commitParts = {
  tree: Named,
  message: z.string(),
  author: Person,
  committer: Person,
  verification: z.looseObject({ verified: z.boolean() }).nullish(),
};
const GitCommit = z.looseObject({ sha: Sha, parents: z.array(Named), ...commitParts });
const Commit = z.looseObject({
  sha: Sha,
  parents: z.array(Named),
  commit: z.looseObject(commitParts),
  author: z.looseObject({ login: z.string().optional() }).nullish(),
});

const Pull = z.looseObject({
  number: z.int().positive(),
  state: z.string(),
  user: Account,
  title: z.string(),
  body: z.string().nullish(),
  head: z.looseObject({
    ref: z.string(),
    sha: Sha,
    repo: z.looseObject({ full_name: z.string() }).nullish(),
  }),
  base: z.looseObject({ ref: z.string() }),
  labels: z.array(z.looseObject({ name: z.string().optional() })).optional(),
  requested_reviewers: z.array(z.looseObject({ login: z.string().optional() }).nullable()).nullish(),
  merged_at: z.iso.datetime({ offset: true }).nullish(),
  merge_commit_sha: Sha.nullish(),
  html_url: z.string(),
  merged_by: Account,
});
const Issue = z.looseObject({
  number: z.int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  html_url: z.string(),
  user: Account,
});
const Numbered = z.looseObject({ id: z.int() });
const WithName = z.looseObject({ name: z.string() });
const Content = z.looseObject({ type: z.string(), sha: Sha, content: z.string().optional() });
/** A success of which nothing is read: but a page, or nothing at all, comes from somebody else than GitHub. */
const Told = z.union([z.looseObject({}), z.array(z.unknown())]);
/** Documented as 204: there is nothing to read. */
const Silent = z.union([z.undefined(), z.literal(''), z.looseObject({})]);

const R = '/repos/{owner}/{repo}';

export const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  [`GET ${R}`]: z.looseObject({ default_branch: z.string().min(1), private: z.boolean() }),
  [`PATCH ${R}`]: Told,

  [`GET ${R}/git/ref/{ref}`]: z.looseObject({ object: Named }),
  [`POST ${R}/git/refs`]: z.looseObject({ object: Named }),
  [`PATCH ${R}/git/refs/{ref}`]: z.looseObject({ object: Named }),
  [`DELETE ${R}/git/refs/{ref}`]: Silent,
  [`GET ${R}/git/commits/{commit_sha}`]: GitCommit,
  [`POST ${R}/git/commits`]: GitCommit,
  [`GET ${R}/git/trees/{tree_sha}`]: z.looseObject({
    tree: z.array(
      z.looseObject({
        path: z.string().min(1),
        mode: z.string().optional(),
        type: z.string(),
        size: z.int().optional(),
        sha: Sha,
      }),
    ),
    truncated: z.boolean(),
  }),
  [`POST ${R}/git/trees`]: Named,
  [`GET ${R}/git/blobs/{file_sha}`]: z.looseObject({ content: z.string(), encoding: z.string() }),
  [`POST ${R}/git/blobs`]: Named,
  [`GET ${R}/contents/{path}`]: z.union([z.array(z.unknown()), Content]),
  [`GET ${R}/commits`]: z.array(Commit),
  [`GET ${R}/commits/{commit_sha}/pulls`]: z.array(Pull),
  [`GET ${R}/compare/{basehead}`]: z.looseObject({ status: z.string() }),

  [`GET ${R}/pulls`]: z.array(Pull),
  [`POST ${R}/pulls`]: Pull,
  [`GET ${R}/pulls/{pull_number}`]: Pull,
  [`PATCH ${R}/pulls/{pull_number}`]: Told,
  [`GET ${R}/pulls/{pull_number}/files`]: z.array(
    z.looseObject({ filename: z.string(), previous_filename: z.string().optional() }),
  ),
  [`GET ${R}/pulls/{pull_number}/commits`]: z.array(Commit),
  [`GET ${R}/pulls/{pull_number}/reviews`]: z.array(
    z.looseObject({
      user: Account,
      state: z.string(),
      commit_id: z.string().nullish(),
      submitted_at: z.iso.datetime({ offset: true }).nullish(),
      author_association: z.string(),
    }),
  ),
  [`POST ${R}/pulls/{pull_number}/requested_reviewers`]: Told,
  [`GET ${R}/collaborators/{username}/permission`]: z.looseObject({ permission: z.string() }),

  [`GET ${R}/issues`]: z.array(Issue),
  [`POST ${R}/issues`]: Issue,
  [`GET ${R}/issues/{issue_number}`]: z.looseObject({ number: z.int().positive(), closed_by: Account }),
  [`PATCH ${R}/issues/{issue_number}`]: Told,
  [`GET ${R}/issues/{issue_number}/comments`]: z.array(
    z.looseObject({ id: z.int(), user: Account, body: z.string().nullish() }),
  ),
  [`POST ${R}/issues/{issue_number}/comments`]: Told,
  [`PATCH ${R}/issues/comments/{comment_id}`]: Told,
  [`POST ${R}/issues/{issue_number}/labels`]: Told,
  [`DELETE ${R}/issues/{issue_number}/labels/{name}`]: Told,
  [`GET ${R}/labels`]: z.array(WithName),
  [`POST ${R}/labels`]: Told,
  [`POST ${R}/check-runs`]: Numbered,
  [`PATCH ${R}/check-runs/{check_run_id}`]: Told,

  [`GET ${R}/actions/workflows/{workflow_id}/runs`]: z.looseObject({
    workflow_runs: z.array(z.looseObject({ updated_at: z.iso.datetime({ offset: true }) })),
  }),
  [`POST ${R}/dispatches`]: Silent,
  [`GET ${R}/actions/permissions/workflow`]: z.looseObject({
    default_workflow_permissions: z.string(),
    can_approve_pull_request_reviews: z.boolean(),
  }),
  [`PUT ${R}/actions/permissions/workflow`]: Silent,
  [`GET ${R}/actions/variables`]: z.looseObject({
    variables: z.array(z.looseObject({ name: z.string(), value: z.string() })),
  }),
  [`POST ${R}/actions/variables`]: Told,
  [`PATCH ${R}/actions/variables/{name}`]: Silent,
  [`GET ${R}/actions/secrets`]: z.looseObject({ secrets: z.array(WithName) }),
  [`GET ${R}/environments`]: z.looseObject({
    environments: z.array(
      z.looseObject({
        name: z.string(),
        deployment_branch_policy: z.looseObject({ custom_branch_policies: z.boolean() }).nullish(),
      }),
    ),
  }),
  [`PUT ${R}/environments/{environment_name}`]: Told,
  [`GET ${R}/environments/{environment_name}/secrets`]: z.looseObject({ secrets: z.array(WithName) }),
  [`GET ${R}/environments/{environment_name}/deployment-branch-policies`]: z.looseObject({
    branch_policies: z.array(z.looseObject({ id: z.int().optional(), name: z.string().optional() })),
  }),
  [`POST ${R}/environments/{environment_name}/deployment-branch-policies`]: Told,
  [`GET ${R}/rulesets`]: z.array(z.looseObject({ id: z.int(), name: z.string() })),
  [`POST ${R}/rulesets`]: Told,
  [`GET ${R}/rulesets/{ruleset_id}`]: z.looseObject({
    enforcement: z.string(),
    target: z.string().optional(),
    conditions: z
      .looseObject({ ref_name: z.looseObject({ include: z.array(z.string()).optional() }).optional() })
      .nullish(),
    rules: z.array(z.looseObject({ type: z.string() })).optional(),
    bypass_actors: z.array(z.looseObject({})).nullish(),
  }),
  [`PUT ${R}/rulesets/{ruleset_id}`]: Told,
};

const PATTERNS = Object.entries(ANSWERS).map(([route, schema]) => ({
  pattern: new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  schema,
}));

/**
 * @param route method and template, or the path of a later page.
 * @returns what is wrong with the answer in one phrase that shows nothing of it; undefined when it can be read.
 */
export function problemOf(route: string, data: unknown): string | undefined {
  const schema = ANSWERS[route] ?? PATTERNS.find(({ pattern }) => pattern.test(route))?.schema;
  const parsed = schema?.safeParse(data);
  if (parsed === undefined || parsed.success) return undefined;
  if (typeof data === 'string')
    return data === '' ? 'an empty body instead of JSON' : 'a page instead of JSON';
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  return `${field === '' ? 'the body' : `field ${field}`}: ${issue?.message ?? 'unreadable'}`;
}
