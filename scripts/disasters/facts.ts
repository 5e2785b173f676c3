/**
 * JumpCloud as a flat list of facts, one key a fact, read from the emulator's own state and from the requests that it
 * logged. Nothing here knows Rollcall's plans or receipts: it is what an outsider sees.
 *
 * | key                          | value                                       |
 * |------------------------------|---------------------------------------------|
 * | `user WHO`                   | `there`                                     |
 * | `user WHO FIELD`             | the field, as JSON                          |
 * | `member GROUP WHO`           | `in`                                        |
 * | `group GROUP`                | its name                                    |
 * | `armed WHO STATE INSTANT`    | how many such jobs there are                |
 * | `bound WHO TYPE TARGET`      | `bound`                                     |
 *
 * WHO is the HR id that the account carries (`hr:1042`), or the user name of one without (`un:ada`); GROUP an id.
 */

export type Facts = ReadonlyMap<string, string>;

export interface DirectoryState {
  users: (Record<string, unknown> & { _id: string; username: string })[];
  userGroups: { id: string; name: string; members: string[] }[];
  scheduled: { user: string; state: string; scheduledDate: string }[];
  associations: { user?: string; type: string; target: string }[];
}

/** The state with other facts for one person's account. */
export function withUser(state: DirectoryState, id: string, facts: Record<string, unknown>): DirectoryState {
  return {
    ...state,
    users: state.users.map((user) => (user['employeeIdentifier'] === id ? { ...user, ...facts } : user)),
  };
}

/** HR id of somebody who has a device; the order in which JumpCloud lists people says who. */
export function ownerOfDevice({ users, associations }: DirectoryState): string {
  const owners = new Set(associations.filter(({ type }) => type === 'system').map(({ user }) => user));
  const owner = users.find(({ _id }) => owners.has(_id))?.['employeeIdentifier'];
  if (typeof owner !== 'string') throw new RangeError('nobody has a device');
  return owner;
}

export interface LoggedRequest {
  method: string;
  path: string;
  body: unknown;
  /** 0: the connection was cut. */
  status: number;
}

/** What people and programs set; stamps that JumpCloud keeps itself are left out. */
const FIELDS = [
  'username',
  'email',
  'employeeIdentifier',
  'state',
  'manager',
  'firstname',
  'middlename',
  'lastname',
  'displayname',
  'description',
  'jobTitle',
  'department',
  'location',
  'company',
  'costCenter',
  'employeeType',
  'alternateEmail',
  'managedAppleId',
  'phoneNumbers',
  'addresses',
  'attributes',
] as const;

export function factsOf(state: DirectoryState): Facts {
  const facts = new Map<string, string>();
  const names = namesOf(state);
  const whoByName = new Map(state.users.map((user) => [user.username, names.get(user._id) ?? '']));
  for (const user of state.users) {
    const who = names.get(user._id) ?? '';
    facts.set(`user ${who}`, 'there');
    for (const field of FIELDS) {
      const value = valueOf(user[field]);
      if (value !== undefined) facts.set(`user ${who} ${field}`, value);
    }
  }
  for (const group of state.userGroups) {
    facts.set(`group ${group.id}`, group.name);
    for (const name of group.members) facts.set(`member ${group.id} ${whoByName.get(name) ?? name}`, 'in');
  }
  for (const job of state.scheduled) {
    const key = `armed ${names.get(job.user) ?? job.user} ${job.state} ${instant(job.scheduledDate)}`;
    facts.set(key, String(Number(facts.get(key) ?? 0) + 1));
  }
  for (const { user, type, target } of state.associations)
    if (user !== undefined) facts.set(`bound ${names.get(user) ?? user} ${type} ${target}`, 'bound');
  return facts;
}

