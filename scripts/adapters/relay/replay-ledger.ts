/** Which deliveries have landed already, so that one sent twice is dispatched once. */

/**
 * Shared by every instance behind a balancer when it is shared at all. Names are signatures that we computed ourselves,
 * so only what BambooHR has signed takes room. A mark is set after the dispatch landed, never before: a failure
 * leaves nothing behind, and BambooHR's next attempt counts as the first.
 */
export interface ReplayLedger {
  /**
   * `claimed`: ours until `settle` or until the lease ends. `landed`: dispatched before. `held`: another delivery of
   * the same is on its way at this moment.
   */
  claim(signature: string, now: number): Promise<Claim>;
  /** Gives the claim back; with `landed` the delivery is remembered until `until` (milliseconds since the epoch). */
  settle(signature: string, landed: boolean, until: number): Promise<void>;
}
export type Claim = 'claimed' | 'landed' | 'held';

/** How long a claim stands when its instance dies: longer than any answer takes, shorter than BambooHR's first retry (5 minutes). */
export const CLAIM_LEASE_MS = 15_000;

/** For one process; forgotten with it, which costs at most a repeated dispatch. */
export function createMemoryLedger(): ReplayLedger & { size(): number } {
  const landed = new Map<string, number>();
  const claims = new Map<string, number>();
  let sweptAt = 0;

  function sweep(now: number): void {
    if (now - sweptAt < 60_000) return;
    sweptAt = now;
    for (const marks of [landed, claims])
      for (const [signature, until] of marks) if (until <= now) marks.delete(signature);
  }

  return {
    claim(signature, now) {
      sweep(now);
      if ((landed.get(signature) ?? 0) > now) return Promise.resolve('landed');
      if ((claims.get(signature) ?? 0) > now) return Promise.resolve('held');
      claims.set(signature, now + CLAIM_LEASE_MS);
      return Promise.resolve('claimed');
    },
    settle(signature, hasLanded, until) {
      if (hasLanded) landed.set(signature, until);
      claims.delete(signature);
      return Promise.resolve();
    },
    size: () => landed.size + claims.size,
  };
}

/**
 * A shared ledger that may be out of reach: then this process remembers alone and says so. The urgent lane re-reads
 * every person, so a dispatch too many is harmless and one too few is not.
 */
export function withFallback(shared: ReplayLedger, unreachable: (error: unknown) => void): ReplayLedger {
  const own = createMemoryLedger();
  return {
    async claim(signature, now) {
      const mine = await own.claim(signature, now);
      if (mine !== 'claimed') return mine;
      try {
        const answer = await shared.claim(signature, now);
        if (answer !== 'claimed') await own.settle(signature, false, 0);
        return answer;
      } catch (error) {
        unreachable(error);
        return 'claimed';
      }
    },
    async settle(signature, landed, until) {
      await own.settle(signature, landed, until);
      try {
        await shared.settle(signature, landed, until);
      } catch (error) {
        unreachable(error);
      }
    },
  };
}
