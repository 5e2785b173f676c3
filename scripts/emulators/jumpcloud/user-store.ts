/** Users by id, with the indexes and cached texts that make 50,000 of them cheap to list. */
import type { Switches } from './switches.ts';
import type { UserState } from './world.ts';

export interface UserDoc {
  readonly _id: string;
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly state: UserState;
  readonly suspended: boolean;
  readonly activated: boolean;
  readonly created: string;
  readonly manager?: string;
  readonly employeeIdentifier?: string;
  readonly [field: string]: unknown;
}

/** The fields in which two users may not be alike. */
export const UNIQUE_FIELDS = ['username', 'email', 'employeeIdentifier'] as const;
type UniqueField = (typeof UNIQUE_FIELDS)[number];

export interface UserStore {
  readonly size: number;
  get(id: string): UserDoc | undefined;
  put(doc: UserDoc): void;
  delete(id: string): void;
  clear(): void;
  values(): Iterable<UserDoc>;
  /** Ids in the order in which they were created, or sorted. */
  ids(order: 'created' | 'id'): readonly string[];
  /** The holder of a value, compared as the switch `uniqueness` says. */
  holder(field: UniqueField, value: string): UserDoc | undefined;
  /** Everybody whose value is the same when case is ignored. */
  holders(field: UniqueField, value: string): UserDoc[];
  byUsername(username: string): UserDoc | undefined;
  /** The answer's text for one user, cached until he changes. */
  text(doc: UserDoc): string;
}

export function createUserStore(switches: () => Switches): UserStore {
  const byId = new Map<string, UserDoc>();
  const taken: Record<UniqueField, Map<string, Set<string>>> = {
    username: new Map(),
    email: new Map(),
    employeeIdentifier: new Map(),
  };
  const texts = new Map<string, { doc: UserDoc; text: string }>();
  let textsUnset: Switches['unsetFields'] | undefined;
  // Built when first asked for and then kept up to date: a sort per write would cost more than the writes.
  let created: string[] | undefined;
  let sorted: string[] | undefined;

  function index(doc: UserDoc, add: boolean): void {
    for (const field of UNIQUE_FIELDS) {
      const value = doc[field];
      if (value === undefined || value === '') continue;
      const folded = value.toLowerCase();
      const holders = taken[field].get(folded) ?? new Set();
      if (add) holders.add(doc.id);
      else holders.delete(doc.id);
      if (holders.size === 0) taken[field].delete(folded);
      else taken[field].set(folded, holders);
    }
  }

  function holders(field: UniqueField, value: string): UserDoc[] {
    return [...(taken[field].get(value.toLowerCase()) ?? [])].flatMap((id) => byId.get(id) ?? []);
  }

  return {
    get size() {
      return byId.size;
    },
    get: (id) => byId.get(id),
    put(doc) {
      const before = byId.get(doc.id);
      if (before !== undefined) index(before, false);
      byId.set(doc.id, doc);
      index(doc, true);
      if (before !== undefined) return;
      created?.push(doc.id);
      sorted?.splice(firstNotBefore(sorted, doc.id), 0, doc.id);
    },
    delete(id) {
      const before = byId.get(id);
      if (before === undefined) return;
      index(before, false);
      byId.delete(id);
      texts.delete(id);
      created?.splice(created.indexOf(id), 1);
      sorted?.splice(firstNotBefore(sorted, id), 1);
    },
    clear() {
      byId.clear();
      texts.clear();
      for (const field of UNIQUE_FIELDS) taken[field].clear();
      created = undefined;
      sorted = undefined;
    },
    values: () => byId.values(),
    ids: (order) => (order === 'id' ? (sorted ??= [...byId.keys()].sort()) : (created ??= [...byId.keys()])),
    holders,
    holder(field, value) {
      const sensitive = switches().uniqueness === 'case-sensitive';
      return holders(field, value).find((doc) => !sensitive || doc[field] === value);
    },
    byUsername: (username) => holders('username', username).find((doc) => doc.username === username),
    text(doc) {
      if (textsUnset !== switches().unsetFields) {
        texts.clear();
        textsUnset = switches().unsetFields;
      }
      const known = texts.get(doc.id);
      if (known?.doc === doc) return known.text;
      const text = JSON.stringify(renderUser(doc, switches()));
      // The search index and a deletion ask for documents that are no longer the user's: not worth keeping.
      if (byId.get(doc.id) === doc) texts.set(doc.id, { doc, text });
      return text;
    },
  };
}

/** A user as the API sends him. */
export function renderUser(doc: UserDoc, switches: Switches): Record<string, unknown> {
  if (switches.unsetFields === 'omit') return doc;
  return { manager: null, employeeIdentifier: null, ...doc };
}

function firstNotBefore(sorted: readonly string[], id: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
