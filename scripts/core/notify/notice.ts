/**
 * Something that happened, ready to be told: ids, codes, counts, fixed words and names of groups. The free text of
 * plans and receipts (because, message, reason) is never part of it: it can carry HR facts, vendors' words, anything.
 */
import { digestOf } from '../values/canonical-json.ts';
import type { NotificationEvent } from '../mappings/notifications-file.ts';
import type { Lane } from '../plan/plan-file.ts';

export interface NoticePerson {
  person: string;
  /** What happened to them, in fixed words: "suspended". */
  did: string;
  /** JumpCloud id of the account. */
  account?: string;
  /** Names of groups, device groups and other bindings that came with it. */
  groups?: string[];
  deviceGroups?: string[];
  bindings?: string[];
  /** An instant that is the matter: when an armed start takes effect. */
  at?: string;
  /** Why somebody is on hold, by code. */
  code?: string;
  /** For routes that show names only. */
  username?: string;
  email?: string;
}

export interface Notice {
  event: NotificationEvent;
  /** The same event has the same key whenever it is derived: what was told is remembered by it. */
  key: string;
  /** When it happened, ISO in UTC. */
  at: string;
  people: NoticePerson[];
  /** Notices of one event with the same word here are told in one message, and remembered one by one. */
  together?: string;
  plan?: { digest: string; asOf: string; lane: Lane };
  /** Name of the receipt (and of its plan). */
  receipt?: string;
  /** Address of the run. */
  run?: string;
  /** True for what only routes with `futureExits` may tell. */
  futureExit?: true;
  /** Actions that are counted but not told of, because they announce an exit. */
  others?: number;
  /** Numbers and codes by name: "failed" 2. */
  counts?: Record<string, number>;
  codes?: string[];
  /** Jobs of the run that failed. */
  jobs?: string[];
  /** Of silence: since when, ISO; null when nothing ever succeeded; and whole hours. */
  silence?: { last: string | null; hours: number };
}

/** Keys are digests of what happened, not of how it is told: the plan, and the actions or codes it is about. */
export function noticeKey(event: NotificationEvent, about: Record<string, unknown>): string {
  return digestOf({ event, about }).slice(0, 32);
}
