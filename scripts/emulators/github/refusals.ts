/** GitHub's ways of saying no. A refusal ends the request it is thrown in; nothing else catches it. */
import type { Answer } from '../kit/service.ts';

export interface ValidationError {
  resource: string;
  code: string;
  field?: string;
  message?: string;
}

const DOCUMENTATION = 'https://docs.github.com/rest';

export class Refusal extends Error {
  override name = 'Refusal';
  answer: Answer;

  constructor(status: number, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.answer = {
      status,
      json: { message, ...extra, documentation_url: DOCUMENTATION, status: String(status) },
    };
  }
}

/** 401: a token that GitHub does not know (recorded by everyone, once). */
export function badCredentials(): Refusal {
  return new Refusal(401, 'Bad credentials');
}

/** 404: what is not there, and what the token may not see, are told apart by nobody. */
export function notFound(message = 'Not Found'): Refusal {
  return new Refusal(404, message);
}

export function forbidden(message: string): Refusal {
  return new Refusal(403, message);
}

/** 422 with a plain message and no list. */
export function unprocessable(message: string): Refusal {
  return new Refusal(422, message);
}

/** 422 `Validation Failed` with its list of errors. */
export function invalid(...errors: ValidationError[]): Refusal {
  return new Refusal(422, 'Validation Failed', { errors });
}

/** 422 `Unprocessable Entity` with plain texts, the shape of the reviews API. */
export function unprocessableEntity(...errors: string[]): Refusal {
  return new Refusal(422, 'Unprocessable Entity', { errors });
}

/** 422 of the JSON schema in front of an endpoint, e.g. a field that was not supplied. */
export function invalidRequest(detail: string): Refusal {
  return new Refusal(422, `Invalid request.\n\n${detail}`);
}

/** 422 (405 for merges) of a ruleset: classify by message, the status is also a lost race's (reference/github.md section 3). */
export function ruleViolations(violations: string[], status: 405 | 409 | 422 = 422): Refusal {
  return new Refusal(status, `Repository rule violations found\n\n${violations.join('\n\n')}\n\n`);
}
