/** Hand-written lines that let something pass for a while, by how long they have been there: from every version of their file. */
import { type Day, daysBetween } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';

/** One line of a file: what makes it the same line although its end or its reason was edited, and what it says. */
export interface Entry {
  key: string;
  kind: string;
  /** HR id, account, group, guardrail … */
  about: string;
  owner: string;
  reason: string;
  expires: Day;
}

export interface EntryVersion {
  at: string;
  commit: string;
  author: string;
  entries: Entry[];
}

export interface AgedEntry extends Entry {
  /** Commit, author and time of the version since which it has been there without a break. */
  since: string;
  commit: string;
  by: string;
  /** ISO instant at which it was gone; '' while it is there. */
  until: string;
  ageDays: number;
  /** How often its end was moved. */
  renewals: number;
  /** Its end is over and it is still there. */
  stale: boolean;
}

/**
 * @param versions oldest first
 * @param today the last day of the period
 * @param from lines that were gone before this instant are left out
 */
export function ageEntries(versions: EntryVersion[], today: Day, from: string): AgedEntry[] {
  const present = new Map<string, AgedEntry>();
  const gone: AgedEntry[] = [];
  for (const { at, commit, author, entries } of versions) {
    const now = new Map(entries.map((entry) => [entry.key, entry]));
    for (const [key, aged] of present)
      if (!now.has(key)) {
        present.delete(key);
        gone.push({
          ...aged,
          until: at,
          ageDays: daysBetween(aged.since.slice(0, 10), at.slice(0, 10)),
          stale: false,
        });
      }
    for (const [key, entry] of now) {
      const known = present.get(key);
      if (known === undefined)
        present.set(key, {
          ...entry,
          since: at,
          commit,
          by: author,
          until: '',
          ageDays: 0,
          renewals: 0,
          stale: false,
        });
      else
        present.set(key, {
          ...known,
          ...entry,
          renewals: known.renewals + (known.expires === entry.expires ? 0 : 1),
        });
    }
  }
  return [
    ...[...present.values()].map((aged) => ({
      ...aged,
      ageDays: Math.max(0, daysBetween(aged.since.slice(0, 10), today)),
      stale: aged.expires < today,
    })),
    ...gone.filter(({ until }) => until >= from),
  ].sort((a, b) => compareText(a.since, b.since) || compareText(a.key, b.key));
}
