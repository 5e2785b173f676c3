/** People, bots and their tokens. */

export interface Account {
  login: string;
  id: number;
  type: 'User' | 'Bot' | 'Organization';
}

export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export type Level = 'read' | 'write' | 'admin';

/** Whose credential acts: this, not the author of a pull request, decides what starts. */
export type ActorKind = 'User' | 'App' | 'GITHUB_TOKEN';

/** What one token is in one repository. */
export interface Actor {
  account: Account;
  kind: ActorKind;
  role: Role;
  /** Fine-grained permissions of an App or token; undefined: everything its role allows. */
  permissions: Record<string, Level> | undefined;
  /** May do what the seeded ruleset forbids. */
  bypass: boolean;
  appId: number | undefined;
}

export interface TokenGrant {
  account: Account;
  kind: ActorKind;
  permissions: Record<string, Level> | undefined;
  bypass: boolean;
  appId: number | undefined;
}

/** GitHub's ids for its own bot, by which rulesets and environments know it. */
export const ACTIONS_BOT = { login: 'github-actions[bot]', accountId: 41898282, appId: 15368 };

export function hasRole(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}
