/** The `github` part of a seed, in its own words and checked before anything is built. */
import { z } from 'zod';
import { SeedError } from '../kit/service.ts';
import { ROLES } from './people.ts';

const Level = z.enum(['read', 'write', 'admin']);

export const TokenSeed = z.strictObject({
  login: z.string().min(1),
  type: z.enum(['User', 'Bot']).default('User'),
  /** Absent: App for bots (GITHUB_TOKEN for github-actions[bot]), User for users. */
  kind: z.enum(['User', 'App', 'GITHUB_TOKEN']).optional(),
  /** A user's role in the repository. Absent: write. */
  permission: z.enum(ROLES).optional(),
  /** Fine-grained permissions by GitHub's names (`contents`, `pull_requests`, ...). Absent: all. */
  permissions: z.record(z.string(), Level).optional(),
  /** On the bypass list of the seeded ruleset, mode `always`. */
  bypass: z.boolean().optional(),
});
export type TokenSeed = z.infer<typeof TokenSeed>;

const EnvironmentSeed = z.strictObject({
  deployment_branch_policy: z
    .strictObject({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullable()
    .optional(),
  branches: z.array(z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  variables: z.record(z.string(), z.string()).optional(),
});

export const RepositorySeed = z.strictObject({
  repository: z
    .string()
    .regex(/^[^/\s]+\/[^/\s]+$/, 'is owner/name')
    .default('acme/identity'),
  /** Folder whose files become the first commit of main; null: an empty repository; absent: a README. */
  from: z.string().nullable().optional(),
  /** Full name of the repository this one is a fork of; it must stand before it in the list. */
  forkOf: z.string().optional(),
  private: z.boolean().optional(),
  rules: z.union([z.enum(['protected', 'open']), z.array(z.record(z.string(), z.unknown()))]).default('open'),
  tokens: z.record(z.string(), TokenSeed).optional(),
  collaborators: z.record(z.string(), z.enum(ROLES)).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  variables: z.record(z.string(), z.string()).optional(),
  environments: z.record(z.string(), EnvironmentSeed).optional(),
  /** States of workflow files, e.g. `{"sync.yml": "disabled_inactivity"}`; absent files are active. */
  workflows: z.record(z.string(), z.string()).optional(),
  labels: z.array(z.string()).optional(),
  /** "Allow GitHub Actions to create and approve pull requests": off in new repositories. */
  actionsMayOpenPullRequests: z.boolean().default(false),
  /** Clones and fetches without credentials; a private repository on GitHub allows none. */
  anonymousClone: z.boolean().default(true),
  lags: z
    .strictObject({
      commitPulls: z.number().int().min(0).default(0),
      mergeable: z.number().int().min(0).default(1),
    })
    .optional(),
  /** Requests an hour and token before 403; absent: counted in the headers, never refused. */
  rateLimit: z.number().int().positive().optional(),
});
export type RepositorySeed = z.infer<typeof RepositorySeed>;

/** Reads the seed: one repository, a list of them, or nothing (acme/identity, open, any token an administrator). */
export function parseSeed(seed: unknown): RepositorySeed[] {
  const list: unknown[] = Array.isArray(seed) ? seed : [seed ?? {}];
  return list.map((entry, index) => {
    const parsed = RepositorySeed.safeParse(entry);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const path = [...(Array.isArray(seed) ? [index] : []), ...(issue?.path ?? [])].filter(
      (key) => typeof key !== 'symbol',
    );
    const message = issue?.message ?? 'is not a repository';
    throw new SeedError(`${['github', ...path].join('.')}: ${message}`, path);
  });
}