/** Account id -> WHO. Two accounts with one HR id are two: a doubled account must not hide behind the first. */
export function namesOf({ users }: Pick<DirectoryState, 'users'>): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    users.map((user) => {
      const id = user['employeeIdentifier'];
      const who = typeof id === 'string' && id !== '' ? `hr:${id}` : `un:${user.username}`;
      const free = taken.has(who) ? `${who}#${user._id}` : who;
      taken.add(free);
      return [user._id, free];
    }),
  );
}

/** Key -> value now, undefined for what is gone. */
export function changesBetween(before: Facts, after: Facts): Map<string, string | undefined> {
  const changes = new Map<string, string | undefined>();
  for (const [key, value] of after) if (before.get(key) !== value) changes.set(key, value);
  for (const key of before.keys()) if (!after.has(key)) changes.set(key, undefined);
  return changes;
}

/** Searches and tokens are asked for with POST; everything else that is not GET can change something. */
export function isWrite({ method, path }: Pick<LoggedRequest, 'method' | 'path'>): boolean {
  return method !== 'GET' && !path.startsWith('/api/search/') && !path.startsWith('/oauth2/');
}

/** What a write that JumpCloud accepted was to change, as facts. What nobody knows is a fact of its own, and wrong. */
export function touchesOf(
  { method, path, body }: LoggedRequest,
  names: ReadonlyMap<string, string>,
): Map<string, string | undefined> {
  const touches = new Map<string, string | undefined>();
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const who = (id: unknown): string => names.get(String(id)) ?? `un:${String(id)}`;
  const parts = path.split('/').filter((part) => part !== '');
  const route = `${method} ${parts.map((part) => (names.has(part) || /^[0-9a-f]{24}$/.test(part) ? '*' : part)).join('/')}`;
  switch (route) {
    case 'POST api/systemusers': {
      const anchor = fields['employeeIdentifier'];
      touches.set(
        `user ${typeof anchor === 'string' ? `hr:${anchor}` : `un:${String(fields['username'])}`}`,
        'there',
      );
      return touches;
    }
    case 'PUT api/systemusers/*':
      for (const field of FIELDS)
        if (Object.hasOwn(fields, field))
          touches.set(`user ${who(parts[2])} ${field}`, valueOf(fields[field]));
      return touches;
    case 'DELETE api/systemusers/*':
      touches.set(`user ${who(parts[2])}`, undefined);
      return touches;
    case 'POST api/systemusers/*/state/activate':
      touches.set(`user ${who(parts[2])} state`, valueOf('ACTIVATED'));
      return touches;
    case 'POST api/v2/usergroups/*/members':
      touches.set(
        `member ${parts[3] ?? ''} ${who(fields['id'])}`,
        fields['op'] === 'remove' ? undefined : 'in',
      );
      return touches;
    case 'POST api/v2/users/*/associations':
      touches.set(
        `bound ${who(parts[3])} ${String(fields['type'])} ${String(fields['id'])}`,
        fields['op'] === 'remove' ? undefined : 'bound',
      );
      return touches;
    case 'POST api/v2/bulk/userstates':
      for (const id of (fields['user_ids'] as unknown[] | undefined) ?? [])
        touches.set(
          `armed ${who(id)} ${String(fields['state'])} ${instant(String(fields['start_date']))}`,
          '1',
        );
      return touches;
    default:
      // Cancelled jobs show in the end state; their ids mean nothing here.
      if (!route.startsWith('DELETE api/v2/bulk/userstates/')) touches.set(`unknown ${route}`, 'sent');
      return touches;
  }
}

/** Rows of lists get ids of their own from JumpCloud; empty and absent are one. */
function valueOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (value.length === 0) return undefined;
  const rows = value.map((row: unknown) =>
    typeof row === 'object' && row !== null
      ? Object.entries(row)
          .filter(([key]) => key !== 'id' && key !== '_id')
          .sort(([a], [b]) => (a < b ? -1 : 1))
      : row,
  );
  return JSON.stringify(rows.map((row) => JSON.stringify(row)).sort());
}

function instant(text: string): string {
  return new Date(text).toISOString();
}
