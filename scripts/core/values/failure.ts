/** The ways in which a verb may stop, each with its exit code; anything else that is thrown is a bug. */
import { GUARDRAIL_CODES, type GuardrailCode } from './guardrail-codes.ts';

/** A place in a file, and what is wrong there. Lines and columns start at 1. */
export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
  /** What to do about it, as a sentence. */
  remedy?: string;
  /** The line itself with a caret below, when it helps. */
  excerpt?: string;
}

/** 1: a service or an action failed; 2: bad input, nothing was written; 3: refused by a guardrail, nothing was written to JumpCloud. */
export type ExitCode = 1 | 2 | 3;

export class Failure extends Error {
  override name = 'Failure';
  readonly exit: ExitCode;
  readonly code: string;
  readonly remedy: string;
  readonly problems: Problem[];

  /** `message` and `remedy` are shown to people and logs: never a secret, never a person's data. */
  constructor(exit: ExitCode, code: string, message: string, remedy: string, problems: Problem[] = []) {
    super(message);
    this.exit = exit;
    this.code = code;
    this.remedy = remedy;
    this.problems = problems;
  }
}

/** Exit 2 with every problem found, not only the first. */
export function badInput(problems: Problem[]): Failure {
  const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new Failure(
    2,
    'bad-input',
    `${many} in the input; nothing was written`,
    'mend each place named above and run again',
    problems,
  );
}

/** Exit 2 without a place: a missing variable, an argument. */
export function badUsage(code: string, message: string, remedy: string): Failure {
  return new Failure(2, code, message, remedy);
}

/** Exit 3: a guardrail says no, with its numbers in the message; what to do stands in its row. */
export function refusal(code: GuardrailCode, message: string): Failure {
  return new Failure(3, code, message, GUARDRAIL_CODES[code].remedy);
}

/** Exit 1: a service did not do what was asked, after the retries it deserves. */
export function serviceFailure(code: string, message: string, remedy: string): Failure {
  return new Failure(1, code, message, remedy);
}
