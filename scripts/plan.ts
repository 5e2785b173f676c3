/** plan: state and mappings against live JumpCloud, as a value. Holds a key that can only read; it cannot write. */
import { setTimeout as pause } from 'node:timers/promises';
import { openWorkspace } from './adapters/files/workspace.ts';
import { connectDirectoryReader } from './adapters/jumpcloud/read/connect.ts';
import type { ManualExit } from './core/plan/context.ts';
import type { Planned } from './core/plan/planner.ts';
import type { Lane } from './core/plan/plan-file.ts';
import { renderPlanMarkdown } from './core/render/plan-markdown.ts';
import { renderPlanTerminal } from './core/render/plan-terminal.ts';
import { peopleWord } from './core/notify/people-word.ts';
import { personNameOf, planViewOf } from './core/render/plan-view.ts';
import type { Day } from './core/values/calendar.ts';
import { leaversInside, staysInside, type StayingInside } from './core/plan/staying-inside.ts';
import { refusal } from './core/values/failure.ts';
import { type Desk, planDesk, readDesk } from './flow/plan-desk.ts';
import type { Workspace } from './flow/workspace.ts';
import type { DirectoryReader } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { MANUAL_OPTIONS, readManual } from './shell/manual-exit.ts';

export interface PlanOptions {
  asOf: Day | undefined;
  only: string[] | undefined;
  lane: Lane | undefined;
  manual?: ManualExit | undefined;
  now: () => string;
  progress: (text: string) => void;
  /** Waits, in milliseconds; see flow/read-leavers.ts. */
  pause?: (ms: number) => Promise<void>;
}

/**
 * Plans, and writes one file for each lane that has actions.
 * @throws refusal (3), once they are written, when an exit by hand would leave somebody inside
 */
export async function makePlan(
  reader: DirectoryReader,
  workspace: Workspace,
  options: PlanOptions,
): Promise<{ planned: Planned; files: string[]; desk: Desk; inside: StayingInside[] }> {
  const desk = await readDesk(workspace, options);
  const { planned, live } = await planDesk(desk, reader, options);
  const files: string[] = [];
  for (const plan of planned.plans) files.push(await workspace.writePlan(plan));
  await workspace.writePins(planned.pins);
  const inside =
    options.manual !== undefined
      ? staysInside(options.only ?? [], planned, live)
      : options.lane === 'urgent'
        ? leaversInside(planned, live)
        : [];
  if (options.manual !== undefined && inside.length > 0)
    throw refusal(
      'manual-exit-refused',
      `${inside.length} of ${options.only?.length ?? 0} named people stay inside: ${namesInside(inside)}`,
    );
  return { planned, files, desk, inside };
}

function namesInside(inside: readonly StayingInside[]): string {
  return inside.map(({ person, codes }) => `${person} (${codes.join(', ')})`).join('; ');
}

/** Why nobody has to wonder at "nothing to do": who stays inside until somebody reviews the plan of the next sync. */
function insideText(inside: readonly StayingInside[]): string {
  if (inside.length === 0) return '';
  return `${inside.length} ${inside.length === 1 ? 'leaver stays' : 'leavers stay'} inside until the plan of the next sync is approved: ${namesInside(inside)}\n\n`;
}

/** What the summary says of approvals. */
function approvalRules({ policy }: Desk): { expireHours: number; required: number } {
  const { expireHours, required } = policy.guardrails.approvals;
  return { expireHours, required };
}

export const door: Door<typeof MANUAL_OPTIONS> = {
  name: 'plan',
  summary:
    'Compares what should be with what JumpCloud has, and writes what to do about it into state/plans.',
  details:
    'It only reads: planning is the dry run. One file is written for each lane that has something to do; when there is nothing to do it says so and writes no plan.',
  options: MANUAL_OPTIONS,
  shared: ['as-of', 'only', 'lane'],
  variables: [
    'JUMPCLOUD_API_KEY',
    'JUMPCLOUD_CLIENT_ID',
    'JUMPCLOUD_CLIENT_SECRET',
    'JUMPCLOUD_BASE_URL',
    'JUMPCLOUD_ORG_ID',
  ],
  exits: {
    0: 'a plan was written, or there is nothing to do',
    3: 'nothing may be planned: the last export was refused, or changes are frozen; or --manual leaves somebody inside',
  },
  examples: [
    ['npm run plan', 'plans for everybody'],
    ['npm run plan -- --only 1042', 'plans for one person'],
  ],
  async run({ root, asOf, only, lane, now, environment, options, progress, log, columns, colour }) {
    const manual = readManual(options, only, lane);
    const reader = connectDirectoryReader(environment, { wire: { progress: log } });
    const { planned, files, desk, inside } = await makePlan(reader, openWorkspace(root), {
      asOf,
      only,
      lane,
      manual,
      now,
      progress: (text) => progress.update(text),
      pause: (ms) => pause(ms),
    });
    const { plans, findings, held, people } = planned;
    const names = new Map(people.map((person) => [person.employee.id, personNameOf(person)]));
    const view = planViewOf(desk.asOf, plans, names, { findings, held });
    return {
      json: {
        plans: plans.map((plan, index) => ({
          file: files[index],
          lane: plan.lane,
          digest: plan.digest,
          counts: plan.counts,
        })),
        findings,
        held,
      },
      text: `${insideText(inside)}${renderPlanTerminal(view, { width: columns, colour })}`,
      summary: `${insideText(inside)}${renderPlanMarkdown(view, approvalRules(desk))}`,
      // A plan is written only where something is to be done; whoever is on hold, or stays inside, may be in none.
      outputs: {
        actions: plans.reduce((sum, plan) => sum + plan.actions.length, 0),
        held: peopleWord(held),
        inside: peopleWord(inside.map(({ person, codes }) => ({ person, code: codes[0] ?? '' }))),
      },
    };
  },
};

if (isMain(import.meta)) await runDoor(door);
