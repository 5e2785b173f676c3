/** Wrong and missed writes of a stretch of the story, from what JumpCloud was, is, and was asked to do. */
import { changesBetween, type Facts, isWrite, type LoggedRequest, touchesOf } from './facts.ts';

/** What ought to have changed: key -> value, undefined for what ought to be gone. ANY: whatever the value is. */
export type Wanted = ReadonlyMap<string, string | undefined>;

export const ANY = '\u0000any';

export interface Score {
  /** Facts that were changed and ought not to have been, or to something else; each once. */
  wrong: string[];
  /** Facts that ought to have been changed and were not. */
  missed: string[];
}

export interface Stretch {
  before: Facts;
  after: Facts;
  /** What JumpCloud was sent, oldest first. */
  requests: LoggedRequest[];
  /** Account id -> who, of everybody who was there at any time. */
  names: ReadonlyMap<string, string>;
}

/**
 * What was changed and changed back leaves no trace in the end state, so the log counts too. A write that says what was
 * there already, or what was wanted, is none.
 */
export function judge(wanted: Wanted, { before, after, requests, names }: Stretch): Score {
  const wrong = new Set<string>();
  for (const [key, value] of changesBetween(before, after)) if (!isWanted(key, value)) wrong.add(key);
  for (const request of requests.filter((each) => isWrite(each) && isLanded(each)))
    for (const [key, value] of touchesOf(request, names))
      if (before.get(key) !== value && !isWanted(key, value)) wrong.add(key);
  // ANY asks for nothing: it only allows.
  const missed = [...wanted].flatMap(([key, value]) =>
    value === ANY || after.get(key) === value ? [] : [key],
  );
  return { wrong: [...wrong].sort(), missed: missed.sort() };

  function isWanted(key: string, value: string | undefined): boolean {
    if (wanted.has(key)) return wanted.get(key) === ANY || wanted.get(key) === value;
    // `user hr:1042 *` stands for every field of the account.
    const all = `${key.split(' ').slice(0, 2).join(' ')} *`;
    return wanted.get(all) === ANY;
  }
}

/** Accepted, or cut after it had landed (status 0, which the end state tells). */
function isLanded({ status }: LoggedRequest): boolean {
  return status >= 200 && status < 300;
}
