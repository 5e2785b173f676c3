/**
 * The relay on a worker platform (Cloudflare's names; any platform with fetch, node:crypto and a key-value store will
 * do). It is the Node relay's own function; only the ledger and the caller differ. README.md says how to deploy it.
 */
import type { Claim, ReplayLedger } from '../../scripts/adapters/relay/replay-ledger.ts';
import { type AssembledRelay, assembleRelay } from '../../scripts/shell/relay/assemble-relay.ts';
import { createRelayLog } from '../../scripts/shell/relay/relay-log.ts';
import { readRelaySettings } from '../../scripts/shell/relay/relay-settings.ts';

/** A KV namespace. It is eventually consistent and has no "put if absent": two deliveries at once may both be new to it. */
export interface KeyValueStore {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>;
}

/** A Durable Object namespace, as far as it is used. */
interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

export interface Bindings {
  /** Secrets and variables, by the names of the contract. */
  BAMBOOHR_WEBHOOK_KEY?: string;
  BAMBOOHR_COMPANY?: string;
  GITHUB_TOKEN?: string;
  GITHUB_REPOSITORY?: string;
  GITHUB_API_URL?: string;
  /** One of the two: KV alone, or an object through which every delivery goes. */
  ROLLCALL_LEDGER?: KeyValueStore;
  ROLLCALL_RELAY?: Namespace;
}

/** A worker platform refuses shorter lives. */
const SHORTEST_TTL_SECONDS = 60;

/** Claims are not kept: without "put if absent" they would prove nothing. A twin too many is harmless, and rare. */
export function createKvLedger(store: KeyValueStore, now: () => number = Date.now): ReplayLedger {
  return {
    async claim(signature): Promise<Claim> {
      return (await store.get(signature)) === null ? 'claimed' : 'landed';
    },
    async settle(signature, landed, until) {
      if (!landed) return;
      const seconds = Math.ceil((until - now()) / 1000);
      await store.put(signature, 'landed', { expirationTtl: Math.max(SHORTEST_TTL_SECONDS, seconds) });
    },
  };
}

/**
 * One relay for one request: worker platforms do not let one request wait for another's fetch, so nothing is gathered
 * across requests here. A burst beyond GitHub's limits is answered 503 and comes again; RelayObject gathers.
 */
function assemblePerRequest(bindings: Bindings): AssembledRelay {
  const store = bindings.ROLLCALL_LEDGER;
  if (store === undefined) throw new TypeError('bind ROLLCALL_LEDGER or ROLLCALL_RELAY');
  return assemble(bindings, createKvLedger(store), { gatherMs: 0 });
}

function assemble(bindings: Bindings, ledger: ReplayLedger, pace: { gatherMs?: number }): AssembledRelay {
  return assembleRelay(
    readRelaySettings({ ...textsOf(bindings) }),
    ledger,
    {
      now: Date.now,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      // Called as a bare function: some platforms refuse fetch as a method of something else.
      fetch: (input, init) => fetch(input, init),
      log: createRelayLog((line) => console.error(line.trimEnd()), Date.now),
    },
    { pace },
  );
}

function textsOf(bindings: Bindings): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(bindings).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Storage of a Durable Object, as far as it is used: strongly consistent, one at a time. */
interface ObjectState {
  storage: {
    get<T>(key: string): Promise<T | undefined>;
    put(key: string, value: unknown): Promise<void>;
    list<T>(): Promise<Map<string, T>>;
    delete(keys: string[]): Promise<unknown>;
    setAlarm(at: number): Promise<void>;
  };
}

/**
 * All deliveries in one object: gathered as on Node, and remembered for certain. The platform demands a class. Twins in
 * flight share one answer because they meet in the same relay.
 */
export class RelayObject {
  readonly #state: ObjectState;
  readonly #relay: AssembledRelay;

  constructor(state: ObjectState, bindings: Bindings) {
    this.#state = state;
    this.#relay = assemble(bindings, this.#createLedger(), {});
  }

  fetch(request: Request): Promise<Response> {
    return this.#relay.answer(request);
  }

  /** Forgets what would be refused as stale anyway. */
  async alarm(): Promise<void> {
    const marks = await this.#state.storage.list<number>();
    const past = [...marks].filter(([, until]) => until <= Date.now()).map(([signature]) => signature);
    for (let at = 0; at < past.length; at += 100) await this.#state.storage.delete(past.slice(at, at + 100));
    if (past.length < marks.size) await this.#state.storage.setAlarm(Date.now() + 3_600_000);
  }

  #createLedger(): ReplayLedger {
    const { storage } = this.#state;
    return {
      async claim(signature, now): Promise<Claim> {
        return ((await storage.get<number>(signature)) ?? 0) > now ? 'landed' : 'claimed';
      },
      async settle(signature, landed, until) {
        if (!landed) return;
        await storage.put(signature, until);
        await storage.setAlarm(Date.now() + 3_600_000);
      },
    };
  }
}

const worker = {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    const { ROLLCALL_RELAY: namespace } = bindings;
    if (namespace !== undefined) return namespace.get(namespace.idFromName('relay')).fetch(request);
    return assemblePerRequest(bindings).answer(request);
  },
  /** A cron trigger is the heartbeat. */
  async scheduled(_event: unknown, bindings: Bindings): Promise<void> {
    await assemble(
      bindings,
      { claim: () => Promise.resolve('claimed'), settle: () => Promise.resolve() },
      {},
    ).beat();
  },
};

// The platform looks for it here.
export default worker;
