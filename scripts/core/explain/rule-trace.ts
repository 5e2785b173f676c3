/** A rule with what it read and where it stands: the middle of every why. */
import type { Expression } from '../mappings/expressions.ts';
import type { Place } from '../mappings/policy.ts';

/** The newest commit that wrote a line, or the block below it. */
export interface LineCommit {
  /** Full hash. */
  commit: string;
  author: string;
  /** ISO instant, UTC. */
  at: string;
  subject: string;
}

export interface RuleTrace {
  /** As it is written. */
  rule: string;
  /** `mappings/groups/departments.yaml:12` */
  place: Place;
  /** The values that it reads; '' is absent. */
  reads: Record<string, string>;
  commit?: LineCommit;
}

/** Commits by place; empty where there is no git. */
export type LineCommits = ReadonlyMap<Place, LineCommit>;

export function traceRule(
  rule: Pick<Expression<unknown>, 'text' | 'reads'>,
  place: Place,
  values: Readonly<Record<string, string>>,
  commits: LineCommits,
): RuleTrace {
  const commit = commits.get(place);
  return {
    rule: rule.text,
    place,
    reads: Object.fromEntries(rule.reads.map((name) => [name, values[name] ?? ''])),
    ...(commit === undefined ? {} : { commit }),
  };
}
