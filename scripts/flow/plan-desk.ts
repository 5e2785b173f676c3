/** Planning over a checkout: one function for plan and apply; there is no other planner. */
import type { LiveDirectory } from '../core/directory/live.ts';
import type { Policy } from '../core/mappings/policy.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import type { ManualExit } from '../core/plan/context.ts';
import type { GroupPins } from '../core/plan/group-index.ts';
import { planChanges, type Planned } from '../core/plan/planner.ts';
import type { Lane } from '../core/plan/plan-file.ts';
import type { Hold } from '../core/record/holds-file.ts';
import { foldRecord, type Ledger } from '../core/record/ledger.ts';
import type { Manifest } from '../core/record/manifest.ts';
import { type Day, dayIn } from '../core/values/calendar.ts';
import { refusal } from '../core/values/failure.ts';
import type { DirectoryReader } from '../ports.ts';
import { countAccounts } from './count-accounts.ts';
import { readLeavers, readLeaversStates } from './read-leavers.ts';
import { type LiveScope, readLive } from './read-live.ts';
import type { Workspace } from './workspace.ts';

export interface DeskOptions {
  asOf: Day | undefined;
  /** ISO instant, real time. */
  now: () => string;
  lane: Lane | undefined;
}

/** Everything that planning needs from the checkout. */
export interface Desk {
  policy: Policy;
  people: PersonFile[];
  ledger: Ledger;
  pins: GroupPins;
  holds: Readonly<Record<string, Hold>>;
  manifest: Manifest | undefined;
  asOf: Day;
}

/** Reads the checkout. @throws badInput (2) with every place; refusal (3) when nothing may be planned. */
export async function readDesk(workspace: Workspace, options: DeskOptions): Promise<Desk> {
  const policy = await workspace.readPolicy();
  const manifest = await workspace.readManifest();
  const asOf = options.asOf ?? manifest?.asOf ?? dayIn(policy.lifecycle.timeZone, options.now());
  if (manifest?.complete === false)
    throw refusal(
      'incomplete-export',
      `the last export was refused (${manifest.refused ?? 'no reason given'}): nothing may be planned on it`,
    );
  const { freeze } = policy.guardrails;
  if (freeze !== undefined && options.lane !== 'urgent')
    throw refusal(
      'freeze',
      `mappings/guardrails.yaml freezes all changes (owner ${freeze.owner}, reason: ${freeze.reason})`,
    );
  const people = await workspace.readPeople(manifest);
  const ledger = foldRecord(await workspace.readRecord());
  return {
    policy,
    people,
    ledger,
    pins: await workspace.readPins(),
    holds: await workspace.readHolds(),
    manifest,
    asOf,
  };
}

/** One planning: reads JumpCloud and compares; nothing is written. */
export async function planDesk(
  desk: Desk,
  reader: DirectoryReader,
  options: {
    only: readonly string[] | undefined;
    lane: Lane | undefined;
    progress: (text: string) => void;
    manual?: ManualExit | undefined;
    /** Lane urgent: the accounts alone; the plan is good for suspensions and nothing else. */
    statesOnly?: boolean;
    /** Lane urgent: waits, in milliseconds, so that an exit does not wait long for what somebody has. */
    pause?: (ms: number) => Promise<void>;
  },
): Promise<{ planned: Planned; live: LiveDirectory }> {
  const chosen = options.lane === 'urgent' ? urgentSubjects(desk, options) : options.only;
  const only = chosen === undefined ? undefined : new Set(chosen);
  const scope = { ...desk, only, progress: options.progress };
  const live = await (options.lane === 'urgent'
    ? readUrgent(reader, scope, options)
    : readLive(reader, scope));
  options.progress('comparing');
  return { planned: planChanges({ ...desk, live, only, lane: options.lane, manual: options.manual }), live };
}

/** A few people, and beside them how many accounts there are, where a budget asks for it. */
async function readUrgent(
  reader: DirectoryReader,
  scope: LiveScope,
  { statesOnly, pause }: { statesOnly?: boolean; pause?: (ms: number) => Promise<void> },
): Promise<LiveDirectory> {
  const [live, total] = await Promise.all([
    statesOnly === true ? readLeaversStates(reader, scope) : readLeavers(reader, scope, pause),
    scope.only === undefined ? undefined : countAccounts(reader, scope, scope.only),
  ]);
  return total === undefined ? live : { ...live, total };
}

/** Staying: the urgent lane can do nothing about them, and after a mass edit in HR they are a thousand reads before one exit. */
const STAYING: ReadonlySet<PersonFile['stage']> = new Set(['future', 'prehire', 'active']);

/** Whom export has just read, unless it is told; of them those who may be going, unless somebody ends them by hand. */
function urgentSubjects(
  { manifest, people }: Desk,
  { only, manual }: { only: readonly string[] | undefined; manual?: ManualExit | undefined },
): readonly string[] {
  const named = only ?? manifest?.only ?? [];
  if (manual !== undefined) return named;
  const staying = new Set(
    people.filter(({ stage }) => STAYING.has(stage)).map(({ employee }) => employee.id),
  );
  return named.filter((id) => !staying.has(id));
}
