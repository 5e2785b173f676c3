/**
 * A rule that cannot be worked out over the facts of one person, `split(' ')[1]` of one word for instance. It is that
 * person's affair and stops nobody else, so it is told from other bad input; where nobody catches it, it is exit 2.
 */
import { Failure, type Problem } from '../values/failure.ts';

export class RuleFailure extends Failure {
  /** The rule at its place; no fact is in it. */
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(
      2,
      'rule-failed',
      'a rule cannot be worked out; nothing was written',
      'mend the rule at the place named above and run again',
      [problem],
    );
    this.problem = problem;
  }

  /** `mappings/attributes.yaml:12:16: the rule cannot be …` */
  get said(): string {
    const { file, line, column, message } = this.problem;
    return `${file}:${line}:${column}: ${message}`;
  }
}

/** undefined where a rule cannot be worked out: for those who only look at rules. What follows from it derivePerson decides. */
export function workedOut<T>(derive: () => T): T | undefined {
  try {
    return derive();
  } catch (error) {
    if (!(error instanceof RuleFailure)) throw error;
    return undefined;
  }
}
