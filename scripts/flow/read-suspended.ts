/** Wider than a plan reads: what every suspended person still has, whoever suspended them and however long ago. */
import pMap from 'p-map';
import type { LiveBinding, LiveDirectory } from '../core/directory/live.ts';
import type { Match } from '../core/directory/match.ts';
import type { Policy } from '../core/mappings/policy.ts';
import type { SuspendedHoldings } from '../core/reconcile/scene.ts';
import type { DirectoryReader } from '../ports.ts';

const CONCURRENCY = 8;

/** Devices are asked for whatever the mappings say: a suspended person's device is what a thief would want. */
const ALWAYS = ['system', 'system_group'];

export async function readSuspended(
  reader: DirectoryReader,
  {
    policy,
    live,
    matches,
    progress,
  }: {
    policy: Policy;
    live: LiveDirectory;
    matches: ReadonlyMap<string, Match>;
    progress: (text: string) => void;
  },
): Promise<SuspendedHoldings> {
  const accounts = [...matches.values()].flatMap((match) =>
    match.kind !== 'none' && match.account?.state === 'SUSPENDED' ? [match.account.id] : [],
  );
  const { leave, leaving } = policy.lifecycle;
  const types = [...new Set([...ALWAYS, ...leave.bindings, ...leaving.bindings])].sort();
  const memberships = new Map<string, { id: string; name: string }[]>();
  const bindings = new Map<string, LiveBinding[]>();
  let done = 0;
  await pMap(
    [...new Set(accounts)].sort(),
    async (account) => {
      memberships.set(account, live.memberships.get(account) ?? (await reader.readMemberships(account)));
      bindings.set(account, await reader.readBindings(account, types));
      progress(`reading suspended people: ${(done += 1)} of ${accounts.length}`);
    },
    { concurrency: CONCURRENCY },
  );
  return { memberships, bindings };
}
