/** From how many people, or accounts, on a read is not to be trusted that lacks them all at once. */
import type { GuardrailsFile } from './guardrails-file.ts';

/** `limit`: so many may be missing of `known`. `words`: the same for a message. */
export function dropLimit(
  { dropPeople, dropPercent }: GuardrailsFile['export'],
  known: number,
): { limit: number; words: string } {
  return {
    limit: Math.max(dropPeople, Math.floor((known * dropPercent) / 100)),
    words: `more than the larger of ${dropPeople} people and ${dropPercent} %`,
  };
}
