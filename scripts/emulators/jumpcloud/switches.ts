/**
 * What nobody could establish about JumpCloud is a switch, so that a client can be run against both readings.
 * The default is the documented or the stricter reading; the seed's `switches` turns it.
 */
import { z } from 'zod';

const lag = z
  .strictObject({
    /** Reads that still see the old picture. */
    reads: z.int().min(0).default(0),
    /** Milliseconds of real time, because the emulated clock may stand still. */
    ms: z.number().min(0).default(0),
  })
  .prefault({});

export const switchesSchema = z.strictObject({
  /** Order of v1 lists without `sort`: the knowledge base only says that records may repeat or go missing. */
  unsortedOrder: z.enum(['stable', 'shuffled']).default('stable'),
  /** How an unset `manager` or `employeeIdentifier` is sent; the document types them as plain strings. */
  unsetFields: z.enum(['omit', 'null']).default('omit'),
  /** Status and body of a duplicate username, email or employeeIdentifier; the document only names 400. */
  duplicateUser: z
    .strictObject({ status: z.int().min(400).max(499), body: z.unknown() })
    .default({ status: 400, body: { message: 'User already exists' } }),
  uniqueness: z.enum(['case-insensitive', 'case-sensitive']).default('case-insensitive'),
  /** Naming convention of the knowledge base; the tail of its list of characters is not known. */
  usernamePattern: z.string().default('^[A-Za-z][A-Za-z0-9._-]*$'),
  /** 1024 in the document; devices want 30 or 20. */
  usernameMax: z.int().min(1).default(1024),
  /** One third party saw "Path `username` is required" on updates; the official module sends changed keys only. */
  putNeedsUsername: z.boolean().default(false),
  restrictedFields: z.enum(['refuse', 'ignore']).default('refuse'),
  unknownManager: z.enum(['refuse', 'accept']).default('refuse'),
  /** Inferred from the 409 in the document and from the official module always sending `cascade_manager`. */
  deleteManagerNeedsCascade: z.boolean().default(true),
  /** `state/activate` is documented for STAGED users only; one third party assumes that it un-suspends too. */
  activateUnsuspends: z.boolean().default(false),
  /** Whether creating an ACTIVATED user without a password mails him; no source in the reference says. */
  mailOnCreate: z.boolean().default(true),
  duplicateGroupName: z.enum(['refuse', 'accept']).default('refuse'),
  /** What a write with a read-only key gets. */
  readKeyStatus: z.union([z.literal(401), z.literal(403)]).default(403),
  /** A state change scheduled in the past. */
  pastSchedule: z.enum(['refuse', 'run']).default('refuse'),
  /** One scheduledJobId per request instead of one per user; the document allows both readings. */
  sharedScheduleIds: z.boolean().default(false),
  /** Memberships and associations are not read-your-writes: the official module re-reads up to five times. */
  graphLag: lag,
  /** `POST /api/search/*` reads an eventually consistent index. */
  searchLag: lag,
  /** Polls or milliseconds until a bulk job has run. */
  bulkLag: lag,
  tokenSeconds: z.int().min(1).default(3600),
  /** Directory Insights answers 402 where it is not enabled. */
  insightsEnabled: z.boolean().default(true),
});

export type Switches = z.infer<typeof switchesSchema>;
export type Lag = Switches['graphLag'];

/** A change that not every reader sees yet. */
export interface Waiting {
  readsLeft: number;
  /** Real time in milliseconds. */
  until: number;
}

export function startWaiting(lagging: Lag): Waiting | undefined {
  if (lagging.reads === 0 && lagging.ms === 0) return undefined;
  return { readsLeft: lagging.reads, until: Date.now() + lagging.ms };
}

export function isWaiting(waiting: Waiting): boolean {
  return waiting.readsLeft > 0 || Date.now() < waiting.until;
}
