/**
 * Memberships and associations as one undirected graph, as JumpCloud has it: a user group, its users, the systems
 * and policies bound to either. Writes are judged against the truth, reads may lag behind it (switch `graphLag`).
 */
import { isWaiting, startWaiting, type Lag, type Waiting } from './switches.ts';

export interface GraphNode {
  type: string;
  id: string;
}

export type EdgeAttributes = Record<string, unknown> | undefined;

interface Unseen {
  ends: [GraphNode, GraphNode];
  /** What readers still see: the edge as it was, or that it is not there. */
  seen: { attributes: EdgeAttributes } | undefined;
  waiting: Waiting;
}

export interface Graph {
  /** The truth, as the write path judges it. */
  has(a: GraphNode, b: GraphNode): boolean;
  connect(a: GraphNode, b: GraphNode, attributes?: EdgeAttributes): void;
  disconnect(a: GraphNode, b: GraphNode): void;
  /** Neighbours of one type as a reader sees them now, in the order in which they were connected. */
  neighbours(id: string, type: string): [string, EdgeAttributes][];
  /** The truth, for rules and exports. */
  trueNeighbours(id: string, type: string): ReadonlyMap<string, EdgeAttributes>;
  /** Drops the node with all its edges, for every reader at once. */
  forget(id: string): void;
  /** One request has read: what it touched comes one read closer to being seen. */
  endRead(): void;
  /** Everybody sees the truth from now on. */
  settle(): void;
}

const NOBODY: ReadonlyMap<string, EdgeAttributes> = new Map();

export function createGraph(lag: () => Lag): Graph {
  const edges = new Map<string, Map<string, Map<string, EdgeAttributes>>>();
  const unseen = new Map<string, Unseen>();
  const touched = new Set<Unseen>();

  function side(id: string, type: string): Map<string, EdgeAttributes> {
    let byType = edges.get(id);
    if (byType === undefined) edges.set(id, (byType = new Map()));
    let others = byType.get(type);
    if (others === undefined) byType.set(type, (others = new Map()));
    return others;
  }

  function remember(a: GraphNode, b: GraphNode): void {
    const waiting = startWaiting(lag());
    if (waiting === undefined) return;
    const key = pairKey(a, b);
    const earlier = unseen.get(key);
    const before = trueNeighbours(a.id, b.type);
    const seen =
      earlier !== undefined && isWaiting(earlier.waiting)
        ? earlier.seen
        : before.has(b.id)
          ? { attributes: before.get(b.id) }
          : undefined;
    unseen.set(key, { ends: [a, b], seen, waiting });
  }

  function trueNeighbours(id: string, type: string): ReadonlyMap<string, EdgeAttributes> {
    return edges.get(id)?.get(type) ?? NOBODY;
  }

  return {
    trueNeighbours,
    has: (a, b) => trueNeighbours(a.id, b.type).has(b.id),
    connect(a, b, attributes) {
      remember(a, b);
      side(a.id, b.type).set(b.id, attributes);
      side(b.id, a.type).set(a.id, attributes);
    },
    disconnect(a, b) {
      remember(a, b);
      side(a.id, b.type).delete(b.id);
      side(b.id, a.type).delete(a.id);
    },
    neighbours(id, type) {
      const truth = trueNeighbours(id, type);
      if (unseen.size === 0) return [...truth];
      const visible = new Map(truth);
      for (const [key, change] of unseen) {
        if (!isWaiting(change.waiting)) {
          unseen.delete(key);
          continue;
        }
        const [a, b] = change.ends;
        const other = a.id === id && b.type === type ? b : b.id === id && a.type === type ? a : undefined;
        if (other === undefined) continue;
        touched.add(change);
        if (change.seen === undefined) visible.delete(other.id);
        else visible.set(other.id, change.seen.attributes);
      }
      return [...visible];
    },
    forget(id) {
      for (const [type, others] of edges.get(id) ?? []) {
        for (const other of others.keys()) {
          const back = edges.get(other);
          if (back !== undefined) for (const list of back.values()) list.delete(id);
        }
        others.clear();
        edges.get(id)?.delete(type);
      }
      edges.delete(id);
      for (const [key, { ends }] of unseen) if (ends[0].id === id || ends[1].id === id) unseen.delete(key);
    },
    endRead() {
      for (const change of touched) if (change.waiting.readsLeft > 0) change.waiting.readsLeft -= 1;
      touched.clear();
    },
    settle() {
      unseen.clear();
      touched.clear();
    },
  };
}

function pairKey(a: GraphNode, b: GraphNode): string {
  return a.id < b.id ? `${a.id} ${b.id}` : `${b.id} ${a.id}`;
}
