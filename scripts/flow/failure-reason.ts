/** Why something failed, in words that may stay in git for ever. */
import { Failure } from '../core/values/failure.ts';
import { AnswerLost } from '../ports.ts';

/** For a receipt: codes and the service's status, never its text. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure) return `${error.code}: ${error.message}`;
  if (error instanceof AnswerLost) return 'the answer was lost and a read does not show the change';
  // Nothing is ever half-lost: even a fault of our own ends on the receipt, without its text, which could hold anything.
  return 'an unexpected fault of Rollcall itself';
}
