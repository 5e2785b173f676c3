/** 24-hex ids that depend on nothing but what the object is called, so that two runs of one story have the same ids. */
import { createHash } from 'node:crypto';

/**
 * `seed` ids sort before `api` ids: in JumpCloud an id starts with its creation time, so with `sort=_id` what is
 * created during a walk comes after what was there (best-practices page of the knowledge base).
 */
export type Origin = 'seed' | 'api';

const FIRST_DIGIT: Record<Origin, string> = { seed: '5', api: '6' };

/** The first free id for `kind` and its natural key; a name that is used again after a deletion gets another id. */
export function deriveId(origin: Origin, kind: string, key: string, taken: (id: string) => boolean): string {
  for (let round = 0; ; round += 1) {
    const digest = createHash('sha256').update(`${kind}\n${key}\n${round}`).digest('hex');
    const id = FIRST_DIGIT[origin] + digest.slice(0, 23);
    if (!taken(id)) return id;
  }
}

/** The id of something that cannot collide: an actor, an array item, an event. */
export function hashId(...parts: (string | number)[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24);
}

export function isObjectId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value);
}
