/** Rulesets, environments, secrets and variables as they are kept. */

export interface Rule {
  type: string;
  parameters?: Record<string, unknown> | undefined;
}

export interface BypassActor {
  actor_id: number | null;
  actor_type: string;
  bypass_mode: 'always' | 'pull_request';
}

export interface Ruleset {
  id: number;
  name: string;
  target: 'branch' | 'tag';
  enforcement: 'active' | 'disabled' | 'evaluate';
  conditions: { ref_name: { include: string[]; exclude: string[] } };
  rules: Rule[];
  bypassActors: BypassActor[];
  createdAt: Date;
  updatedAt: Date;
}

export interface Environment {
  id: number;
  name: string;
  deploymentBranchPolicy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  branchPolicies: { id: number; name: string; type: string }[];
  reviewers: { type: string; id: number }[];
  waitTimer: number;
  secrets: Map<string, SecretRecord>;
  variables: Map<string, VariableRecord>;
  createdAt: Date;
  updatedAt: Date;
}

/** A sealed secret as it came: nobody reads it back, as on GitHub. */
export interface SecretRecord {
  createdAt: Date;
  updatedAt: Date;
}

export interface VariableRecord {
  value: string;
  createdAt: Date;
  updatedAt: Date;
}
