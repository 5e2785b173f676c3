/** The `jumpcloud` part of a seed, in JumpCloud's own field names. An absent list is an empty list. */
import { z } from 'zod';
import { SeedError } from '../kit/service.ts';
import { switchesSchema } from './switches.ts';

const reference = z.string().min(1);

const userSeed = z.looseObject({
  _id: z.string().optional(),
  id: z.string().optional(),
  username: z.string().min(1),
  email: z.string(),
  state: z.enum(['STAGED', 'ACTIVATED', 'SUSPENDED']).optional(),
  suspended: z.boolean().optional(),
  /** Username or id of another user. */
  manager: reference.nullish(),
  employeeIdentifier: z.string().nullish(),
});

const exemption = z.looseObject({ id: reference, type: z.string().default('USER') });

const groupSeed = z.looseObject({
  id: z.string().optional(),
  name: z.string().min(1),
  description: z.string().optional(),
  email: z.string().optional(),
  membershipMethod: z.enum(['NOTSET', 'STATIC', 'DYNAMIC_REVIEW_REQUIRED', 'DYNAMIC_AUTOMATED']).optional(),
  memberQuery: z.record(z.string(), z.unknown()).nullish(),
  memberQueryExemptions: z.array(exemption).optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  /** Usernames or ids; hostnames, display names or ids in a system group. */
  members: z.array(reference).optional(),
});

/** A system, policy, application, policy group or anything else that can be bound. */
const objectSeed = z.looseObject({
  _id: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  displayName: z.string().optional(),
  hostname: z.string().optional(),
});

const associationSeed = z.strictObject({
  user: reference.optional(),
  userGroup: reference.optional(),
  systemGroup: reference.optional(),
  system: reference.optional(),
  type: reference,
  /** Name or id of an object of that type; a policy or application that is not listed comes into being. */
  target: reference,
  attributes: z.record(z.string(), z.unknown()).optional(),
});

const actorSeed = {
  permission: z.enum(['read', 'write']).default('write'),
  /** Known ids let a client tell its own events from those of others. */
  id: z.string().optional(),
  name: z.string().optional(),
  email: z.string().optional(),
};

export const seedSchema = z.strictObject({
  organization: z
    .looseObject({
      id: z.string().optional(),
      displayName: z.string().optional(),
      settings: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  users: z.array(userSeed).default([]),
  userGroups: z.array(groupSeed).default([]),
  systemGroups: z.array(groupSeed).default([]),
  systems: z.array(objectSeed).default([]),
  applications: z.array(objectSeed).default([]),
  policies: z.array(objectSeed).default([]),
  /** Objects of any other graph type: `[{type: 'ldap_server', name}]`. */
  objects: z.array(objectSeed.extend({ type: reference })).default([]),
  associations: z.array(associationSeed).default([]),
  scheduled: z
    .array(
      z.strictObject({
        user: reference,
        state: z.enum(['ACTIVATED', 'SUSPENDED']),
        scheduledDate: reference,
        scheduledJobId: z.string().optional(),
        sendActivationEmails: z.boolean().optional(),
        activationEmailOverride: z.string().optional(),
        initiatedBy: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .default([]),
  /** Directory Insights of the past, as the API returns them; only read at the start and on reset. */
  events: z.array(z.looseObject({ event_type: reference, timestamp: reference })).optional(),
  /** Mails that JumpCloud sent; written by the emulator. */
  emails: z.array(z.record(z.string(), z.unknown())).optional(),
  apiKeys: z
    .array(z.strictObject({ key: z.string().min(1), multiTenant: z.boolean().default(false), ...actorSeed }))
    .optional(),
  serviceAccounts: z
    .array(z.strictObject({ clientId: z.string().min(1), clientSecret: z.string().min(1), ...actorSeed }))
    .optional(),
  switches: switchesSchema.optional(),
});

export type Seed = z.infer<typeof seedSchema>;
export type SeedUser = Seed['users'][number];
export type SeedGroup = Seed['userGroups'][number];

/** @throws SeedError naming the place of what cannot be read. */
export function parseSeed(input: unknown): Seed {
  const parsed = seedSchema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  const keys = first?.code === 'unrecognized_keys' ? ` (${first.keys.join(', ')})` : '';
  const path = (first?.path ?? []).map((step) => (typeof step === 'number' ? step : String(step)));
  throw new SeedError(`${['jumpcloud', ...path].join('.')}: ${first?.message ?? 'unreadable'}${keys}`, path);
}
