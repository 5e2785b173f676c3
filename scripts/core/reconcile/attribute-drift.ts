/** Who did it and when: each difference with the newest event of JumpCloud's log that touched this very thing. */
import type { DirectoryEvent } from '../directory/event.ts';
import type { Author, Drift } from './drift.ts';
import { keysOfEvent, keysOfWatch } from './event-keys.ts';
import type { OwnWrites } from './own-writes.ts';

/** Takes events from the newest back; says when it has seen enough. */
export interface Attribution {
  /** True once every difference has its author and our own identity is known. */
  take(events: DirectoryEvent[]): boolean;
  /** The differences with their authors. */
  finish(): { drift: Drift[]; own: string[] };
}

export function createAttribution(drift: Drift[], writes: OwnWrites): Attribution {
  const found = new Map<string, DirectoryEvent>();
  const wanted = new Set(drift.flatMap(({ watch }) => (watch === undefined ? [] : keysOfWatch(watch))));
  const open = new Set(wanted);
  const own = new Map<string, string>();
  const recorded = new Set<string>();
  return {
    take(events) {
      for (const event of events) {
        if (writes.isRecorded(event)) {
          recorded.add(event.id);
          own.set(actorKey(event), event.by.name);
        }
        for (const key of keysOfEvent(event).keys())
          if (wanted.has(key) && isNewer(event, found.get(key))) {
            found.set(key, event);
            open.delete(key);
          }
      }
      return open.size === 0 && (writes.isEmpty || own.size > 0);
    },
    finish() {
      const attributed = drift.map((item): Drift => {
        const events = (item.watch === undefined ? [] : keysOfWatch(item.watch)).flatMap(
          (key) => found.get(key) ?? [],
        );
        const event = events.sort((a, b) => (isNewer(a, b) ? -1 : 1))[0];
        return event === undefined ? item : { ...item, by: authorOf(event, recorded, own) };
      });
      return { drift: [...attributed, ...unrecorded(attributed)], own: [...new Set(own.values())].sort() };
    },
  };
}

function isNewer(event: DirectoryEvent, than: DirectoryEvent | undefined): boolean {
  return than === undefined || event.at > than.at || (event.at === than.at && event.id > than.id);
}

function actorKey({ by, method }: DirectoryEvent): string {
  return `${by.type} ${by.id} ${method}`;
}

function authorOf(
  event: DirectoryEvent,
  recorded: ReadonlySet<string>,
  own: ReadonlyMap<string, string>,
): Author {
  const { by, method, at, id } = event;
  const isJumpCloud = by.type === 'system' || by.source === 'jumpcloud:dynamic_group';
  return {
    kind: recorded.has(id)
      ? 'rollcall'
      : isJumpCloud
        ? 'jumpcloud'
        : own.has(actorKey(event))
          ? 'rollcall-key'
          : 'others',
    who: by.name || by.id || by.type,
    how: wordsOf(method, by.type, by.source),
    at,
    event: id,
  };
}

function wordsOf(method: string, type: string, source: string): string {
  if (source.startsWith('jumpcloud:')) return `through ${source.slice('jumpcloud:'.length)}`;
  if (method === 'session') return 'in the console';
  if (type === 'service_account') return 'as a service account';
  if (method === 'api-key') return 'with an API key';
  return method;
}

/** Our key did what no receipt has: a lost receipt, or somebody else who holds the key. */
function unrecorded(drift: Drift[]): Drift[] {
  return drift
    .filter(({ by }) => by?.kind === 'rollcall-key')
    .map(({ person, account, username, target, by }): Drift => ({
      kind: 'unrecorded-write',
      severity: 'critical',
      ...(person === undefined ? {} : { person }),
      ...(account === undefined ? {} : { account }),
      ...(username === undefined ? {} : { username }),
      ...(target === undefined ? {} : { target }),
      message:
        'the key that Rollcall writes with changed this, and no receipt says so: either a receipt was lost, or somebody else uses the key; rotate it if nobody can tell',
      remedy: 'report',
      ...(by === undefined ? {} : { by }),
    }));
}
