/** A world in agreement as reconcile sees it; tests change one thing. */
import { compareAll } from '../../../scripts/core/reconcile/report.ts';
import type { Drift } from '../../../scripts/core/reconcile/drift.ts';
import { type SuspendedHoldings, sceneOf } from '../../../scripts/core/reconcile/scene.ts';
import { ledgerOf, liveOf, planWorld, type World } from '../../world.ts';

export function driftOf(
  world: World,
  rest: { suspended?: Partial<SuspendedHoldings>; pins?: Record<string, string> } = {},
): Drift[] {
  const pins = rest.pins ?? {};
  const live = liveOf(world);
  const scene = sceneOf({
    asOf: world.asOf,
    policy: world.policy,
    pins,
    ledger: ledgerOf(world),
    live,
    planned: planWorld(world, { pins }),
    suspended: {
      memberships: rest.suspended?.memberships ?? live.memberships,
      bindings: rest.suspended?.bindings ?? new Map(),
    },
  });
  return compareAll(scene);
}

/** `kind person-or-username target` of each, without what is only a remark about the vocabulary. */
export function told(drift: Drift[]): string[] {
  return drift
    .map(({ kind, person, username, target }) =>
      [kind, person ?? username, target].filter((part) => part !== undefined).join(' '),
    )
    .sort();
}
