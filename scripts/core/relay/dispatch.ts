/** `repository_dispatch` events as the relay makes them, within GitHub's limits. */

/**
 * GitHub: event_type of at most 100 characters, at most 10 top-level keys in client_payload, less than 64 KB of it.
 * The rest of the payload needs under 100 bytes. A thousand ids keep the urgent run's own arguments in bounds.
 */
export const DISPATCH_LIMITS = { idBytes: 60_000, ids: 1000 };

/** The body of `POST /repos/{owner}/{repo}/dispatches`. */
export interface Dispatch {
  event_type: string;
  client_payload: Record<string, unknown>;
}

/** Ids only: the urgent lane reads everything else from BambooHR itself. `receivedAt` is the oldest delivery's, in milliseconds. */
export function employeesDispatch(employees: readonly string[], receivedAt: number): Dispatch {
  return {
    event_type: 'bamboohr',
    client_payload: { employees: [...employees], receivedAt: new Date(receivedAt).toISOString() },
  };
}

/** A second clock beside GitHub's `schedule`, which may be hours late or dropped. */
export function heartbeatDispatch(now: number): Dispatch {
  return { event_type: 'rollcall-heartbeat', client_payload: { sentAt: new Date(now).toISOString() } };
}

/** Ids in lists that fit into one dispatch each. */
export function splitIds(ids: readonly string[]): string[][] {
  const lists: string[][] = [];
  let rest: readonly string[] = ids;
  while (rest.length > 0) {
    const count = countFitting(rest.map((id) => [id]));
    lists.push(rest.slice(0, count));
    rest = rest.slice(count);
  }
  return lists;
}

/** How many of these lists, from the front, fit into one dispatch together; an id named twice counts once. At least one. */
export function countFitting(lists: readonly (readonly string[])[]): number {
  const ids = new Set<string>();
  let bytes = 0;
  for (const [index, list] of lists.entries()) {
    for (const id of list) {
      if (ids.has(id)) continue;
      ids.add(id);
      // Two quotes and a comma; an HR id is ASCII without anything JSON escapes.
      bytes += id.length + 3;
    }
    if (index > 0 && (ids.size > DISPATCH_LIMITS.ids || bytes > DISPATCH_LIMITS.idBytes)) return index;
  }
  return Math.max(1, lists.length);
}
